use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{Instant, LocalDate, PersonId, SwapId, UserId};

use super::land_swap::SwapCell;
use super::layer::write_shift_ids;
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct Id {
    id: SwapId,
}

pub(super) async fn insert(
    tx: &Tx,
    kind: &str,
    reason: &str,
    author: Option<UserId>,
    at: Instant,
) -> Result<SwapId, Fault> {
    let sql = "INSERT INTO roster_swap (kind, reason, author_id, at) VALUES ($1, $2, $3, $4) \
               RETURNING id";
    let row: Option<Id> =
        tx.row(sql, vec![kind.into(), reason.into(), author.into(), at.into()]).await?;
    row.map(|r| r.id).ok_or_else(|| Fault::text("no swap was written"))
}

pub(super) async fn insert_cells(tx: &Tx, id: SwapId, cells: &[SwapCell]) -> Result<(), Fault> {
    let rows: Vec<_> = cells
        .iter()
        .map(|c| {
            json!({ "person_id": c.person.0, "work_date": c.date,
                "before_ids": c.before.as_deref().map(write_shift_ids),
                "shift_ids": write_shift_ids(&c.after) })
        })
        .collect();
    let columns = [
        ("person_id", ColumnKind::Bigint),
        ("work_date", ColumnKind::Date),
        ("before_ids", ColumnKind::Text),
        ("shift_ids", ColumnKind::Text),
    ];
    let sql = format!(
        "INSERT INTO swap_cell (swap_id, person_id, work_date, before_ids, shift_ids) \
         SELECT $2, r.person_id, r.work_date, r.before_ids, r.shift_ids FROM {}",
        json_rows(tx.dialect(), "r", 1, &columns)
    );
    let rows = serde_json::Value::Array(rows).to_string();
    tx.run(&sql, vec![rows.into(), id.into()]).await?;
    Ok(())
}

/// Whether the swap had not ended and no later one stands on its cells.
pub(super) async fn cancel(
    tx: &Tx,
    id: SwapId,
    reason: &str,
    author: Option<UserId>,
    at: Instant,
) -> Result<bool, Fault> {
    let sql = "UPDATE roster_swap SET cancelled_at = $2, cancelled_by = $3, cancel_reason = $4 \
               WHERE id = $1 AND cancelled_at IS NULL AND NOT EXISTS ( \
                 SELECT 1 FROM swap_cell c JOIN swap_cell l ON l.person_id = c.person_id \
                   AND l.work_date = c.work_date AND l.swap_id > c.swap_id \
                 WHERE c.swap_id = $1 AND l.ended_at IS NULL)";
    let values = vec![id.into(), at.into(), author.into(), reason.into()];
    Ok(tx.run(sql, values).await? == 1)
}

#[derive(FromQueryResult)]
pub(super) struct EndedCell {
    pub person_id: PersonId,
    pub work_date: LocalDate,
}

pub(super) async fn end_cells(tx: &Tx, id: SwapId, at: Instant) -> Result<Vec<EndedCell>, Fault> {
    let sql = "UPDATE swap_cell SET ended_at = $2 WHERE swap_id = $1 AND ended_at IS NULL \
               RETURNING person_id, work_date";
    tx.rows(sql, vec![id.into(), at.into()]).await
}
