use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use kaoqin::base::{Actor, App, Failure, Fault, Query};
use kaoqin::identity::ScopeChoice;
use kaoqin::jobs::{self, Handler, Held, JobRefusal, JobRow, LEASE_SECONDS};
use serde_json::{Value, json};
use vocabulary::JobId;

use crate::both;
use crate::support::World;

/// Steps of the job that counts.
const STEPS: i64 = 5;

async fn enqueue(app: &App, actor: &Actor, kind: &str) -> JobId {
    let tx = app.db.begin().await.unwrap();
    let id = jobs::enqueue(&tx, actor, kind, &json!({}), app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn row(app: &App, id: JobId) -> JobRow {
    jobs::job(app.db.read(), id).await.unwrap().unwrap()
}

/// One step: a line of output and its progress in one transaction.
async fn step(app: &App, held: &Held, n: i64) -> Result<(), Failure> {
    let tx = app.db.begin().await?;
    let line = format!("out:{}:{n}:{}", held.id, uuid::Uuid::new_v4());
    tx.run("INSERT INTO setting (key, value) VALUES ($1, '')", vec![line.into()]).await?;
    jobs::advance(&tx, app, held, n, STEPS).await?;
    tx.commit().await?;
    Ok(())
}

async fn steps(app: &App, held: &Held, rest_at: Option<i64>) -> Result<Value, Failure> {
    let done = row(app, held.id).await.progress_done;
    for n in done + 1..=STEPS {
        if rest_at == Some(n) {
            std::future::pending::<()>().await;
        }
        step(app, held, n).await?;
    }
    Ok(json!({ "steps": STEPS }))
}

fn count<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    steps(app, held, None).boxed()
}

/// Never gets past its second step.
fn rest<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    steps(app, held, Some(3)).boxed()
}

fn refuse<'a>(_: &'a App, _: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    async { Err(JobRefusal::CursorInvalid.into()) }.boxed()
}

fn break_down<'a>(_: &'a App, _: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    async { Err(Fault::text("a secret of the house").into()) }.boxed()
}

const fn handler(
    run: for<'a> fn(&'a App, &'a Held) -> BoxFuture<'a, Result<Value, Failure>>,
) -> [Handler; 1] {
    [Handler { kind: "count", run }]
}

/// Works until the job rests behind its second step, then drops the worker in the middle.
async fn drop_in_the_middle(app: &App, id: JobId) {
    let worker = tokio::spawn({
        let app = app.clone();
        async move { jobs::work_off(&app, &handler(rest)).await }
    });
    while row(app, id).await.progress_done < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    worker.abort();
    worker.await.unwrap_err();
}

async fn outputs(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM setting WHERE key LIKE 'out:%'").await
}

both!(a_job_whose_worker_died_goes_on_where_it_stood_and_doubles_nothing, |world| async move {
    let app = &world.app;
    let id = enqueue(app, &Actor::system(), "count").await;
    drop_in_the_middle(app, id).await;
    assert_eq!(row(app, id).await.state, "running");

    // Nobody takes it up while the lease holds.
    app.clock.step_seconds(LEASE_SECONDS - 1);
    assert_eq!(jobs::work_off(app, &handler(count)).await.unwrap(), 0);
    app.clock.step_seconds(2);
    assert_eq!(jobs::work_off(app, &handler(count)).await.unwrap(), 1);
    let done = row(app, id).await;
    assert_eq!(
        (done.state.as_str(), done.progress_done, done.progress_total),
        ("done", 5, Some(5))
    );
    assert_eq!(done.result.as_deref(), Some("{\"steps\":5}"));
    assert_eq!(outputs(&world).await, STEPS);
});

both!(a_holder_whose_lease_was_taken_over_can_write_nothing_more, |world| async move {
    fn overtaken<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
        async move {
            // Silent for too long; somebody else does all the work meanwhile.
            app.clock.step_seconds(LEASE_SECONDS + 1);
            jobs::work_off(app, &handler(count)).await?;
            let late = step(app, held, 1).await;
            assert_eq!(late.as_ref().unwrap_err().code(), Some("lease_lost"));
            late.map(|()| json!({ "never": true }))
        }
        .boxed()
    }
    let app = &world.app;
    let id = enqueue(app, &Actor::system(), "count").await;
    jobs::work_off(app, &handler(overtaken)).await.unwrap();
    let done = row(app, id).await;
    assert_eq!((done.state.as_str(), done.result.as_deref()), ("done", Some("{\"steps\":5}")));
    assert_eq!(outputs(&world).await, STEPS);
});

both!(two_workers_never_hold_one_job, |world| async move {
    let app = &world.app;
    for _ in 0..6 {
        enqueue(app, &Actor::system(), "count").await;
    }
    let (all, mine) = (handler(count), handler(count));
    let (a, b) = tokio::join!(jobs::work_off(app, &all), jobs::work_off(app, &mine));
    assert_eq!(a.unwrap() + b.unwrap(), 6);
    assert_eq!(outputs(&world).await, 6 * STEPS);
});

both!(a_refusal_ends_a_job_and_a_fault_is_tried_again_before_it_is_given_up, |world| async move {
    let app = &world.app;
    let refused = enqueue(app, &Actor::system(), "count").await;
    jobs::work_off(app, &handler(refuse)).await.unwrap();
    let r = row(app, refused).await;
    assert_eq!(r.state, "failed");
    assert!(r.error.unwrap().contains("cursor_invalid"));

    let broken = enqueue(app, &Actor::system(), "count").await;
    assert_eq!(jobs::work_off(app, &handler(break_down)).await.unwrap(), 1);
    assert_eq!(row(app, broken).await.state, "queued");
    let mut leases = 1;
    while row(app, broken).await.state == "queued" {
        app.clock.step_seconds(600);
        leases += jobs::work_off(app, &handler(break_down)).await.unwrap();
    }
    let error = row(app, broken).await.error.unwrap();
    assert_eq!(leases, 5);
    assert!(error.contains("internal") && !error.contains("secret"), "{error}");
});

both!(a_cancelled_job_writes_nothing_more, |world| async move {
    fn cancelled<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
        async move {
            step(app, held, 1).await?;
            let never = kaoqin::base::Once::never();
            jobs::cancel(app, &Actor::system(), held.id, true, &never).await?;
            step(app, held, 2).await?;
            Ok(json!({}))
        }
        .boxed()
    }
    let app = &world.app;
    let id = enqueue(app, &Actor::system(), "count").await;
    jobs::work_off(app, &handler(cancelled)).await.unwrap();
    assert_eq!(row(app, id).await.state, "cancelled");
    assert_eq!(outputs(&world).await, 1);
    app.clock.step_seconds(LEASE_SECONDS * 2);
    assert_eq!(jobs::work_off(app, &handler(count)).await.unwrap(), 0);
});

both!(everybody_sees_and_cancels_his_own_jobs_and_only_those, |world| async move {
    let app = &world.app;
    let api = world.serve().await;
    let hers = world.user(&api, "employee", None, ScopeChoice::Own).await;
    let other = world.user(&api, "employee", None, ScopeChoice::Own).await;
    let admin = world.user(&api, "admin", None, ScopeChoice::All).await;
    let me = hers.get("/me").await.ok();
    let user = me["user_id"].as_str().unwrap().parse().unwrap();
    let id = enqueue(app, &Actor { user: Some(user), ..Actor::system() }, "count").await;

    let path = format!("/jobs/{id}");
    assert_eq!(hers.get(&path).await.ok()["state"], "queued");
    assert_eq!(hers.get("/jobs").await.ok()["items"][0]["id"], json!(id));
    assert_eq!(other.get(&path).await.code(), "job_not_found");
    assert_eq!(other.get("/jobs").await.ok()["items"], json!([]));
    assert_eq!(admin.get("/jobs").await.ok()["items"][0]["kind"], "count");
    assert_eq!(admin.get("/jobs?mine=true").await.ok()["items"], json!([]));

    let cancel = format!("{path}/cancellation");
    assert_eq!(other.send(reqwest::Method::POST, &cancel, None, &[]).await.status, 404);
    let key = [("Idempotency-Key", "k")];
    let gone = hers.send(reqwest::Method::POST, &cancel, None, &key).await.ok();
    assert_eq!(gone["state"], "cancelled");
    assert_eq!(hers.send(reqwest::Method::POST, &cancel, None, &key).await.ok(), gone);
    let again = admin.send(reqwest::Method::POST, &cancel, None, &[]).await;
    assert_eq!((again.status, again.code()), (409, "job_ended"));
});
