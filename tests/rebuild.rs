//! Rebuild: what is stored is what the facts give, and what is not is found and repaired.

use kaoqin::base::{App, Query, Scope};
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute::{self, RebuildArgs, Rebuilt, What};
use kaoqin::{alerts, dirty, house, jobs};
use serde_json::{Value, json};
use vocabulary::{DateSpan, LocalDate, PersonId};

use crate::both;
use crate::support::World;

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn args(check: bool) -> RebuildArgs {
    RebuildArgs {
        from: date("2026-01-10"),
        to: date("2026-03-31"),
        scope: Vec::new(),
        check,
        drain: false,
        report: None,
    }
}

async fn company(world: &World) -> Vec<PersonId> {
    world.at("2026-03-20T15:00:00");
    let people = world.staff(4).await;
    world.lives(&people, "2026-02-20", "2026-03-20").await;
    people
}

async fn run(app: &App, args: &RebuildArgs) -> (u8, Vec<What>, Rebuilt) {
    let done = precompute::rebuild(app, args).await.unwrap();
    let kinds = match &done {
        Rebuilt::Done { first, .. } => first.found.iter().map(|f| f.what).collect(),
        Rebuilt::Usage(_) => Vec::new(),
    };
    (done.status(), kinds, done)
}

async fn sql(app: &App, text: &str) {
    let tx = app.db.begin().await.unwrap();
    let touched = tx.run(text, vec![]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(touched > 0, "nothing was tampered with: {text}");
}

both!(what_was_drained_is_what_a_rebuild_gives_even_hours_later, |world| async move {
    company(&world).await;
    let app = &world.app;
    let (status, kinds, done) = run(app, &args(true)).await;
    assert_eq!((status, kinds.len()), (0, 0), "{done:?}");
    let Rebuilt::Done { first, .. } = done else { return };
    assert!(first.people == 4 && first.days > 150 && first.summaries >= 8, "{first:?}");
    assert!(first.exceptions > 5, "{first:?}");
    // The day in progress is compared as of its moment; what the clock has not begun is not missing.
    world.at("2026-03-22T09:00:00");
    let (status, _, done) = run(app, &args(true)).await;
    assert_eq!(status, 0, "{done:?}");
});

both!(every_kind_of_tampering_is_found_and_repaired, |world| async move {
    let people = company(&world).await;
    let app = &world.app;
    let (a, b) = (people[0], people[1]);
    let day = |p: PersonId, d: &str| format!("WHERE person_id = {p} AND work_date = '{d}'");
    let open = world.number("SELECT COUNT(*) FROM day_exception WHERE closed_at IS NULL").await;
    let first = "(person_id, work_date, code, anchor) IN (SELECT person_id, work_date, code, anchor \
                 FROM day_exception WHERE closed_at IS NULL ORDER BY 1, 2, 3, 4 LIMIT 1)";
    let tampered = [
        (
            format!("UPDATE day_result SET regular_minutes = 7 {}", day(a, "2026-03-10")),
            What::DayDiffers,
        ),
        (format!("UPDATE day_result SET shift = 'X' {}", day(b, "2026-03-20")), What::DayDiffers),
        (format!("UPDATE day_result SET hash = 12 {}", day(b, "2026-03-11")), What::DayDiffers),
        (format!("DELETE FROM day_result {}", day(a, "2026-03-12")), What::DayMissing),
        (
            format!("UPDATE day_result SET work_date = '2026-01-15' {}", day(a, "2026-03-13")),
            What::DaySuperfluous,
        ),
        (
            format!("UPDATE period_summary SET late_count = late_count + 1 WHERE person_id = {b}"),
            What::SummaryDiffers,
        ),
        (
            format!("DELETE FROM period_summary WHERE person_id = {b} AND period = '2026-03'"),
            What::SummaryMissing,
        ),
        (
            format!(
                "UPDATE period_summary SET period_set_id = 99, period = 'old' \
                     WHERE person_id = {a} AND period = '2026-03'"
            ),
            What::SummarySuperfluous,
        ),
        (format!("UPDATE day_exception SET closed_at = 5 WHERE {first}"), What::ExceptionMissing),
        (
            format!(
                "INSERT INTO day_exception (person_id, work_date, code, anchor, opened_at) \
                     VALUES ({a}, '2026-03-10', 'odd_count', 5, 1)"
            ),
            What::ExceptionSuperfluous,
        ),
        (
            format!(
                "INSERT INTO day_exception (person_id, work_date, code, anchor, opened_at) \
                     VALUES ({a}, '2026-01-20', 'odd_count', 5, 1)"
            ),
            What::ExceptionSuperfluous,
        ),
        (format!("UPDATE day_exception SET minutes = 99 WHERE {first}"), What::ExceptionDiffers),
    ];
    for (text, what) in tampered {
        sql(app, &text).await;
        let (status, kinds, done) = run(app, &args(true)).await;
        assert_eq!(status, 1, "{text}: {done:?}");
        assert!(kinds.contains(&what), "{text}: {kinds:?}");
        // Looking changes nothing.
        assert_eq!(run(app, &args(true)).await.1, kinds, "{text}");
        let (status, _, done) = run(app, &args(false)).await;
        assert_eq!(status, 0, "{text}: {done:?}");
        let (status, _, done) = run(app, &args(true)).await;
        assert_eq!(status, 0, "{text}: {done:?}");
    }
    let now = "SELECT COUNT(*) FROM day_exception WHERE closed_at IS NULL";
    assert_eq!(world.number(now).await, open);
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 0);
});

both!(what_waits_to_be_computed_is_pending_and_not_different, |world| async move {
    let people = company(&world).await;
    let app = &world.app;
    sql(
        app,
        &format!(
            "DELETE FROM day_result WHERE person_id = {} AND work_date = '2026-03-12'",
            people[0]
        ),
    )
    .await;
    let tx = app.db.begin().await.unwrap();
    let mark = dirty::Mark {
        person: people[0],
        span: DateSpan::new(date("2026-03-11"), date("2026-03-13")),
        cause: dirty::Cause::Roster,
        lane: dirty::Lane::Mass,
    };
    dirty::mark(&tx, &[mark], app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let (status, _, done) = run(app, &args(true)).await;
    let Rebuilt::Done { first, .. } = &done else { return };
    assert_eq!((status, first.pending_days), (0, 3), "{done:?}");

    // Of others it is a difference all the same.
    sql(
        app,
        &format!(
            "UPDATE day_result SET late_count = 5 WHERE person_id = {} \
                       AND work_date = '2026-03-12'",
            people[1]
        ),
    )
    .await;
    assert_eq!(run(app, &args(true)).await.0, 1);
    let only = |number: &str| RebuildArgs { scope: vec![number.to_owned()], ..args(true) };
    assert_eq!(run(app, &only("1001")).await.0, 0);
    assert_eq!(run(app, &only("1002")).await.0, 1);
    assert_eq!(run(app, &only("A")).await.0, 1);
    assert_eq!(run(app, &only("B")).await.0, 0);
    assert_eq!(run(app, &only("nobody")).await.0, 2);

    let drained = RebuildArgs { drain: true, ..args(true) };
    let (_, _, done) = run(app, &drained).await;
    let Rebuilt::Done { first, .. } = &done else { return };
    assert_eq!(first.pending_days, 0);
});

both!(the_command_fails_on_a_difference_and_ends_well_once_it_is_repaired, |world| async move {
    let people = company(&world).await;
    let app = &world.app;
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let command = |check: bool| {
        let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_kaoqin"));
        c.args(["rebuild", "--from", "2026-03-01", "--to", "2026-03-19", "--log", "off"]);
        c.args(["--database-url", &app.config.database_url, "--report"]).arg(&report);
        if check {
            c.arg("--check");
        }
        let out = c.output().unwrap();
        (out.status.code().unwrap(), String::from_utf8(out.stdout).unwrap())
    };
    assert_eq!(command(true).0, 0);
    sql(
        app,
        &format!(
            "UPDATE day_result SET regular_minutes = 7 WHERE person_id = {} \
                       AND work_date = '2026-03-10'",
            people[2]
        ),
    )
    .await;
    let (status, text) = command(true);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("1003 2026-03-10 day_differs") && text.contains("regular_minutes 7 →"));
    let read: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(read["checked"]["found"][0]["person_id"], json!(people[2]));
    let (status, text) = command(false);
    assert_eq!(status, 0, "{text}");
    assert_eq!(command(true).0, 0);
});

both!(more_differences_than_a_report_lists_are_all_repaired, |world| async move {
    world.at("2026-03-20T15:00:00");
    world.staff(220).await;
    let app = &world.app;
    precompute::drain_all(app).await.unwrap();
    sql(app, "DELETE FROM day_result").await;
    let (status, kinds, done) =
        run(app, &RebuildArgs { from: date("2026-01-30"), ..args(false) }).await;
    let Rebuilt::Done { first, left } = done else { return };
    assert!(first.different > kinds.len(), "{} of {}", kinds.len(), first.different);
    assert_eq!((status, left.unwrap().different), (0, 0));
});

both!(the_nightly_sample_raises_exactly_one_alert_for_a_wrong_row, |world| async move {
    let people = company(&world).await;
    let app = &world.app;
    let night = async |wall: &str| {
        world.at(wall);
        precompute::tick(app).await.unwrap();
        precompute::drain_all(app).await.unwrap();
        alerts::nightly(app).await.unwrap()
    };
    assert_eq!(night("2026-03-21T01:59:00").await, None);
    let job = night("2026-03-21T02:00:30").await.unwrap();
    assert_eq!(night("2026-03-21T02:01:30").await, None);
    jobs::work_off(app, house::JOBS).await.unwrap();
    let row = jobs::job(app.db.read(), job).await.unwrap().unwrap();
    assert_eq!(row.state, "done");
    assert!(row.result.unwrap().contains("\"different\":0"));
    assert_eq!(world.number("SELECT COUNT(*) FROM alert").await, 0);

    sql(
        app,
        &format!(
            "UPDATE day_result SET regular_minutes = 7 WHERE person_id = {} \
                       AND work_date = '2026-03-10'",
            people[3]
        ),
    )
    .await;
    // Two processes see the same night.
    world.at("2026-03-22T02:30:00");
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    let (one, two) = tokio::join!(alerts::nightly(app), alerts::nightly(app));
    assert_eq!(u8::from(one.unwrap().is_some()) + u8::from(two.unwrap().is_some()), 1);
    jobs::work_off(app, house::JOBS).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM alert WHERE state = 'open'").await, 1);
    let wrong = "SELECT regular_minutes FROM day_result WHERE regular_minutes = 7";
    assert_eq!(world.number(wrong).await, 7, "a sample repairs nothing");

    let api = world.serve().await;
    let admin = world.user(&api, "admin", None, ScopeChoice::All).await;
    let listed = admin.get("/alerts?state=open").await.ok();
    let alert = &listed["items"][0];
    assert_eq!(alert["object"], "nightly_sample:2026-03-22");
    assert_eq!(alert["detail"]["found"][0]["person_id"], json!(people[3]));
    let path = format!("/alerts/{}", alert["id"].as_str().unwrap());
    let seen = admin.post(&format!("{path}/acknowledgement"), json!({ "comment": "看着" })).await;
    assert_eq!(seen.ok()["state"], "acknowledged");
    let twice = admin.post(&format!("{path}/acknowledgement"), json!({})).await;
    assert_eq!((twice.status, twice.code()), (409, "alert_handled"));
    let done = admin.post(&format!("{path}/resolution"), json!({})).await.ok();
    assert_eq!((&done["state"], &done["comment"]), (&json!("resolved"), &json!("看着")));
    assert_eq!(admin.get("/alerts?state=open").await.ok()["items"], json!([]));

    // Alerts are about the whole installation.
    let org = Scope::org(world.org("A").await);
    let filter = alerts::AlertFilter { limit: 9, ..alerts::AlertFilter::default() };
    assert!(alerts::alerts(app.db.read(), &org, &filter).await.unwrap().is_empty());
});
