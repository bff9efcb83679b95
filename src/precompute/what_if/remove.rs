use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use vocabulary::{Instant, UserId, WhatIfRunId};

use super::read::what_if_run;
use super::work::run_of;
use super::{KEEP_DAYS, REMOVAL, store};
use crate::base::{Actor, App, Failure, Fault, Once, Scope, Tx, audit, begin_once, finish_once};
use crate::jobs::{self, Held};

/// Differences that are deleted in one transaction.
const PIECE: i64 = 5_000;

const DAY_MILLIS: i64 = 86_400_000;

/// Ends a run and hides it at once; a job deletes its differences.
pub async fn remove_what_if(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    reader: Option<UserId>,
    id: WhatIfRunId,
    once: &Once,
) -> Result<(), Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let done: Option<WhatIfRunId> = begin_once(&tx, actor, "delete_what_if_run", once, at).await?;
    if done.is_none() {
        let run = what_if_run(&tx, scope, reader, id).await?;
        jobs::stop(&tx, actor, run.job_id, at).await?;
        store::hide(&tx, id, at).await?;
        ask(&tx, actor, id, at).await?;
        audit(&tx, actor, at, "delete", "what_if_run", &id.to_string(), json!({})).await?;
        finish_once(&tx, actor, "delete_what_if_run", once, &id).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn ask(tx: &Tx, actor: &Actor, id: WhatIfRunId, at: Instant) -> Result<(), Fault> {
    jobs::enqueue(tx, actor, REMOVAL, &json!({ "what_if_run_id": id }), at).await?;
    Ok(())
}

/// Hides runs that are older than they are kept, and has them deleted.
pub(super) async fn expire(tx: &Tx, at: Instant) -> Result<usize, Fault> {
    let before = at.plus_millis(-KEEP_DAYS * DAY_MILLIS);
    let old = store::hide_old(tx, before, at).await?;
    for id in &old {
        ask(tx, &Actor::system(), *id, at).await?;
    }
    Ok(old.len())
}

/// [`expire`] by itself; how many runs there were.
pub async fn expire_what_if_runs(app: &App) -> Result<usize, Fault> {
    let tx = app.db.begin().await?;
    let count = expire(&tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(count)
}

/// The job that deletes a hidden run.
pub fn work_removal<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    async move {
        let id = run_of(held)?;
        let mut gone = 0;
        loop {
            let tx = app.db.begin().await?;
            let n = i64::try_from(store::delete_days(&tx, id, PIECE).await?).unwrap_or(PIECE);
            gone += n;
            jobs::advance(&tx, app, held, gone, gone).await?;
            if n == 0 {
                store::delete_run(&tx, id).await?;
            }
            tx.commit().await?;
            if n == 0 {
                return Ok(json!({}));
            }
        }
    }
    .boxed()
}
