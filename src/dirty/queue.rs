use sea_orm::FromQueryResult;
use vocabulary::{Instant, MarkId, PersonId};

use crate::base::failpoint::{Sabotage, sabotaged};
use crate::base::{Db, Dialect, Fault, Query, Tx, id_rows, id_value};

/// Deletes exactly these marks; how many there were. The caller rolls back unless it is all of
/// them.
pub async fn forget(tx: &Tx, marks: &[MarkId]) -> Result<u64, Fault> {
    if sabotaged(Sabotage::DeleteMarksByGreatestId) {
        let greatest = marks.iter().map(|m| m.0).max();
        let forgotten =
            tx.run("DELETE FROM dirty_mark WHERE id <= $1", vec![greatest.into()]).await?;
        return Ok(forgotten.min(marks.len() as u64));
    }
    let table = id_rows(tx.dialect(), "d", 1);
    tx.run(
        &format!("DELETE FROM dirty_mark WHERE id IN (SELECT d.id FROM {table})"),
        vec![id_value(marks.iter().map(|m| m.0))],
    )
    .await
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

/// The time of the oldest mark of a person as SQL; null without one. `person` is an expression.
pub fn waits_since(person: &str) -> String {
    format!("(SELECT MIN(waiting.at) FROM dirty_mark waiting WHERE waiting.person_id = {person})")
}

/// The time of the oldest mark of a person.
pub async fn pending_since(q: &impl Query, person: PersonId) -> Result<Option<Instant>, Fault> {
    Ok(pending(q, "person_id = $1", vec![person.into()]).await?.oldest_at)
}

/// Whether nobody has marks.
pub async fn is_empty(q: &impl Query) -> Result<bool, Fault> {
    Ok(pending(q, "1 = 1", vec![]).await?.people == 0)
}

#[derive(FromQueryResult)]
struct GrownRow {
    grown: bool,
}

/// After a bulk change the table is many times larger than when statements were planned on it; they would
/// read all of it until autovacuum comes by. Does nothing while it is about as large as it was.
pub async fn analyze(db: &Db) -> Result<(), Fault> {
    if db.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let row: Option<GrownRow> = db
        .read()
        .row(
            "SELECT pg_relation_size(oid) / 8192 > 8 * GREATEST(relpages, 2) AS grown \
             FROM pg_class WHERE oid = 'dirty_mark'::regclass",
            vec![],
        )
        .await?;
    if row.is_some_and(|r| r.grown) {
        db.for_migrations().run("ANALYZE dirty_mark", vec![]).await?;
    }
    Ok(())
}
