//! Time makes days dirty: exactly those whose window, zone or midnight has come, once.

use kaoqin::base::{Actor, Once, Query, put_setting, setting};
use kaoqin::dirty::{self, Cause, Object};
use kaoqin::precompute;
use vocabulary::{DateSpan, LocalDate};

use crate::both;
use crate::precompute::worker;
use crate::support::World;

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

async fn state(world: &World, on: &str) -> i64 {
    let count = format!("SELECT COUNT(*) FROM day_result WHERE work_date = '{on}'");
    let open = world.number(&format!("{count} AND state = 'in_progress'")).await;
    let closed = world.number(&format!("{count} AND state = 'final'")).await;
    open * 10 + closed
}

both!(after_weeks_of_downtime_one_run_covers_every_midnight_that_was_missed, |world| async move {
    let app = &world.app;
    worker(&world, "1001").await;
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    world.at("2026-03-31T00:00:10");
    assert!(precompute::tick(app).await.unwrap() > 0);
    assert_eq!(precompute::tick(app).await.unwrap(), 0, "a second run finds nothing");
    precompute::drain_all(app).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM day_result").await, 31);
    let through = "SELECT COUNT(*) FROM clock_mark WHERE marked_through = '2026-03-31'";
    assert_eq!(world.number(through).await, 1);
    assert_eq!(precompute::tick(app).await.unwrap(), 0, "and what was computed is not due again");
});

both!(midnight_comes_to_each_zone_in_its_turn_and_to_people_in_service_only, |world| async move {
    let app = &world.app;
    let (shanghai, tokyo) = (world.person("S").await, world.person_in("T", "Asia/Tokyo").await);
    let (gone, later) = (world.person("gone").await, world.person("later").await);
    let tx = app.db.begin().await.unwrap();
    for (sql, person) in [
        ("UPDATE person SET left_on = '2026-03-10' WHERE id = $1", gone),
        ("UPDATE person SET hired_on = '2026-03-12' WHERE id = $1", later),
    ] {
        tx.run(sql, vec![person.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();

    let marked = "SELECT COALESCE(SUM(person_id), 0) FROM dirty_mark WHERE cause = 'clock' \
                  AND from_date = '2026-03-11' AND to_date = '2026-03-11'";
    world.at("2026-03-10T23:00:01");
    precompute::tick(app).await.unwrap();
    assert_eq!(world.number(marked).await, tokyo.0, "it is midnight in Tokyo");
    world.at("2026-03-11T00:00:01");
    precompute::tick(app).await.unwrap();
    assert_eq!(world.number(marked).await, tokyo.0 + shanghai.0);

    // Days that were missed while somebody was not in service are none of his.
    world.at("2026-03-13T00:00:01");
    precompute::tick(app).await.unwrap();
    let hers = "SELECT COUNT(*) FROM dirty_mark WHERE person_id =";
    let from = "from_date = '2026-03-12' AND to_date = '2026-03-13'";
    assert_eq!(world.number(&format!("{hers} {later} AND {from}")).await, 1);
    let after = "(to_date IS NULL OR to_date > '2026-03-10')";
    assert_eq!(world.number(&format!("{hers} {gone} AND {after}")).await, 0);
});

both!(more_days_that_became_due_than_one_transaction_takes_are_all_marked, |world| async move {
    let app = &world.app;
    for number in ["1001", "1002", "1003", "1004", "1005"] {
        worker(&world, number).await;
    }
    precompute::drain_all(app).await.unwrap();
    assert_eq!(state(&world, "2026-03-10").await, 50);
    world.at("2026-03-10T23:59:00");
    let due = "SELECT COUNT(*) FROM day_result WHERE due_at IS NOT NULL AND due_at <=";
    let due = format!("{due} {}", app.clock.now().millis());
    let rows = world.number(&due).await;
    assert!(rows >= 5, "{rows}");
    let before = world.number("SELECT COUNT(*) FROM dirty_mark").await;
    precompute::tick_within(app, 2).await.unwrap();
    let per_day =
        "SELECT COUNT(*) FROM dirty_mark WHERE cause = 'clock' AND from_date < '2026-03-11'";
    assert_eq!(before, 0);
    assert_eq!(
        world.number(per_day).await,
        rows + 5,
        "each due day once, and the midnight of today"
    );
});

both!(processes_that_tick_at_once_mark_once, |world| async move {
    let app = &world.app;
    for number in ["1001", "1002", "1003"] {
        worker(&world, number).await;
    }
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    world.at("2026-03-12T00:00:30");
    let ticks = (0..6).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { precompute::tick(&app).await.unwrap() })
    });
    let mut marked = 0;
    for tick in ticks.collect::<Vec<_>>() {
        marked += tick.await.unwrap();
    }
    // One who found another at work left the rest to the next second.
    marked += precompute::tick(app).await.unwrap();
    let marks = world.number("SELECT COUNT(*) FROM dirty_mark").await;
    assert_eq!(marked, u64::try_from(marks).unwrap());
    let midnights = "SELECT COUNT(*) FROM dirty_mark WHERE from_date = '2026-03-11'";
    assert_eq!(world.number(midnights).await, 3, "one mark a person for both midnights");
    let doubled = "SELECT COUNT(*) FROM (SELECT person_id, from_date, to_date FROM dirty_mark \
                   GROUP BY person_id, from_date, to_date HAVING COUNT(*) > 1) AS t";
    assert_eq!(world.number(doubled).await, 0);
});

both!(a_day_becomes_final_on_time_though_a_paused_bulk_change_has_marked_it, |world| async move {
    let app = &world.app;
    worker(&world, "1001").await;
    precompute::drain_all(app).await.unwrap();
    assert_eq!(state(&world, "2026-03-10").await, 10);
    let tx = app.db.begin().await.unwrap();
    let (span, at) = (DateSpan::since(date("2026-03-01")), app.clock.now());
    let system = Actor::system();
    let (batch, _) = dirty::mark_concerned(&tx, Object::Everybody, span, Cause::Rule, &system, at)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let pause = precompute::BatchChange::Pause;
    precompute::change_batch(app, &system, batch, pause, &Once::never()).await.unwrap();

    world.at("2026-03-12T00:00:30");
    precompute::tick(app).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    assert_eq!(state(&world, "2026-03-10").await, 1);
});

both!(a_new_engine_marks_what_another_computed_once_and_in_the_mass_lane, |world| async move {
    let app = &world.app;
    worker(&world, "1001").await;
    precompute::drain_all(app).await.unwrap();
    assert_eq!(precompute::adopt_engine(app).await.unwrap(), Some(0), "all is of this engine");
    let tx = app.db.begin().await.unwrap();
    tx.run("UPDATE day_result SET engine_version = 0 WHERE work_date >= '2026-03-05'", vec![])
        .await
        .unwrap();
    put_setting(&tx, "engine_version", "0").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(precompute::adopt_engine(app).await.unwrap(), Some(1));
    let open = "SELECT COUNT(*) FROM dirty_mark m JOIN mark_batch b ON b.id = m.batch_id \
                WHERE m.from_date = '2026-03-05' AND m.to_date IS NULL AND b.lane = 4 \
                AND b.cause = 'engine'";
    assert_eq!(world.number(open).await, 1);
    assert_eq!(precompute::adopt_engine(app).await.unwrap(), Some(0));
    let kept = setting(app.db.read(), "engine_version").await.unwrap();
    assert_eq!(kept, Some(engine::ENGINE_VERSION.to_string()));
});
