//! The audit log as clients see it (domain 1): who, when, what, old, new, channel.

use kaoqin::identity;
use serde_json::json;

use crate::both;
use crate::people_http::texts;
use crate::rights_http::{Company, PASSWORD, company, li};

both!(the_audit_says_who_changed_which_right_from_what_to_what, |world| async move {
    let c = company(world).await;
    let (id, api) = li(&c).await;
    assert_eq!(api.get("/audit").await.code(), "permission_missing");
    let user = c.admin.get(&format!("/users/{id}")).await.ok();
    let change = json!({ "version": user["version"], "scope": { "all": true }, "display_name": "李", "password": "another horse battery" });
    c.admin.patch(&format!("/users/{id}"), change).await.ok();
    let log =
        c.admin.get(&format!("/audit?object=user&object_id={id}&operation=update_user")).await.ok();
    let entry = &log["items"][0];
    assert_eq!(entry["channel"], "api");
    assert!(entry["login"].as_str().unwrap().starts_with("admin"));
    assert_eq!(
        (&entry["detail"]["old"]["display_name"], &entry["detail"]["new"]["display_name"]),
        (&json!("li"), &json!("李"))
    );
    assert_eq!(entry["detail"]["new"]["scope"]["all"], true);
    assert_eq!(entry["detail"]["new"]["password"], "changed");
    assert!(!entry.to_string().contains("horse"), "never a secret");
    let log = c.admin.get("/audit?operation=assign_roles").await.ok();
    assert_eq!(log["items"][0]["detail"]["old"], json!([]));
    assert_eq!(log["items"][0]["detail"]["new"][0]["role"], "clerk");
    assert_eq!(
        texts(&c.admin.get("/audit?object=role&limit=1").await.ok(), "operation"),
        ["create_role"]
    );
    assert_eq!(c.admin.get("/audit?channel=cli").await.ok()["items"], json!([]));

    let url = format!("{}/api/v1/audit/export?format=csv&object=role", c.admin.base);
    let token = identity_token(&c).await;
    let file = reqwest::Client::new().get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(file.status(), 200);
    let text = file.text().await.unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("create_role"));
    let book = url.replace("csv", "xlsx");
    let file = reqwest::Client::new().get(&book).bearer_auth(&token).send().await.unwrap();
    assert!(file.bytes().await.unwrap().starts_with(b"PK"));
    let log = c.admin.get("/audit?object=audit&operation=export").await.ok();
    assert_eq!(log["items"][0]["detail"]["entries"], 2);
});

/// A token of a new administrator.
async fn identity_token(c: &Company) -> String {
    let admin = c.id("role", "code", "admin").await;
    c.user(
        "root",
        json!({}),
        json!([{ "role_id": admin, "scope": { "all": true }, "valid_from": "2026-01-01" }]),
    )
    .await;
    identity::sign_in(c.app(), "root", PASSWORD, "test").await.unwrap().access
}

both!(a_local_auditor_sees_what_his_people_did, |world| async move {
    let c = company(world).await;
    let auditor = c.role("look", &["audit.view", "user.view"]).await;
    let hr = c.id("role", "code", "hr").await;
    let everywhere = |role: &str| json!([{ "role_id": role, "scope": { "all": true }, "valid_from": "2026-01-01" }]);
    let (_, boss) =
        c.user("boss", json!({ "person_id": c.person("boss").await }), everywhere(&hr)).await;
    let (_, zhao) =
        c.user("zhao", json!({ "person_id": c.person("zhao").await }), everywhere(&hr)).await;
    for (api, who) in [(&boss, "wang"), (&zhao, "wang")] {
        let cells = json!({ "cells": [{ "person_id": c.person(who).await, "date": "2026-03-12", "kind": "rest" }] });
        api.put("/roster/cells", cells).await.ok();
    }
    let scope = json!({ "departments": [c.dept("001", true).await] });
    let (_, look) = c
        .user(
            "look",
            json!({}),
            json!([{ "role_id": auditor, "scope": scope, "valid_from": "2026-01-01" }]),
        )
        .await;
    let logins: std::collections::BTreeSet<String> =
        texts(&look.get("/audit").await.ok(), "login").into_iter().collect();
    assert_eq!(logins.into_iter().collect::<Vec<_>>(), ["boss"]);
    assert_eq!(texts(&look.get("/users").await.ok(), "login"), ["boss"]);
});
