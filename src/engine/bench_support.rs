//! What benchmarks measure: months of people, and a toy kernel as the floor. Fixed here, so that numbers of
//! different days compare.

use std::sync::Arc;

use serde_json::{Value, json};
use vocabulary::{LocalDate, WallTime};

use crate::format::{Definitions, Kind};
use crate::{
    CaseCounts, Cell, Code, DateKind, DayFacts, Evaluator, Facts, Punch, Request, Scheme, Service,
    Shift, Trace, WallSpan,
};

/// Days of a month that is measured.
pub const DAYS: i32 = 31;

/// The months of some people.
pub struct Months {
    people: Vec<Month>,
    schemes: [Arc<Scheme>; 2],
    toy: Toy,
}

struct Month {
    cells: Vec<Vec<Arc<Shift>>>,
    kinds: Vec<DateKind>,
    punches: Vec<Punch>,
    requests: Vec<Request>,
    /// From this date on the second scheme counts.
    change: LocalDate,
}

/// Numbers that look random and are the same everywhere.
struct Mix(u64);

impl Mix {
    fn next(&mut self, below: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.next(100) < percent
    }
}

fn definitions() -> Definitions {
    let mut d = Definitions::new();
    let spans = |list: &[(&str, &str)]| -> Value {
        list.iter().map(|(s, e)| json!({ "start": s, "end": e })).collect()
    };
    let day = spans(&[("08:00", "12:00"), ("13:00", "17:00")]);
    let shifts = [
        ("day", json!({ "segments": day })),
        ("split", json!({ "segments": day, "points": "per_segment" })),
        ("flex", json!({ "segments": day, "early_flex_minutes": 60, "late_flex_minutes": 60 })),
        ("night", json!({ "segments": spans(&[("22:00", "30:00")]) })),
    ];
    for (name, body) in shifts {
        d.define_one(Kind::Shift, name, &body).unwrap_or_default();
    }
    let late = json!({ "items": [
        { "code": "a", "limit_minutes": 30, "method": "round", "minutes": 30 },
        { "code": "b", "limit_minutes": 120 },
        { "code": "c", "limit_minutes": 800, "absence": true, "days": 1 } ] });
    d.define_one(Kind::LateRule, "late", &late).unwrap_or_default();
    d.define_one(Kind::EarlyRule, "early", &late).unwrap_or_default();
    let missing = json!({ "action": "fixed_absence", "days": 0.5 });
    let abnormal = json!({ "missing_in": missing, "missing_out": missing });
    d.define_one(Kind::AbnormalRule, "x", &abnormal).unwrap_or_default();
    d.define_one(Kind::PunchRule, "p", &json!({})).unwrap_or_default();
    let leave = json!({ "kind": "leave", "coefficients": { "a1": 1, "a2": 1 } });
    d.define_one(Kind::RequestType, "leave", &leave).unwrap_or_default();
    let overtime = json!({ "kind": "overtime", "coefficients": { "w2": 1 } });
    d.define_one(Kind::RequestType, "overtime", &overtime).unwrap_or_default();
    let work = json!({ "punch_rule": "p", "late_rule": "late", "early_rule": "early",
                       "abnormal_rule": "x" });
    let extra = |application: bool| json!({ "punch_rule": "p", "application": application });
    for (name, application) in [("first", true), ("second", false)] {
        let body = json!({ "workday": work, "weekday_ot": extra(application),
                           "rest_ot": extra(application), "holiday_ot": extra(application) });
        d.define_one(Kind::Scheme, name, &body).unwrap_or_default();
    }
    d
}

impl Months {
    /// Plain days: two segments, two punches.
    pub fn plain(people: usize) -> Option<Self> {
        Self::make(people, false)
    }

    /// The hard mix: of the days 20 % night, 15 % split, 15 % flexible; 10 % leave, 15 % overtime forms, 10 %
    /// with a missing punch, one statutory date a week; a change of scheme in the middle of the month.
    pub fn hard(people: usize) -> Option<Self> {
        Self::make(people, true)
    }

    fn make(people: usize, hard: bool) -> Option<Self> {
        let d = definitions();
        let schemes = [d.scheme("first")?.clone(), d.scheme("second")?.clone()];
        let first = LocalDate::from_ymd(2026, 3, 1)?;
        let mut mix = Mix(7);
        let mut list = Vec::with_capacity(people);
        for _ in 0..people {
            list.push(month(&d, first, hard, &mut mix)?);
        }
        Some(Self { people: list, schemes, toy: Toy::make(people) })
    }

    /// Evaluates every day; returns a checksum so that nothing is optimised away.
    pub fn evaluate(&self, traced: bool) -> i64 {
        let mut evaluator = Evaluator::new();
        let mut trace = Trace::default();
        let mut sum = 0_i64;
        let Some(first) = LocalDate::from_ymd(2026, 3, 1) else { return 0 };
        for m in &self.people {
            let days: Vec<DayFacts<'_>> = first
                .plus(-2)
                .through(first.plus(DAYS + 2))
                .zip(m.cells.iter().zip(&m.kinds))
                .map(|(date, (cell, kind))| DayFacts {
                    scheme: self.schemes.get(usize::from(date >= m.change)).map(Arc::as_ref),
                    kind: *kind,
                    cell: if cell.is_empty() { Cell::Rest } else { Cell::Shifts(cell) },
                    service: Service::InService,
                })
                .collect();
            let facts = Facts {
                first: first.plus(-2),
                days: &days,
                punches: &m.punches,
                requests: &m.requests,
                temporary_overtime: &[],
                now: None,
            };
            let mut run = evaluator.person(&facts);
            let none = CaseCounts::default();
            for date in first.through(first.plus(DAYS - 1)) {
                let r = if traced {
                    run.day_traced(date, &none, &mut trace)
                } else {
                    run.day(date, &none)
                };
                sum += i64::from(r.regular_minutes) + i64::from(r.actual_tenths);
                sum += i64::try_from(trace.steps.len()).unwrap_or(0);
            }
        }
        sum
    }

    /// Employee-days of one evaluation.
    pub fn days(&self) -> i64 {
        i64::try_from(self.people.len()).unwrap_or(0) * i64::from(DAYS)
    }

    /// The toy kernel over as many employee-days.
    pub fn toy(&self) -> i64 {
        self.toy.run()
    }
}

/// The floor: generated days of four punches (98 %), 32 shifts of two segments with a window per point, earliest
/// and latest punch, flexible minutes, banded lateness and early leave, half-day leave, overtime with start,
/// unit, minimum and cap, rest days and holidays; 14 numbers a day.
struct Toy {
    /// Sorted seconds since 1970 of each person.
    punches: Vec<Vec<i64>>,
    shifts: Vec<ToyShift>,
}

struct ToyShift {
    /// Minutes of the four points, and how far a punch may be away from each.
    points: [i64; 4],
    window: [i64; 4],
    flex: i64,
    bands: [(i64, i64, bool); 4],
    overtime: (i64, i64, i64, i64),
}

impl Toy {
    fn make(people: usize) -> Self {
        let mut mix = Mix(11);
        let shifts = (0..32)
            .map(|i| ToyShift {
                points: [480 + i, 720 + i, 780 + i, 1020 + i],
                window: [120, 30, 30, 300],
                flex: i % 4 * 5,
                bands: [(30, 30, false), (60, 30, false), (120, 1, false), (800, 480, true)],
                overtime: (30, 30, 30, 240),
            })
            .collect();
        let mut punches = Vec::with_capacity(people);
        let first = LocalDate::from_ymd(2026, 3, 1).unwrap_or_default();
        for person in 0..people {
            let shift = i64::try_from(person % 32).unwrap_or(0);
            let mut own = Vec::new();
            for date in first.through(first.plus(DAYS - 1)) {
                let midnight = WallTime::on(date, 0).seconds();
                for point in [478, 723, 776, 1026] {
                    if !mix.chance(2) {
                        own.push(midnight + (point + shift + mix.next(9)) * 60 + mix.next(60));
                    }
                }
            }
            punches.push(own);
        }
        Self { punches, shifts }
    }

    fn run(&self) -> i64 {
        let first = LocalDate::from_ymd(2026, 3, 1).unwrap_or_default();
        let mut results = [[0_i64; 14]; 31];
        let mut sum = 0;
        for (person, punches) in self.punches.iter().enumerate() {
            let Some(shift) = self.shifts.get(person % 32) else { continue };
            let mut at = 0;
            for (i, out) in results.iter_mut().enumerate() {
                let day = first.plus(i32::try_from(i).unwrap_or(0));
                let kind = match day.weekday() {
                    6 | 7 => 1,
                    3 if day.day() == 4 => 2,
                    _ => 0,
                };
                let leave = (person + i) % 17 == 0;
                *out =
                    toy_day(shift, punches, &mut at, WallTime::on(day, 0).seconds(), kind, leave);
            }
            sum += results.iter().map(|r| r.iter().sum::<i64>()).sum::<i64>();
        }
        sum
    }
}

fn banded(bands: &[(i64, i64, bool); 4], raw: i64) -> (i64, i64) {
    if raw <= 0 {
        return (0, 0);
    }
    for (limit, unit, absence) in bands {
        if raw <= *limit {
            return if *absence { (0, *unit) } else { ((raw + unit / 2) / unit * unit, 0) };
        }
    }
    (0, 480)
}

fn toy_day(
    shift: &ToyShift,
    punches: &[i64],
    at: &mut usize,
    midnight: i64,
    kind: i64,
    leave: bool,
) -> [i64; 14] {
    let mut found = [i64::MIN; 4];
    while let Some(second) = punches.get(*at) {
        let minute = (second - midnight).div_euclid(60);
        if minute >= 1440 {
            break;
        }
        *at += 1;
        for (k, slot) in found.iter_mut().enumerate() {
            let (Some(point), Some(window)) = (shift.points.get(k), shift.window.get(k)) else {
                continue;
            };
            if (minute - point).abs() <= *window && (*slot == i64::MIN || k % 2 == 1) {
                *slot = minute;
            }
        }
    }
    let [a, b, c, d] = found;
    let [start, noon, back, end] = shift.points;
    let moved = (a.max(start) - start).min(shift.flex);
    let (start, end) = (start + moved, end + moved);
    let missing = found.iter().filter(|m| **m == i64::MIN).count();
    let half = if leave { end - back } else { 0 };
    let late = if a == i64::MIN { 0 } else { (a - start).max(0) };
    let early = if d == i64::MIN || leave { 0 } else { (end - d).max(0) };
    let (late_minutes, late_absent) = banded(&shift.bands, late);
    let (early_minutes, early_absent) = banded(&shift.bands, early);
    let morning = if a == i64::MIN { 0 } else { (noon.min(b.max(noon)) - a.max(start)).max(0) };
    let evening = if d == i64::MIN || leave { 0 } else { (d.min(end) - back.max(c)).max(0) };
    let (from, unit, least, cap) = shift.overtime;
    let over = if d == i64::MIN { 0 } else { ((d - end - from).max(0) / unit * unit).min(cap) };
    let over = if over < least { 0 } else { over };
    let worked = morning + evening;
    let due = if kind == 0 { noon - start + end - back - half } else { 0 };
    let absent = (late_absent + early_absent).min(due);
    let (rest, holiday) = match kind {
        1 => (worked, 0),
        2 => (0, worked),
        _ => (0, 0),
    };
    let regular = if kind == 0 { (worked - absent).clamp(0, due.max(0)) } else { 0 };
    let missing = i64::try_from(missing).unwrap_or(0);
    [
        due,
        regular,
        late,
        early,
        late_minutes,
        early_minutes,
        absent,
        over,
        rest,
        holiday,
        half,
        missing,
        kind,
        moved,
    ]
}

fn month(d: &Definitions, first: LocalDate, hard: bool, mix: &mut Mix) -> Option<Month> {
    let mut m = Month {
        cells: Vec::new(),
        kinds: Vec::new(),
        punches: Vec::new(),
        requests: Vec::new(),
        change: if hard { first.plus(15) } else { first.plus(DAYS + 5) },
    };
    for date in first.plus(-2).through(first.plus(DAYS + 2)) {
        let rest = date.weekday() > 5;
        let kind = match (rest, hard && date.day() % 7 == 4) {
            (_, true) => DateKind::Statutory,
            (true, _) => DateKind::Rest,
            _ => DateKind::Workday,
        };
        m.kinds.push(kind);
        let roll = if hard { mix.next(100) } else { 99 };
        let name = match roll {
            0..20 => "night",
            20..35 => "split",
            35..50 => "flex",
            _ => "day",
        };
        if rest && hard {
            m.cells.push(Vec::new());
            continue;
        }
        m.cells.push(vec![d.shift(name)?.clone()]);
        let (start, end) = if name == "night" { (1320, 1800) } else { (480, 1020) };
        live(d, &mut m, date, (start, end), name == "split", hard, mix)?;
    }
    m.punches.sort_by_key(|p| p.at);
    Some(m)
}

fn live(
    d: &Definitions,
    m: &mut Month,
    date: LocalDate,
    (start, end): (i64, i64),
    split: bool,
    hard: bool,
    mix: &mut Mix,
) -> Option<()> {
    let request = |m: &Month, kind: &str, from: i64, to: i64| {
        Some(Request {
            id: Code::from(format!("{}", m.requests.len())),
            kind: d.request_type(kind)?.clone(),
            span: WallSpan {
                start: WallTime::on(date, from * 60),
                end: WallTime::on(date, to * 60),
            },
            approved_at: WallTime::on(date, 0),
            half_day: false,
            date: None,
            breaks: smallvec::SmallVec::new(),
            break_minutes: 0,
        })
    };
    let mut leave = end;
    if hard && mix.chance(10) {
        m.requests.push(request(m, "leave", end - 240, end)?);
    } else if hard && mix.chance(15) {
        m.requests.push(request(m, "overtime", end + 30, end + 150)?);
        leave = end + 150;
    }
    let mut taps = vec![start - 12 + mix.next(20), leave + mix.next(15) - 4];
    if split {
        taps.extend([725 + mix.next(9), 772 + mix.next(12)]);
    }
    if hard && mix.chance(10) {
        taps.pop();
    }
    for t in taps {
        let at = WallTime::on(date, t * 60 + mix.next(60));
        m.punches.push(Punch { at, flag: None, id: 0 });
    }
    Some(())
}
