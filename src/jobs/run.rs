//! The loop that works off jobs.

use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;
use vocabulary::{Instant, JobId, UserId};

use super::JobRefusal;
use super::refusal::LEASE_LOST;
use super::store::{self, End, LEASE_SECONDS, LeasedRow};
use crate::base::{App, Failure, Fault, Tx};

/// A worker looks for jobs this often.
const TIMER: Duration = Duration::from_millis(500);
/// Rest after a fault of the loop itself.
const PAUSE: Duration = Duration::from_secs(1);
/// Leases without progress after which a job is given up: it may be the job that ends its process.
const MAX_ATTEMPTS: i32 = 5;
/// Rest of a job after a fault, times the attempts.
const BACKOFF_SECONDS: i64 = 5;

/// A job in the hands of a worker.
#[derive(Clone, Debug)]
pub struct Held {
    pub id: JobId,
    pub author: Option<UserId>,
    /// Where to look.
    pub params: Value,
    turn: i64,
    attempts: i32,
}

/// What works off jobs of one kind; its answer says where the outcome is to be found. It must look at what is
/// there already, because it may be called again for the same job.
#[derive(Clone, Copy)]
pub struct Handler {
    pub kind: &'static str,
    pub run: for<'a> fn(&'a App, &'a Held) -> BoxFuture<'a, Result<Value, Failure>>,
}

/// Writes progress in the transaction of the output it stands for. Fails if the job is not held any more; then the
/// transaction must not be committed.
pub async fn advance(
    tx: &Tx,
    app: &App,
    held: &Held,
    done: i64,
    total: i64,
) -> Result<(), Failure> {
    if store::advance(tx, held.id, held.turn, (done, total), app.clock.now()).await? {
        Ok(())
    } else {
        Err(JobRefusal::LeaseLost.into())
    }
}

/// Works off jobs until `stop` turns true; a job that runs then is given back and goes on elsewhere.
pub async fn run(app: App, handlers: &'static [Handler], mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let mut stopping = stop.clone();
        let stopped = async move {
            // An error says that the sender is gone: the same.
            drop(stopping.wait_for(|s| *s).await);
        };
        let rest = match one(&app, handlers, stopped).await {
            Ok(true) => continue,
            Ok(false) => TIMER,
            Err(e) => {
                tracing::error!(error = %e, "the job loop failed");
                PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Works off what waits now; how many leases that took. For commands and tests.
pub async fn work_off(app: &App, handlers: &[Handler]) -> Result<usize, Fault> {
    let mut leases = 0;
    while one(app, handlers, std::future::pending()).await? {
        leases += 1;
    }
    Ok(leases)
}

/// Leases one job and works on it until it ends, is lost, or `stopped` completes; `false` if there is none.
async fn one(
    app: &App,
    handlers: &[Handler],
    stopped: impl Future<Output = ()>,
) -> Result<bool, Fault> {
    let kinds: Vec<&'static str> = handlers.iter().map(|h| h.kind).collect();
    if !store::is_waiting(app.db.read(), &kinds, app.clock.now()).await? {
        return Ok(false);
    }
    let tx = app.db.begin().await?;
    let leased = store::lease(&tx, &kinds, app.clock.now()).await?;
    tx.commit().await?;
    let Some(row) = leased else { return Ok(false) };
    let Some(handler) = handlers.iter().find(|h| h.kind == row.kind) else { return Ok(false) };
    let held = held(row)?;
    let now = || app.clock.now();
    let end = if held.attempts > MAX_ATTEMPTS {
        Some(ended(&held, Err(Fault::text("the job never got anywhere").into()), now()))
    } else {
        tokio::select! {
            worked = kept(app, &held, handler) => {
                let lost = matches!(&worked, Err(f) if f.code() == Some(LEASE_LOST));
                (!lost).then(|| ended(&held, worked, now()))
            }
            // Given back at once, so that nobody has to wait for the lease.
            () = stopped => Some(End::Released(now())),
        }
    };
    let Some(end) = end else { return Ok(true) };
    let tx = app.db.begin().await?;
    store::end(&tx, held.id, held.turn, end, now()).await?;
    tx.commit().await?;
    Ok(true)
}

fn held(row: LeasedRow) -> Result<Held, Fault> {
    let params = serde_json::from_str(&row.params)?;
    Ok(Held { id: row.id, author: row.author_id, params, turn: row.turn, attempts: row.attempts })
}

/// Runs the handler and keeps the lease alive beside it.
async fn kept(app: &App, held: &Held, handler: &Handler) -> Result<Value, Failure> {
    let beats = async {
        // Three beats may be missed.
        let pause = Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 4);
        loop {
            tokio::time::sleep(pause).await;
            let tx = app.db.begin().await?;
            let ours = store::beat(&tx, held.id, held.turn, app.clock.now()).await?;
            tx.commit().await?;
            if !ours {
                return Err::<Value, Failure>(JobRefusal::LeaseLost.into());
            }
        }
    };
    // Both are polled side by side: a beat may wait for a transaction of the handler.
    tokio::select! {
        worked = (handler.run)(app, held) => worked,
        lost = beats => lost,
    }
}

/// What the outcome of a handler makes of its job.
fn ended(held: &Held, worked: Result<Value, Failure>, now: Instant) -> End {
    match worked {
        Ok(result) => End::Done(result),
        Err(Failure::Refused(r)) => {
            End::Failed(json!({ "code": r.code(), "zh": r.zh(), "en": r.en() }))
        }
        Err(Failure::Fault(f)) if held.attempts < MAX_ATTEMPTS => {
            tracing::warn!(job = %held.id, error = %f, "a job is tried again");
            let wait = BACKOFF_SECONDS * i64::from(held.attempts);
            End::Released(now.plus_seconds(wait))
        }
        Err(Failure::Fault(f)) => {
            tracing::error!(job = %held.id, error = %f, "a job is given up");
            End::Failed(json!({
                "code": "internal",
                "zh": "服务内部出错，任务已放弃",
                "en": "Something broke on our side; the job was given up",
            }))
        }
    }
}
