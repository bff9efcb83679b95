//! Demand tables, coverage and candidates.

use kaoqin::base::Query;
use kaoqin::identity::ScopeChoice;
use serde_json::{Value, json};
use vocabulary::PersonId;

use crate::both;
use crate::roster_grid::{cell, hr, shifts};
use crate::support::World;
use crate::support::api::Api;

async fn position(world: &World, code: &str, people: &[PersonId]) -> i64 {
    let db = world.app.db.for_migrations();
    let sql = format!("INSERT INTO position (code, name, grade) VALUES ('{code}', '{code}', 1)");
    db.run(&sql, vec![]).await.unwrap();
    let id = world.number(&format!("SELECT id FROM position WHERE code = '{code}'")).await;
    for p in people {
        let sql = format!(
            "INSERT INTO person_position (person_id, valid_from, position_id) \
             VALUES ({p}, '2026-02-01', {id})"
        );
        db.run(&sql, vec![]).await.unwrap();
    }
    id
}

/// A store of department A: four people, two of them cashiers; nobody has a default shift.
async fn store(world: &World) -> (Api, Vec<PersonId>, i64, String) {
    let people = world.staff(8).await;
    let db = world.app.db.for_migrations();
    db.run("DELETE FROM default_shift", vec![]).await.unwrap();
    let api = hr(world).await;
    shifts(&api).await;
    let cashier = position(world, "cashier", &people[..2]).await;
    let body = json!({ "code": "S1", "name": "门店", "org_id": world.org("A").await.to_string(),
                       "slot_minutes": 60 });
    let table = api.post("/demand-tables", body).await.ok();
    let id = table["id"].as_str().unwrap().to_owned();
    (api, people, cashier, id)
}

fn line(weekday: i32, start: i32, end: i32, position: Option<i64>, required: i32) -> Value {
    let mut line = json!({ "weekday": weekday, "start_minute": start * 60, "end_minute": end * 60,
                           "required": required });
    if let Some(p) = position {
        line["position_id"] = json!(p.to_string());
    }
    line
}

both!(a_demand_table_is_kept_with_its_lines, |world| async move {
    let (api, _, cashier, id) = store(&world).await;
    let taken = json!({ "code": "S1", "name": "x", "org_id": "1", "slot_minutes": 60 });
    let taken = api.post("/demand-tables", taken).await;
    assert_eq!((taken.status, taken.code()), (409, "code_taken"));
    let odd = json!({ "code": "S2", "name": "x", "org_id": "1", "slot_minutes": 25 });
    assert_eq!(api.post("/demand-tables", odd).await.code(), "slot_invalid");
    let lost = json!({ "code": "S2", "name": "x", "org_id": "99", "slot_minutes": 30 });
    assert_eq!(api.post("/demand-tables", lost).await.code(), "org_unit_not_found");
    let path = format!("/demand-tables/{id}");
    let lines = json!({ "version": 1, "lines": [
        line(1, 6, 14, Some(cashier), 1), line(1, 6, 22, None, 2) ] });
    let done = api.put(&format!("{path}/lines"), lines.clone()).await.ok();
    assert_eq!(done["version"], 2);
    let stale = api.put(&format!("{path}/lines"), lines).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let wrong = json!({ "version": 2, "lines": [
        line(1, 6, 14, None, 1), line(1, 13, 15, None, 1), line(2, 9, 9, None, 1) ] });
    let wrong = api.put(&format!("{path}/lines"), wrong).await;
    assert_eq!((wrong.status, wrong.code()), (422, "lines_invalid"));
    let errors: Vec<&str> = wrong.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["path"].as_str().unwrap())
        .collect();
    assert_eq!(errors, ["lines[1]", "lines[2]"]);
    let kept = api.get(&format!("{path}/lines")).await.ok();
    assert_eq!(kept["items"].as_array().unwrap().len(), 2, "a refused set changes nothing");
    let renamed = json!({ "name": "门店一", "active": false, "version": 2 });
    assert_eq!(api.patch(&path, renamed).await.ok()["active"], false);
    assert_eq!(api.get("/demand-tables").await.ok()["items"], json!([]));
    assert_eq!(api.get("/demand-tables?inactive=true").await.ok()["items"][0]["name"], "门店一");
    // A thousand lines at once.
    let many: Vec<Value> = (0..1_000)
        .map(|n| {
            let date = vocabulary::LocalDate::from_days(20_600 + n / 24).to_string();
            json!({ "date": date, "start_minute": n % 24 * 60, "end_minute": n % 24 * 60 + 60,
                    "required": 1 })
        })
        .collect();
    let many = json!({ "version": 3, "lines": many });
    assert_eq!(api.put(&format!("{path}/lines"), many).await.ok()["version"], 4);
    // Department B does not see it.
    let other = ScopeChoice::Orgs(vec![world.org("B").await]);
    let other = world.user(&api, "hr", None, other).await;
    assert_eq!(other.get(&path).await.code(), "demand_table_not_found");
});

both!(coverage_counts_who_works_in_all_of_a_slot, |world| async move {
    let (api, people, cashier, id) = store(&world).await;
    let path = format!("/demand-tables/{id}");
    // Monday 2026-03-16: 06–08 one cashier and two of anybody; Tuesday by date only 22–24.
    let lines = json!({ "version": 1, "lines": [
        line(1, 6, 8, Some(cashier), 1), line(1, 6, 8, None, 2), line(1, 13, 16, None, 1),
        line(2, 6, 8, None, 9),
        { "date": "2026-03-17", "start_minute": 0, "end_minute": 120, "required": 1 } ] });
    api.put(&format!("{path}/lines"), lines).await.ok();
    let cells = json!({ "cells": [
        cell(people[0], "2026-03-16", &["E"]), cell(people[2], "2026-03-16", &["E"]),
        cell(people[3], "2026-03-16", &["E"]), cell(people[1], "2026-03-16", &["N"]),
        cell(people[5], "2026-03-16", &["E"]) ] });
    api.put("/roster/cells", cells).await.ok();
    let answer = api.get(&format!("{path}/coverage?from=2026-03-16&to=2026-03-17")).await.ok();
    let slots: Vec<String> = answer["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| {
            let position = if s["position_id"].is_string() { "cashier" } else { "any" };
            format!(
                "{} {} {position} {} {}",
                &s["date"].as_str().unwrap()[8..],
                s["start_minute"].as_i64().unwrap() / 60,
                s["coverage"],
                s["staffing"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        slots,
        [
            "16 6 any 1 over",
            "16 6 cashier 0 met",
            "16 7 any 1 over",
            "16 7 cashier 0 met",
            "16 13 any 2 over",
            "16 14 any -1 under",
            "16 15 any -1 under",
            "17 0 any 0 met",
            "17 1 any 0 met",
        ]
    );
    assert_eq!((answer["under"].as_i64(), answer["over"].as_i64()), (Some(2), Some(3)));
    let long = api.get(&format!("{path}/coverage?from=2026-03-16&to=2026-04-16")).await;
    assert_eq!((long.status, long.code()), (422, "span_invalid"));
});

both!(candidates_are_proposed_with_reasons_and_nothing_is_written, |world| async move {
    let (api, people, cashier, id) = store(&world).await;
    let path = format!("/demand-tables/{id}");
    // The first has worked most; the second is free; the third has another position; the fourth works that day.
    let more = position(&world, "guard", &people[2..3]).await;
    let mut cells: Vec<Value> =
        (16..21).map(|d| cell(people[0], &format!("2026-03-{d}"), &["E"])).collect();
    cells.push(cell(people[3], "2026-03-24", &["L"]));
    api.put("/roster/cells", json!({ "cells": cells })).await.ok();
    let before = world.number("SELECT count(*) FROM roster_cell").await;
    let ask = |rest: &str| {
        format!("{path}/candidates?date=2026-03-24&shift=E&start_minute=360&end_minute=600{rest}")
    };
    let any = api.get(&ask("")).await.ok();
    let numbers = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap();
        list.iter().map(|c| c["number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers(&any["proposed"]), ["1002", "1003", "1001"], "lowest hours first");
    assert_eq!(numbers(&any["refused"]), ["1004"]);
    assert_eq!(any["refused"][0]["reasons"][0]["code"], "already_planned");
    assert_eq!(any["proposed"][2]["month_minutes"], 5 * 480);
    let cashiers = api.get(&ask(&format!("&position_id={cashier}"))).await.ok();
    assert_eq!(numbers(&cashiers["proposed"]), ["1002", "1001"]);
    let guard = api.get(&ask(&format!("&position_id={more}"))).await.ok();
    assert_eq!(numbers(&guard["proposed"]), ["1003"]);
    let reasons: Vec<&str> = guard["refused"][0]["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["code"].as_str().unwrap())
        .collect();
    assert!(reasons.contains(&"not_qualified"), "{reasons:?}");
    // Six days before it: the seventh would break the limit.
    let week: Vec<Value> =
        (18..24).map(|d| cell(people[1], &format!("2026-03-{d}"), &["E"])).collect();
    api.put("/roster/cells", json!({ "cells": week })).await.ok();
    let any = api.get(&ask("")).await.ok();
    assert_eq!(numbers(&any["proposed"]), ["1003", "1001"]);
    let broken = any["refused"].as_array().unwrap().iter().find(|c| c["number"] == "1002").unwrap();
    let last = broken["reasons"].as_array().unwrap().last().unwrap();
    assert_eq!(last["code"], "breaks_check");
    assert!(last["message"].as_str().unwrap().contains("连续工作 7 天"), "{last:#}");
    let after = world.number("SELECT count(*) FROM roster_cell").await;
    assert_eq!(after, before + 6, "a proposal writes nothing");
    let short =
        format!("{path}/candidates?date=2026-03-24&shift=E&start_minute=360&end_minute=1000");
    assert_eq!(api.get(&short).await.code(), "shift_does_not_cover");
    let none =
        format!("{path}/candidates?date=2026-03-24&shift=ZZ&start_minute=360&end_minute=600");
    assert_eq!(api.get(&none).await.code(), "shift_unknown");
});
