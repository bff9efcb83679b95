use super::*;

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
    let above =
        |a: OrgId, b: OrgId| Above { ancestor: a, descendant: b, from: d("2020-01-01"), to: None };
    all.above = vec![
        above(group, group),
        above(group, plant),
        above(group, line_1),
        above(plant, plant),
        above(plant, line_1),
    ];
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
