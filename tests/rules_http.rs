use kaoqin::identity::ScopeChoice;
use kaoqin::rules;
use serde_json::{Value, json};
use vocabulary::PersonId;

use crate::both;
use crate::rules::scheme;
use crate::shifts::{day_shift, hire, register_concern};
use crate::support::World;
use crate::support::api::Api;

/// The API in the name of a new user with this role for everybody, or for one person.
pub async fn signed_in(world: &World, role: &'static str, only: Option<i64>) -> Api {
    let api = world.serve().await;
    let scope = if only.is_some() { ScopeChoice::Own } else { ScopeChoice::All };
    world.user(&api, role, only.map(PersonId), scope).await
}

async fn hr(world: &World) -> Api {
    register_concern();
    let tx = world.app.db.begin().await.unwrap();
    rules::ensure_seeds(&tx, world.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    signed_in(world, "hr", None).await
}

fn late(code: &str, from: &str, limit: i32) -> Value {
    json!({ "code": code, "name": "迟到", "effective_from": from, "content": {
        "late_rule": { "items": [{ "code": "L", "limit_minutes": limit }] } } })
}

both!(every_seed_can_be_read_back, |world| async move {
    let api = hr(&world).await;
    let mut path = "/rules?limit=7".to_owned();
    let mut kinds = std::collections::HashMap::<String, usize>::new();
    loop {
        let page = api.get(&path).await.ok();
        for rule in page["items"].as_array().unwrap() {
            let kind = rule["kind"].as_str().unwrap();
            *kinds.entry(kind.to_owned()).or_default() += 1;
            assert!(rule["current"]["content"][kind].is_object(), "{rule:#}");
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/rules?limit=7&cursor={cursor}");
    }
    assert_eq!(kinds["request_type"], 25);
    assert_eq!((kinds["scheme"], kinds["punch_rule"], kinds["abnormal_rule"]), (3, 2, 2));
    let found = api.get("/rules?kind=request_type&text=调休").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["code"], "150");
});

both!(a_rule_is_published_read_on_a_date_and_compared, |world| async move {
    let api = hr(&world).await;
    let first = api.post("/rules", late("L1", "2026-01-01", 30)).await.ok();
    assert_eq!(first["version"], 1);
    let key = "4711";
    let second = api.post_once("/rules", key, late("L1", "2026-04-01", 60)).await.ok();
    let again = api.post_once("/rules", key, late("L1", "2026-04-01", 60)).await.ok();
    assert_eq!(second, again);
    let other = api.post_once("/rules", key, late("L1", "2026-04-01", 61)).await;
    assert_eq!(other.code(), "idempotency_key_reused");
    let id = first["rule_id"].as_str().unwrap();
    let limit = async |on: &str| {
        let rule = api.get(&format!("/rules/{id}?on={on}")).await.ok();
        rule["current"]["content"]["late_rule"]["items"][0]["limit_minutes"].clone()
    };
    assert_eq!(limit("2026-03-31").await, 30);
    assert_eq!(limit("2026-04-01").await, 60);
    assert_eq!(limit("2025-12-31").await, Value::Null);
    let versions = api.get(&format!("/rules/{id}/versions?limit=1")).await.ok();
    assert_eq!(versions["items"][0]["version"], 2);
    assert_eq!(versions["next_cursor"], "2");
    let one = api.get(&format!("/rules/{id}/versions/1")).await.ok();
    assert_eq!(one["effective_from"], "2026-01-01");
    assert_eq!(api.get(&format!("/rules/{id}/versions/9")).await.code(), "version_not_found");
    assert_eq!(api.get("/rules/999999/versions").await.code(), "rule_not_found");
    assert_eq!(api.get("/rules/999999").await.code(), "rule_not_found");
    let path = format!("/rules/{id}/differences?from_version=1&to_version=2");
    let differences = api.get(&path).await.ok();
    assert_eq!(
        differences["differences"],
        json!([{ "path": "items[0].limit_minutes", "before": 30, "after": 60 }])
    );
});

both!(a_scheme_over_http_may_leave_out_what_has_a_default, |world| async move {
    let api = hr(&world).await;
    let publish = |content: Value| {
        json!({ "code": "A", "effective_from": "2026-01-01",
                "content": { "scheme": content } })
    };
    let done = api.post("/rules", publish(scheme("P1", Some("11")))).await.ok();
    let id = done["rule_id"].as_str().unwrap();
    let stored = api.get(&format!("/rules/{id}")).await.ok();
    let content = &stored["current"]["content"]["scheme"];
    assert_eq!(content["day_std_minutes"], 480);
    assert_eq!(content["workday"]["late_rule"], "11");
    assert_eq!(content["workday"]["early_rule"], Value::Null);
    let unknown = api.post("/rules", publish(scheme("P9", None))).await;
    assert_eq!((unknown.status, unknown.code()), (422, "name_unknown"));
    assert_eq!(unknown.body["errors"][0]["path"], "content.scheme.workday.punch_rule");
    let mut content = scheme("P1", None);
    content["workday"]["surprise"] = json!(1);
    assert_eq!(api.post("/rules", publish(content)).await.status, 400);
});

both!(schemes_are_assigned_row_by_row_and_listed, |world| async move {
    hire(&world, 2).await;
    let api = hr(&world).await;
    let rows = json!({ "assignments": [
        { "person_id": "1", "valid_from": "2026-03-01", "scheme": "S1" },
        { "person_id": "2", "valid_from": "2026-03-01", "scheme": "S9" },
        { "person_id": "2", "valid_from": "2026-03-01" } ] });
    let answer = api.put("/scheme-assignments", rows).await.ok();
    let outcomes: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["accepted", "rejected", "rejected"]);
    assert_eq!(answer["items"][1]["code"], "scheme_unknown");
    let list = api.get("/scheme-assignments?limit=1").await.ok();
    assert_eq!(list["items"][0]["scheme"], "S1");
    let next = list["next_cursor"].as_str().unwrap();
    let rest = api.get(&format!("/scheme-assignments?limit=1&cursor={next}")).await.ok();
    assert_eq!(rest["items"], json!([]));
    let wrong = api.get("/scheme-assignments?cursor=x").await;
    assert_eq!((wrong.status, wrong.code()), (422, "cursor_invalid"));
    let findings = api.get("/setup-findings?date=2026-03-10").await.ok();
    assert_eq!(findings["items"][0]["kind"], "person_without_scheme");
    assert_eq!(findings["items"][0]["number"], "E00002");
});

both!(reading_and_publishing_rules_are_rights_of_their_own, |world| async move {
    let hr = hr(&world).await;
    let manager = signed_in(&world, "manager", None).await;
    let employee = signed_in(&world, "employee", None).await;
    assert_eq!(manager.get("/rules").await.status, 200);
    let refused = manager.post("/rules", late("L1", "2026-01-01", 30)).await;
    assert_eq!((refused.status, refused.code()), (403, "permission_missing"));
    assert_eq!(
        manager
            .put(
                "/scheme-assignments",
                json!({ "assignments": [
        { "person_id": "1", "valid_from": "2026-03-01" } ] })
            )
            .await
            .status,
        403
    );
    assert_eq!(employee.get("/rules").await.status, 403);
    assert_eq!(hr.with("forged").get("/rules").await.status, 401);
});

both!(a_case_may_name_what_is_published_on_a_date, |world| async move {
    let api = hr(&world).await;
    let shift = json!({ "code": "D1", "effective_from": "2026-01-01", "body": day_shift() });
    api.post("/shifts", shift).await.ok();
    let case = |scheme: &str| {
        json!({ "id": scheme, "date": "2026-03-10", "scheme": scheme,
                "roster": { "2026-03-10": "D1" },
                "calendar": { "rest_weekdays": [6, 7] },
                "punches": [{ "at": "2026-03-10T08:20:00" }, { "at": "2026-03-10T17:03:00" }] })
    };
    let body = json!({ "published_on": "2026-03-10", "cases": [case("S1"), case("S9")] });
    let answer = api.post("/evaluations", body).await.ok();
    assert_eq!(answer["results"][0]["late"]["counts"], json!({ "002": 1 }));
    assert_eq!(answer["results"][0]["late"]["tenths"], 300);
    assert_eq!(answer["results"][1]["error"]["code"], "unknown_name");
    let empty = api.post("/evaluations", json!({ "cases": [] })).await;
    assert_eq!(empty.status, 400);
    let manager = signed_in(&world, "manager", None).await;
    let refused = manager.post("/evaluations", json!({ "cases": [{}] })).await;
    assert_eq!((refused.status, refused.code()), (403, "permission_missing"));
});
