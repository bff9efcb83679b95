//! Bulk changes under way: paused, resumed and moved to another lane, never cancelled.

use serde_json::{Value, json};
use vocabulary::BatchId;

use super::refusal::ResultRefusal;
use crate::base::{Actor, App, Failure, Once, audit, begin_once, finish_once};
use crate::dirty::{self, Lane};

/// What may be done to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchChange {
    /// Its marks alone make nobody be computed any more.
    Pause,
    Resume,
    /// All its marks stand in this lane from now on.
    Move(Lane),
}

impl BatchChange {
    const fn operation(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Move(_) => "move",
        }
    }

    fn detail(self) -> Value {
        match self {
            Self::Move(lane) => json!({ "lane": lane.as_str() }),
            Self::Pause | Self::Resume => json!({}),
        }
    }
}

/// Changes a batch. A batch that is done, or is already so, stays as it is.
pub async fn change_batch(
    app: &App,
    actor: &Actor,
    id: BatchId,
    change: BatchChange,
    once: &Once,
) -> Result<(), Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let operation = format!("{}_mark_batch", change.operation());
    if let Some(()) = begin_once(&tx, actor, &operation, once, at).await? {
        return Ok(());
    }
    if dirty::batch(&tx, id).await?.is_none() {
        return Err(ResultRefusal::BatchNotFound.into());
    }
    let changed = match change {
        BatchChange::Pause => dirty::set_state(&tx, id, true).await?,
        BatchChange::Resume => dirty::set_state(&tx, id, false).await?,
        BatchChange::Move(lane) => dirty::set_lane(&tx, id, lane).await?,
    };
    if changed > 0 {
        let (operation, detail) = (change.operation(), change.detail());
        audit(&tx, actor, at, operation, "mark_batch", &id.to_string(), detail).await?;
    }
    finish_once(&tx, actor, &operation, once, &()).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(())
}
