use sea_orm::FromQueryResult;
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, ShiftId};

use super::read::read_shift_ids;
use super::set_cells::{CellRow, CellSource, put_cells};
use crate::base::{Actor, Fault, Query, Tx, span_rows, span_values};

/// Cells of one person: the date and its shifts.
pub type HeldCell = (PersonId, LocalDate, Vec<ShiftId>);

#[derive(FromQueryResult)]
struct Row {
    person_id: PersonId,
    work_date: LocalDate,
    shift_ids: String,
}

/// Removes all cells of people on dates on which they are gone; what they held. Without a scope: it follows from
/// something that was allowed.
pub async fn withdraw_cells(
    tx: &Tx,
    actor: &Actor,
    spans: &[(PersonId, DateSpan)],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<HeldCell>, Fault> {
    let sql = format!(
        "SELECT c.person_id, c.work_date, c.shift_ids FROM {} \
         JOIN roster_cell c ON c.person_id = w.person_id \
           AND c.work_date BETWEEN w.from_date AND w.to_date ORDER BY c.person_id, c.work_date",
        span_rows(tx.dialect())
    );
    let rows: Vec<Row> = tx.rows(&sql, span_values(tx.dialect(), spans)).await?;
    let mut held = Vec::with_capacity(rows.len());
    for r in rows {
        held.push((r.person_id, r.work_date, read_shift_ids(&r.shift_ids)?));
    }
    let cells: Vec<CellRow> = held
        .iter()
        .map(|(person, date, _)| CellRow {
            person: *person,
            date: *date,
            shifts: None,
            expected_version: None,
        })
        .collect();
    put_cells(tx, actor, &cells, CellSource::Generated, today, at).await?;
    Ok(held)
}

/// Puts withdrawn cells back where nothing else was planned since.
pub async fn restore_cells(
    tx: &Tx,
    actor: &Actor,
    held: &[HeldCell],
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let cells: Vec<CellRow> = held
        .iter()
        .map(|(person, date, shifts)| CellRow {
            person: *person,
            date: *date,
            shifts: Some(shifts.clone()),
            expected_version: Some(0),
        })
        .collect();
    put_cells(tx, actor, &cells, CellSource::Generated, today, at).await?;
    Ok(())
}
