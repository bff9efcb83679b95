use std::sync::Arc;

use kaoqin::base::{Actor, App, Once, Query, RowOutcome, Scope};
use kaoqin::rules::{
    self, AssignmentFilter, Book, FindingKind, NewRuleVersion, PublishedRule, RuleKind,
    SchemeAssignment, TrialInput,
};
use kaoqin::shifts::{self, CellChange, CellValue, DefaultShift};
use serde_json::{Value, json};
use vocabulary::{Instant, LocalDate, PersonId, RuleId, ShiftId, WallTime, Zone};

use crate::both;
use crate::shifts::{day, day_shift, hire, marks};

async fn seed(app: &App) {
    let tx = app.db.begin().await.unwrap();
    rules::ensure_seeds(&tx, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn version(kind: RuleKind, code: &str, from: &str, body: Value) -> NewRuleVersion {
    NewRuleVersion {
        kind,
        code: code.to_owned(),
        name: None,
        effective_from: day(from),
        expected_version: None,
        body,
    }
}

async fn publish(
    app: &App,
    kind: RuleKind,
    code: &str,
    from: &str,
    body: Value,
) -> Result<PublishedRule, String> {
    crate::shifts::register_concern();
    let new = version(kind, code, from, body);
    let done = rules::publish(app, &Actor::system(), new, &Once::never()).await;
    done.map_err(|f| f.to_string())
}

async fn book(app: &App) -> Arc<Book> {
    let snapshot = app.db.snapshot().await.unwrap();
    Book::load(&snapshot).await.unwrap()
}

async fn id(app: &App, kind: RuleKind, code: &str) -> RuleId {
    rules::codes(app.db.read(), kind).await.unwrap()[code].0
}

/// A scheme whose sections all use these rules.
pub fn scheme(punch: &str, late: Option<&str>) -> Value {
    let section = json!({ "punch_rule": punch, "late_rule": late });
    json!({ "workday": section, "weekday_ot": section, "rest_ot": section, "holiday_ot": section })
}

fn late_rule(limit: i32) -> Value {
    json!({ "items": [{ "code": "L", "limit_minutes": limit }] })
}

async fn assign(app: &App, rows: &[(i64, &str, Option<&str>)]) -> Vec<RowOutcome> {
    let rows: Vec<SchemeAssignment> = rows
        .iter()
        .map(|(person, from, scheme)| SchemeAssignment {
            person: PersonId(*person),
            valid_from: day(from),
            scheme: scheme.map(str::to_owned),
        })
        .collect();
    let (actor, all) = (Actor::system(), Scope::everybody());
    rules::assign_schemes(app, &actor, &all, &rows, &Once::never()).await.unwrap()
}

both!(seeds_are_published_once_and_form_three_schemes, |world| async move {
    let app = &world.app;
    seed(app).await;
    let count = world.number("SELECT count(*) FROM rule_version").await;
    assert_eq!(world.number("SELECT count(*) FROM rule WHERE kind = 'request_type'").await, 25);
    seed(app).await;
    assert_eq!(world.number("SELECT count(*) FROM rule_version").await, count);
    let s1 = id(app, RuleKind::Scheme, "S1").await;
    let scheme = book(app).await.on(day("2026-03-10")).scheme(s1).unwrap();
    assert_eq!(scheme.workday.late_rule.as_ref().unwrap().bands.len(), 6);
    assert_eq!(scheme.weekday_ot.punch_rule.duration.minutes, 30);
    let origin = scheme.origin.as_ref().unwrap();
    assert_eq!(origin.scheme.code.as_deref(), Some("S1"));
    assert_eq!(origin.sections[0].late_rule.as_ref().unwrap().code.as_deref(), Some("11"));
    assert_eq!(origin.sections[1].late_rule, None);
    let annual = id(app, RuleKind::RequestType, "010").await;
    let annual = book(app).await.on(day("2026-03-10")).request_type(annual).unwrap();
    assert_eq!((annual.coefficients.a1, annual.coefficients.a2), (10, 10));
});

both!(a_rule_version_of_the_first_leaves_the_days_before_it_untouched, |world| async move {
    let app = &world.app;
    seed(app).await;
    publish(app, RuleKind::Late, "L1", "2026-01-01", late_rule(30)).await.unwrap();
    publish(app, RuleKind::Scheme, "A", "2026-01-01", scheme("P1", Some("L1"))).await.unwrap();
    let before = book(app).await;
    publish(app, RuleKind::Late, "L1", "2026-04-01", late_rule(60)).await.unwrap();
    let after = book(app).await;
    let a = id(app, RuleKind::Scheme, "A").await;
    let march = after.on(day("2026-03-31"));
    assert_eq!(march.scheme(a), before.on(day("2026-03-31")).scheme(a));
    let april = after.on(day("2026-04-01")).scheme(a).unwrap();
    assert_eq!(april.workday.late_rule.as_ref().unwrap().bands[0].limit_minutes, 60);
    let origin = april.origin.as_ref().unwrap();
    assert_eq!(origin.scheme.version, 1);
    assert_eq!(origin.sections[0].late_rule.as_ref().unwrap().version, 2);
    assert!(after.on(day("2025-12-31")).scheme(a).is_none(), "not in effect yet");

    assert!(Arc::ptr_eq(&march, &after.on(day("2026-01-01"))), "one day book per stretch");
    assert!(Arc::ptr_eq(&after, &book(app).await), "the process keeps the book");
    let again = after.on(day("2026-09-01")).scheme(a).unwrap();
    assert!(Arc::ptr_eq(&april, &again), "one scheme per stretch");
});

both!(of_two_versions_of_one_date_the_newer_counts, |world| async move {
    let app = &world.app;
    seed(app).await;
    for limit in [30, 60, 90] {
        let from = if limit == 90 { "2026-03-01" } else { "2026-04-01" };
        publish(app, RuleKind::Late, "L1", from, late_rule(limit)).await.unwrap();
    }
    publish(app, RuleKind::Scheme, "A", "2026-03-01", scheme("P1", Some("L1"))).await.unwrap();
    let a = id(app, RuleKind::Scheme, "A").await;
    let book = book(app).await;
    let limit = |date: &str| {
        let scheme = book.on(day(date)).scheme(a).unwrap();
        scheme.workday.late_rule.as_ref().unwrap().bands[0].limit_minutes
    };
    assert_eq!(limit("2026-03-31"), 90);
    assert_eq!(limit("2026-04-01"), 60, "version 3 ends where the later ones begin");
});

both!(what_cannot_be_published_is_refused_with_its_place, |world| async move {
    let app = &world.app;
    seed(app).await;
    let refused = async |kind, code: &str, from: &str, body: Value| {
        let new = version(kind, code, from, body);
        let failure = rules::publish(app, &Actor::system(), new, &Once::never()).await;
        match failure.unwrap_err() {
            kaoqin::base::Failure::Refused(r) => {
                let path = r.errors().first().map(|e| e.path.clone()).unwrap_or_default();
                (r.code(), path)
            }
            kaoqin::base::Failure::Fault(f) => panic!("{f}"),
        }
    };
    let from = "2026-01-01";
    let has = |found: (&'static str, String), code: &str, path: &str| {
        assert_eq!((found.0, found.1.as_str()), (code, path));
    };
    use RuleKind as K;
    has(refused(K::Late, "a b", from, late_rule(1)).await, "code_invalid", "code");
    let early = refused(K::Late, "L", "1999-12-31", late_rule(1)).await;
    has(early, "effective_from_unreasonable", "effective_from");
    let bad = refused(K::Late, "L", from, late_rule(0)).await;
    has(bad, "body_invalid", "content.late_rule.items[0].limit_minutes");
    let base = refused(K::Punch, "P", from, json!({ "base": "P1" })).await;
    has(base, "base_not_allowed", "content.punch_rule.base");
    let unknown = refused(K::Scheme, "A", from, scheme("P1", Some("none"))).await;
    has(unknown, "name_unknown", "content.scheme.workday.late_rule");
    let mut inline = scheme("P1", None);
    inline["rest_ot"]["punch_rule"] = json!({});
    let inline = refused(K::Scheme, "A", from, inline).await;
    has(inline, "inline_not_allowed", "content.scheme.rest_ot.punch_rule");
    publish(app, K::Late, "LATER", "2026-06-01", late_rule(30)).await.unwrap();
    let later = refused(K::Scheme, "A", from, scheme("P1", Some("LATER"))).await;
    has(later, "rule_not_in_effect", "content.scheme.workday.late_rule");
    let mut leave = scheme("P1", None);
    leave["overtime_type"] = json!("010");
    let leave = refused(K::Scheme, "A", from, leave).await;
    has(leave, "overtime_type_expected", "content.scheme.overtime_type");
    let kind = refused(K::RequestType, "010", from, json!({ "kind": "overtime" })).await;
    has(kind, "kind_fixed", "");
    assert_eq!(world.number("SELECT count(*) FROM rule WHERE code IN ('A', 'L', 'P')").await, 0);
});

both!(a_publisher_who_has_not_seen_the_newest_version_is_stopped, |world| async move {
    crate::shifts::register_concern();
    let app = &world.app;
    let new = |expected| NewRuleVersion {
        expected_version: Some(expected),
        ..version(RuleKind::Late, "L", "2026-01-01", late_rule(30))
    };
    let publish =
        async |expected| rules::publish(app, &Actor::system(), new(expected), &Once::never()).await;
    assert_eq!(publish(0).await.unwrap().version, 1);
    assert_eq!(publish(0).await.unwrap_err().code(), Some("version_conflict"));
    assert_eq!(publish(1).await.unwrap().version, 2);
    let once = Once::new(Some("k".to_owned()), &new(2)).unwrap();
    let first = rules::publish(app, &Actor::system(), new(2), &once).await.unwrap();
    let second = rules::publish(app, &Actor::system(), new(2), &once).await.unwrap();
    assert_eq!(first, second, "the same key gets the first answer");
    assert_eq!(world.number("SELECT max(version) FROM rule_version").await, 3);
});

both!(a_body_is_stored_with_every_field_and_in_one_form, |world| async move {
    let app = &world.app;
    let short = json!({ "note": "x", "items": [
        { "code": "b", "limit_minutes": 60, "absence": true, "days": 0.50 },
        { "code": "a", "limit_minutes": 30 } ] });
    let done = publish(app, RuleKind::Early, "E", "2026-01-01", short).await.unwrap();
    let stored = rules::rule_version(app.db.read(), done.rule_id, 1).await.unwrap().unwrap();
    let body: Value = serde_json::from_str(&stored.body).unwrap();
    assert_eq!(
        body,
        json!({ "items": [
            { "code": "a", "limit_minutes": 30, "absence": false, "days": 0, "method": "original",
              "minutes": 0, "ignore_when_zero": false },
            { "code": "b", "limit_minutes": 60, "absence": true, "days": 0.5, "method": "original",
              "minutes": 0, "ignore_when_zero": false } ] })
    );
    publish(app, RuleKind::Early, "E", "2026-01-01", body.clone()).await.unwrap();
    let again = rules::rule_version(app.db.read(), done.rule_id, 2).await.unwrap().unwrap();
    assert_eq!(again.body, stored.body, "the form is a fixed point");
});

both!(assignments_form_a_timeline_and_mark_until_the_next_entry, |world| async move {
    let app = &world.app;
    hire(&world, 2).await;
    seed(app).await;
    let outcomes = assign(
        app,
        &[
            (1, "2026-03-01", Some("S1")),
            (1, "2026-05-01", None),
            (1, "2026-03-01", Some("S2")),
            (2, "2026-03-01", Some("S9")),
            (2, "1999-01-01", Some("S1")),
            (9, "2026-03-01", Some("S1")),
        ],
    )
    .await;
    let codes: Vec<&str> = outcomes
        .iter()
        .map(|o| match o {
            RowOutcome::Written { .. } | RowOutcome::Created { .. } => "written",
            RowOutcome::Unchanged { .. } | RowOutcome::Found { .. } => "unchanged",
            RowOutcome::Refused { code, .. } => code,
        })
        .collect();
    assert_eq!(
        codes,
        [
            "written",
            "written",
            "row_repeated",
            "scheme_unknown",
            "scheme_not_in_effect",
            "person_not_found"
        ]
    );
    assert_eq!(
        marks(&world).await,
        ["1 scheme_assignment 2026-02-27..2026-05-02 1", "1 scheme_assignment 2026-04-29.. 1"]
    );
    let filter =
        AssignmentFilter { person: None, scheme: None, after: None, today: app.today(), limit: 10 };
    let all = rules::assignments(app.db.read(), &Scope::everybody(), &filter).await.unwrap();
    assert_eq!(all.len(), 2);
    let other = Scope::person(PersonId(2));
    assert!(rules::assignments(app.db.read(), &other, &filter).await.unwrap().is_empty());
    let after = AssignmentFilter { after: Some((PersonId(1), day("2026-03-01"))), ..filter };
    let rest = rules::assignments(app.db.read(), &Scope::everybody(), &after).await.unwrap();
    assert_eq!(rest.iter().map(|r| r.valid_from).collect::<Vec<_>>(), [day("2026-05-01")]);
});

both!(a_publication_marks_exactly_the_people_who_use_it_from_its_date_on, |world| async move {
    let app = &world.app;
    hire(&world, 6).await;
    seed(app).await;
    publish(app, RuleKind::Late, "L1", "2026-01-01", late_rule(30)).await.unwrap();
    publish(app, RuleKind::Scheme, "A", "2026-01-01", scheme("P1", Some("L1"))).await.unwrap();
    publish(app, RuleKind::Scheme, "B", "2026-01-01", scheme("P1", None)).await.unwrap();
    let rows = [
        (1, "2026-01-01", Some("A")),
        (2, "2026-01-01", Some("A")),
        (2, "2026-03-01", Some("B")),
        (3, "2026-01-01", Some("B")),
        (4, "2026-05-01", Some("A")),
        (5, "2026-01-01", Some("A")),
        (5, "2026-03-20", None),
    ];
    assign(app, &rows).await;
    marks(&world).await;
    let done = publish(app, RuleKind::Late, "L1", "2026-04-01", late_rule(60)).await.unwrap();
    assert_eq!(done.people, 2);
    assert_eq!(marks(&world).await, ["1 rule 2026-03-30.. 4", "4 rule 2026-03-30.. 4"]);

    let earlier = publish(app, RuleKind::Late, "L1", "2026-02-01", late_rule(45)).await.unwrap();
    assert_eq!(earlier.people, 3, "2 and 5 had it, 4 has it only from May");
    assert_eq!(
        marks(&world).await,
        [
            "1 rule 2026-01-30..2026-04-02 4",
            "2 rule 2026-01-30..2026-04-02 4",
            "5 rule 2026-01-30..2026-04-02 4"
        ],
        "up to where version 2 begins"
    );
    let scheme = publish(app, RuleKind::Scheme, "B", "2026-04-01", scheme("P2", None)).await;
    assert_eq!(scheme.unwrap().people, 2);
    assert_eq!(marks(&world).await, ["2 scheme 2026-03-30.. 4", "3 scheme 2026-03-30.. 4"]);
});

#[derive(sea_orm::FromQueryResult, Debug, PartialEq)]
struct DayOf {
    work_date: LocalDate,
    late_tenths: i32,
    computed_at: Instant,
}

both!(the_results_before_a_new_version_of_the_first_are_not_even_written, |world| async move {
    let app = &world.app;
    hire(&world, 1).await;
    seed(app).await;
    world.at("2026-04-03T12:00:00");
    let tx = app.db.begin().await.unwrap();
    kaoqin::calendars::ensure_defaults(&tx).await.unwrap();
    tx.commit().await.unwrap();
    crate::shifts::publish(app, "D1", "2026-01-01", day_shift()).await.unwrap();
    publish(app, RuleKind::Late, "L1", "2026-01-01", late_rule(30)).await.unwrap();
    publish(app, RuleKind::Scheme, "A", "2026-01-01", scheme("P1", Some("L1"))).await.unwrap();
    let plan = DefaultShift {
        person: PersonId(1),
        valid_from: day("2026-03-01"),
        shift: Some("D1".to_owned()),
    };
    let (actor, all, once) = (Actor::system(), Scope::everybody(), Once::never());
    shifts::assign_default_shifts(app, &actor, &all, &[plan], &once).await.unwrap();
    for date in ["2026-03-31", "2026-04-01"] {
        for time in ["08:20:00", "17:05:00"] {
            let wall: WallTime = format!("{date}T{time}").parse().unwrap();
            let at = Zone::SHANGHAI.instant(wall).millis();
            let sql = format!(
                "INSERT INTO punch (person_id, at, wall, zone, source, device, received_at) \
                 VALUES (1, {at}, {}, 'Asia/Shanghai', 'terminal', 'd', 0)",
                wall.seconds()
            );
            app.db.for_migrations().run(&sql, vec![]).await.unwrap();
        }
    }
    assign(app, &[(1, "2026-03-01", Some("A"))]).await;
    let results = async || {
        kaoqin::precompute::drain_all(app).await.unwrap();
        let sql = "SELECT work_date, late_tenths, computed_at FROM day_result \
                   WHERE work_date BETWEEN '2026-03-30' AND '2026-04-01' ORDER BY work_date";
        app.db.read().rows::<DayOf>(sql, vec![]).await.unwrap()
    };
    let before = results().await;
    assert_eq!(before.iter().map(|d| d.late_tenths).collect::<Vec<_>>(), [0, 200, 200]);
    app.clock.step_seconds(60);
    let rounded = json!({ "items": [
        { "code": "L", "limit_minutes": 30, "method": "ceil", "minutes": 30 }] });
    publish(app, RuleKind::Late, "L1", "2026-04-01", rounded).await.unwrap();
    let after = results().await;
    assert_eq!(after[..2], before[..2]);
    assert_eq!(after[2].late_tenths, 300);
    assert!(after[2].computed_at > before[2].computed_at);
});

both!(the_checker_finds_what_keeps_days_from_being_computed, |world| async move {
    let app = &world.app;
    hire(&world, 2).await;
    seed(app).await;
    crate::shifts::publish(app, "D1", "2026-03-01", day_shift()).await.unwrap();
    assign(app, &[(1, "2026-03-01", Some("S1"))]).await;
    let cell = CellChange {
        person: PersonId(1),
        date: day("2026-03-12"),
        value: CellValue::Shifts(vec!["D1".to_owned()]),
        expected_version: None,
    };
    let all = Scope::everybody();
    shifts::set_cells(app, &Actor::system(), &all, &[cell], &Once::never()).await.unwrap();
    app.db
        .for_migrations()
        .run("UPDATE shift_version SET effective_from = '2026-04-01'", vec![])
        .await
        .unwrap();
    publish(app, RuleKind::Scheme, "NEXT", "2026-07-01", scheme("P1", None)).await.unwrap();
    let snapshot = app.db.snapshot().await.unwrap();
    let found = rules::setup_findings(&snapshot, &all, day("2026-03-10")).await.unwrap();
    let seen: Vec<_> = found.items.iter().map(|f| (f.kind, f.code.as_deref(), f.person)).collect();
    assert_eq!(
        seen,
        [
            (FindingKind::PersonWithoutScheme, None, Some(PersonId(2))),
            (FindingKind::SchemeNotInEffect, Some("NEXT"), None),
            (FindingKind::ShiftNotInEffect, Some("D1"), Some(PersonId(1))),
        ]
    );
    assert!(!found.more);
});

both!(thousands_of_versions_make_a_book_quickly, |world| async move {
    let app = &world.app;
    seed(app).await;
    for i in 0..40 {
        publish(app, RuleKind::Scheme, &format!("A{i}"), "2020-01-01", scheme("P1", Some("11")))
            .await
            .unwrap();
    }
    let late = id(app, RuleKind::Late, "11").await;
    let rows: Vec<String> = (2..2_002)
        .map(|v| {
            let from = day("2020-01-01").plus(v);
            let body = late_rule(v.min(2_000)).to_string();
            format!("({late}, {v}, '{from}', '{body}', 0)")
        })
        .collect();
    let sql = format!(
        "INSERT INTO rule_version (rule_id, version, effective_from, body, published_at) VALUES {}",
        rows.join(", ")
    );
    app.db.for_migrations().run(&sql, vec![]).await.unwrap();
    let began = std::time::Instant::now();
    let book = book(app).await;
    let scheme_id = id(app, RuleKind::Scheme, "A7").await;
    for n in 0..2_000 {
        let date = day("2020-01-03").plus(n);
        let scheme = book.on(date).scheme(scheme_id).unwrap();
        let limit = scheme.workday.late_rule.as_ref().unwrap().bands[0].limit_minutes;
        assert_eq!(limit, (n + 2).min(2_000));
    }
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    assert!(book.on(day("2020-01-03")).shift(ShiftId(1)).is_none());
});

#[tokio::test]
async fn cases_are_evaluated_one_by_one_and_faults_stay_with_their_case() {
    let define = json!({ "define": {
        "punch_rules": { "P1": {} },
        "calendars": { "cn": { "rest_weekdays": [6, 7] } },
        "shifts": { "D1": day_shift() },
        "schemes": { "office": scheme("P1", None) }
    } });
    let case = |id: &str, scheme: &str| {
        json!({ "id": id, "date": "2026-03-10", "scheme": scheme, "calendar": "cn",
                "roster": { "2026-03-10": "D1" },
                "punches": [{ "at": "2026-03-10T07:55:00" }, { "at": "2026-03-10T17:03:00" }] })
    };
    let input = TrialInput {
        definitions: vec![define, json!({ "define": { "shifts": { "D2": {} } } })],
        cases: vec![case("good", "office"), case("bad", "ofice")],
    };
    let output = rules::try_cases(input, None).await.unwrap();
    assert_eq!(output.refused.len(), 1);
    assert_eq!((output.refused[0].index, output.refused[0].code), (1, "bad_value"));
    assert_eq!(output.results[0]["id"], "good");
    assert_eq!(output.results[0]["regular_minutes"], 480);
    assert_eq!(output.results[1]["error"]["code"], "unknown_name");
}
