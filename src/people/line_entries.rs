//! Writing entries of the timelines of dimension values and teams.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate};

use super::master_store::{self, ENTRY, Line};
use crate::base::{Actor, Fault, Query, Tx, audit, json_rows};

/// An entry of a timeline: from a date on its owner has an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineEntry {
    pub owner: i64,
    /// The dimension; 0 where an owner has one line only.
    pub line: i64,
    pub valid_from: LocalDate,
    /// `None` = none of his own from this date on.
    pub object: Option<i64>,
    /// The entry of this date is removed and the one before goes on.
    pub removed: bool,
}

impl LineEntry {
    const fn place(&self) -> (i64, i64, LocalDate) {
        (self.owner, self.line, self.valid_from)
    }
}

#[derive(FromQueryResult)]
struct Stored {
    owner_id: i64,
    line_id: i64,
    valid_from: LocalDate,
    object_id: Option<i64>,
}

fn json_of(rows: &[LineEntry]) -> String {
    let row = |e: &LineEntry| {
        json!({ "owner_id": e.owner, "line_id": e.line, "valid_from": e.valid_from,
                "object_id": e.object, "removed": e.removed })
    };
    Value::Array(rows.iter().map(row).collect()).to_string()
}

async fn stored(q: &Tx, line: Line, rows: &str) -> Result<Vec<Stored>, Fault> {
    let input = json_rows(q.dialect(), "r", 1, &ENTRY);
    let (owner, second) = line.key();
    let second = second.map(|s| format!(" AND t.{s} = r.line_id")).unwrap_or_default();
    let sql = format!(
        "SELECT r.owner_id, r.line_id, r.valid_from, t.{} AS object_id FROM {input} \
         JOIN {} t ON t.{owner} = r.owner_id AND t.valid_from = r.valid_from{second}",
        line.column(),
        line.table()
    );
    q.rows(&sql, vec![rows.into()]).await
}

#[derive(FromQueryResult)]
struct NextRow {
    owner_id: i64,
    valid_from: LocalDate,
    next_from: Option<LocalDate>,
}

/// The dates on which entries of a line without a second key hold, as written: up to the next entry.
pub(super) async fn spans(
    tx: &Tx,
    line: Line,
    rows: &[LineEntry],
) -> Result<Vec<(i64, DateSpan)>, Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &ENTRY);
    let ((owner, _), table) = (line.key(), line.table());
    let sql = format!(
        "SELECT r.owner_id, r.valid_from, (SELECT min(n.valid_from) FROM {table} n \
           WHERE n.{owner} = r.owner_id AND n.valid_from > r.valid_from) AS next_from FROM {input}"
    );
    let found: Vec<NextRow> = tx.rows(&sql, vec![json_of(rows).into()]).await?;
    let span = |r: NextRow| {
        let to = r.next_from.map(|d| d.plus(-1));
        (r.owner_id, DateSpan { from: r.valid_from, to })
    };
    Ok(found.into_iter().map(span).collect())
}

/// Writes entries whose owners and objects are known to be good, each place at most once, and records them. Says of
/// each row whether it changed anything.
pub(super) async fn write(
    tx: &Tx,
    actor: &Actor,
    line: Line,
    rows: &[LineEntry],
    at: Instant,
) -> Result<Vec<bool>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let before: HashMap<_, _> = stored(tx, line, &json_of(rows))
        .await?
        .into_iter()
        .map(|s| ((s.owner_id, s.line_id, s.valid_from), s.object_id))
        .collect();
    let differs = |e: &LineEntry| match before.get(&e.place()) {
        Some(object) => e.removed || *object != e.object,
        None => !e.removed,
    };
    let changed: Vec<bool> = rows.iter().map(differs).collect();
    let new: Vec<LineEntry> =
        rows.iter().zip(&changed).filter(|(_, c)| **c).map(|(e, _)| *e).collect();
    if new.is_empty() {
        return Ok(changed);
    }
    master_store::put_entries(tx, line, &json_of(&new)).await?;
    let old = |e: &LineEntry| before.get(&e.place()).copied().flatten();
    let detail: Vec<Value> = new
        .iter()
        .map(|e| json!([e.owner, e.line, e.valid_from, old(e), e.object, e.removed]))
        .collect();
    let count = new.len().to_string();
    audit(tx, actor, at, "assign", line.table(), &count, json!({ "rows": detail })).await?;
    Ok(changed)
}
