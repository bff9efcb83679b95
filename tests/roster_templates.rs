use std::time::Instant;

use kaoqin::precompute;
use serde_json::{Value, json};

use crate::both;
use crate::rosters_http::{effective, plant, sql};
use crate::rules_http::signed_in;
use crate::shifts::{hire, register_concern};
use crate::support::World;
use crate::support::api::Api;

/// Shifts of eight hours from 08:00, 16:00 and 24:00, and four teams of one person each.
async fn works(world: &World) -> Api {
    register_concern();
    hire(world, 4).await;
    sql(
        world,
        "INSERT INTO team (code, name) VALUES ('T1', '甲'), ('T2', '乙'), ('T3', '丙'), ('T4', '丁')",
    )
    .await;
    sql(
        world,
        "INSERT INTO team_member (person_id, valid_from, team_id) \
         SELECT id, '2026-01-01', id FROM person",
    )
    .await;
    let api = signed_in(world, "hr", None).await;
    for (code, start, end) in
        [("S1", "08:00", "16:00"), ("S2", "16:00", "24:00"), ("S3", "24:00", "32:00")]
    {
        let body = json!({ "segments": [{ "start": start, "end": end }] });
        let shift = json!({ "code": code, "effective_from": "2026-01-01", "body": body });
        api.post("/shifts", shift).await.ok();
    }
    api
}

/// The template of domain 11.2.
fn sample(days: usize) -> Value {
    let row = |shift: &str, s: i64| {
        let teams: Vec<Vec<i64>> =
            (1..=i64::try_from(days).unwrap()).map(|d| vec![(s - d).rem_euclid(4) + 1]).collect();
        json!({ "shift": shift, "days": teams })
    };
    json!({ "code": "2016_047", "name": "四班三运转A", "days": days,
            "rows": [row("S1", 1), row("S2", 2), row("S3", 3)] })
}

fn teams() -> Value {
    json!([{ "number": 1, "team_id": "1" }, { "number": 2, "team_id": "2" },
           { "number": 3, "team_id": "3" }, { "number": 4, "team_id": "4" }])
}

async fn generate(api: &Api, id: &str, phase: &str, from: &str, to: &str) -> Value {
    let body = json!({ "teams": teams(), "from": from, "to": to, "phase": phase });
    api.post(&format!("/roster-templates/{id}/generations"), body).await.ok()
}

/// `123-` = S1, S2, S3, rest.
async fn line(api: &Api, person: i64, from: &str, to: &str) -> String {
    let word = |w: String| match w.split(' ').next().unwrap() {
        "rest" => "-".to_owned(),
        code => code.trim_start_matches('S').to_owned(),
    };
    effective(api, person, from, to).await.into_iter().map(word).collect()
}

both!(the_printed_template_gives_its_cells_over_14_days_in_both_phases, |world| async move {
    let api = works(&world).await;
    let made = api.post("/roster-templates", sample(7)).await.ok();
    assert_eq!(made["pattern_days"], 4);
    assert_eq!(made["warnings"][0]["code"], "pattern_broken");
    let id = made["id"].as_str().unwrap();
    let (from, to) = ("2026-03-09", "2026-03-22");
    let done = generate(&api, id, "continue", from, to).await;
    assert_eq!((&done["written"], &done["people"]), (&json!(56), &json!(4)));
    let mut lines = Vec::new();
    for person in 1..=4 {
        lines.push(line(&api, person, from, to).await);
    }
    assert_eq!(lines, ["123-123-123-12", "23-123-123-123", "3-123-123-123-", "-123-123-123-1"]);
    let again = generate(&api, id, "continue", from, to).await;
    assert_eq!((&again["written"], &again["unchanged"]), (&json!(0), &json!(56)));
    let restart = generate(&api, id, "restart", from, to).await;
    assert!(restart["conflicts"].as_i64().unwrap() > 0, "they are shown");
    let codes: Vec<_> = restart["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"pattern_broken") && codes.contains(&"rest_short"), "{codes:?}");
    let mut lines = Vec::new();
    for person in 1..=4 {
        lines.push(line(&api, person, from, to).await);
    }
    assert_eq!(lines, ["123-123123-123", "23-123-23-123-", "3-123-13-123-1", "-123-12-123-12"]);
});

both!(each_team_works_42_hours_a_week, |world| async move {
    let api = works(&world).await;
    let made = api.post("/roster-templates", sample(8)).await.ok();
    assert_eq!(made["warnings"], json!([]), "eight days are two patterns");
    let id = made["id"].as_str().unwrap();
    generate(&api, id, "continue", "2026-03-02", "2026-03-29").await;
    for person in 1..=4 {
        let line = line(&api, person, "2026-03-02", "2026-03-29").await;
        let hours = line.chars().filter(|c| *c != '-').count() * 8;
        assert_eq!(hours, 42 * 4, "four weeks of team {person}: {line}");
    }
});

both!(a_template_is_refused_with_the_cell_that_breaks_a_rule, |world| async move {
    let api = works(&world).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut t = sample(7);
        change(&mut t);
        t
    };
    let twice =
        api.post("/roster-templates", with(&|t| t["rows"][1]["days"][0] = json!([1]))).await;
    assert_eq!((twice.status, twice.code()), (422, "team_twice"));
    assert_eq!(twice.body["errors"][0]["path"], "rows[1].days[0]");
    let short = api.post("/roster-templates", with(&|t| t["rows"][2]["days"] = json!([[3]]))).await;
    assert_eq!(short.body["errors"][0]["path"], "rows[2].days");
    let empty = with(&|t| t["rows"][0]["days"] = json!([[], [], [], [], [], [], []]));
    assert_eq!(api.post("/roster-templates", empty).await.code(), "shift_uncovered");
    let unknown =
        api.post("/roster-templates", with(&|t| t["rows"][0]["shift"] = json!("X"))).await;
    assert_eq!(unknown.code(), "shift_unknown");
    let scheme = api.post("/roster-templates", with(&|t| t["scheme"] = json!("NONE"))).await;
    assert_eq!(scheme.code(), "scheme_unknown");
    let kind = api.post("/roster-templates", with(&|t| t["shift_kind"] = json!("ot"))).await;
    assert_eq!(kind.code(), "template_kind_mixed");
    let id = api.post("/roster-templates", sample(7)).await.ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(api.post("/roster-templates", sample(7)).await.code(), "code_taken");
    let path = format!("/roster-templates/{id}");
    let renamed = with(&|t| {
        t["name"] = json!("四班三运转B");
        t["version"] = json!(1);
    });
    assert_eq!(api.put(&path, renamed.clone()).await.ok()["version"], 2);
    assert_eq!(api.put(&path, renamed).await.code(), "version_conflict");
    let few = json!({ "teams": [{ "number": 1, "team_id": "1" }], "from": "2026-03-01",
                      "to": "2026-03-02" });
    assert_eq!(api.post(&format!("{path}/generations"), few).await.code(), "teams_incomplete");
    assert_eq!(api.get("/roster-templates/99").await.code(), "roster_template_not_found");
});

both!(a_preview_writes_nothing_and_manual_cells_stay, |world| async move {
    let api = works(&world).await;
    let id = api.post("/roster-templates", sample(8)).await.ok()["id"].as_str().unwrap().to_owned();
    let cell = json!({ "cells": [{ "team_id": "1", "date": "2026-03-11", "kind": "rest" }] });
    api.put("/roster/team-cells", cell).await.ok();
    let path = format!("/roster-templates/{id}/generations");
    let body = json!({ "teams": teams(), "from": "2026-03-09", "to": "2026-03-12",
                       "dry_run": true });
    let seen = api.post(&path, body.clone()).await.ok();
    assert_eq!((&seen["written"], &seen["kept"]), (&json!(15), &json!(1)));
    assert_eq!(seen["first_conflicts"][0]["date"], "2026-03-11");
    assert_eq!(seen["first_conflicts"][0]["after"], json!(["S3"]));
    assert_eq!(world.number("SELECT COUNT(*) FROM team_cell").await, 1);
    let mut real = body;
    real["dry_run"] = json!(false);
    let first = api.post_once(&path, "once", real.clone()).await.ok();
    let second = api.post_once(&path, "once", real.clone()).await.ok();
    assert_eq!(first, second);
    assert_eq!(line(&api, 1, "2026-03-09", "2026-03-12").await, "12--");
    real["keep_manual"] = json!(false);
    assert_eq!(api.post(&path, real).await.ok()["written"], 1);
    assert_eq!(line(&api, 1, "2026-03-09", "2026-03-12").await, "123-");
});

both!(a_cycle_of_a_person_counts_from_its_anchor, |world| async move {
    let api = works(&world).await;
    let mut body = json!({ "person_ids": ["1", "2"], "anchor": "2026-03-10",
        "from": "2026-03-09", "to": "2026-03-15",
        "cycle": [{ "kind": "shifts", "shifts": ["S1"] }, { "kind": "shifts", "shifts": ["S2"] },
                  { "kind": "rest" }] });
    let done = api.post("/roster/cycle-generations", body.clone()).await.ok();
    assert_eq!((&done["written"], &done["people"]), (&json!(14), &json!(2)));
    assert_eq!(line(&api, 1, "2026-03-09", "2026-03-15").await, "-12-12-");
    sql(
        &world,
        "INSERT INTO calendar (code, name, rest_weekdays, is_default) \
         VALUES ('cn', '做五休二', '[6,7]', true)",
    )
    .await;
    sql(
        &world,
        "INSERT INTO calendar_date (calendar_id, on_date, kind, name, source) \
         VALUES (1, '2026-03-11', 'statutory', '节', 'manual')",
    )
    .await;
    body["skip_statutory"] = json!(true);
    api.post("/roster/cycle-generations", body.clone()).await.ok();
    assert_eq!(line(&api, 1, "2026-03-09", "2026-03-15").await, "-1--12-");
    body["follow_calendar"] = json!(true);
    body["skip_statutory"] = json!(false);
    api.post("/roster/cycle-generations", body.clone()).await.ok();
    assert_eq!(line(&api, 1, "2026-03-09", "2026-03-15").await, "-1--1--", "14th is a Saturday");
    body["cycle"] = json!([{ "kind": "empty" }]);
    assert_eq!(api.post("/roster/cycle-generations", body).await.code(), "cycle_invalid");
});

both!(a_roster_is_copied_by_weekday_and_by_offset, |world| async move {
    let api = works(&world).await;
    let cells: Vec<Value> = [("2026-03-09", "S1"), ("2026-03-10", "S2"), ("2026-03-11", "S3")]
        .iter()
        .map(|(d, s)| json!({ "person_id": "1", "date": d, "kind": "shifts", "shifts": [s] }))
        .collect();
    api.put("/roster/cells", json!({ "cells": cells })).await.ok();
    let mut copy = json!({ "source_person_id": "1", "source_from": "2026-03-09",
        "source_to": "2026-03-11", "person_ids": ["2"], "from": "2026-03-17", "to": "2026-03-20",
        "by": "weekday", "dry_run": true });
    let seen = api.post("/roster/copies", copy.clone()).await.ok();
    assert_eq!((&seen["written"], &seen["conflicts"]), (&json!(2), &json!(0)));
    copy["dry_run"] = json!(false);
    api.post("/roster/copies", copy.clone()).await.ok();
    let shown = effective(&api, 2, "2026-03-17", "2026-03-20").await;
    assert_eq!(shown, ["S2 person", "S3 person", "empty -", "empty -"]);
    copy["by"] = json!("offset");
    let again = api.post("/roster/copies", copy.clone()).await.ok();
    assert_eq!(again["conflicts"], 2, "what was generated is written over");
    let shown = effective(&api, 2, "2026-03-17", "2026-03-20").await;
    assert_eq!(shown, ["S1 person", "S2 person", "S3 person", "S1 person"]);
    copy["person_ids"] = json!([]);
    assert_eq!(api.post("/roster/copies", copy.clone()).await.code(), "subject_invalid");
    copy["team_ids"] = json!(["1"]);
    assert_eq!(api.post("/roster/copies", copy).await.ok()["written"], 4);
    assert_eq!(effective(&api, 1, "2026-03-17", "2026-03-17").await, ["S1 team"]);
});

both!(a_draft_counts_for_nobody_until_it_is_published, |world| async move {
    let api = plant(&world).await;
    let draft = json!({ "name": "三月", "from": "2026-03-09", "to": "2026-03-15" });
    let id = api.post("/roster/drafts", draft).await.ok()["id"].as_str().unwrap().to_owned();
    let cell = |person: &str, date: &str| json!({ "person_id": person, "date": date, "kind": "shifts", "shifts": ["D1"] });
    let edit = json!({ "cells": [cell("1", "2026-03-12"), cell("1", "2026-03-20")],
        "team_cells": [{ "team_id": "1", "date": "2026-03-13", "kind": "rest" }] });
    let path = format!("/roster/drafts/{id}");
    let done = api.put(&format!("{path}/cells"), edit).await.ok();
    assert_eq!(done["items"][0]["outcome"], "accepted");
    assert_eq!(done["items"][1]["code"], "outside_draft");
    assert_eq!(done["items"][2]["outcome"], "accepted");
    assert_eq!(effective(&api, 1, "2026-03-12", "2026-03-12").await, ["empty -"]);
    assert_eq!(
        world.number("SELECT COUNT(*) FROM dirty_mark WHERE cause LIKE '%roster%'").await,
        0
    );
    let version = api.get("/roster/drafts?open=true").await.ok()["items"][0]["version"].clone();
    let stale = json!({ "cells": [cell("1", "2026-03-12")] });
    api.put("/roster/cells", stale).await.ok();
    let mut publish = json!({ "version": version, "note": "定稿" });
    let refused = api.post(&format!("{path}/publications"), publish.clone()).await;
    assert_eq!((refused.status, refused.code()), (409, "roster_draft_stale"));
    publish["replace"] = json!(true);
    let done = api.post(&format!("{path}/publications"), publish.clone()).await.ok();
    assert_eq!((&done["cells"], &done["people"]), (&json!(1), &json!(2)), "one was the same");
    assert_eq!(effective(&api, 2, "2026-03-13", "2026-03-13").await, ["rest team"]);
    let again = api.post(&format!("{path}/publications"), publish).await;
    assert_eq!(again.code(), "roster_draft_closed");
    let list = api.get("/roster/publications").await.ok();
    assert_eq!(list["items"][0]["note"], "定稿");
    let second = signed_in(&world, "employee", Some(2)).await;
    let told = second.get("/me/notices").await.ok();
    assert_eq!(told["items"][0]["kind"], "roster_published");
    assert_eq!(told["items"][0]["payload"]["from"], "2026-03-13");
    let up_to = told["items"][0]["id"].clone();
    let read = second.post("/me/notices/readings", json!({ "up_to": up_to })).await.ok();
    assert_eq!(read["read"], 1);
    assert_eq!(second.get("/me/notices?unread=true").await.ok()["items"], json!([]));
    let other = json!({ "name": "四月", "from": "2026-04-01", "to": "2026-04-30" });
    let other = api.post("/roster/drafts", other).await.ok();
    let path = format!("/roster/drafts/{}", other["id"].as_str().unwrap());
    let empty = api.post(&format!("{path}/publications"), json!({ "version": 1 })).await;
    assert_eq!(empty.code(), "roster_draft_empty");
    let gone = api.post(&format!("{path}/discards"), json!({ "version": 1 })).await.ok();
    assert_eq!(gone["state"], "discarded");
});

both!(a_later_change_of_a_published_cell_is_a_version_and_is_told, |world| async move {
    let api = plant(&world).await;
    for shift in ["D1", "N1"] {
        let cell = json!({ "cells": [{ "person_id": "1", "date": "2026-03-12", "kind": "shifts",
            "shifts": [shift] }, { "person_id": "1", "date": "2026-03-02", "kind": "rest" }] });
        api.put("/roster/cells", cell).await.ok();
    }
    let clear = json!({ "person_ids": ["1"], "from": "2026-03-12", "to": "2026-03-12" });
    api.post("/roster/clearings", clear).await.ok();
    let history = api.get("/roster/cell-history?person_id=1&date=2026-03-12").await.ok();
    let shown: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| (h["version"].as_i64().unwrap(), h["shifts"][0].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(shown, [(2, "N1".to_owned()), (1, "D1".to_owned())]);
    assert!(history["items"][0]["ended_at"].is_string(), "it was cleared");
    let own = signed_in(&world, "employee", Some(1)).await;
    let told = own.get("/me/notices").await.ok();
    let told: Vec<_> = told["items"].as_array().unwrap().iter().map(|n| &n["payload"]).collect();
    assert_eq!(told.len(), 3, "what is over concerns nobody");
    assert_eq!(told[0]["dates"], 1);
    let none = api.get("/roster/cell-history?date=2026-03-12").await;
    assert_eq!(none.code(), "subject_invalid");
});

both!(a_year_of_1000_people_in_four_teams_is_one_call, |world| async move {
    let api = works(&world).await;
    let rows: Vec<String> = (5..=1_000)
        .map(|i| format!("({i}, 'E{i:05}', '员工{i}', 'Asia/Shanghai', '2020-01-01', 0)"))
        .collect();
    let insert = "INSERT INTO person (id, number, name, zone, hired_on, created_at) VALUES";
    sql(&world, &format!("{insert} {}", rows.join(", "))).await;
    sql(
        &world,
        "INSERT INTO team_member (person_id, valid_from, team_id) \
         SELECT id, '2026-01-01', id % 4 + 1 FROM person WHERE id > 4",
    )
    .await;
    let id = api.post("/roster-templates", sample(8)).await.ok()["id"].as_str().unwrap().to_owned();
    let began = Instant::now();
    let done = generate(&api, &id, "continue", "2026-01-01", "2026-12-31").await;
    let took = began.elapsed();
    assert_eq!((&done["written"], &done["people"]), (&json!(1_460), &json!(1_000)));
    assert!(took.as_secs() < 20, "{took:?}");
    let marked = "SELECT COUNT(DISTINCT person_id) FROM dirty_mark WHERE cause = 'team_roster'";
    assert_eq!(world.number(marked).await, 1_000);
    let told = "SELECT COUNT(*) FROM notice WHERE kind = 'roster_changed'";
    assert_eq!(world.number(told).await, 1_000);
});

both!(a_roster_of_another_scheme_is_found, |world| async move {
    let api = works(&world).await;
    let app = &world.app;
    let tx = app.db.begin().await.unwrap();
    kaoqin::rules::ensure_seeds(&tx, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    for (person, scheme) in [(1, "S2"), (2, "S1")] {
        sql(
            &world,
            &format!(
                "INSERT INTO scheme_assignment (person_id, valid_from, scheme_id) SELECT {person}, \
                 '2026-01-01', id FROM rule WHERE kind = 'scheme' AND code = '{scheme}'"
            ),
        )
        .await;
    }
    let mut template = sample(8);
    template["scheme"] = json!("S2");
    let id = api.post("/roster-templates", template).await.ok()["id"].as_str().unwrap().to_owned();
    generate(&api, &id, "continue", "2026-03-10", "2026-03-12").await;
    let found = api.get("/setup-findings?date=2026-03-10").await.ok();
    let numbers: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["kind"] == "roster_of_another_scheme")
        .map(|f| f["number"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(numbers, ["E00002", "E00003", "E00004"]);
    precompute::drain_all(app).await.unwrap();
});
