use std::sync::Arc;

use kaoqin::base::failpoint::with_hooks;
use kaoqin::base::{Once, Query, Scope};
use kaoqin::calendars::{self, OrgCalendar, PeriodAssignment};
use kaoqin::employment::{self, NewTransfer};
use kaoqin::identity::ScopeChoice;
use kaoqin::people::{self, DimensionAssignment, OrgMove};
use kaoqin::precompute;
use kaoqin::rules::{self, OrgScheme};
use serde_json::{Value, json};
use vocabulary::{LocalDate, OrgId, PersonId};

use crate::both;
use crate::marks::Skip;
use crate::people::{day, group, me};
use crate::people_http::texts;
use crate::precompute::worker;
use crate::rules_http::signed_in;
use crate::support::World;
use crate::support::api::Api;

/// Two workers of A1 in service since 2026-03-01 on 2026-03-20: the first has no scheme of his own.
struct Group {
    world: World,
    hr: Api,
    orgs: Vec<OrgId>,
    people: Vec<PersonId>,
}

async fn company(world: World) -> Group {
    world.at("2026-03-20T12:00:00");
    let tx = world.app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let orgs = group(&world.app).await;
    let mut people = Vec::new();
    for number in ["1001", "1002"] {
        let id = worker(&world, number).await;
        let sql = format!("SELECT version FROM person WHERE id = {id}");
        let version = i32::try_from(world.number(&sql).await).unwrap();
        let (org, valid_from) = (Some("A1".to_owned()), day("2026-03-01"));
        let new = NewTransfer { version, valid_from, org, ..NewTransfer::default() };
        let (app, all) = (&world.app, Scope::everybody());
        employment::transfer(app, &me(), &all, id, &new, &Once::never()).await.unwrap();
        people.push(id);
    }
    let hr = signed_in(&world, "hr", None).await;
    let g = Group { world, hr, orgs, people };
    g.run(&format!("DELETE FROM scheme_assignment WHERE person_id = {}", g.people[0])).await;
    g.drain().await;
    g
}

impl Group {
    async fn run(&self, sql: &str) {
        let tx = self.world.app.db.begin().await.unwrap();
        tx.run(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn drain(&self) {
        precompute::tick(&self.world.app).await.unwrap();
        precompute::drain_all(&self.world.app).await.unwrap();
    }

    async fn change<T>(&self, cause: &'static str, silent: bool, change: impl Future<Output = T>) {
        if silent {
            with_hooks(Arc::new(Skip(cause)), change).await;
        } else {
            change.await;
        }
        self.drain().await;
    }

    /// The dates of a person that were computed with a scheme.
    async fn with_scheme(&self, i: usize) -> String {
        let id = self.people[i];
        let sql = |what: &str| {
            format!(
                "SELECT {what}(work_date) AS d FROM day_result \
                 WHERE person_id = {id} AND scheme_id IS NOT NULL"
            )
        };
        #[derive(sea_orm::FromQueryResult)]
        struct Found {
            d: Option<LocalDate>,
        }
        let q = self.world.app.db.read();
        let first: Option<Found> = q.row(&sql("MIN"), vec![]).await.unwrap();
        let last: Option<Found> = q.row(&sql("MAX"), vec![]).await.unwrap();
        match (first.and_then(|f| f.d), last.and_then(|f| f.d)) {
            (Some(first), Some(last)) => format!("{first}..{last}"),
            _ => String::new(),
        }
    }

    async fn due(&self, i: usize, date: &str) -> i64 {
        let id = self.people[i];
        let path = format!("/persons/{id}/days?from={date}&to={date}");
        self.hr.get(&path).await.ok()["items"][0]["due_tenths"].as_i64().unwrap() / 10
    }

    async fn period(&self, i: usize, name: &str) -> String {
        let id = self.people[i];
        let answer = self.hr.get(&format!("/persons/{id}/period-summary?period={name}")).await;
        match (answer.body["from_date"].as_str(), answer.body["to_date"].as_str()) {
            (Some(from), Some(to)) => format!("{from}..{to}"),
            _ => String::new(),
        }
    }

    async fn set(&self, code: &str, start_day: u8) -> String {
        let body = json!({ "code": code, "name": "周期", "start_day": start_day });
        self.hr.post("/period-sets", body).await.ok()["id"].as_str().unwrap().to_owned()
    }

    async fn assign(&self, rows: Value) -> Vec<String> {
        let body = json!({ "assignments": rows });
        let done = self.hr.post("/period-set-assignments", body).await.ok();
        self.drain().await;
        texts(&done, "code")
    }
}

/// A scheme of the nearest department counts where a person has none.
async fn schemes(world: World, silent: bool) {
    let g = company(world).await;
    let (app, all, once) = (&g.world.app, Scope::everybody(), Once::never());
    assert_eq!(g.with_scheme(0).await, "", "he has none yet");
    let row = |org: usize, from: &str, scheme: Option<&str>| OrgScheme {
        org: g.orgs[org],
        valid_from: day(from),
        scheme: scheme.map(str::to_owned),
        removed: false,
    };
    let rows = [row(0, "2026-03-05", Some("S1"))];
    let change = async {
        rules::assign_org_schemes(app, &me(), &all, &rows, &once).await.unwrap();
    };
    g.change("scheme_assignment", silent, change).await;
    let expected = if silent { "" } else { "2026-03-05..2026-03-20" };
    assert_eq!(g.with_scheme(0).await, expected);
    assert_eq!(g.with_scheme(1).await, "2026-03-01..2026-03-20", "he has his own");
}

both!(a_scheme_of_a_department_counts_for_who_has_none, |world| async move {
    schemes(world, false).await;
});

both!(without_its_mark_a_scheme_of_a_department_does_nothing, |world| async move {
    schemes(world, true).await;
});

both!(the_nearest_department_wins_and_his_own_entry_over_it, |world| async move {
    let g = company(world).await;
    let put = |rows: Value| {
        let body = json!({ "assignments": rows });
        let hr = &g.hr;
        async move { texts(&hr.put("/org-calendars", body).await.ok(), "code") }
    };
    let made = json!({ "code": "seven", "name": "无休", "rest_weekdays": [] });
    g.hr.post("/calendars", made).await.ok();
    // Saturday 2026-03-14 is a day of rest until a department says otherwise.
    assert_eq!(g.due(1, "2026-03-14").await, 0);
    let (top, below) = (g.orgs[0].to_string(), g.orgs[3].to_string());
    let codes = put(json!([
        { "org_id": top, "valid_from": "2026-03-01", "calendar": "seven" },
        { "org_id": top, "valid_from": "2026-03-01", "calendar": "cn" },
        { "org_id": top, "valid_from": "2026-03-02", "calendar": "nine" },
        { "org_id": "9999", "valid_from": "2026-03-02", "calendar": "cn" } ]))
    .await;
    assert_eq!(codes, ["", "row_repeated", "calendar_unknown", "org_not_found"]);
    g.drain().await;
    assert_eq!(g.due(1, "2026-03-14").await, 480);
    put(json!([{ "org_id": below, "valid_from": "2026-03-10", "calendar": "cn" }])).await;
    g.drain().await;
    assert_eq!(g.due(1, "2026-03-14").await, 0, "the nearest one");
    assert_eq!(g.due(1, "2026-03-07").await, 480, "before it the group");
    put(json!([{ "org_id": below, "valid_from": "2026-03-10", "remove": true }])).await;
    g.drain().await;
    assert_eq!(g.due(1, "2026-03-14").await, 480);
    let own = json!({ "assignments": [ { "person_id": g.people[1].to_string(),
        "valid_from": "2026-03-12", "calendar": "cn" } ] });
    g.hr.put("/calendar-assignments", own).await.ok();
    g.drain().await;
    assert_eq!((g.due(1, "2026-03-14").await, g.due(1, "2026-03-08").await), (0, 480));
    let page = g.hr.get("/org-calendars?on=2026-03-20").await.ok();
    assert_eq!(texts(&page, "calendar"), ["seven"]);
    // Another date of the calendar concerns who has it by his department.
    let id = g.world.number("SELECT id FROM calendar WHERE code = 'seven'").await;
    let dates = json!({ "version": 1, "dates": [
        { "date": "2026-03-08", "kind": "rest", "name": "" } ] });
    g.hr.put(&format!("/calendars/{id}/dates"), dates).await.ok();
    g.drain().await;
    assert_eq!(g.due(1, "2026-03-08").await, 0);
});

/// What a department says follows its place in the tree.
async fn moved(world: World, silent: bool) {
    let g = company(world).await;
    let (app, all, once) = (&g.world.app, Scope::everybody(), Once::never());
    let made = json!({ "code": "seven", "name": "无休", "rest_weekdays": [] });
    g.hr.post("/calendars", made).await.ok();
    let row = OrgCalendar {
        org: g.orgs[2],
        valid_from: day("2026-03-01"),
        calendar: Some("seven".to_owned()),
        removed: false,
    };
    calendars::assign_org_calendars(app, &me(), &all, &[row], &once).await.unwrap();
    g.drain().await;
    let to = OrgMove { version: 1, valid_from: day("2026-03-10"), parent: Some("B".to_owned()) };
    let change = async {
        people::move_org_unit(app, &me(), &all, g.orgs[3], &to, &once).await.unwrap();
    };
    g.change("org", silent, change).await;
    assert_eq!(g.due(1, "2026-03-07").await, 0, "before the move as before");
    assert_eq!(g.due(1, "2026-03-14").await, if silent { 0 } else { 480 });
}

both!(what_a_department_says_follows_its_place, |world| async move { moved(world, false).await });

both!(without_its_mark_nothing_follows_a_move, |world| async move { moved(world, true).await });

both!(period_sets_go_by_kind_position_dimension_department_in_this_order, |world| async move {
    let g = company(world).await;
    let id = g.people[1];
    let (of_org, of_value) = (g.set("s5", 5).await, g.set("s10", 10).await);
    let (of_position, of_kind) = (g.set("s12", 12).await, g.set("s15", 15).await);
    g.hr.post("/dimensions", json!({ "code": "region", "name": "区域" })).await.ok();
    let values = json!({ "values": [
        { "code": "east", "name": "华东" }, { "code": "SH", "name": "上海", "parent": "east" } ] });
    g.hr.put("/dimensions/1/values", values).await.ok();
    g.hr.post("/positions", json!({ "code": "guard", "name": "保安", "grade": 5 })).await.ok();
    let east = g.world.number("SELECT id FROM dimension_value WHERE code = 'east'").await;
    let from = "2026-03-01";
    g.run(&format!("INSERT INTO person_position VALUES ({id}, '{from}', 1)")).await;
    g.run(&format!("INSERT INTO person_kind VALUES ({id}, '{from}', 'part_time')")).await;
    let region = json!({ "assignments": [ { "dimension": "region", "value": "SH",
        "org_id": g.orgs[1].to_string(), "valid_from": from } ] });
    g.hr.put("/dimension-assignments", region).await.ok();
    assert_eq!(g.period(1, "2026-03").await, "2026-03-01..2026-03-31");
    // Everything counts from the date of hire; each group in its turn wins over those before.
    let row = |key: &str, id: String, set: &str| {
        let mut row = json!({ "valid_from": from, "period_set_id": set });
        row[key] = json!(id);
        row
    };
    let month = g.world.number("SELECT id FROM period_set WHERE code = 'month'").await;
    for (key, who, set, expected) in [
        ("org_id", g.orgs[1].to_string(), of_org, "2026-03-05..2026-04-04"),
        ("dimension_value_id", east.to_string(), of_value, "2026-03-10..2026-04-09"),
        ("position_id", "1".to_owned(), of_position, "2026-03-12..2026-04-11"),
        ("employment_kind", "part_time".to_owned(), of_kind, "2026-03-15..2026-04-14"),
        ("person_id", id.to_string(), month.to_string(), "2026-03-01..2026-03-31"),
    ] {
        assert_eq!(g.assign(json!([row(key, who, &set)])).await, [""], "{key}");
        assert_eq!(g.period(1, "2026-03").await, expected, "{key}");
    }
    let days = g.world.number("SELECT COUNT(*) FROM day_result").await;
    let sum = "SELECT COALESCE(SUM(days), 0) FROM period_summary";
    assert_eq!(g.world.number(sum).await, days, "each day is in one summary");
    // A kind without a set of its own: the position counts again, where the period ends.
    let removal = json!([
        { "person_id": id.to_string(), "valid_from": from },
        { "employment_kind": "part_time", "valid_from": "2026-03-17" } ]);
    assert_eq!(g.assign(removal).await, ["", ""]);
    assert_eq!(g.period(1, "2026-03").await, "2026-03-15..2026-04-14");
    let wrong = json!([
        { "position_id": "99", "valid_from": from }, { "valid_from": from },
        { "position_id": "1", "employment_kind": "intern", "valid_from": from } ]);
    assert_eq!(g.assign(wrong).await, ["group_not_found", "subject_invalid", "subject_invalid"]);
    let page = g.hr.get("/period-set-assignments?limit=3").await.ok();
    let next = page["next_cursor"].as_str().unwrap().to_owned();
    let rest = g.hr.get(&format!("/period-set-assignments?cursor={next}")).await.ok();
    let kinds = [texts(&page, "employment_kind"), texts(&rest, "employment_kind")].concat();
    assert_eq!(kinds, ["", "part_time", "part_time", "", ""]);
    // Groups concern everybody.
    let api = g.world.serve().await;
    let scope = ScopeChoice::Orgs(vec![g.orgs[0]]);
    let local = g.world.user(&api, "hr", None, scope).await;
    let body = json!({ "assignments": [ { "position_id": "1", "valid_from": "2026-05-01" } ] });
    let done = local.post("/period-set-assignments", body).await.ok();
    assert_eq!(done["items"][0]["code"], "everybody_required");
});

/// Another value of a dimension can be another period set.
async fn valued(world: World, silent: bool) {
    let g = company(world).await;
    let (app, all, once) = (&g.world.app, Scope::everybody(), Once::never());
    g.hr.post("/dimensions", json!({ "code": "region", "name": "区域" })).await.ok();
    let values =
        json!({ "values": [{ "code": "east", "name": "华东" }, { "code": "SH", "name": "上海" }] });
    g.hr.put("/dimensions/1/values", values).await.ok();
    let set = g.set("s10", 10).await.parse().unwrap();
    let row = PeriodAssignment {
        value: Some(vocabulary::DimensionValueId(
            g.world.number("SELECT id FROM dimension_value WHERE code = 'east'").await,
        )),
        valid_from: day("2026-03-01"),
        set: Some(vocabulary::PeriodSetId(set)),
        ..PeriodAssignment::default()
    };
    calendars::assign_period_sets(app, &me(), &all, &[row], &once).await.unwrap();
    g.drain().await;
    assert_eq!(g.period(1, "2026-03").await, "2026-03-01..2026-03-31");
    let give = |person: Option<PersonId>, org: Option<OrgId>| DimensionAssignment {
        dimension: "region".to_owned(),
        person,
        org,
        valid_from: day("2026-03-01"),
        value: Some("SH".to_owned()),
        removed: false,
    };
    let rows = [give(Some(g.people[1]), None), give(None, Some(g.orgs[1]))];
    let change = async {
        people::assign_dimensions(app, &me(), &all, &rows, &once).await.unwrap();
    };
    g.change("dimension", silent, change).await;
    assert_eq!(g.period(1, "2026-03").await, "2026-03-01..2026-03-31", "SH says nothing");
    // Now SH stands below the value that has the set: everybody with it follows.
    let body = json!({ "values": [{ "code": "SH", "parent": "east" }] });
    if silent {
        // Through the verb, so that the hooks of this task reach it.
        let rows = [people::ValueInput {
            code: "SH".to_owned(),
            name: None,
            place: people::ValuePlace::Below("east".to_owned()),
            active: None,
        }];
        let dimension = vocabulary::DimensionId(1);
        let change = async {
            people::put_values(app, &me(), dimension, &rows, &once).await.unwrap();
        };
        g.change("dimension", true, change).await;
    } else {
        g.hr.put("/dimensions/1/values", body).await.ok();
        g.drain().await;
    }
    let expected = if silent { "2026-03-01..2026-03-31" } else { "2026-03-10..2026-04-09" };
    assert_eq!(g.period(1, "2026-03").await, expected);
}

both!(a_period_set_follows_the_tree_of_values, |world| async move { valued(world, false).await });

both!(without_its_mark_no_period_follows_a_value, |world| async move {
    valued(world, true).await;
});
