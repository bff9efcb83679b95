use std::sync::Arc;

use kaoqin::base::Once;
use kaoqin::base::failpoint::with_hooks;
use kaoqin::calendars::{self, ListedPeriod, PeriodAssignment, PeriodList};
use kaoqin::employment::{self, NewTransfer};
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute;
use reqwest::Method;
use serde_json::{Value, json};
use vocabulary::{OrgId, PeriodSetId, PersonId};

use crate::both;
use crate::marks::Skip;
use crate::people::{day, group, marks, me};
use crate::people_http::texts;
use crate::precompute::worker;
use crate::rules_http::signed_in;
use crate::support::World;
use crate::support::api::{Answer, Api};

/// Three office workers of A1 in service since 2026-03-01, everything computed on 2026-03-20.
struct Plant {
    world: World,
    hr: Api,
    orgs: Vec<OrgId>,
    people: Vec<PersonId>,
}

async fn plant(world: World) -> Plant {
    world.at("2026-03-20T12:00:00");
    let tx = world.app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let orgs = group(&world.app).await;
    let mut people = Vec::new();
    for number in ["1001", "1002", "1003"] {
        people.push(worker(&world, number).await);
    }
    let hr = signed_in(&world, "hr", None).await;
    let plant = Plant { world, hr, orgs, people };
    for p in &plant.people {
        plant.transfer(*p, "A1", "2026-03-01").await;
    }
    precompute::tick(&plant.world.app).await.unwrap();
    plant.drain().await;
    plant
}

impl Plant {
    async fn transfer(&self, person: PersonId, org: &str, from: &str) {
        let (app, all) = (&self.world.app, kaoqin::base::Scope::everybody());
        let sql = format!("SELECT version FROM person WHERE id = {person}");
        let version = i32::try_from(self.world.number(&sql).await).unwrap();
        let org = Some(org.to_owned());
        let valid_from = day(from);
        let new = NewTransfer { version, valid_from, org, ..NewTransfer::default() };
        employment::transfer(app, &me(), &all, person, &new, &Once::never()).await.unwrap();
    }

    /// Goes on to a moment; tokens of before are too old then.
    async fn at(&mut self, wall: &str) {
        self.world.at(wall);
        self.hr = signed_in(&self.world, "hr", None).await;
        precompute::tick(&self.world.app).await.unwrap();
        self.drain().await;
    }

    async fn drain(&self) {
        precompute::drain_all(&self.world.app).await.unwrap();
    }

    async fn set(&self, code: &str, start_day: u8) -> String {
        let body = json!({ "code": code, "name": "周期", "start_day": start_day });
        self.hr.post("/period-sets", body).await.ok()["id"].as_str().unwrap().to_owned()
    }

    /// Assigns and expects each row to be accepted.
    async fn assign(&self, rows: Value) {
        let answer = self.hr.post("/period-set-assignments", json!({ "assignments": rows })).await;
        let outcomes = texts(&answer.ok(), "outcome");
        assert!(outcomes.iter().all(|o| o == "accepted"), "{outcomes:?}");
    }

    /// The first and last date of a person's period of this name.
    async fn period(&self, person: usize, name: &str) -> Option<String> {
        let id = self.people[person];
        let answer = self.hr.get(&format!("/persons/{id}/period-summary?period={name}")).await;
        let (from, to) = (answer.body["from_date"].as_str()?, answer.body["to_date"].as_str()?);
        Some(format!("{from}..{to}"))
    }

    async fn put(&self, set: &str, version: i32, from: &str, rows: &[Row]) -> Answer {
        self.hr.put(&format!("/period-sets/{set}/dates"), list(version, from, rows)).await
    }

    /// The id of the natural month.
    async fn month(&self) -> PeriodSetId {
        PeriodSetId(self.world.number("SELECT id FROM period_set WHERE code = 'month'").await)
    }

    async fn sums(&self) -> (i64, i64) {
        let days = self.world.number("SELECT COUNT(*) FROM day_result").await;
        (days, self.world.number("SELECT COALESCE(SUM(days), 0) FROM period_summary").await)
    }
}

type Row = (&'static str, &'static str, &'static str);

fn list(version: i32, from: &str, rows: &[Row]) -> Value {
    let row = |(name, from, to): &Row| json!({ "name": name, "from": from, "to": to });
    let rows: Vec<Value> = rows.iter().map(row).collect();
    json!({ "version": version, "from": from, "periods": rows })
}

const FIRST: Row = ("2026-03a", "2026-03-01", "2026-03-15");
const SECOND: Row = ("2026-03b", "2026-03-16", "2026-03-31");

both!(the_periods_of_the_three_start_days_are_those_of_the_domain, |world| async move {
    let p = plant(world).await;
    let mut rows = Vec::new();
    let whole =
        [("2026-02-26", "2026-03-25"), ("2026-03-10", "2026-04-09"), ("2026-02-28", "2026-03-30")];
    for ((person, start), (from, to)) in p.people.iter().zip([26, 10, 31]).zip(whole) {
        let set = p.set(&format!("s{start}"), start).await;
        let on = "from=2026-03-15&to=2026-03-15";
        let path = format!("/attendance-periods?{on}&period_set_id={set}");
        let period = p.hr.get(&path).await.ok()["items"][0].clone();
        assert_eq!((&period["period"], &period["from_date"]), (&json!("2026-03"), &json!(from)));
        assert_eq!(period["to_date"], to);
        rows.push(json!({ "person_id": person.to_string(), "valid_from": "2026-03-01",
                          "period_set_id": set }));
    }
    p.assign(json!(rows)).await;
    p.drain().await;
    // Their part of it begins with the date of hire.
    assert_eq!(p.period(0, "2026-03").await.unwrap(), "2026-03-01..2026-03-25");
    assert_eq!(p.period(1, "2026-03").await.unwrap(), "2026-03-10..2026-04-09");
    assert_eq!(p.period(2, "2026-03").await.unwrap(), "2026-03-01..2026-03-30");
    let (days, summed) = p.sums().await;
    assert!(days > 50 && days == summed, "{days} days, {summed} in summaries");
});

both!(a_period_set_is_made_once_and_found_page_by_page, |world| async move {
    let p = plant(world).await;
    let body = json!({ "code": "26", "name": "26日起", "start_day": 26 });
    let made = p.hr.post_once("/period-sets", "k", body.clone()).await.ok();
    assert_eq!(p.hr.post_once("/period-sets", "k", body.clone()).await.ok(), made);
    assert_eq!((&made["version"], &made["is_default"]), (&json!(1), &json!(false)));
    let twice = p.hr.post("/period-sets", body).await;
    assert_eq!((twice.status, twice.code()), (409, "code_taken"));
    let bad = json!({ "code": "a b", "name": "x", "start_day": 1 });
    assert_eq!(p.hr.post("/period-sets", bad).await.code(), "code_invalid");
    let bad = json!({ "code": "ab", "name": "x", "start_day": 32 });
    assert_eq!(p.hr.post("/period-sets", bad).await.status, 400);
    let id = made["id"].as_str().unwrap();
    assert_eq!(p.hr.get(&format!("/period-sets/{id}")).await.ok(), made);
    assert_eq!(p.hr.get("/period-sets/99").await.code(), "period_set_not_found");
    let page = p.hr.get("/period-sets?limit=1").await.ok();
    assert_eq!(texts(&page, "code"), ["26"]);
    let next = page["next_cursor"].as_str().unwrap();
    let page = p.hr.get(&format!("/period-sets?cursor={next}")).await.ok();
    assert_eq!(texts(&page, "code"), ["month"]);
});

both!(
    a_named_person_comes_before_the_nearest_department_and_that_before_the_default,
    |world| async move {
        let p = plant(world).await;
        let (a, a1) = (p.orgs[1].to_string(), p.orgs[3].to_string());
        let (s26, s10, s31) = (p.set("26", 26).await, p.set("10", 10).await, p.set("31", 31).await);
        let from = "2026-03-01";
        let one = p.people[0].to_string();
        assert_eq!(p.period(0, "2026-03").await.unwrap(), "2026-03-01..2026-03-31", "the default");
        p.assign(json!([
        { "org_id": a, "valid_from": from, "period_set_id": s26 },
        { "org_id": a1, "valid_from": from, "period_set_id": s10 },
        { "person_id": one, "valid_from": from, "period_set_id": s31 } ]))
            .await;
        p.drain().await;
        assert_eq!(p.period(0, "2026-03").await.unwrap(), "2026-03-01..2026-03-30", "his own");
        assert_eq!(p.period(1, "2026-03").await.unwrap(), "2026-03-10..2026-04-09", "the nearest");
        p.assign(json!([
        { "org_id": a1, "valid_from": from },
        { "person_id": one, "valid_from": from } ]))
            .await;
        p.drain().await;
        for person in [0, 1] {
            assert_eq!(p.period(person, "2026-03").await.unwrap(), "2026-03-01..2026-03-25", "A");
        }
        let (days, summed) = p.sums().await;
        assert_eq!(days, summed, "every day lies in one period");
        let rows = p.hr.get("/period-set-assignments").await.ok();
        assert_eq!(texts(&rows, "org_id"), [a, a1]);
        assert_eq!(texts(&rows, "period_set"), ["26", ""]);
    }
);

both!(another_set_counts_from_the_end_of_the_running_period, |world| async move {
    let mut p = plant(world).await;
    let set = p.set("26", 26).await;
    let a1 = p.orgs[3].to_string();
    p.assign(json!([{ "org_id": a1, "valid_from": "2026-03-10", "period_set_id": set }])).await;
    p.drain().await;
    assert_eq!(p.period(1, "2026-03").await.unwrap(), "2026-03-01..2026-03-31");
    p.at("2026-04-28T12:00:00").await;
    assert_eq!(p.period(1, "2026-03").await.unwrap(), "2026-03-01..2026-03-31");
    assert_eq!(p.period(1, "2026-04").await.unwrap(), "2026-04-01..2026-04-25");
    assert_eq!(p.period(1, "2026-05").await.unwrap(), "2026-04-26..2026-05-25");
});

both!(half_months_are_listed_from_a_period_on, |world| async move {
    let p = plant(world).await;
    let month = p.month().await.to_string();
    let done = p.put(&month, 1, "2026-03-01", &[FIRST, SECOND]).await.ok();
    assert_eq!((&done["version"], &done["changed_from"]), (&json!(2), &json!("2026-03-01")));
    assert_eq!((&done["marks"], done["batch_ids"].as_array().unwrap().len()), (&json!(3), 1));
    let all: Vec<String> = (1..=3).map(|n| format!("{n} 2026-02-27.. period_set")).collect();
    assert_eq!(marks(&p.world.app).await, all, "the default set concerns everybody");
    assert_eq!(p.period(0, "2026-03b").await.unwrap(), "2026-03-16..2026-03-31", "on the spot");
    p.drain().await;
    assert_eq!(p.period(0, "2026-03a").await.unwrap(), "2026-03-01..2026-03-15");
    assert_eq!(p.period(0, "2026-03b").await.unwrap(), "2026-03-16..2026-03-31");
    assert_eq!(p.period(0, "2026-03").await, None);
    let (days, summed) = p.sums().await;
    assert_eq!(days, summed);

    let stale = p.put(&month, 1, "2026-03-01", &[]).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let third = ("2026-03c", "2026-03-16", "2026-03-31");
    let done = p.put(&month, 2, "2026-03-16", &[third]).await.ok();
    assert_eq!(done["changed_from"], "2026-03-16");
    let path = format!("/period-sets/{month}/dates");
    let page = p.hr.get(&format!("{path}?limit=1")).await.ok();
    assert_eq!(texts(&page, "name"), ["2026-03a"]);
    let next = page["next_cursor"].as_str().unwrap();
    let page = p.hr.get(&format!("{path}?cursor={next}")).await.ok();
    assert_eq!(texts(&page, "name"), ["2026-03c"]);
    assert_eq!(p.hr.get(&format!("{path}?cursor=x")).await.code(), "cursor_invalid");
    assert_eq!(p.hr.get("/period-sets/99/dates").await.code(), "period_set_not_found");
    // Months that are listed as they are change nothing.
    let april = ("2026-04", "2026-04-01", "2026-04-30");
    let done = p.put(&month, 3, "2026-04-01", &[april]).await.ok();
    assert_eq!((done["changed_from"].as_str(), &done["marks"]), (None, &json!(0)));
    p.put(&month, 4, "2026-03-01", &[]).await.ok();
    p.drain().await;
    assert_eq!(p.period(0, "2026-03").await.unwrap(), "2026-03-01..2026-03-31");
    let (days, summed) = p.sums().await;
    assert_eq!(days, summed, "the halves are gone");
});

both!(a_list_that_cannot_stand_is_refused_and_the_field_named, |world| async move {
    let p = plant(world).await;
    let month = p.month().await.to_string();
    let cases: [(&str, &[Row], &str, &str); 8] = [
        ("2026-03-02", &[FIRST], "from_inside_period", "from"),
        ("2026-03-01", &[FIRST], "periods_not_whole", "periods"),
        ("2026-03-01", &[SECOND], "period_gap", "periods[0].from"),
        (
            "2026-03-01",
            &[FIRST, ("b", "2026-03-15", "2026-03-31")],
            "period_overlap",
            "periods[1].from",
        ),
        (
            "2026-03-01",
            &[FIRST, ("2026-03a", "2026-03-16", "2026-03-31")],
            "period_name_repeated",
            "periods[1].name",
        ),
        (
            "2026-03-01",
            &[FIRST, ("2026-07", "2026-03-16", "2026-03-31")],
            "period_name_elsewhere",
            "periods[1].name",
        ),
        (
            "2026-03-01",
            &[(" ", "2026-03-01", "2026-03-15")],
            "period_name_invalid",
            "periods[0].name",
        ),
        (
            "2026-03-01",
            &[("q", "2026-03-01", "2026-05-31")],
            "period_dates_invalid",
            "periods[0].to",
        ),
    ];
    for (from, rows, code, path) in cases {
        let answer = p.put(&month, 1, from, rows).await;
        assert_eq!((answer.status, answer.code()), (422, code));
        assert_eq!(answer.body["errors"][0]["path"], path, "{code}");
        let address = format!("/period-sets/{month}/dates");
        let body = Some(list(1, from, rows));
        let en = p.hr.send(Method::PUT, &address, body, &[("Accept-Language", "en")]).await;
        assert!(en.body["detail"].as_str().unwrap().is_ascii(), "{}", en.body);
        assert!(!answer.body["detail"].as_str().unwrap().is_ascii(), "{}", answer.body);
    }
    assert_eq!(p.put("99", 1, "2026-03-01", &[]).await.code(), "period_set_not_found");
    assert_eq!(marks(&p.world.app).await, [""; 0]);
});

/// A period of the natural month that has a row.
async fn begun(p: &Plant, name: &str, from: &str, to: &str, state: &str) {
    let tx = p.world.app.db.begin().await.unwrap();
    let sql = "INSERT INTO attendance_period \
               (period_set_id, period, from_date, to_date, state, changed_at) \
               VALUES ($1, $2, $3, $4, $5, 0)";
    let values =
        vec![p.month().await.into(), name.into(), day(from).into(), day(to).into(), state.into()];
    kaoqin::base::Query::run(&tx, sql, values).await.unwrap();
    tx.commit().await.unwrap();
}

both!(a_period_that_is_closing_or_locked_keeps_its_dates, |world| async move {
    let p = plant(world).await;
    let month = p.month().await.to_string();
    begun(&p, "2026-02", "2026-02-01", "2026-02-28", "locked").await;
    begun(&p, "2026-03", "2026-03-01", "2026-03-31", "closing").await;
    let halves = [("x", "2026-02-01", "2026-02-14"), ("y", "2026-02-15", "2026-02-28")];
    let refused = p.put(&month, 1, "2026-02-01", &halves).await;
    assert_eq!((refused.status, refused.code()), (409, "period_not_open"));
    assert!(refused.body["detail"].as_str().unwrap().contains("2026-02"));
    let refused = p.put(&month, 1, "2026-03-01", &[FIRST, SECOND]).await;
    assert_eq!((refused.status, refused.code()), (409, "period_not_open"));
    let renamed = [("März", "2026-03-01", "2026-03-31")];
    assert_eq!(p.put(&month, 1, "2026-03-01", &renamed).await.code(), "period_not_open");
    // What leaves them as they are is good.
    let same = ("2026-03", "2026-03-01", "2026-03-31");
    let april = [("4a", "2026-04-01", "2026-04-15"), ("4b", "2026-04-16", "2026-04-30")];
    p.put(&month, 1, "2026-03-01", &[same, april[0], april[1]]).await.ok();
});

both!(a_period_that_was_opened_again_gets_its_new_dates, |world| async move {
    let p = plant(world).await;
    let month = p.month().await.to_string();
    begun(&p, "2026-03", "2026-03-01", "2026-03-31", "open").await;
    let rows = [("first", "2026-03-01", "2026-03-15"), ("2026-03", "2026-03-16", "2026-03-31")];
    p.put(&month, 1, "2026-03-01", &rows).await.ok();
    let moved = "SELECT COUNT(*) FROM attendance_period WHERE from_date = '2026-03-16'";
    assert_eq!(p.world.number(moved).await, 1);
});

both!(what_is_posted_to_a_period_follows_when_it_gets_another_name, |world| async move {
    let mut p = plant(world).await;
    p.at("2026-04-02T12:00:00").await;
    let (app, month) = (&p.world.app, p.month().await.to_string());
    p.world.lock("2026-03").await;
    let tx = app.db.begin().await.unwrap();
    let late = crate::support::tapped(p.people[0], "2026-03-10T08:00:00".parse().unwrap());
    let urgency = kaoqin::punches::Urgency::Now;
    kaoqin::punches::insert(&tx, &[late], urgency, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    p.drain().await;
    let posted = async |period: &str| {
        let sql = format!("SELECT COUNT(*) FROM adjustment WHERE period = '{period}'");
        p.world.number(&sql).await
    };
    let lines = posted("2026-04").await;
    assert!(lines > 0);
    let halves = [("4a", "2026-04-01", "2026-04-15"), ("4b", "2026-04-16", "2026-04-30")];
    p.put(&month, 1, "2026-04-01", &halves).await.ok();
    p.drain().await;
    assert_eq!((posted("2026-04").await, posted("4a").await), (0, lines));
    let set = p.set("26", 26).await;
    let person = p.people[0].to_string();
    p.assign(json!([{ "person_id": person, "valid_from": "2026-04-01", "period_set_id": set }]))
        .await;
    p.drain().await;
    let moved = format!("SELECT COUNT(*) FROM adjustment WHERE period_set_id = {set}");
    assert_eq!((posted("4a").await, p.world.number(&moved).await), (0, lines));
});

both!(everybody_who_is_in_the_department_from_the_date_on_is_marked, |world| async move {
    let p = plant(world).await;
    // The first leaves A1 before, the third comes into it later.
    p.transfer(p.people[0], "B", "2026-03-05").await;
    p.transfer(p.people[2], "B", "2026-03-02").await;
    p.transfer(p.people[2], "A2", "2026-03-18").await;
    p.drain().await;
    let set = p.set("26", 26).await;
    let a = p.orgs[1].to_string();
    p.assign(json!([{ "org_id": a, "valid_from": "2026-03-10", "period_set_id": set }])).await;
    let expected = ["2 2026-03-08.. period_set", "3 2026-03-08.. period_set"];
    assert_eq!(marks(&p.world.app).await, expected);
    p.drain().await;
    // The list of a set that is not the default one concerns those who may have it.
    let halves = [("4a", "2026-03-26", "2026-04-10"), ("4b", "2026-04-11", "2026-04-25")];
    p.put(&set, 1, "2026-03-26", &halves).await.ok();
    let marked = marks(&p.world.app).await;
    assert!(marked.contains(&"2 2026-03-24.. period_set".to_owned()), "{marked:?}");
    assert_eq!(marked.len(), 3, "the first was in A1 once: {marked:?}");
});

/// Runs a change, with or without its marks, and computes what is marked.
async fn changed<T>(p: &Plant, silent: bool, change: impl Future<Output = T>) {
    if silent {
        with_hooks(Arc::new(Skip("period_set")), change).await;
    } else {
        change.await;
    }
    p.drain().await;
}

/// With their marks the sums follow a list; without, they stay as they were.
async fn follows(world: World, silent: bool) {
    let p = plant(world).await;
    let app = &p.world.app;
    let (all, never) = (kaoqin::base::Scope::everybody(), Once::never());
    let set = PeriodSetId(p.set("26", 26).await.parse().unwrap());
    let under_it = format!("SELECT COUNT(*) FROM period_summary WHERE period_set_id = {set}");
    let row = |person: Option<PersonId>, org: Option<OrgId>| PeriodAssignment {
        person,
        org,
        valid_from: day("2026-03-01"),
        set: Some(set),
        ..PeriodAssignment::default()
    };
    let rows = [row(Some(p.people[0]), None), row(None, Some(p.orgs[3]))];
    let assign = async {
        calendars::assign_period_sets(app, &me(), &all, &rows, &never).await.unwrap();
    };
    changed(&p, false, assign).await;
    assert_eq!(p.world.number(&under_it).await, 3);

    let row =
        |name: &str, from, to| ListedPeriod { name: name.to_owned(), from: day(from), to: day(to) };
    let rows = vec![row("a", "2026-02-26", "2026-03-10"), row("b", "2026-03-11", "2026-03-25")];
    let halves = PeriodList { from: day("2026-02-26"), rows };
    let set_dates = async {
        calendars::set_period_dates(app, &me(), set, 1, &halves, &never).await.unwrap();
    };
    changed(&p, silent, set_dates).await;
    let expected = if silent { 3 } else { 6 };
    assert_eq!(p.world.number(&under_it).await, expected);
    let (days, summed) = p.sums().await;
    assert_eq!(days, summed);
}

both!(the_sums_follow, |world| async move { follows(world, false).await });

both!(without_the_marks_of_a_list_they_stay, |world| async move {
    follows(world, true).await;
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_mark_of_an_assignment_they_stay() {
    let world = World::sqlite().await;
    let p = plant(world).await;
    let set = PeriodSetId(p.set("26", 26).await.parse().unwrap());
    let (all, never) = (kaoqin::base::Scope::everybody(), Once::never());
    let person = Some(p.people[0]);
    let rows = [PeriodAssignment {
        person,
        valid_from: day("2026-03-01"),
        set: Some(set),
        ..PeriodAssignment::default()
    }];
    let assign = async {
        calendars::assign_period_sets(&p.world.app, &me(), &all, &rows, &never).await.unwrap();
    };
    changed(&p, true, assign).await;
    assert_eq!(p.period(0, "2026-03").await.unwrap(), "2026-03-01..2026-03-31");
}

both!(assignments_are_written_row_by_row_within_the_scope, |world| async move {
    let p = plant(world).await;
    let set = p.set("26", 26).await;
    let api = p.world.serve().await;
    let scope = ScopeChoice::Orgs(vec![p.orgs[1]]);
    let hers = p.world.user(&api, "hr", None, scope).await;
    p.transfer(p.people[2], "B", "2026-03-10").await;
    let from = "2026-03-10";
    let body = json!({ "assignments": [
        { "person_id": "1", "valid_from": from, "period_set_id": set },
        { "person_id": "1", "valid_from": from, "period_set_id": set },
        { "person_id": "3", "valid_from": from, "period_set_id": set },
        { "person_id": "1", "org_id": "4", "valid_from": from },
        { "valid_from": from },
        { "org_id": p.orgs[1].to_string(), "valid_from": from, "period_set_id": set },
        { "org_id": p.orgs[0].to_string(), "valid_from": from, "period_set_id": set },
        { "org_id": p.orgs[2].to_string(), "valid_from": from, "period_set_id": set },
        { "org_id": p.orgs[3].to_string(), "valid_from": from, "period_set_id": "99" },
        { "person_id": "2", "valid_from": "1999-12-31", "period_set_id": set },
        { "person_id": "2", "valid_from": from },
    ] });
    let answer = hers.post_once("/period-set-assignments", "k", body.clone()).await.ok();
    let codes = [
        "",
        "row_repeated",
        "person_not_found",
        "subject_invalid",
        "subject_invalid",
        "",
        "org_not_found",
        "org_not_found",
        "period_set_not_found",
        "person_not_found",
        "",
    ];
    assert_eq!(texts(&answer, "code"), codes);
    let outcomes = texts(&answer, "outcome");
    assert_eq!((outcomes[0].as_str(), outcomes[10].as_str()), ("accepted", "duplicate"));
    let again = hers.post_once("/period-set-assignments", "k", body.clone()).await.ok();
    assert_eq!(again, answer);
    let twice = hers.post("/period-set-assignments", body).await.ok();
    assert_eq!(texts(&twice, "outcome")[0], "duplicate");
    assert_eq!(texts(&twice, "outcome")[5], "duplicate");
    let audits = "SELECT COUNT(*) FROM audit WHERE operation = 'assign' \
                  AND object LIKE 'period%assignment'";
    assert_eq!(p.world.number(audits).await, 2, "one of persons, one of departments");

    p.assign(json!([
        { "person_id": "3", "valid_from": from, "period_set_id": set },
        { "org_id": p.orgs[2].to_string(), "valid_from": from } ]))
        .await;
    let hers_only = hers.get("/period-set-assignments").await.ok();
    assert_eq!(texts(&hers_only, "person_id"), ["", "1"]);
    let all = p.hr.get("/period-set-assignments?limit=3").await.ok();
    assert_eq!(texts(&all, "org_id"), ["2", "3", ""]);
    let next = all["next_cursor"].as_str().unwrap();
    let rest = p.hr.get(&format!("/period-set-assignments?cursor={next}")).await.ok();
    assert_eq!(texts(&rest, "person_id"), ["3"]);
    let of_set = p.hr.get(&format!("/period-set-assignments?period_set_id={set}")).await.ok();
    assert_eq!(of_set["items"].as_array().unwrap().len(), 3);
    let of_org = p.hr.get("/period-set-assignments?org_id=2").await.ok();
    assert_eq!(texts(&of_org, "org_id"), ["2"]);
    let of_person = p.hr.get("/period-set-assignments?person_id=3").await.ok();
    assert_eq!(texts(&of_person, "period_set"), ["26"]);
    let bad = p.hr.get("/period-set-assignments?cursor=x_1_2026-01-01").await;
    assert_eq!((bad.status, bad.code()), (422, "cursor_invalid"));
});

both!(a_thousand_rows_are_one_call, |world| async move {
    let p = plant(world).await;
    let set = p.set("26", 26).await;
    let row = |i: i32| {
        let from = day("2026-03-01").plus(i).to_string();
        json!({ "person_id": "1", "valid_from": from, "period_set_id": set })
    };
    let rows: Vec<Value> = (0..1000).map(row).collect();
    p.assign(json!(rows)).await;
    assert_eq!(p.world.number("SELECT COUNT(*) FROM period_assignment").await, 1000);
    let rows: Vec<Value> = (0..1001).map(row).collect();
    let many = p.hr.post("/period-set-assignments", json!({ "assignments": rows })).await;
    assert_eq!(many.status, 400);
});
