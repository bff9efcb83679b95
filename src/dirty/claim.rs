//! Who takes what next. A mark stands in its own lane, a mark of a batch where its batch stands.

use sea_orm::FromQueryResult;
use vocabulary::{DateSpan, LocalDate, MarkId, PersonId};

use super::Lane;
use crate::base::failpoint::{Sabotage, sabotaged};
use crate::base::{Dialect, Fault, Query, Tx};

/// A mark as a drain reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub id: MarkId,
    pub person: PersonId,
    pub span: DateSpan,
    /// [`super::Cause::as_str`] of the change.
    pub cause: String,
}

/// A shard with the lane of its most urgent mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub shard: i32,
    pub lane: Lane,
}

#[derive(FromQueryResult)]
struct ClaimRow {
    no: i32,
    lane: i32,
}

impl ClaimRow {
    fn claim(self) -> Result<Claim, Fault> {
        let lane = Lane::from_number(self.lane).ok_or_else(|| Fault::text("unknown lane"))?;
        Ok(Claim { shard: self.no, lane })
    }
}

/// The lane of the most urgent mark of shard `s.no` that may be taken; 9 without one. Two probes of an
/// index, and one more per batch that runs; the order keeps PostgreSQL from reading the whole table for a
/// shard without marks.
fn urgency(dialect: Dialect) -> String {
    let least = match dialect {
        Dialect::Sqlite => "MIN",
        Dialect::Postgres => "LEAST",
    };
    format!(
        "{least}(COALESCE((SELECT m.lane FROM dirty_mark m \
             WHERE m.shard = s.no AND m.batch_id IS NULL ORDER BY m.lane LIMIT 1), 9), \
           COALESCE((SELECT b.lane FROM mark_batch b WHERE b.state = 'running' \
             AND (SELECT m.person_id FROM dirty_mark m \
               WHERE m.batch_id = b.id AND m.shard = s.no \
               ORDER BY m.batch_id, m.shard, m.person_id LIMIT 1) IS NOT NULL \
             ORDER BY b.lane LIMIT 1), 9))"
    )
}

/// The statement of [`claim`] or [`look`], for those who want to see its plan.
pub fn claim_sql(dialect: Dialect) -> String {
    let urgency = urgency(dialect);
    match dialect {
        // The fence keeps the probes from being planned, and made, twice.
        Dialect::Postgres => format!(
            "WITH c AS MATERIALIZED ( \
               SELECT s.no, u.lane FROM shard s \
               CROSS JOIN LATERAL (SELECT {urgency} AS lane OFFSET 0) u \
               WHERE u.lane <= $1 ORDER BY u.lane, s.turn \
               FOR UPDATE OF s SKIP LOCKED LIMIT 1) \
             UPDATE shard SET turn = turn + 1 FROM c WHERE shard.no = c.no \
             RETURNING shard.no, c.lane"
        ),
        Dialect::Sqlite => format!(
            "SELECT no, lane FROM (SELECT s.no, s.turn, {urgency} AS lane FROM shard s) AS u \
             WHERE lane <= $1 ORDER BY lane, turn LIMIT 1"
        ),
    }
}

/// Takes a shard that nobody else has, by raising its turn: the most urgent lane first and within it
/// the one that waited longest; marks behind lane `last` stay. Must be the first statement of a
/// REPEATABLE READ transaction: a lock alone would not do, because the snapshot could be older than the
/// commit of the last holder. PostgreSQL only.
pub async fn claim(tx: &Tx, last: Lane) -> Result<Option<Claim>, Fault> {
    let mut sql = claim_sql(Dialect::Postgres);
    if sabotaged(Sabotage::LeaseWithoutUpdate)
        && let Some((free, _)) = sql.split_once("UPDATE shard")
    {
        sql = format!("{free} SELECT no, lane FROM c");
    }
    let row: Option<ClaimRow> = tx.row(&sql, vec![last.number().into()]).await?;
    row.map(ClaimRow::claim).transpose()
}

/// The same choice without taking it, for SQLite, where one process drains; see [`pass`].
pub async fn look(q: &impl Query, last: Lane) -> Result<Option<Claim>, Fault> {
    let row: Option<ClaimRow> =
        q.row(&claim_sql(Dialect::Sqlite), vec![last.number().into()]).await?;
    row.map(ClaimRow::claim).transpose()
}

/// Lets the other shards of the lane go first.
pub async fn pass(tx: &Tx, shard: i32) -> Result<(), Fault> {
    tx.run("UPDATE shard SET turn = turn + 1 WHERE no = $1", vec![shard.into()]).await?;
    Ok(())
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

/// **All** marks, whatever their lane, of at most `people` people who have one in the lane of the claim.
pub async fn take(q: &impl Query, claim: Claim, people: u32) -> Result<Vec<Taken>, Fault> {
    let rows: Vec<MarkRow> = q
        .rows(
            "SELECT m.id, m.person_id, m.from_date, m.to_date, m.cause, m.lane \
             FROM dirty_mark m JOIN ( \
               SELECT person_id FROM (SELECT DISTINCT person_id FROM dirty_mark \
                 WHERE shard = $1 AND lane = $2 AND batch_id IS NULL \
                 ORDER BY person_id LIMIT $3) AS own \
               UNION SELECT person_id FROM (SELECT DISTINCT d.person_id FROM mark_batch b \
                 JOIN dirty_mark d ON d.batch_id = b.id AND d.shard = $1 \
                 WHERE b.state = 'running' AND b.lane = $2 \
                 ORDER BY d.person_id LIMIT $3) AS many \
               ORDER BY person_id LIMIT $3 \
             ) AS p ON p.person_id = m.person_id ORDER BY m.person_id, m.id",
            vec![claim.shard.into(), claim.lane.number().into(), i64::from(people).into()],
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

#[derive(FromQueryResult)]
struct AnyRow {
    found: i64,
}

/// Whether somebody has marks that may be taken: not only those of paused batches.
pub async fn is_waiting(q: &impl Query) -> Result<bool, Fault> {
    let row: Option<AnyRow> = q
        .row(
            "SELECT CAST(1 AS BIGINT) AS found \
             WHERE EXISTS (SELECT 1 FROM dirty_mark WHERE batch_id IS NULL) \
               OR EXISTS (SELECT 1 FROM mark_batch b WHERE b.state = 'running' \
                 AND EXISTS (SELECT 1 FROM dirty_mark m WHERE m.batch_id = b.id))",
            vec![],
        )
        .await?;
    Ok(row.is_some_and(|r| r.found == 1))
}
