use kaoqin::base::{App, Query};
use kaoqin::identity::{self, Permission, SeedUser};
use vocabulary::UserId;

use crate::both;

const PASSWORD: &str = "correct horse battery";

async fn user(app: &App, login: &str, role: &'static str) -> UserId {
    let tx = app.db.begin().await.unwrap();
    identity::ensure_roles(&tx).await.unwrap();
    let new = SeedUser {
        login: login.to_owned(),
        display_name: login.to_owned(),
        person: None,
        role,
        scope: identity::ScopeChoice::All,
    };
    let ids = identity::put_users(&tx, &[new], PASSWORD, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    ids[0]
}

both!(a_token_ends_with_its_time_and_with_its_session, |world| async move {
    let app = &world.app;
    user(app, "li", "hr").await;
    let tokens = identity::sign_in(app, "li", PASSWORD, "test").await.unwrap();
    let caller = identity::authenticate(app, &tokens.access).await.unwrap();
    assert!(caller.everywhere(Permission::RulePublish));
    assert!(caller.allow(Permission::UserEdit).is_err());

    app.clock.step_seconds(15 * 60);
    assert!(identity::authenticate(app, &tokens.access).await.is_err());
    let renewed = identity::refresh(app, &tokens.refresh).await.unwrap();
    let caller = identity::authenticate(app, &renewed.access).await.unwrap();
    identity::sign_out(app, &caller).await.unwrap();
    assert!(identity::authenticate(app, &renewed.access).await.is_err());
    assert!(identity::refresh(app, &renewed.refresh).await.is_err());
});

both!(a_refresh_token_used_twice_ends_the_session, |world| async move {
    let app = &world.app;
    user(app, "li", "hr").await;
    let first = identity::sign_in(app, "li", PASSWORD, "test").await.unwrap();
    let second = identity::refresh(app, &first.refresh).await.unwrap();
    let again = identity::refresh(app, &first.refresh).await;
    assert_eq!(again.err().and_then(|f| f.code()), Some("refresh_token_invalid"));
    assert!(identity::authenticate(app, &second.access).await.is_err());
});

both!(five_wrong_passwords_lock_for_fifteen_minutes, |world| async move {
    let app = &world.app;
    user(app, "li", "hr").await;
    for _ in 0..5 {
        let refused = identity::sign_in(app, "li", "wrong password", "test").await;
        assert_eq!(refused.err().and_then(|f| f.code()), Some("invalid_credentials"));
    }
    let locked = identity::sign_in(app, "li", PASSWORD, "test").await;
    assert_eq!(locked.err().and_then(|f| f.code()), Some("account_locked"));
    let again = serde_json::json!({ "login": "li", "password": PASSWORD });
    let answer = world.serve().await.post("/auth/sign-in", again).await;
    assert_eq!((answer.status, answer.code()), (429, "account_locked"));
    let seconds: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    app.clock.step_seconds(15 * 60);
    assert!(identity::sign_in(app, "li", PASSWORD, "test").await.is_ok());
});

both!(an_unknown_login_is_refused_like_a_wrong_password, |world| async move {
    let refused = identity::sign_in(&world.app, "nobody", PASSWORD, "test").await;
    assert_eq!(refused.err().and_then(|f| f.code()), Some("invalid_credentials"));
});

both!(neither_passwords_nor_refresh_tokens_are_stored, |world| async move {
    let app = &world.app;
    user(app, "li", "hr").await;
    let tokens = identity::sign_in(app, "li", PASSWORD, "test").await.unwrap();
    let found = app.db.read().rows::<Hash>("SELECT hash FROM refresh_token", vec![]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_ne!(found[0].hash, tokens.refresh);
    assert_eq!(
        world.number("SELECT COUNT(*) FROM app_user WHERE password_hash LIKE '$argon2id$%'").await,
        1
    );
});

#[derive(sea_orm::FromQueryResult)]
struct Hash {
    hash: String,
}

both!(sign_in_over_http_gives_tokens_that_open_me, |world| async move {
    user(&world.app, "li", "hr").await;
    let api = world.serve().await;
    assert_eq!(api.get("/me").await.status, 401);
    let body = serde_json::json!({ "login": "li", "password": PASSWORD });
    let tokens = api.post("/auth/sign-in", body).await.ok();
    let api = api.with(tokens["access_token"].as_str().unwrap());
    let me = api.get("/me").await.ok();
    assert_eq!(me["login"], "li");
    assert_eq!(api.get("/users").await.code(), "permission_missing");
    assert_eq!(api.with("forged").get("/me").await.code(), "token_invalid");
    let session = tokens["session_id"].as_str().unwrap();
    assert_eq!(api.delete(&format!("/me/sessions/{session}")).await.status, 200);
    assert_eq!(api.get("/me").await.status, 401);
});

both!(an_administrator_creates_users_and_their_rights_count_at_once, |world| async move {
    let app = &world.app;
    user(app, "root", "admin").await;
    let root = identity::sign_in(app, "root", PASSWORD, "test").await.unwrap();
    let api = world.serve().await.with(&root.access);
    let new = serde_json::json!({ "login": "wang", "display_name": "王芳", "password": PASSWORD });
    let wang = api.post("/users", new.clone()).await.ok();
    assert_eq!(api.post("/users", new).await.code(), "login_taken");
    let tokens = identity::sign_in(app, "wang", PASSWORD, "test").await.unwrap();
    let hers = api.with(&tokens.access);
    assert_eq!(hers.get("/users").await.status, 403);

    let roles = api.get("/roles").await.ok();
    let auditor = roles["items"].as_array().unwrap().iter().find(|r| r["code"] == "auditor");
    let role = auditor.unwrap()["id"].clone();
    let put = serde_json::json!({ "version": wang["version"], "assignments": [
        { "role_id": role, "scope": { "all": true }, "valid_from": "2026-01-01" } ] });
    let id = wang["id"].as_str().unwrap();
    let changed = api.put(&format!("/users/{id}/roles"), put).await.ok();
    assert_eq!(changed["assignments"][0]["role_code"], "auditor");
    let seen = hers.get("/users?text=wang").await.ok();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let audit = hers.get("/audit?object=user&limit=10").await.ok();
    assert_eq!(audit["items"][0]["operation"], "assign_roles");

    let off = serde_json::json!({ "version": changed["version"], "state": "disabled" });
    api.patch(&format!("/users/{id}"), off.clone()).await.ok();
    assert_eq!(hers.get("/me").await.status, 401);
    assert_eq!(api.patch(&format!("/users/{id}"), off).await.code(), "version_conflict");
    assert_eq!(api.get("/users/999999").await.code(), "user_not_found");
});

both!(what_the_framework_refuses_is_a_problem_in_two_languages, |world| async move {
    user(&world.app, "li", "hr").await;
    let api = world.serve().await;
    let bad = api.post("/auth/sign-in", serde_json::json!({ "login": "li" })).await;
    assert_eq!((bad.status, bad.code()), (400, "bad_request"));
    assert_eq!(bad.body["errors"][0]["path"], "password", "{:#}", bad.body);
    let en = [("Accept-Language", "en-GB,en;q=0.9")];
    let gone = api.send(reqwest::Method::GET, "/nothing", None, &en).await;
    assert_eq!(gone.status, 404);
    assert_eq!(gone.body["detail"], "There is nothing at this address");
    let wrong = api.send(reqwest::Method::DELETE, "/auth/sign-in", None, &[]).await;
    assert_eq!((wrong.status, wrong.code()), (405, "method_not_allowed"));
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/auth/sign-in", api.base);
    let text = client.post(&url).header("content-type", "text/plain").body("x").send().await;
    assert_eq!(text.unwrap().status(), 415);
    let large = client.post(&url).header("content-type", "application/json");
    let large = large.body(vec![b' '; (8 << 20) + 1]).send().await.unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(large.headers()["connection"], "close", "or the next request is lost");
    let torn = client.post(&url).header("content-type", "application/json").body("{\"login\":");
    let torn = torn.send().await.unwrap();
    assert_eq!(torn.status(), 400);
    assert_eq!(torn.headers()["content-type"], "application/problem+json");
});

both!(a_text_with_the_character_nul_is_refused_wherever_it_stands, |world| async move {
    user(&world.app, "li", "hr").await;
    let api = world.serve().await;
    let tokens = identity::sign_in(&world.app, "li", PASSWORD, "test").await.unwrap();
    let hr = api.with(&tokens.access);
    for path in ["/persons?text=a%00b", "/rules?text=%00", "/requests?type=%00", "/persons/%00"] {
        let answer = hr.get(path).await;
        assert_eq!((answer.status, answer.code()), (400, "bad_request"), "{path}");
        assert_eq!(answer.body["errors"][0]["code"], "nul_character", "{path}");
    }
    let named = |name: &str| serde_json::json!({ "code": "K", "name": name, "rest_weekdays": [] });
    let torn = hr.post("/calendars", named("a\0b")).await;
    assert_eq!(torn.body["errors"][0]["code"], "nul_character");
    // Written out it is six harmless characters.
    hr.post("/calendars", named("a\\u0000b")).await.ok();
});

both!(a_wrong_value_is_named_by_its_place_and_in_the_language_asked_for, |world| async move {
    user(&world.app, "li", "hr").await;
    let api = world.serve().await;
    let tokens = identity::sign_in(&world.app, "li", PASSWORD, "test").await.unwrap();
    let hr = api.with(&tokens.access);
    let fault = |body: &serde_json::Value| {
        let e = &body["errors"][0];
        assert!(e.is_object(), "{body:#}");
        format!("{}: {}", e["path"].as_str().unwrap(), e["message"].as_str().unwrap())
    };
    let en = [("Accept-Language", "en")];
    for (path, zh, english) in [
        ("/persons?limit=501", "limit: 不能大于 500", "limit: at most 500"),
        ("/me/days?to=2026-03-01", "from: 此项必填", "from: this is required"),
        (
            "/persons/abc",
            "id: 应为编号：以文本表示的正整数",
            "id: expected an id: a positive whole number as text",
        ),
    ] {
        assert_eq!(fault(&hr.get(path).await.body), zh);
        let answer = hr.send(reqwest::Method::GET, path, None, &en).await;
        assert_eq!(fault(&answer.body), english);
    }
    let body = serde_json::json!({ "code": "K", "name": ["K"], "rest_weekdays": [] });
    assert_eq!(fault(&hr.post("/calendars", body).await.body), "name: 应为文本");
    let text = api.base.clone() + "/api/v1/auth/sign-in";
    let torn = reqwest::Client::new().post(text).header("content-type", "application/json");
    let torn: serde_json::Value = torn.body("{").send().await.unwrap().json().await.unwrap();
    assert_eq!(torn["errors"][0]["message"], "不是有效的 JSON（第 1 行第 1 列）");
});
