//! From objects back to the format: canonical bodies with every field, and whole cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Number, Value, json};

use super::case::{Case, Employment, OwnedCell, PRIOR_KEYS};
use super::plan::Calendar;
use crate::{
    AbnormalRule, BandRule, ClockSpan, CountingBasis, DateKind, FlagAction, MissingAction,
    MissingRule, OddAction, OutOfWindowAction, OvertimeSplit, Punch, PunchFlag, PunchPoints,
    PunchRule, Request, RequestKind, RequestType, RoundMethod, Rounding, Scheme, SecondsRule,
    Section, Shift, ShiftKind, StatutoryMode, TemporaryOvertime, WallSpan,
};

/// A decimal with `places` places from units of its last place, exactly as text would say it.
fn decimal(units: i32, places: u32) -> Value {
    let scale = 10_i32.pow(places);
    if units % scale == 0 {
        return json!(units / scale);
    }
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.abs() / scale, units.abs() % scale);
    let width = usize::try_from(places).unwrap_or(1);
    let text = format!("{sign}{whole}.{rest:0width$}");
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

fn clock(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn clock_spans(spans: &[ClockSpan]) -> Value {
    spans.iter().map(|s| json!({ "start": clock(s.start), "end": clock(s.end) })).collect()
}

fn method(r: Rounding) -> &'static str {
    match r.method {
        RoundMethod::Original => "original",
        RoundMethod::Round => "round",
        RoundMethod::Ceil => "ceil",
        RoundMethod::Floor => "floor",
    }
}

fn seconds(s: SecondsRule) -> &'static str {
    match s {
        SecondsRule::Ceil => "ceil",
        SecondsRule::Floor => "floor",
    }
}

pub fn write_punch_rule(r: &PunchRule) -> Value {
    json!({
        "before_minutes": r.before_minutes,
        "after_minutes": r.after_minutes,
        "seconds_in": seconds(r.seconds_in),
        "seconds_out": seconds(r.seconds_out),
        "use_flags": r.use_flags,
        "duration": { "method": method(r.duration), "minutes": r.duration.minutes },
    })
}

pub fn write_band_rule(r: &BandRule) -> Value {
    let items: Vec<Value> = r
        .bands
        .iter()
        .map(|b| {
            json!({
                "code": b.code.as_ref(),
                "limit_minutes": b.limit_minutes,
                "absence": b.absence,
                "days": decimal(b.days_hundredths, 2),
                "method": method(b.rounding),
                "minutes": b.rounding.minutes,
                "ignore_when_zero": b.ignore_when_zero,
            })
        })
        .collect();
    json!({ "items": items })
}

fn missing(r: MissingRule, fixed: &str) -> Value {
    let free = r.free_per_period;
    match r.action {
        MissingAction::AbsentSpan => json!({ "action": "absent_span", "free_per_period": free }),
        MissingAction::FixedAbsence(d) => json!({
            "action": "fixed_absence", "days": decimal(d, 2), "free_per_period": free,
        }),
        MissingAction::FixedMinutes(m) => {
            json!({ "action": fixed, "minutes": m, "free_per_period": free })
        }
        MissingAction::Nominal => json!({ "action": "nominal", "free_per_period": free }),
        MissingAction::WorkedThrough => {
            json!({ "action": "worked_through", "free_per_period": free })
        }
        MissingAction::AsMissing => json!({ "action": "as_missing", "free_per_period": free }),
    }
}

pub fn write_abnormal_rule(r: &AbnormalRule) -> Value {
    let odd = match r.odd_count {
        OddAction::Flag => "flag",
        OddAction::Ignore => "ignore",
        OddAction::LastIsOutMissing => "last_is_out_missing",
    };
    let outside = match r.out_of_window {
        OutOfWindowAction::Flag => json!({ "action": "flag" }),
        OutOfWindowAction::Ignore => json!({ "action": "ignore" }),
        OutOfWindowAction::Extend(n) => json!({ "action": "extend", "minutes": n }),
    };
    let flag = match r.wrong_flag {
        FlagAction::Flag => "flag",
        FlagAction::Ignore => "ignore",
    };
    json!({
        "missing_in": missing(r.missing_in, "fixed_late"),
        "missing_out": missing(r.missing_out, "fixed_early"),
        "both_missing": missing(r.both_missing, ""),
        "middle_missing": missing(r.middle_missing, ""),
        "segment_missing": missing(r.segment_missing, ""),
        "odd_count": { "action": odd },
        "out_of_window": outside,
        "wrong_flag": { "action": flag },
    })
}

pub fn write_request_type(t: &RequestType) -> Value {
    let c = &t.coefficients;
    let tenths = |v: i32| decimal(v, 1);
    json!({
        "kind": match t.kind {
            RequestKind::Leave => "leave",
            RequestKind::Overtime => "overtime",
        },
        "priority": t.priority,
        "basis": match t.basis {
            CountingBasis::Work => "work",
            CountingBasis::Calendar => "calendar",
        },
        "coefficients": {
            "a1": tenths(c.a1), "a2": tenths(c.a2), "a3": tenths(c.a3),
            "w1": tenths(c.w1), "w2": tenths(c.w2),
            "l": tenths(c.l), "e": tenths(c.e), "b": tenths(c.b),
        },
    })
}

pub fn write_calendar(c: &Calendar) -> Value {
    let dates: Map<String, Value> = c
        .dates
        .iter()
        .map(|(d, kind)| {
            let kind = match kind {
                DateKind::Statutory => "statutory",
                DateKind::Rest => "rest",
                DateKind::Workday => "workday",
            };
            (d.to_string(), json!(kind))
        })
        .collect();
    json!({ "rest_weekdays": c.rest_weekdays, "dates": dates })
}

pub fn write_shift(s: &Shift) -> Value {
    json!({
        "kind": match s.kind {
            ShiftKind::Normal => "normal",
            ShiftKind::Ot => "ot",
            ShiftKind::Free => "free",
        },
        "segments": clock_spans(&s.segments),
        "breaks": clock_spans(&s.breaks),
        "points": match s.points {
            PunchPoints::TwoPoint => "two_point",
            PunchPoints::PerSegment => "per_segment",
        },
        "early_flex_minutes": s.early_flex_minutes,
        "late_flex_minutes": s.late_flex_minutes,
        "day_equivalent": s.day_equivalent_hundredths.map(|d| decimal(d, 2)),
    })
}

/// How the rules of a section are written: by name or in place.
pub trait RuleNames {
    fn punch_rule(&self, r: &Arc<PunchRule>) -> Value;
    fn late_rule(&self, r: &Arc<BandRule>) -> Value;
    fn early_rule(&self, r: &Arc<BandRule>) -> Value;
    fn abnormal_rule(&self, r: &Arc<AbnormalRule>) -> Value;
    fn request_type(&self, r: &Arc<RequestType>) -> Value;
}

/// Everything in place.
pub struct InPlace;

impl RuleNames for InPlace {
    fn punch_rule(&self, r: &Arc<PunchRule>) -> Value {
        write_punch_rule(r)
    }

    fn late_rule(&self, r: &Arc<BandRule>) -> Value {
        write_band_rule(r)
    }

    fn early_rule(&self, r: &Arc<BandRule>) -> Value {
        write_band_rule(r)
    }

    fn abnormal_rule(&self, r: &Arc<AbnormalRule>) -> Value {
        write_abnormal_rule(r)
    }

    fn request_type(&self, r: &Arc<RequestType>) -> Value {
        write_request_type(r)
    }
}

fn section(s: &Section, names: &impl RuleNames) -> Value {
    json!({
        "application": s.application,
        "punch": s.punch,
        "deduct_minutes": s.deduct_minutes,
        "early_counts": s.early_counts,
        "late_counts": s.late_counts,
        "punch_rule": names.punch_rule(&s.punch_rule),
        "late_rule": s.late_rule.as_ref().map(|r| names.late_rule(r)),
        "early_rule": s.early_rule.as_ref().map(|r| names.early_rule(r)),
        "abnormal_rule": s.abnormal_rule.as_ref().map(|r| names.abnormal_rule(r)),
    })
}

pub fn write_scheme(s: &Scheme, names: &impl RuleNames) -> Value {
    json!({
        "day_std_minutes": s.day_std_minutes,
        "join_gap_minutes": s.join_gap_minutes,
        "overtime_split": match s.overtime_split {
            OvertimeSplit::Statutory => "statutory",
            OvertimeSplit::None => "none",
            OvertimeSplit::AllBoundaries => "all_boundaries",
        },
        "statutory_mode": match s.statutory_mode {
            StatutoryMode::Split => "split",
            StatutoryMode::ByStartDay => "by_start_day",
        },
        "overtime_type": s.overtime_type.as_ref().map(|t| names.request_type(t)),
        "workday": section(&s.workday, names),
        "weekday_ot": section(&s.weekday_ot, names),
        "rest_ot": section(&s.rest_ot, names),
        "holiday_ot": section(&s.holiday_ot, names),
    })
}

/// Objects by name; different objects with one name get `#2`, `#3` … behind it.
struct Names<T> {
    all: Vec<(String, Arc<T>)>,
    same: fn(&T, &T) -> bool,
}

impl<T> Names<T> {
    fn new(same: fn(&T, &T) -> bool) -> Self {
        Self { all: Vec::new(), same }
    }

    fn name(&mut self, wanted: &str, object: &Arc<T>) -> String {
        if let Some((name, _)) = self.all.iter().find(|(_, o)| (self.same)(o, object)) {
            return name.clone();
        }
        let taken = |n: &str| self.all.iter().any(|(name, _)| name == n);
        let mut name = wanted.to_owned();
        let mut next = 2;
        while taken(&name) {
            name = format!("{wanted}#{next}");
            next += 1;
        }
        self.all.push((name.clone(), object.clone()));
        name
    }

    fn define(&self, write: impl Fn(&T) -> Value) -> Value {
        Value::Object(self.all.iter().map(|(n, o)| (n.clone(), write(o))).collect())
    }
}

impl Case {
    /// A definition line and a case line that read back to an equal case.
    pub fn to_lines(&self) -> (Value, Value) {
        // Types that differ in their version alone are one type: results name it.
        let same_type = |a: &RequestType, b: &RequestType| {
            a.name == b.name && write_request_type(a) == write_request_type(b)
        };
        let mut schemes = Names::new(Scheme::eq);
        let mut shifts = Names::new(Shift::eq);
        let mut types = Names::new(same_type);
        let scheme = schemes.name(&self.scheme.name, &self.scheme);
        let by_date: BTreeMap<String, String> = self
            .scheme_by_date
            .iter()
            .map(|(d, s)| (d.to_string(), schemes.name(&s.name, s)))
            .collect();
        let roster: BTreeMap<String, Value> =
            self.roster.iter().map(|(d, c)| (d.to_string(), cell(c, &mut shifts))).collect();
        let default_shift = self.default_shift.as_ref().map(|s| shifts.name(&s.name, s));
        let requests: Vec<Value> =
            self.requests.iter().map(|r| request(r, &types.name(&r.kind.name, &r.kind))).collect();
        let case = json!({
            "id": self.id,
            "date": self.date,
            "scheme": scheme,
            "scheme_by_date": by_date,
            "calendar": "calendar",
            "roster": roster,
            "default_shift": default_shift,
            "punches": self.punches.iter().map(punch).collect::<Vec<_>>(),
            "requests": requests,
            "temporary_overtime": self.temporary_overtime.iter().map(ordered).collect::<Vec<_>>(),
            "employment": employment(&self.employment),
            "prior_cases": PRIOR_KEYS.iter().zip(self.prior.0)
                .filter(|(_, n)| *n != 0).collect::<BTreeMap<_, _>>(),
            "now": self.now,
        });
        let define = json!({ "define": {
            "request_types": types.define(write_request_type),
            "calendars": { "calendar": write_calendar(&self.calendar) },
            "shifts": shifts.define(write_shift),
            "schemes": schemes.define(|s| write_scheme(s, &InPlace)),
        } });
        (define, case)
    }
}

fn cell(c: &OwnedCell, shifts: &mut Names<Shift>) -> Value {
    match c {
        OwnedCell::Empty => Value::Null,
        OwnedCell::Rest => json!("rest"),
        OwnedCell::Shifts(list) => list.iter().map(|s| json!(shifts.name(&s.name, s))).collect(),
    }
}

fn punch(p: &Punch) -> Value {
    let flag = p.flag.map(|f| match f {
        PunchFlag::In => "in",
        PunchFlag::Out => "out",
    });
    json!({ "at": p.at, "flag": flag })
}

fn wall_spans(spans: &[WallSpan]) -> Value {
    spans.iter().map(|s| json!({ "start": s.start, "end": s.end })).collect()
}

fn request(r: &Request, kind: &str) -> Value {
    let mut v = json!({
        "id": r.id.as_ref(),
        "type": kind,
        "start": r.span.start,
        "end": r.span.end,
        "approved_at": r.approved_at,
        "half_day": r.half_day,
    });
    if let (RequestKind::Overtime, Value::Object(o)) = (r.kind.kind, &mut v) {
        if let Some(date) = r.date {
            o.insert("date".to_owned(), json!(date));
        }
        o.insert("breaks".to_owned(), wall_spans(&r.breaks));
        o.insert("break_minutes".to_owned(), json!(r.break_minutes));
    }
    v
}

fn ordered(t: &TemporaryOvertime) -> Value {
    json!({
        "date": t.date,
        "start": t.span.start,
        "end": t.span.end,
        "breaks": wall_spans(&t.breaks),
        "break_minutes": t.break_minutes,
    })
}

fn employment(e: &Employment) -> Value {
    let frozen: Vec<Value> =
        e.frozen.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
    let mut v = json!({ "hired": e.hired, "left": e.left, "frozen": frozen });
    if let (false, Some(v)) = (e.gaps.is_empty(), v.as_object_mut()) {
        let gaps = e.gaps.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
        v.insert("gaps".to_owned(), Value::Array(gaps));
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_exactly() {
        assert_eq!(decimal(50, 2).to_string(), "0.5");
        assert_eq!(decimal(-99, 1).to_string(), "-9.9");
        assert_eq!(decimal(-5, 1).to_string(), "-0.5");
        assert_eq!(decimal(125, 2).to_string(), "1.25");
        assert_eq!(decimal(300, 2).to_string(), "3");
    }
}
