use super::*;
use crate::calendars::period_groups::kind_number;
use crate::people::Above;
use vocabulary::{DimensionId, DimensionValueId, PositionId};

fn d(text: &str) -> LocalDate {
    text.parse().unwrap_or(LocalDate::MIN)
}

fn cut(set: i64, day: u8) -> PeriodCut {
    let rule = PeriodRule::new(day).unwrap_or(PeriodRule::MONTH);
    PeriodCut { set: PeriodSetId(set), rule, listed: Vec::new() }
}

fn sets() -> Periods {
    Periods { cuts: vec![cut(1, 1), cut(2, 26)], ..Periods::default() }
}

/// Ancestor, descendant, steps.
fn lineage(rows: &[(OrgId, OrgId, i32)]) -> Lineage {
    Lineage::new(rows.iter().map(|(ancestor, descendant, distance)| {
        let (ancestor, distance) = (*ancestor, *distance);
        (*descendant, Above { ancestor, from: d("2020-01-01"), to: None, distance })
    }))
}

fn named(name: &str, from: &str, to: &str) -> NamedPeriod {
    NamedPeriod { label: PeriodLabel::of(name), from: d(from), to: d(to) }
}

fn shown(p: &PersonPeriod) -> (i64, String, String, String) {
    (p.set.0, p.label.to_string(), p.from.to_string(), p.to.to_string())
}

fn expect(p: &PersonPeriod, set: i64, name: &str, from: &str, to: &str) {
    assert_eq!(shown(p), (set, name.to_owned(), from.to_owned(), to.to_owned()));
}

#[test]
fn without_assignments_everybody_follows_the_default_set() {
    let all = sets();
    let line = all.line(PeriodFacts::default());
    expect(&all.of(&line, d("2026-03-10")), 1, "2026-03", "2026-03-01", "2026-03-31");
}

#[test]
fn the_set_of_the_date_of_hire_counts_from_that_date() {
    let all = sets();
    let facts = PeriodFacts {
        hired: Some(d("2026-03-10")),
        own: vec![(d("2026-03-10"), PeriodSetId(2))],
        ..PeriodFacts::default()
    };
    let line = all.line(facts);
    expect(&all.of(&line, d("2026-03-10")), 2, "2026-03", "2026-03-10", "2026-03-25");
    // What somebody punched before is accounted for as for everybody else.
    expect(&all.of(&line, d("2026-03-09")), 1, "2026-03", "2026-03-01", "2026-03-09");
}

#[test]
fn a_set_named_before_the_date_of_hire_changes_no_date_before_it_was_named() {
    let all = sets();
    let facts = |own: Vec<(LocalDate, PeriodSetId)>| PeriodFacts {
        hired: Some(d("2026-04-08")),
        own,
        ..PeriodFacts::default()
    };
    let (without, with) =
        (all.line(facts(Vec::new())), all.line(facts(vec![(d("2026-04-03"), PeriodSetId(2))])));
    expect(&all.of(&with, d("2026-04-08")), 2, "2026-04", "2026-04-08", "2026-04-25");
    for date in d("2026-02-01").through(d("2026-04-02")) {
        let own = |line| (all.of(line, date).set, all.of(line, date).label);
        assert_eq!(own(&with), own(&without), "{date}");
    }
}

#[test]
fn a_change_waits_for_the_end_of_the_running_period_and_leaves_no_gap() {
    let all = sets();
    let facts = PeriodFacts {
        hired: Some(d("2025-01-01")),
        own: vec![(d("2026-03-10"), PeriodSetId(2)), (d("2026-05-01"), PeriodSetId(1))],
        ..PeriodFacts::default()
    };
    let line = all.line(facts);
    expect(&all.of(&line, d("2026-03-31")), 1, "2026-03", "2026-03-01", "2026-03-31");
    // The first period under the new set is a short one.
    expect(&all.of(&line, d("2026-04-01")), 2, "2026-04", "2026-04-01", "2026-04-25");
    expect(&all.of(&line, d("2026-05-01")), 2, "2026-05", "2026-04-26", "2026-05-25");
    expect(&all.of(&line, d("2026-05-26")), 1, "2026-05", "2026-05-26", "2026-05-31");
    let mut date = d("2026-01-01");
    while date < d("2026-08-01") {
        let p = all.of(&line, date);
        assert_eq!(p.from, date, "periods follow each other");
        assert!(p.from.through(p.to).all(|x| all.of(&line, x) == p));
        date = p.to.plus(1);
    }
}

#[test]
fn the_nearest_department_wins_and_a_named_person_over_it() {
    let mut all = sets();
    let (group, plant, line_1) = (OrgId(1), OrgId(2), OrgId(3));
    all.lineage = lineage(&[
        (group, group, 0),
        (group, plant, 1),
        (group, line_1, 2),
        (plant, plant, 0),
        (plant, line_1, 1),
    ]);
    all.orgs.insert(group, vec![(d("2020-01-01"), Some(PeriodSetId(1)))]);
    all.orgs.insert(plant, vec![(d("2020-01-01"), Some(PeriodSetId(2)))]);
    let facts = PeriodFacts {
        hired: Some(d("2025-01-01")),
        orgs: vec![(d("2025-01-01"), line_1)],
        ..PeriodFacts::default()
    };
    let of_plant = all.line(facts.clone());
    assert_eq!(all.of(&of_plant, d("2026-03-10")).set, PeriodSetId(2));
    let own = vec![(d("2025-01-01"), PeriodSetId(1))];
    let named = all.line(PeriodFacts { own, ..facts.clone() });
    assert_eq!(all.of(&named, d("2026-03-10")).set, PeriodSetId(1));
    // He moves to the head office: the change waits for the end of his period.
    let orgs = vec![(d("2025-01-01"), line_1), (d("2026-03-10"), group)];
    let moved = all.line(PeriodFacts { orgs, ..facts });
    assert_eq!(all.of(&moved, d("2026-03-25")).set, PeriodSetId(2));
    expect(&all.of(&moved, d("2026-03-26")), 1, "2026-03", "2026-03-26", "2026-03-31");
}

#[test]
fn what_was_locked_stays_cut_as_it_was() {
    let all = sets();
    let march = LockedSpan {
        id: PeriodId(9),
        set: PeriodSetId(1),
        period: named("2026-03", "2026-03-01", "2026-03-31"),
    };
    let facts = PeriodFacts {
        hired: Some(d("2025-01-01")),
        own: vec![(d("2026-02-01"), PeriodSetId(2))],
        locked: vec![march],
        ..PeriodFacts::default()
    };
    let line = all.line(facts);
    let locked = all.of(&line, d("2026-03-28"));
    assert!(locked.locked());
    expect(&locked, 1, "2026-03", "2026-03-01", "2026-03-31");
    expect(&all.of(&line, d("2026-04-02")), 2, "2026-04", "2026-04-01", "2026-04-25");
    expect(&all.posting(&line, d("2026-03-02")), 2, "2026-04", "2026-04-01", "2026-04-25");
}

#[test]
fn a_list_of_dates_wins_where_it_speaks() {
    let mut all = sets();
    if let Some(c) = all.cuts.first_mut() {
        c.listed = vec![
            named("2026-03a", "2026-03-01", "2026-03-15"),
            named("2026-03b", "2026-03-16", "2026-03-31"),
        ];
    }
    let line = all.line(PeriodFacts::default());
    expect(&all.of(&line, d("2026-03-15")), 1, "2026-03a", "2026-03-01", "2026-03-15");
    expect(&all.of(&line, d("2026-03-16")), 1, "2026-03b", "2026-03-16", "2026-03-31");
    expect(&all.of(&line, d("2026-04-01")), 1, "2026-04", "2026-04-01", "2026-04-30");
}

/// Each group in its turn: a named person before the employment kind before the position before the dimension before the
/// department before everybody.
#[test]
fn the_precedence_is_person_kind_position_dimension_department_default() {
    let mut all = Periods { cuts: (1..=6).map(|n| cut(n, 1)).collect(), ..Periods::default() };
    let (group, line_1) = (OrgId(1), OrgId(3));
    all.lineage = lineage(&[(group, line_1, 1), (line_1, line_1, 0)]);
    let since = d("2020-01-01");
    let intern = kind_number("intern").unwrap_or_default();
    let (east, shanghai) = (DimensionValueId(7), DimensionValueId(8));
    let region = DimensionId(1);
    let mut facts = PeriodFacts {
        hired: Some(d("2025-01-01")),
        own: vec![(since, PeriodSetId(6))],
        orgs: vec![(d("2025-01-01"), line_1)],
        ..PeriodFacts::default()
    };
    facts.groups.kinds = vec![(since, intern)];
    facts.groups.positions = vec![(since, Some(PositionId(4)))];
    all.orgs.insert(group, vec![(since, Some(PeriodSetId(2)))]);
    all.groups.values.insert(east, vec![(since, Some(PeriodSetId(3)))]);
    all.groups.tree.extend([(east, (region, None)), (shanghai, (region, Some(east)))]);
    // The department is in Shanghai, which lies below the value that has the set.
    all.groups.org_values.insert((region, group), vec![(since, Some(shanghai))]);
    all.groups.positions.insert(PositionId(4), vec![(since, Some(PeriodSetId(4)))]);
    all.groups.kinds.insert(intern, vec![(since, Some(PeriodSetId(5)))]);
    let set = |all: &Periods, facts: &PeriodFacts| {
        all.of(&all.line(facts.clone()), d("2026-03-10")).set.0
    };
    assert_eq!(set(&all, &facts), 6);
    facts.own.clear();
    assert_eq!(set(&all, &facts), 5);
    all.groups.kinds.insert(intern, vec![(since, Some(PeriodSetId(5))), (d("2025-06-01"), None)]);
    assert_eq!(set(&all, &facts), 4, "the kind has none of its own any more");
    facts.groups.positions.push((d("2026-01-01"), None));
    assert_eq!(set(&all, &facts), 3);
    facts.groups.values.insert(region, vec![(since, Some(DimensionValueId(9)))]);
    assert_eq!(set(&all, &facts), 2, "his own value says nothing");
    all.orgs.clear();
    assert_eq!(set(&all, &facts), 1);
}

#[test]
fn another_position_counts_from_the_end_of_the_running_period() {
    let mut all = sets();
    let since = d("2020-01-01");
    all.groups.positions.insert(PositionId(4), vec![(since, Some(PeriodSetId(2)))]);
    let mut facts = PeriodFacts { hired: Some(d("2025-01-01")), ..PeriodFacts::default() };
    facts.groups.positions =
        vec![(since, None), (d("2026-03-10"), Some(PositionId(4))), (d("2026-05-02"), None)];
    let line = all.line(facts);
    expect(&all.of(&line, d("2026-03-31")), 1, "2026-03", "2026-03-01", "2026-03-31");
    expect(&all.of(&line, d("2026-04-01")), 2, "2026-04", "2026-04-01", "2026-04-25");
    expect(&all.of(&line, d("2026-05-25")), 2, "2026-05", "2026-04-26", "2026-05-25");
    expect(&all.of(&line, d("2026-05-26")), 1, "2026-05", "2026-05-26", "2026-05-31");
}
