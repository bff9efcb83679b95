//! Sums while editing, checks at save, and the nightly check.

use kaoqin::base::{Query, Scope};
use kaoqin::shifts::{self, CellRow, CellSource, GridFilter};
use kaoqin::{alerts, house, jobs};
use serde_json::{Value, json};
use vocabulary::{LocalDate, PersonId};

use crate::both;
use crate::people::me;
use crate::roster_grid::{cell, hr, shift, shifts as seed_shifts};
use crate::support::api::Api;
use crate::support::{Counting, World};

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// The cells of people over dates: `codes` has one letter per date, `-` = rest.
fn row(person: PersonId, from: &str, codes: &str) -> Vec<Value> {
    let dates = day(from).through(LocalDate::MAX);
    codes
        .chars()
        .zip(dates)
        .map(|(c, date)| match c {
            '-' => cell(person, &date.to_string(), &[]),
            c => cell(person, &date.to_string(), &[&c.to_string()]),
        })
        .collect()
}

async fn save(api: &Api, cells: Vec<Value>) -> Value {
    api.put("/roster/cells", json!({ "cells": cells })).await.ok()
}

fn found(answer: &Value) -> Vec<String> {
    let list = answer["findings"].as_array().unwrap();
    let line = |f: &Value| {
        let text = |k: &str| f[k].as_str().unwrap().to_owned();
        format!(
            "{} {} {} {} {}",
            text("number"),
            text("code"),
            text("from"),
            text("to"),
            f["value"]
        )
    };
    list.iter().map(line).collect()
}

/// People in one team, numbers from 1001 on.
async fn team(world: &World, code: &str, people: &[PersonId]) -> i64 {
    let db = world.app.db.for_migrations();
    let sql = format!("INSERT INTO team (code, name) VALUES ('{code}', '{code}班')");
    db.run(&sql, vec![]).await.unwrap();
    let id = world.number(&format!("SELECT id FROM team WHERE code = '{code}'")).await;
    for p in people {
        let sql = format!(
            "INSERT INTO team_member (person_id, valid_from, team_id) VALUES ({p}, '2026-02-01', {id})"
        );
        db.run(&sql, vec![]).await.unwrap();
    }
    id
}

/// The rotation of domain 11.2: early, late, night, rest.
const ROTATION: [&str; 4] = ["E", "L", "N", "-"];

both!(a_year_of_a_team_counts_as_by_hand, |world| async move {
    let people = world.staff(2).await;
    // Night and rest follow each other, so the year is counted from the first of January of a whole year.
    let db = world.app.db.for_migrations();
    db.run("UPDATE person SET hired_on = '2025-01-01'", vec![]).await.unwrap();
    db.run("UPDATE person_org SET valid_from = '2025-01-01'", vec![]).await.unwrap();
    let api = hr(&world).await;
    seed_shifts(&api).await;
    let team = team(&world, "T1", &people).await;
    db.run("UPDATE team_member SET valid_from = '2025-01-01'", vec![]).await.unwrap();
    let codes = shifts::shift_codes(world.app.db.read()).await.unwrap();
    let (from, to) = (day("2026-01-01"), day("2026-12-31"));
    let rows: Vec<CellRow> = people
        .iter()
        .flat_map(|p| {
            from.through(to).zip(ROTATION.into_iter().cycle()).map(move |(d, c)| (*p, d, c))
        })
        .map(|(person, date, code)| CellRow {
            person,
            date,
            shifts: Some(codes.get(code).map(|i| i.id).into_iter().collect()),
            expected_version: None,
        })
        .collect();
    let tx = world.app.db.begin().await.unwrap();
    let (today, at) = (world.app.today(), world.app.clock.now());
    shifts::put_cells(&tx, &me(), &rows, CellSource::Generated, today, at).await.unwrap();
    tx.commit().await.unwrap();
    let body = json!({ "from": "2026-01-01", "to": "2026-12-31", "headcounts": true });
    let answer = api.post("/roster/evaluations", body.clone()).await.ok();
    // 365 dates from 1 January: 92 early, 91 late, 91 night, 91 rest. 274 shifts of 8 hours.
    let sums = &answer["people"][0]["sums"];
    assert_eq!((sums["work_days"].as_i64(), sums["rest_days"].as_i64()), (Some(274), Some(91)));
    assert_eq!((sums["night_shifts"].as_i64(), sums["longest_run"].as_i64()), (Some(91), Some(3)));
    assert_eq!(sums["scheduled_minutes"], 274 * 480);
    assert_eq!(
        (sums["overtime_minutes"].as_i64(), sums["empty_days"].as_i64()),
        (Some(0), Some(0))
    );
    // 2026 without an own calendar: what the national one says.
    let workdays = from.through(to);
    let kinds = kaoqin::calendars::date_kinds(world.app.db.read(), &people, from, to);
    let kinds = kinds.await.unwrap();
    let workdays =
        workdays.filter(|d| kinds.kind(people[0], *d) == engine::DateKind::Workday).count();
    assert_eq!(sums["standard_minutes"], i64::try_from(workdays).unwrap() * 480);
    let all = &answer["teams"][0];
    assert_eq!(
        (all["team_id"].as_str(), all["people"].as_i64()),
        (Some(&*team.to_string()), Some(2))
    );
    assert_eq!(all["sums"]["scheduled_minutes"], 2 * 274 * 480);
    assert_eq!(
        (all["sums"]["night_shifts"].as_i64(), all["sums"]["longest_run"].as_i64()),
        (Some(182), Some(3))
    );
    let first = &answer["headcounts"][0];
    assert_eq!((first["date"].as_str(), first["shift"].as_str()), (Some("2026-01-01"), Some("E")));
    assert_eq!(first["people"], 2);
    assert_eq!(answer["headcounts"].as_array().unwrap().len(), 274);
    // While editing: one rest day becomes a late shift with overtime, which nobody saves.
    let mut body = body;
    body["changes"] = json!([cell(people[0], "2026-01-04", &["E", "O"])]);
    let edited = api.post("/roster/evaluations", body).await.ok();
    let sums = &edited["people"][0]["sums"];
    assert_eq!(
        (sums["work_days"].as_i64(), sums["overtime_minutes"].as_i64()),
        (Some(275), Some(120))
    );
    assert_eq!(sums["longest_run"], 7);
    let told = found(&edited);
    assert!(told.contains(&"1001 consecutive_days 2026-01-01 2026-01-07 7".to_owned()), "{told:?}");
    let cells =
        "SELECT count(*) FROM roster_cell WHERE work_date = '2026-01-04' AND shift_ids <> '[]'";
    assert_eq!(world.number(cells).await, 0);
});

both!(a_year_of_a_thousand_people_is_counted_in_a_fixed_number_of_queries, |world| async move {
    world.staff(30).await;
    let mut counts = Vec::new();
    for (people, to) in [(1, "2026-03-02"), (30, "2027-02-28")] {
        let snapshot = world.app.db.snapshot().await.unwrap();
        let counting = Counting::new(&snapshot);
        let filter = GridFilter {
            from: day("2026-03-01"),
            to: day(to),
            people: (1..=people).map(PersonId).collect(),
            org: None,
            team: None,
            text: None,
            after: PersonId(0),
            limit: 500,
        };
        let all = Scope::everybody();
        let done = shifts::evaluate_roster(&counting, &all, &filter, &[]).await.unwrap();
        assert_eq!(done.people.len() as i64, people);
        counts.push(counting.count());
    }
    assert_eq!(counts[0], counts[1], "{counts:?}");
    assert!(counts[0] <= 16, "{counts:?}");
});

both!(a_save_is_told_what_the_checks_find, |world| async move {
    let people = world.staff(2).await;
    let api = hr(&world).await;
    seed_shifts(&api).await;
    let answer = save(&api, row(people[0], "2026-03-16", "EEEEEEE-")).await;
    assert_eq!(answer["items"][6]["outcome"], "accepted");
    let told = found(&answer);
    assert!(told.contains(&"1001 weekly_rest 2026-03-16 2026-03-22 960".to_owned()), "{told:?}");
    let message = answer["findings"].as_array().unwrap().iter().map(|f| f["message"].to_string());
    let message = message.collect::<Vec<_>>().join(" ");
    assert!(message.contains("1001（1001）2026-03-16 至 2026-03-22 本周最长连续休息"), "{message}");
    // Nothing is said of who keeps everything.
    let answer = save(&api, row(people[1], "2026-03-16", "EEEEE--")).await;
    assert_eq!(answer["findings"], json!([]));
    // A night before an early shift overlaps nothing and leaves no rest.
    let answer = save(&api, row(people[1], "2026-03-23", "NEE")).await;
    assert_eq!(found(&answer), ["1002 rest_between 2026-03-23 2026-03-24 0"]);
    let sql = format!("UPDATE person SET left_on = '2026-03-25' WHERE id = {}", people[1]);
    world.app.db.for_migrations().run(&sql, vec![]).await.unwrap();
    let answer = save(&api, row(people[1], "2026-03-26", "E")).await;
    assert_eq!(found(&answer), ["1002 out_of_service 2026-03-26 2026-03-26 480"]);
});

both!(a_check_of_severity_block_refuses_what_would_make_it_worse, |world| async move {
    let people = world.staff(1).await;
    let api = hr(&world).await;
    seed_shifts(&api).await;
    let codes = |answer: &Value| -> Vec<String> {
        let items = answer["items"].as_array().unwrap();
        items.iter().map(|o| o["code"].as_str().unwrap_or("ok").to_owned()).collect()
    };
    let saved = save(&api, row(people[0], "2026-03-16", "EEEEEEE-")).await;
    assert!(codes(&saved).iter().all(|c| c == "ok"), "a warning refuses nothing");
    let checks = api.get("/roster-checks").await.ok();
    let runs = checks["items"].as_array().unwrap().iter().find(|c| c["code"] == "consecutive_days");
    assert_eq!(
        (runs.unwrap()["limit"].as_i64(), runs.unwrap()["version"].as_i64()),
        (Some(6), Some(0))
    );
    let admin = world.serve().await;
    let admin = world.user(&admin, "admin", None, kaoqin::identity::ScopeChoice::All).await;
    let put = |severity: &str, limit: i32, version: i32| json!({ "severity": severity, "limit": limit, "expected_version": version });
    let done = admin.put("/roster-checks/consecutive_days", put("block", 6, 0)).await.ok();
    assert_eq!((done["severity"].as_str(), done["version"].as_i64()), (Some("block"), Some(1)));
    let stale = admin.put("/roster-checks/consecutive_days", put("block", 6, 0)).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let wide = admin.put("/roster-checks/monthly_overtime", put("warn", 2_161, 0)).await;
    assert_eq!((wide.status, wide.code()), (422, "roster_check_limit_invalid"));
    let none = admin.put("/roster-checks/nothing", put("warn", 1, 0)).await;
    assert_eq!((none.status, none.code()), (404, "roster_check_not_found"));
    // The seven days are there already and may be mended, not lengthened.
    let longer = save(&api, row(people[0], "2026-03-23", "E")).await;
    assert_eq!(codes(&longer), ["roster_check_blocks"]);
    let message = longer["items"][0]["message"].as_str().unwrap();
    assert_eq!(message, "1001（1001）2026-03-16 至 2026-03-27 连续工作 12 天，超过 6 天");
    assert_eq!(codes(&save(&api, row(people[0], "2026-03-20", "-")).await), ["ok"]);
    // Of a batch only the person's cells of these dates are refused.
    let mut cells = row(people[0], "2026-04-06", "EEEEEEEE");
    cells.extend(row(people[0], "2026-05-11", "E"));
    let answer = codes(&save(&api, cells).await);
    assert_eq!(answer.iter().filter(|c| *c == "roster_check_blocks").count(), 8);
    assert_eq!(answer[8], "ok");
    let sql =
        "SELECT count(*) FROM roster_cell WHERE work_date BETWEEN '2026-04-06' AND '2026-04-13'";
    assert_eq!(world.number(sql).await, 0);
});

both!(protected_people_get_no_nights_and_no_overtime, |world| async move {
    let people = world.staff(2).await;
    let api = hr(&world).await;
    seed_shifts(&api).await;
    let rows = json!({ "protections": [
        { "person_id": people[0].to_string(), "kind": "pregnant", "valid_from": "2026-03-16",
          "valid_to": "2026-06-30" },
        { "person_id": people[1].to_string(), "kind": "minor", "valid_from": "2026-03-20",
          "valid_to": "2026-03-19" },
        { "person_id": "99", "kind": "minor", "valid_from": "2026-03-20" } ] });
    let answer = api.put("/protections", rows).await.ok();
    let codes: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["code"].as_str().unwrap_or("ok"))
        .collect();
    assert_eq!(codes, ["ok", "protection_invalid", "person_not_found"]);
    let list = api.get("/protections").await.ok();
    assert_eq!(list["items"][0]["kind"], "pregnant");
    let cells = vec![
        cell(people[0], "2026-03-13", &["N"]),
        cell(people[0], "2026-03-16", &["N"]),
        cell(people[0], "2026-03-17", &["E", "O"]),
        cell(people[0], "2026-03-18", &["E"]),
        cell(people[1], "2026-03-16", &["N"]),
    ];
    let answer = save(&api, cells).await;
    let codes: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["code"].as_str().unwrap_or("ok"))
        .collect();
    assert_eq!(codes, ["ok", "roster_check_blocks", "roster_check_blocks", "ok", "ok"]);
    // A file is refused the same way.
    let file = "工号,2026-03-19\n1001,夜班\n1002,夜班\n";
    use base64::Engine;
    let content = base64::engine::general_purpose::STANDARD.encode(file);
    let done = api.post("/roster/imports", json!({ "content_base64": content })).await.ok();
    assert_eq!(
        (done["changed"].as_i64(), done["faults"][0]["code"].as_str()),
        (Some(1), Some("roster_check_blocks"))
    );
    // Without protection the same cell is good.
    let gone = json!({ "protections": [
        { "person_id": people[0].to_string(), "kind": "pregnant", "valid_from": "2026-03-16",
          "remove": true } ] });
    api.put("/protections", gone).await.ok();
    let answer = save(&api, vec![cell(people[0], "2026-03-16", &["N"])]).await;
    assert_eq!(answer["items"][0]["outcome"], "accepted");
});

both!(the_nightly_check_stores_what_it_finds_and_closes_what_is_gone, |world| async move {
    let people = world.staff(3).await;
    let api = hr(&world).await;
    seed_shifts(&api).await;
    save(&api, row(people[0], "2026-03-16", "EEEEEEE-")).await;
    world.at("2026-03-11T02:30:00");
    house::prepare();
    alerts::nightly(&world.app).await.unwrap();
    jobs::work_off(&world.app, house::JOBS).await.unwrap();
    let api = hr(&world).await;
    let span = "from=2026-03-01&to=2026-04-30";
    let list = api.get(&format!("/roster-findings?{span}")).await.ok();
    let codes = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap();
        items.iter().map(|f| f["finding"]["code"].as_str().unwrap().to_owned()).collect()
    };
    assert!(codes(&list).contains(&"weekly_rest".to_owned()), "{list:#}");
    let alert = "SELECT count(*) FROM alert WHERE code = 'roster_findings'";
    assert_eq!(world.number(alert).await, 1);
    let one =
        api.get(&format!("/roster-findings?{span}&code=weekly_rest&severity=warn")).await.ok();
    assert_eq!(codes(&one), ["weekly_rest"]);
    let none = api.get(&format!("/roster-findings?{span}&person_id={}", people[1])).await.ok();
    assert_eq!(none["items"], json!([]));
    let own =
        world.user(&api, "manager", Some(people[1]), kaoqin::identity::ScopeChoice::Own).await;
    assert_eq!(own.get(&format!("/roster-findings?{span}")).await.ok()["items"], json!([]));
    let file = api.bytes(&format!("/roster-findings/export?format=csv&{span}")).await;
    assert!(String::from_utf8(file).unwrap().contains("weekly_rest"));
    // Mended: the next run closes it.
    save(&api, row(people[0], "2026-03-18", "-")).await;
    let admin = world.user(&api, "admin", None, kaoqin::identity::ScopeChoice::All).await;
    let empty = admin.post_once("/roster-check-runs", "k", Value::Null).await.ok();
    assert!(empty["job_id"].is_string());
    jobs::work_off(&world.app, house::JOBS).await.unwrap();
    let list = api.get(&format!("/roster-findings?{span}&code=weekly_rest")).await.ok();
    assert_eq!(list["items"], json!([]));
    let list = api.get(&format!("/roster-findings?{span}&code=weekly_rest&closed=true")).await.ok();
    assert!(list["items"][0]["closed_at"].is_string());
});

// hrms#3615 "24/7 Shifts / Variable Weekly Holidays / Shift Swapping": the weekly rest floats with the roster.
both!(weekly_rest_is_found_wherever_the_roster_puts_it, |world| async move {
    let people = world.staff(2).await;
    let api = hr(&world).await;
    seed_shifts(&api).await;
    let wednesday = save(&api, row(people[0], "2026-03-16", "EE-EEEE")).await;
    assert!(found(&wednesday).iter().all(|f| !f.contains("weekly_rest")), "{wednesday:#}");
    let none = save(&api, row(people[1], "2026-03-16", "EEEEEEE")).await;
    assert!(found(&none).iter().any(|f| f.contains("weekly_rest")));
    let body = json!({ "from": "2026-03-16", "to": "2026-03-22" });
    let sums = api.post("/roster/evaluations", body).await.ok();
    assert_eq!(sums["people"][0]["sums"]["rest_days"], 1);
});

// zensgit/metasheet2 "假配置": a setting that nothing enforces. Each check refuses once it is said to block.
both!(every_check_that_blocks_refuses_a_save, |world| async move {
    let people = world.staff(1).await;
    let api = hr(&world).await;
    seed_shifts(&api).await;
    api.post("/shifts", shift("X", "长班", &[("06:00", "20:00")])).await.ok();
    api.post("/shifts", shift("Y", "重班", &[("04:00", "12:00")])).await.ok();
    let admin = world.user(&api, "admin", None, kaoqin::identity::ScopeChoice::All).await;
    let p = people[0];
    let db = world.app.db.for_migrations();
    for (check, cells) in [
        ("weekly_rest", row(p, "2026-03-16", "EEEEEEE")),
        ("consecutive_days", row(p, "2026-03-16", "EEEEEEE")),
        ("daily_hours", row(p, "2026-03-16", "X")),
        ("shift_overlap", row(p, "2026-03-16", "NY")),
        ("rest_between", row(p, "2026-03-16", "NE")),
        ("monthly_overtime", row(p, "2026-04-01", "XXXXXXXXXXXXXXXXXXXX")),
        ("out_of_service", row(p, "2026-01-20", "E")),
        ("part_time_week", row(p, "2026-03-16", "X")),
    ] {
        if check == "part_time_week" {
            let sql = format!(
                "INSERT INTO person_kind (person_id, valid_from, employment_kind) \
                               VALUES ({p}, '2026-02-01', 'part_time')"
            );
            db.run(&sql, vec![]).await.unwrap();
        }
        let refused = |answer: &Value| {
            let items = answer["items"].as_array().unwrap();
            items.iter().filter(|o| o["code"] == "roster_check_blocks").count()
        };
        let put = |severity: &str| json!({ "severity": severity });
        admin.put(&format!("/roster-checks/{check}"), put("block")).await.ok();
        assert!(refused(&save(&api, cells.clone()).await) > 0, "{check} refuses nothing");
        db.run("DELETE FROM roster_cell", vec![]).await.unwrap();
        admin.put(&format!("/roster-checks/{check}"), put("warn")).await.ok();
        let free = save(&api, cells).await;
        assert_eq!(refused(&free), 0, "{check}: {free:#}");
        assert!(found(&free).iter().any(|f| f.contains(check)), "{check} is not told");
        db.run("DELETE FROM roster_cell", vec![]).await.unwrap();
    }
});
