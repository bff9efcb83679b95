//! What must hold for every input.
#![expect(clippy::unwrap_used, reason = "a test stops where it stands")]

use std::collections::HashSet;

use kaoqin_engine::format::{Case, Definitions};
use kaoqin_engine::{
    CaseCounts, Cell, DateKind, DayFacts, Evaluator, Facts, Measure, Punch, Service, Shift,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use vocabulary::{LocalDate, WallTime};

fn first() -> LocalDate {
    LocalDate::from_ymd(2026, 3, 2).unwrap()
}

fn definitions() -> Definitions {
    let late = json!({ "items": [
        { "code": "a", "limit_minutes": 30, "method": "round", "minutes": 30 },
        { "code": "b", "limit_minutes": 800, "absence": true, "days": 0.5 }] });
    let span = |s: &str, e: &str| json!({ "start": s, "end": e });
    let work = json!({ "punch_rule": "p", "late_rule": "l", "abnormal_rule": "x" });
    let extra = json!({ "punch_rule": "p", "application": true });
    let mut d = Definitions::new();
    d.define(&json!({
        "punch_rules": { "p": {} },
        "late_rules": { "l": late },
        "abnormal_rules": { "x": { "missing_in": { "action": "absent_span" } } },
        "request_types": {
            "leave": { "kind": "leave", "coefficients": { "a1": 1, "a2": 0.5, "l": 0.3, "b": 0.2 } },
            "ot": { "kind": "overtime", "coefficients": { "w2": 1, "a3": 0.1 } } },
        "calendars": { "cn": { "rest_weekdays": [6, 7], "dates": { "2026-03-12": "statutory" } } },
        "shifts": {
            "day": { "segments": [span("08:00", "12:00"), span("13:00", "17:00")] },
            "four": { "segments": [span("08:00", "12:00"), span("13:00", "17:00")],
                      "points": "per_segment" },
            "night": { "segments": [span("22:00", "30:00")] },
            "flex": { "segments": [span("09:00", "18:00")], "breaks": [span("12:00", "13:00")],
                      "early_flex_minutes": 60, "late_flex_minutes": 60 },
            "ot": { "kind": "ot", "segments": [span("18:00", "20:00")] },
            "free": { "kind": "free" } },
        "schemes": { "s": { "workday": work, "weekday_ot": extra, "rest_ot": extra,
                            "holiday_ot": { "punch_rule": "p" } } },
    }))
    .unwrap();
    d
}

/// A case around 2026-03-11 with punches at random minutes and a few requests.
fn any_case() -> impl Strategy<Value = Value> {
    let shift = prop::sample::select(vec!["day", "four", "night", "flex", "free", "rest", "ot"]);
    let punches = prop::collection::vec(-2000_i64..4000, 0..9);
    let requests = prop::collection::vec((any::<bool>(), -300_i64..2400, 1_i64..700), 0..4);
    let now = prop::option::of(-3000_i64..6000);
    (prop::collection::vec(shift, 5), punches, requests, now).prop_map(
        |(shifts, punches, requests, now)| {
            let date = first().plus(9);
            let wall = |m: i64| WallTime::on(date, m * 60).to_string();
            let roster: serde_json::Map<String, Value> =
                (0..).zip(shifts).map(|(i, s)| (date.plus(i - 2).to_string(), json!(s))).collect();
            let punches: Vec<Value> = punches
                .iter()
                .map(|m| json!({ "at": WallTime::on(date, m * 60 + m.rem_euclid(60)) }))
                .collect();
            let requests: Vec<Value> = (0..)
                .zip(requests)
                .map(|(i, (leave, start, length))| {
                    json!({ "id": format!("{i}"), "type": if leave { "leave" } else { "ot" },
                            "start": wall(start), "end": wall(start + length) })
                })
                .collect();
            // Half of the cases have an order of the employer too, two of them overlapping.
            let orders: Vec<Value> = [(1080, 1200), (1170, 1290)]
                .iter()
                .filter(|_| punches.len().is_multiple_of(2))
                .map(|(s, e)| json!({ "date": date, "start": wall(*s), "end": wall(*e) }))
                .collect();
            json!({ "id": "x", "date": date, "scheme": "s", "calendar": "cn", "roster": roster,
                    "punches": punches, "requests": requests, "temporary_overtime": orders,
                    "now": now.map(wall) })
        },
    )
}

fn read(value: &Value) -> Case {
    definitions().read_case(value).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_minutes_of_the_trace_add_up_to_every_total(value in any_case()) {
        let case = read(&value);
        let (r, trace) = case.evaluate_traced(&mut Evaluator::new());
        let [weekday, rest, holiday] = r.overtime.map(|o| o.credited * 10);
        let totals = [
            (Measure::Due, r.due_tenths),
            (Measure::Actual, r.actual_tenths),
            (Measure::Regular, r.regular_minutes * 10),
            (Measure::Late, r.late.tenths),
            (Measure::Early, r.early.tenths),
            (Measure::Absence, r.absence_tenths),
            (Measure::Shortfall, r.shortfall_minutes * 10),
            (Measure::WeekdayOvertime, weekday),
            (Measure::RestOvertime, rest),
            (Measure::HolidayOvertime, holiday),
            (Measure::Unconfirmed, r.unconfirmed_minutes * 10),
            (Measure::Presence, r.presence_minutes * 10),
            (Measure::Night, r.night_minutes * 10),
        ];
        prop_assert_eq!(totals.len(), Measure::COUNT);
        for (measure, total) in totals {
            prop_assert_eq!(trace.sum(measure), total, "{:?}", measure);
        }
        prop_assert_eq!(case.evaluate(&mut Evaluator::new()), r);
    }

    #[test]
    fn the_order_of_the_lists_changes_nothing(value in any_case(), by in 1_usize..1000) {
        let mut turned = value.clone();
        for key in ["punches", "requests", "temporary_overtime"] {
            let list = turned[key].as_array_mut().unwrap();
            let mut keyed: Vec<(usize, Value)> =
                (1..).map(|i: usize| i * by * 31 % 17).zip(std::mem::take(list)).collect();
            keyed.sort_by_key(|(k, _)| *k);
            list.extend(keyed.into_iter().map(|(_, v)| v));
        }
        let evaluator = &mut Evaluator::new();
        let (mut a, mut b) = (read(&value).evaluate(evaluator), read(&turned).evaluate(evaluator));
        a.exceptions.sort_by_key(|e| (e.code, e.at, e.minutes));
        b.exceptions.sort_by_key(|e| (e.code, e.at, e.minutes));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn what_is_final_stays_whatever_the_clock_says_later(value in any_case(), later in 0_i64..9000) {
        let mut case = read(&value);
        let r = case.evaluate(&mut Evaluator::new());
        if r.state == kaoqin_engine::DayState::Final
            && let Some(now) = case.now
        {
            // Punches that lie after now were not known; without them nothing may change.
            case.punches.retain(|p| p.at <= now);
            case.now = Some(now.plus_seconds(later * 60));
            let mut again = case.evaluate(&mut Evaluator::new());
            again.due_at = r.due_at;
            prop_assert_eq!(again, r);
        }
    }

    #[test]
    fn a_case_written_and_read_again_is_the_same(value in any_case()) {
        let case = read(&value);
        let (define, line) = case.to_lines();
        let mut d = Definitions::new();
        d.define(&define["define"]).unwrap();
        let again = d.read_case(&line).unwrap();
        let evaluator = &mut Evaluator::new();
        prop_assert_eq!(again.evaluate(evaluator), case.evaluate(evaluator));
    }

    #[test]
    fn no_punch_serves_two_dates_and_a_month_equals_its_days(
        cells in prop::collection::vec(0_usize..6, 20),
        minutes in prop::collection::vec(0_i64..28_800, 0..70),
    ) {
        let d = definitions();
        let names = ["day", "four", "night", "flex", "ot"];
        let shifts: Vec<Vec<std::sync::Arc<Shift>>> =
            names.iter().map(|n| vec![d.shift(n).unwrap().clone()]).collect();
        let scheme = d.scheme("s").unwrap().clone();
        let days: Vec<DayFacts<'_>> = cells
            .iter()
            .map(|c| DayFacts {
                scheme: Some(&scheme),
                kind: DateKind::Workday,
                cell: shifts.get(*c).map_or(Cell::Rest, |s| Cell::Shifts(s)),
                service: Service::InService,
            })
            .collect();
        let mut punches: Vec<Punch> = (1..)
            .zip(&minutes)
            .map(|(id, m)| Punch { at: WallTime::on(first(), m * 60), flag: None, id })
            .collect();
        punches.sort_by_key(|p| (p.at, p.id));
        let facts = Facts {
            first: first(),
            days: &days,
            punches: &punches,
            requests: &[],
            temporary_overtime: &[],
            now: None,
        };
        let (mut walking, mut single) = (Evaluator::new(), Evaluator::new());
        let mut run = walking.person(&facts);
        let none = CaseCounts::default();
        let mut used: HashSet<i64> = HashSet::new();
        for date in first().plus(2).through(first().plus(16)) {
            let r = run.day(date, &none);
            prop_assert_eq!(&r, &single.person(&facts).day(date, &none));
            let own: HashSet<i64> =
                r.points.iter().map(|p| p.punch).filter(|id| *id != 0).collect();
            prop_assert!(used.is_disjoint(&own), "{} takes a punch twice", date);
            used.extend(own);
        }
    }
}
