//! What a change can reach: outside of `reach_of_punch` and `reach_of_plan` no result may differ.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it stands")]

use std::sync::Arc;

use kaoqin_engine::format::Definitions;
use kaoqin_engine::{
    CaseCounts, Cell, DateKind, DayFacts, DayResult, Evaluator, Facts, Punch, Request, Scheme,
    Service, Shift, TemporaryOvertime, Trace, WallSpan, reach_of_plan, reach_of_punch,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, WallTime};

const DAYS: i32 = 17;
/// The date that changes; far enough from both ends.
const MIDDLE: i32 = 8;
const SHIFTS: [&str; 8] = ["day", "four", "night", "flex", "free", "ot", "late", "longest"];

fn first() -> LocalDate {
    LocalDate::from_ymd(2026, 3, 2).unwrap()
}

/// Two schemes: one as usual, one with the widest windows the format allows.
fn definitions() -> Definitions {
    let span = |s: &str, e: &str| json!({ "start": s, "end": e });
    let scheme = |punch: &str| {
        let work = json!({ "punch_rule": punch, "late_rule": "l", "abnormal_rule": "x" });
        let extra = json!({ "punch_rule": punch, "application": true });
        json!({ "workday": work, "weekday_ot": extra,
                "rest_ot": { "punch_rule": punch, "application": false },
                "holiday_ot": extra })
    };
    let mut d = Definitions::new();
    d.define(&json!({
        "punch_rules": { "p": {}, "wide": { "before_minutes": 720, "after_minutes": 720 } },
        "late_rules": { "l": { "items": [{ "code": "a", "limit_minutes": 90 }] } },
        "abnormal_rules": { "x": { "missing_in": { "action": "fixed_absence", "days": 0.5 } } },
        "request_types": { "leave": { "kind": "leave", "coefficients": { "a1": 1 } },
                           "ot": { "kind": "overtime", "coefficients": { "w2": 1 } } },
        "calendars": { "cn": {} },
        "shifts": {
            "day": { "segments": [span("08:00", "12:00"), span("13:00", "17:00")] },
            "four": { "segments": [span("08:00", "12:00"), span("13:00", "17:00")],
                      "points": "per_segment" },
            "night": { "segments": [span("22:00", "30:00")] },
            "flex": { "segments": [span("09:00", "18:00")], "breaks": [span("12:00", "13:00")],
                      "early_flex_minutes": 60, "late_flex_minutes": 60 },
            "free": { "kind": "free" },
            "ot": { "kind": "ot", "segments": [span("18:00", "20:00")] },
            "late": { "segments": [span("24:00", "32:00")] },
            "longest": { "segments": [span("35:00", "48:00")] } },
        "schemes": { "s": scheme("p"), "w": scheme("wide") },
    }))
    .unwrap();
    d
}

/// One date before any punch.
#[derive(Clone, Debug, PartialEq)]
struct Day {
    shift: Option<usize>,
    kind: DateKind,
    wide: bool,
    service: Service,
}

fn any_day() -> impl Strategy<Value = Day> {
    let kind =
        select(vec![DateKind::Workday, DateKind::Workday, DateKind::Rest, DateKind::Statutory]);
    let service = select(vec![
        Service::InService,
        Service::InService,
        Service::InService,
        Service::Frozen,
        Service::NotEmployed,
    ]);
    (prop::option::of(0..SHIFTS.len()), kind, any::<bool>(), service)
        .prop_map(|(shift, kind, wide, service)| Day { shift, kind, wide, service })
}

/// Start in half hours from the first date, length in half hours, leave or overtime.
type Form = (i32, i32, bool);

#[derive(Clone, Debug)]
struct World {
    days: Vec<Day>,
    /// In half hours from the first date.
    punches: Vec<i32>,
    forms: Vec<Form>,
    ordered: Vec<Form>,
    now: Option<i32>,
}

fn any_world() -> impl Strategy<Value = World> {
    let end = DAYS * 48;
    let form = (96..end - 96, 1..40, any::<bool>());
    let forms = prop::collection::vec(form.clone(), 0..4);
    let ordered = prop::collection::vec(form, 0..3);
    let punches = prop::collection::vec(0..end, 0..60);
    let days = prop::collection::vec(any_day(), usize::try_from(DAYS).unwrap());
    (days, punches, forms, ordered, prop::option::of(0..end)).prop_map(
        |(days, punches, forms, ordered, now)| World { days, punches, forms, ordered, now },
    )
}

fn wall(halves: i32) -> WallTime {
    WallTime::on(first(), i64::from(halves) * 1800)
}

fn span(form: Form) -> WallSpan {
    WallSpan { start: wall(form.0), end: wall(form.0 + form.1) }
}

/// Dates a form touches.
fn touched(form: Form) -> DateSpan {
    let s = span(form);
    DateSpan::new(s.start.date(), s.end.plus_seconds(-1).date())
}

/// Dates whose neighbours are known.
fn inner() -> impl DoubleEndedIterator<Item = LocalDate> {
    first().plus(2).through(first().plus(DAYS - 4))
}

struct Book {
    definitions: Definitions,
    schemes: [Arc<Scheme>; 2],
    shifts: Vec<Vec<Arc<Shift>>>,
}

impl Book {
    fn new() -> Self {
        let definitions = definitions();
        let scheme = |n: &str| definitions.scheme(n).unwrap().clone();
        let schemes = [scheme("s"), scheme("w")];
        let shift = |n: &&str| vec![definitions.shift(n).unwrap().clone()];
        let shifts = SHIFTS.iter().map(shift).collect();
        Self { definitions, schemes, shifts }
    }

    /// Results of all dates whose neighbours are known.
    fn results(&self, w: &World) -> Vec<(LocalDate, DayResult)> {
        self.with_facts(w, |facts| {
            let mut evaluator = Evaluator::new();
            let mut run = evaluator.person(facts);
            inner().map(|d| (d, run.day(d, &CaseCounts::default()))).collect()
        })
    }

    fn with_facts<T>(&self, w: &World, work: impl FnOnce(&Facts<'_>) -> T) -> T {
        let days: Vec<DayFacts<'_>> = w
            .days
            .iter()
            .map(|d| DayFacts {
                scheme: Some(&self.schemes[usize::from(d.wide)]),
                kind: d.kind,
                cell: d.shift.map_or(Cell::Rest, |s| Cell::Shifts(&self.shifts[s])),
                service: d.service,
            })
            .collect();
        let mut punches: Vec<Punch> = w
            .punches
            .iter()
            .map(|p| Punch { at: wall(*p), flag: None, id: i64::from(*p) + 1 })
            .collect();
        punches.sort_by_key(|p| (p.at, p.id));
        punches.dedup_by_key(|p| p.at);
        let kind = |leave: bool| if leave { "leave" } else { "ot" };
        let requests: Vec<Request> = w
            .forms
            .iter()
            .map(|f| Request {
                id: format!("{}-{}", f.0, f.1).as_str().into(),
                kind: self.definitions.request_type(kind(f.2)).unwrap().clone(),
                span: span(*f),
                approved_at: wall(f.0),
                half_day: false,
                date: None,
                breaks: Default::default(),
                break_minutes: 0,
            })
            .collect();
        let ordered: Vec<TemporaryOvertime> = w
            .ordered
            .iter()
            .map(|f| TemporaryOvertime {
                date: span(*f).start.date(),
                span: span(*f),
                breaks: Default::default(),
                break_minutes: 0,
            })
            .collect();
        work(&Facts {
            first: first(),
            days: &days,
            punches: &punches,
            requests: &requests,
            temporary_overtime: &ordered,
            now: w.now.map(wall),
        })
    }
}

/// Fails if a result outside of `reach` differs.
fn unchanged_outside(reach: DateSpan, a: &World, b: &World) -> Result<(), TestCaseError> {
    let book = Book::new();
    for ((date, x), (_, y)) in book.results(a).into_iter().zip(book.results(b)) {
        let inside = reach.from <= date && reach.to.is_none_or(|to| date <= to);
        prop_assert!(inside || x == y, "{date} is outside of {reach:?}\n{x:#?}\n{y:#?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Dates that are alike share what is worked out once; nothing of one date may stick to another.
    #[test]
    fn days_walked_through_equal_days_asked_for_alone(mut w in any_world(), different in 1_usize..9) {
        for i in different..w.days.len() {
            w.days[i] = w.days[i % different].clone();
        }
        let none = CaseCounts::default();
        Book::new().with_facts(&w, |facts| {
            let (mut walking, mut back, mut alone) =
                (Evaluator::new(), Evaluator::new(), Evaluator::new());
            let (mut walk, mut way_back) = (walking.person(facts), back.person(facts));
            let mut traces = [Trace::default(), Trace::default()];
            let [a, b] = &mut traces;
            let mut expected = Vec::new();
            for date in inner() {
                let r = alone.person(facts).day_traced(date, &none, a);
                prop_assert_eq!(&walk.day_traced(date, &none, b), &r);
                prop_assert_eq!(&*a, &*b);
                expected.push(r);
            }
            for date in inner().rev() {
                prop_assert_eq!(Some(way_back.day(date, &none)), expected.pop());
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_punch_alters_nothing_outside_its_reach(w in any_world(), half in 0_i32..48) {
        let at = MIDDLE * 48 + half;
        let mut with = w.clone();
        with.punches.push(at);
        let mut without = w;
        without.punches.retain(|p| *p != at);
        unchanged_outside(reach_of_punch(wall(at).date()), &with, &without)?;
    }

    #[test]
    fn another_plan_of_a_date_alters_nothing_outside_its_reach(w in any_world(), day in any_day()) {
        let mut changed = w.clone();
        changed.days[usize::try_from(MIDDLE).unwrap()] = day;
        let reach = reach_of_plan(DateSpan::day(first().plus(MIDDLE)));
        unchanged_outside(reach, &w, &changed)?;
    }

    #[test]
    fn a_form_alters_nothing_outside_its_reach(
        w in any_world(),
        start in 0_i32..48,
        length in 1_i32..40,
        leave in any::<bool>(),
    ) {
        let form = (MIDDLE * 48 + start, length, leave);
        let mut changed = w.clone();
        changed.forms.push(form);
        unchanged_outside(reach_of_plan(touched(form)), &w, &changed)?;
    }

    #[test]
    fn ordered_overtime_alters_nothing_outside_its_reach(
        w in any_world(),
        start in 0_i32..48,
        length in 1_i32..40,
    ) {
        let form = (MIDDLE * 48 + start, length, false);
        let mut changed = w.clone();
        changed.ordered.push(form);
        // It belongs to one attendance date, whatever dates it touches.
        let reach = reach_of_plan(DateSpan::day(span(form).start.date()));
        unchanged_outside(reach, &w, &changed)?;
    }
}

/// The properties above would fail if the reach were one date smaller at either end.
#[test]
fn a_smaller_reach_would_be_found_out() {
    use proptest::test_runner::{Config, TestRunner};
    let middle = first().plus(MIDDLE);
    let config = || Config { cases: 20_000, failure_persistence: None, ..Config::default() };
    for (before, after) in [(-1, 1), (-2, 0)] {
        let found = TestRunner::new(config()).run(&(any_world(), 0_i32..48), |(w, half)| {
            let mut with = w.clone();
            with.punches.push(MIDDLE * 48 + half);
            let reach = DateSpan::new(middle.plus(before), middle.plus(after));
            unchanged_outside(reach, &w, &with)
        });
        assert!(found.is_err(), "punch {before}..{after}");
    }
    for (before, after) in [(-1, 2), (-2, 1)] {
        let found = TestRunner::new(config()).run(&(any_world(), any_day()), |(w, day)| {
            let mut changed = w.clone();
            changed.days[usize::try_from(MIDDLE).unwrap()] = day;
            let reach = DateSpan::new(middle.plus(before), middle.plus(after));
            unchanged_outside(reach, &w, &changed)
        });
        assert!(found.is_err(), "plan {before}..{after}");
    }
}
