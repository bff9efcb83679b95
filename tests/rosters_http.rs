use kaoqin::base::Query;
use serde_json::{Value, json};

use crate::both;
use crate::rules_http::signed_in;
use crate::shifts::{day_shift, hire, register_concern};
use crate::support::World;
use crate::support::api::Api;

pub async fn sql(world: &World, text: &str) {
    world.app.db.for_migrations().run(text, vec![]).await.unwrap();
}

/// Four people in two teams (1 and 2 in the first, 3 in the second), shifts D1 and N1.
pub async fn plant(world: &World) -> Api {
    register_concern();
    hire(world, 4).await;
    sql(world, "INSERT INTO team (code, name) VALUES ('T1', '甲班'), ('T2', '乙班')").await;
    sql(
        world,
        "INSERT INTO team_member (person_id, valid_from, team_id) VALUES \
         (1, '2026-01-01', 1), (2, '2026-03-11', 1), (3, '2026-01-01', 2)",
    )
    .await;
    let api = signed_in(world, "hr", None).await;
    let night = json!({ "segments": [{ "start": "22:00", "end": "30:00" }] });
    for (code, body) in [("D1", day_shift()), ("N1", night)] {
        let shift = json!({ "code": code, "effective_from": "2026-01-01", "body": body });
        api.post("/shifts", shift).await.ok();
    }
    api
}

/// What counts for a person: `date shift layer`.
pub async fn effective(api: &Api, person: i64, from: &str, to: &str) -> Vec<String> {
    let path = format!("/roster/effective?from={from}&to={to}&person_id={person}");
    let answer = api.get(&path).await.ok();
    let cell = |c: &Value| {
        let word = match c["kind"].as_str().unwrap() {
            "shifts" => c["shifts"][0].as_str().unwrap(),
            other => other,
        };
        format!("{word} {}", c["layer"].as_str().unwrap_or("-"))
    };
    answer["items"][0]["cells"].as_array().unwrap().iter().map(cell).collect()
}

both!(what_counts_is_swap_then_own_then_team_then_calendar, |world| async move {
    let api = plant(&world).await;
    let cells = json!({ "cells": [
        { "team_id": "1", "date": "2026-03-10", "kind": "shifts", "shifts": ["N1"] },
        { "team_id": "1", "date": "2026-03-11", "kind": "rest" },
        { "team_id": "9", "date": "2026-03-11", "kind": "rest" } ] });
    let answer = api.put("/roster/team-cells", cells.clone()).await.ok();
    assert_eq!(answer["items"][0]["outcome"], "accepted");
    assert_eq!(answer["items"][2]["code"], "team_not_found");
    let again = api.put("/roster/team-cells", cells).await.ok();
    assert_eq!(again["items"][0]["outcome"], "duplicate");
    assert_eq!(
        effective(&api, 1, "2026-03-09", "2026-03-11").await,
        ["empty -", "N1 team", "rest team"]
    );
    assert_eq!(
        effective(&api, 2, "2026-03-09", "2026-03-11").await,
        ["empty -", "empty -", "rest team"],
        "he joined on the 11th"
    );
    let default = json!({ "assignments": [
        { "person_id": "2", "valid_from": "2026-03-01", "shift": "D1" } ] });
    api.put("/default-shifts", default).await.ok();
    let own = json!({ "cells": [
        { "person_id": "1", "date": "2026-03-11", "kind": "shifts", "shifts": ["D1"] } ] });
    api.put("/roster/cells", own).await.ok();
    assert_eq!(effective(&api, 1, "2026-03-11", "2026-03-11").await, ["D1 person"]);
    assert_eq!(
        effective(&api, 2, "2026-03-07", "2026-03-11").await,
        ["D1 calendar", "D1 calendar", "D1 calendar", "D1 calendar", "rest team"],
        "without a calendar every date is a workday"
    );
    let teams = api.get("/roster/teams?from=2026-03-01&to=2026-03-31&limit=1").await.ok();
    assert_eq!(
        (&teams["items"][0]["code"], &teams["items"][0]["members"]),
        (&json!("T1"), &json!(2))
    );
    assert_eq!(teams["items"][0]["cells"][0]["shifts"], json!(["N1"]));
    assert_eq!(teams["next_cursor"], "1");
    let stale = json!({ "cells": [{ "team_id": "1", "date": "2026-03-10", "kind": "rest",
        "expected_version": 0 }] });
    let stale = api.put("/roster/team-cells", stale).await.ok();
    assert_eq!(stale["items"][0]["code"], "cell_changed");
    let clear = json!({ "team_ids": ["1"], "from": "2026-03-01", "to": "2026-03-31" });
    assert_eq!(api.post("/roster/team-clearings", clear).await.ok()["cleared"], 2);
    assert_eq!(effective(&api, 2, "2026-03-11", "2026-03-11").await, ["D1 calendar"]);
});

both!(whoever_does_not_see_all_of_a_team_cannot_plan_for_it, |world| async move {
    let api = plant(&world).await;
    let me = signed_in(&world, "hr", Some(3)).await;
    let cell = |team: i64| {
        json!({ "cells": [
            { "team_id": team.to_string(), "date": "2026-03-10", "kind": "rest" } ] })
    };
    let other = me.put("/roster/team-cells", cell(1)).await.ok();
    assert_eq!(other["items"][0]["code"], "team_not_found");
    let own = me.put("/roster/team-cells", cell(2)).await.ok();
    assert_eq!(own["items"][0]["outcome"], "accepted");
    let list = me.get("/roster/teams?from=2026-03-01&to=2026-03-31").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["code"], "T2");
    let mine = me.get("/me/roster?from=2026-03-10&to=2026-03-10").await.ok();
    assert_eq!(mine["items"][0]["cells"][0]["layer"], "team");
    let clear = json!({ "team_ids": ["1"], "from": "2026-03-01", "to": "2026-03-31" });
    assert_eq!(me.post("/roster/team-clearings", clear).await.code(), "team_not_found");
    let all = api.get("/roster/teams?from=2026-03-01&to=2026-03-31").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
});
