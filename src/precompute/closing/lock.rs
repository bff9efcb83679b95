//! The job that locks a period: archives everybody, then flips the state while nobody can mark anything.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use vocabulary::{PeriodId, PersonId};

use super::archive::{archive, unarchived, write_book};
use super::change::held;
use super::checks::{Obstacle, PeriodSums, obstacles, sums};
use super::refusal::ClosingRefusal;
use crate::base::failpoint::{Step, failpoint};
use crate::base::{Actor, App, Channel, Failure, Fault, audit};
use crate::calendars::{PeriodState, period_row, set_period_state};
use crate::dirty;
use crate::jobs::{self, Held};

/// Kind of the job.
pub const JOB: &str = "lock_period";
/// People that are archived in one transaction; drains of the period wait for it.
const CHUNK: i64 = 100;
/// Rest before looking again whether everything is computed.
const REST: Duration = Duration::from_millis(100);
/// How often; then the job says what stands in the way.
const MAX_LOOKS: u32 = 300;
/// How often where nothing waits and results differ from their facts all the same: somebody may just have been
/// computed.
const MAX_DIFFERING: u32 = 10;

/// Locks the period its job names.
pub fn work_lock<'a>(app: &'a App, job: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    work(app, job).boxed()
}

fn period_of(job: &Held) -> Result<PeriodId, Fault> {
    let id = job.params.get("attendance_period_id").and_then(Value::as_str);
    id.and_then(|t| t.parse().ok()).ok_or_else(|| Fault::text("a job names no attendance period"))
}

async fn work(app: &App, job: &Held) -> Result<Value, Failure> {
    let id = period_of(job)?;
    let done = json!({ "attendance_period_id": id });
    let (mut looks, mut differing) = (0, 0);
    loop {
        archive_all(app, job, id).await?;
        let Some((by, count)) = flip(app, job, id).await? else { return Ok(done) };
        looks += 1;
        differing = if by == Obstacle::NotReproduced { differing + 1 } else { 0 };
        if looks > MAX_LOOKS || differing > MAX_DIFFERING {
            return Err(ClosingRefusal::Obstructed { by, count }.into());
        }
        tokio::time::sleep(REST).await;
    }
}

/// One pass over everybody who has no archive.
async fn archive_all(app: &App, job: &Held, id: PeriodId) -> Result<(), Failure> {
    let Some(row) = period_row(app.db.read(), id).await? else { return Ok(()) };
    let PeriodSums { people, mut archived, .. } = sums(app.db.read(), &row).await?;
    let mut after = PersonId(0);
    loop {
        let tx = app.db.begin().await?;
        let row = held(&tx, id).await?;
        if row.state() != PeriodState::Closing {
            return Ok(());
        }
        let members = unarchived(&tx, &row, after, CHUNK).await?;
        let Some(last) = members.last() else { return Ok(()) };
        after = last.person_id;
        let done = archive(&tx, &row, &members, app.clock.now()).await?;
        archived += i64::try_from(done).unwrap_or(0);
        jobs::advance(&tx, app, job, archived.min(people), people).await?;
        failpoint(Step::Archived).await?;
        tx.commit().await?;
    }
}

/// Locks the period if every result in it is archived and nothing waits; else what stands in the way. Who changes
/// something afterwards finds it locked.
async fn flip(app: &App, job: &Held, id: PeriodId) -> Result<Option<(Obstacle, i64)>, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    dirty::hold_marks(&tx).await?;
    let row = held(&tx, id).await?;
    match row.state() {
        PeriodState::Closing => {}
        PeriodState::Locked => return Ok(None),
        PeriodState::Open => return Err(ClosingRefusal::NotClosing.into()),
    }
    let sums = sums(&tx, &row).await?;
    let mut found = obstacles(&tx, &row, &sums).await?;
    if sums.archived < sums.people {
        found.push((Obstacle::NotReproduced, sums.people - sums.archived));
    }
    if let Some(obstacle) = found.into_iter().next() {
        tx.rollback().await?;
        return Ok(Some(obstacle));
    }
    write_book(&tx, &row, at).await?;
    let actor = Actor { user: job.author, person: None, channel: Channel::System };
    set_period_state(&tx, id, PeriodState::Locked, None, &actor, at).await?;
    let detail = json!({ "period": row.period, "people": sums.people, "days": sums.days });
    audit(&tx, &actor, at, "lock", "attendance_period", &id.to_string(), detail).await?;
    jobs::advance(&tx, app, job, sums.archived, sums.people).await?;
    failpoint(Step::LockCommits).await?;
    tx.commit().await?;
    Ok(None)
}
