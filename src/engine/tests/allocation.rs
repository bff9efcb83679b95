//! What people wait for is never the engine: a plain day asks the allocator for nothing.

use std::sync::Arc;

use kaoqin_engine::format::Definitions;
use kaoqin_engine::{
    CaseCounts, Cell, DateKind, DayFacts, Evaluator, Facts, Punch, Service, Shift,
};
use serde_json::json;
use vocabulary::{LocalDate, WallTime};

#[test]
fn a_plain_day_allocates_nothing() {
    let mut d = Definitions::new();
    let section = json!({ "punch_rule": "p", "late_rule": "l" });
    d.define(&json!({
        "punch_rules": { "p": {} },
        "late_rules": { "l": { "items": [{ "code": "002", "limit_minutes": 30 }] } },
        "shifts": { "day": { "segments": [{ "start": "08:00", "end": "12:00" },
                                          { "start": "13:00", "end": "17:00" }] } },
        "schemes": { "s": { "workday": section, "weekday_ot": section, "rest_ot": section,
                            "holiday_ot": section } },
    }))
    .unwrap();
    let (scheme, shifts) =
        (d.scheme("s").unwrap(), vec![Arc::<Shift>::clone(d.shift("day").unwrap())]);
    let first = LocalDate::from_ymd(2026, 3, 1).unwrap();
    let day = DayFacts {
        scheme: Some(scheme),
        kind: DateKind::Workday,
        cell: Cell::Shifts(&shifts),
        service: Service::InService,
    };
    let days = vec![day; 36];
    // 07:52 to 17:03; every fourth day five minutes late.
    let punches: Vec<Punch> = (0..36)
        .flat_map(|i| {
            let came = 472 + if i % 4 == 0 { 13 } else { 0 };
            [came, 1023].map(|m| Punch {
                at: WallTime::on(first.plus(i), m * 60 + 7),
                flag: None,
                id: i64::from(i) * 10_000 + m,
            })
        })
        .collect();
    let facts = Facts {
        first,
        days: &days,
        punches: &punches,
        requests: &[],
        temporary_overtime: &[],
        now: None,
    };
    let mut evaluator = Evaluator::new();
    let mut month = || {
        let mut run = evaluator.person(&facts);
        let (mut regular, mut late) = (0, 0);
        for date in first.plus(2).through(first.plus(32)) {
            let r = run.day(date, &CaseCounts::default());
            regular += r.regular_minutes;
            late += r.late.raw_minutes;
        }
        (regular, late)
    };
    // The first person gives the evaluator the memory that it keeps.
    let warm = month();
    assert!(warm.0 > 14_000 && warm.1 > 0, "{warm:?}");
    let mut cold = (0, 0);
    let info = allocation_counter::measure(|| cold = month());
    assert_eq!(cold, warm);
    assert_eq!((info.count_total, info.bytes_total), (0, 0), "31 plain days");
}
