use kaoqin::base::{Actor, App, Clock, Once, Query, Scope};
use kaoqin::precompute::{self, Day, DayFilter, DayRow};
use kaoqin::punches::{self, NewPunch, Urgency};
use kaoqin::rules::{self, NewRuleVersion, RuleKind, SchemeAssignment};
use kaoqin::shifts::{self, DefaultShift, NewShiftVersion};
use kaoqin::{dirty, house};
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, PersonId};

use crate::both;
use crate::support::{World, tapped};

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// An office worker with shift D1 and scheme S1 since 2026-03-01.
pub async fn worker(world: &World, number: &str) -> PersonId {
    house::prepare();
    let app = &world.app;
    let tx = app.db.begin().await.unwrap();
    rules::ensure_seeds(&tx, app.clock.now()).await.unwrap();
    tx.run(
        "INSERT INTO calendar (code, name, rest_weekdays, is_default) \
         VALUES ('cn', '做五休二', '[6,7]', true) ON CONFLICT (code) DO NOTHING",
        vec![],
    )
    .await
    .unwrap();
    tx.run(
        "INSERT INTO person (number, name, zone, hired_on, created_at) \
         VALUES ($1, $1, 'Asia/Shanghai', $2, 0)",
        vec![number.into(), date("2026-03-01").into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let number = number.to_owned();
    let found = kaoqin::people::by_number(app.db.read(), std::slice::from_ref(&number)).await;
    let id = found.unwrap()[&number];
    let day = NewShiftVersion {
        code: "D1".to_owned(),
        name: None,
        effective_from: date("2026-01-01"),
        expected_version: None,
        body: json!({ "segments": [
            { "start": "08:00", "end": "12:00" }, { "start": "13:00", "end": "17:00" } ] }),
    };
    let actor = Actor::system();
    shifts::publish(app, &actor, day, &Once::never()).await.unwrap();
    let default =
        DefaultShift { person: id, valid_from: date("2026-03-01"), shift: Some("D1".to_owned()) };
    let scope = Scope::everybody();
    shifts::assign_default_shifts(app, &actor, &scope, &[default], &Once::never()).await.unwrap();
    let scheme = SchemeAssignment {
        person: id,
        valid_from: date("2026-03-01"),
        scheme: Some("S1".to_owned()),
    };
    rules::assign_schemes(app, &actor, &scope, &[scheme], &Once::never()).await.unwrap();
    id
}

async fn tap(app: &App, person: PersonId, walls: &[&str]) {
    let tx = app.db.begin().await.unwrap();
    let all: Vec<NewPunch> = walls.iter().map(|w| tapped(person, w.parse().unwrap())).collect();
    punches::insert(&tx, &all, Urgency::Now, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn stored(app: &App, person: PersonId, on: &str) -> Option<DayRow> {
    let filter = DayFilter {
        person: Some(person),
        org: None,
        post: Default::default(),
        from: date(on),
        to: date(on),
        state: None,
        with_exceptions: false,
        after: None,
        limit: 1,
    };
    let rows = precompute::days(app.db.read(), &Scope::everybody(), &filter).await.unwrap();
    rows.into_iter().next()
}

both!(a_punch_becomes_a_result_and_a_second_drain_writes_nothing, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-11T23:30:00");
    tap(app, id, &["2026-03-10T08:20:00", "2026-03-10T17:03:00"]).await;
    let done = precompute::drain_all(app).await.unwrap();
    assert!(done.settled.written > 0);
    let day = stored(app, id, "2026-03-10").await.unwrap();
    assert_eq!((day.state.as_str(), day.regular_minutes), ("final", 460));
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 0);

    tap(app, id, &["2026-03-10T08:20:00"]).await;
    let again = precompute::drain_all(app).await.unwrap();
    assert_eq!((again.settled.written, again.settled.deleted), (0, 0));
    let summary = world.number("SELECT late_count FROM period_summary").await;
    assert_eq!(summary, 1);
});

both!(a_rule_from_the_first_of_a_month_leaves_the_days_before_it_untouched, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-04-03T23:30:00");
    tap(app, id, &["2026-03-31T08:20:00", "2026-03-31T17:00:00"]).await;
    tap(app, id, &["2026-04-01T08:20:00", "2026-04-01T17:00:00"]).await;
    precompute::drain_all(app).await.unwrap();
    let before = stored(app, id, "2026-03-31").await.unwrap();
    let april = stored(app, id, "2026-04-01").await.unwrap();

    app.clock.step_seconds(60);
    let generous = NewRuleVersion {
        kind: RuleKind::Late,
        code: "11".to_owned(),
        name: None,
        effective_from: date("2026-04-01"),
        expected_version: None,
        body: json!({ "items": [{ "code": "L", "limit_minutes": 800 }] }),
    };
    rules::publish(app, &Actor::system(), generous, &Once::never()).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    let after = stored(app, id, "2026-03-31").await.unwrap();
    assert_eq!((before.hash, before.computed_at), (after.hash, after.computed_at));
    assert_ne!(stored(app, id, "2026-04-01").await.unwrap().hash, april.hash);
});

both!(a_day_in_progress_becomes_final_when_its_time_has_come, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-10T12:00:00");
    tap(app, id, &["2026-03-10T07:55:00"]).await;
    precompute::drain_all(app).await.unwrap();
    assert_eq!(stored(app, id, "2026-03-10").await.unwrap().state, "in_progress");

    world.at("2026-03-12T00:00:30");
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    let day = stored(app, id, "2026-03-10").await.unwrap();
    assert_eq!((day.state.as_str(), day.absence_tenths), ("final", 2400));
    assert!(stored(app, id, "2026-03-12").await.is_some());
    assert_eq!(precompute::tick(app).await.unwrap(), 0);
});

both!(a_make_up_punch_closes_the_exception_and_keeps_its_history, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-12T09:00:00");
    tap(app, id, &["2026-03-10T07:55:00"]).await;
    precompute::drain_all(app).await.unwrap();
    let open = "SELECT COUNT(*) FROM day_exception WHERE code = 'missing_out' \
                AND work_date = '2026-03-10' AND closed_at IS";
    assert_eq!(world.number(&format!("{open} NULL")).await, 1);
    tap(app, id, &["2026-03-10T17:02:00"]).await;
    precompute::drain_all(app).await.unwrap();
    assert_eq!(world.number(&format!("{open} NULL")).await, 0);
    assert_eq!(world.number(&format!("{open} NOT NULL")).await, 1);
});

both!(a_mark_that_comes_during_a_drain_survives_it, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    precompute::drain_all(app).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    let mark = dirty::Mark {
        person: id,
        span: DateSpan::day(date("2026-03-09")),
        cause: dirty::Cause::Roster,
        lane: dirty::Lane::Mass,
    };
    dirty::mark(&tx, &[mark], app.clock.now()).await.unwrap();
    let claim = dirty::Claim { shard: dirty::shard_of(id), lane: dirty::Lane::Mass };
    let taken = dirty::take(&tx, claim, 9).await.unwrap();
    dirty::mark(&tx, &[mark], app.clock.now()).await.unwrap();
    let ids: Vec<_> = taken.iter().map(|t| t.id).collect();
    dirty::forget(&tx, &ids).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 1);
});

both!(double_taps_count_once_and_the_last_of_a_sign_out_counts, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-12T09:00:00");
    let taps = [
        "2026-03-10T07:55:00",
        "2026-03-10T07:55:20",
        "2026-03-10T16:59:40",
        "2026-03-10T17:00:10",
    ];
    tap(app, id, &taps).await;
    precompute::drain_all(app).await.unwrap();
    let day = stored(app, id, "2026-03-10").await.unwrap();
    assert_eq!((day.regular_minutes, day.absence_tenths), (480, 0));
    assert_eq!(
        world.number("SELECT COUNT(*) FROM day_exception WHERE code = 'odd_count'").await,
        0
    );
});

both!(an_explanation_names_the_punch_and_reproduces_the_stored_result, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-12T09:00:00");
    tap(app, id, &["2026-03-10T08:20:00", "2026-03-10T17:03:00"]).await;
    precompute::drain_all(app).await.unwrap();
    let e = precompute::explain(app, id, date("2026-03-10")).await.unwrap();
    assert!(e.reproduced);
    let text = e.explained.trace.sentences(engine::Lang::Zh).join("\n");
    assert!(text.contains("08:20"), "{text}");
    assert!(text.contains("迟到 20 分钟（原始）"), "{text}");
    for measure in [engine::Measure::Due, engine::Measure::Regular, engine::Measure::Late] {
        let result = &e.explained.result;
        let total = match measure {
            engine::Measure::Due => result.due_tenths,
            engine::Measure::Late => result.late.tenths,
            _ => result.regular_minutes * 10,
        };
        assert_eq!(e.explained.trace.sum(measure), total, "{measure:?}");
    }
});

both!(every_stored_day_printed_as_a_case_evaluates_to_itself, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-12T15:00:00");
    let taps = [
        "2026-03-09T08:01:00",
        "2026-03-10T17:03:00",
        "2026-03-11T07:59:00",
        "2026-03-11T23:30:00",
    ];
    tap(app, id, &taps).await;
    precompute::drain_all(app).await.unwrap();
    let filter = DayFilter {
        person: Some(id),
        org: None,
        post: Default::default(),
        from: date("2026-03-01"),
        to: date("2026-03-31"),
        state: None,
        with_exceptions: false,
        after: None,
        limit: 100,
    };
    let rows = precompute::days(app.db.read(), &Scope::everybody(), &filter).await.unwrap();
    assert!(rows.len() >= 12, "{}", rows.len());
    for row in rows {
        let e = precompute::explain(app, id, row.work_date).await.unwrap();
        assert!(e.reproduced, "{}", row.work_date);
        let (define, case) = e.explained.case.to_lines();
        let lines = format!("{define}\n{case}\n");
        let mut out = Vec::new();
        assert!(engine::format::evaluate_lines(lines.as_bytes(), &mut out).unwrap());
        let printed: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let id = printed["id"].as_str().unwrap().to_owned();
        let expected = engine::format::result_json(&id, &e.explained.result);
        assert_eq!(printed, expected, "{}", row.work_date);
    }
});

both!(a_reader_before_the_drain_gets_the_day_computed_on_the_spot, |world| async move {
    let app = &world.app;
    let id = worker(&world, "1001").await;
    world.at("2026-03-12T09:00:00");
    tap(app, id, &["2026-03-10T08:00:00", "2026-03-10T17:00:00"]).await;
    let on = date("2026-03-10");
    let days = precompute::person_days(app, id, on, on).await.unwrap().days;
    assert!(matches!(days.first(), Some(Day::Computed(c)) if c.result.regular_minutes == 480));
    assert_eq!(world.number("SELECT COUNT(*) FROM day_result").await, 0);
});

both!(kill_9_during_computation_loses_nothing_and_doubles_nothing, |world| async move {
    let app = &world.app;
    let mut people = Vec::new();
    for n in 1001..1009 {
        people.push(worker(&world, &n.to_string()).await);
    }
    // The work processes live by the system clock.
    app.clock.set(Clock::system().now());
    for (i, id) in people.iter().enumerate() {
        let days = date("2026-03-02").through(date("2026-05-28"));
        let walls: Vec<String> =
            days.flat_map(|d| [format!("{d}T07:5{i}:00"), format!("{d}T17:0{i}:30")]).collect();
        let walls: Vec<&str> = walls.iter().map(String::as_str).collect();
        tap(app, *id, &walls).await;
    }
    for round in 0..4 {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kaoqin"))
            .args(["work", "--log", "off", "--database-url", &app.config.database_url])
            .env("KAOQIN_JWT_SECRET", "a secret for tests with more than 32 characters")
            .spawn()
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(60 + 90 * round)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    precompute::drain_all(app).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 0);
    let doubled = "SELECT COUNT(*) FROM (SELECT person_id, work_date FROM day_result \
                   GROUP BY person_id, work_date HAVING COUNT(*) > 1) AS t";
    assert_eq!(world.number(doubled).await, 0);

    // What is stored is what a computation from the facts gives: doing it all again writes nothing.
    let tx = app.db.begin().await.unwrap();
    let everything = people.iter().map(|person| dirty::Mark {
        person: *person,
        span: DateSpan::since(date("2026-02-20")),
        cause: dirty::Cause::Engine,
        lane: dirty::Lane::Mass,
    });
    dirty::mark(&tx, &everything.collect::<Vec<_>>(), app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let again = precompute::drain_all(app).await.unwrap();
    let open = world.number("SELECT COUNT(*) FROM day_result WHERE state <> 'final'").await;
    assert!(again.settled.unchanged > 600, "{again:?}");
    assert_eq!(again.settled.deleted, 0);
    assert!(again.settled.written as i64 <= open, "{again:?}");
});
