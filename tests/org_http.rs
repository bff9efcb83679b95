use std::sync::Arc;

use kaoqin::base::failpoint::with_hooks;
use kaoqin::base::{Once, Query};
use kaoqin::identity::ScopeChoice;
use kaoqin::people::{self, OrgMove};
use kaoqin::{calendars, precompute};
use serde_json::{Value, json};
use vocabulary::{OrgId, PersonId};

use crate::both;
use crate::marks::Skip;
use crate::people::{day, group, marks, me, put, row};
use crate::people_http::texts;
use crate::precompute::worker;
use crate::rules_http::signed_in;
use crate::support::World;
use crate::support::api::{Answer, Api};

/// Group G with companies A (A1, A2) and B; one worker of A1 since 2026-03-01.
struct Group {
    world: World,
    hr: Api,
    orgs: Vec<OrgId>,
    person: PersonId,
}

async fn company(world: World) -> Group {
    let tx = world.app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let orgs = group(&world.app).await;
    let person = worker(&world, "1001").await;
    let hr = signed_in(&world, "hr", None).await;
    let g = Group { world, hr, orgs, person };
    let transfer = json!({ "version": g.version(person).await, "valid_from": "2026-03-01",
                           "org_code": "A1" });
    g.hr.post(&format!("/persons/{person}/transfers"), transfer).await.ok();
    g
}

impl Group {
    async fn version(&self, person: PersonId) -> i64 {
        self.world.number(&format!("SELECT version FROM person WHERE id = {person}")).await
    }

    async fn drain(&self) {
        precompute::tick(&self.world.app).await.unwrap();
        precompute::drain_all(&self.world.app).await.unwrap();
    }

    async fn unit(&self, i: usize, on: &str) -> Value {
        self.hr.get(&format!("/org-units/{}?on={on}", self.orgs[i])).await.ok()
    }

    async fn stated(&self, i: usize) -> i64 {
        let sql = format!("SELECT version FROM org_unit WHERE id = {}", self.orgs[i]);
        self.world.number(&sql).await
    }

    async fn moves(&self, i: usize, from: &str, parent: Option<&str>) -> Answer {
        let mut body = json!({ "version": self.stated(i).await, "valid_from": from });
        if let Some(parent) = parent {
            body["parent_code"] = json!(parent);
        }
        self.hr.post(&format!("/org-units/{}/moves", self.orgs[i]), body).await
    }

    async fn closes(&self, i: usize, last_day: Option<&str>) -> Answer {
        let mut body = json!({ "version": self.stated(i).await });
        if let Some(day) = last_day {
            body["last_day"] = json!(day);
        }
        self.hr.put(&format!("/org-units/{}/closing", self.orgs[i]), body).await
    }

    async fn changes(&self, i: usize, mut body: Value) -> Answer {
        body["version"] = json!(self.stated(i).await);
        self.hr.patch(&format!("/org-units/{}", self.orgs[i]), body).await
    }

    async fn path(&self, i: usize, on: &str) -> String {
        let path = format!("/org-units/{}/path?on={on}", self.orgs[i]);
        texts(&self.hr.get(&path).await.ok(), "code").join("/")
    }

    /// The dates of March that are listed for a department.
    async fn days_of(&self, i: usize) -> String {
        let query = format!("org_id={}&from=2026-03-01&to=2026-03-31&limit=100", self.orgs[i]);
        let dates = texts(&self.hr.get(&format!("/days?{query}")).await.ok(), "work_date");
        match (dates.first(), dates.last()) {
            (Some(first), Some(last)) => format!("{first}..{last}"),
            _ => String::new(),
        }
    }
}

both!(every_field_of_a_unit_is_dated, |world| async move {
    let g = company(world).await;
    let head = g.person.to_string();
    g.changes(
        3,
        json!({ "short_name": "甲一", "sort_order": 7, "head_id": head, "region": "上海",
        "cost_centre": "CC-1", "deputy_ids": [head] }),
    )
    .await
    .ok();
    g.changes(3, json!({ "valid_from": "2026-05-01", "sort_order": 1 })).await.ok();
    g.changes(3, json!({ "valid_from": "2026-04-01", "name": "新一部", "kind": "plant" }))
        .await
        .ok();
    let march = g.unit(3, "2026-03-31").await;
    assert_eq!((&march["name"], &march["kind"]), (&json!("单位A1"), &json!("department")));
    assert_eq!((&march["head_id"], &march["cost_centre"]), (&json!(head), &json!("CC-1")));
    assert_eq!((&march["deputy_ids"], &march["region"]), (&json!([head]), &json!("上海")));
    // The later change of the order does not bring the old name back.
    let may = g.unit(3, "2026-05-01").await;
    assert_eq!((&may["name"], &may["sort_order"]), (&json!("新一部"), &json!(1)));
    let events = format!("/org-units/{}/events", g.orgs[3]);
    let dates = texts(&g.hr.get(&events).await.ok(), "valid_from");
    assert_eq!(dates, ["2020-01-01", "2026-04-01", "2026-05-01"]);
    let found = |text: &str, on: &str| format!("/org-units?text={text}&on={on}");
    assert_eq!(texts(&g.hr.get(&found("新一", "2026-04-01")).await.ok(), "code"), ["A1"]);
    assert_eq!(texts(&g.hr.get(&found("新一", "2026-03-31")).await.ok(), "code"), [""; 0]);
    let led = format!("/org-units?leader_id={head}");
    assert_eq!(texts(&g.hr.get(&led).await.ok(), "code"), ["A1"]);
    let version = g.stated(3).await;
    g.hr.delete(&format!("{events}/2026-04-01?version={version}")).await.ok();
    assert_eq!(g.unit(3, "2026-05-01").await["name"], "单位A1");
    assert_eq!(g.unit(3, "2026-05-01").await["sort_order"], 1);
    let gone = g.hr.delete(&format!("{events}/2026-04-01?version={}", version + 1)).await;
    assert_eq!((gone.status, gone.code()), (404, "org_event_not_found"));
    for (body, code) in [
        (json!({ "name": " " }), "name_invalid"),
        (json!({ "code": "A" }), "code_taken"),
        (json!({ "head_id": "99999" }), "person_unknown"),
        (json!({ "valid_from": "2019-01-01", "name": "x" }), "outside_unit"),
        (json!({ "deputy_ids": [head, head] }), "too_many_deputies"),
    ] {
        assert_eq!(g.changes(3, body.clone()).await.code(), code, "{body}");
    }
    // Renumbered: everything refers to the id.
    g.changes(3, json!({ "code": "001001" })).await.ok();
    assert_eq!(g.path(3, "2026-03-10").await, "G/A/001001");
});

both!(results_of_last_month_follow_the_organisation_of_last_month, |world| async move {
    world.at("2026-03-20T12:00:00");
    let g = company(world).await;
    g.drain().await;
    assert_eq!(g.days_of(1).await, "2026-03-01..2026-03-20");
    assert_eq!(g.days_of(2).await, "");
    g.moves(3, "2026-03-11", Some("B")).await.ok();
    g.drain().await;
    assert_eq!(g.days_of(1).await, "2026-03-01..2026-03-10");
    assert_eq!(g.days_of(2).await, "2026-03-11..2026-03-20");
    assert_eq!(g.days_of(3).await, "2026-03-01..2026-03-20");
    assert_eq!(g.path(3, "2026-03-10").await, "G/A/A1");
    assert_eq!(g.path(3, "2026-03-11").await, "G/B/A1");
    let children = |parent: usize, on: &str| {
        format!("/org-unit-children?parent_id={}&on={on}", g.orgs[parent])
    };
    assert_eq!(texts(&g.hr.get(&children(1, "2026-03-10")).await.ok(), "code"), ["A1", "A2"]);
    assert_eq!(texts(&g.hr.get(&children(1, "2026-03-11")).await.ok(), "code"), ["A2"]);
    let under = |i: usize, on: &str| format!("/org-units?under={}&on={on}", g.orgs[i]);
    assert_eq!(texts(&g.hr.get(&under(2, "2026-03-10")).await.ok(), "code"), ["B"]);
    assert_eq!(texts(&g.hr.get(&under(2, "2026-03-11")).await.ok(), "code"), ["B", "A1"]);
    // Who sees B sees the person from the day of the move on.
    let api = g.world.serve().await;
    let local = g.world.user(&api, "hr", None, ScopeChoice::Orgs(vec![g.orgs[2]])).await;
    assert_eq!(texts(&local.get("/persons?on=2026-03-10").await.ok(), "number"), [""; 0]);
    assert_eq!(texts(&local.get("/persons?on=2026-03-11").await.ok(), "number"), ["1001"]);
    // Taken back, everything is as before.
    let path = format!("/org-units/{}/events/2026-03-11?version={}", g.orgs[3], g.stated(3).await);
    g.hr.delete(&path).await.ok();
    assert_eq!(g.days_of(1).await, "2026-03-01..2026-03-20");
    assert_eq!(g.path(3, "2026-03-11").await, "G/A/A1");
});

both!(a_unit_never_stands_below_itself_on_any_date, |world| async move {
    let g = company(world).await;
    assert_eq!(g.moves(1, "2026-04-01", Some("A1")).await.code(), "org_below_itself");
    assert_eq!(g.moves(1, "2026-04-01", Some("A")).await.code(), "org_below_itself");
    g.moves(3, "2026-05-01", Some("B")).await.ok();
    // A may stand below A1 only once A1 has left it, and A2 comes along.
    assert_eq!(g.moves(1, "2026-04-30", Some("A1")).await.code(), "org_below_itself");
    g.moves(1, "2026-05-01", Some("A1")).await.ok();
    assert_eq!(g.path(4, "2026-04-30").await, "G/A/A2");
    assert_eq!(g.path(4, "2026-05-01").await, "G/B/A1/A/A2");
    // Then the move of A1 cannot be taken back.
    let path = format!("/org-units/{}/events/2026-05-01?version={}", g.orgs[3], g.stated(3).await);
    assert_eq!(g.hr.delete(&path).await.code(), "org_below_itself");
    // Below something that does not exist yet nothing can stand.
    let early = g.moves(3, "2026-03-01", Some("A2")).await;
    assert_eq!((early.status, early.code()), (422, "org_not_in_effect"));
    let stale = json!({ "version": 1, "valid_from": "2026-06-01", "parent_code": "G" });
    let stale = g.hr.post(&format!("/org-units/{}/moves", g.orgs[3]), stale).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let rows = g.world.number("SELECT COUNT(*) FROM org_closure WHERE distance < 0").await;
    assert_eq!(rows, 0);
});

both!(two_moves_at_the_same_time_make_no_circle, |world| async move {
    let g = company(world).await;
    for _ in 0..4 {
        let (one, two) =
            tokio::join!(g.moves(1, "2026-06-01", Some("B")), g.moves(2, "2026-06-01", Some("A")));
        let both = [one.status, two.status];
        assert!(both == [200, 422] || both == [422, 200], "{both:?}");
        for (i, answer) in [(1, one), (2, two)] {
            if answer.status == 200 {
                let version = g.stated(i).await;
                let path = format!("/org-units/{}/events/2026-06-01?version={version}", g.orgs[i]);
                g.hr.delete(&path).await.ok();
            }
        }
    }
});

both!(a_unit_in_use_cannot_be_closed, |world| async move {
    let g = company(world).await;
    let refused = g.closes(3, Some("2026-03-31")).await;
    assert_eq!((refused.status, refused.code()), (422, "org_has_staff"));
    assert_eq!(g.closes(1, Some("2026-03-31")).await.code(), "org_has_child");
    g.changes(4, json!({ "valid_from": "2026-06-01", "name": "后来" })).await.ok();
    assert_eq!(g.closes(4, Some("2026-03-31")).await.code(), "org_has_events");
    assert_eq!(g.closes(4, Some("2026-01-31")).await.code(), "outside_unit");
    // The last one leaves on the last day: closed from the next on.
    let path = format!("/persons/{}/leaving", g.person);
    let leaves = json!({ "version": g.version(g.person).await, "left_on": "2026-03-31" });
    g.hr.put(&path, leaves).await.ok();
    assert_eq!(g.closes(3, Some("2026-03-30")).await.code(), "org_has_staff");
    let closed = g.closes(3, Some("2026-03-31")).await.ok();
    assert_eq!(closed["valid_to"], "2026-03-31");
    assert_eq!(
        texts(&g.hr.get("/org-units?on=2026-04-01").await.ok(), "code"),
        ["G", "A", "B", "A2"]
    );
    let all = g.hr.get("/org-units?on=2026-04-01&closed=true").await.ok();
    assert_eq!(texts(&all, "code"), ["G", "A", "B", "A1", "A2"]);
    assert_eq!(g.path(3, "2026-03-31").await, "G/A/A1");
    // Nobody comes into a unit that closes, and nothing stands below it afterwards.
    let (app, hired) = (&g.world.app, day("2026-03-05"));
    put(app, &[row("E9", "2026-03-05", Some(g.orgs[2]))]).await;
    let nine = g.world.number("SELECT id FROM person WHERE number = 'E9'").await;
    let transfer = json!({ "version": 1, "valid_from": "2026-03-20", "org_code": "A1" });
    let refused = g.hr.post(&format!("/persons/{nine}/transfers"), transfer).await;
    assert_eq!((refused.status, refused.code()), (422, "org_closes"), "hired {hired}");
    assert_eq!(g.moves(2, "2026-03-20", Some("A1")).await.code(), "org_not_in_effect");
    let open = g.closes(3, None).await.ok();
    assert_eq!(open["valid_to"], Value::Null);
});

both!(units_are_put_by_the_thousand_in_any_order, |world| async move {
    let g = company(world).await;
    let mut rows: Vec<Value> = (0..1200)
        .rev()
        .map(|n| {
            let parent = if n < 20 { "G".to_owned() } else { format!("D{:04}", n / 20) };
            json!({ "code": format!("D{n:04}"), "valid_from": "2026-01-01", "kind": "department",
                    "name": format!("部门{n}"), "parent_code": parent, "sort_order": n })
        })
        .collect();
    rows.push(json!({ "code": "D0001", "valid_from": "2026-03-01", "parent_code": "B" }));
    rows.push(json!({ "code": "D0002", "valid_from": "2026-03-01", "parent_code": "D0050" }));
    rows.push(json!({ "code": "X", "valid_from": "2026-03-01", "name": "x", "parent_code": "Y" }));
    rows.push(json!({ "code": "Z", "valid_from": "2026-03-01", "parent_code": "G" }));
    rows.push(json!({ "code": "A1", "valid_from": "2026-03-01", "last_day": "2026-03-31" }));
    rows.push(json!({ "code": "D1199", "valid_from": "2026-03-01", "last_day": "2026-04-30" }));
    let body = json!({ "units": rows });
    let done = g.hr.put("/org-units", body.clone()).await.ok();
    let outcomes = texts(&done, "outcome");
    assert!(outcomes[..1201].iter().all(|o| o == "accepted"), "{outcomes:?}");
    let codes = ["org_below_itself", "org_unknown", "name_required", "org_has_staff", ""];
    assert_eq!(texts(&done, "code")[1201..], codes);
    assert_eq!(g.world.number("SELECT COUNT(*) FROM org_unit").await, 1205);
    let audits = g.world.number("SELECT COUNT(*) FROM audit").await;
    let again = g.hr.put("/org-units", body).await.ok();
    assert!(texts(&again, "outcome")[..1201].iter().all(|o| o == "duplicate"));
    assert_eq!(g.world.number("SELECT COUNT(*) FROM audit").await, audits, "nothing changed");
    let sql = "SELECT COUNT(*) FROM org_closure c JOIN org_unit o ON o.id = c.ancestor_id \
               WHERE o.code = 'B' AND c.valid_from = '2026-03-01'";
    assert_eq!(g.world.number(sql).await, 421, "D0001 with all below");
    let closed = g.hr.get("/org-units?code=D1199").await.ok();
    assert_eq!(closed["items"][0]["valid_to"], "2026-04-30");
});

both!(who_sees_a_part_changes_that_part, |world| async move {
    let g = company(world).await;
    let api = g.world.serve().await;
    let local = g.world.user(&api, "hr", None, ScopeChoice::Orgs(vec![g.orgs[1]])).await;
    let path = |i: usize| format!("/org-units/{}", g.orgs[i]);
    let body = json!({ "version": 1, "name": "x" });
    assert_eq!(local.patch(&path(2), body).await.status, 404);
    let out = json!({ "version": 1, "valid_from": "2026-04-01", "parent_code": "B" });
    assert_eq!(local.post(&format!("{}/moves", path(3)), out).await.code(), "org_unknown");
    let top = json!({ "version": 1, "valid_from": "2026-04-01" });
    assert_eq!(local.post(&format!("{}/moves", path(3)), top).await.code(), "parent_required");
    let rows = json!({ "units": [
        { "code": "A3", "valid_from": "2026-03-01", "name": "三部", "parent_code": "A" },
        { "code": "A31", "valid_from": "2026-03-01", "name": "三部一组", "parent_code": "A3" },
        { "code": "B", "valid_from": "2026-03-01", "name": "x" },
        { "code": "T", "valid_from": "2026-03-01", "name": "顶" },
        { "code": "B1", "valid_from": "2026-03-01", "name": "x", "parent_code": "B" } ] });
    let done = local.put("/org-units", rows).await.ok();
    let codes = ["", "", "code_taken", "parent_required", "org_unknown"];
    assert_eq!(texts(&done, "code"), codes);
});

/// The marks of a move: everybody below the unit from two days before its date on.
async fn moved(world: World, silent: bool) {
    world.at("2026-03-20T12:00:00");
    let g = company(world).await;
    g.drain().await;
    let app = &g.world.app;
    let (all, never) = (kaoqin::base::Scope::everybody(), Once::never());
    let to = OrgMove { version: 1, valid_from: day("2026-03-11"), parent: Some("B".to_owned()) };
    let actor = me();
    let change = people::move_org_unit(app, &actor, &all, g.orgs[3], &to, &never);
    if silent {
        with_hooks(Arc::new(Skip("org")), change).await.unwrap();
        assert_eq!(marks(app).await, [""; 0]);
    } else {
        change.await.unwrap();
        assert_eq!(marks(app).await, [format!("{} 2026-03-09.. org", g.person)]);
    }
}

both!(a_move_marks_everybody_below, |world| async move { moved(world, false).await });

both!(without_its_mark_a_move_says_nothing, |world| async move { moved(world, true).await });

both!(units_of_before_have_their_first_version, |world| async move {
    // What is written by hand without a version is still listed and can be changed.
    let app = &world.app;
    let tx = app.db.begin().await.unwrap();
    tx.run(
        "INSERT INTO org_unit (code, name, kind, valid_from) VALUES ('Q', '旧', 'company', '2020-01-01')",
        vec![],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let hr = signed_in(&world, "hr", None).await;
    let found = hr.get("/org-units?code=Q").await.ok();
    assert_eq!(texts(&found, "name"), ["旧"]);
    let path = format!("/org-units/{}", found["items"][0]["id"].as_str().unwrap());
    let body = json!({ "version": 1, "valid_from": "2026-03-01", "name": "新" });
    assert_eq!(hr.patch(&path, body).await.ok()["name"], "新");
    assert_eq!(hr.get(&format!("{path}?on=2026-02-28")).await.ok()["name"], "旧");
});
