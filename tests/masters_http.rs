use std::sync::Arc;

use kaoqin::base::failpoint::with_hooks;
use kaoqin::base::{Once, Scope};
use kaoqin::identity::ScopeChoice;
use kaoqin::people::{self, Put, TeamAssignment};
use serde_json::{Value, json};
use vocabulary::{OrgId, PersonId};

use crate::both;
use crate::marks::Skip;
use crate::people::{day, group, marks, me, put, row, settle};
use crate::people_http::texts;
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

/// Group G with A (A1, A2) and B; somebody in A1, in A2 from 2026-03-05, in B.
struct Staff {
    world: World,
    hr: Api,
    orgs: Vec<OrgId>,
    people: Vec<PersonId>,
}

async fn staff(world: World) -> Staff {
    register_concern();
    let orgs = group(&world.app).await;
    let rows = [
        row("E1", "2026-01-05", Some(orgs[3])),
        row("E2", "2026-03-05", Some(orgs[4])),
        row("E3", "2026-01-05", Some(orgs[2])),
    ];
    let people = put(&world.app, &rows).await.iter().filter_map(Put::id).collect();
    let hr = signed_in(&world, "hr", None).await;
    Staff { world, hr, orgs, people }
}

impl Staff {
    /// Gives rows `[dimension, person or org, date, value]` and expects each outcome.
    async fn assign(&self, api: &Api, rows: &[(Subject, &str, Option<&str>)]) -> Value {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(subject, from, value)| {
                let mut row = json!({ "dimension": "region", "valid_from": from });
                match subject {
                    Subject::Org(i) => row["org_id"] = json!(self.orgs[*i].to_string()),
                    Subject::Person(i) => row["person_id"] = json!(self.people[*i].to_string()),
                }
                if let Some(value) = value {
                    row["value"] = json!(value);
                }
                row
            })
            .collect();
        api.put("/dimension-assignments", json!({ "assignments": rows })).await.ok()
    }

    /// Numbers with the code of their value, as `E1 SH own`.
    async fn members(&self, query: &str) -> Vec<String> {
        let page = self.hr.get(&format!("/dimensions/1/members?{query}")).await.ok();
        let line = |m: &Value| {
            let value = m["value"].as_str().unwrap_or("-");
            let own = if m["own"] == true { " own" } else { "" };
            format!("{} {value}{own}", m["number"].as_str().unwrap())
        };
        page["items"].as_array().unwrap().iter().map(line).collect()
    }

    async fn regions(&self) {
        let body = json!({ "code": "region", "name": "区域" });
        assert_eq!(self.hr.post("/dimensions", body).await.ok()["id"], "1");
        // A child may stand before its parent.
        let values = json!({ "values": [
            { "code": "SH", "name": "上海", "parent": "east" }, { "code": "east", "name": "华东" },
            { "code": "BJ", "name": "北京" }, { "code": "x", "name": "x", "parent": "nowhere" } ] });
        let done = self.hr.put("/dimensions/1/values", values.clone()).await.ok();
        assert_eq!(texts(&done, "outcome"), ["accepted", "accepted", "accepted", "rejected"]);
        assert_eq!(done["items"][3]["code"], "parent_unknown");
        let again = self.hr.put("/dimensions/1/values", values).await.ok();
        assert_eq!(texts(&again, "outcome"), ["duplicate", "duplicate", "duplicate", "rejected"]);
    }
}

#[derive(Clone, Copy)]
enum Subject {
    Org(usize),
    Person(usize),
}

use Subject::{Org, Person};

both!(a_value_is_inherited_downward_until_somebody_has_his_own, |world| async move {
    let s = staff(world).await;
    s.regions().await;
    let done = s
        .assign(
            &s.hr,
            &[
                (Org(0), "2026-01-01", Some("east")),
                (Org(1), "2026-03-01", Some("SH")),
                (Org(1), "2026-03-20", None),
                (Person(0), "2026-03-10", Some("BJ")),
                (Person(0), "2026-03-12", None),
                (Person(1), "2026-03-05", Some("nobody")),
            ],
        )
        .await;
    assert_eq!(texts(&done, "outcome")[..5], ["accepted"; 5]);
    assert_eq!(done["items"][5]["code"], "dimension_value_unknown");
    assert_eq!(s.members("on=2026-02-28").await, ["E1 east", "E3 east"], "E2 is not there yet");
    assert_eq!(s.members("on=2026-03-09").await, ["E1 SH", "E2 SH", "E3 east"]);
    assert_eq!(s.members("on=2026-03-10").await, ["E1 BJ own", "E2 SH", "E3 east"]);
    assert_eq!(s.members("on=2026-03-12").await, ["E1 SH", "E2 SH", "E3 east"]);
    assert_eq!(s.members("on=2026-03-20").await, ["E1 east", "E2 east", "E3 east"]);
    // A value is asked for with what lies below it.
    let east = s.world.number("SELECT id FROM dimension_value WHERE code = 'east'").await;
    let found = s.members(&format!("on=2026-03-10&value_id={east}")).await;
    assert_eq!(found, ["E2 SH", "E3 east"]);
    assert_eq!(s.members("on=2026-03-10&limit=1").await, ["E1 BJ own"]);
    let all = people::dimensions_of(s.world.app.db.read(), &s.people, day("2026-03-10")).await;
    let all = all.unwrap();
    assert_eq!(all.len(), 3);
    assert_ne!(all[&s.people[0]], all[&s.people[1]]);

    // As entries, all and as of a date.
    let page = s.hr.get("/dimension-assignments?limit=2").await.ok();
    assert_eq!(texts(&page, "value"), ["east", "SH"]);
    let next = page["next_cursor"].as_str().unwrap();
    let page = s.hr.get(&format!("/dimension-assignments?cursor={next}")).await.ok();
    assert_eq!(texts(&page, "valid_from"), ["2026-03-20", "2026-03-10", "2026-03-12"]);
    let page = s.hr.get("/dimension-assignments?on=2026-03-11").await.ok();
    assert_eq!(texts(&page, "value"), ["east", "SH", "BJ"]);
    // An entry that was wrong is taken back.
    let id = s.people[0].to_string();
    let removal = json!({ "assignments": [ { "dimension": "region", "person_id": id,
        "valid_from": "2026-03-10", "remove": true } ] });
    s.hr.put("/dimension-assignments", removal).await.ok();
    assert_eq!(s.members("on=2026-03-10").await, ["E1 SH", "E2 SH", "E3 east"]);
});

both!(values_are_given_within_ones_scope_and_only_while_they_are_active, |world| async move {
    let s = staff(world).await;
    s.regions().await;
    let api = s.world.serve().await;
    let local = s.world.user(&api, "hr", None, ScopeChoice::Orgs(vec![s.orgs[1]])).await;
    let rows = [
        (Org(3), "2026-03-01", Some("SH")),
        (Org(2), "2026-03-01", Some("SH")),
        (Person(0), "2026-03-01", Some("SH")),
        (Person(2), "2026-03-01", Some("SH")),
    ];
    let done = s.assign(&local, &rows).await;
    assert_eq!(texts(&done, "code"), ["", "org_not_found", "", "person_not_found"]);
    let seen = local.get("/dimension-assignments").await.ok();
    assert_eq!(seen["items"].as_array().unwrap().len(), 2);
    let seen = local.get("/dimensions/1/members?on=2026-03-06").await.ok();
    assert_eq!(texts(&seen, "number"), ["E1", "E2"]);

    let values = s.hr.get("/dimensions/1/values?text=sh").await.ok();
    let id = values["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/dimensions/1/values/{id}");
    let off = s.hr.patch(&path, json!({ "version": 1, "active": false })).await.ok();
    assert_eq!((&off["active"], &off["version"]), (&json!(false), &json!(2)));
    let done = s.assign(&s.hr, &[(Person(0), "2026-03-08", Some("SH"))]).await;
    assert_eq!(done["items"][0]["code"], "not_active");
    // What was given before stays.
    assert_eq!(s.members("on=2026-03-09").await[0], "E1 SH own");
    let stale = s.hr.patch(&path, json!({ "version": 1, "name": "沪" })).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let east = s.hr.get("/dimensions/1/values?text=east").await.ok();
    let east = format!("/dimensions/1/values/{}", east["items"][0]["id"].as_str().unwrap());
    let circle = s.hr.patch(&east, json!({ "version": 1, "parent": "SH" })).await;
    assert_eq!((circle.status, circle.code()), (422, "value_below_itself"));
});

both!(teams_cross_departments_and_their_members_are_dated, |world| async move {
    let s = staff(world).await;
    let made = s.hr.post("/teams", json!({ "code": "A", "name": "甲班" })).await.ok();
    assert_eq!(s.hr.get("/teams/1").await.ok(), made);
    s.hr.post("/teams", json!({ "code": "B", "name": "乙班" })).await.ok();
    let entry = |p: usize, from: &str, team: Option<&str>| {
        let mut row = json!({ "person_id": s.people[p].to_string(), "valid_from": from });
        if let Some(team) = team {
            row["team"] = json!(team);
        }
        row
    };
    let rows = json!({ "members": [
        entry(0, "2026-03-01", Some("A")), entry(2, "2026-03-01", Some("A")),
        entry(0, "2026-03-09", Some("B")), entry(2, "2026-03-20", None),
        entry(1, "2026-03-05", Some("Z")), entry(0, "2026-03-01", Some("B")) ] });
    let done = s.hr.put("/team-members", rows).await.ok();
    assert_eq!(texts(&done, "code"), ["", "", "", "", "team_unknown", "row_repeated"]);
    let on = |date: &str| format!("/team-members?on={date}&team_id=1");
    assert_eq!(texts(&s.hr.get(&on("2026-03-08")).await.ok(), "number"), ["E1", "E3"]);
    assert_eq!(texts(&s.hr.get(&on("2026-03-09")).await.ok(), "number"), ["E3"]);
    assert_eq!(texts(&s.hr.get(&on("2026-03-20")).await.ok(), "number"), [""; 0]);
    let line = format!("/team-members?person_id={}", s.people[0]);
    assert_eq!(texts(&s.hr.get(&line).await.ok(), "team"), ["A", "B"]);
    // Who left a team can be put into another, but nobody into one that is closed.
    s.hr.patch("/teams/2", json!({ "version": 1, "active": false })).await.ok();
    let late = json!({ "members": [entry(2, "2026-04-01", Some("B"))] });
    assert_eq!(s.hr.put("/team-members", late).await.ok()["items"][0]["code"], "not_active");
    assert_eq!(texts(&s.hr.get("/teams?active=true").await.ok(), "code"), ["A"]);
});

both!(positions_are_put_by_code_a_thousand_at_once, |world| async move {
    let s = staff(world).await;
    let made = json!({ "code": "leader", "name": "组长", "grade": 20 });
    let first = s.hr.post_once("/positions", "k", made.clone()).await.ok();
    assert_eq!(s.hr.post_once("/positions", "k", made.clone()).await.ok(), first);
    let twice = s.hr.post("/positions", made).await;
    assert_eq!((twice.status, twice.code()), (409, "code_taken"));
    let mut rows: Vec<Value> = (0..1000)
        .map(|n| json!({ "code": format!("P{n:04}"), "name": format!("岗位{n}"), "grade": n % 50 }))
        .collect();
    rows.push(json!({ "code": "a b", "name": "x" }));
    rows.push(json!({ "code": "new" }));
    rows.push(json!({ "code": "P0000", "name": "x" }));
    rows.push(json!({ "code": "high", "name": "x", "grade": 5000 }));
    let body = json!({ "positions": rows });
    let done = s.hr.put("/positions", body.clone()).await.ok();
    assert!(texts(&done, "outcome")[..1000].iter().all(|o| o == "accepted"));
    let codes = ["code_invalid", "name_required", "row_repeated", "grade_invalid"];
    assert_eq!(texts(&done, "code")[1000..], codes);
    let audits = s.world.number("SELECT COUNT(*) FROM audit").await;
    let again = s.hr.put("/positions", body).await.ok();
    assert!(texts(&again, "outcome")[..1000].iter().all(|o| o == "duplicate"));
    assert_eq!(s.world.number("SELECT COUNT(*) FROM audit").await, audits, "nothing changed");
    // The code may change: everything refers to the id.
    let changed = json!({ "version": 1, "code": "head", "grade": 25 });
    let head = s.hr.patch("/positions/1", changed).await.ok();
    assert_eq!(
        (&head["code"], &head["name"], &head["grade"]),
        (&json!("head"), &json!("组长"), &json!(25))
    );
    let taken = s.hr.patch("/positions/1", json!({ "version": 2, "code": "P0001" })).await;
    assert_eq!((taken.status, taken.code()), (409, "code_taken"));
    let page = s.hr.get("/positions?text=p09&limit=500").await.ok();
    assert_eq!(page["items"].as_array().unwrap().len(), 100);
    let missing = s.hr.get("/positions/999999").await;
    assert_eq!((missing.status, missing.code()), (404, "position_not_found"));
});

/// Who comes into another team is rostered with it up to his next entry.
async fn joins(world: World, silent: bool) {
    let s = staff(world).await;
    let (app, all, once) = (&s.world.app, Scope::everybody(), Once::never());
    s.hr.post("/teams", json!({ "code": "A", "name": "甲班" })).await.ok();
    settle(app).await;
    let row = |from: &str, team: Option<&str>| TeamAssignment {
        person: s.people[0],
        valid_from: day(from),
        team: team.map(str::to_owned),
        removed: false,
    };
    let rows = [row("2026-03-10", Some("A")), row("2026-03-20", None)];
    let actor = me();
    let change = people::assign_teams(app, &actor, &all, &rows, &once);
    if silent {
        with_hooks(Arc::new(Skip("team_roster")), change).await.unwrap();
        assert_eq!(marks(app).await, [""; 0]);
    } else {
        change.await.unwrap();
        let who = s.people[0];
        let expected = [
            format!("{who} 2026-03-08..2026-03-21 team_roster"),
            format!("{who} 2026-03-18.. team_roster"),
        ];
        assert_eq!(marks(app).await, expected);
    }
}

both!(another_team_marks_its_dates, |world| async move { joins(world, false).await });

both!(without_its_mark_another_team_says_nothing, |world| async move { joins(world, true).await });
