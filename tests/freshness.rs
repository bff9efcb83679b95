//! Nobody reads an old result without being told: point reads compute, lists say who waits.

use kaoqin::base::{App, Query};
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute::{self, Day};
use kaoqin::punches::{self, Urgency};
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use crate::both;
use crate::precompute::worker;

use crate::support::tapped;

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

async fn tap(app: &App, person: PersonId, wall: &str) {
    let tx = app.db.begin().await.unwrap();
    let punch = tapped(person, wall.parse().unwrap());
    punches::insert(&tx, &[punch], Urgency::Now, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

both!(a_month_is_computed_while_one_waits_and_a_longer_span_says_it_is_old, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-04-20T09:00:00");
    precompute::drain_all(app).await.unwrap();
    app.clock.step_seconds(60);
    tap(app, id, "2026-03-10T08:00:00").await;
    tap(app, id, "2026-03-10T17:00:00").await;
    let stored = world.number("SELECT SUM(hash / 1000) FROM day_result").await;
    let at = app.clock.now();

    let month = precompute::person_days(app, id, date("2026-03-02"), date("2026-04-01")).await;
    let month = month.unwrap();
    assert_eq!((month.days.len(), month.pending_at), (31, Some(at)));
    let ninth = month.days.iter().find(|d| d.date() == date("2026-03-10"));
    assert!(matches!(ninth, Some(Day::Computed(c)) if c.result.regular_minutes == 480));

    let longer = precompute::person_days(app, id, date("2026-03-02"), date("2026-04-02")).await;
    let longer = longer.unwrap();
    assert_eq!((longer.days.len(), longer.pending_at), (32, Some(at)));
    for day in &longer.days {
        assert!(matches!(day, Day::Stored { fresh: false, .. }), "{}", day.date());
    }
    assert_eq!(world.number("SELECT SUM(hash / 1000) FROM day_result").await, stored);
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 2, "reading drains nothing");

    precompute::drain_all(app).await.unwrap();
    let after = precompute::person_days(app, id, date("2026-03-02"), date("2026-04-02")).await;
    let after = after.unwrap();
    assert_eq!(after.pending_at, None);
    assert!(after.days.iter().all(|d| matches!(d, Day::Stored { fresh: true, .. })));
});

both!(my_days_end_with_the_session_and_with_the_user, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    precompute::drain_all(app).await.unwrap();
    let api = world.serve().await;
    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;
    let month = "/me/days?from=2026-03-01&to=2026-03-10";
    assert_eq!(me.get(month).await.ok()["items"].as_array().unwrap().len(), 10);
    assert_eq!(me.get("/me/days/2026-03-09").await.ok()["fresh"], true);
    assert_eq!(me.get("/me/days/2026-02-01").await.code(), "no_result");
    me.post("/auth/sign-out", json!(null)).await.ok();
    assert_eq!(me.get(month).await.status, 401);

    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;
    me.get(month).await.ok();
    let tx = app.db.begin().await.unwrap();
    tx.run("UPDATE app_user SET state = 'disabled'", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    for path in [month, "/me/days/2026-03-09"] {
        assert_eq!((me.get(path).await.status, me.get(path).await.code()), (401, "token_invalid"));
    }
    let tx = app.db.begin().await.unwrap();
    tx.run("UPDATE app_user SET state = 'active', person_id = NULL", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(me.get(month).await.status, 403, "his employee was taken from him");
});

both!(exceptions_and_the_summary_of_one_who_waits_are_as_they_will_be, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-12T09:00:00");
    tap(app, id, "2026-03-10T07:55:00").await;
    precompute::drain_all(app).await.unwrap();
    let api = world.serve().await;
    let me = world.user(&api, "employee", Some(id), ScopeChoice::Own).await;
    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let span = "from=2026-03-10&to=2026-03-10";
    let mine = format!("/me/exceptions?{span}");
    let his = format!("/exceptions?{span}&person_id={id}&state=open");
    assert_eq!(me.get(&mine).await.ok()["items"][0]["code"], "missing_out");
    assert_eq!(hr.get(&his).await.ok()["items"][0]["code"], "missing_out");

    let before = me.get("/me/period-summary?period=2026-03").await.ok();
    let open = before["open_exceptions"].as_i64().unwrap();
    app.clock.step_seconds(60);
    tap(app, id, "2026-03-10T17:02:00").await;
    let all = me.get(&mine).await.ok();
    assert_eq!(all["items"][0]["closed_at"].as_str().unwrap(), app.clock.now().to_string());
    assert_eq!(all["freshness"]["pending_people"], 1);
    assert_eq!(hr.get(&his).await.ok()["items"], json!([]));
    let soon = me.get("/me/period-summary?period=2026-03").await.ok();
    assert_eq!(soon["regular_minutes"], 480);
    assert_eq!(soon["open_exceptions"], open - 1, "the one that the punch closes");
    assert_eq!(soon["freshness"]["pending_people"], 1);

    precompute::drain_all(app).await.unwrap();
    assert_eq!(me.get(&mine).await.ok()["items"], all["items"]);
    let mut then = me.get("/me/period-summary?period=2026-03").await.ok();
    assert_eq!(then["freshness"]["pending_people"], 0);
    then["freshness"] = soon["freshness"].clone();
    assert_eq!(then, soon);
});

both!(a_list_says_how_many_of_its_people_wait_and_since_when, |world| async move {
    let app = &world.app;
    let (id, other) = (worker(&world, "1001").await, worker(&world, "1002").await);
    precompute::drain_all(app).await.unwrap();
    let api = world.serve().await;
    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let own = world.user(&api, "manager", Some(id), ScopeChoice::Own).await;
    let path = "/days?from=2026-03-09&to=2026-03-09";
    let all = hr.get(path).await.ok();
    assert_eq!(all["freshness"]["pending_people"], 0);
    assert!(all["freshness"]["oldest_pending_at"].is_null());

    let since = app.clock.now().to_string();
    tap(app, other, "2026-03-09T08:00:00").await;
    app.clock.step_seconds(60);
    tap(app, other, "2026-03-09T17:00:00").await;
    let all = hr.get(path).await.ok();
    assert_eq!(all["freshness"]["pending_people"], 1);
    assert_eq!(all["freshness"]["oldest_pending_at"], since);
    assert_eq!(all["freshness"]["as_of"], app.clock.now().to_string());
    let fresh: Vec<bool> =
        all["items"].as_array().unwrap().iter().map(|d| d["fresh"].as_bool().unwrap()).collect();
    assert_eq!(fresh, [true, false], "the row of the one who waits says so");
    let seen = own.get(path).await.ok();
    assert_eq!(seen["freshness"]["pending_people"], 0, "people outside the scope do not count");
    for path in ["/exceptions?from=2026-03-09&to=2026-03-09", "/period-summaries?period=2026-03"] {
        assert_eq!(hr.get(path).await.ok()["freshness"]["pending_people"], 1, "{path}");
        assert_eq!(own.get(path).await.ok()["freshness"]["pending_people"], 0, "{path}");
    }
});

both!(a_locked_day_of_one_who_waits_is_shown_as_it_was_locked, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-04-10T09:00:00");
    precompute::drain_all(app).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    kaoqin::calendars::ensure_defaults(&tx).await.unwrap();
    tx.run(
        "INSERT INTO attendance_period \
           (period_set_id, period, from_date, to_date, state, changed_at) \
         SELECT id, '2026-03', '2026-03-01', '2026-03-31', 'locked', 0 FROM period_set",
        vec![],
    )
    .await
    .unwrap();
    tx.run(
        "INSERT INTO period_archive (person_id, period_id, from_date, to_date, engine_version, \
           inputs, result_hashes, archived_at) \
         SELECT $1, id, '2026-03-01', '2026-03-31', 1, '', '', 0 FROM attendance_period",
        vec![id.into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    for wall in ["2026-03-31T08:00:00", "2026-03-31T17:00:00", "2026-04-01T08:00:00"] {
        tap(app, id, wall).await;
    }
    let (from, to) = (date("2026-03-31"), date("2026-04-01"));
    let days = precompute::person_days(app, id, from, to).await.unwrap();
    assert!(days.pending_at.is_some());
    let [Day::Stored { row, fresh: true }, Day::Computed(open)] = days.days.as_slice() else {
        panic!("the locked day as stored, the open one as it will be");
    };
    assert_eq!((row.work_date, row.regular_minutes), (from, 0));
    assert_eq!(open.date, to);
    assert!(open.result.points.iter().any(|p| p.punch != 0));
});
