use proptest::prelude::*;

use super::*;

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// Name, first and last date of the period of a date.
fn period(start_day: u8, of: &str) -> (String, LocalDate, LocalDate) {
    let p = PeriodRule::new(start_day).unwrap().period_of(date(of));
    (p.name.to_string(), p.from, p.to)
}

fn expected(name: &str, from: &str, to: &str) -> (String, LocalDate, LocalDate) {
    (name.to_owned(), date(from), date(to))
}

#[test]
fn the_examples_of_domain_9_hold() {
    let march = expected("2026-03", "2026-02-26", "2026-03-25");
    assert_eq!(period(26, "2026-02-26"), march);
    assert_eq!(period(26, "2026-03-25"), march);
    let march = expected("2026-03", "2026-03-10", "2026-04-09");
    assert_eq!(period(10, "2026-04-09"), march);
    let march = expected("2026-03", "2026-02-28", "2026-03-30");
    assert_eq!(period(31, "2026-02-28"), march);
    assert_eq!(period(31, "2026-03-30"), march);
    assert_eq!(period(31, "2026-03-31"), expected("2026-04", "2026-03-31", "2026-04-29"));
    assert_eq!(period(1, "2024-02-29"), expected("2024-02", "2024-02-01", "2024-02-29"));
}

#[test]
fn start_days_up_to_15_begin_in_the_named_month() {
    assert_eq!(period(15, "2026-01-14").0, "2025-12");
    assert_eq!(period(15, "2026-01-15"), expected("2026-01", "2026-01-15", "2026-02-14"));
    assert_eq!(period(16, "2026-01-16"), expected("2026-02", "2026-01-16", "2026-02-15"));
    assert_eq!(period(16, "2025-12-16").0, "2026-01");
}

#[test]
fn other_start_days_and_names_are_refused() {
    assert_eq!(PeriodRule::new(0), None);
    assert_eq!(PeriodRule::new(32), None);
    for bad in ["2026-13", "2026-3", "2026", "2026-03-01", ""] {
        assert!(bad.parse::<PeriodName>().is_err(), "{bad}");
    }
    assert_eq!("2026-03".parse::<PeriodName>().unwrap().to_string(), "2026-03");
}

#[test]
fn the_ends_of_time_have_a_period_too() {
    for start_day in [1, 15, 16, 31] {
        let rule = PeriodRule::new(start_day).unwrap();
        for end in [LocalDate::MIN, LocalDate::MAX] {
            let p = rule.period_of(end);
            assert!(p.from <= end && end <= p.to.plus(1), "{start_day} {end} {p:?}");
        }
    }
}

proptest! {
    #[test]
    fn periods_are_contiguous_and_hold_their_dates(
        start_day in 1u8..=31,
        days in -20_000i32..60_000,
    ) {
        let rule = PeriodRule::new(start_day).unwrap();
        let date = LocalDate::from_days(days);
        let p = rule.period_of(date);
        prop_assert!(p.from <= date && date <= p.to);
        prop_assert_eq!(rule.period_of(p.from), p);
        prop_assert_eq!(rule.period_of(p.to), p);
        prop_assert_eq!(rule.period_of(p.to.plus(1)).from, p.to.plus(1));
        prop_assert_eq!(rule.period_of(p.to.plus(1)).name, p.name.plus(1));
        prop_assert_eq!(rule.period(p.name), p);
        let length = p.to.days() - p.from.days() + 1;
        prop_assert!((28..=31).contains(&length));
    }

    #[test]
    fn a_period_is_named_after_the_month_that_holds_most_of_its_days(
        start_day in 1u8..=28,
        days in 0i32..40_000,
    ) {
        let p = PeriodRule::new(start_day).unwrap().period_of(LocalDate::from_days(days));
        let length = p.to.days() - p.from.days() + 1;
        let own = p.from.through(p.to).filter(|d| PeriodName::of(*d) == p.name).count();
        prop_assert!(2 * i32::try_from(own).unwrap() >= length - 2, "{p:?}");
    }
}
