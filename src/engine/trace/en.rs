//! Steps in English.

use super::text::{clock, days, version};
use super::{Edge, Lang, PunchUse, Why};
use crate::{DayType, Exception, Point, PointKind, PointSource, VersionRef};
use vocabulary::{LocalDate, WallTime};

/// What a step says, without its minutes.
pub(super) fn sentence(why: &Why, date: LocalDate) -> String {
    match why {
        Why::NotInService { frozen: true } => "Frozen on this date; not computed".to_owned(),
        Why::NotInService { frozen: false } => {
            "Not in service on this date; not computed".to_owned()
        }
        Why::NoScheme => "No attendance scheme; not computed".to_owned(),
        Why::Plan { day_type, shift, scheme } => {
            let day = match day_type {
                DayType::Work => "Working day",
                DayType::Rest => "Rest day",
                DayType::Holiday => "Statutory holiday",
            };
            let shift =
                shift.as_ref().map_or("no shift".to_owned(), |s| format!("shift {}", version(s)));
            format!("{day}, {shift}, scheme {}", version(scheme))
        }
        Why::Block { start, end, joined } => {
            let how = if *joined { "joined to the shift" } else { "with punches of its own" };
            format!("Planned overtime {}–{}, {how}", hour(*start, date), hour(*end, date))
        }
        Why::PointTaken(p) => point(p, date),
        Why::Punch { punch, role, rule } => {
            let role = match role {
                PunchUse::Point => "used",
                PunchUse::Surplus => "surplus, not used",
                PunchUse::WrongFlag => "wrong flag, not used",
                PunchUse::Unplanned => "begin or end of unplanned presence",
                PunchUse::OutOfWindow => {
                    let rule = bracketed("punch rule", rule);
                    return format!("Punch {}: in no window, not used{rule}", hour(punch.at, date));
                }
            };
            format!("Punch {}: {role}", hour(punch.at, date))
        }
        Why::Band { edge, raw, code, minutes, rule } => {
            format!("{} by {raw} min (raw); {} counts {minutes} min", side(*edge), band(code, rule))
        }
        Why::AbsenceBand { edge, raw, code, days_hundredths, rule } => format!(
            "{} by {raw} min (raw); {} makes {} days of absence",
            side(*edge),
            band(code, rule),
            days(*days_hundredths)
        ),
        Why::BlockBand { edge, raw, code, minutes, rule } => format!(
            "Overtime {} by {raw} min (raw); {} counts {minutes} min",
            side(*edge).to_lowercase(),
            band(code, rule)
        ),
        Why::Unjudged { edge, raw } => {
            format!("{} by {raw} min (raw); no rule judges it", side(*edge))
        }
        Why::Attended => "Present inside the shift".to_owned(),
        Why::DurationRounding { rule } => {
            format!("Duration rounded by punch rule {}", version(rule))
        }
        Why::LimitedByAbsence => "Less lateness, early leave and absence".to_owned(),
        Why::VoidSpan { rule } => {
            format!("Punch missing, the span is void{}", bracketed("abnormal rule", rule))
        }
        Why::FixedAbsence { rule } => {
            format!("Punch missing, fixed absence{}", bracketed("abnormal rule", rule))
        }
        Why::BandAbsence => "Lateness and early leave that count as absence".to_owned(),
        Why::SpanMinusDeduction { minutes, scheme } => {
            let scheme = bracketed("scheme", scheme);
            format!("From first to last punch, less {minutes} min{scheme}")
        }
        Why::ShortOfDue => "Short of the due time".to_owned(),
        Why::Scheduled => "Due by the shift, without leave and statutory minutes".to_owned(),
        Why::Regular => "Regular work".to_owned(),
        Why::Covered { request, kind, minutes } => {
            format!("Request {request} (type {}) covers {minutes} min", version(kind))
        }
        Why::Coefficient { name, kind, request } => match request {
            Some(r) => {
                let (kind, time) = (version(kind), time(name));
                format!("Request {r} (type {kind}), {time} by coefficient {name}")
            }
            None => {
                let (kind, time) = (version(kind), time(name));
                format!("Overtime type {kind}, {time} by coefficient {name}")
            }
        },
        Why::OvertimeWorked => "Overtime worked".to_owned(),
        Why::HolidayPart => "Part of the shift on a statutory date".to_owned(),
        Why::BeyondShift => "Early arrival and late departure count as work".to_owned(),
        Why::OvertimeIntoActual { kind } => format!("Overtime by type {}", version(kind)),
        Why::HolidayIntoActual { kind } => {
            format!("Holiday part by overtime type {}", version(kind))
        }
        Why::Unconfirmed => "Presence outside the shift, not confirmed as overtime".to_owned(),
        Why::Presence => "From sign-in to sign-out".to_owned(),
        Why::Night => "Between 22:00 and 06:00".to_owned(),
        Why::Exception { exception: e, rule } => exception(e, rule, date),
    }
}

fn exception(e: &Exception, rule: &VersionRef, date: LocalDate) -> String {
    let mut text = format!("Exception: {}", e.code.name(Lang::En));
    if let Some(at) = e.at {
        text.push_str(&format!(" {}", hour(at, date)));
    }
    if let Some(m) = e.minutes {
        text.push_str(&format!(" {m} min"));
    }
    if let Some(r) = &e.request {
        text.push_str(&format!(" (request {r})"));
    }
    text + &bracketed("abnormal rule", rule)
}

fn bracketed(what: &str, rule: &VersionRef) -> String {
    rule.code.as_ref().map(|_| format!(" ({what} {})", version(rule))).unwrap_or_default()
}

fn band(code: &str, rule: &VersionRef) -> String {
    format!(
        "band {code}{}",
        rule.code.as_ref().map(|_| format!(" of rule {}", version(rule))).unwrap_or_default()
    )
}

fn time(coefficient: &str) -> &'static str {
    match coefficient {
        "A1" | "A2" | "A3" => "application time",
        "W1" | "W2" => "work time",
        "L" => "late time",
        "E" => "early time",
        _ => "absence time",
    }
}

const fn side(e: Edge) -> &'static str {
    match e {
        Edge::Late => "Late",
        Edge::Early => "Early",
    }
}

fn point(p: &Point, date: LocalDate) -> String {
    let name = match p.kind {
        PointKind::In => "Sign-in",
        PointKind::Out => "Sign-out",
        PointKind::OtIn => "Overtime sign-in",
        PointKind::OtOut => "Overtime sign-out",
    };
    let how = match p.source {
        PointSource::Punch => "punched",
        PointSource::Nominal => "taken at the nominal time",
        PointSource::Seam => "no punch needed between two shifts",
        PointSource::Open => "provisional",
        PointSource::Missing => "missing",
    };
    match p.actual {
        Some(t) => format!("{name} {} ({how}), due {}", hour(t, date), hour(p.nominal, date)),
        None => format!("{name}: {how}, due {}", hour(p.nominal, date)),
    }
}

/// A time of the attendance date, or of another one by its name.
fn hour(t: WallTime, date: LocalDate) -> String {
    let on = t.date();
    match on.days() - date.days() {
        0 => clock(t),
        1 => format!("{} of the next day", clock(t)),
        -1 => format!("{} of the day before", clock(t)),
        _ => format!("{on} {}", clock(t)),
    }
}
