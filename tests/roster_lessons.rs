//! Swaps, and what users of other products suffer from with rosters.

use kaoqin::precompute;
use serde_json::{Value, json};

use crate::both;
use crate::marks::office;
use crate::rosters_http::{effective, plant, sql};
use crate::rules_http::signed_in;
use crate::support::World;
use crate::support::api::Api;

fn exchange(dates: Value) -> Value {
    json!({ "kind": "exchange", "person_id": "1", "other_person_id": "3", "dates": dates,
            "reason": "家中有事" })
}

/// The first works D1 on the 14th and rests on the 15th, the third the other way round.
async fn weekend(world: &World) -> Api {
    let api = plant(world).await;
    let cell = |team: &str, date: &str, shifts: Value| {
        let kind = if shifts == json!([]) { "rest" } else { "shifts" };
        json!({ "team_id": team, "date": date, "kind": kind, "shifts": shifts })
    };
    let cells = json!({ "cells": [
        cell("1", "2026-03-14", json!(["D1"])), cell("1", "2026-03-15", json!([])),
        cell("2", "2026-03-14", json!([])), cell("2", "2026-03-15", json!(["D1"])),
        cell("2", "2026-03-16", json!(["N1"])), cell("1", "2026-03-17", json!(["D1"])) ] });
    api.put("/roster/team-cells", cells).await.ok();
    api
}

both!(hrms_3615_people_swap_single_days_and_rest_moves_with_them, |world| async move {
    let api = weekend(&world).await;
    let swap = api.post("/roster/swaps", exchange(json!(["2026-03-14", "2026-03-15"]))).await.ok();
    assert_eq!(swap["cells"].as_array().unwrap().len(), 4);
    assert_eq!(swap["cells"][0]["before"], json!(["D1"]));
    assert_eq!(swap["cells"][0]["after_kind"], "rest");
    assert_eq!(effective(&api, 1, "2026-03-14", "2026-03-15").await, ["rest swap", "D1 swap"]);
    assert_eq!(effective(&api, 3, "2026-03-14", "2026-03-15").await, ["D1 swap", "rest swap"]);
    assert_eq!(effective(&api, 2, "2026-03-14", "2026-03-14").await, ["D1 team"], "nobody else");
    let own = signed_in(&world, "employee", Some(3)).await;
    let told = own.get("/me/notices").await.ok();
    assert_eq!(told["items"][0]["kind"], "roster_swapped");
    let change = json!({ "kind": "change", "person_id": "1", "dates": ["2026-03-15"],
        "to_kind": "rest", "reason": "也不来了" });
    let later = api.post("/roster/swaps", change).await.ok();
    assert_eq!(effective(&api, 1, "2026-03-15", "2026-03-15").await, ["rest swap"]);
    let cancel = |id: &Value| format!("/roster/swaps/{}/cancellations", id.as_str().unwrap());
    let why = json!({ "reason": "不换了" });
    let first = api.post(&cancel(&swap["id"]), why.clone()).await;
    assert_eq!((first.status, first.code()), (409, "later_swap"));
    api.post(&cancel(&later["id"]), why.clone()).await.ok();
    assert_eq!(effective(&api, 1, "2026-03-15", "2026-03-15").await, ["D1 swap"]);
    api.post(&cancel(&swap["id"]), why.clone()).await.ok();
    assert_eq!(effective(&api, 1, "2026-03-14", "2026-03-15").await, ["D1 team", "rest team"]);
    assert_eq!(api.post(&cancel(&swap["id"]), why).await.code(), "swap_ended");
    let list = api.get("/roster/swaps?from=2026-03-01&to=2026-03-31").await.ok();
    assert_eq!(list["items"], json!([]));
    let all = api.get("/roster/swaps?from=2026-03-01&to=2026-03-31&cancelled=true").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
});

both!(a_swap_that_breaks_a_limit_is_refused_with_its_reason, |world| async move {
    let api = weekend(&world).await;
    let code = async |body: Value| api.post("/roster/swaps", body).await.code().to_owned();
    assert_eq!(code(exchange(json!(["2026-03-14", "2026-03-14"]))).await, "swap_dates_invalid");
    assert_eq!(code(exchange(json!(["2026-03-20"]))).await, "nothing_planned");
    let mut same = exchange(json!(["2026-03-14"]));
    same["other_person_id"] = json!("1");
    assert_eq!(code(same).await, "swap_dates_invalid");
    let mut late = exchange(json!(["2026-03-16"]));
    late["kind"] = json!("change");
    late["other_person_id"] = Value::Null;
    late["to_kind"] = json!("shifts");
    late["to_shifts"] = json!(["N1"]);
    let short = api.post("/roster/swaps", late.clone()).await;
    assert_eq!((short.status, short.code()), (422, "rest_too_short"), "night before a day shift");
    late["accept_limits"] = json!(true);
    api.post("/roster/swaps", late).await.ok();
    sql(&world, "UPDATE person SET left_on = '2026-03-13' WHERE id = 3").await;
    assert_eq!(code(exchange(json!(["2026-03-14"]))).await, "out_of_service");
    sql(&world, "UPDATE person SET left_on = NULL WHERE id = 3").await;
    let tx = world.app.db.begin().await.unwrap();
    kaoqin::rules::ensure_seeds(&tx, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    sql(
        &world,
        "INSERT INTO scheme_assignment (person_id, valid_from, scheme_id) \
         SELECT 1, '2026-01-01', min(id) FROM rule WHERE kind = 'scheme'",
    )
    .await;
    let mut other = exchange(json!(["2026-03-14"]));
    assert_eq!(code(other.clone()).await, "other_scheme");
    other["accept_other_scheme"] = json!(true);
    sql(
        &world,
        "INSERT INTO approved_request (person_id, type_id, start_wall, end_wall, approved_wall, \
           half_day, breaks, break_minutes, reason, at) \
         SELECT 1, id, 1773442800, 1773529200, 0, false, '[]', 0, '病', 0 FROM rule \
         WHERE kind = 'request_type' AND code = '010'",
    )
    .await;
    assert_eq!(code(other).await, "on_leave");
});

both!(a_locked_period_is_not_swapped, |world| async move {
    let people = world.staff(2).await;
    world.at("2026-03-05T12:00:00");
    let api = signed_in(&world, "hr", None).await;
    world.lock("2026-02").await;
    let swap = json!({ "kind": "change", "person_id": people[0].to_string(),
        "dates": ["2026-02-10"], "to_kind": "rest", "reason": "补" });
    let refused = api.post("/roster/swaps", swap).await;
    assert_eq!((refused.status, refused.code()), (409, "period_locked"));
});

both!(hrms_3839_an_explanation_says_which_layer_the_shift_comes_from, |world| async move {
    let o = office(world).await;
    o.cell(o.one, "2026-03-11", Some("D1")).await;
    precompute::drain_all(o.app()).await.unwrap();
    let api = signed_in(&o.world, "hr", None).await;
    let layer = async |date: &str| {
        let path = format!("/persons/{}/days/{date}/explanation", o.one);
        api.get(&path).await.ok()["layer"].clone()
    };
    assert_eq!(layer("2026-03-10").await, "calendar");
    assert_eq!(layer("2026-03-11").await, "person");
});

both!(kimai_5643_another_team_from_a_date_leaves_the_past, |world| async move {
    let api = weekend(&world).await;
    sql(
        &world,
        "INSERT INTO team_member (person_id, valid_from, team_id) VALUES (1, '2026-03-15', 2)",
    )
    .await;
    assert_eq!(effective(&api, 1, "2026-03-14", "2026-03-15").await, ["D1 team", "D1 team"]);
    assert_eq!(effective(&api, 1, "2026-03-16", "2026-03-17").await, ["N1 team", "empty -"]);
});

both!(hrms_7_overtime_is_ordered_for_a_thousand_people_at_once, |world| async move {
    crate::shifts::register_concern();
    crate::shifts::hire(&world, 1_000).await;
    let api = signed_in(&world, "hr", None).await;
    let ids: Vec<String> = (1..=1_000).map(|i| i.to_string()).collect();
    let order = json!({ "person_ids": ids, "date": "2026-03-14", "reason": "盘点",
        "start": "2026-03-14T08:00:00", "end": "2026-03-14T12:00:00" });
    let done = api.post("/temporary-overtime", order).await.ok();
    assert_eq!(done["items"].as_array().unwrap().len(), 1_000);
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 1_000);
});
