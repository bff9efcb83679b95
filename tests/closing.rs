//! Closing of attendance periods: what is locked stays, what comes late is adjusted, and the past can be replayed.

use engine::format::evaluate_lines;
use kaoqin::base::{Actor, App, Once, Query};
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute::{self, RebuildArgs, Rebuilt, What};
use kaoqin::punches::{self, Urgency};
use kaoqin::rules::{self, NewRuleVersion, RuleKind};
use kaoqin::{dirty, house, jobs};
use serde_json::{Value, json};
use vocabulary::{LocalDate, PersonId};

use crate::both;
use crate::support::api::{Answer, Api};
use crate::support::{World, tapped};

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// Four people with a whole March, computed, on 2 April.
async fn company(world: &World) -> Vec<PersonId> {
    world.at("2026-04-02T09:00:00");
    let people = world.staff(4).await;
    world.lives(&people, "2026-02-20", "2026-04-01").await;
    tick(&world.app).await;
    people
}

async fn tick(app: &App) {
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
}

async fn set(world: &World) -> String {
    world.number("SELECT id FROM period_set WHERE is_default").await.to_string()
}

async fn hr(world: &World) -> Api {
    let api = world.serve().await;
    world.user(&api, "admin", None, ScopeChoice::All).await
}

async fn close(world: &World, hr: &Api, period: &str) -> String {
    let body = json!({ "period_set_id": set(world).await, "period": period });
    let row = hr.post("/attendance-periods", body).await.ok();
    assert_eq!(row["state"], "closing");
    row["id"].as_str().unwrap().to_owned()
}

/// Locks a closing period and returns its job.
async fn lock(world: &World, hr: &Api, id: &str) -> Value {
    let job = hr.post(&format!("/attendance-periods/{id}/lock"), json!(null)).await.ok();
    jobs::work_off(&world.app, house::JOBS).await.unwrap();
    hr.get(&format!("/jobs/{}", job["job_id"].as_str().unwrap())).await.ok()
}

async fn locked_march(world: &World) -> (Vec<PersonId>, Api, String) {
    let people = company(world).await;
    let hr = hr(world).await;
    let id = close(world, &hr, "2026-03").await;
    let job = lock(world, &hr, &id).await;
    assert_eq!(job["state"], "done", "{job:#}");
    (people, hr, id)
}

async fn tap(app: &App, person: PersonId, wall: &str) {
    let tx = app.db.begin().await.unwrap();
    let punch = tapped(person, wall.parse().unwrap());
    punches::insert(&tx, &[punch], Urgency::Now, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    precompute::drain_all(app).await.unwrap();
}

async fn day(hr: &Api, person: PersonId, on: &str) -> Value {
    let days = hr.get(&format!("/persons/{person}/days?from={on}&to={on}")).await.ok();
    days["items"][0].clone()
}

async fn check(app: &App) -> (u8, Vec<What>, usize) {
    let args = RebuildArgs {
        from: date("2026-02-01"),
        to: date("2026-04-30"),
        scope: Vec::new(),
        check: true,
        drain: false,
        report: None,
    };
    let done = precompute::rebuild(app, &args).await.unwrap();
    let Rebuilt::Done { first, .. } = &done else { panic!("{done:?}") };
    (done.status(), first.found.iter().map(|f| f.what).collect(), first.locked_days)
}

async fn sql(app: &App, text: &str) {
    let tx = app.db.begin().await.unwrap();
    let touched = tx.run(text, vec![]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(touched > 0, "nothing was touched: {text}");
}

both!(a_period_closes_is_confirmed_and_locked, |world| async move {
    let people = company(&world).await;
    let hr = hr(&world).await;
    let list = "/attendance-periods?from=2026-03-01&to=2026-04-30";
    let all = hr.get(list).await.ok();
    let states = |v: &Value| -> Vec<(String, String)> {
        let text = |p: &Value, k: &str| p[k].as_str().unwrap().to_owned();
        let items = v["items"].as_array().unwrap();
        items.iter().map(|p| (text(p, "period"), text(p, "state"))).collect()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(states(&all), [pair("2026-03", "open"), pair("2026-04", "open")]);

    let id = close(&world, &hr, "2026-03").await;
    let path = format!("/attendance-periods/{id}");
    let checks = hr.get(&format!("{path}/checks")).await.ok();
    assert_eq!((&checks["people"], &checks["obstacles"]), (&json!(4), &json!([])));
    assert!(checks["open_exceptions"].as_i64().unwrap() > 0);
    let sent = hr.post(&format!("{path}/statements"), json!(null)).await.ok();
    assert_eq!(sent["sent"], 4);
    let again = hr.post(&format!("{path}/statements"), json!(null)).await.ok();
    assert_eq!(again["sent"], 0, "nobody is asked twice");

    let me = world.user(&hr, "employee", Some(people[0]), ScopeChoice::Own).await;
    let own = me.get("/me/statements").await.ok()["items"][0].clone();
    assert_eq!((&own["state"], &own["summary"]["period"]), (&json!("sent"), &json!("2026-03")));
    let answer = format!("/me/statements/{id}/answer");
    let yes = json!({ "content": own["content"], "agrees": true });
    let confirmed = me.post_once(&answer, "k1", yes.clone()).await.ok();
    assert_eq!(confirmed["state"], "confirmed");
    let other = world.user(&hr, "employee", Some(people[1]), ScopeChoice::Own).await;
    let mute = other.post(&answer, json!({ "content": "1", "agrees": false })).await;
    assert_eq!((mute.status, mute.code()), (422, "remark_missing"));
    let stale = other.post(&answer, json!({ "content": "1", "agrees": true })).await;
    assert_eq!((stale.status, stale.code()), (409, "statement_changed"));
    let his = other.get("/me/statements").await.ok()["items"][0].clone();
    let no = json!({ "content": his["content"], "agrees": false, "remark": "3 月 5 日我在外勤" });
    assert_eq!(other.post(&answer, no).await.ok()["state"], "disputed");

    // A change after the answer shows.
    tap(&world.app, people[0], "2026-03-10T19:30:00").await;
    let changed = me.get("/me/statements").await.ok()["items"][0].clone();
    assert_eq!(changed["changed_since_answer"], true);
    let checks = hr.get(&format!("{path}/checks")).await.ok();
    assert_eq!(
        (&checks["statements_confirmed"], &checks["statements_disputed"]),
        (&json!(1), &json!(1))
    );
    let disputed = hr.get(&format!("{path}/statements?state=disputed")).await.ok();
    assert_eq!(disputed["items"][0]["remark"], "3 月 5 日我在外勤");

    let job = lock(&world, &hr, &id).await;
    assert_eq!((&job["state"], &job["progress_done"]), (&json!("done"), &json!(4)), "{job:#}");
    assert_eq!(hr.get(&path).await.ok()["state"], "locked");
    assert_eq!(states(&hr.get(list).await.ok())[0], pair("2026-03", "locked"));
    assert_eq!(day(&hr, people[0], "2026-03-10").await["state"], "locked");
    assert_eq!(day(&hr, people[0], "2026-04-01").await["state"], "final");
    let of = |state: &str| format!("/days?from=2026-03-10&to=2026-03-10&state={state}");
    assert_eq!(hr.get(&of("locked")).await.ok()["items"].as_array().unwrap().len(), 4);
    assert_eq!(hr.get(&of("final")).await.ok()["items"].as_array().unwrap().len(), 0);
    let summary = me.get("/me/period-summary?period=2026-03").await.ok();
    assert_eq!(summary["state"], "locked");
    let late = me.post(&answer, yes).await;
    assert_eq!((late.status, late.code()), (409, "period_not_closing"));
    assert_eq!(check(&world.app).await.0, 0);
});

both!(
    a_late_punch_changes_nothing_locked_and_becomes_an_adjustment_of_the_open_period,
    |world| async move {
        let (people, hr, _) = locked_march(&world).await;
        let (app, id) = (&world.app, people[0]);
        // Comes at 08:05 and has no sign-out.
        let odd = world
        .number(&format!(
            "SELECT MIN(CAST(replace(CAST(work_date AS TEXT), '-', '') AS BIGINT)) FROM day_exception \
             WHERE person_id = {id} AND code = 'missing_out' AND work_date >= '2026-03-03'"
        ))
        .await
        .to_string();
        let on = format!("{}-{}-{}", &odd[..4], &odd[4..6], &odd[6..]);
        let before = day(&hr, id, &on).await;
        let why = hr.get(&format!("/persons/{id}/days/{on}/explanation")).await.ok();
        assert_eq!((&why["reproduced"], &why["day"]["state"]), (&json!(true), &json!("locked")));

        tap(app, id, &format!("{on}T17:02:00")).await;
        assert_eq!(day(&hr, id, &on).await, before, "what is locked stays");
        let lines = hr.get(&format!("/adjustments?person_id={id}")).await.ok();
        let lines = lines["items"].as_array().unwrap();
        assert!(!lines.is_empty());
        for l in lines {
            assert_eq!(
                (&l["work_date"], &l["period"], &l["origin_period"]),
                (&json!(on), &json!("2026-04"), &json!("2026-03"))
            );
            assert_eq!(l["causes"], json!(["punch"]));
        }
        let regular = lines.iter().find(|l| l["item"] == "regular_minutes").unwrap();
        assert!(regular["delta"].as_i64().unwrap() > 0, "{regular:#}");
        let me = world.user(&hr, "employee", Some(id), ScopeChoice::Own).await;
        let mine = me.get("/me/adjustments?period=2026-04").await.ok();
        assert_eq!(mine["items"].as_array().unwrap().len(), lines.len());
        let page = me.get("/me/adjustments?limit=1").await.ok();
        let cursor = page["next_cursor"].as_str().unwrap();
        let next = me.get(&format!("/me/adjustments?limit=500&cursor={cursor}")).await.ok();
        assert_eq!(next["items"].as_array().unwrap().len(), lines.len() - 1);

        // The explanation is that of the lock: the late punch is not in it.
        let after = hr.get(&format!("/persons/{id}/days/{on}/explanation")).await.ok();
        assert_eq!(after, why);
        let (define, case) = precompute::case_lines(app, id, date(&on)).await.unwrap();
        let mut out = Vec::new();
        evaluate_lines(format!("{define}\n{case}\n").as_bytes(), &mut out).unwrap();
        let result: Value = serde_json::from_slice(&out).unwrap();
        for item in ["actual_tenths", "due_tenths"] {
            assert_eq!(result[item], before[item], "{result:#}");
        }
        // Draining again gives the same lines; a check is content with all of it.
        tap(app, id, &format!("{on}T17:02:00")).await;
        let again = hr.get(&format!("/adjustments?person_id={id}")).await.ok();
        assert_eq!(again["items"].as_array().unwrap().len(), lines.len());
        let (status, kinds, locked) = check(app).await;
        assert_eq!((status, kinds), (0, vec![]));
        assert_eq!(locked, 4 * 31);
    }
);

both!(a_rule_published_for_a_locked_month_is_not_in_its_explanation, |world| async move {
    let (people, hr, _) = locked_march(&world).await;
    let app = &world.app;
    let path = format!("/persons/{}/days/2026-03-12/explanation", people[2]);
    let why = hr.get(&path).await.ok();
    let generous = NewRuleVersion {
        kind: RuleKind::Late,
        code: "11".to_owned(),
        name: None,
        effective_from: date("2026-03-01"),
        expected_version: None,
        body: json!({ "items": [{ "code": "L", "limit_minutes": 800 }] }),
    };
    rules::publish(app, &Actor::system(), generous, &Once::never()).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    assert_eq!(hr.get(&path).await.ok(), why);
    assert!(world.number("SELECT COUNT(*) FROM adjustment WHERE cause = 'rule'").await > 0);
    assert_eq!(check(app).await.0, 0);
});

both!(tampering_with_what_is_locked_is_found_and_never_repaired, |world| async move {
    let (people, _, _) = locked_march(&world).await;
    let app = &world.app;
    let at = format!("WHERE person_id = {} AND work_date = '2026-03-12'", people[1]);
    tap(app, people[1], "2026-03-12T21:00:00").await;
    sql(app, &format!("UPDATE adjustment SET delta = delta + 7 {at}")).await;
    let (status, kinds, _) = check(app).await;
    assert_eq!((status, kinds), (1, vec![What::AdjustmentDiffers]));
    let repaired = RebuildArgs {
        from: date("2026-03-01"),
        to: date("2026-03-31"),
        scope: Vec::new(),
        check: false,
        drain: true,
        report: None,
    };
    assert_eq!(precompute::rebuild(app, &repaired).await.unwrap().status(), 0);
    assert_eq!(check(app).await.0, 0);

    sql(app, &format!("UPDATE day_result SET regular_minutes = regular_minutes + 1 {at}")).await;
    let minutes = format!("SELECT regular_minutes FROM day_result {at}");
    let tampered = world.number(&minutes).await;
    let (status, kinds, _) = check(app).await;
    assert_eq!(status, 1);
    assert!(kinds.contains(&What::DayDiffers), "{kinds:?}");
    assert_eq!(precompute::rebuild(app, &repaired).await.unwrap().status(), 1);
    assert_eq!(world.number(&minutes).await, tampered, "locked rows are for people to mend");
});

both!(closing_is_refused_with_what_stands_in_the_way, |world| async move {
    let people = company(&world).await;
    let hr = hr(&world).await;
    let set = set(&world).await;
    let body = |period: &str| json!({ "period_set_id": set, "period": period });
    let refuse = |answer: Answer, status: u16, code: &str| {
        assert_eq!((answer.status, answer.code()), (status, code), "{:#}", answer.body);
    };
    refuse(hr.post("/attendance-periods", body("2026-04")).await, 409, "period_not_over");
    refuse(hr.post("/attendance-periods", body("winter")).await, 422, "period_unknown");
    let unknown = json!({ "period_set_id": "999", "period": "2026-03" });
    refuse(hr.post("/attendance-periods", unknown).await, 404, "period_set_not_found");
    refuse(
        hr.post("/attendance-periods/77/lock", json!(null)).await,
        404,
        "attendance_period_not_found",
    );
    let clerk = world.user(&hr, "hr", None, ScopeChoice::Own).await;
    refuse(clerk.post("/attendance-periods", body("2026-03")).await, 403, "scope_not_everyone");

    let february = close(&world, &hr, "2026-02").await;
    refuse(hr.post("/attendance-periods", body("2026-02")).await, 409, "period_already_closing");
    let march = close(&world, &hr, "2026-03").await;
    let path = format!("/attendance-periods/{march}");
    refuse(hr.post(&format!("{path}/lock"), json!(null)).await, 409, "earlier_period_unlocked");
    lock(&world, &hr, &february).await;
    // Somebody's night has no end yet.
    sql(
        &world.app,
        &format!(
            "UPDATE period_summary SET final_days = final_days - 1 \
             WHERE period = '2026-03' AND person_id = {}",
            people[0]
        ),
    )
    .await;
    refuse(hr.post(&format!("{path}/lock"), json!(null)).await, 409, "days_not_final");
    let checks = hr.get(&format!("{path}/checks")).await.ok();
    assert_eq!(checks["obstacles"][0]["code"], "days_not_final");
    // Once hr may reopen what is closing, but not what is locked.
    let hr_only = world.user(&hr, "hr", None, ScopeChoice::All).await;
    let why = json!({ "reason": "too early" });
    let opened = hr_only.post(&format!("{path}/reopen"), why.clone()).await.ok();
    assert_eq!((&opened["state"], &opened["reason"]), (&json!("open"), &json!("too early")));
    refuse(
        hr_only.post(&format!("/attendance-periods/{february}/reopen"), why).await,
        403,
        "permission_missing",
    );
});

both!(a_lock_waits_for_changes_that_are_being_computed, |world| async move {
    let people = company(&world).await;
    let hr = hr(&world).await;
    let id = close(&world, &hr, "2026-03").await;
    let app = world.app.clone();
    let tx = app.db.begin().await.unwrap();
    let punch = tapped(people[3], "2026-03-05T22:10:00".parse().unwrap());
    punches::insert(&tx, &[punch], Urgency::Now, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!dirty::is_empty(app.db.read()).await.unwrap());
    let drained = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        precompute::drain_all(&app).await.unwrap();
    });
    let job = lock(&world, &hr, &id).await;
    drained.await.unwrap();
    assert_eq!(job["state"], "done", "{job:#}");
    // The punch is part of what was locked.
    assert_eq!(world.number("SELECT COUNT(*) FROM adjustment").await, 0);
    assert_eq!(check(&world.app).await.0, 0);
});

both!(
    reopening_the_latest_locked_period_lets_its_results_follow_the_facts_again,
    |world| async move {
        let (people, hr, id) = locked_march(&world).await;
        let app = &world.app;
        tap(app, people[0], "2026-03-12T21:00:00").await;
        assert!(world.number("SELECT COUNT(*) FROM adjustment").await > 0);
        let path = format!("/attendance-periods/{id}/reopen");
        let empty = hr.post(&path, json!({ "reason": " " })).await;
        assert_eq!((empty.status, empty.code()), (422, "reason_invalid"));
        let why = json!({ "reason": "plant 2 was late" });
        let opened = hr.post_once(&path, "k7", why.clone()).await.ok();
        assert_eq!(opened["state"], "open");
        assert_eq!(hr.post_once(&path, "k7", why).await.ok()["state"], "open");
        precompute::drain_all(app).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM adjustment").await, 0);
        let now = day(&hr, people[0], "2026-03-12").await;
        assert_eq!(now["state"], "final");
        assert_eq!(check(app).await.0, 0);
        let audit = "SELECT COUNT(*) FROM audit WHERE object = 'attendance_period'";
        assert_eq!(world.number(&format!("{audit} AND operation = 'reopen'")).await, 1);

        // Locked once more it holds the new result.
        close(&world, &hr, "2026-03").await;
        assert_eq!(lock(&world, &hr, &id).await["state"], "done");
        assert_eq!(world.number("SELECT COUNT(*) FROM adjustment").await, 0);
        assert_eq!(check(app).await.0, 0);
    }
);

both!(
    only_the_latest_locked_period_can_be_reopened_and_no_adjustment_is_paid_twice,
    |world| async move {
        let people = company(&world).await;
        let hr = hr(&world).await;
        let february = close(&world, &hr, "2026-02").await;
        assert_eq!(lock(&world, &hr, &february).await["state"], "done");
        tap(&world.app, people[0], "2026-02-25T21:40:00").await;
        let march = close(&world, &hr, "2026-03").await;
        assert_eq!(lock(&world, &hr, &march).await["state"], "done");
        let why = json!({ "reason": "x" });
        let early = hr.post(&format!("/attendance-periods/{february}/reopen"), why.clone()).await;
        assert_eq!((early.status, early.code()), (409, "later_period_locked"));
        // A second late fact about February: what March has paid is not paid again.
        let paid = "SELECT COALESCE(SUM(delta), 0) FROM adjustment WHERE item = 'presence_minutes'";
        let first = world.number(paid).await;
        tap(&world.app, people[0], "2026-02-25T22:40:00").await;
        assert_eq!(check(&world.app).await.0, 0);
        let april = world.number(&format!("{paid} AND period = '2026-04'")).await;
        assert_eq!(world.number(paid).await, first + april);
    }
);

both!(
    what_another_engine_would_evaluate_otherwise_is_reported_and_left_alone,
    |world| async move {
        let (people, _, _) = locked_march(&world).await;
        let app = &world.app;
        let older = "UPDATE period_archive SET engine_version = 0 WHERE person_id =";
        sql(app, &format!("{older} {}", people[0])).await;
        let (status, kinds, _) = check(app).await;
        assert_eq!(status, 0, "{kinds:?}");
        assert!(kinds.len() == 31 && kinds.iter().all(|k| *k == What::EngineDiffers), "{kinds:?}");
    }
);

both!(
    a_leave_entered_or_revoked_after_the_payroll_changes_nothing_that_was_paid,
    |world| async move {
        let (people, hr, _) = locked_march(&world).await;
        let (app, id, on) = (&world.app, people[2], "2026-03-12");
        let before = day(&hr, id, on).await;
        let leave = json!({ "person_id": id.to_string(), "type": "050", "start": format!("{on}T13:00:00"),
                        "end": format!("{on}T17:00:00"), "reason": "家中有事" });
        let answer = hr.post("/requests", json!({ "requests": [leave] })).await.ok();
        precompute::drain_all(app).await.unwrap();
        assert_eq!(day(&hr, id, on).await, before);
        let path = format!("/adjustments?person_id={id}");
        let lines = hr.get(&path).await.ok();
        let items: Vec<&str> = lines["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["item"].as_str().unwrap())
            .collect();
        assert!(items.contains(&"leave_minutes"), "{lines:#}");

        let request = answer["items"][0]["id"].as_str().unwrap();
        let reason = json!({ "reason": "提前返岗" });
        hr.post(&format!("/requests/{request}/revocation"), reason).await.ok();
        precompute::drain_all(app).await.unwrap();
        assert_eq!(hr.get(&path).await.ok()["items"], json!([]), "nothing is left to be paid");
        assert_eq!(day(&hr, id, on).await, before);
        assert_eq!(check(app).await.0, 0);
    }
);

both!(
    who_is_moved_into_a_locked_period_has_no_result_in_it_and_is_paid_in_the_open_one,
    |world| async move {
        let people = company(&world).await;
        let hr = hr(&world).await;
        let id = people[3];
        let mid = json!({ "code": "mid", "name": "16 日起", "start_day": 16 });
        let mid = hr.post("/period-sets", mid).await.ok()["id"].clone();
        let assign = |set: Value| {
            let row = json!({ "person_id": id, "valid_from": "2026-01-16", "period_set_id": set });
            json!({ "assignments": [row] })
        };
        let path = "/period-set-assignments";
        assert_eq!(hr.post(path, assign(mid)).await.ok()["items"][0]["outcome"], "accepted");
        precompute::drain_all(&world.app).await.unwrap();
        let march = close(&world, &hr, "2026-03").await;
        assert_eq!(lock(&world, &hr, &march).await["state"], "done");
        let his = format!(
            "FROM day_result WHERE person_id = {id} \
         AND work_date BETWEEN '2026-03-16' AND '2026-03-31'"
        );
        let sum = world.number(&format!("SELECT SUM(presence_minutes) {his}")).await;
        assert!(sum > 0);

        assert_eq!(
            hr.post(path, assign(Value::Null)).await.ok()["items"][0]["outcome"],
            "accepted"
        );
        precompute::drain_all(&world.app).await.unwrap();
        assert_eq!(world.number(&format!("SELECT COUNT(*) {his}")).await, 0);
        let lines = format!(
            "SELECT SUM(delta) FROM adjustment WHERE person_id = {id} \
         AND item = 'presence_minutes' AND period = '2026-04'"
        );
        assert!(world.number(&lines).await >= sum);
        assert_eq!(check(&world.app).await.0, 0);
    }
);
