//! Steps as short sentences and as JSON.

use serde_json::{Value, json};
use vocabulary::{LocalDate, WallTime};

use super::{Lang, Measure, Step, Trace, Why};
use crate::{ExceptionCode, VersionRef};

impl Trace {
    /// One sentence per step.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        self.steps.iter().map(|s| s.sentence(lang, self.date)).collect()
    }

    /// `[{step, measure?, tenths?, rule?, zh, en}]`
    pub fn to_json(&self) -> Value {
        self.steps.iter().map(|s| s.to_json(self.date)).collect()
    }
}

fn minutes(tenths: i32) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

pub(super) fn clock(t: WallTime) -> String {
    let s = t.second_of_day();
    if s % 60 == 0 {
        format!("{:02}:{:02}", s / 3600, s / 60 % 60)
    } else {
        format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

pub(super) fn version(v: &VersionRef) -> String {
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

impl Step {
    /// `date` is that of the trace: times of other dates say so.
    pub fn to_json(&self, date: LocalDate) -> Value {
        let mut v = json!({
            "step": self.why.code(),
            "zh": self.sentence(Lang::Zh, date),
            "en": self.sentence(Lang::En, date),
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

    pub fn sentence(&self, lang: Lang, date: LocalDate) -> String {
        let text = match lang {
            Lang::Zh => super::zh::sentence(&self.why, date),
            Lang::En => super::en::sentence(&self.why, date),
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
            Self::NoScheme => "no_scheme",
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
            Self::VoidSpan { .. } => "void_span",
            Self::FixedAbsence { .. } => "fixed_absence",
            Self::BandAbsence => "band_absence",
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
            Self::Exception { .. } => "exception",
        }
    }

    /// The rule behind the step, if it names one.
    pub const fn rule(&self) -> Option<&VersionRef> {
        match self {
            Self::Plan { scheme: r, .. }
            | Self::SpanMinusDeduction { scheme: r, .. }
            | Self::Punch { rule: r, .. }
            | Self::Band { rule: r, .. }
            | Self::AbsenceBand { rule: r, .. }
            | Self::BlockBand { rule: r, .. }
            | Self::VoidSpan { rule: r }
            | Self::FixedAbsence { rule: r }
            | Self::DurationRounding { rule: r }
            | Self::Covered { kind: r, .. }
            | Self::Coefficient { kind: r, .. }
            | Self::OvertimeIntoActual { kind: r }
            | Self::HolidayIntoActual { kind: r }
            | Self::Exception { rule: r, .. } => Some(r),
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
}

pub(super) fn days(hundredths: i32) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
