use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, PersonId, ShiftId, SwapId, UserId};

use super::read_shift_ids;
use crate::base::{Fault, Query, Scope, id_rows, id_value};
use crate::people;

/// A swap with its cells.
#[derive(Clone, Debug)]
pub struct Swap {
    pub id: SwapId,
    /// `exchange`, `change`.
    pub kind: String,
    pub reason: String,
    pub author: Option<UserId>,
    pub at: Instant,
    pub cancelled_at: Option<Instant>,
    pub cancel_reason: Option<String>,
    pub cells: Vec<SwappedCell>,
}

#[derive(Clone, Debug)]
pub struct SwappedCell {
    pub person: PersonId,
    pub date: LocalDate,
    pub before: Option<Vec<ShiftId>>,
    pub after: Vec<ShiftId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: SwapId,
    kind: String,
    reason: String,
    author_id: Option<UserId>,
    at: Instant,
    cancelled_at: Option<Instant>,
    cancel_reason: Option<String>,
}

#[derive(FromQueryResult)]
struct CellRow {
    swap_id: SwapId,
    person_id: PersonId,
    work_date: LocalDate,
    before_ids: Option<String>,
    shift_ids: String,
}

/// Which swaps are wanted.
#[derive(Clone, Debug)]
pub struct SwapFilter {
    pub id: Option<SwapId>,
    pub person: Option<PersonId>,
    pub from: LocalDate,
    pub to: LocalDate,
    /// Also cancelled ones.
    pub cancelled: bool,
    /// Ids before this one.
    pub before: Option<SwapId>,
    pub limit: u32,
}

/// Swaps with a cell in the span of somebody in scope on that date, the newest first.
pub async fn swaps(q: &impl Query, scope: &Scope, f: &SwapFilter) -> Result<Vec<Swap>, Fault> {
    let mut values: Vec<Value> = vec![
        f.id.into(),
        f.person.into(),
        f.from.into(),
        f.to.into(),
        f.cancelled.into(),
        f.before.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within(scope, "c.work_date", "c.person_id", &mut values);
    let sql = format!(
        "SELECT s.id, s.kind, s.reason, s.author_id, s.at, s.cancelled_at, s.cancel_reason \
         FROM roster_swap s WHERE ($1 IS NULL OR s.id = $1) \
           AND ($5 OR s.cancelled_at IS NULL) AND ($6 IS NULL OR s.id < $6) \
           AND EXISTS (SELECT 1 FROM swap_cell c WHERE c.swap_id = s.id \
             AND c.work_date BETWEEN $3 AND $4 AND ($2 IS NULL OR c.person_id = $2) AND {visible}) \
         ORDER BY s.id DESC LIMIT $7"
    );
    let rows: Vec<Row> = q.rows(&sql, values).await?;
    let sql = format!(
        "SELECT c.swap_id, c.person_id, c.work_date, c.before_ids, c.shift_ids FROM {} \
         JOIN swap_cell c ON c.swap_id = k.id ORDER BY c.swap_id, c.work_date, c.person_id",
        id_rows(q.dialect(), "k", 1)
    );
    let ids = id_value(rows.iter().map(|r| r.id.0));
    let cells: Vec<CellRow> = q.rows(&sql, vec![ids]).await?;
    let mut swaps: Vec<Swap> = rows
        .into_iter()
        .map(|r| Swap {
            id: r.id,
            kind: r.kind,
            reason: r.reason,
            author: r.author_id,
            at: r.at,
            cancelled_at: r.cancelled_at,
            cancel_reason: r.cancel_reason,
            cells: Vec::new(),
        })
        .collect();
    for c in cells {
        let Some(swap) = swaps.iter_mut().find(|s| s.id == c.swap_id) else { continue };
        swap.cells.push(SwappedCell {
            person: c.person_id,
            date: c.work_date,
            before: c.before_ids.as_deref().map(read_shift_ids).transpose()?,
            after: read_shift_ids(&c.shift_ids)?,
        });
    }
    Ok(swaps)
}
