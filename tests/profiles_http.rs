use std::sync::atomic::{AtomicU64, Ordering};

use kaoqin::base::{Scope, Tx};
use kaoqin::identity::ScopeChoice;
use kaoqin::profiles::{self, FileFilter};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use serde_json::{Value, json};
use vocabulary::{LocalDate, PersonId};

use crate::both;
use crate::people::group;
use crate::people_http::texts;
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

/// A number with a right check digit; a woman born on 1949-12-31.
const ID: &str = "11010519491231002X";

async fn hr(world: &World) -> Api {
    register_concern();
    group(&world.app).await;
    signed_in(world, "hr", None).await
}

/// Takes people on; their ids.
async fn hire(api: &Api, people: &[(&str, &str, &str)]) -> Vec<String> {
    let mut ids = Vec::new();
    for (number, name, org) in people {
        let body =
            json!({ "number": number, "name": name, "hired_on": "2026-01-05", "org_code": org });
        ids.push(api.post("/persons", body).await.ok()["id"].as_str().unwrap().to_owned());
    }
    ids
}

fn fields(version: i32, fields: Value) -> Value {
    json!({ "version": version, "fields": fields })
}

/// Numbers of the people a search finds.
async fn found(api: &Api, query: &str) -> Vec<String> {
    let page = api.get(&format!("/employee-files?{query}")).await.ok();
    let items = page["items"].as_array().unwrap();
    items.iter().map(|i| i["person"]["number"].as_str().unwrap().to_owned()).collect()
}

both!(fields_of_groups_are_masked_and_every_view_in_the_clear_is_logged, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "李娜", "A1")]).await;
    let path = format!("/persons/{}/file", ids[0]);
    let empty = api.get(&path).await.ok();
    assert_eq!(
        (empty["version"].as_i64(), empty["fields"].as_object().unwrap().len()),
        (Some(0), 0)
    );
    let patch = json!({ "version": 0, "fields": { "mobile": "13800138000", "id_number": ID,
        "sex": "女", "major": "会计", "address": "深圳市南山区某路 1 号", "disabled": "" } });
    let refused = api.patch(&path, patch.clone()).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "permission_missing"),
        "medical is not HR's"
    );
    let mut patch = patch;
    patch["fields"].as_object_mut().unwrap().remove("disabled");
    let saved = api.patch(&path, patch.clone()).await.ok();
    assert_eq!(saved["version"], 1);
    assert_eq!(saved["fields"]["mobile"], "138******00");
    assert_eq!(saved["fields"]["id_number"], "110*************2X");
    assert_eq!(saved["fields"]["birth_date"], "***", "derived from the card, and masked");
    assert_eq!(
        (&saved["fields"]["sex"], &saved["fields"]["major"]),
        (&json!("female"), &json!("会计"))
    );
    let stale = api.patch(&path, patch).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));

    let views = "SELECT COUNT(*) FROM audit WHERE operation = 'reveal'";
    let clear = api.get(&format!("{path}?reveal=id_number&reveal=birth_date")).await.ok();
    assert_eq!(clear["fields"]["id_number"], ID);
    assert_eq!(clear["fields"]["birth_date"], "1949-12-31");
    assert_eq!(clear["fields"]["mobile"], "138******00", "only what was asked for");
    assert_eq!(world.number(views).await, 1);
    api.get(&path).await.ok();
    assert_eq!(world.number(views).await, 1, "a masked view is no view in the clear");

    let boss = world.user(&api, "manager", None, ScopeChoice::All).await;
    assert_eq!(boss.get(&path).await.ok()["masked"].as_array().unwrap().len(), 4);
    let refused = boss.get(&format!("{path}?reveal=phone")).await;
    assert_eq!((refused.status, refused.code()), (403, "permission_missing"));
    let stranger =
        world.user(&api, "hr", None, ScopeChoice::Orgs(vec![world.org("B").await])).await;
    for query in ["", "?reveal=phone"] {
        let outside = stranger.get(&format!("{path}{query}")).await;
        assert_eq!((outside.status, outside.code()), (404, "person_not_found"));
    }
});

both!(an_identity_number_is_encrypted_and_still_found, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "李娜", "A1"), ("E2", "王强", "B")]).await;
    for id in &ids {
        api.patch(&format!("/persons/{id}/file"), fields(0, json!({ "id_number": ID }))).await.ok();
    }
    for table in ["person_file", "audit", "idempotency"] {
        let column = match table {
            "person_file" => "id_cipher || id_hash || coalesce(remarks, '')",
            "audit" => "detail",
            _ => "outcome",
        };
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '%110105%'");
        assert_eq!(world.number(&sql).await, 0, "{table} tells the number");
    }
    let ciphers = "SELECT COUNT(DISTINCT id_cipher) FROM person_file";
    assert_eq!(world.number(ciphers).await, 2, "equal numbers do not look equal");
    assert_eq!(found(&api, &format!("id_number={}", ID.to_lowercase())).await, ["E1", "E2"]);
    assert_eq!(found(&api, "id_number=110105194912310021").await, Vec::<String>::new());
    let boss = world.user(&api, "manager", None, ScopeChoice::All).await;
    let refused = boss.get(&format!("/employee-files?id_number={ID}")).await;
    assert_eq!((refused.status, refused.code()), (403, "permission_missing"));
});

both!(birth_date_and_sex_agree_with_the_identity_card_or_are_confirmed, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "李娜", "A1")]).await;
    let path = format!("/persons/{}/file", ids[0]);
    let wrong = api.patch(&path, fields(0, json!({ "id_number": "110105194912310021" }))).await;
    assert_eq!((wrong.status, wrong.code()), (422, "field_invalid"));
    assert_eq!(wrong.body["errors"][0]["path"], "fields.id_number");
    let other = json!({ "id_number": ID, "birth_date": "1950-01-01" });
    let refused = api.patch(&path, fields(0, other.clone())).await;
    assert_eq!((refused.status, refused.code()), (422, "id_disagrees"));
    let refused = api.patch(&path, fields(0, json!({ "id_number": ID, "sex": "male" }))).await;
    assert_eq!(refused.code(), "id_disagrees");
    let mut confirmed = fields(0, other);
    confirmed["confirm_id"] = json!(true);
    assert_eq!(api.patch(&path, confirmed).await.ok()["id_confirmed"], true);
    // What agrees again needs no confirmation.
    let back = api.patch(&path, fields(1, json!({ "birth_date": "1949-12-31" }))).await.ok();
    assert_eq!(back["id_confirmed"], false);
});

both!(a_card_has_one_holder_in_service_and_can_pass_to_another_person, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "李娜", "A1"), ("E2", "王强", "B")]).await;
    let card = |from: &str| json!({ "card_no": "0008", "valid_from": from });
    let path = |n: usize| format!("/persons/{}/card", ids[n]);
    let first = api.put(&path(0), card("2026-01-05")).await.ok();
    assert_eq!(first["card_no"], "0008");
    let taken = api.put(&path(1), card("2026-02-01")).await;
    assert_eq!((taken.status, taken.code()), (409, "card_taken"));
    let left = json!({ "version": 1, "left_on": "2026-03-05" });
    api.put(&format!("/persons/{}/leaving", ids[0]), left).await.ok();
    let early = api.put(&path(1), card("2026-03-05")).await;
    assert_eq!(early.code(), "card_taken", "he is still in service on his last day");
    api.put(&path(1), card("2026-03-06")).await.ok();
    let before = api.get(&format!("/persons/{}/file", ids[0])).await.ok();
    assert_eq!(before["cards"][0]["valid_to"], "2026-03-05");
    assert_eq!(found(&api, "card_no=0008&on=2026-02-01").await, ["E1"]);
    assert_eq!(found(&api, "card_no=0008").await, ["E2"]);
    // Another card ends the first one; taking it back ends both.
    let other = json!({ "card_no": "0009", "valid_from": "2026-03-08" });
    let file = api.put(&path(1), other).await.ok();
    assert_eq!(file["cards"][0]["valid_to"], "2026-03-07");
    let file = api.put(&path(1), json!({ "valid_from": "2026-03-10" })).await.ok();
    assert_eq!((file["card_no"].as_str(), file["cards"].as_array().unwrap().len()), (None, 2));
});

both!(nobody_stands_below_himself, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "甲", "A1"), ("E2", "乙", "A1"), ("E3", "丙", "A1")]).await;
    let path = |n: usize| format!("/persons/{}/file", ids[n]);
    let below = |version, number: &str| fields(version, json!({ "manager": number }));
    let made = api.patch(&path(0), below(0, "E2")).await.ok();
    assert_eq!(made["manager"]["name"], "乙");
    api.patch(&path(1), below(0, "E3")).await.ok();
    for (who, above) in [(2, "E1"), (2, "E2"), (2, "E3")] {
        let refused = api.patch(&path(who), below(0, above)).await;
        assert_eq!((refused.status, refused.code()), (422, "manager_cycle"), "{who} below {above}");
    }
    assert_eq!(api.patch(&path(2), below(0, "E9")).await.code(), "manager_unknown");
    assert_eq!(found(&api, &format!("manager_id={}", ids[2])).await, ["E2"]);
    api.patch(&path(1), below(1, "")).await.ok();
    api.patch(&path(2), below(0, "E1")).await.ok();
});

both!(custom_items_never_cut_a_value, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "甲", "A1"), ("E2", "乙", "B")]).await;
    let item = |code: &str, name: &str, kind: &str, rest: Value| {
        let mut body = json!({ "code": code, "name": name, "kind": kind });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        body
    };
    let make = |body: Value| api.post("/custom-items", body);
    for bad in ["1grade", "_x", "bonus_", "加班", "a-b"] {
        let answer = make(item(bad, "甲", "text", json!({ "length": 5 }))).await;
        assert_eq!((answer.status, answer.code()), (422, "custom_item_code_invalid"), "{bad}");
    }
    for (code, name) in [("A", "甲"), ("bonus_1", "津贴"), ("Grade2", "级别")] {
        make(item(code, name, "decimal", json!({ "places": 3 }))).await.ok();
    }
    let again = make(item("BONUS_1", "乙", "text", json!({ "length": 5 }))).await;
    assert_eq!((again.status, again.code()), (409, "custom_item_code_taken"));
    let reserved = make(item("mobile", "丙", "text", json!({ "length": 5 }))).await;
    assert_eq!(reserved.code(), "custom_item_code_reserved");
    make(item("note1", "说明", "text", json!({ "length": 10 }))).await.ok();
    make(item("room", "宿舍", "choice", json!({ "elements": " 东区 ；西区;; 不住宿" }))).await.ok();

    let path = format!("/persons/{}/file", ids[0]);
    let custom = |version: i32, values: Value| json!({ "version": version, "custom": values });
    let saved = api
        .patch(
            &path,
            custom(
                0,
                json!({ "bonus_1": "3.125", "room": "东区",
        "note1": "一二三四五六七八" }),
            ),
        )
        .await
        .ok();
    assert_eq!(saved["custom"]["bonus_1"], "3.125");
    let bad = api.patch(&path, custom(1, json!({ "room": "南区" }))).await;
    assert_eq!((bad.status, bad.code()), (422, "custom_value_invalid"));
    let bad = api.patch(&path, custom(1, json!({ "bonus_1": "1.0001" }))).await;
    assert_eq!(bad.body["errors"][0]["path"], "custom.bonus_1");

    let listed = api.get("/custom-items").await.ok();
    let id = |code: &str| {
        let items = listed["items"].as_array().unwrap();
        items.iter().find(|i| i["code"] == code).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let change = |code: &str, body: Value| {
        let path = format!("/custom-items/{}", id(code));
        let api = &api;
        async move { api.patch(&path, body).await }
    };
    let other = json!({ "version": 1, "kind": "text", "length": 5 });
    assert_eq!(change("bonus_1", other.clone()).await.code(), "custom_item_kind_in_use");
    assert_eq!(change("A", other).await.ok()["kind"], "text", "nobody has a value");
    let fewer = json!({ "version": 1, "kind": "decimal", "places": 2 });
    assert_eq!(change("bonus_1", fewer.clone()).await.code(), "custom_item_would_cut");
    let shorter = |n: i32| json!({ "version": 1, "kind": "text", "length": n });
    assert_eq!(change("note1", shorter(7)).await.code(), "custom_item_would_cut");
    change("note1", shorter(8)).await.ok();
    api.patch(&path, custom(1, json!({ "bonus_1": "3.120" }))).await.ok();
    change("bonus_1", fewer).await.ok();
    assert_eq!(api.get(&path).await.ok()["custom"]["bonus_1"], "3.12");

    let room = json!({ "version": 1, "kind": "choice", "elements": "北区；西区" });
    let room = change("room", room).await.ok();
    let hidden = json!({ "name": "东区", "hidden": true });
    assert_eq!(room["elements"].as_array().unwrap().last(), Some(&hidden), "不住宿 is gone");
    let other = format!("/persons/{}/file", ids[1]);
    let refused = api.patch(&other, custom(0, json!({ "room": "东区" }))).await;
    assert_eq!(refused.code(), "custom_value_invalid", "hidden for new input");
    assert_eq!(api.get(&path).await.ok()["custom"]["room"], "东区", "the stored value stays");
    let in_use = api.delete(&format!("/custom-items/{}", id("room"))).await;
    assert_eq!((in_use.status, in_use.code()), (409, "custom_item_in_use"));
    api.delete(&format!("/custom-items/{}", id("Grade2"))).await.ok();

    for (query, who) in [
        ("custom_item=bonus_1&custom_value=3.12", vec!["E1"]),
        ("custom_item=bonus_1&custom_min=3&custom_max=4", vec!["E1"]),
        ("custom_item=bonus_1&custom_min=4", vec![]),
        ("custom_item=ROOM&custom_value=东区", vec!["E1"]),
    ] {
        assert_eq!(found(&api, query).await, who, "{query}");
    }
    let half = api.get("/employee-files?custom_item=room").await;
    assert_eq!((half.status, half.code()), (422, "filter_incomplete"));
});

both!(data_that_is_not_needed_is_off_until_somebody_switches_it_on, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "甲", "A1")]).await;
    let path = format!("/persons/{}/file", ids[0]);
    let married = fields(0, json!({ "marital_status": "已婚" }));
    assert_eq!(api.patch(&path, married.clone()).await.code(), "field_off");
    api.put("/employee-fields/marital_status", json!({ "on": true })).await.ok();
    api.patch(&path, married).await.ok();
    let clear = api.get(&format!("{path}?reveal=household")).await.ok();
    assert_eq!(clear["fields"]["marital_status"], "married");
    api.put("/employee-fields/marital_status", json!({ "on": false })).await.ok();
    let hidden = api.get(&format!("{path}?reveal=household")).await.ok();
    assert_eq!(hidden["fields"].get("marital_status"), None);
    let always = api.put("/employee-fields/mobile", json!({ "on": false })).await;
    assert_eq!((always.status, always.code()), (422, "field_not_optional"));
    let all = api.get("/employee-fields").await.ok();
    assert!(texts(&all, "name").contains(&"hours_system".to_owned()));
});

both!(people_are_found_by_any_part_of_name_pinyin_and_number, |world| async move {
    let api = hr(&world).await;
    hire(
        &api,
        &[("E00421", "张伟国", "A1"), ("E00422", "欧阳娜娜", "B"), ("X3", "John Smith", "A")],
    )
    .await;
    for (text, who) in [
        ("伟国", vec!["E00421"]),
        ("weiguo", vec!["E00421"]),
        ("ZWG", vec!["E00421"]),
        ("421", vec!["E00421"]),
        ("e0042", vec!["E00421", "E00422"]),
        ("oynn", vec!["E00422"]),
        ("娜", vec!["E00422"]),
        ("smi", vec!["X3"]),
        ("nobody", vec![]),
    ] {
        assert_eq!(found(&api, &format!("text={text}")).await, who, "{text}");
    }
    assert_eq!(found(&api, "number=X3").await, ["X3"]);
    let a = world.org("A").await;
    assert_eq!(found(&api, &format!("org_id={a}")).await, ["E00421", "X3"]);
    assert_eq!(found(&api, &format!("org_id={a}&text=zwg&state=active")).await, ["E00421"]);
    // Another name is found by other words.
    api.patch("/persons/1", json!({ "version": 1, "name": "章魏国" })).await.ok();
    assert_eq!(found(&api, "text=张").await, Vec::<String>::new());
    assert_eq!(found(&api, "text=魏").await, ["E00421"]);
});

both!(a_copy_works_like_the_other_and_is_somebody_else, |world| async move {
    let api = hr(&world).await;
    let ids = hire(&api, &[("E1", "李娜", "A1"), ("E2", "王强", "A1")]).await;
    let patch = fields(
        0,
        json!({ "id_number": ID, "mobile": "13800138000", "hours_system": "综合",
        "manager": "E2", "address": "某路 1 号", "email": "a@b.cn", "remarks": "私人" }),
    );
    api.patch(&format!("/persons/{}/file", ids[0]), patch).await.ok();
    let card = json!({ "card_no": "0008", "valid_from": "2026-01-05" });
    api.put(&format!("/persons/{}/card", ids[0]), card).await.ok();
    let copies = format!("/persons/{}/copies", ids[0]);
    let body = json!({ "number": "E3", "name": "赵敏", "hired_on": "2026-03-16" });
    let made = api.post_once(&copies, "c", body.clone()).await.ok();
    assert_eq!(made["person"]["org_code"], "A1");
    assert_eq!(made["fields"], json!({ "hours_system": "comprehensive", "manager": "E2" }));
    assert_eq!((&made["cards"], made["card_no"].as_str()), (&json!([]), None));
    let again = api.post_once(&copies, "c", body.clone()).await.ok();
    assert_eq!(again["person"]["id"], made["person"]["id"]);
    let twice = api.post(&copies, body).await;
    assert_eq!((twice.status, twice.code()), (409, "number_taken"));
});

/// A connection that counts its statements.
struct Counting<'a>(&'a Tx, AtomicU64);

impl Counting<'_> {
    fn one(&self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Counting<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.one();
        self.0.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.one();
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.one();
        self.0.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.one();
        self.0.query_all_raw(stmt).await
    }
}

both!(a_page_takes_as_many_statements_for_many_people_as_for_one, |world| async move {
    let api = hr(&world).await;
    let people: Vec<Value> = (0..300)
        .map(|n| json!({ "number": format!("N{n:03}"), "name": "张伟", "hired_on": "2026-01-05" }))
        .collect();
    api.put("/persons", json!({ "persons": people })).await.ok();
    api.patch("/persons/1/file", fields(0, json!({ "major": "会计", "manager": "N002" })))
        .await
        .ok();
    let tx = world.app.db.begin().await.unwrap();
    let mut counts = Vec::new();
    for (text, limit) in [(None, 1), (Some("zw"), 1), (Some("zw"), 200), (None, 300)] {
        let filter = FileFilter {
            on: "2026-03-10".parse::<LocalDate>().unwrap(),
            text: text.map(str::to_owned),
            number: None,
            card: None,
            id_number: None,
            org: None,
            state: None,
            manager: None,
            custom: None,
            also: Vec::new(),
            after: PersonId(0),
            limit,
        };
        let counting = Counting(&tx, AtomicU64::new(0));
        let keys = world.app.config.data_keys();
        let rows = profiles::files(&counting, keys, &Scope::everybody(), &filter).await.unwrap();
        assert_eq!(rows.len(), limit as usize);
        counts.push(counting.1.into_inner());
    }
    assert!(counts.iter().all(|c| *c == counts[0] && *c <= 8), "{counts:?}");
});
