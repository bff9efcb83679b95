//! Drafts of the roster: they count for nobody and nobody is shown them until they are published.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DraftId, LocalDate, TemplateId};

use super::layer::{Layer, LayerRow, Place, StoredCell, write_shift_ids};
use super::read::{self, read_shift_ids};
use super::{CellSource, ShiftRefusal, store_drafts};
use crate::base::{Failure, Fault, Query, Tx};

/// A drafted cell.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct DraftedRow {
    pub layer: String,
    pub subject_id: i64,
    pub work_date: LocalDate,
    pub shift_ids: Option<String>,
    pub source: String,
    pub template_id: Option<TemplateId>,
    pub base_version: i32,
}

impl DraftedRow {
    pub fn row(&self) -> Result<LayerRow, Fault> {
        let shifts = self.shift_ids.as_deref().map(read_shift_ids).transpose()?;
        Ok(LayerRow {
            subject: self.subject_id,
            date: self.work_date,
            shifts,
            expected_version: Some(self.base_version),
            source: CellSource::parse(&self.source).unwrap_or(CellSource::Manual),
            template: self.template_id,
        })
    }
}

/// All cells of a draft, in the order of their keys.
pub(super) async fn drafted_rows(q: &impl Query, draft: DraftId) -> Result<Vec<DraftedRow>, Fault> {
    let sql = "SELECT layer, subject_id, work_date, shift_ids, source, template_id, base_version \
               FROM draft_cell WHERE draft_id = $1 ORDER BY layer, subject_id, work_date";
    q.rows(sql, vec![draft.into()]).await
}

/// Puts what the draft says over what is stored.
pub(super) async fn overlay(
    tx: &Tx,
    draft: DraftId,
    layer: Layer,
    places: &[Place],
    stored: &mut HashMap<Place, StoredCell>,
) -> Result<(), Failure> {
    let dates = || places.iter().map(|(_, d)| *d);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Ok(()) };
    let open = read::draft(tx, draft).await?.ok_or(ShiftRefusal::DraftNotFound)?;
    if open.state != "open" {
        return Err(ShiftRefusal::DraftClosed.into());
    }
    if first < open.from || last > open.to {
        return Err(ShiftRefusal::OutsideDraft { from: open.from, to: open.to }.into());
    }
    for d in drafted_rows(tx, draft).await? {
        if d.layer != layer.as_str() {
            continue;
        }
        let place = (d.subject_id, d.work_date);
        match d.shift_ids.as_deref().map(read_shift_ids).transpose()? {
            Some(shifts) => {
                let cell = StoredCell { shifts, version: 0, source: d.source, author: None, at: 0 };
                stored.insert(place, cell);
            }
            None => {
                stored.remove(&place);
            }
        }
    }
    Ok(())
}

/// Writes cells into a draft. The version a cell was drafted over first stays.
pub(super) async fn put_rows(
    tx: &Tx,
    draft: DraftId,
    layer: Layer,
    rows: &[LayerRow],
) -> Result<(), Fault> {
    let row = |r: &LayerRow| {
        json!({ "subject_id": r.subject, "work_date": r.date,
            "shift_ids": r.shifts.as_deref().map(write_shift_ids), "source": r.source.as_str(),
            "template_id": r.template.map(|t| t.0),
            "base_version": r.expected_version.unwrap_or(0) })
    };
    let rows: Vec<Value> = rows.iter().map(row).collect();
    for chunk in rows.chunks(20_000) {
        store_drafts::put_cells(tx, draft, layer, &serde_json::to_string(chunk)?).await?;
    }
    store_drafts::touch(tx, draft).await
}
