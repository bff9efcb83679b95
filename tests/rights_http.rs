//! Roles, scopes and users as clients see them (domain 1).

use kaoqin::base::{App, Query};
use kaoqin::identity::{self, ScopeChoice};
use serde_json::{Value, json};

use crate::both;
use crate::people_http::texts;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

pub const PASSWORD: &str = "correct horse battery";

/// The company of the examples of domain 1: departments 001 with 001001 and 001002, and 002; positions; people.
pub struct Company {
    pub world: World,
    pub admin: Api,
}

impl Company {
    pub async fn id(&self, table: &str, column: &str, value: &str) -> String {
        let sql = format!("SELECT id FROM {table} WHERE {column} = '{value}'");
        self.world.number(&sql).await.to_string()
    }

    pub async fn person(&self, number: &str) -> String {
        self.id("person", "number", number).await
    }

    pub async fn org(&self, code: &str) -> String {
        self.id("org_unit", "code", code).await
    }

    /// A department as scopes list it.
    pub async fn dept(&self, code: &str, below: bool) -> Value {
        json!({ "org_id": self.org(code).await, "with_sub_departments": below })
    }

    pub async fn role(&self, code: &str, permissions: &[&str]) -> String {
        let body = json!({ "code": code, "name": code, "permissions": permissions });
        self.admin.post("/roles", body).await.ok()["id"].as_str().unwrap().to_owned()
    }

    /// A user with these assignments, signed in.
    pub async fn user(&self, login: &str, extra: Value, assignments: Value) -> (String, Api) {
        let mut body = json!({ "login": login, "display_name": login, "password": PASSWORD });
        for (k, v) in extra.as_object().unwrap() {
            body[k] = v.clone();
        }
        let user = self.admin.post("/users", body).await.ok();
        let id = user["id"].as_str().unwrap().to_owned();
        self.assign(&id, assignments).await.ok();
        let tokens = identity::sign_in(&self.world.app, login, PASSWORD, "test").await.unwrap();
        (id, self.admin.with(&tokens.access))
    }

    pub async fn assign(&self, user: &str, assignments: Value) -> crate::support::api::Answer {
        let version = self.admin.get(&format!("/users/{user}")).await.ok()["version"].clone();
        let body = json!({ "version": version, "assignments": assignments });
        self.admin.put(&format!("/users/{user}/roles"), body).await
    }

    /// Puts somebody on a position from a date on.
    pub async fn position(&self, person: &str, code: &str, from: &str) {
        let (p, id) = (self.person(person).await, self.id("position", "code", code).await);
        let sql = format!(
            "INSERT INTO person_position (person_id, valid_from, position_id) VALUES ({p}, '{from}', {id})"
        );
        self.run(&sql).await;
    }

    pub async fn run(&self, sql: &str) {
        let tx = self.world.app.db.begin().await.unwrap();
        tx.run(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub fn app(&self) -> &App {
        &self.world.app
    }
}

pub fn numbers(page: &Value) -> Vec<String> {
    texts(page, "number")
}

pub async fn company(world: World) -> Company {
    register_concern();
    let api = world.serve().await;
    let admin = world.user(&api, "admin", None, ScopeChoice::All).await;
    let c = Company { world, admin };
    for (code, parent) in
        [("001", None), ("001001", Some("001")), ("001002", Some("001")), ("002", None)]
    {
        let mut unit =
            json!({ "code": code, "name": code, "kind": "department", "valid_from": "2020-01-01" });
        if let Some(p) = parent {
            unit["parent_code"] = json!(p);
        }
        c.admin.post("/org-units", unit).await.ok();
    }
    for (number, org) in [
        ("wang", "001002"),
        ("zhao", "002"),
        ("qian", "001001"),
        ("sun", "001001"),
        ("boss", "001"),
    ] {
        let person =
            json!({ "number": number, "name": number, "hired_on": "2025-01-01", "org_code": org });
        c.admin.post("/persons", person).await.ok();
    }
    let has = c.world.number("SELECT COUNT(*) FROM position WHERE code = 'staff'").await;
    if has == 0 {
        c.run("INSERT INTO position (code, name, grade) VALUES ('staff', '普通员工', 1)").await;
        c.run("INSERT INTO position (code, name, grade) VALUES ('leader', '组长', 2)").await;
    }
    for (who, what) in [("wang", "staff"), ("zhao", "staff"), ("qian", "staff"), ("sun", "leader")]
    {
        c.position(who, what, "2025-01-01").await;
    }
    c
}

/// The answer to a roster cell and to overtime, for one person.
async fn tries(c: &Company, api: &Api, who: &str) -> (String, u16) {
    let person = c.person(who).await;
    let cells = json!({ "cells": [{ "person_id": person, "date": "2026-03-12", "kind": "rest" }] });
    let answer = api.put("/roster/cells", cells).await.ok();
    let roster = answer["items"][0]["outcome"].as_str().unwrap().to_owned();
    let order = json!({ "person_ids": [person], "date": "2026-03-13",
        "start": "2026-03-13T18:00:00", "end": "2026-03-13T20:00:00", "reason": "盘点" });
    (roster, api.post("/temporary-overtime", order).await.status)
}

async fn check(c: &Company, user: &str, permission: &str, who: &str, on: &str) -> Value {
    let person = c.person(who).await;
    let path = format!(
        "/users/{user}/permission-check?permission={permission}&person_id={person}&on={on}"
    );
    c.admin.get(&path).await.ok()
}

/// Li of example U1.
pub async fn li(c: &Company) -> (String, Api) {
    let clerk = c.role("clerk", &["roster.edit", "overtime.view"]).await;
    let approver = c.role("approver", &["overtime.approve"]).await;
    let staff = c.id("position", "code", "staff").await;
    let assignments = json!([
        { "role_id": clerk, "valid_from": "2026-01-01",
          "scope": { "departments": [c.dept("001001", true).await] } },
        { "role_id": approver, "valid_from": "2026-01-01",
          "scope": { "departments": [c.dept("001", true).await], "position_ids": [staff] } } ]);
    c.user("li", json!({}), assignments).await
}

both!(u1_a_wide_approver_does_not_widen_a_narrow_clerk, |world| async move {
    let c = company(world).await;
    let (id, li) = li(&c).await;
    assert_eq!(tries(&c, &li, "wang").await, ("rejected".to_owned(), 200));
    assert_eq!(tries(&c, &li, "qian").await, ("accepted".to_owned(), 200));
    assert_eq!(tries(&c, &li, "sun").await, ("accepted".to_owned(), 404), "a leader of 001001");
    assert_eq!(tries(&c, &li, "boss").await, ("rejected".to_owned(), 404), "without a position");
    assert_eq!(tries(&c, &li, "zhao").await, ("rejected".to_owned(), 404));

    let yes = check(&c, &id, "overtime.approve", "wang", "2026-03-10").await;
    assert_eq!(
        (yes["allowed"].as_bool(), texts(&json!({ "items": yes["reasons"] }), "role_code")),
        (Some(true), vec!["approver".to_owned()])
    );
    let no = check(&c, &id, "roster.edit", "wang", "2026-03-10").await;
    assert_eq!(
        (no["allowed"].as_bool(), no["reasons"].as_array().unwrap().len()),
        (Some(false), 0)
    );
    let mine = li.get("/me/permissions").await.ok();
    let codes = texts(&json!({ "items": mine["permissions"] }), "permission");
    assert_eq!(codes, ["roster.edit", "overtime.view", "overtime.approve"]);
});

both!(u2_a_scope_is_a_department_or_a_named_person, |world| async move {
    let c = company(world).await;
    let viewer = c.role("viewer", &["employee.view"]).await;
    let scope = json!({ "departments": [c.dept("001001", true).await], "person_ids": [c.person("zhao").await] });
    let assignment = json!([{ "role_id": viewer, "valid_from": "2026-01-01" }]);
    let (id, api) = c.user("u2", json!({ "scope": scope }), assignment).await;
    assert_eq!(numbers(&api.get("/persons").await.ok()), ["zhao", "qian", "sun"]);
    let zhao = c.person("zhao").await;
    assert_eq!(api.get(&format!("/persons/{zhao}")).await.status, 200);
    let wang = c.person("wang").await;
    assert_eq!(api.get(&format!("/persons/{wang}")).await.code(), "person_not_found");
    let why = check(&c, &id, "employee.view", "zhao", "2026-03-10").await;
    assert_eq!(
        (why["allowed"].as_bool(), why["reasons"][0]["scope_of_user"].as_bool()),
        (Some(true), Some(true))
    );
});

both!(an_empty_scope_contains_nobody_and_no_scope_is_that_of_the_user, |world| async move {
    let c = company(world).await;
    let viewer = c.role("viewer", &["employee.view", "org.view"]).await;
    let (id, api) = c
        .user(
            "empty",
            json!({ "scope": { "all": true } }),
            json!([
        { "role_id": viewer, "scope": {}, "valid_from": "2026-01-01" } ]),
        )
        .await;
    assert_eq!(numbers(&api.get("/persons").await.ok()), [""; 0]);
    assert_eq!(api.get("/org-units").await.ok()["items"], json!([]));
    c.assign(&id, json!([{ "role_id": viewer, "valid_from": "2026-01-01" }])).await.ok();
    assert_eq!(numbers(&api.get("/persons").await.ok()).len(), 5, "on the next request");
});

both!(a_department_without_what_is_below_it, |world| async move {
    let c = company(world).await;
    let viewer = c.role("viewer", &["employee.view", "org.view"]).await;
    let scope = json!({ "departments": [c.dept("001", false).await] });
    let (_, api) = c
        .user(
            "flat",
            json!({}),
            json!([
        { "role_id": viewer, "scope": scope, "valid_from": "2026-01-01" } ]),
        )
        .await;
    assert_eq!(numbers(&api.get("/persons").await.ok()), ["boss"]);
    assert_eq!(texts(&api.get("/org-units").await.ok(), "code"), ["001"]);
});

both!(a_scope_of_dimension_values_follows_the_department_and_the_person, |world| async move {
    let c = company(world).await;
    for sql in [
        "INSERT INTO dimension (code, name) VALUES ('region', '区域')",
        "INSERT INTO dimension_value (dimension_id, code, name) SELECT id, 'north', '北区' FROM dimension WHERE code = 'region'",
        "INSERT INTO dimension_value (dimension_id, parent_id, code, name) SELECT dimension_id, id, 'beijing', '北京' FROM dimension_value WHERE code = 'north'",
        "INSERT INTO dimension_value (dimension_id, code, name) SELECT id, 'south', '南区' FROM dimension WHERE code = 'region'",
        "INSERT INTO org_dimension (org_id, dimension_id, valid_from, value_id) SELECT o.id, v.dimension_id, '2025-01-01', v.id FROM org_unit o, dimension_value v WHERE o.code = '001' AND v.code = 'south'",
        "INSERT INTO org_dimension (org_id, dimension_id, valid_from, value_id) SELECT o.id, v.dimension_id, '2025-01-01', v.id FROM org_unit o, dimension_value v WHERE o.code = '001001' AND v.code = 'beijing'",
        "INSERT INTO person_dimension (person_id, dimension_id, valid_from, value_id) SELECT p.id, v.dimension_id, '2025-01-01', v.id FROM person p, dimension_value v WHERE p.number = 'sun' AND v.code = 'south'",
    ] {
        c.run(sql).await;
    }
    let viewer = c.role("viewer", &["employee.view", "org.view"]).await;
    let value = |code: &'static str| c.id("dimension_value", "code", code);
    let scope = json!({ "dimension_value_ids": [value("north").await] });
    let (id, api) = c
        .user(
            "north",
            json!({}),
            json!([
        { "role_id": viewer, "scope": scope, "valid_from": "2026-01-01" } ]),
        )
        .await;
    assert_eq!(numbers(&api.get("/persons").await.ok()), ["qian"], "beijing lies in the north");
    assert_eq!(texts(&api.get("/org-units").await.ok(), "code"), ["001001"]);
    let scope = json!({ "dimension_value_ids": [value("south").await] });
    c.assign(&id, json!([{ "role_id": viewer, "scope": scope, "valid_from": "2026-01-01" }]))
        .await
        .ok();
    assert_eq!(numbers(&api.get("/persons").await.ok()), ["wang", "sun", "boss"]);
    // From April on the department 001001 has no value of its own any more and inherits.
    c.run("INSERT INTO org_dimension (org_id, dimension_id, valid_from, value_id) SELECT o.id, d.id, '2026-04-01', NULL FROM org_unit o, dimension d WHERE o.code = '001001'").await;
    assert_eq!(
        numbers(&api.get("/persons?on=2026-04-01").await.ok()),
        ["wang", "qian", "sun", "boss"]
    );
});

both!(rights_have_a_first_and_a_last_day, |world| async move {
    let c = company(world).await;
    let viewer = c.role("viewer", &["employee.view"]).await;
    let (_, api) = c.user("temp", json!({}), json!([
        { "role_id": viewer, "scope": { "all": true }, "valid_from": "2026-03-11", "valid_to": "2026-03-11" } ])).await;
    assert_eq!(api.get("/persons").await.code(), "permission_missing");
    c.world.app.clock.step_seconds(12 * 3600);
    let again = identity::sign_in(c.app(), "temp", PASSWORD, "test").await.unwrap();
    let api = api.with(&again.access);
    assert_eq!(api.get("/persons").await.status, 200);
    c.world.app.clock.step_seconds(24 * 3600);
    let again = identity::sign_in(c.app(), "temp", PASSWORD, "test").await.unwrap();
    assert_eq!(api.with(&again.access).get("/persons").await.code(), "permission_missing");
});

both!(changed_rights_count_on_the_next_request_in_every_process, |world| async move {
    let c = company(world).await;
    let viewer = c.role("viewer", &["employee.view"]).await;
    let scope = json!({ "departments": [c.dept("001001", true).await] });
    let (id, api) = c
        .user(
            "li",
            json!({ "scope": scope }),
            json!([
        { "role_id": viewer, "valid_from": "2026-01-01" } ]),
        )
        .await;
    // A second process on the same database.
    let other = c.world.serve().await;
    let token = identity::sign_in(c.app(), "li", PASSWORD, "test").await.unwrap().access;
    let other = other.with(&token);
    assert_eq!(numbers(&other.get("/persons").await.ok()), ["qian", "sun"]);

    let user = c.admin.get(&format!("/users/{id}")).await.ok();
    let wider = json!({ "version": user["version"], "scope": { "departments": [c.dept("001", true).await] } });
    c.admin.patch(&format!("/users/{id}"), wider).await.ok();
    for process in [&api, &other] {
        assert_eq!(numbers(&process.get("/persons").await.ok()), ["wang", "qian", "sun", "boss"]);
    }
    let role = c.admin.get(&format!("/roles/{viewer}")).await.ok();
    let less = json!({ "version": role["version"], "permissions": ["org.view"] });
    c.admin.patch(&format!("/roles/{viewer}"), less).await.ok();
    for process in [&api, &other] {
        assert_eq!(process.get("/persons").await.code(), "permission_missing");
    }
    let user = c.admin.get(&format!("/users/{id}")).await.ok();
    let lock = json!({ "version": user["version"], "state": "locked" });
    c.admin.patch(&format!("/users/{id}"), lock).await.ok();
    for process in [&api, &other] {
        assert_eq!(process.get("/me").await.status, 401);
    }
    let held = json!({ "login": "li", "password": PASSWORD });
    let held = c.admin.post("/auth/sign-in", held).await;
    assert_eq!((held.status, held.code()), (403, "account_held"));
});

both!(the_file_follows_today_and_results_the_date, |world| async move {
    let c = company(world).await;
    let manager = c.role("mgr", &["employee.view", "day.view", "roster.view"]).await;
    let scope = json!({ "departments": [c.dept("001001", true).await] });
    let (_, api) = c
        .user(
            "mgr",
            json!({}),
            json!([
        { "role_id": manager, "scope": scope, "valid_from": "2026-01-01" } ]),
        )
        .await;
    let qian = c.person("qian").await;
    let cell = |date: &str| json!({ "person_id": qian, "date": date, "kind": "rest" });
    let cells = json!({ "cells": [cell("2026-03-04"), cell("2026-03-05")] });
    c.admin.put("/roster/cells", cells).await.ok();
    let row = c.admin.get(&format!("/persons/{qian}")).await.ok();
    let version = row.get("version").or_else(|| row["person"].get("version")).unwrap().clone();
    let move_ = json!({ "version": version, "valid_from": "2026-03-05", "org_code": "002" });
    c.admin.post(&format!("/persons/{qian}/transfers"), move_).await.ok();
    assert_eq!(api.get(&format!("/persons/{qian}")).await.status, 404, "gone from his file");
    let grid = api.get("/roster?from=2026-03-01&to=2026-03-31").await.ok();
    let row = grid["items"].as_array().unwrap().iter().find(|r| r["person_id"] == json!(qian));
    let dates = row.map(|r| texts(&json!({ "items": r["cells"] }), "date")).unwrap_or_default();
    assert_eq!(dates, ["2026-03-04"], "later dates belong to his new manager");
});

both!(nobody_gives_rights_he_does_not_have, |world| async move {
    let c = company(world).await;
    let power = ["user.edit", "user.view", "role.edit", "employee.view", "org.view"];
    let local = c.role("local", &power).await;
    let viewer = c.role("viewer", &["employee.view"]).await;
    let editor = c.role("editor", &["employee.edit"]).await;
    let d001 = json!({ "departments": [c.dept("001", true).await] });
    let (own, sub) = c.user("local", json!({}), json!([
        { "role_id": local, "scope": d001, "valid_from": "2026-01-01", "valid_to": "2026-03-31" } ])).await;
    let new = |login: &str, person: Option<String>| {
        let mut b = json!({ "login": login, "display_name": login, "password": PASSWORD });
        if let Some(p) = person {
            b["person_id"] = json!(p);
        }
        b
    };
    assert_eq!(sub.post("/users", new("x", None)).await.code(), "employee_required");
    assert_eq!(
        sub.post("/users", new("x", Some(c.person("zhao").await))).await.code(),
        "person_not_found"
    );
    let wang = sub.post("/users", new("wang", Some(c.person("wang").await))).await.ok();
    let id = wang["id"].as_str().unwrap();
    let put = |role: String, scope: Value, to: Value| {
        json!({ "version": 1, "assignments": [
        { "role_id": role, "scope": scope, "valid_from": "2026-03-01", "valid_to": to } ] })
    };
    let path = format!("/users/{id}/roles");
    let sub_scope = json!({ "departments": [c.dept("001002", true).await] });
    for (what, role, scope, to) in [
        ("an operation he lacks", &editor, sub_scope.clone(), json!("2026-03-31")),
        ("everybody", &viewer, json!({ "all": true }), json!("2026-03-31")),
        (
            "another department",
            &viewer,
            json!({ "departments": [c.dept("002", true).await] }),
            json!("2026-03-31"),
        ),
        (
            "a named stranger",
            &viewer,
            json!({ "person_ids": [c.person("zhao").await] }),
            json!("2026-03-31"),
        ),
        (
            "a position anywhere",
            &viewer,
            json!({ "position_ids": [c.id("position", "code", "staff").await] }),
            json!("2026-03-31"),
        ),
        ("longer than his own", &viewer, sub_scope.clone(), json!("2026-04-01")),
    ] {
        let refused = sub.put(&path, put(role.clone(), scope, to)).await;
        assert_eq!((refused.status, refused.code()), (403, "rights_exceed_yours"), "{what}");
    }
    let named = json!({ "person_ids": [c.person("qian").await], "departments": [c.dept("001002", false).await], "self": true });
    sub.put(&path, put(viewer.clone(), named, json!("2026-03-31"))).await.ok();

    // Nor by a role, by a scope, by a link, by a password, by himself.
    let role = json!({ "code": "own", "name": "own", "permissions": ["employee.view"] });
    assert_eq!(sub.post("/roles", role).await.code(), "rights_exceed_yours", "not for everybody");
    let grow = json!({ "version": 1, "permissions": ["employee.view", "audit.view"] });
    assert_eq!(sub.patch(&format!("/roles/{viewer}"), grow).await.code(), "rights_exceed_yours");
    assert_eq!(sub.get(&format!("/users/{own}")).await.status, 404, "he is no employee of 001");
    let link = json!({ "version": 2, "person_id": c.person("zhao").await });
    assert_eq!(sub.patch(&format!("/users/{id}"), link).await.code(), "person_not_found");
    c.assign(
        id,
        json!([{ "role_id": viewer, "valid_from": "2026-03-01", "valid_to": "2026-03-31" }]),
    )
    .await
    .ok();
    let wide = json!({ "version": 3, "scope": { "all": true } });
    assert_eq!(sub.patch(&format!("/users/{id}"), wide).await.code(), "rights_exceed_yours");
    c.assign(
        id,
        json!([{ "role_id": editor, "scope": { "all": true }, "valid_from": "2026-03-01" }]),
    )
    .await
    .ok();
    let takeover = json!({ "version": 4, "password": "another horse battery" });
    let refused = sub.patch(&format!("/users/{id}"), takeover).await;
    assert_eq!((refused.status, refused.code()), (403, "rights_exceed_yours"));
});

both!(roles_are_made_changed_and_deleted, |world| async move {
    let c = company(world).await;
    let body = json!({ "code": "clerk", "name": "部门文员", "menus": ["team", "team"], "permissions": ["roster.view", "roster.edit"] });
    let made = c.admin.post_once("/roles", "k", body.clone()).await.ok();
    assert_eq!(c.admin.post_once("/roles", "k", body.clone()).await.ok(), made);
    assert_eq!(c.admin.post("/roles", body.clone()).await.code(), "role_code_taken");
    let wrong = json!({ "code": "x", "name": "x", "permissions": ["roster.eat"] });
    let refused = c.admin.post("/roles", wrong).await;
    assert_eq!((refused.status, refused.code()), (422, "permission_unknown"));
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["menus"], json!(["team"]));
    let change = json!({ "version": 1, "name": "文员", "menus": ["me"] });
    let after = c.admin.patch(&format!("/roles/{id}"), change.clone()).await.ok();
    assert_eq!((after["name"].as_str(), after["version"].as_i64()), (Some("文员"), Some(2)));
    assert_eq!(c.admin.patch(&format!("/roles/{id}"), change).await.code(), "version_conflict");
    let (_, api) = c
        .user(
            "li",
            json!({}),
            json!([{ "role_id": id, "scope": { "all": true }, "valid_from": "2026-01-01" }]),
        )
        .await;
    assert_eq!(api.get("/me/permissions").await.ok()["menus"], json!(["me"]));
    assert_eq!(c.admin.delete(&format!("/roles/{id}")).await.code(), "role_in_use");
    let other = c.role("unused", &[]).await;
    assert_eq!(c.admin.delete(&format!("/roles/{other}")).await.ok()["deleted"], true);
    assert_eq!(c.admin.get(&format!("/roles/{other}")).await.status, 404);
    let hr = c.id("role", "code", "hr").await;
    let seed = json!({ "version": 1, "name": "mine" });
    assert_eq!(c.admin.patch(&format!("/roles/{hr}"), seed).await.code(), "role_of_program");
    assert_eq!(c.admin.delete(&format!("/roles/{hr}")).await.code(), "role_of_program");
    let codes = c.admin.get("/permissions").await.ok();
    assert!(texts(&codes, "code").contains(&"employee.field.id_number".to_owned()));
});

both!(a_user_has_all_his_fields, |world| async move {
    let c = company(world).await;
    let body = json!({ "login": "sun", "display_name": "孙", "password": PASSWORD, "phone": "+86 138-0000 0000",
        "person_id": c.person("sun").await, "scope": { "all": true } });
    let user = c.admin.post("/users", body.clone()).await.ok();
    assert_eq!(
        (user["phone"].as_str(), user["state"].as_str()),
        (Some("+86 138-0000 0000"), Some("active"))
    );
    assert_eq!(user["auth_methods"], json!(["password"]));
    let mut bad = body;
    bad["phone"] = json!("call me");
    assert_eq!(c.admin.post("/users", bad).await.code(), "phone_invalid");
    let id = user["id"].as_str().unwrap();
    let path = format!("/users/{id}");
    let none = json!({ "version": 1, "auth_methods": [], "phone": "" });
    let after = c.admin.patch(&path, none).await.ok();
    assert_eq!((after.get("phone"), &after["auth_methods"]), (None, &json!([])));
    let login = json!({ "login": "sun", "password": PASSWORD });
    assert_eq!(c.admin.post("/auth/sign-in", login.clone()).await.code(), "invalid_credentials");
    let back = json!({ "version": 2, "auth_methods": ["password"] });
    c.admin.patch(&path, back).await.ok();
    for _ in 0..5 {
        let wrong = json!({ "login": "sun", "password": "wrong password" });
        assert_eq!(c.admin.post("/auth/sign-in", wrong).await.status, 401);
    }
    assert_eq!(c.admin.get(&path).await.ok()["state"], "locked");
    assert_eq!(texts(&c.admin.get("/users?state=locked").await.ok(), "login"), ["sun"]);
    c.admin.patch(&path, json!({ "version": 3, "state": "active" })).await.ok();
    c.admin.post("/auth/sign-in", login).await.ok();
    let seen = c.admin.get("/users?text=sun&role_code=admin").await.ok();
    assert_eq!(seen["items"], json!([]));
    let gone = c.admin.patch(&path, json!({ "version": 4, "unlink_person": true })).await.ok();
    assert!(gone.get("person_id").is_none());
    let me = c.admin.get("/me").await.ok();
    let admin = me["user_id"].as_str().unwrap();
    let last = json!({ "version": 1, "state": "disabled" });
    assert_eq!(c.admin.patch(&format!("/users/{admin}"), last).await.code(), "last_administrator");
});

both!(everybody_serves_himself_without_any_role, |world| async move {
    let c = company(world).await;
    let (_, api) = c.user("wang", json!({ "person_id": c.person("wang").await }), json!([])).await;
    assert_eq!(api.get("/me/days?from=2026-03-01&to=2026-03-02").await.status, 200);
    assert_eq!(api.get("/me/permissions").await.ok()["own"], true);
    assert_eq!(api.get("/persons").await.code(), "permission_missing");
    let (_, vendor) = c.user("vendor", json!({}), json!([])).await;
    assert_eq!(vendor.get("/me/days?from=2026-03-01&to=2026-03-02").await.code(), "no_employee");
});
