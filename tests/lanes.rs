//! Lanes: what is computed first, what waits, and how bulk changes are followed.

use std::sync::Arc;
use std::time::Duration;

use kaoqin::base::http::Front;
use kaoqin::base::{Actor, App, Dialect, Document, Isolation, Load, Query, Wake};
use kaoqin::dirty::{self, BatchState, Cause, Claim, Lane, Mark, Object};
use kaoqin::identity::ScopeChoice;
use kaoqin::precompute::Pulse;
use kaoqin::{house, precompute};
use poem::listener::{Acceptor, Listener, TcpListener};
use serde_json::json;
use vocabulary::{BatchId, DateSpan, LocalDate, PersonId};

use crate::both;
use crate::support::World;

fn day(n: i32) -> LocalDate {
    LocalDate::from_ymd(2026, 3, 1).unwrap().plus(n)
}

fn mark(person: PersonId, lane: Lane) -> Mark {
    Mark { person, span: DateSpan::new(day(1), day(2)), cause: Cause::Roster, lane }
}

async fn put_marks(app: &App, marks: &[Mark]) {
    let tx = app.db.begin().await.unwrap();
    dirty::mark(&tx, marks, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A bulk change that concerns everybody.
async fn everybody(app: &App) -> BatchId {
    house::prepare();
    let tx = app.db.begin().await.unwrap();
    let span = DateSpan::new(day(0), day(8));
    let (at, system) = (app.clock.now(), Actor::system());
    let marked =
        dirty::mark_concerned(&tx, Object::Everybody, span, Cause::Engine, &system, at).await;
    tx.commit().await.unwrap();
    marked.unwrap().0
}

/// People with ids 1, 257, 513 …: each in a shard of his own.
async fn spread(world: &World, count: i64) -> Vec<PersonId> {
    let tx = world.app.db.begin().await.unwrap();
    for i in 0..count {
        let sql = "INSERT INTO person (id, number, name, zone, hired_on, created_at) \
                   VALUES ($1, $2, $2, 'Asia/Shanghai', $3, 0)";
        let values = vec![(i * 256 + 1).into(), format!("P{i}").into(), day(0).into()];
        tx.run(sql, values).await.unwrap();
    }
    tx.commit().await.unwrap();
    (0..count).map(|i| PersonId(i * 256 + 1)).collect()
}

/// What the next drain takes, and lets it go behind the others.
async fn next(app: &App, last: Lane) -> Option<Claim> {
    let tx = app.db.begin_with(Isolation::RepeatableRead).await.unwrap();
    let claim = match app.db.dialect() {
        Dialect::Postgres => dirty::claim(&tx, last).await.unwrap(),
        Dialect::Sqlite => {
            let seen = dirty::look(&tx, last).await.unwrap();
            if let Some(c) = seen {
                dirty::pass(&tx, c.shard).await.unwrap();
            }
            seen
        }
    };
    tx.commit().await.unwrap();
    claim
}

both!(the_most_urgent_lane_is_claimed_first_and_shards_of_a_lane_take_turns, |world| async move {
    let app = &world.app;
    let people = spread(&world, 4).await;
    let lanes = [Lane::Mass, Lane::Recent, Lane::Recent, Lane::OpenPeriod];
    let marks: Vec<Mark> = people.iter().zip(lanes).map(|(p, l)| mark(*p, l)).collect();
    put_marks(app, &marks).await;
    let mut turns = Vec::new();
    for _ in 0..4 {
        let claim = next(app, Lane::Mass).await.unwrap();
        assert_eq!(claim.lane, Lane::Recent);
        turns.push(claim.shard);
    }
    assert_eq!(turns, [1, 2, 1, 2], "nobody of a lane waits behind one who was just served");
    put_marks(app, &[mark(people[0], Lane::Interactive)]).await;
    let first = next(app, Lane::Mass).await;
    assert_eq!(first, Some(Claim { shard: 0, lane: Lane::Interactive }));
});

both!(a_claim_behind_its_last_lane_takes_nothing, |world| async move {
    let app = &world.app;
    let people = spread(&world, 1).await;
    put_marks(app, &[mark(people[0], Lane::Mass)]).await;
    assert_eq!(next(app, Lane::OpenPeriod).await, None);
    assert!(next(app, Lane::Mass).await.is_some());
});

both!(an_urgent_unit_takes_the_urgent_people_alone_but_all_their_marks, |world| async move {
    let app = &world.app;
    let people = spread(&world, 1).await;
    let neighbour = PersonId(people[0].0 + 1);
    put_marks(app, &[mark(people[0], Lane::Mass), mark(people[0], Lane::Interactive)]).await;
    put_marks(app, &[mark(neighbour, Lane::Mass)]).await;
    let claim = Claim { shard: 0, lane: Lane::Interactive };
    let taken = dirty::take(app.db.read(), claim, 9).await.unwrap();
    assert_eq!(taken.iter().map(|t| t.person).collect::<Vec<_>>(), [people[0], people[0]]);
});

both!(marks_of_a_paused_batch_alone_take_nobody_and_go_along_with_others, |world| async move {
    let app = &world.app;
    let people = spread(&world, 3).await;
    let id = everybody(app).await;
    let system = Actor::system();
    let once = kaoqin::base::Once::never();
    let pause = precompute::BatchChange::Pause;
    precompute::change_batch(app, &system, id, pause, &once).await.unwrap();
    assert_eq!(next(app, Lane::Mass).await, None);
    assert!(!dirty::is_waiting(app.db.read()).await.unwrap());
    let done = precompute::drain_all(app).await.unwrap();
    assert_eq!(done.people, 0, "a drain to the end does not wait for a paused batch");

    put_marks(app, &[mark(people[1], Lane::Recent)]).await;
    let done = precompute::drain_all(app).await.unwrap();
    assert_eq!((done.people, done.marks), (1, 2), "his paused mark is worked off with his other");
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 2);

    let resume = precompute::BatchChange::Resume;
    precompute::change_batch(app, &system, id, resume, &once).await.unwrap();
    precompute::drain_all(app).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM dirty_mark").await, 0);
});

both!(moving_a_batch_moves_all_its_marks_without_touching_one, |world| async move {
    let app = &world.app;
    let people = spread(&world, 2).await;
    let id = everybody(app).await;
    put_marks(app, &[mark(people[0], Lane::OpenPeriod)]).await;
    assert_eq!(next(app, Lane::Mass).await.unwrap().lane, Lane::OpenPeriod);
    let before = "SELECT SUM(lane * id) FROM dirty_mark";
    let marks = world.number(before).await;
    let to = precompute::BatchChange::Move(Lane::Interactive);
    let once = kaoqin::base::Once::never();
    precompute::change_batch(app, &Actor::system(), id, to, &once).await.unwrap();
    assert_eq!(world.number(before).await, marks);
    for _ in 0..2 {
        assert_eq!(next(app, Lane::Interactive).await.unwrap().lane, Lane::Interactive);
    }
    let claim = Claim { shard: 1, lane: Lane::Interactive };
    assert_eq!(dirty::take(app.db.read(), claim, 9).await.unwrap().len(), 1);
});

both!(claiming_reads_no_more_of_many_marks_than_of_few, |world| async move {
    let app = &world.app;
    let tx = app.db.begin().await.unwrap();
    tx.run(
        "INSERT INTO mark_batch (cause, object, total, state, lane, at) \
         VALUES ('engine', 'everybody', 20000, 'running', 4, 0)",
        vec![],
    )
    .await
    .unwrap();
    let marks = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) \
        INSERT INTO dirty_mark (shard, person_id, from_date, cause, batch_id, lane, at) \
        SELECT (i / 256) % 4, i, '2026-03-01', 'engine', \
          CASE WHEN i % 2 = 0 THEN (SELECT MAX(id) FROM mark_batch) END, 4, 0 FROM n";
    tx.run(marks, vec![]).await.unwrap();
    tx.commit().await.unwrap();
    let sql = dirty::claim_sql(app.db.dialect());
    let plan = match app.db.dialect() {
        Dialect::Postgres => {
            app.db.for_migrations().run("ANALYZE dirty_mark", vec![]).await.unwrap();
            plan(app, &format!("EXPLAIN {sql}"), "QUERY PLAN").await
        }
        Dialect::Sqlite => plan(app, &format!("EXPLAIN QUERY PLAN {sql}"), "detail").await,
    };
    for index in ["dirty_mark_own", "dirty_mark_batch"] {
        assert!(plan.contains(index), "{plan}");
    }
    assert!(!plan.contains("Seq Scan on dirty_mark"), "{plan}");
    assert!(!plan.contains("SCAN m"), "{plan}");
    assert_eq!(next(app, Lane::Mass).await.unwrap().lane, Lane::Mass);
});

async fn plan(app: &App, sql: &str, column: &str) -> String {
    use sea_orm::{ConnectionTrait, Statement};
    let q = app.db.read();
    let values: Vec<sea_orm::Value> = vec![4i32.into()];
    let sql = Statement::from_sql_and_values(q.get_database_backend(), sql, values);
    let rows = q.query_all_raw(sql).await.unwrap();
    let lines = rows.iter().map(|r| r.try_get::<String>("", column).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

both!(a_batch_tells_its_progress_and_an_estimate_that_survives_restarts, |world| async move {
    let app = &world.app;
    spread(&world, 20).await;
    let id = everybody(app).await;
    let watch = || async {
        let tx = app.db.begin().await.unwrap();
        dirty::watch_batches(&tx, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        dirty::batch(app.db.read(), id).await.unwrap().unwrap()
    };
    let batch = watch().await;
    assert_eq!((batch.total, batch.left, batch.seconds_left()), (20, 20, None));
    for _ in 0..5 {
        precompute::drain(app).await.unwrap().unwrap();
    }
    app.clock.step_seconds(10);
    let batch = watch().await;
    assert_eq!((batch.left, batch.per_minute, batch.seconds_left()), (15, Some(30), Some(30)));
    app.clock.step_seconds(1);
    assert_eq!(watch().await.per_minute, Some(30), "another process looked just now");
    precompute::drain_all(app).await.unwrap();
    app.clock.step_seconds(10);
    let batch = watch().await;
    assert_eq!((batch.state.as_str(), batch.left), (BatchState::Done.as_str(), 0));
    assert_eq!(batch.done_at, Some(app.clock.now()));
});

both!(a_bulk_change_over_http_is_followed_paused_moved_and_resumed, |world| async move {
    let app = &world.app;
    spread(&world, 3).await;
    let api = world.serve().await;
    let hr = world.user(&api, "hr", None, ScopeChoice::All).await;
    let id = everybody(app).await;
    let path = format!("/mark-batches/{id}");
    let batch = hr.get(&path).await.ok();
    assert_eq!((&batch["state"], &batch["lane"]), (&json!("running"), &json!("mass")));
    assert_eq!((&batch["total"], &batch["left"]), (&json!(3), &json!(3)));
    assert_eq!((&batch["cause"], &batch["object"]), (&json!("engine"), &json!("everybody")));

    for _ in 0..2 {
        let paused = hr.post_once(&format!("{path}/pause"), "k1", json!(null)).await.ok();
        assert_eq!(paused["state"], "paused");
    }
    let moved = hr.post(&format!("{path}/lane"), json!({ "lane": "open_period" })).await.ok();
    assert_eq!((&moved["lane"], &moved["state"]), (&json!("open_period"), &json!("paused")));
    let audits = "SELECT COUNT(*) FROM audit WHERE object = 'mark_batch'";
    assert_eq!(world.number(audits).await, 2, "the repeated pause changed nothing");
    precompute::drain_all(app).await.unwrap();
    assert_eq!(hr.get(&path).await.ok()["left"], 3);
    hr.post(&format!("{path}/resume"), json!(null)).await.ok();
    precompute::drain_all(app).await.unwrap();
    let done = hr.get(&path).await.ok();
    assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(3)));
    let again = hr.post(&format!("{path}/pause"), json!(null)).await.ok();
    assert_eq!(again["state"], "done", "what is done stays done");

    let second = everybody(app).await;
    let list = hr.get("/mark-batches?state=running").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["id"], second.to_string());
    let list = hr.get("/mark-batches?limit=1").await.ok();
    assert_eq!(list["next_cursor"], second.to_string());
    let next = format!("/mark-batches?limit=1&cursor={second}");
    assert_eq!(hr.get(&next).await.ok()["items"][0]["id"], id.to_string());
    assert_eq!(hr.get("/mark-batches/999").await.code(), "mark_batch_not_found");
    let manager = world.user(&api, "manager", None, ScopeChoice::All).await;
    assert_eq!(manager.get("/mark-batches").await.status, 403);
});

/// The same installation in another process.
fn process(app: &App) -> App {
    App { load: Load::default(), ..app.clone() }
}

both!(bulk_work_of_every_process_slows_down_while_one_of_them_answers_slowly, |world| async move {
    let (serving, working) = (process(&world.app), process(&world.app));
    let (served, worked) = (Pulse::new(&serving), Pulse::new(&working));
    assert_eq!(working.load.bulk().0, 100, "of two tasks one is kept for urgent changes");
    let full = working.load.bulk().1;
    for _ in 0..20 {
        serving.load.answered("/api/v1/days", Duration::from_millis(200));
    }
    served.beat(&serving).await.unwrap();
    worked.beat(&working).await.unwrap();
    assert_eq!(working.load.bulk(), (50, full / 2));
    // The process that served has died.
    world.app.clock.step_seconds(10);
    worked.beat(&working).await.unwrap();
    assert_eq!(working.load.bulk().0, 55);
    world.app.clock.step_seconds(60);
    served.beat(&process(&world.app)).await.unwrap();
    served.beat(&serving).await.unwrap();
    assert!(world.number("SELECT COUNT(*) FROM node_pulse").await <= 2, "stale rows are removed");
});

both!(no_bulk_unit_is_claimed_while_somebody_waits, |world| async move {
    let app = &world.app;
    let people = spread(&world, 1).await;
    put_marks(app, &[mark(people[0], Lane::Interactive)]).await;
    let pulse = Pulse::new(app);
    pulse.beat(app).await.unwrap();
    assert_eq!(pulse.limit(false).last, Lane::Mass, "it was made just now");
    app.clock.step_seconds(1);
    pulse.beat(app).await.unwrap();
    assert_eq!((pulse.limit(false).last, app.load.bulk().0), (Lane::OpenPeriod, 0));
    precompute::drain_all(app).await.unwrap();
    pulse.beat(app).await.unwrap();
    assert_eq!(pulse.limit(false).last, Lane::Mass);
    assert_eq!(pulse.limit(true).last, Lane::OpenPeriod, "an urgent task never takes bulk units");
});

/// The value of a gauge as `/metrics` shows it.
async fn gauge(base: &str, name: &str) -> f64 {
    let text = reqwest::get(format!("{base}/metrics")).await.unwrap().text().await.unwrap();
    let line = text.lines().find(|l| l.split(' ').next() == Some(name));
    line.unwrap_or_else(|| panic!("{name} in {text}")).rsplit(' ').next().unwrap().parse().unwrap()
}

/// Waits until the parallelism of bulk work is as wanted.
async fn until(base: &str, wanted: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..600 {
        let now = gauge(base, "kaoqin_bulk_parallelism").await;
        if wanted(now) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the parallelism of bulk work never changed");
}

async fn slow_journey(world: World) {
    let app = &world.app;
    spread(&world, 20).await;
    let api = world.serve().await;
    // An endpoint that only this test has, behind the same front.
    let slow = poem::endpoint::make(|_| async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        Ok::<_, poem::Error>("slow")
    });
    let document = Arc::new(Document::parse(&house::document().unwrap()).unwrap());
    let routes = poem::Route::new().at("/slow", slow);
    let front = Front { routes, document, load: app.load.clone() };
    let listener = TcpListener::bind("127.0.0.1:0".to_owned());
    let acceptor = listener.into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(front));

    let workers = house::Workers::start(app);
    everybody(app).await;
    until(&api.base, |p| p == 1.0).await;
    let asking = tokio::spawn(async move {
        loop {
            reqwest::get(format!("http://{address}/slow")).await.unwrap();
        }
    });
    let low = until(&api.base, |p| p <= 0.5).await;
    assert!(gauge(&api.base, "kaoqin_pulse_p95_seconds").await > 0.1);
    asking.abort();
    let bottom = until(&api.base, |p| p < low).await;
    until(&api.base, |p| p > bottom + 0.04).await;
    while world.number("SELECT COUNT(*) FROM dirty_mark").await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    workers.stop().await;
}

/// The gauges are of the whole process: one database after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_turns_slow_makes_bulk_work_fall_and_recover_in_the_metrics() {
    slow_journey(World::sqlite().await).await;
    match World::postgres().await {
        Some(world) => slow_journey(world).await,
        None => crate::support::skipped(module_path!()),
    }
}

both!(processes_on_postgres_wake_each_other_without_redis, |world| async move {
    let app = &world.app;
    if app.db.dialect() == Dialect::Sqlite {
        return; // one process drains the file, and others only write
    }
    let url = &app.config.database_url;
    let (serving, working) = (Wake::through_postgres(url), Wake::through_postgres(url));
    let mut woken = working.listen();
    let mut heard = false;
    for _ in 0..50 {
        // The connections are made in the background.
        serving.signal();
        heard = woken.wait(Duration::from_millis(100)).await;
        if heard {
            break;
        }
    }
    assert!(heard);
});

#[tokio::test]
async fn a_signal_that_comes_while_a_worker_is_busy_is_not_lost_and_wakes_everybody() {
    let wake = Wake::default();
    let (mut one, mut other) = (wake.listen(), wake.listen());
    wake.signal();
    wake.signal();
    assert!(one.wait(Duration::from_secs(60)).await);
    assert!(other.wait(Duration::from_secs(60)).await);
    assert!(!one.wait(Duration::from_millis(1)).await, "signals are not counted");
}
