//! Batches: the marks of one cause that concerns many people, followed until none is left.

use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use vocabulary::{BatchId, Instant, UserId};

use super::Lane;
use crate::base::{ColumnKind as K, Fault, Query, Tx, json_rows};

/// Least time between two looks at the progress of a batch, in milliseconds.
const LOOK: i64 = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    Running,
    /// Its marks alone make nobody be computed.
    Paused,
    /// No mark is left.
    Done,
}

impl BatchState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }
}

/// A batch as it is now.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Batch {
    pub id: BatchId,
    /// [`super::Cause::as_str`].
    pub cause: String,
    /// [`super::Object::name`].
    pub object: String,
    /// [`BatchState::as_str`].
    pub state: String,
    pub lane: i32,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub done_at: Option<Instant>,
    /// Marks there were, and marks that are left.
    pub total: i64,
    pub left: i64,
    /// Marks worked off in a minute of the last seconds; none before the first look.
    pub per_minute: Option<i64>,
}

impl Batch {
    /// Seconds until no mark is left, if it goes on as in the last seconds.
    pub fn seconds_left(&self) -> Option<i64> {
        if self.left == 0 {
            return Some(0);
        }
        let speed = self.per_minute.filter(|n| *n > 0 && self.state == "running")?;
        Some((self.left.saturating_mul(60) + speed - 1) / speed)
    }
}

/// Which batches are wanted.
pub struct BatchFilter {
    pub state: Option<BatchState>,
    /// Older than this one.
    pub before: Option<BatchId>,
    pub limit: u32,
}

/// A batch is done as soon as no mark is left, even before [`watch_batches`] has noted it.
const STATE: &str = "CASE WHEN b.state = 'done' OR NOT EXISTS \
     (SELECT 1 FROM dirty_mark m WHERE m.batch_id = b.id) THEN 'done' ELSE b.state END";

fn select(condition: &str) -> String {
    format!(
        "SELECT b.id, b.cause, b.object, b.lane, b.author_id, b.at, b.done_at, b.total, \
           b.per_minute, {STATE} AS state, \
           CASE WHEN b.state = 'done' THEN 0 ELSE \
             (SELECT COUNT(*) FROM dirty_mark m WHERE m.batch_id = b.id) END AS \"left\" \
         FROM mark_batch b WHERE {condition}"
    )
}

/// Batches, the newest first.
pub async fn batches(q: &impl Query, f: &BatchFilter) -> Result<Vec<Batch>, Fault> {
    let before = f.before.unwrap_or(BatchId(i64::MAX));
    let mut values: Vec<Value> = vec![before.into(), i64::from(f.limit).into()];
    let mut condition = "b.id < $1".to_owned();
    if let Some(state) = f.state {
        values.push(state.as_str().into());
        condition = format!("{condition} AND {STATE} = $3");
    }
    q.rows(&format!("{} ORDER BY b.id DESC LIMIT $2", select(&condition)), values).await
}

pub async fn batch(q: &impl Query, id: BatchId) -> Result<Option<Batch>, Fault> {
    q.row(&select("b.id = $1"), vec![id.into()]).await
}

/// Pauses a batch or lets it go on; nothing happens to one that is done.
pub async fn set_state(tx: &Tx, id: BatchId, paused: bool) -> Result<u64, Fault> {
    let state = if paused { BatchState::Paused } else { BatchState::Running };
    // What was seen before a pause says nothing about the speed after it.
    tx.run(
        "UPDATE mark_batch SET state = $2, seen_at = NULL, seen_left = NULL, per_minute = NULL \
         WHERE id = $1 AND state <> 'done' AND state <> $2",
        vec![id.into(), state.as_str().into()],
    )
    .await
}

/// Moves all marks of a batch to another lane.
pub async fn set_lane(tx: &Tx, id: BatchId, lane: Lane) -> Result<u64, Fault> {
    tx.run(
        "UPDATE mark_batch SET lane = $2 WHERE id = $1 AND state <> 'done' AND lane <> $2",
        vec![id.into(), lane.number().into()],
    )
    .await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: BatchId,
}

#[derive(FromQueryResult)]
struct SeenRow {
    id: BatchId,
    seen_left: Option<i64>,
    seen_at: Option<Instant>,
    per_minute: Option<i64>,
    left: i64,
}

/// Whether it is time for [`watch_batches`].
pub async fn need_watching(q: &impl Query, now: Instant) -> Result<bool, Fault> {
    let found: Option<IdRow> = q
        .row(
            "SELECT id FROM mark_batch WHERE state IN ('running', 'paused') \
             AND (seen_at IS NULL OR seen_at <= $1) LIMIT 1",
            vec![now.plus_millis(-LOOK).into()],
        )
        .await?;
    Ok(found.is_some_and(|r| r.id.0 > 0))
}

/// Notes how far the batches are that are not done. Any number of processes may do this at once.
pub async fn watch_batches(tx: &Tx, now: Instant) -> Result<(), Fault> {
    let before = now.plus_millis(-LOOK);
    let rows: Vec<SeenRow> = tx
        .rows(
            "SELECT b.id, b.seen_left, b.seen_at, b.per_minute, \
               (SELECT COUNT(*) FROM dirty_mark m WHERE m.batch_id = b.id) AS \"left\" \
             FROM mark_batch b WHERE b.state IN ('running', 'paused') \
               AND (b.seen_at IS NULL OR b.seen_at <= $1)",
            vec![before.into()],
        )
        .await?;
    let seen = |r: &SeenRow| {
        let speed = r
            .seen_left
            .zip(r.seen_at)
            .map(|(was, then)| speed(r.per_minute, was - r.left, then, now));
        json!({ "id": r.id.0, "marks_left": r.left, "per_minute": speed })
    };
    let table = json_rows(
        tx.dialect(),
        "r",
        1,
        &[("id", K::Bigint), ("marks_left", K::Bigint), ("per_minute", K::Bigint)],
    );
    // The condition on what was seen makes one of several watchers win.
    tx.run(
        &format!(
            "UPDATE mark_batch SET seen_left = r.marks_left, seen_at = $2, \
               per_minute = r.per_minute, \
               state = CASE WHEN r.marks_left = 0 THEN 'done' ELSE mark_batch.state END, \
               done_at = CASE WHEN r.marks_left = 0 THEN $2 ELSE mark_batch.done_at END \
             FROM {table} WHERE mark_batch.id = r.id AND mark_batch.state <> 'done' \
               AND (mark_batch.seen_at IS NULL OR mark_batch.seen_at <= $3)"
        ),
        vec![
            serde_json::Value::Array(rows.iter().map(seen).collect()).to_string().into(),
            now.into(),
            before.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Marks in a minute, half of it what was known before.
fn speed(known: Option<i64>, worked_off: i64, from: Instant, to: Instant) -> i64 {
    let millis = (to.millis() - from.millis()).max(1);
    let now = worked_off.max(0).saturating_mul(60_000) / millis;
    known.map_or(now, |k| (k + now) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_half_what_was_known_and_half_what_was_seen() {
        let at = Instant::from_millis;
        assert_eq!(speed(None, 50, at(0), at(5_000)), 600);
        assert_eq!(speed(Some(200), 50, at(0), at(5_000)), 400);
        assert_eq!(speed(Some(200), -3, at(0), at(0)), 100);
    }
}
