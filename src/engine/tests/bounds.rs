//! What the due time bounds, and that its minutes go somewhere: the control identity of domain 15.10, over
//! shifts, leave, rules and abnormal rules at random.
#![expect(clippy::unwrap_used, reason = "a test stops where it stands")]

use kaoqin_engine::format::Definitions;
use kaoqin_engine::{DayResult, DayState, Evaluator, Rated};
use proptest::prelude::*;
use serde_json::{Value, json};
use vocabulary::{LocalDate, WallTime};

fn date() -> LocalDate {
    LocalDate::from_ymd(2026, 3, 11).unwrap()
}

fn wall(minute: i64) -> WallTime {
    WallTime::on(date(), minute * 60)
}

/// How strict the rules are.
#[derive(Clone, Copy, PartialEq)]
enum Rules {
    /// Those under which the control identity holds.
    Plain,
    /// Absence bands, fixed absences and rounding as well.
    Any,
}

fn shift(name: &str) -> Value {
    let span = |s: &str, e: &str| json!({ "start": s, "end": e });
    let halves = [span("08:00", "12:00"), span("13:00", "17:00")];
    match name {
        "day" => json!({ "segments": halves }),
        "four" => json!({ "segments": halves, "points": "per_segment" }),
        "night" => json!({ "segments": [span("22:00", "30:00")] }),
        "rests" => json!({ "segments": [span("09:00", "18:00")],
                           "breaks": [span("12:00", "13:00"), span("15:00", "15:15")] }),
        _ => json!({ "segments": [span("09:00", "18:00")], "breaks": [span("12:00", "13:00")],
                     "early_flex_minutes": 60, "late_flex_minutes": 90 }),
    }
}

fn one_of(values: Vec<Value>) -> impl Strategy<Value = Value> {
    prop::sample::select(values)
}

fn band(rules: Rules) -> impl Strategy<Value = Value> {
    let plain = json!({ "items": [
        { "code": "a", "limit_minutes": 30, "method": "round", "minutes": 30 },
        { "code": "b", "limit_minutes": 90, "method": "floor", "minutes": 15 }] });
    let mut all = vec![Value::Null, plain];
    if rules == Rules::Any {
        all.push(json!({ "items": [{ "code": "c", "limit_minutes": 60, "absence": true,
                                     "days": 0.5 }] }));
        all.push(json!({ "items": [{ "code": "d", "limit_minutes": 5, "absence": true,
                                     "days": 3 }] }));
    }
    one_of(all)
}

fn abnormal(rules: Rules) -> impl Strategy<Value = Value> {
    let span = json!({ "action": "absent_span" });
    let nominal = json!({ "action": "nominal" });
    let fixed = json!({ "action": "fixed_absence", "days": 0.75 });
    let mut edge = vec![span.clone(), nominal.clone(), json!({ "action": "fixed", "minutes": 45 })];
    let mut both = vec![span.clone(), nominal];
    let mut segment = vec![span];
    if rules == Rules::Any {
        edge.push(fixed.clone());
        both.push(fixed.clone());
        segment.push(fixed);
    }
    let named = |edge: Value, how: &str| match edge.get("minutes") {
        Some(m) => json!({ "action": how, "minutes": m }),
        None => edge,
    };
    let middle = one_of(vec![json!("as_missing"), json!("worked_through")]);
    let odd = one_of(vec![json!("flag"), json!("last_is_out_missing")]);
    (one_of(edge.clone()), one_of(edge), one_of(both), one_of(segment), middle, odd).prop_map(
        move |(came, went, both, segment, middle, odd)| {
            json!({
                "missing_in": named(came, "fixed_late"),
                "missing_out": named(went, "fixed_early"),
                "both_missing": both,
                "segment_missing": segment,
                "middle_missing": { "action": middle },
                "odd_count": { "action": odd },
            })
        },
    )
}

fn duration(rules: Rules) -> Vec<Value> {
    let mut all = vec![json!({})];
    if rules == Rules::Any {
        for method in ["round", "ceil", "floor"] {
            all.push(json!({ "method": method, "minutes": 60 }));
        }
    }
    all
}

/// A work day with up to six punches and up to three leaves that count for nothing.
fn any_day(rules: Rules) -> impl Strategy<Value = Value> {
    let shift_name = prop::sample::select(vec!["day", "four", "night", "rests", "flex"]);
    let punches = prop::collection::vec(300_i64..1950, 0..6);
    let leaves = prop::collection::vec((400_i64..1800, 10_i64..300), 0..3);
    let late_counts = any::<bool>();
    (
        shift_name,
        punches,
        leaves,
        (band(rules), band(rules), abnormal(rules), one_of(duration(rules))),
        late_counts,
    )
        .prop_map(|(name, punches, leaves, (late, early, abnormal, duration), late_counts)| {
            let extra = json!({ "punch_rule": {}, "late_counts": late_counts });
            let leaves: Vec<Value> = (0..)
                .zip(leaves)
                .map(|(i, (start, length))| {
                    json!({ "id": format!("{i}"), "type": { "kind": "leave" },
                            "start": wall(start), "end": wall(start + length) })
                })
                .collect();
            let punches: Vec<Value> = punches.iter().map(|m| json!({ "at": wall(*m) })).collect();
            json!({
                "id": "x", "date": date(), "calendar": {},
                "scheme": {
                    "workday": { "punch_rule": { "duration": duration }, "late_rule": late,
                                 "early_rule": early, "abnormal_rule": abnormal,
                                 "late_counts": late_counts },
                    "weekday_ot": extra, "rest_ot": extra, "holiday_ot": extra },
                "roster": { date().to_string(): shift(name) },
                "punches": punches, "requests": leaves,
            })
        })
}

fn evaluate(case: &Value) -> DayResult {
    Definitions::new().read_case(case).unwrap().evaluate(&mut Evaluator::new())
}

fn raw(r: &DayResult) -> i32 {
    r.late.raw_minutes + r.early.raw_minutes + r.shortfall_minutes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// |eff| = regular + raw late + raw early + absence + unjudged; the leaves count nowhere, so that the due
    /// time of the result is |eff|.
    #[test]
    fn the_control_identity_holds(case in any_day(Rules::Plain)) {
        let r = evaluate(&case);
        prop_assert_eq!(r.state, DayState::Final);
        prop_assert_eq!(r.due_tenths, (r.regular_minutes + raw(&r)) * 10 + r.absence_tenths);
    }

    #[test]
    fn no_result_exceeds_the_due_time(case in any_day(Rules::Any)) {
        let r = evaluate(&case);
        let due = r.due_tenths;
        prop_assert!(due >= 0);
        prop_assert!(r.regular_minutes >= 0 && r.absence_tenths >= 0, "{:?}", r);
        prop_assert!(r.regular_minutes * 10 + r.absence_tenths <= due, "{:?}", r);
        prop_assert!(raw(&r) * 10 <= due, "{:?}", r);
        // Rounding up gives no minute back that was missed; absence bands count instead of their minutes.
        let absent = |edge: &Rated| edge.counts.iter().any(|(code, _)| ["c", "d"].contains(&&**code));
        if r.regular_minutes > 0 && !absent(&r.late) && !absent(&r.early) {
            let counted = (r.regular_minutes + raw(&r)) * 10 + r.absence_tenths;
            prop_assert!(counted <= due, "{:?}", r);
        }
        for edge in [&r.late, &r.early] {
            prop_assert!(edge.raw_minutes >= 0);
            // A band rounds up by less than its step.
            prop_assert!((0..=due + 290).contains(&edge.tenths), "{:?}", r);
        }
    }
}
