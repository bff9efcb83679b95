//! The nightly sample: a job that is asked for once per date.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::watch;
use vocabulary::{Instant, JobId, LocalDate, WallTime};

use super::store::{self, NewAlert, Severity, raise};
use crate::base::{Actor, App, Failure, Fault};
use crate::jobs::{self, Held};
use crate::precompute::{self, Found};
use crate::shifts::ROSTER_CHECK_JOB;

/// Kind of the job.
pub const NIGHTLY_JOB: &str = "nightly_sample";
/// Code of the alert.
const CODE: &str = "results_not_reproduced";

/// The hours of the night in which the sample is taken, in seconds of the installation's wall clock.
const NIGHT: std::ops::Range<i64> = 2 * 3_600..5 * 3_600;
/// How often a process looks whether it is night.
const TIMER: Duration = Duration::from_secs(60);
/// Differences that are told with the alert.
const TOLD: usize = 20;
/// How long ended jobs are kept.
const KEEP_JOBS_DAYS: i64 = 90;
/// Most jobs that are deleted in one night.
const MAX_FORGOTTEN: u32 = 10_000;

const DAY_MILLIS: i64 = 86_400_000;

/// Looks once a minute whether the sample of the night is due, until `stop` turns true.
pub async fn run_nightly(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(e) = nightly(&app).await {
            tracing::error!(error = %e, "the nightly sample was not asked for");
        }
        if let Err(e) = super::watch_leavers(&app).await {
            tracing::error!(error = ?e, "punches of those who left were not looked for");
        }
        tokio::select! {
            () = tokio::time::sleep(TIMER) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Asks for the sample of tonight if it is due and nobody has; the job that was made. Old runs and jobs go at the same
/// time.
pub async fn nightly(app: &App) -> Result<Option<JobId>, Fault> {
    let at = app.clock.now();
    let Some(on) = due(app, at) else { return Ok(None) };
    if store::night_taken(app.db.read(), on).await? {
        return Ok(None);
    }
    let actor = Actor::system();
    let tx = app.db.begin().await?;
    let job = jobs::enqueue(&tx, &actor, NIGHTLY_JOB, &json!({ "on": on }), at).await?;
    if !store::take_night(&tx, on, job, at).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    jobs::enqueue(&tx, &actor, ROSTER_CHECK_JOB, &json!({ "on": on }), at).await?;
    let before = at.plus_millis(-KEEP_JOBS_DAYS * DAY_MILLIS);
    jobs::forget_old(&tx, before, MAX_FORGOTTEN).await?;
    tx.commit().await?;
    precompute::expire_what_if_runs(app).await?;
    Ok(Some(job))
}

/// The date whose night it is.
fn due(app: &App, at: Instant) -> Option<LocalDate> {
    let wall: WallTime = app.zone().wall(at);
    let date = wall.date();
    let second = wall.seconds() - WallTime::on(date, 0).seconds();
    NIGHT.contains(&second).then_some(date)
}

/// Recomputes the sample of its date and raises an alert if anything differs.
pub fn work_nightly<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    work(app, held).boxed()
}

async fn work(app: &App, held: &Held) -> Result<Value, Failure> {
    let on = held.params.get("on").and_then(Value::as_str).and_then(|t| t.parse().ok());
    let on: LocalDate = on.ok_or_else(|| Fault::text("a nightly sample has no date"))?;
    let sample = precompute::check_sample(app, on).await?;
    let checked = &sample.checked;
    let people = i64::try_from(checked.people).unwrap_or(i64::MAX);
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    jobs::advance(&tx, app, held, people, people).await?;
    if checked.different > 0 {
        let told: Vec<&Found> = checked.found.iter().take(TOLD).collect();
        let detail = json!({ "from": sample.from, "to": sample.to, "people": checked.people,
                             "days": checked.days, "different": checked.different,
                             "found": told });
        let object = format!("nightly_sample:{on}");
        let alert = NewAlert { code: CODE, severity: Severity::Critical, object: &object, detail };
        raise(&tx, &alert, at).await?;
        tracing::error!(different = checked.different, %on, "stored results are not reproduced");
    }
    tx.commit().await?;
    Ok(json!({ "people": checked.people, "days": checked.days, "different": checked.different }))
}
