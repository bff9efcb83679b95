use kaoqin::identity::ScopeChoice;
use serde_json::{Value, json};
use vocabulary::OrgId;

use crate::both;
use crate::people::group;
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

async fn hr(world: &World) -> Api {
    register_concern();
    signed_in(world, "hr", None).await
}

/// HR of the departments `orgs` only.
async fn local_hr(world: &World, orgs: Vec<OrgId>) -> Api {
    register_concern();
    let api = world.serve().await;
    world.user(&api, "hr", None, ScopeChoice::Orgs(orgs)).await
}

fn person(number: &str, org: Option<&str>) -> Value {
    let mut p = json!({ "number": number, "name": "李娜", "hired_on": "2026-01-05" });
    if let Some(code) = org {
        p["org_code"] = json!(code);
    }
    p
}

pub fn texts(page: &Value, key: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|i| i[key].as_str().unwrap_or_default().to_owned()).collect()
}

both!(a_person_is_taken_on_found_and_corrected, |world| async move {
    group(&world.app).await;
    let api = hr(&world).await;
    let made = api.post_once("/persons", "k1", person("E1", Some("A1"))).await.ok();
    assert_eq!((made["state"].as_str(), made["org_code"].as_str()), (Some("active"), Some("A1")));
    let again = api.post_once("/persons", "k1", person("E1", Some("A1"))).await.ok();
    assert_eq!(made, again, "the key answers as before");
    let other = api.post_once("/persons", "k1", person("E2", None)).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused"));
    let twice = api.post("/persons", person("E1", None)).await;
    assert_eq!((twice.status, twice.code()), (409, "number_taken"));
    assert_eq!(twice.body["hint"], "离职员工复职请使用原档案");
    api.post("/persons", person("E2", None)).await.ok();
    api.post("/persons", person("X3", Some("B"))).await.ok();

    let page = api.get("/persons?limit=2").await.ok();
    assert_eq!(texts(&page, "number"), ["E1", "E2"]);
    let next = page["next_cursor"].as_str().unwrap();
    let page = api.get(&format!("/persons?limit=2&cursor={next}")).await.ok();
    assert_eq!(texts(&page, "number"), ["X3"]);
    let page = api.get("/persons?text=x3&state=active&on=2026-03-01").await.ok();
    assert_eq!(texts(&page, "org_name"), ["单位B"]);
    assert_eq!(texts(&api.get("/persons?org_id=2").await.ok(), "number"), ["E1"]);

    let patch = json!({ "version": 1, "name": "李娜娜", "hired_on": "2026-01-01" });
    let patched = api.patch("/persons/1", patch.clone()).await.ok();
    assert_eq!((patched["name"].as_str(), patched["version"].as_i64()), (Some("李娜娜"), Some(2)));
    let stale = api.patch("/persons/1", patch).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    assert_eq!(api.patch("/persons/99", json!({ "version": 1 })).await.code(), "person_not_found");
    let zone = api.patch("/persons/1", json!({ "version": 2, "zone": "Mars/Base" })).await;
    assert_eq!((zone.status, zone.code()), (422, "zone_unknown"));
});

both!(the_life_of_a_person_is_written_and_read_back, |world| async move {
    group(&world.app).await;
    let api = hr(&world).await;
    api.post("/persons", person("E1", Some("A1"))).await.ok();
    let moved = json!({ "version": 1, "valid_from": "2026-03-16", "org_code": "B" });
    api.post("/persons/1/transfers", moved).await.ok();
    let frozen = json!({ "version": 2, "from": "2026-03-10" });
    let answer = api.post("/persons/1/freezes", frozen).await.ok();
    assert_eq!(answer["state"], "frozen");
    let again = json!({ "version": 3, "from": "2026-03-12", "to": "2026-03-13" });
    let again = api.post("/persons/1/freezes", again).await;
    assert_eq!((again.status, again.code()), (409, "freeze_overlaps"));
    let thawed = json!({ "version": 3, "on": "2026-03-20" });
    api.post("/persons/1/unfreezes", thawed).await.ok();
    let none = api.post("/persons/1/unfreezes", json!({ "version": 4, "on": "2026-05-01" })).await;
    assert_eq!((none.status, none.code()), (404, "freeze_not_found"));
    let left = json!({ "version": 4, "left_on": "2026-04-30" });
    assert_eq!(api.put("/persons/1/leaving", left).await.ok()["left_on"], "2026-04-30");
    let early = json!({ "version": 5, "left_on": "2025-04-30" });
    assert_eq!(api.put("/persons/1/leaving", early).await.code(), "leaves_before_hired");

    let detail = api.get("/persons/1?on=2026-03-17").await.ok();
    assert_eq!(detail["person"]["org_code"], "B");
    assert_eq!(detail["person"]["state"], "frozen");
    assert_eq!(detail["departments"][0]["org_code"], "A1");
    assert_eq!(detail["departments"][1]["valid_from"], "2026-03-16");
    assert_eq!(detail["freezes"], json!([{ "from": "2026-03-10", "to": "2026-03-19" }]));
    assert_eq!(api.get("/persons/77").await.code(), "person_not_found");
    assert_eq!(api.get("/persons/x").await.status, 400);
});

both!(twelve_hundred_people_are_put_in_one_call_twice, |world| async move {
    let orgs = group(&world.app).await;
    let api = hr(&world).await;
    let mut persons: Vec<Value> =
        (0..1200).map(|i| person(&format!("E{i:04}"), Some("A1"))).collect();
    persons.push(json!({ "number": "NEW" }));
    persons.push(json!({ "number": "E0001" }));
    persons.push(json!({ "number": "E9999", "org_code": "none" }));
    let body = json!({ "persons": persons });
    let first = api.put("/persons", body.clone()).await.ok();
    let outcomes = texts(&first, "outcome");
    assert!(outcomes[..1200].iter().all(|o| o == "accepted"));
    let codes: Vec<String> = texts(&first, "code")[1200..].to_vec();
    assert_eq!(codes, ["name_required", "row_repeated", "org_unknown"]);
    let again = api.put("/persons", body).await.ok();
    assert!(texts(&again, "outcome")[..1200].iter().all(|o| o == "duplicate"));
    assert_eq!(texts(&again, "id")[..1200], texts(&first, "id")[..1200]);

    let local = local_hr(&world, vec![orgs[2]]).await;
    let rows = json!({ "persons": [
        { "number": "E0001", "name": "别人" },
        person("L1", None), person("L2", Some("A1")), person("L3", Some("B")) ] });
    let answer = local.put("/persons", rows).await.ok();
    let codes = texts(&answer, "code");
    assert_eq!(codes, ["number_taken", "org_required", "org_unknown", ""]);
});

both!(units_make_a_tree_that_ones_scope_cuts, |world| async move {
    let orgs = group(&world.app).await;
    let api = hr(&world).await;
    let all = api.get("/org-units").await.ok();
    assert_eq!(texts(&all, "code"), ["G", "A", "B", "A1", "A2"]);
    assert_eq!(all["items"][3]["parent_id"], all["items"][1]["id"]);
    let page = api.get("/org-units?limit=2").await.ok();
    let next = page["next_cursor"].as_str().unwrap();
    let page = api.get(&format!("/org-units?limit=2&cursor={next}")).await.ok();
    assert_eq!(texts(&page, "code"), ["B", "A1"]);
    let under = api.get("/org-units?under=2").await.ok();
    assert_eq!(texts(&under, "code"), ["A", "A1", "A2"]);
    assert_eq!(texts(&api.get("/org-units?code=A1").await.ok(), "kind"), ["department"]);

    let unit = json!({ "code": "C", "name": "丙", "kind": "company", "parent_code": "G",
                       "valid_from": "2026-01-01" });
    let made = api.post("/org-units", unit.clone()).await.ok();
    let path = format!("/org-units/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.ok()["kind"], "company");
    let twice = api.post("/org-units", unit).await;
    assert_eq!((twice.status, twice.code()), (409, "code_taken"));
    let renamed = api.patch(&path, json!({ "version": 1, "name": "丙公司" })).await.ok();
    assert_eq!((renamed["name"].as_str(), renamed["version"].as_i64()), (Some("丙公司"), Some(2)));
    let stale = api.patch(&path, json!({ "version": 1, "name": "丁" })).await;
    assert_eq!(stale.code(), "version_conflict");

    let local = local_hr(&world, vec![orgs[1]]).await;
    assert_eq!(texts(&local.get("/org-units").await.ok(), "code"), ["A", "A1", "A2"]);
    assert_eq!(local.get(&path).await.code(), "org_not_found");
    let top = json!({ "code": "D", "name": "丁", "kind": "company", "valid_from": "2026-01-01" });
    assert_eq!(local.post("/org-units", top).await.code(), "parent_required");
    let elsewhere = json!({ "code": "D", "name": "丁", "kind": "team", "parent_code": "B",
                            "valid_from": "2026-01-01" });
    assert_eq!(local.post("/org-units", elsewhere).await.code(), "org_unknown");
});

both!(people_outside_ones_departments_do_not_exist, |world| async move {
    let orgs = group(&world.app).await;
    let api = hr(&world).await;
    api.post("/persons", person("E1", Some("A1"))).await.ok();
    api.post("/persons", person("E2", Some("B"))).await.ok();
    let local = local_hr(&world, vec![orgs[1]]).await;
    assert_eq!(texts(&local.get("/persons").await.ok(), "number"), ["E1"]);
    assert_eq!(local.get("/persons/1").await.status, 200);
    let patch = json!({ "version": 1, "name": "别人" });
    let transfer = json!({ "version": 1, "valid_from": "2026-03-16", "org_code": "A1" });
    for answer in [
        local.get("/persons/2").await,
        local.patch("/persons/2", patch).await,
        local.put("/persons/2/leaving", json!({ "version": 1 })).await,
        local.post("/persons/2/transfers", transfer).await,
        local.post("/persons/2/freezes", json!({ "version": 1, "from": "2026-03-10" })).await,
        local.post("/persons/2/unfreezes", json!({ "version": 1, "on": "2026-03-10" })).await,
    ] {
        assert_eq!((answer.status, answer.code()), (404, "person_not_found"));
    }
    let away = json!({ "version": 1, "valid_from": "2026-03-16", "org_code": "B" });
    assert_eq!(local.post("/persons/1/transfers", away).await.code(), "org_unknown");
});

both!(every_operation_on_people_needs_its_permission, |world| async move {
    group(&world.app).await;
    let nobody = signed_in(&world, "employee", None).await;
    let unit = json!({ "code": "C", "name": "丙", "kind": "team", "valid_from": "2026-01-01" });
    let transfer = json!({ "version": 1, "valid_from": "2026-03-16", "org_code": "A1" });
    for answer in [
        nobody.get("/persons").await,
        nobody.get("/persons/1").await,
        nobody.post("/persons", person("E1", None)).await,
        nobody.put("/persons", json!({ "persons": [person("E1", None)] })).await,
        nobody.patch("/persons/1", json!({ "version": 1 })).await,
        nobody.put("/persons/1/leaving", json!({ "version": 1 })).await,
        nobody.post("/persons/1/transfers", transfer).await,
        nobody.post("/persons/1/freezes", json!({ "version": 1, "from": "2026-03-10" })).await,
        nobody.post("/persons/1/unfreezes", json!({ "version": 1, "on": "2026-03-10" })).await,
        nobody.get("/org-units").await,
        nobody.get("/org-units/1").await,
        nobody.post("/org-units", unit).await,
        nobody.patch("/org-units/1", json!({ "version": 1 })).await,
    ] {
        assert_eq!((answer.status, answer.code()), (403, "permission_missing"));
    }
    let stranger = world.serve().await;
    assert_eq!(stranger.get("/persons").await.status, 401);
    let viewer = signed_in(&world, "manager", None).await;
    assert_eq!(viewer.get("/persons").await.status, 200);
    assert_eq!(viewer.post("/persons", person("E1", None)).await.status, 403);
});
