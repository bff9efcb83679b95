use sea_orm::FromQueryResult;
use vocabulary::{BatchId, DateSpan, Instant, LocalDate, MarkId, PersonId};

use crate::base::failpoint::{Sabotage, sabotaged};
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

/// A mark as a drain reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub id: MarkId,
    pub person: PersonId,
    pub span: DateSpan,
    /// [`super::Cause::as_str`] of the change.
    pub cause: String,
}

#[derive(FromQueryResult)]
struct MarkRow {
    id: MarkId,
    person_id: PersonId,
    from_date: LocalDate,
    to_date: Option<LocalDate>,
    cause: String,
    lane: i32,
}

/// **All** marks of at most `people` people of a shard, those in the most urgent lane first.
/// `shard` = `None` takes from everywhere.
pub async fn take(tx: &Tx, shard: Option<i32>, people: u32) -> Result<Vec<Taken>, Fault> {
    let rows: Vec<MarkRow> = tx
        .rows(
            "SELECT m.id, m.person_id, m.from_date, m.to_date, m.cause, m.lane FROM dirty_mark m JOIN ( \
               SELECT person_id, MIN(lane) AS lane FROM dirty_mark \
               WHERE $1 IS NULL OR shard = $1 \
               GROUP BY person_id ORDER BY MIN(lane), person_id LIMIT $2 \
             ) AS p ON p.person_id = m.person_id ORDER BY m.person_id, m.id",
            vec![shard.into(), i64::from(people).into()],
        )
        .await?;
    let lane = |r: &MarkRow| !sabotaged(Sabotage::DrainOneLaneOnly) || r.lane == 1;
    let taken = rows.into_iter().filter(lane).map(|r| Taken {
        id: r.id,
        person: r.person_id,
        span: DateSpan { from: r.from_date, to: r.to_date },
        cause: r.cause,
    });
    Ok(taken.collect())
}

/// Deletes exactly these marks; how many there were. The caller rolls back unless it is all of
/// them.
pub async fn forget(tx: &Tx, marks: &[MarkId]) -> Result<u64, Fault> {
    if sabotaged(Sabotage::DeleteMarksByGreatestId) {
        let greatest = marks.iter().map(|m| m.0).max();
        let forgotten =
            tx.run("DELETE FROM dirty_mark WHERE id <= $1", vec![greatest.into()]).await?;
        return Ok(forgotten.min(marks.len() as u64));
    }
    let table = json_rows(tx.dialect(), "d", 1, &[("id", ColumnKind::Bigint)]);
    let rows: Vec<String> = marks.iter().map(|m| format!("{{\"id\":{m}}}")).collect();
    tx.run(
        &format!("DELETE FROM dirty_mark WHERE id IN (SELECT d.id FROM {table})"),
        vec![format!("[{}]", rows.join(",")).into()],
    )
    .await
}

/// Shards that have marks.
pub async fn busy_shards(q: &impl Query) -> Result<Vec<i32>, Fault> {
    #[derive(FromQueryResult)]
    struct Row {
        shard: i32,
    }
    let rows: Vec<Row> =
        q.rows("SELECT DISTINCT shard FROM dirty_mark ORDER BY shard", vec![]).await?;
    Ok(rows.into_iter().map(|r| r.shard).collect())
}

/// What is still to be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Pending {
    pub people: i64,
    pub oldest_at: Option<Instant>,
}

/// How many people have marks, and since when. `condition` is SQL about `person_id` (from
/// `people::within`), with placeholders from `$1`.
pub async fn pending(
    q: &impl Query,
    condition: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Pending, Fault> {
    let found = q
        .row(
            &format!(
                "SELECT COUNT(DISTINCT person_id) AS people, MIN(at) AS oldest_at \
                 FROM dirty_mark WHERE {condition}"
            ),
            values,
        )
        .await?;
    Ok(found.unwrap_or(Pending { people: 0, oldest_at: None }))
}

/// Whether nobody has marks.
pub async fn is_empty(q: &impl Query) -> Result<bool, Fault> {
    Ok(pending(q, "1 = 1", vec![]).await?.people == 0)
}

/// Whether a person has marks.
pub async fn is_pending(q: &impl Query, person: PersonId) -> Result<bool, Fault> {
    let found = pending(q, "person_id = $1", vec![person.into()]).await?;
    Ok(found.people > 0)
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Progress {
    pub total: i64,
    pub left: i64,
}

/// Marks of a batch: how many there were and how many are left. `None` if there is no such batch.
pub async fn batch_progress(q: &impl Query, id: BatchId) -> Result<Option<Progress>, Fault> {
    q.row(
        "SELECT b.total, (SELECT COUNT(*) FROM dirty_mark m WHERE m.batch_id = b.id) AS \"left\" \
         FROM mark_batch b WHERE b.id = $1",
        vec![id.into()],
    )
    .await
}
