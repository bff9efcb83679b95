//! Steps as short sentences and as JSON.

use serde_json::{Value, json};
use vocabulary::WallTime;

use super::{Edge, Lang, Measure, PunchUse, Step, Trace, Why};
use crate::{DayType, Exception, ExceptionCode, PointKind, PointSource, VersionRef};

impl Trace {
    /// One sentence per step.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        self.steps.iter().map(|s| s.sentence(lang)).collect()
    }

    /// `[{step, measure?, tenths?, rule?, zh, en}]`
    pub fn to_json(&self) -> Value {
        self.steps.iter().map(Step::to_json).collect()
    }
}

fn minutes(tenths: i32) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

fn hour(t: WallTime) -> String {
    let s = t.second_of_day();
    if s % 60 == 0 {
        format!("{:02}:{:02}", s / 3600, s / 60 % 60)
    } else {
        format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

fn version(v: &VersionRef) -> String {
    match (&v.code, v.version) {
        (None, _) => String::new(),
        (Some(c), 0) => c.to_string(),
        (Some(c), n) => format!("{c} v{n}"),
    }
}

impl Measure {
    pub const fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Due, Lang::Zh) => "应出勤",
            (Self::Due, Lang::En) => "due time",
            (Self::Actual, Lang::Zh) => "实际出勤",
            (Self::Actual, Lang::En) => "actual time",
            (Self::Regular, Lang::Zh) => "正班工时",
            (Self::Regular, Lang::En) => "regular work",
            (Self::Late, Lang::Zh) => "迟到",
            (Self::Late, Lang::En) => "lateness",
            (Self::Early, Lang::Zh) => "早退",
            (Self::Early, Lang::En) => "early leave",
            (Self::Absence, Lang::Zh) => "缺勤",
            (Self::Absence, Lang::En) => "absence",
            (Self::Shortfall, Lang::Zh) => "未评定缺时",
            (Self::Shortfall, Lang::En) => "unjudged shortfall",
            (Self::WeekdayOvertime, Lang::Zh) => "平日加班",
            (Self::WeekdayOvertime, Lang::En) => "weekday overtime",
            (Self::RestOvertime, Lang::Zh) => "休日加班",
            (Self::RestOvertime, Lang::En) => "rest-day overtime",
            (Self::HolidayOvertime, Lang::Zh) => "假日加班",
            (Self::HolidayOvertime, Lang::En) => "holiday overtime",
            (Self::Unconfirmed, Lang::Zh) => "未认定在岗",
            (Self::Unconfirmed, Lang::En) => "unconfirmed presence",
            (Self::Presence, Lang::Zh) => "在岗",
            (Self::Presence, Lang::En) => "presence",
            (Self::Night, Lang::Zh) => "夜间工时",
            (Self::Night, Lang::En) => "night work",
        }
    }
}

impl ExceptionCode {
    /// What a person reads.
    pub const fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::MissingIn, Lang::Zh) => "缺签到",
            (Self::MissingIn, Lang::En) => "sign-in missing",
            (Self::MissingOut, Lang::Zh) => "缺签退",
            (Self::MissingOut, Lang::En) => "sign-out missing",
            (Self::BothMissing, Lang::Zh) => "全天无打卡",
            (Self::BothMissing, Lang::En) => "no punch at all",
            (Self::MiddleMissing, Lang::Zh) => "中间缺卡",
            (Self::MiddleMissing, Lang::En) => "both punches around a break missing",
            (Self::SegmentMissing, Lang::Zh) => "整段缺卡",
            (Self::SegmentMissing, Lang::En) => "a whole segment without punch",
            (Self::OtMissingIn, Lang::Zh) => "加班缺签到",
            (Self::OtMissingIn, Lang::En) => "overtime sign-in missing",
            (Self::OtMissingOut, Lang::Zh) => "加班缺签退",
            (Self::OtMissingOut, Lang::En) => "overtime sign-out missing",
            (Self::OtNoShow, Lang::Zh) => "加班未到",
            (Self::OtNoShow, Lang::En) => "overtime not worked",
            (Self::OddCount, Lang::Zh) => "打卡奇数次",
            (Self::OddCount, Lang::En) => "odd number of punches",
            (Self::OutOfWindow, Lang::Zh) => "窗口外打卡",
            (Self::OutOfWindow, Lang::En) => "punch out of window",
            (Self::WrongFlag, Lang::Zh) => "签到签退标记不符",
            (Self::WrongFlag, Lang::En) => "wrong in/out flag",
            (Self::UnflaggedPunch, Lang::Zh) => "打卡无标记",
            (Self::UnflaggedPunch, Lang::En) => "punch without flag",
            (Self::HolidayVoid, Lang::Zh) => "假日部分无效",
            (Self::HolidayVoid, Lang::En) => "holiday part void",
            (Self::NoRoster, Lang::Zh) => "未排班",
            (Self::NoRoster, Lang::En) => "no roster",
            (Self::OverlapRequest, Lang::Zh) => "申请重叠",
            (Self::OverlapRequest, Lang::En) => "requests overlap",
            (Self::BandExceeded, Lang::Zh) => "超出最大分段",
            (Self::BandExceeded, Lang::En) => "beyond the largest band",
            (Self::PunchWhileFrozen, Lang::Zh) => "冻结期间打卡",
            (Self::PunchWhileFrozen, Lang::En) => "punch while frozen",
            (Self::PunchNotEmployed, Lang::Zh) => "非在职期间打卡",
            (Self::PunchNotEmployed, Lang::En) => "punch while not employed",
        }
    }
}

fn exception(e: &Exception, lang: Lang) -> String {
    let mut text = e.code.name(lang).to_owned();
    if let Some(at) = e.at {
        text.push_str(&format!(" {}", hour(at)));
    }
    if let Some(m) = e.minutes {
        text.push_str(&match lang {
            Lang::Zh => format!(" {m} 分钟"),
            Lang::En => format!(" {m} min"),
        });
    }
    if let Some(r) = &e.request {
        text.push_str(&format!(" ({r})"));
    }
    match lang {
        Lang::Zh => format!("异常：{text}"),
        Lang::En => format!("Exception: {text}"),
    }
}

impl Step {
    pub fn to_json(&self) -> Value {
        let mut v = json!({
            "step": self.why.code(),
            "zh": self.sentence(Lang::Zh),
            "en": self.sentence(Lang::En),
        });
        if let Value::Object(o) = &mut v {
            if let Some(m) = self.measure {
                o.insert("measure".to_owned(), json!(m.as_str()));
                o.insert("tenths".to_owned(), json!(self.tenths));
            }
            if let Some(VersionRef { code: Some(code), version }) = self.why.rule() {
                o.insert("rule".to_owned(), json!({ "code": code.as_ref(), "version": version }));
            }
            if let Some(id) = self.why.punch().filter(|id| *id != 0) {
                o.insert("punch".to_owned(), json!(id.to_string()));
            }
        }
        v
    }

    pub fn sentence(&self, lang: Lang) -> String {
        let text = match lang {
            Lang::Zh => self.why.zh(),
            Lang::En => self.why.en(),
        };
        let Some(m) = self.measure else { return text };
        let sign = if self.tenths < 0 { "−" } else { "+" };
        let amount = minutes(self.tenths.abs());
        match lang {
            Lang::Zh => format!("{text}：{} {sign}{amount} 分钟", m.name(lang)),
            Lang::En => format!("{text}: {} {sign}{amount} min", m.name(lang)),
        }
    }
}

impl Why {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInService { .. } => "not_in_service",
            Self::Plan { .. } => "plan",
            Self::Block { .. } => "overtime_block",
            Self::PointTaken(_) => "point",
            Self::Punch { .. } => "punch",
            Self::Band { .. } => "band",
            Self::AbsenceBand { .. } => "absence_band",
            Self::BlockBand { .. } => "block_band",
            Self::Unjudged { .. } => "unjudged",
            Self::Attended => "attended",
            Self::DurationRounding { .. } => "duration_rounding",
            Self::LimitedByAbsence => "limited_by_absence",
            Self::VoidSpan => "void_span",
            Self::FixedAbsence => "fixed_absence",
            Self::SpanMinusDeduction { .. } => "span_minus_deduction",
            Self::ShortOfDue => "short_of_due",
            Self::Scheduled => "scheduled",
            Self::Regular => "regular",
            Self::Covered { .. } => "covered",
            Self::Coefficient { .. } => "coefficient",
            Self::OvertimeWorked => "overtime_worked",
            Self::HolidayPart => "holiday_part",
            Self::BeyondShift => "beyond_shift",
            Self::OvertimeIntoActual { .. } => "overtime_into_actual",
            Self::HolidayIntoActual { .. } => "holiday_into_actual",
            Self::Unconfirmed => "unconfirmed",
            Self::Presence => "presence",
            Self::Night => "night",
            Self::Exception(_) => "exception",
        }
    }

    /// The rule behind the step, if it names one.
    pub const fn rule(&self) -> Option<&VersionRef> {
        match self {
            Self::Plan { scheme: r, .. }
            | Self::Band { rule: r, .. }
            | Self::AbsenceBand { rule: r, .. }
            | Self::DurationRounding { rule: r } => Some(r),
            _ => None,
        }
    }

    const fn punch(&self) -> Option<i64> {
        match self {
            Self::PointTaken(p) => Some(p.punch),
            Self::Punch { punch, .. } => Some(punch.id),
            _ => None,
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::NotInService { frozen: true } => "当日冻结，不计算".to_owned(),
            Self::NotInService { frozen: false } => "当日不在职，不计算".to_owned(),
            Self::Plan { day_type, shift, scheme } => {
                let day = match day_type {
                    DayType::Work => "工作日",
                    DayType::Rest => "休息日",
                    DayType::Holiday => "法定节假日",
                };
                let shift =
                    shift.as_deref().map_or("无班次".to_owned(), |s| format!("班次 {s}"));
                format!("{day}，{shift}，考勤方案 {}", version(scheme))
            }
            Self::Block { start, end, joined } => {
                let how = if *joined { "与班次连续" } else { "独立打卡" };
                format!("计划加班 {}–{}，{how}", hour(*start), hour(*end))
            }
            Self::PointTaken(p) => point_zh(p.kind, p.nominal, p.actual, p.source),
            Self::Punch { punch, role } => {
                let role = match role {
                    PunchUse::Point => "已采用",
                    PunchUse::Surplus => "多余，未采用",
                    PunchUse::WrongFlag => "标记不符，未采用",
                    PunchUse::Unplanned => "作为计划外在岗",
                    PunchUse::OutOfWindow => "不在任何有效窗口内，未采用",
                };
                format!("打卡 {}：{role}", hour(punch.at))
            }
            Self::Band { edge, raw, code, minutes, rule } => format!(
                "{}原始 {raw} 分钟，按规则 {} 第 {code} 档计 {minutes} 分钟",
                edge_zh(*edge),
                version(rule)
            ),
            Self::AbsenceBand { edge, raw, code, days_hundredths, rule } => format!(
                "{}原始 {raw} 分钟，按规则 {} 第 {code} 档记缺勤 {} 天",
                edge_zh(*edge),
                version(rule),
                days(*days_hundredths)
            ),
            Self::BlockBand { edge, raw, code, minutes } => {
                format!("加班{}原始 {raw} 分钟，第 {code} 档计 {minutes} 分钟", edge_zh(*edge))
            }
            Self::Unjudged { edge, raw } => {
                format!("{}原始 {raw} 分钟，没有规则，不评定", edge_zh(*edge))
            }
            Self::Attended => "班内在岗".to_owned(),
            Self::DurationRounding { rule } => format!("按打卡规则 {} 取整时长", version(rule)),
            Self::LimitedByAbsence => "扣除迟到、早退和缺勤".to_owned(),
            Self::VoidSpan => "缺卡，该段无效".to_owned(),
            Self::FixedAbsence => "按规则记缺勤".to_owned(),
            Self::SpanMinusDeduction { minutes } => format!("首末打卡时长扣除 {minutes} 分钟"),
            Self::ShortOfDue => "少于应出勤".to_owned(),
            Self::Scheduled => "班次应出勤（不含请假与法定节假日）".to_owned(),
            Self::Regular => "正班工时计入".to_owned(),
            Self::Covered { request, kind, minutes } => {
                format!("申请 {request}（{kind}）覆盖 {minutes} 分钟")
            }
            Self::Coefficient { name, kind, request } => match request {
                Some(r) => format!("申请 {r}（{kind}）参数 {name}"),
                None => format!("加班类型 {kind} 参数 {name}"),
            },
            Self::OvertimeWorked => "加班实做".to_owned(),
            Self::HolidayPart => "班次落在法定节假日的部分".to_owned(),
            Self::BeyondShift => "早到晚归记入工作时间".to_owned(),
            Self::OvertimeIntoActual { kind } => format!("加班类型 {kind} 计入"),
            Self::HolidayIntoActual { kind } => format!("假日部分按加班类型 {kind} 计入"),
            Self::Unconfirmed => "班外在岗未认定".to_owned(),
            Self::Presence => "签到至签退".to_owned(),
            Self::Night => "22:00–06:00 之间".to_owned(),
            Self::Exception(e) => exception(e, Lang::Zh),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotInService { frozen: true } => "Frozen on this date; not computed".to_owned(),
            Self::NotInService { frozen: false } => {
                "Not in service on this date; not computed".to_owned()
            }
            Self::Plan { day_type, shift, scheme } => {
                let day = match day_type {
                    DayType::Work => "Working day",
                    DayType::Rest => "Rest day",
                    DayType::Holiday => "Statutory holiday",
                };
                let shift =
                    shift.as_deref().map_or("no shift".to_owned(), |s| format!("shift {s}"));
                format!("{day}, {shift}, scheme {}", version(scheme))
            }
            Self::Block { start, end, joined } => {
                let how = if *joined { "joined to the shift" } else { "with punches of its own" };
                format!("Planned overtime {}–{}, {how}", hour(*start), hour(*end))
            }
            Self::PointTaken(p) => point_en(p.kind, p.nominal, p.actual, p.source),
            Self::Punch { punch, role } => {
                let role = match role {
                    PunchUse::Point => "used",
                    PunchUse::Surplus => "surplus, not used",
                    PunchUse::WrongFlag => "wrong flag, not used",
                    PunchUse::Unplanned => "begin or end of unplanned presence",
                    PunchUse::OutOfWindow => "in no window, not used",
                };
                format!("Punch {}: {role}", hour(punch.at))
            }
            Self::Band { edge, raw, code, minutes, rule } => format!(
                "{} by {raw} raw minutes, rule {} band {code} counts {minutes}",
                edge_en(*edge),
                version(rule)
            ),
            Self::AbsenceBand { edge, raw, code, days_hundredths, rule } => format!(
                "{} by {raw} raw minutes, rule {} band {code} makes {} days of absence",
                edge_en(*edge),
                version(rule),
                days(*days_hundredths)
            ),
            Self::BlockBand { edge, raw, code, minutes } => {
                format!("Overtime {} by {raw}, band {code} counts {minutes}", edge_en(*edge))
            }
            Self::Unjudged { edge, raw } => {
                format!("{} by {raw} raw minutes; no rule judges it", edge_en(*edge))
            }
            Self::Attended => "Present inside the shift".to_owned(),
            Self::DurationRounding { rule } => {
                format!("Duration rounded by punch rule {}", version(rule))
            }
            Self::LimitedByAbsence => "Less lateness, early leave and absence".to_owned(),
            Self::VoidSpan => "A punch is missing; the span is void".to_owned(),
            Self::FixedAbsence => "Absence by rule".to_owned(),
            Self::SpanMinusDeduction { minutes } => {
                format!("From first to last punch minus {minutes}")
            }
            Self::ShortOfDue => "Short of the due time".to_owned(),
            Self::Scheduled => "Due by the shift, without leave and statutory minutes".to_owned(),
            Self::Regular => "Regular work".to_owned(),
            Self::Covered { request, kind, minutes } => {
                format!("Request {request} ({kind}) covers {minutes} min")
            }
            Self::Coefficient { name, kind, request } => match request {
                Some(r) => format!("Request {r} ({kind}), coefficient {name}"),
                None => format!("Overtime type {kind}, coefficient {name}"),
            },
            Self::OvertimeWorked => "Overtime worked".to_owned(),
            Self::HolidayPart => "Part of the shift on a statutory date".to_owned(),
            Self::BeyondShift => "Early arrival and late departure count as work".to_owned(),
            Self::OvertimeIntoActual { kind } => format!("Overtime type {kind}"),
            Self::HolidayIntoActual { kind } => format!("Holiday part by overtime type {kind}"),
            Self::Unconfirmed => "Presence outside the shift, not recognised".to_owned(),
            Self::Presence => "From sign-in to sign-out".to_owned(),
            Self::Night => "Between 22:00 and 06:00".to_owned(),
            Self::Exception(e) => exception(e, Lang::En),
        }
    }
}

const fn edge_zh(e: Edge) -> &'static str {
    match e {
        Edge::Late => "迟到",
        Edge::Early => "早退",
    }
}

const fn edge_en(e: Edge) -> &'static str {
    match e {
        Edge::Late => "Late",
        Edge::Early => "Early",
    }
}

fn days(hundredths: i32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn point_zh(
    kind: PointKind,
    nominal: WallTime,
    actual: Option<WallTime>,
    source: PointSource,
) -> String {
    let name = match kind {
        PointKind::In => "签到",
        PointKind::Out => "签退",
        PointKind::OtIn => "加班签到",
        PointKind::OtOut => "加班签退",
    };
    let how = match source {
        PointSource::Punch => "打卡",
        PointSource::Nominal => "按应打卡时间",
        PointSource::Seam => "两班相接，免打卡",
        PointSource::Open => "暂定",
        PointSource::Missing => "缺卡",
    };
    match actual {
        Some(t) => format!("{name} {}（{how}），应为 {}", hour(t), hour(nominal)),
        None => format!("{name}：{how}，应为 {}", hour(nominal)),
    }
}

fn point_en(
    kind: PointKind,
    nominal: WallTime,
    actual: Option<WallTime>,
    source: PointSource,
) -> String {
    let name = match kind {
        PointKind::In => "Sign-in",
        PointKind::Out => "Sign-out",
        PointKind::OtIn => "Overtime sign-in",
        PointKind::OtOut => "Overtime sign-out",
    };
    let how = match source {
        PointSource::Punch => "punched",
        PointSource::Nominal => "taken at the nominal time",
        PointSource::Seam => "no punch needed between two shifts",
        PointSource::Open => "provisional",
        PointSource::Missing => "missing",
    };
    match actual {
        Some(t) => format!("{name} {} ({how}), due {}", hour(t), hour(nominal)),
        None => format!("{name}: {how}, due {}", hour(nominal)),
    }
}
