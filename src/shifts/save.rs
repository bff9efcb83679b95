//! Cells are saved only after the checks have seen them.

use serde::{Deserialize, Serialize};
use vocabulary::{Instant, LocalDate};

use super::review::review;
use super::{CellRow, CellSource, LegalFinding, set_cells};
use crate::base::{Actor, Fault, RowOutcome, Tx};

/// What became of a save.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedCells {
    /// One per row, in order.
    pub rows: Vec<RowOutcome>,
    /// What the checks find of these people and dates now.
    pub findings: Vec<LegalFinding>,
}

/// Writes cells whose people and shifts are known to be good, but for those a check of severity BLOCK refuses; marks
/// their days and records them in the audit log.
pub async fn put_checked_cells(
    tx: &Tx,
    actor: &Actor,
    rows: &[CellRow],
    source: CellSource,
    today: LocalDate,
    at: Instant,
) -> Result<SavedCells, Fault> {
    let reviewed = review(tx, rows).await?;
    let open = |i: &usize| !reviewed.refused.contains_key(i);
    let good: Vec<CellRow> =
        rows.iter().enumerate().filter(|(i, _)| open(i)).map(|(_, r)| r.clone()).collect();
    let written = set_cells::put_cells(tx, actor, &good, source, today, at).await?;
    let mut written = written.into_iter();
    let outcome = |i: usize| match reviewed.refused.get(&i) {
        Some(refusal) => Ok(RowOutcome::refused(refusal)),
        None => written.next().ok_or_else(|| Fault::text("an outcome is missing")),
    };
    let rows = (0..rows.len()).map(outcome).collect::<Result<_, _>>()?;
    Ok(SavedCells { rows, findings: reviewed.findings })
}

/// The same, without what the checks found.
pub async fn put_cells(
    tx: &Tx,
    actor: &Actor,
    rows: &[CellRow],
    source: CellSource,
    today: LocalDate,
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    Ok(put_checked_cells(tx, actor, rows, source, today, at).await?.rows)
}
