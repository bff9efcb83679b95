//! Steps in Chinese.

use super::text::{clock, days, version};
use super::{Edge, Lang, PunchUse, Why};
use crate::{DayType, Exception, Point, PointKind, PointSource, VersionRef};
use vocabulary::{LocalDate, WallTime};

/// What a step says, without its minutes.
pub(super) fn sentence(why: &Why, date: LocalDate) -> String {
    match why {
        Why::NotInService { frozen: true } => "当日冻结，不计算".to_owned(),
        Why::NotInService { frozen: false } => "当日不在职，不计算".to_owned(),
        Why::NoScheme => "没有考勤方案，不计算".to_owned(),
        Why::Plan { day_type, shift, scheme } => {
            let day = match day_type {
                DayType::Work => "工作日",
                DayType::Rest => "休息日",
                DayType::Holiday => "法定节假日",
            };
            let shift =
                shift.as_ref().map_or("无班次".to_owned(), |s| format!("班次 {}", version(s)));
            format!("{day}，{shift}，考勤方案 {}", version(scheme))
        }
        Why::Block { start, end, joined } => {
            let how = if *joined { "与班次连续" } else { "独立打卡" };
            format!("计划加班 {}–{}，{how}", hour(*start, date), hour(*end, date))
        }
        Why::PointTaken(p) => point(p, date),
        Why::Punch { punch, role, rule } => {
            let role = match role {
                PunchUse::Point => "已采用",
                PunchUse::Surplus => "多余，未采用",
                PunchUse::WrongFlag => "标记不符，未采用",
                PunchUse::Unplanned => "作为计划外在岗",
                PunchUse::OutOfWindow => {
                    let rule = bracketed("打卡规则", rule);
                    return format!("打卡 {}：不在有效时间内，未采用{rule}", hour(punch.at, date));
                }
            };
            format!("打卡 {}：{role}", hour(punch.at, date))
        }
        Why::Band { edge, raw, code, minutes, rule } => {
            format!("{} {raw} 分钟（原始），{}计 {minutes} 分钟", side(*edge), band(code, rule))
        }
        Why::AbsenceBand { edge, raw, code, days_hundredths, rule } => format!(
            "{} {raw} 分钟（原始），{}记缺勤 {} 天",
            side(*edge),
            band(code, rule),
            days(*days_hundredths)
        ),
        Why::BlockBand { edge, raw, code, minutes, rule } => {
            format!("加班{} {raw} 分钟（原始），{}计 {minutes} 分钟", side(*edge), band(code, rule))
        }
        Why::Unjudged { edge, raw } => {
            format!("{} {raw} 分钟（原始），未设规则，不评定", side(*edge))
        }
        Why::Attended => "班内在岗".to_owned(),
        Why::DurationRounding { rule } => format!("按打卡规则 {} 取整时长", version(rule)),
        Why::LimitedByAbsence => "扣除迟到、早退和缺勤".to_owned(),
        Why::VoidSpan { rule } => format!("缺卡，该段无效{}", bracketed("异常规则", rule)),
        Why::FixedAbsence { rule } => format!("缺卡，记缺勤{}", bracketed("异常规则", rule)),
        Why::BandAbsence => "迟到、早退按分段记缺勤".to_owned(),
        Why::SpanMinusDeduction { minutes, scheme } => {
            format!("首末打卡时长，扣除 {minutes} 分钟{}", bracketed("考勤方案", scheme))
        }
        Why::ShortOfDue => "少于应出勤".to_owned(),
        Why::Scheduled => "班次应出勤（不含请假与法定节假日）".to_owned(),
        Why::Regular => "正班工时记入".to_owned(),
        Why::Covered { request, kind, minutes } => {
            format!("申请 {request}（类型 {}）覆盖 {minutes} 分钟", version(kind))
        }
        Why::Coefficient { name, kind, request } => match request {
            Some(r) => {
                let (kind, time) = (version(kind), time(name));
                format!("申请 {r}（类型 {kind}）的{time}按参数 {name} 记入")
            }
            None => format!("加班类型 {} 的{}按参数 {name} 记入", version(kind), time(name)),
        },
        Why::OvertimeWorked => "实际加班".to_owned(),
        Why::HolidayPart => "班次落在法定节假日的部分".to_owned(),
        Why::BeyondShift => "早到晚归记入工作时间".to_owned(),
        Why::OvertimeIntoActual { kind } => format!("加班按类型 {} 记入", version(kind)),
        Why::HolidayIntoActual { kind } => format!("假日部分按加班类型 {} 记入", version(kind)),
        Why::Unconfirmed => "班外在岗，未认定为加班".to_owned(),
        Why::Presence => "签到至签退".to_owned(),
        Why::Night => "22:00–06:00 之间".to_owned(),
        Why::Exception { exception: e, rule } => exception(e, rule, date),
    }
}

fn exception(e: &Exception, rule: &VersionRef, date: LocalDate) -> String {
    let mut text = format!("异常：{}", e.code.name(Lang::Zh));
    if let Some(at) = e.at {
        text.push_str(&format!(" {}", hour(at, date)));
    }
    if let Some(m) = e.minutes {
        text.push_str(&format!(" {m} 分钟"));
    }
    if let Some(r) = &e.request {
        text.push_str(&format!("（申请 {r}）"));
    }
    text + &bracketed("异常规则", rule)
}

/// `（异常规则 X1 v1）`, or nothing where no rule is named.
fn bracketed(what: &str, rule: &VersionRef) -> String {
    rule.code.as_ref().map(|_| format!("（{what} {}）", version(rule))).unwrap_or_default()
}

/// The rule of a band: `规则 11 v1 的 002 档`.
fn band(code: &str, rule: &VersionRef) -> String {
    match rule.code {
        Some(_) => format!("按规则 {} 的 {code} 档", version(rule)),
        None => format!("按 {code} 档"),
    }
}

/// Which time a coefficient takes (domain 12.3).
fn time(coefficient: &str) -> &'static str {
    match coefficient {
        "A1" | "A2" | "A3" => "申请时间",
        "W1" | "W2" => "工作时间",
        "L" => "迟到时间",
        "E" => "早退时间",
        _ => "缺勤时间",
    }
}

const fn side(e: Edge) -> &'static str {
    match e {
        Edge::Late => "迟到",
        Edge::Early => "早退",
    }
}

fn point(p: &Point, date: LocalDate) -> String {
    let name = match p.kind {
        PointKind::In => "签到",
        PointKind::Out => "签退",
        PointKind::OtIn => "加班签到",
        PointKind::OtOut => "加班签退",
    };
    let how = match p.source {
        PointSource::Punch => "打卡",
        PointSource::Nominal => "按应打卡时间",
        PointSource::Seam => "两班相接，免打卡",
        PointSource::Open => "暂定",
        PointSource::Missing => "缺卡",
    };
    match p.actual {
        Some(t) => format!("{name} {}（{how}），应为 {}", hour(t, date), hour(p.nominal, date)),
        None => format!("{name}：{how}，应为 {}", hour(p.nominal, date)),
    }
}

/// A time of the attendance date, or of another one by its name.
fn hour(t: WallTime, date: LocalDate) -> String {
    let on = t.date();
    match on.days() - date.days() {
        0 => clock(t),
        1 => format!("次日 {}", clock(t)),
        -1 => format!("前一日 {}", clock(t)),
        _ => format!("{on} {}", clock(t)),
    }
}
