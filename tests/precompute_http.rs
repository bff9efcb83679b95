//! The heart of the product over HTTP: a fact goes in, an explained result comes out.

use kaoqin::identity::ScopeChoice;
use kaoqin::precompute;
use serde_json::{Value, json};

use crate::both;
use crate::precompute::worker;

fn point(day: &Value, kind: &str) -> Value {
    let points = day["points"].as_array().unwrap();
    points.iter().find(|p| p["kind"] == kind).cloned().unwrap_or_default()
}

both!(a_punch_over_http_answers_with_its_day_and_is_named_by_the_explanation, |world| async move {
    let id = worker(&world, "1001").await;
    let api = world.serve().await;
    world.at("2026-03-10T08:20:00");
    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;

    let punched = me.post("/me/punches", json!({})).await.ok();
    let day = &punched["day"];
    assert_eq!(punched["pending"], false);
    assert_eq!((&day["work_date"], &day["state"]), (&json!("2026-03-10"), &json!("in_progress")));
    assert_eq!(point(day, "in")["punch_id"], punched["id"]);
    assert_eq!(day["late"]["raw_minutes"], 20);

    // Before any drain a reader sees the same.
    let read = me.get("/me/days/2026-03-10").await.ok();
    assert_eq!((&read["fresh"], &read["late"]), (&json!(true), &day["late"]));

    precompute::drain_all(&world.app).await.unwrap();
    let stored = me.get("/me/days/2026-03-10").await.ok();
    assert_eq!(stored["late"], day["late"]);
    assert!(stored["computed_at"].is_string(), "{stored:#}");
    let why = me.get("/me/days/2026-03-10/explanation").await.ok();
    assert_eq!(why["reproduced"], true);
    let steps = why["steps"].as_array().unwrap();
    assert!(steps.iter().any(|s| s["punch_id"] == punched["id"]), "{why:#}");
});

both!(the_first_and_the_last_date_there_is_are_answered_like_any_other, |world| async move {
    let id = worker(&world, "1001").await;
    let api = world.serve().await;
    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;
    for date in ["0001-01-01", "9999-12-31"] {
        for path in [
            format!("/me/days/{date}"),
            format!("/me/days/{date}/explanation"),
            format!("/me/days?from={date}&to={date}"),
            format!("/me/punches?from={date}&to={date}"),
            format!("/me/exceptions?from={date}&to={date}"),
        ] {
            let answer = me.get(&path).await;
            assert!(matches!(answer.status, 200 | 404 | 422), "{path}: {:#}", answer.body);
        }
    }
});

both!(a_night_punch_after_midnight_answers_with_the_day_before, |world| async move {
    let id = worker(&world, "1001").await;
    let api = world.serve().await;
    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let night = json!({ "code": "N1", "effective_from": "2026-01-01",
                        "body": { "segments": [{ "start": "22:00", "end": "30:00" }] } });
    hr.post("/shifts", night).await.ok();
    let cell = json!({ "cells": [
        { "person_id": id, "date": "2026-03-10", "kind": "shifts", "shifts": ["N1"] },
        { "person_id": id, "date": "2026-03-11", "kind": "rest" } ] });
    let rows = hr.put("/roster/cells", cell).await.ok();
    assert_eq!(rows["items"][0]["outcome"], "accepted", "{rows:#}");

    world.at("2026-03-10T21:51:00");
    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;
    let begin = me.post("/me/punches", json!({})).await.ok();
    assert_eq!(point(&begin["day"], "in")["punch_id"], begin["id"]);

    world.at("2026-03-11T06:03:00");
    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;
    let out = me.post("/me/punches", json!({})).await.ok();
    assert_eq!(out["day"]["work_date"], "2026-03-10", "{out:#}");
    assert_eq!(point(&out["day"], "out")["punch_id"], out["id"]);
});
