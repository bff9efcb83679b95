use serde_json::{Value, json};

use crate::both;
use crate::rules_http::signed_in;
use crate::shifts::{day_shift, hire, register_concern};
use crate::support::World;
use crate::support::api::Api;

async fn hr(world: &World) -> Api {
    register_concern();
    signed_in(world, "hr", None).await
}

async fn publish(api: &Api, code: &str) -> Value {
    let shift = json!({ "code": code, "name": "白班", "effective_from": "2026-01-01",
                        "expected_version": 0, "body": day_shift() });
    api.post("/shifts", shift).await.ok()
}

fn outcomes(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().unwrap();
    items.iter().map(|o| o["outcome"].as_str().unwrap()).collect()
}

both!(a_shift_is_published_and_read_back_complete, |world| async move {
    let api = hr(&world).await;
    let done = publish(&api, "D1").await;
    let id = done["shift_id"].as_str().unwrap();
    let shift = api.get(&format!("/shifts/{id}?on=2026-03-10")).await.ok();
    assert_eq!(shift["current"]["body"]["points"], "two_point");
    assert_eq!(shift["current"]["body"]["segments"][1]["end"], "17:00");
    assert_eq!(api.get(&format!("/shifts/{id}?on=2025-01-01")).await.ok()["current"], Value::Null);
    let stale = json!({ "code": "D1", "effective_from": "2026-02-01", "expected_version": 0,
                        "body": { "kind": "free" } });
    let stale = api.post("/shifts", stale).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let wrong = json!({ "code": "D2", "effective_from": "2026-02-01", "body": {
        "segments": [{ "start": "12:00", "end": "08:00" }] } });
    let wrong = api.post("/shifts", wrong).await;
    assert_eq!((wrong.status, wrong.code()), (422, "body_invalid"));
    assert_eq!(wrong.body["errors"][0]["path"], "body.segments[0].end");
    publish(&api, "D0").await;
    let list = api.get("/shifts?limit=1").await.ok();
    assert_eq!(list["items"][0]["code"], "D0");
    let next = list["next_cursor"].as_str().unwrap();
    let list = api.get(&format!("/shifts?limit=1&cursor={next}")).await.ok();
    assert_eq!(list["items"][0]["code"], "D1");
    assert_eq!(api.get(&format!("/shifts/{id}/versions")).await.ok()["items"][0]["version"], 1);
    assert_eq!(api.get(&format!("/shifts/{id}/versions/1")).await.ok()["shift_id"], id);
    assert_eq!(api.get("/shifts/99").await.code(), "shift_not_found");
    assert_eq!(api.get("/shifts/99/versions").await.code(), "shift_not_found");
    assert_eq!(api.get(&format!("/shifts/{id}/versions/2")).await.code(), "version_not_found");
});

both!(a_roster_is_written_read_and_cleared, |world| async move {
    hire(&world, 2).await;
    let api = hr(&world).await;
    publish(&api, "D1").await;
    let cells = json!({ "cells": [
        { "person_id": "1", "date": "2026-03-10", "kind": "shifts", "shifts": ["D1"] },
        { "person_id": "1", "date": "2026-03-11", "kind": "rest" },
        { "person_id": "7", "date": "2026-03-11", "kind": "rest" } ] });
    let answer = api.put("/roster/cells", cells).await.ok();
    assert_eq!(outcomes(&answer), ["accepted", "accepted", "rejected"]);
    assert_eq!(answer["items"][2]["message"], "没有这个员工");
    let grid = api.get("/roster?from=2026-03-01&to=2026-03-31").await.ok();
    assert_eq!(grid["items"].as_array().unwrap().len(), 2);
    let row = &grid["items"][0];
    assert_eq!(
        (row["number"].as_str(), row["cells"].as_array().unwrap().len()),
        (Some("E00001"), 2)
    );
    assert_eq!(row["cells"][0]["shifts"], json!(["D1"]));
    assert_eq!(row["cells"][1]["kind"], "rest");
    let page = api.get("/roster?from=2026-03-01&to=2026-03-31&text=e00002&limit=1").await.ok();
    assert_eq!(page["items"][0]["cells"], json!([]));
    assert_eq!(page["next_cursor"], "2");
    let long = api.get("/roster?from=2026-03-01&to=2026-05-02").await;
    assert_eq!((long.status, long.code()), (422, "span_invalid"));
    let clear = json!({ "person_ids": ["1", "2"], "from": "2026-03-11", "to": "2026-03-31" });
    assert_eq!(api.post("/roster/clearings", clear).await.ok()["cleared"], 1);
    let wrong = json!({ "cells": [
        { "person_id": "1", "date": "2026-03-10", "kind": "rest", "shifts": ["D1"] } ] });
    assert_eq!(api.put("/roster/cells", wrong).await.code(), "cell_invalid");
});

both!(default_shifts_and_overtime_go_over_http, |world| async move {
    hire(&world, 2).await;
    let api = hr(&world).await;
    publish(&api, "D1").await;
    let rows = json!({ "assignments": [
        { "person_id": "1", "valid_from": "2026-03-01", "shift": "D1" } ] });
    assert_eq!(outcomes(&api.put("/default-shifts", rows.clone()).await.ok()), ["accepted"]);
    assert_eq!(outcomes(&api.put("/default-shifts", rows).await.ok()), ["duplicate"]);
    let line = api.get("/default-shifts?person_id=1").await.ok();
    assert_eq!(line["items"][0]["shift"], "D1");
    let order = json!({ "person_ids": ["1", "2"], "date": "2026-03-10", "reason": "盘点",
                        "start": "2026-03-10T18:00:00", "end": "2026-03-10T21:00:00" });
    let answer = api.post("/temporary-overtime", order.clone()).await.ok();
    assert_eq!(outcomes(&answer), ["accepted", "accepted"]);
    let id = answer["items"][0]["id"].as_str().unwrap();
    let revoked = api.delete(&format!("/temporary-overtime/{id}")).await.ok();
    assert!(revoked["revoked_at"].is_string());
    let span = "from=2026-03-01&to=2026-03-31";
    let list = api.get(&format!("/temporary-overtime?{span}")).await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let list = api.get(&format!("/temporary-overtime?{span}&revoked=true&limit=1")).await.ok();
    assert_eq!(list["next_cursor"], id);
    let mut late = order;
    late["end"] = json!("2026-03-10T18:00:30");
    assert_eq!(api.post("/temporary-overtime", late).await.code(), "overtime_times_invalid");
});

both!(whoever_sees_only_himself_sees_no_other_roster, |world| async move {
    hire(&world, 2).await;
    let hr = hr(&world).await;
    publish(&hr, "D1").await;
    let cells = json!({ "cells": [
        { "person_id": "1", "date": "2026-03-10", "kind": "rest" },
        { "person_id": "2", "date": "2026-03-10", "kind": "rest" } ] });
    hr.put("/roster/cells", cells.clone()).await.ok();
    let own = signed_in(&world, "manager", Some(2)).await;
    let grid = own.get("/roster?from=2026-03-01&to=2026-03-31").await.ok();
    assert_eq!(grid["items"].as_array().unwrap().len(), 1);
    assert_eq!(grid["items"][0]["person_id"], "2");
    assert_eq!(own.put("/roster/cells", cells).await.status, 403);
});

both!(a_shift_is_shown_and_retired_without_a_new_version, |world| async move {
    hire(&world, 1).await;
    let api = hr(&world).await;
    let id = publish(&api, "D1").await["shift_id"].as_str().unwrap().to_owned();
    let path = format!("/shifts/{id}");
    let look = json!({ "edition": 1, "name": "常白班", "short_name": "白", "color": "#2F80ED",
                       "retired_from": "2026-04-01" });
    let shown = api.put(&path, look.clone()).await.ok();
    assert_eq!((&shown["short_name"], &shown["edition"]), (&json!("白"), &json!(2)));
    assert_eq!(shown["latest_version"], 1);
    let stale = api.put(&path, look).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let wrong = json!({ "edition": 2, "name": "白", "short_name": "一二三四五六七八九" });
    assert_eq!(api.put(&path, wrong).await.status, 400);
    assert_eq!(api.get("/shifts?on=2026-04-01").await.ok()["items"], json!([]));
    let all = api.get("/shifts?on=2026-04-01&retired=true").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    let cell = |date: &str| {
        json!({ "cells": [
            { "person_id": "1", "date": date, "kind": "shifts", "shifts": ["D1"] } ] })
    };
    let before = api.put("/roster/cells", cell("2026-03-31")).await.ok();
    assert_eq!(outcomes(&before), ["accepted"]);
    let after = api.put("/roster/cells", cell("2026-04-01")).await.ok();
    assert_eq!(after["items"][0]["code"], "shift_retired");
});

both!(a_shift_says_where_its_halves_part, |world| async move {
    let api = hr(&world).await;
    let mut body = day_shift();
    body["half_day_after"] = json!(1);
    let mut shift = json!({ "code": "H1", "effective_from": "2026-01-01", "body": body });
    let id = api.post("/shifts", shift.clone()).await.ok()["shift_id"].as_str().unwrap().to_owned();
    let shown = api.get(&format!("/shifts/{id}/versions/1")).await.ok();
    assert_eq!(shown["body"]["half_day_after"], 1);
    assert_eq!(shown["halves"][1]["start"], "13:00");
    shift["body"]["half_day_after"] = json!(2);
    let wrong = api.post("/shifts", shift.clone()).await;
    assert_eq!(wrong.body["errors"][0]["path"], "body.half_day_after");
    shift["body"] = json!({ "segments": [{ "start": "22:00", "end": "30:00" }] });
    api.post("/shifts", shift).await.ok();
    let shown = api.get(&format!("/shifts/{id}/versions/2")).await.ok();
    assert_eq!(shown["halves"][0], json!({ "start": "22:00", "end": "26:00" }));
});
