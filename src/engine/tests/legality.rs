//! The checks of rosters: examples, and properties over random plans.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use kaoqin_engine::legality::{
    Check, Finding, Limits, PlannedDay, Protection, Severity, Work, check, standard_minutes,
};
use kaoqin_engine::{ClockSpan, DateKind, PunchPoints, Service, Shift, ShiftKind};
use proptest::prelude::*;
use smallvec::SmallVec;
use vocabulary::LocalDate;

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn shift(spans: &[(i32, i32)], breaks: &[(i32, i32)]) -> Shift {
    let span = |(start, end): &(i32, i32)| ClockSpan { start: *start, end: *end };
    Shift {
        name: "S".into(),
        kind: ShiftKind::Normal,
        segments: spans.iter().map(span).collect(),
        breaks: breaks.iter().map(span).collect(),
        points: PunchPoints::TwoPoint,
        early_flex_minutes: 0,
        late_flex_minutes: 0,
        day_equivalent_hundredths: None,
        version: 1,
    }
}

fn hours(from: i32, to: i32) -> Work {
    Work::of(&shift(&[(from * 60, to * 60)], &[]))
}

/// A plan from Monday 2026-03-02 on; an empty list is a date without work.
fn plan(works: &[Vec<Work>]) -> Vec<PlannedDay> {
    let first = day("2026-03-02");
    works
        .iter()
        .zip(0..)
        .map(|(works, n)| {
            let date = first.plus(n);
            let kind = if date.weekday() > 5 { DateKind::Rest } else { DateKind::Workday };
            PlannedDay {
                date,
                kind,
                service: Service::InService,
                written: !works.is_empty(),
                works: works.iter().cloned().collect(),
                protection: None,
                part_time: false,
            }
        })
        .collect()
}

fn of(days: &[PlannedDay], wanted: Check) -> Vec<(String, String, i32, i32)> {
    let found = check(days, &Limits::default());
    let these = found.iter().filter(|f| f.check == wanted);
    these.map(|f| (f.from.to_string(), f.to.to_string(), f.value, f.limit)).collect()
}

fn text(from: &str, to: &str, value: i32, limit: i32) -> (String, String, i32, i32) {
    (from.to_owned(), to.to_owned(), value, limit)
}

#[test]
fn the_minutes_of_a_shift_leave_its_breaks_out() {
    let work = Work::of(&shift(&[(480, 1_020)], &[(720, 780), (1_000, 1_100)]));
    assert_eq!((work.minutes, work.night_minutes()), (460, 0));
    assert_eq!(hours(22, 30).night_minutes(), 480);
    assert_eq!(hours(16, 24).night_minutes(), 120);
    assert_eq!(hours(4, 12).night_minutes(), 120);
    assert_eq!(hours(8, 16).night_minutes(), 0);
    assert_eq!(hours(26, 34).night_minutes(), 240);
    let free =
        Shift { kind: ShiftKind::Free, day_equivalent_hundredths: Some(50), ..shift(&[], &[]) };
    assert_eq!(Work::of(&free).minutes, 240);
}

#[test]
fn a_week_needs_a_day_and_a_night_without_work() {
    let on = || vec![hours(8, 16)];
    let six: Vec<_> = (0..6).map(|_| on()).chain([vec![]]).collect();
    assert_eq!(of(&plan(&six), Check::WeeklyRest), []);
    let seven: Vec<_> = (0..7).map(|_| on()).collect();
    let found = of(&plan(&seven), Check::WeeklyRest);
    assert_eq!(found, [text("2026-03-02", "2026-03-08", 960, 1_440)]);
    // The night shift of Saturday takes the morning of the free Sunday: 18 hours remain of it.
    let night: Vec<_> = (0..5).map(|_| on()).chain([vec![hours(22, 30)], vec![]]).collect();
    let found = of(&plan(&night), Check::WeeklyRest);
    assert_eq!(found, [] as [(String, String, i32, i32); 0], "30 hours lie before it");
    // Part of a week is not judged.
    assert_eq!(of(&plan(&seven[..6]), Check::WeeklyRest), []);
}

#[test]
fn dates_in_a_row_are_counted_over_weeks_and_months() {
    let mut works: Vec<Vec<Work>> = vec![vec![]; 3];
    works.extend((0..8).map(|_| vec![hours(8, 16)]));
    works.push(vec![]);
    let found = of(&plan(&works), Check::ConsecutiveDays);
    assert_eq!(found, [text("2026-03-05", "2026-03-12", 8, 6)]);
}

#[test]
fn rest_and_overlap_are_measured_across_midnight() {
    let found = plan(&[vec![hours(22, 30)], vec![hours(12, 20)]]);
    assert_eq!(of(&found, Check::RestBetween), [text("2026-03-02", "2026-03-03", 360, 480)]);
    let found = plan(&[vec![hours(22, 30)], vec![hours(5, 13)]]);
    assert_eq!(of(&found, Check::ShiftOverlap), [text("2026-03-02", "2026-03-03", 60, 0)]);
    let found = plan(&[vec![hours(16, 24)], vec![hours(8, 16)]]);
    assert_eq!(check(&found, &Limits::default()), []);
    // Overtime in the break of a shift overlaps nothing.
    let split = Work::of(&shift(&[(480, 720), (780, 1_020)], &[]));
    let extra = Work::ordered(720, 780, 0);
    assert_eq!(of(&plan(&[vec![split.clone(), extra]]), Check::ShiftOverlap), []);
    let extra = Work::ordered(960, 1_080, 0);
    assert_eq!(of(&plan(&[vec![split, extra]]), Check::ShiftOverlap).len(), 1);
}

#[test]
fn a_date_and_a_month_have_their_hours() {
    let long = plan(&[vec![hours(8, 20)]]);
    assert_eq!(of(&long, Check::DailyHours), [text("2026-03-02", "2026-03-02", 720, 660)]);
    // April 2026 whole: 22 weekdays = 176 h; 30 dates of 8 h are 240 h: 64 h more.
    let mut days: Vec<PlannedDay> = plan(&vec![vec![hours(8, 16)]; 60]);
    days.retain(|d| d.date.month() == 4);
    assert_eq!(standard_minutes(&days), 176 * 60);
    let found = of(&days, Check::MonthlyOvertime);
    assert_eq!(found, [text("2026-04-01", "2026-04-30", 64 * 60, 2_160)]);
    assert_eq!(of(&days[1..], Check::MonthlyOvertime), [], "part of a month is not judged");
}

#[test]
fn protected_people_work_neither_at_night_nor_overtime() {
    for protection in Protection::ALL {
        let mut days = plan(&[vec![hours(16, 23), Work::ordered(23 * 60, 24 * 60, 0)]]);
        assert_eq!(of(&days, Check::NightProtected), []);
        days[0].protection = Some(protection);
        let found = check(&days, &Limits::default());
        let of = |c| found.iter().find(|f: &&Finding| f.check == c).unwrap();
        assert_eq!(
            (of(Check::NightProtected).value, of(Check::OvertimeProtected).value),
            (120, 60)
        );
        assert_eq!(of(Check::NightProtected).severity, Severity::Block);
    }
}

#[test]
fn part_time_people_work_at_most_a_day_a_week() {
    let mut days = plan(&vec![vec![hours(8, 13)]; 5]);
    assert_eq!(of(&days, Check::PartTimeWeek), []);
    days.iter_mut().for_each(|d| d.part_time = true);
    let found = of(&days, Check::PartTimeWeek);
    assert_eq!(found, [text("2026-03-02", "2026-03-08", 1_500, 1_440)]);
}

#[test]
fn who_is_not_in_service_has_no_shifts() {
    for service in [Service::NotEmployed, Service::Frozen] {
        let mut days = plan(&[vec![hours(8, 16)]]);
        days[0].service = service;
        assert_eq!(of(&days, Check::OutOfService), [text("2026-03-02", "2026-03-02", 480, 0)]);
        days[0].written = false;
        assert_eq!(check(&days, &Limits::default()), []);
    }
}

#[test]
fn a_limit_and_a_severity_change_what_is_found() {
    let days = plan(&vec![vec![hours(8, 16)]; 4]);
    assert_eq!(check(&days, &Limits::default()), []);
    let mut limits = Limits::default();
    limits.set(Check::ConsecutiveDays, Severity::Block, 3);
    let found = check(&days, &limits);
    assert_eq!((found.len(), found[0].severity, found[0].excess), (1, Severity::Block, 1));
}

/// Nothing, or one of some shifts.
fn works() -> impl Strategy<Value = Vec<Vec<Work>>> {
    let one = prop_oneof![
        2 => Just(vec![]),
        2 => Just(vec![hours(8, 16)]),
        1 => Just(vec![hours(16, 24)]),
        1 => Just(vec![hours(22, 30)]),
        1 => Just(vec![hours(4, 12)]),
        1 => Just(vec![hours(6, 14), hours(18, 20)]),
    ];
    proptest::collection::vec(one, 1..70)
}

/// Minutes of the plan that hold work, counted one by one, from 00:00 of the first date.
fn minutes(days: &[PlannedDay]) -> Vec<u8> {
    let mut all = vec![0u8; (days.len() + 2) * 1_440];
    for (n, d) in days.iter().enumerate() {
        for w in d.working() {
            for m in w.start..w.end {
                all[n * 1_440 + usize::try_from(m).unwrap()] += 1;
            }
        }
    }
    all
}

proptest! {
    #[test]
    fn weekly_rest_is_the_longest_stretch_of_free_minutes(works in works()) {
        let days = plan(&works);
        let all = minutes(&days);
        let found = check(&days, &Limits::default());
        for week in 0..works.len() / 7 {
            let part = &all[week * 10_080..(week + 1) * 10_080];
            let longest = part.split(|m| *m > 0).map(<[u8]>::len).max().unwrap_or(0);
            let from = days[week * 7].date;
            let told = found.iter().find(|f| f.check == Check::WeeklyRest && f.from == from);
            prop_assert_eq!(told.is_some(), longest < 1_440);
            if let Some(f) = told {
                prop_assert_eq!(usize::try_from(f.value).unwrap(), longest);
            }
        }
    }

    #[test]
    fn an_overlap_is_told_exactly_where_a_minute_is_worked_twice(works in works()) {
        let days = plan(&works);
        let twice = minutes(&days).iter().any(|m| *m > 1);
        let told = check(&days, &Limits::default()).iter().any(|f| f.check == Check::ShiftOverlap);
        prop_assert_eq!(told, twice);
    }

    #[test]
    fn runs_are_what_a_count_by_hand_gives(works in works()) {
        let days = plan(&works);
        let marks: String = works.iter().map(|w| if w.is_empty() { '.' } else { 'x' }).collect();
        let long: Vec<i32> =
            marks.split('.').map(|r| i32::try_from(r.len()).unwrap()).filter(|n| *n > 6).collect();
        let found = check(&days, &Limits::default());
        let told: Vec<i32> =
            found.iter().filter(|f| f.check == Check::ConsecutiveDays).map(|f| f.value).collect();
        prop_assert_eq!(told, long);
    }

    #[test]
    fn a_day_less_makes_nothing_worse(works in works(), at in 0usize..70) {
        let days = plan(&works);
        let before = check(&days, &Limits::default());
        let mut fewer = days.clone();
        if let Some(d) = fewer.get_mut(at) {
            d.works = SmallVec::new();
            d.written = false;
        }
        let overlapped = before.iter().any(|f| f.check == Check::ShiftOverlap);
        for f in check(&fewer, &Limits::default()) {
            // Between two shifts that overlapped with the one that is gone there is no rest to compare with.
            let spared = overlapped && f.check == Check::RestBetween;
            prop_assert!(spared || f.was_there(&before), "{:?}", f);
        }
    }

    #[test]
    fn nobody_is_found_who_does_not_work(n in 1usize..90) {
        prop_assert_eq!(check(&plan(&vec![vec![]; n]), &Limits::default()), vec![]);
    }
}
