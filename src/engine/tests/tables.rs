//! The tables of domain 7: rounding of durations and the bands of the late rule.

use kaoqin_engine::format::Definitions;
use kaoqin_engine::{Evaluator, ExceptionCode, RoundMethod, Rounding};
use serde_json::{Value, json};
use vocabulary::{LocalDate, WallTime};

#[test]
fn durations_are_rounded_as_the_table_of_7_1_says() {
    // v, round 30, ceil 30, floor 30, round 15
    let table = [
        [14, 0, 30, 0, 15],
        [15, 30, 30, 0, 15],
        [44, 30, 60, 30, 45],
        [75, 90, 90, 60, 75],
        [160, 150, 180, 150, 165],
    ];
    for [v, round, ceil, floor, fifteen] in table {
        let by = |method, minutes| Rounding { method, minutes }.apply(v);
        assert_eq!(by(RoundMethod::Round, 30), round, "round {v} by 30");
        assert_eq!(by(RoundMethod::Ceil, 30), ceil, "ceil {v} by 30");
        assert_eq!(by(RoundMethod::Floor, 30), floor, "floor {v} by 30");
        assert_eq!(by(RoundMethod::Round, 15), fifteen, "round {v} by 15");
        assert_eq!(by(RoundMethod::Original, 30), v);
        for method in [RoundMethod::Round, RoundMethod::Ceil, RoundMethod::Floor] {
            assert_eq!(by(method, 0), v, "a step of 0 is Original");
        }
    }
}

#[test]
fn seconds_are_carried_at_sign_in_and_dropped_at_sign_out() {
    let case = json!({
        "id": "x", "date": "2026-03-10", "calendar": {}, "roster": { "2026-03-10":
            { "segments": [{ "start": "08:00", "end": "17:00" }] } },
        "scheme": { "workday": { "punch_rule": {} }, "weekday_ot": { "punch_rule": {} },
                    "rest_ot": { "punch_rule": {} }, "holiday_ot": { "punch_rule": {} } },
        "punches": [{ "at": "2026-03-10T08:00:01" }, { "at": "2026-03-10T16:59:59" }],
    });
    let case = Definitions::new().read_case(&case).unwrap();
    let r = case.evaluate(&mut Evaluator::new());
    assert_eq!((r.regular_minutes, r.shortfall_minutes), (540 - 2, 2));
}

/// The late rule of the brochure in the order of its rows.
fn rule_11() -> Value {
    json!({ "items": [
        { "code": "002", "limit_minutes": 30, "method": "round", "minutes": 30 },
        { "code": "004", "limit_minutes": 60, "method": "round", "minutes": 30 },
        { "code": "005", "limit_minutes": 120 },
        { "code": "006", "limit_minutes": 240, "absence": true, "days": 0.5 },
        { "code": "001", "limit_minutes": 90 },
        { "code": "007", "limit_minutes": 800, "absence": true, "days": 1 },
    ] })
}

#[test]
fn the_band_is_chosen_by_raw_minutes_as_the_table_of_7_2_says() {
    // raw, code, late minutes, absence in tenths of a day, beyond the largest band
    let table = [
        (1, "002", 0, 0, false),
        (15, "002", 30, 0, false),
        (30, "002", 30, 0, false),
        (31, "004", 30, 0, false),
        (45, "004", 60, 0, false),
        (60, "004", 60, 0, false),
        (61, "001", 61, 0, false),
        (90, "001", 90, 0, false),
        (91, "005", 91, 0, false),
        (120, "005", 120, 0, false),
        (121, "006", 0, 5, false),
        (240, "006", 0, 5, false),
        (241, "007", 0, 10, false),
        (800, "007", 0, 10, false),
        (900, "007", 0, 10, true),
    ];
    let date = LocalDate::from_ymd(2026, 3, 10).unwrap();
    for (raw, code, minutes, absence, beyond) in table {
        let at = |m: i64| json!({ "at": WallTime::on(date, m * 60) });
        let other = json!({ "punch_rule": {} });
        let case = json!({
            "id": "x", "date": date, "calendar": {}, "roster": { "2026-03-10":
                { "segments": [{ "start": "08:00", "end": "24:00" }] } },
            "scheme": { "workday": { "punch_rule": {}, "late_rule": rule_11() },
                        "weekday_ot": other, "rest_ot": other, "holiday_ot": other },
            "punches": [at(480 + raw), at(1441)],
        });
        let case = Definitions::new().read_case(&case).unwrap();
        let r = case.evaluate(&mut Evaluator::new());
        let counts: Vec<(&str, i32)> =
            r.late.counts.iter().map(|(c, n)| (c.as_ref(), *n)).collect();
        assert_eq!(counts, [(code, 1)], "raw {raw}");
        assert_eq!(i64::from(r.late.raw_minutes), raw);
        assert_eq!(r.late.tenths, minutes * 10, "raw {raw}");
        assert_eq!(r.absence_tenths, 480 * absence, "raw {raw}");
        let exceeded = r.exceptions.iter().any(|e| e.code == ExceptionCode::BandExceeded);
        assert_eq!(exceeded, beyond, "raw {raw}");
    }
}
