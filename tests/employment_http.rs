//! Life cycle (domain 4) from outside: events, transfers, removal, approval, reminders.

use kaoqin::employment;
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute::{self, RebuildArgs};
use kaoqin::punches::{self, Urgency};
use serde_json::{Value, json};
use vocabulary::PersonId;

use crate::both;
use crate::people::day;
use crate::people_http::texts;
use crate::support::api::Api;
use crate::support::{World, tapped};

/// Two people with February and the first half of March computed, on 2026-03-27.
struct Plant {
    world: World,
    hr: Api,
    people: Vec<PersonId>,
}

async fn plant(world: World) -> Plant {
    let plant = quiet(world).await;
    plant.world.lives(&plant.people, "2026-02-02", "2026-03-26").await;
    plant.drain().await;
    plant
}

/// The same without punches.
async fn quiet(world: World) -> Plant {
    world.at("2026-03-27T12:00:00");
    let people = world.staff(2).await;
    let api = world.serve().await;
    let hr = world.user(&api, "admin", None, ScopeChoice::All).await;
    let plant = Plant { world, hr, people };
    plant.drain().await;
    plant
}

impl Plant {
    async fn drain(&self) {
        precompute::tick(&self.world.app).await.unwrap();
        precompute::drain_all(&self.world.app).await.unwrap();
    }

    fn one(&self) -> PersonId {
        self.people[0]
    }

    async fn event(&self, body: Value) -> Value {
        let path = format!("/persons/{}/employment-events", self.one());
        self.hr.post(&path, body).await.ok()
    }

    async fn remove(&self, event: &Value) -> Value {
        let path = format!("/employment-events/{}/removal", event["id"].as_str().unwrap());
        let body = json!({ "version": event["version"], "reason": "录入错误" });
        self.hr.post(&path, body).await.ok()
    }

    /// Dates and hashes of one person.
    async fn stored(&self) -> Vec<(String, i64)> {
        let mut found = Vec::new();
        for n in 1..=28 + 27 {
            let date = day("2026-01-31").plus(n);
            let sql = format!(
                "SELECT COALESCE(MAX(hash), 0) FROM day_result \
                 WHERE person_id = {} AND work_date = '{date}'",
                self.one()
            );
            found.push((date.to_string(), self.world.number(&sql).await));
        }
        found
    }

    /// Nothing waits and everything stored is what the facts give.
    async fn clean(&self) -> bool {
        let args = RebuildArgs {
            from: day("2026-02-01"),
            to: day("2026-04-30"),
            scope: Vec::new(),
            check: true,
            drain: false,
            report: None,
        };
        let done = precompute::rebuild(&self.world.app, &args).await.unwrap();
        let marks = self.world.number("SELECT COUNT(*) FROM dirty_mark").await;
        done.status() == 0 && marks == 0
    }

    async fn detail(&self, on: &str) -> Value {
        self.hr.get(&format!("/persons/{}?on={on}", self.one())).await.ok()
    }
}

fn changed(a: &[(String, i64)], b: &[(String, i64)]) -> Vec<String> {
    let pairs = a.iter().zip(b).filter(|(x, y)| x.1 != y.1);
    pairs.map(|(x, _)| x.0.clone()).collect()
}

// kimai#5643 "Employment contract - different working hours for the same user over time": a change rewrites the past
both!(
    a_transfer_three_weeks_late_changes_exactly_its_days_and_removing_it_restores_them,
    |world| async move {
        let p = plant(world).await;
        p.world.position("ZG", 3).await;
        let before = p.stored().await;
        let transfer = p
            .event(json!({ "version": 1, "kind": "transfer", "on": "2026-03-06", "org_code": "B",
                           "position_code": "ZG", "employment_kind": "part_time",
                           "reason": "补录" }))
            .await;
        assert_eq!(
            (transfer["state"].as_str(), transfer["seq"].as_i64()),
            (Some("effective"), Some(1))
        );
        p.drain().await;
        let after = p.stored().await;
        let dates: Vec<String> =
            day("2026-03-06").through(day("2026-03-27")).map(|d| d.to_string()).collect();
        assert_eq!(changed(&before, &after), dates, "exactly from its date on");
        assert!(p.clean().await);
        // As of the date: filters see the position and the kind of the day.
        let list = async |query: &str| {
            let path = format!("/days?from=2026-03-05&to=2026-03-06&{query}");
            texts(&p.hr.get(&path).await.ok(), "work_date")
        };
        assert_eq!(list("employment_kind=part_time").await, ["2026-03-06"]);
        let id = p.world.number("SELECT id FROM position").await;
        assert_eq!(list(&format!("position_id={id}")).await, ["2026-03-06"]);
        let sums = p.hr.get(&format!("/period-summaries?period=2026-03&position_id={id}")).await;
        assert_eq!(texts(&sums.ok(), "employment_kind"), ["part_time"]);

        let gone = p.remove(&transfer).await;
        assert_eq!(gone["state"], "removed");
        p.drain().await;
        assert_eq!(p.stored().await, before, "as if it had never been");
        assert!(p.clean().await);
    }
);

both!(a_removal_behind_a_later_event_or_a_locked_period_is_a_reversal, |world| async move {
    let p = plant(world).await;
    let to = |on: &str, org: &str| json!({ "kind": "transfer", "on": on, "org_code": org });
    let first = p.event(to("2026-03-06", "B")).await;
    let second = p.event(to("2026-03-16", "A")).await;
    let gone = p.remove(&first).await;
    assert_eq!(gone["state"], "reversed");
    let path = format!("/persons/{}/employment-events", p.one());
    let events = p.hr.get(&path).await.ok();
    let last = events["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["kind"].as_str(), &last["reverses_id"]), (Some("reversal"), &first["id"]));
    let detail = p.detail("2026-03-10").await;
    assert_eq!(detail["person"]["org_code"], "A", "the first transfer counts no more");
    let stays =
        p.hr.post(
            &format!("/employment-events/{}/removal", last["id"].as_str().unwrap()),
            json!({ "version": 1, "reason": "又错了" }),
        )
        .await;
    assert_eq!((stays.status, stays.code()), (409, "event_stays"));
    assert_eq!(p.remove(&second).await["state"], "removed", "nothing followed");

    // Into a locked period: reversed, and the difference is posted to the open one.
    p.drain().await;
    let freeze =
        p.event(json!({ "kind": "freeze", "on": "2026-03-09", "until": "2026-03-13" })).await;
    p.drain().await;
    p.world.at("2026-04-02T09:00:00");
    p.world.lock("2026-03").await;
    let api = p.world.serve().await;
    let hr = p.world.user(&api, "admin", None, ScopeChoice::All).await;
    let p = Plant { hr, ..p };
    let frozen = "SELECT COUNT(*) FROM day_result WHERE due_tenths = 0 AND person_id = 1 \
                  AND work_date BETWEEN '2026-03-09' AND '2026-03-13'";
    let before = p.world.number(frozen).await;
    assert_eq!(p.remove(&freeze).await["state"], "reversed");
    p.drain().await;
    let lines = "SELECT COUNT(*) FROM adjustment WHERE item = 'due_tenths' AND delta = 4800";
    assert_eq!(p.world.number(lines).await, 5, "five working days were frozen");
    assert_eq!(p.world.number(frozen).await, before, "what is locked stays");
    assert!(p.clean().await);
});

both!(example_e1_a_night_shift_keeps_the_scheme_and_department_of_its_date, |world| async move {
    let p = quiet(world).await;
    let one = p.one();
    let night = json!({ "segments": [{ "start": "22:00", "end": "30:00" }] });
    crate::shifts::publish(&p.world.app, "N", "2026-01-01", night).await.unwrap();
    let cell =
        |date: &str| json!({ "person_id": one, "date": date, "kind": "shifts", "shifts": ["N"] });
    let cells = json!({ "cells": [cell("2026-03-05"), cell("2026-03-06")] });
    p.hr.put("/roster/cells", cells).await.ok();
    let walls = [
        "2026-03-05T21:55:00",
        "2026-03-06T06:02:00",
        "2026-03-06T21:57:00",
        "2026-03-07T06:01:00",
    ];
    let taps: Vec<_> = walls.iter().map(|w| tapped(one, w.parse().unwrap())).collect();
    let tx = p.world.app.db.begin().await.unwrap();
    punches::insert(&tx, &taps, Urgency::Now, p.world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let before = p.hr.get(&format!("/persons/{one}/transfer-form?on=2026-03-06")).await.ok();
    assert_eq!(before["before"]["org_code"], "A");
    assert_eq!(before["before"]["scheme_code"], "S1");
    let moved = json!({ "version": 1, "valid_from": "2026-03-06", "org_code": "B",
                        "scheme_code": "S2" });
    p.hr.post(&format!("/persons/{one}/transfers"), moved).await.ok();
    p.drain().await;
    let days = p.hr.get(&format!("/persons/{one}/days?from=2026-03-05&to=2026-03-06")).await.ok();
    let of = |i: usize, key: &str| days["items"][i][key].as_str().unwrap().to_owned();
    assert_ne!(of(0, "scheme_id"), of(1, "scheme_id"));
    assert_ne!(of(0, "org_id"), of(1, "org_id"));
    assert_eq!(days["items"][0]["regular_minutes"], 480, "the whole night belongs to its date");
    let form = p.hr.get(&format!("/persons/{one}/transfer-form?on=2026-03-06")).await.ok();
    assert_eq!(form["before"]["scheme_code"], "S1", "read from the timeline of the day before");
    assert_eq!(
        (&form["after"]["org_code"], &form["after"]["scheme_code"]),
        (&json!("B"), &json!("S2"))
    );
    let copy =
        p.hr.get(&format!("/persons/{one}/transfer-form?on=2026-03-06&copy=true")).await.ok();
    assert_eq!(
        (&copy["after"]["org_code"], &copy["after"]["scheme_code"]),
        (&json!("A"), &json!("S1"))
    );
    // Removing the transfer removes the scheme with it.
    let events = p.hr.get(&format!("/persons/{one}/employment-events")).await.ok();
    let transfer = events["items"].as_array().unwrap().last().unwrap().clone();
    p.remove(&transfer).await;
    let form = p.hr.get(&format!("/persons/{one}/transfer-form?on=2026-03-07")).await.ok();
    assert_eq!(
        (&form["after"]["org_code"], &form["after"]["scheme_code"]),
        (&json!("A"), &json!("S1"))
    );
    p.drain().await;
    assert!(p.clean().await);
});

both!(example_e2_frozen_from_the_tenth_to_the_nineteenth, |world| async move {
    let p = plant(world).await;
    p.event(json!({ "kind": "freeze", "on": "2026-03-10" })).await;
    p.event(json!({ "kind": "unfreeze", "on": "2026-03-20" })).await;
    p.drain().await;
    let detail = p.detail("2026-03-19").await;
    assert_eq!(detail["person"]["state"], "frozen");
    assert_eq!(detail["freezes"], json!([{ "from": "2026-03-10", "to": "2026-03-19" }]));
    assert_eq!(p.detail("2026-03-20").await["person"]["state"], "active");
    let sql = "SELECT COUNT(*) FROM day_result WHERE person_id = 1 AND due_tenths > 0 \
               AND work_date BETWEEN '2026-03-10' AND '2026-03-19'";
    assert_eq!(p.world.number(sql).await, 0, "ten days without due time");
    let path = "/exceptions?from=2026-03-09&to=2026-03-20&person_id=1&code=punch_while_frozen";
    assert!(!texts(&p.hr.get(path).await.ok(), "work_date").is_empty());
    let twentieth =
        "SELECT due_tenths FROM day_result WHERE person_id = 1 AND work_date = '2026-03-20'";
    assert_eq!(p.world.number(twentieth).await, 4800, "evaluated again");
    assert!(p.clean().await);
});

both!(of_several_events_on_one_date_the_last_wins, |world| async move {
    let p = plant(world).await;
    let to = |org: &str| json!({ "kind": "transfer", "on": "2026-03-16", "org_code": org });
    let first = p.event(to("B")).await;
    let second = p.event(to("A")).await;
    assert_eq!((first["seq"].as_i64(), second["seq"].as_i64()), (Some(1), Some(2)));
    assert_eq!(p.detail("2026-03-16").await["person"]["org_code"], "A");
    assert_eq!(p.remove(&second).await["state"], "removed");
    assert_eq!(p.detail("2026-03-16").await["person"]["org_code"], "B");
    let third = p.event(to("A")).await;
    assert_eq!(third["seq"], 3, "a number is never used twice");
});

both!(leaving_withdraws_what_was_planned_and_taking_it_back_restores_it, |world| async move {
    let p = plant(world).await;
    let one = p.one();
    let tx = p.world.app.db.begin().await.unwrap();
    for date in ["2026-03-30", "2026-04-01", "2026-04-02"] {
        let sql = "INSERT INTO roster_cell (person_id, work_date, shift_ids, source, version, at) \
                   VALUES ($1, $2, '[1]', 'manual', 1, 0)";
        kaoqin::base::Query::run(&tx, sql, vec![one.into(), day(date).into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let cells = format!("SELECT COUNT(*) FROM roster_cell WHERE person_id = {one}");
    let leave = p.event(json!({ "kind": "leave", "on": "2026-03-31" })).await;
    assert_eq!(p.world.number(&cells).await, 1, "cells after the last day are gone");
    assert_eq!(p.detail("2026-03-31").await["person"]["state"], "active", "inclusive");
    assert_eq!(p.detail("2026-04-01").await["person"]["state"], "left");
    let twice =
        p.hr.post(
            &format!("/persons/{one}/employment-events"),
            json!({ "kind": "leave", "on": "2026-04-03" }),
        )
        .await;
    assert_eq!((twice.status, twice.code()), (409, "left_already"));
    assert_eq!(p.remove(&leave).await["state"], "removed");
    assert_eq!(p.world.number(&cells).await, 3, "and come back");
    assert_eq!(p.detail("2026-04-01").await["person"]["state"], "active");
    p.drain().await;
    assert!(p.clean().await);
});

both!(
    who_is_reinstated_keeps_number_and_history_and_says_whether_service_goes_on,
    |world| async move {
        let p = plant(world).await;
        p.event(json!({ "kind": "leave", "on": "2026-03-10" })).await;
        let path = format!("/persons/{}/employment-events", p.one());
        let silent = p.hr.post(&path, json!({ "kind": "reinstate", "on": "2026-03-23" })).await;
        assert_eq!((silent.status, silent.code()), (422, "continuity_required"));
        p.event(json!({ "kind": "reinstate", "on": "2026-03-23", "continuous": false, "org_code": "B" }))
        .await;
        p.drain().await;
        let detail = p.detail("2026-03-15").await;
        assert_eq!(detail["person"]["state"], "left");
        assert_eq!(detail["person"]["number"], "1001");
        assert_eq!(
            detail["gaps"],
            json!([{ "from": "2026-03-11", "to": "2026-03-22", "continuous": false }])
        );
        assert_eq!(detail["service_gap_days"], 12);
        assert_eq!(p.detail("2026-03-23").await["person"]["org_code"], "B");
        let due = |from: &str, to: &str| {
            format!(
                "SELECT COUNT(*) FROM day_result WHERE person_id = 1 AND due_tenths > 0 \
             AND work_date BETWEEN '{from}' AND '{to}'"
            )
        };
        assert_eq!(p.world.number(&due("2026-03-11", "2026-03-22")).await, 0);
        assert_eq!(p.world.number(&due("2026-03-23", "2026-03-26")).await, 4);
        let sql = "/exceptions?from=2026-03-11&to=2026-03-22&person_id=1&code=punch_not_employed";
        assert!(!texts(&p.hr.get(sql).await.ok(), "code").is_empty(), "punches are kept and told");
        let told = kaoqin::alerts::watch_leavers(&p.world.app).await.unwrap();
        assert!(told > 0, "one alert per date");
        assert_eq!(kaoqin::alerts::watch_leavers(&p.world.app).await.unwrap(), 0);
        let alerts = p.hr.get("/alerts?code=punch_after_leaving").await;
        assert_eq!(alerts.status, 200);
        assert!(p.clean().await);
    }
);

both!(probation_ends_and_is_confirmed_and_promotion_goes_up, |world| async move {
    let p = plant(world).await;
    let body = json!({ "number": "9001", "name": "王芳", "hired_on": "2026-03-02", "org_code": "A",
        "employment_kind": "full_time", "probation_until": "2026-05-01",
        "contract_until": "2027-03-01" });
    let made = p.hr.post("/persons", body).await.ok();
    assert_eq!(made["state"], "probation");
    let id = made["id"].as_str().unwrap();
    let path = format!("/persons/{id}/employment-events");
    let again = json!({ "kind": "probation", "on": "2026-05-04", "until": "2026-06-01" });
    assert_eq!(p.hr.post(&path, again).await.code(), "probation_once");
    p.hr.post(&path, json!({ "kind": "confirm", "on": "2026-03-20" })).await.ok();
    let detail = p.hr.get(&format!("/persons/{id}?on=2026-03-20")).await.ok();
    assert_eq!(detail["person"]["state"], "active");
    assert_eq!(detail["probations"], json!([{ "from": "2026-03-02", "to": "2026-03-19" }]));
    assert_eq!(
        detail["contract"],
        json!({ "from": "2026-03-02", "until": "2027-03-01", "renewals": 0 })
    );
    p.hr.post(&path, json!({ "kind": "renewal", "on": "2027-03-02" })).await.ok();
    let contract = p.hr.get(&format!("/persons/{id}")).await.ok()["contract"].clone();
    assert_eq!(contract, json!({ "from": "2027-03-02", "renewals": 1 }), "open-ended");
    let long = json!({ "number": "9002", "name": "王芳", "hired_on": "2026-03-02", "org_code": "A",
        "probation_until": "2026-05-02", "contract_until": "2027-03-01" });
    assert_eq!(p.hr.post("/persons", long).await.code(), "probation_too_long");

    p.world.position("YG", 1).await;
    p.world.position("ZG", 3).await;
    let promote =
        |code: &str, on: &str| json!({ "kind": "promotion", "on": on, "position_code": code });
    p.hr.post(&path, promote("ZG", "2026-03-23")).await.ok();
    assert_eq!(p.hr.post(&path, promote("YG", "2026-03-24")).await.code(), "not_a_promotion");
    assert_eq!(p.hr.post(&path, promote("XX", "2026-03-24")).await.code(), "position_unknown");
    let down = json!({ "kind": "transfer", "on": "2026-03-24", "position_code": "YG" });
    p.hr.post(&path, down).await.ok();
    let positions = p.hr.get(&format!("/persons/{id}")).await.ok()["positions"].clone();
    assert_eq!(positions[0]["position_code"], "ZG");
    assert_eq!(positions[1]["valid_from"], "2026-03-24");
});

both!(twelve_hundred_transfers_in_one_call_answer_row_by_row, |world| async move {
    let p = plant(world).await;
    let persons: Vec<Value> = (0..1_200)
        .map(|i| json!({ "number": format!("E{i:04}"), "name": "李娜", "hired_on": "2026-03-02", "org_code": "A" }))
        .collect();
    p.hr.put("/persons", json!({ "persons": persons })).await.ok();
    let event = |number: &str, org: &str, on: &str| json!({ "number": number, "event": { "kind": "transfer", "on": on, "org_code": org } });
    let mut events: Vec<Value> =
        (0..1_200).map(|i| event(&format!("E{i:04}"), "B", "2026-03-16")).collect();
    events.push(event("nobody", "B", "2026-03-16"));
    events.push(event("E0001", "none", "2026-03-16"));
    events.push(event("E0002", "B", "2026-03-01"));
    let body = json!({ "events": events });
    let done = p.hr.post_once("/employment-events", "bulk", body.clone()).await.ok();
    let outcomes = texts(&done, "outcome");
    assert_eq!(outcomes.iter().filter(|o| *o == "accepted").count(), 1_200);
    let codes: Vec<String> = texts(&done, "code").into_iter().filter(|c| !c.is_empty()).collect();
    assert_eq!(codes, ["person_not_found", "org_unknown", "out_of_service"]);
    let again = p.hr.post_once("/employment-events", "bulk", body).await.ok();
    assert_eq!(done, again, "the key answers as before");
    let moved = "SELECT COUNT(*) FROM person_org WHERE valid_from = '2026-03-16'";
    assert_eq!(p.world.number(moved).await, 1_200);
});

both!(an_event_that_must_be_approved_has_no_effect_before, |world| async move {
    let p = plant(world).await;
    let api = p.world.serve().await;
    let clerk = p.world.user(&api, "hr", None, ScopeChoice::All).await;
    let kinds = json!({ "kinds": ["transfer"] });
    assert_eq!(clerk.put("/employment-approval", kinds.clone()).await.status, 403);
    p.hr.put("/employment-approval", kinds.clone()).await.ok();
    assert_eq!(clerk.get("/employment-approval").await.ok(), kinds);
    let one = p.one();
    let path = format!("/persons/{one}/employment-events");
    let body = json!({ "kind": "transfer", "on": "2026-03-16", "org_code": "B" });
    let waits = clerk.post(&path, body.clone()).await.ok();
    assert_eq!(waits["state"], "pending");
    assert_eq!(p.world.number("SELECT COUNT(*) FROM dirty_mark").await, 0, "nothing changed");
    assert_eq!(p.detail("2026-03-16").await["person"]["org_code"], "A");
    let decision = format!("/employment-events/{}/decision", waits["id"].as_str().unwrap());
    let yes = json!({ "version": 1, "approved": true });
    assert_eq!(clerk.post(&decision, yes.clone()).await.status, 403);
    let done = p.hr.post(&decision, yes.clone()).await.ok();
    assert_eq!(done["state"], "effective");
    assert_eq!(p.detail("2026-03-16").await["person"]["org_code"], "B");
    assert_eq!(
        p.hr.post(&decision, json!({ "version": 2, "approved": false })).await.code(),
        "event_decided"
    );
    let own = p.hr.post(&path, body).await.ok();
    let decision = format!("/employment-events/{}/decision", own["id"].as_str().unwrap());
    assert_eq!(p.hr.post(&decision, yes).await.code(), "own_event");
    let open = p.hr.get("/employment-events?state=pending&kind=transfer").await.ok();
    assert_eq!(texts(&open, "id"), [own["id"].as_str().unwrap()]);
    p.drain().await;
    assert!(p.clean().await);
});

both!(what_becomes_due_is_said_once_a_step, |world| async move {
    let p = plant(world).await;
    let body = json!({ "number": "9001", "name": "王芳", "hired_on": "2026-03-02", "org_code": "A",
        "probation_until": "2026-04-20", "contract_until": "2027-03-01" });
    p.hr.post("/persons", body).await.ok();
    p.event(json!({ "kind": "freeze", "on": "2026-03-23", "until": "2026-04-04" })).await;
    let app = &p.world.app;
    let list = async |p: &Plant| {
        let page = p.hr.get("/employment-reminders?from=2026-01-01").await.ok();
        let items = page["items"].as_array().unwrap().clone();
        let mut all: Vec<String> = items
            .iter()
            .map(|r| {
                format!(
                    "{} {} {}",
                    r["kind"].as_str().unwrap(),
                    r["due_on"].as_str().unwrap(),
                    r["days_before"]
                )
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(employment::remind(app).await.unwrap(), 2);
    assert_eq!(employment::remind(app).await.unwrap(), 0, "each step once");
    assert_eq!(list(&p).await, ["probation_end 2026-04-20 30", "unfreeze_due 2026-04-05 15"]);
    p.world.at("2026-04-13T09:00:00");
    assert_eq!(employment::remind(app).await.unwrap(), 1, "fifteen days went by unseen");
    let api = p.world.serve().await;
    let hr = p.world.user(&api, "admin", None, ScopeChoice::All).await;
    let p = Plant { hr, ..p };
    assert_eq!(list(&p).await.len(), 3);
    let kind = p.hr.get("/employment-reminders?from=2026-01-01&kind=unfreeze_due").await.ok();
    assert_eq!(texts(&kind, "kind"), ["unfreeze_due"]);
    // Confirmed: nothing more to say.
    let person = p.world.number("SELECT id FROM person WHERE number = '9001'").await;
    let path = format!("/persons/{person}/employment-events");
    p.hr.post(&path, json!({ "kind": "confirm", "on": "2026-04-14" })).await.ok();
    p.world.at("2026-04-14T09:00:00");
    assert_eq!(employment::remind(&p.world.app).await.unwrap(), 0);
});

both!(a_foreign_person_is_not_found_and_a_foreign_department_not_known, |world| async move {
    let p = plant(world).await;
    let api = p.world.serve().await;
    let b = p.world.org("B").await;
    let local = p.world.user(&api, "hr", None, ScopeChoice::Orgs(vec![b])).await;
    let path = format!("/persons/{}/employment-events", p.one());
    let body = json!({ "kind": "transfer", "on": "2026-03-16", "org_code": "B" });
    assert_eq!(local.post(&path, body).await.code(), "person_not_found");
    assert_eq!(local.get(&path).await.status, 404);
    let form = format!("/persons/{}/transfer-form?on=2026-03-16", p.one());
    assert_eq!(local.get(&form).await.status, 404);
    let own = format!("/persons/{}/employment-events", p.people[1]);
    let body = json!({ "kind": "transfer", "on": "2026-03-16", "org_code": "A" });
    assert_eq!(local.post(&own, body).await.code(), "org_unknown");
    let event = p.event(json!({ "kind": "freeze", "on": "2026-03-16" })).await;
    let path = format!("/employment-events/{}/removal", event["id"].as_str().unwrap());
    let removal = json!({ "version": 1, "reason": "录入错误" });
    assert_eq!(local.post(&path, removal).await.code(), "event_not_found");
    assert!(texts(&local.get("/employment-events").await.ok(), "id").is_empty());
});
