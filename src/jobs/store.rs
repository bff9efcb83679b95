use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, JobId, UserId};

use crate::base::{Actor, Dialect, Fault, Query, Tx};

/// How long a holder may be silent.
pub const LEASE_SECONDS: i64 = 60;

#[derive(FromQueryResult)]
struct IdRow {
    id: JobId,
}

/// Asks for a job in the transaction of what needs it. `params` say where to look, never what is so.
pub async fn enqueue(
    tx: &Tx,
    actor: &Actor,
    kind: &str,
    params: &serde_json::Value,
    at: Instant,
) -> Result<JobId, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO job (kind, state, params, progress_done, author_id, attempts, turn, \
               created_at) VALUES ($1, 'queued', $2, 0, $3, 0, 0, $4) RETURNING id",
            vec![kind.into(), params.to_string().into(), actor.user.into(), at.into()],
        )
        .await?;
    row.map(|r| r.id).ok_or_else(|| Fault::text("no job was written"))
}

/// A job as its holder reads it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct LeasedRow {
    pub id: JobId,
    pub kind: String,
    pub params: String,
    pub turn: i64,
    pub attempts: i32,
    pub author_id: Option<UserId>,
}

/// Jobs of these kinds that may be leased. `$1` is now.
fn waiting(kinds: &[&'static str], values: &mut Vec<Value>) -> String {
    let places: Vec<String> = kinds
        .iter()
        .map(|k| {
            values.push((*k).into());
            format!("${}", values.len())
        })
        .collect();
    format!(
        "state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= $1) \
         AND kind IN ({})",
        places.join(", ")
    )
}

/// Whether there is anything to lease; asked on the read side so that an idle worker writes nothing.
pub(super) async fn is_waiting(
    q: &impl Query,
    kinds: &[&'static str],
    now: Instant,
) -> Result<bool, Fault> {
    let mut values = vec![now.into()];
    let waiting = waiting(kinds, &mut values);
    let row: Option<IdRow> =
        q.row(&format!("SELECT id FROM job WHERE {waiting} LIMIT 1"), values).await?;
    Ok(row.is_some())
}

/// Takes the oldest job that waits, or whose holder has been silent for too long.
pub(super) async fn lease(
    tx: &Tx,
    kinds: &[&'static str],
    now: Instant,
) -> Result<Option<LeasedRow>, Fault> {
    let until = now.plus_seconds(LEASE_SECONDS);
    let mut values = vec![now.into(), until.into()];
    let waiting = waiting(kinds, &mut values);
    let skip = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "UPDATE job SET state = 'running', turn = turn + 1, attempts = attempts + 1, \
           lease_until = $2, started_at = COALESCE(started_at, $1) \
         WHERE id = (SELECT id FROM job WHERE {waiting} ORDER BY id LIMIT 1 {skip}) \
         RETURNING id, kind, params, turn, attempts, author_id"
    );
    tx.row(&sql, values).await
}

/// Makes the lease longer; `false` if it is lost.
pub(super) async fn beat(tx: &Tx, id: JobId, turn: i64, now: Instant) -> Result<bool, Fault> {
    let sql = "UPDATE job SET lease_until = $3 WHERE id = $1 AND turn = $2 AND state = 'running'";
    let until = now.plus_seconds(LEASE_SECONDS);
    Ok(tx.run(sql, vec![id.into(), turn.into(), until.into()]).await? == 1)
}

/// Writes progress; `false` if the lease is lost or the job cancelled.
pub(super) async fn advance(
    tx: &Tx,
    id: JobId,
    turn: i64,
    progress: (i64, i64),
    now: Instant,
) -> Result<bool, Fault> {
    let sql = "UPDATE job SET progress_done = $3, progress_total = $4, attempts = 0, \
               lease_until = $5 WHERE id = $1 AND turn = $2 AND state = 'running'";
    let until = now.plus_seconds(LEASE_SECONDS);
    let values = vec![id.into(), turn.into(), progress.0.into(), progress.1.into(), until.into()];
    Ok(tx.run(sql, values).await? == 1)
}

/// How a turn ends.
pub(super) enum End {
    Done(serde_json::Value),
    /// For good, with what is shown.
    Failed(serde_json::Value),
    /// To be taken up again, not before this instant.
    Released(Instant),
}

/// Ends a turn; nothing happens if it is over already.
pub(super) async fn end(
    tx: &Tx,
    id: JobId,
    turn: i64,
    end: End,
    now: Instant,
) -> Result<(), Fault> {
    let none = || Value::from(None::<String>);
    let (state, result, error, until, finished) = match end {
        End::Done(v) => ("done", v.to_string().into(), none(), None, Some(now)),
        End::Failed(v) => ("failed", none(), v.to_string().into(), None, Some(now)),
        End::Released(at) => ("queued", none(), none(), Some(at), None),
    };
    let sql = "UPDATE job SET state = $3, result = $4, error = $5, lease_until = $6, \
               finished_at = $7 WHERE id = $1 AND turn = $2 AND state = 'running'";
    let values =
        vec![id.into(), turn.into(), state.into(), result, error, until.into(), finished.into()];
    tx.run(sql, values).await?;
    Ok(())
}

/// Cancels a job that has not ended; whether there was one.
pub(super) async fn cancel(tx: &Tx, id: JobId, now: Instant) -> Result<bool, Fault> {
    let sql = "UPDATE job SET state = 'cancelled', finished_at = $2, lease_until = NULL \
               WHERE id = $1 AND state IN ('queued', 'running')";
    Ok(tx.run(sql, vec![id.into(), now.into()]).await? == 1)
}

/// Deletes jobs that ended before an instant, at most `limit`; how many there were.
pub async fn forget_old(tx: &Tx, before: Instant, limit: u32) -> Result<u64, Fault> {
    let sql = "DELETE FROM job WHERE id IN (SELECT id FROM job \
               WHERE finished_at < $1 ORDER BY id LIMIT $2)";
    tx.run(sql, vec![before.into(), i64::from(limit).into()]).await
}
