use kaoqin::identity::ScopeChoice;
use kaoqin::rules;
use serde_json::{Value, json};

use crate::both;
use crate::people::{group, put, row};
use crate::people_http::texts;
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

async fn hr(world: &World) -> Api {
    register_concern();
    let tx = world.app.db.begin().await.unwrap();
    rules::ensure_seeds(&tx, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    signed_in(world, "hr", None).await
}

fn leave(person: i64, date: &str) -> Value {
    json!({ "person_id": person.to_string(), "type": "050", "start": format!("{date}T13:00:00"),
            "end": format!("{date}T17:00:00"), "reason": "家中有事" })
}

both!(requests_are_recorded_read_and_revoked, |world| async move {
    let api = hr(&world).await;
    put(&world.app, &[row("E1", "2026-01-05", None)]).await;
    let mut forms = vec![leave(1, "2026-03-12"), leave(9, "2026-03-12"), leave(1, "2026-03-16")];
    forms[2]["type"] = json!("400");
    forms[2]["breaks"] = json!([{ "start": "2026-03-16T14:00:00", "end": "2026-03-16T14:30:00" }]);
    let body = json!({ "requests": forms });
    let answer = api.post_once("/requests", "k1", body.clone()).await.ok();
    assert_eq!(texts(&answer, "outcome"), ["accepted", "rejected", "accepted"]);
    assert_eq!(texts(&answer, "code")[1], "person_not_found");
    assert_eq!(api.post_once("/requests", "k1", body.clone()).await.ok(), answer);
    let again = api.post("/requests", body).await.ok();
    assert_eq!(texts(&again, "outcome"), ["duplicate", "rejected", "duplicate"]);
    assert_eq!(texts(&again, "id"), texts(&answer, "id"));

    let month = "/requests?from=2026-03-01&to=2026-03-31";
    let list = api.get(&format!("{month}&limit=1")).await.ok();
    assert_eq!(list["items"][0]["type"], "050");
    assert_eq!(list["items"][0]["approved_at"], "2026-03-10T12:00:00");
    let next = list["next_cursor"].as_str().unwrap();
    let list = api.get(&format!("{month}&limit=5&cursor={next}")).await.ok();
    assert_eq!(list["items"][0]["breaks"][0]["end"], "2026-03-16T14:30:00");
    assert_eq!(texts(&api.get(&format!("{month}&type=400")).await.ok(), "type"), ["400"]);
    let none = api.get("/requests?from=2026-03-17&to=2026-03-31&person_id=1").await.ok();
    assert_eq!(none["items"], json!([]));
    let long = api.get("/requests?from=2025-01-01&to=2026-03-31").await;
    assert_eq!((long.status, long.code()), (422, "span_invalid"));

    let id = texts(&answer, "id")[0].clone();
    let reason = json!({ "reason": "提前返岗" });
    let revocation = format!("/requests/{id}/revocation");
    let revoked = api.post(&revocation, reason.clone()).await.ok();
    assert!(revoked["revoked_at"].is_string());
    assert_eq!(api.post(&revocation, reason.clone()).await.ok(), revoked, "once is enough");
    assert_eq!(texts(&api.get(month).await.ok(), "type"), ["400"]);
    assert_eq!(api.get(&format!("{month}&revoked=true")).await.ok()["items"][0], revoked);
    assert_eq!(api.get(&format!("/requests/{id}")).await.ok(), revoked);
    assert_eq!(api.get("/requests/99").await.code(), "request_not_found");
    assert_eq!(api.post("/requests/99/revocation", reason).await.code(), "request_not_found");
    let english =
        api.send(reqwest::Method::GET, "/requests/99", None, &[("Accept-Language", "en")]).await;
    assert_eq!(english.body["detail"], "There is no such request");
});

both!(twelve_hundred_requests_are_one_call, |world| async move {
    let api = hr(&world).await;
    let people: Vec<_> = (0..1200).map(|i| row(&format!("E{i}"), "2026-01-05", None)).collect();
    put(&world.app, &people).await;
    let forms: Vec<Value> = (1..=1200).map(|i| leave(i, "2026-03-12")).collect();
    let answer = api.post("/requests", json!({ "requests": forms })).await.ok();
    assert!(texts(&answer, "outcome").iter().all(|o| o == "accepted"));
    assert_eq!(world.number("SELECT count(*) FROM approved_request").await, 1200);
});

both!(requests_need_permission_and_scope, |world| async move {
    let api = hr(&world).await;
    let orgs = group(&world.app).await;
    put(&world.app, &[row("E1", "2026-01-05", Some(orgs[2]))]).await;
    let body = json!({ "requests": [leave(1, "2026-03-12")] });
    api.post("/requests", body.clone()).await.ok();
    let reason = json!({ "reason": "x" });
    let server = world.serve().await;
    let local = world.user(&server, "hr", None, ScopeChoice::Orgs(vec![orgs[1]])).await;
    let month = "/requests?from=2026-03-01&to=2026-03-31";
    assert_eq!(local.get(month).await.ok()["items"], json!([]));
    assert_eq!(local.get("/requests/1").await.status, 404);
    assert_eq!(local.post("/requests/1/revocation", reason.clone()).await.status, 404);
    let refused = local.post("/requests", body.clone()).await.ok();
    assert_eq!(texts(&refused, "code"), ["person_not_found"]);
    let nobody = signed_in(&world, "employee", None).await;
    for answer in [
        nobody.get(month).await,
        nobody.get("/requests/1").await,
        nobody.post("/requests", body).await,
        nobody.post("/requests/1/revocation", reason).await,
    ] {
        assert_eq!((answer.status, answer.code()), (403, "permission_missing"));
    }
});
