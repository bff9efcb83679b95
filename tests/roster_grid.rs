//! The grid of the roster, its file, and the way back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kaoqin::base::{Area, Query, Scope};
use kaoqin::identity::ScopeChoice;
use kaoqin::import::{Input, read_roster};
use kaoqin::shifts::GridFilter;
use serde_json::{Value, json};
use vocabulary::PersonId;

use crate::both;
use crate::support::api::Api;
use crate::support::{Counting, World};

pub async fn hr(world: &World) -> Api {
    let api = world.serve().await;
    world.user(&api, "hr", None, ScopeChoice::All).await
}

pub fn shift(code: &str, name: &str, spans: &[(&str, &str)]) -> Value {
    let segments: Vec<Value> = spans.iter().map(|(s, e)| json!({ "start": s, "end": e })).collect();
    json!({ "code": code, "name": name, "effective_from": "2026-01-01",
            "body": { "segments": segments } })
}

/// Shifts E (早班 06–14), L (晚班 14–22), N (夜班 22–06) and O (加班, of kind ot, 18–20).
pub async fn shifts(api: &Api) {
    api.post("/shifts", shift("E", "早班", &[("06:00", "14:00")])).await.ok();
    api.post("/shifts", shift("L", "晚班", &[("14:00", "22:00")])).await.ok();
    api.post("/shifts", shift("N", "夜班", &[("22:00", "30:00")])).await.ok();
    let mut extra = shift("O", "加班", &[("18:00", "20:00")]);
    extra["body"]["kind"] = json!("ot");
    api.post("/shifts", extra).await.ok();
}

pub fn cell(person: PersonId, date: &str, shifts: &[&str]) -> Value {
    let kind = if shifts.is_empty() { "rest" } else { "shifts" };
    json!({ "person_id": person.to_string(), "date": date, "kind": kind, "shifts": shifts })
}

const SPAN: &str = "from=2026-03-09&to=2026-03-15";

/// The file that the export gives.
async fn exported(api: &Api, format: &str, query: &str) -> Vec<u8> {
    api.bytes(&format!("/roster/export?format={format}&{query}")).await
}

fn sent(bytes: &[u8]) -> Value {
    json!({ "content_base64": STANDARD.encode(bytes) })
}

async fn cells_written(world: &World) -> i64 {
    world.number("SELECT count(*) FROM roster_cell").await
}

// hrms#3839 "Auto Attendance Fails When Default Shift and Shift Assignment Conflict", hrms#1406 (cells ambiguous, weekly
// offs missing): one resolver, and every cell says where it comes from.
both!(the_grid_shows_the_cell_that_counts_and_its_layer, |world| async move {
    let people = world.staff(2).await;
    let api = hr(&world).await;
    shifts(&api).await;
    let cells = json!({ "cells": [
        cell(people[0], "2026-03-10", &["E", "O"]), cell(people[0], "2026-03-11", &[]) ] });
    api.put("/roster/cells", cells).await.ok();
    let sql = format!("UPDATE person SET left_on = '2026-03-12' WHERE id = {}", people[1]);
    world.app.db.for_migrations().run(&sql, vec![]).await.unwrap();
    let grid = api.get(&format!("/roster/grid?{SPAN}")).await.ok();
    let row = &grid["items"][0];
    assert_eq!((row["org"].as_str(), row["cells"].as_array().unwrap().len()), (Some("A"), 7));
    let at = |i: usize, what: &str| row["cells"][i][what].clone();
    assert_eq!((at(0, "layer"), at(0, "shifts")), (json!("calendar"), json!(["D1"])));
    assert_eq!((at(1, "layer"), at(1, "names")), (json!("person"), json!(["早班", "加班"])));
    assert_eq!((at(1, "source"), at(1, "version")), (json!("manual"), json!(1)));
    assert_eq!((at(2, "kind"), at(2, "layer")), (json!("rest"), json!("person")));
    assert_eq!((at(5, "kind"), at(5, "date_kind")), (json!("rest"), json!("rest")));
    let gone = &grid["items"][1]["cells"][4];
    assert_eq!(gone["service"], "not_employed");
    // A team counts below the person's own cell and above the calendar.
    let db = world.app.db.for_migrations();
    db.run("INSERT INTO team (code, name) VALUES ('T1', '甲班')", vec![]).await.unwrap();
    let team = world.number("SELECT id FROM team").await;
    let member = format!(
        "INSERT INTO team_member (person_id, valid_from, team_id) \
         VALUES ({}, '2026-02-01', {team})",
        people[0]
    );
    db.run(&member, vec![]).await.unwrap();
    let cells = json!({ "cells": [
        { "team_id": team.to_string(), "date": "2026-03-09", "kind": "shifts", "shifts": ["N"] },
        { "team_id": team.to_string(), "date": "2026-03-10", "kind": "rest" } ] });
    api.put("/roster/team-cells", cells).await.ok();
    let path = format!("/roster/grid?{SPAN}&team_id={team}");
    let row = api.get(&path).await.ok()["items"][0].clone();
    assert_eq!(
        (row["team"].as_str(), row["cells"][0]["layer"].as_str()),
        (Some("甲班"), Some("team"))
    );
    assert_eq!(row["cells"][0]["shifts"], json!(["N"]));
    assert_eq!(row["cells"][1]["layer"], "person");
    let named = format!("/roster/grid?{SPAN}&person_id={}&person_id=99", people[1]);
    assert_eq!(api.get(&named).await.ok()["items"].as_array().unwrap().len(), 1);
    let page = api.get(&format!("/roster/grid?{SPAN}&limit=1")).await.ok();
    assert_eq!(page["next_cursor"], people[0].to_string());
    let org = world.org("B").await;
    let page = api.get(&format!("/roster/grid?{SPAN}&org_id={org}")).await.ok();
    assert_eq!(page["items"][0]["person_id"], people[1].to_string());
    let none = api.get(&format!("/roster/grid?{SPAN}&team_id=7")).await.ok();
    assert_eq!(none["items"], json!([]));
    let long = api.get("/roster/grid?from=2026-03-01&to=2026-05-02").await;
    assert_eq!((long.status, long.code()), (422, "span_invalid"));
});

both!(a_page_of_the_grid_takes_a_fixed_number_of_queries, |world| async move {
    world.staff(40).await;
    let mut counts = Vec::new();
    for (limit, last) in [(2, "2026-03-02"), (40, "2026-04-30")] {
        let snapshot = world.app.db.snapshot().await.unwrap();
        let counting = Counting::new(&snapshot);
        let filter = GridFilter {
            from: "2026-03-01".parse().unwrap(),
            to: last.parse().unwrap(),
            people: Vec::new(),
            org: None,
            team: None,
            text: None,
            after: PersonId(0),
            limit,
        };
        let (a, b) = (world.org("A").await, world.org("B").await);
        let scope = Scope::of(vec![Area::departments([a, b])], Vec::new());
        let (rows, _) = kaoqin::shifts::grid(&counting, &scope, &filter).await.unwrap();
        assert_eq!(rows.len(), limit as usize);
        counts.push(counting.count());
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[0] <= 11, "{counts:?}");
});

both!(an_exported_grid_imports_again_without_a_difference, |world| async move {
    let people = world.staff(4).await;
    let api = hr(&world).await;
    shifts(&api).await;
    // Two shifts of one name are told apart by their codes.
    api.post("/shifts", shift("E2", "早班", &[("07:00", "15:00")])).await.ok();
    let cells = json!({ "cells": [
        cell(people[0], "2026-03-10", &["E", "O"]), cell(people[0], "2026-03-11", &[]),
        cell(people[1], "2026-03-10", &["N"]), cell(people[2], "2026-03-14", &["E2"]) ] });
    api.put("/roster/cells", cells).await.ok();
    for format in ["csv", "xlsx"] {
        let file = exported(&api, format, SPAN).await;
        let mut body = sent(&file);
        body["clear_empty"] = json!(true);
        let done = api.post("/roster/imports", body).await.ok();
        assert_eq!((done["changed"].as_i64(), done["refused"].as_i64()), (Some(0), Some(0)));
        assert_eq!(done["people"], 4);
        assert_eq!(cells_written(&world).await, 4);
        // The command of the machine reads it too.
        let mut rows = 0;
        read_roster(&Input::from_bytes(file).unwrap(), None, None, &mut |_| {
            rows += 1;
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(rows, 28);
    }
    let text = String::from_utf8(exported(&api, "csv", SPAN).await).unwrap();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head = lines.next().unwrap();
    assert!(head.starts_with("工号,姓名,部门,2026-03-09 [一],2026-03-10 [二]"), "{head}");
    assert_eq!(lines.next().unwrap(), "1001,1001,A,D1,E+加班,休,D1,D1,休,休");
});

both!(only_what_a_file_changes_is_written, |world| async move {
    let people = world.staff(2).await;
    let api = hr(&world).await;
    shifts(&api).await;
    let file = "工号,姓名,2026-03-10 [二],2026-03-11 [三],2026-03-12 [四]\n\
                1001,李娜,D1,晚班,\n1002,王伟,休,,D1\n";
    let mut body = sent(file.as_bytes());
    body["dry_run"] = json!(true);
    let marks = world.number("SELECT count(*) FROM dirty_mark").await;
    let done = api.post("/roster/imports", body).await.ok();
    assert_eq!((done["changed"].as_i64(), done["unchanged"].as_i64()), (Some(2), Some(4)));
    assert_eq!(cells_written(&world).await, 0, "a dry run writes nothing");
    assert_eq!(world.number("SELECT count(*) FROM dirty_mark").await, marks);
    let first = api.post_once("/roster/imports", "k1", sent(file.as_bytes())).await.ok();
    let again = api.post_once("/roster/imports", "k1", sent(file.as_bytes())).await.ok();
    assert_eq!((&first, first["changed"].as_i64()), (&again, Some(2)));
    assert_eq!(cells_written(&world).await, 2);
    assert!(world.number("SELECT count(*) FROM dirty_mark").await > marks, "the days are marked");
    let grid = api.get(&format!("/roster/grid?{SPAN}&person_id={}", people[0])).await.ok();
    assert_eq!(grid["items"][0]["cells"][2]["source"], "import");
    // An empty cell takes a written one away only if that is asked for.
    let empty = "工号,2026-03-11\n1001,\n";
    let done = api.post("/roster/imports", sent(empty.as_bytes())).await.ok();
    assert_eq!(done["unchanged"], 1);
    let mut body = sent(empty.as_bytes());
    body["clear_empty"] = json!(true);
    assert_eq!(api.post("/roster/imports", body).await.ok()["changed"], 1);
    assert_eq!(cells_written(&world).await, 1);
});

both!(every_fault_of_a_roster_file_has_its_place_and_changes_nothing, |world| async move {
    let people = world.staff(4).await;
    world.at("2026-04-02T12:00:00");
    let api = hr(&world).await;
    shifts(&api).await;
    world.lock("2026-02").await;
    let sql = format!("UPDATE person SET left_on = '2026-03-10' WHERE id = {}", people[2]);
    world.app.db.for_migrations().run(&sql, vec![]).await.unwrap();
    let file = "工号,姓名,2026-02-27,2026-03-10,2026-03-11,2026-03-32,2026-03-10\n\
                1001,甲,休,早班,夜班9,x,y\n\
                9999,乙,,早班,,,\n\
                1001,甲,,休,,,\n\
                ,无名,,早班,,,\n\
                1003,丙,,早班,早班,,\n\
                1002,丁,,早班+晚班,,,\n";
    let done = api.post("/roster/imports", sent(file.as_bytes())).await.ok();
    let faults: Vec<String> = done["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let column = f["column"].as_i64().map_or("-".to_owned(), |c| c.to_string());
            format!("{} {column} {}", f["line"], f["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        faults,
        [
            "1 6 head_invalid",
            "1 7 date_repeated",
            "2 3 date_locked",
            "2 5 shift_unknown",
            "3 - person_not_found",
            "4 - person_repeated",
            "5 - number_missing",
            "6 5 not_in_service",
            "7 4 several_main_shifts",
        ]
    );
    assert_eq!((done["changed"].as_i64(), cells_written(&world).await), (Some(2), 2));
    // Whoever sees department B only writes nobody of A.
    let own = world.serve().await;
    let scope = ScopeChoice::Orgs(vec![world.org("B").await]);
    let own = world.user(&own, "hr", None, scope).await;
    let file = "工号,2026-03-12\n1001,休\n1004,休\n";
    let done = own.post("/roster/imports", sent(file.as_bytes())).await.ok();
    assert_eq!(done["faults"][0]["code"], "person_not_found");
    assert_eq!(done["changed"], 1);
    let wrong = api.post("/roster/imports", json!({ "content_base64": "%%%%" })).await;
    assert_eq!((wrong.status, wrong.code()), (422, "content_invalid"));
    let wrong = api.post("/roster/imports", sent(b"a,b\n1,2\n")).await;
    assert_eq!((wrong.status, wrong.code()), (422, "file_unreadable"));
});

both!(a_file_of_default_shifts_goes_out_and_comes_back, |world| async move {
    let people = world.staff(4).await;
    let api = hr(&world).await;
    shifts(&api).await;
    for format in ["csv", "xlsx"] {
        let file = api.bytes(&format!("/default-shifts/export?format={format}")).await;
        let done = api.post("/default-shifts/imports", sent(&file)).await.ok();
        assert_eq!((done["rows"].as_i64(), done["unchanged"].as_i64()), (Some(4), Some(4)));
    }
    let file = "工号,姓名,生效日期,班次\n1001,甲,2026-03-16,早班\n1002,乙,2026-03-16,\n\
                1003,丙,2026-13-01,D1\n9999,丁,2026-03-16,D1\n1004,戊,2026-03-16,夜班9\n\
                1001,甲,2026-03-16,D1\n1004,戊,2026-03-17,加班\n,己,2026-03-16,D1\n";
    let mut dry = sent(file.as_bytes());
    dry["dry_run"] = json!(true);
    let entries = "SELECT count(*) FROM default_shift";
    let marks = world.number("SELECT count(*) FROM dirty_mark").await;
    let done = api.post("/default-shifts/imports", dry).await.ok();
    assert_eq!((done["changed"].as_i64(), world.number(entries).await), (Some(2), 4));
    let done = api.post("/default-shifts/imports", sent(file.as_bytes())).await.ok();
    let faults: Vec<String> = done["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| format!("{} {}", f["line"], f["code"].as_str().unwrap()))
        .collect();
    let wanted = [
        "4 date_invalid",
        "5 person_not_found",
        "6 shift_unknown",
        "7 row_repeated",
        "8 overtime_shift",
        "9 number_missing",
    ];
    assert_eq!(faults, wanted);
    assert_eq!((done["changed"].as_i64(), world.number(entries).await), (Some(2), 6));
    assert!(world.number("SELECT count(*) FROM dirty_mark").await > marks, "the days are marked");
    let line = api.get(&format!("/default-shifts?person_id={}", people[0])).await.ok();
    assert_eq!(line["items"][1]["shift"], "E");
});
