use kaoqin::calendars;
use serde_json::{Value, json};

use crate::both;
use crate::people::{put, row};
use crate::people_http::texts;
use crate::rules_http::signed_in;
use crate::shifts::register_concern;
use crate::support::World;
use crate::support::api::Api;

async fn hr(world: &World) -> Api {
    register_concern();
    let tx = world.app.db.begin().await.unwrap();
    calendars::ensure_defaults(&tx).await.unwrap();
    tx.commit().await.unwrap();
    signed_in(world, "hr", None).await
}

fn six() -> Value {
    json!({ "code": "six", "name": "做六休一", "rest_weekdays": [7] })
}

both!(a_calendar_is_made_filled_and_read_back, |world| async move {
    let api = hr(&world).await;
    let made = api.post_once("/calendars", "k1", six()).await.ok();
    assert_eq!(api.post_once("/calendars", "k1", six()).await.ok(), made);
    let twice = api.post("/calendars", six()).await;
    assert_eq!((twice.status, twice.code()), (409, "code_taken"));
    let path = format!("/calendars/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.ok()["rest_weekdays"], json!([7]));
    assert_eq!(api.get("/calendars/99").await.code(), "calendar_not_found");
    let page = api.get("/calendars?limit=1").await.ok();
    assert_eq!(
        (texts(&page, "code"), page["next_cursor"].as_str()),
        (vec!["cn".to_owned()], Some("cn"))
    );
    assert_eq!(texts(&api.get("/calendars?cursor=cn").await.ok(), "code"), ["six"]);

    let dates = json!({ "version": 1, "dates": [
        { "date": "2026-07-01", "kind": "rest", "name": "厂庆" },
        { "date": "2026-01-02", "kind": "workday" } ] });
    let done = api.put(&format!("{path}/dates"), dates.clone()).await.ok();
    assert_eq!((done["version"].as_i64(), done["changed"].as_i64()), (Some(2), Some(2)));
    assert_eq!(done["batch_ids"].as_array().unwrap().len(), 1, "2 January was a workday anyway");
    let stale = api.put(&format!("{path}/dates"), dates).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
    let listed = api.get(&format!("{path}/dates?from=2026-01-01&to=2026-12-31")).await.ok();
    assert_eq!(texts(&listed, "date"), ["2026-01-02", "2026-07-01"]);
    assert_eq!(texts(&listed, "source"), ["manual", "manual"]);
    let long = api.get(&format!("{path}/dates?from=2020-01-01&to=2026-12-31")).await;
    assert_eq!((long.status, long.code()), (422, "span_invalid"));
    let lost = api.get("/calendars/99/dates?from=2026-01-01&to=2026-12-31").await;
    assert_eq!(lost.code(), "calendar_not_found");
});

both!(the_national_schedule_is_previewed_and_imported, |world| async move {
    let api = hr(&world).await;
    let made = api.post("/calendars", six()).await.ok();
    let path = format!("/calendars/{}", made["id"].as_str().unwrap());
    let dates = json!({ "version": 1, "dates": [{ "date": "2026-01-02", "kind": "workday" }] });
    api.put(&format!("{path}/dates"), dates).await.ok();
    let preview = api.get(&format!("{path}/national/2026")).await.ok();
    assert_eq!(preview["additions"].as_array().unwrap().len(), 38);
    assert_eq!(preview["conflicts"][0]["national"], "rest");
    assert_eq!(preview["conflicts"][0]["ours"], "workday");
    let national = format!("{path}/national");
    let done = api.post(&national, json!({ "year": 2026 })).await.ok();
    assert_eq!((done["version"].as_i64(), done["changed"].as_i64()), (Some(3), Some(38)));
    let again = api.post(&national, json!({ "year": 2026 })).await.ok();
    assert_eq!((again["version"].as_i64(), again["changed"].as_i64()), (Some(3), Some(0)));
    let done = api.post(&national, json!({ "year": 2026, "replace": true })).await.ok();
    assert_eq!(done["changed"], 1);
    let unknown = api.get(&format!("{path}/national/2019")).await;
    assert_eq!((unknown.status, unknown.code()), (422, "year_unknown"));
    assert!(unknown.body["hint"].as_str().unwrap().contains("2026"));
    assert_eq!(api.get("/calendars/99/national/2026").await.code(), "calendar_not_found");
});

both!(calendars_are_assigned_row_by_row, |world| async move {
    let api = hr(&world).await;
    api.post("/calendars", six()).await.ok();
    let people: Vec<_> = (0..1100).map(|i| row(&format!("E{i}"), "2026-01-05", None)).collect();
    put(&world.app, &people).await;
    let mut rows: Vec<Value> = (1..=1100)
        .map(|i| {
            json!({ "person_id": i.to_string(), "valid_from": "2026-02-01", "calendar": "six" })
        })
        .collect();
    rows.push(json!({ "person_id": "5000", "valid_from": "2026-02-01", "calendar": "six" }));
    rows.push(json!({ "person_id": "1", "valid_from": "2026-03-01", "calendar": "none" }));
    rows.push(json!({ "person_id": "1", "valid_from": "2026-03-01" }));
    let body = json!({ "assignments": rows });
    let answer = api.put("/calendar-assignments", body).await.ok();
    let outcomes = texts(&answer, "outcome");
    assert!(outcomes[..1100].iter().all(|o| o == "accepted"));
    assert_eq!(outcomes[1100..], ["rejected", "rejected", "rejected"]);
    let codes = texts(&answer, "code");
    assert_eq!(codes[1100..], ["person_not_found", "calendar_unknown", "row_repeated"]);
    let page = api.get("/calendar-assignments?limit=2").await.ok();
    assert_eq!(texts(&page, "person_id"), ["1", "2"]);
    let next = page["next_cursor"].as_str().unwrap();
    let page = api.get(&format!("/calendar-assignments?limit=1&cursor={next}")).await.ok();
    assert_eq!(texts(&page, "person_id"), ["3"]);
    let one = api.get("/calendar-assignments?person_id=7").await.ok();
    assert_eq!(texts(&one, "calendar"), ["six"]);
    let none = api.get("/calendar-assignments?calendar_id=1").await.ok();
    assert_eq!(none["items"], json!([]));
    let bad = api.get("/calendar-assignments?cursor=x").await;
    assert_eq!((bad.status, bad.code()), (422, "cursor_invalid"));
    let sets = api.get("/period-sets").await.ok();
    assert_eq!(texts(&sets, "code"), ["month"]);
});

both!(every_operation_on_calendars_needs_its_permission, |world| async move {
    hr(&world).await;
    let nobody = signed_in(&world, "employee", None).await;
    let dates = json!({ "version": 1, "dates": [{ "date": "2026-01-02" }] });
    let rows = json!({ "assignments": [{ "person_id": "1", "valid_from": "2026-03-01" }] });
    for answer in [
        nobody.get("/calendars").await,
        nobody.get("/calendars/1").await,
        nobody.post("/calendars", six()).await,
        nobody.get("/calendars/1/dates?from=2026-01-01&to=2026-01-02").await,
        nobody.put("/calendars/1/dates", dates).await,
        nobody.get("/calendars/1/national/2026").await,
        nobody.post("/calendars/1/national", json!({ "year": 2026 })).await,
        nobody.get("/calendar-assignments").await,
        nobody.put("/calendar-assignments", rows).await,
        nobody.get("/period-sets").await,
    ] {
        assert_eq!((answer.status, answer.code()), (403, "permission_missing"));
    }
});

both!(the_sample_calendar_of_2016_gives_what_the_schedule_says, |world| async move {
    let api = hr(&world).await;
    let made = json!({ "code": "001", "name": "做五休二", "rest_weekdays": [6, 7] });
    let id = api.post("/calendars", made).await.ok()["id"].as_str().unwrap().to_owned();
    let of = |kind: &str, dates: &[&str]| -> Vec<Value> {
        dates.iter().map(|d| json!({ "date": format!("2016-{d}"), "kind": kind })).collect()
    };
    let mut dates = of("statutory", &["05-01", "06-09", "09-15", "10-01", "10-02", "10-03"]);
    dates.extend(of("rest", &["05-02", "09-16", "10-04", "10-05", "10-06", "10-07"]));
    dates.extend(of("workday", &["06-12", "09-18", "10-08", "10-09"]));
    let body = json!({ "version": 1, "dates": dates });
    assert_eq!(api.put(&format!("/calendars/{id}/dates"), body).await.ok()["changed"], 16);
    let id = vocabulary::CalendarId(id.parse().unwrap());
    let calendar = calendars::load(world.app.db.read(), id).await.unwrap().unwrap();
    let kind = |date: &str| calendars::kind_code(calendar.kind(date.parse().unwrap()));
    for (date, expected) in [
        ("2016-05-01", "statutory"), // a Sunday
        ("2016-05-02", "rest"),      // a Monday
        ("2016-05-03", "workday"),
        ("2016-06-11", "rest"),    // a Saturday
        ("2016-06-12", "workday"), // a Sunday made up for
        ("2016-09-16", "rest"),
        ("2016-09-17", "rest"),
        ("2016-09-18", "workday"),
        ("2016-10-03", "statutory"),
        ("2016-10-07", "rest"),
        ("2016-10-08", "workday"), // a Saturday made up for
        ("2016-10-09", "workday"),
        ("2016-10-10", "workday"),
        ("2016-10-15", "rest"),
    ] {
        assert_eq!(kind(date), expected, "{date}");
    }
});

both!(the_national_schedule_goes_into_several_calendars_at_once, |world| async move {
    let api = hr(&world).await;
    let six = api.post("/calendars", six()).await.ok()["id"].as_str().unwrap().to_owned();
    let shift = json!({ "code": "shift", "name": "轮班", "rest_weekdays": [] });
    let shift = api.post("/calendars", shift).await.ok()["id"].as_str().unwrap().to_owned();
    // Somebody works on 1 May in one of them.
    let own = json!({ "version": 1, "dates": [{ "date": "2026-05-01", "kind": "workday" }] });
    api.put(&format!("/calendars/{six}/dates"), own).await.ok();
    let all = api.get("/national-previews?year=2026").await.ok();
    let numbers: Vec<(String, usize, usize)> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            let count = |key: &str| c["preview"][key].as_array().unwrap().len();
            (c["calendar"].as_str().unwrap().to_owned(), count("additions"), count("conflicts"))
        })
        .collect();
    let (_, whole, _) = numbers[2];
    assert_eq!(numbers[0], ("cn".to_owned(), 0, 0), "it has come with the program");
    assert_eq!(numbers[1], ("shift".to_owned(), 13, 0), "only statutory dates");
    assert_eq!(numbers[2].2, 1);
    let body =
        |replace: bool| json!({ "year": 2026, "calendar_ids": [six, shift], "replace": replace });
    let done = api.post_once("/national-imports", "n", body(false)).await.ok();
    let changed = |v: &Value, i: usize| v["items"][i]["changes"]["changed"].as_u64().unwrap();
    assert_eq!((changed(&done, 0), changed(&done, 1)), (whole as u64, 13));
    assert_eq!(api.post_once("/national-imports", "n", body(false)).await.ok(), done);
    let again = api.post("/national-imports", body(false)).await.ok();
    assert_eq!((changed(&again, 0), changed(&again, 1)), (0, 0), "what somebody entered wins");
    let replaced = api.post("/national-imports", body(true)).await.ok();
    assert_eq!((changed(&replaced, 0), changed(&replaced, 1)), (1, 0));
    let lost = json!({ "year": 2026, "calendar_ids": [six, "999"] });
    assert_eq!(api.post("/national-imports", lost).await.code(), "calendar_not_found");
    let unknown = json!({ "year": 2016, "calendar_ids": [six] });
    assert_eq!(api.post("/national-imports", unknown).await.code(), "year_unknown");
    let version = api.get(&format!("/calendars/{six}")).await.ok()["version"].clone();
    let renamed = json!({ "version": version, "name": "六天制" });
    assert_eq!(
        api.patch(&format!("/calendars/{six}"), renamed.clone()).await.ok()["name"],
        "六天制"
    );
    let stale = api.patch(&format!("/calendars/{six}"), renamed).await;
    assert_eq!((stale.status, stale.code()), (409, "version_conflict"));
});
