use engine::period::PeriodRule;
use vocabulary::PeriodSetId;

use super::*;
use crate::base::Refusal;

fn d(text: &str) -> LocalDate {
    text.parse().unwrap_or(LocalDate::MIN)
}

fn cut(start_day: u8) -> PeriodCut {
    let rule = PeriodRule::new(start_day).unwrap_or(PeriodRule::MONTH);
    PeriodCut { set: PeriodSetId(1), rule, listed: Vec::new() }
}

fn list(from: &str, rows: &[(&str, &str, &str)]) -> PeriodList {
    let row = |(name, from, to): &(&str, &str, &str)| ListedPeriod {
        name: (*name).to_owned(),
        from: d(from),
        to: d(to),
    };
    PeriodList { from: d(from), rows: rows.iter().map(row).collect() }
}

fn code(start_day: u8, from: &str, rows: &[(&str, &str, &str)]) -> &'static str {
    relisted(&cut(start_day), &list(from, rows)).err().map_or("good", |r| r.code())
}

const A: (&str, &str, &str) = ("2026-04a", "2026-04-01", "2026-04-15");
const B: (&str, &str, &str) = ("2026-04b", "2026-04-16", "2026-04-30");

#[test]
fn a_list_is_without_gaps_and_ends_with_a_whole_month() {
    assert_eq!(code(1, "2026-04-01", &[A, B]), "good");
    assert_eq!(code(1, "2026-04-01", &[A]), "periods_not_whole");
    assert_eq!(code(1, "2026-04-01", &[B]), "period_gap");
    assert_eq!(code(1, "2026-04-01", &[A, ("x", "2026-04-15", "2026-04-30")]), "period_overlap");
    assert_eq!(code(1, "2026-04-01", &[A, ("x", "2026-04-17", "2026-04-30")]), "period_gap");
    assert_eq!(code(1, "2026-04-02", &[A, B]), "from_inside_period");
    let turned = ("x", "2026-04-16", "2026-04-15");
    assert_eq!(code(1, "2026-04-01", &[A, turned]), "period_dates_invalid");
    let long = ("x", "2026-04-01", "2026-05-31");
    assert_eq!(code(1, "2026-04-01", &[long]), "period_dates_invalid");
}

#[test]
fn whole_months_are_those_of_the_start_day() {
    let halves = [("a", "2026-02-26", "2026-03-10"), ("b", "2026-03-11", "2026-03-25")];
    assert_eq!(code(26, "2026-02-26", &halves), "good");
    assert_eq!(code(26, "2026-04-01", &[A, B]), "from_inside_period");
    let long = [("a", "2026-02-26", "2026-03-28")];
    assert_eq!(code(26, "2026-02-26", &long), "periods_not_whole");
}

#[test]
fn a_name_is_short_and_stands_for_one_period_of_the_set() {
    let (most, more) = ("半".repeat(32), "半".repeat(33));
    let named = |name| code(1, "2026-04-01", &[A, (name, "2026-04-16", "2026-04-30")]);
    assert_eq!(named("2026-04"), "good", "the month itself is listed");
    assert_eq!(named(" 2026-04a "), "period_name_repeated");
    assert_eq!(named("2026-05"), "period_name_elsewhere");
    assert_eq!(named(" "), "period_name_invalid");
    assert_eq!(named("a\tb"), "period_name_invalid");
    assert_eq!(named(&most), "good");
    assert_eq!(named(&more), "period_name_invalid");
}

#[test]
fn a_later_list_keeps_what_stands_before_it() {
    let old = relisted(&cut(1), &list("2026-04-01", &[A, B])).unwrap_or_else(|_| cut(1));
    let other = list("2026-04-16", &[("2026-04c", "2026-04-16", "2026-04-30")]);
    let new = relisted(&old, &other).unwrap_or_else(|_| cut(1));
    assert_eq!(new.listed.len(), 2);
    assert_eq!(first_change(&old, &new, d("2026-04-01")), Some(d("2026-04-16")));
    let twice = list("2026-04-16", &[("2026-04a", "2026-04-16", "2026-04-30")]);
    assert_eq!(relisted(&old, &twice).err().map(|r| r.code()), Some("period_name_repeated"));
    let half = list("2026-04-16", &[]);
    assert_eq!(relisted(&old, &half).err().map(|r| r.code()), Some("periods_not_whole"));
    let none = relisted(&old, &list("2026-04-01", &[])).unwrap_or_else(|_| old.clone());
    assert!(none.listed.is_empty());
    assert_eq!(first_change(&old, &none, d("2026-04-01")), Some(d("2026-04-01")));
    assert_eq!(first_change(&old, &old, d("2026-04-01")), None);
}

#[test]
fn months_that_are_listed_as_they_are_change_nothing() {
    let months = [("2026-04", "2026-04-01", "2026-04-30"), ("2026-05", "2026-05-01", "2026-05-31")];
    let new = relisted(&cut(1), &list("2026-04-01", &months)).unwrap_or_else(|_| cut(1));
    assert_eq!(new.listed.len(), 2);
    assert_eq!(first_change(&cut(1), &new, d("2026-04-01")), None);
}
