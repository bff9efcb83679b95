use vocabulary::{Instant, JobId};

use super::read::{JobRow, job};
use super::{JobRefusal, store};
use crate::base::{Actor, App, Failure, Fault, Once, Tx, audit, begin_once, finish_once};

/// Cancels a job: it never begins, or ends at the next transaction of its holder. `all`: whether the actor may
/// cancel the jobs of others.
pub async fn cancel(
    app: &App,
    actor: &Actor,
    id: JobId,
    all: bool,
    once: &Once,
) -> Result<JobRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let done: Option<JobId> = begin_once(&tx, actor, "cancel_job", once, at).await?;
    if done.is_none() {
        let row = job(&tx, id).await?.ok_or(JobRefusal::JobNotFound)?;
        if !all && row.author_id != actor.user {
            return Err(JobRefusal::JobNotFound.into());
        }
        if !stop(&tx, actor, id, at).await? {
            return Err(JobRefusal::JobEnded.into());
        }
        finish_once(&tx, actor, "cancel_job", once, &id).await?;
    }
    let row = job(&tx, id).await?.ok_or(JobRefusal::JobNotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// Cancels a job inside a transaction; `false` if it has ended already.
pub async fn stop(tx: &Tx, actor: &Actor, id: JobId, at: Instant) -> Result<bool, Fault> {
    let stopped = store::cancel(tx, id, at).await?;
    if stopped {
        audit(tx, actor, at, "cancel", "job", &id.to_string(), serde_json::json!({})).await?;
    }
    Ok(stopped)
}
