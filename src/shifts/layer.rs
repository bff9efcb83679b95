//! Cells of people and of teams are written the same way: compared with what is stored, changed only in the version
//! that was compared, what they were is kept.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use vocabulary::{Instant, LocalDate, ShiftId, TemplateId};

use super::{CellSource, ShiftRefusal, read, store};
use crate::base::{Actor, Fault, RowOutcome, Tx, audit};

/// Cells of one audit entry; of more it says only how many.
const AUDITED: usize = 5_000;

/// Rows of one statement.
const CHUNK: usize = 20_000;

/// Whose cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    Team,
    Person,
}

impl Layer {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Team => "team",
        }
    }

    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Person => "roster_cell",
            Self::Team => "team_cell",
        }
    }

    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Person => "person_id",
            Self::Team => "team_id",
        }
    }
}

/// A person or a team, and a date.
pub(super) type Place = (i64, LocalDate);

/// A cell to be written.
#[derive(Clone, Debug)]
pub(super) struct LayerRow {
    /// Id of the person or team.
    pub subject: i64,
    pub date: LocalDate,
    /// `None` = remove the cell; empty = rest.
    pub shifts: Option<Vec<ShiftId>>,
    pub expected_version: Option<i32>,
    pub source: CellSource,
    pub template: Option<TemplateId>,
}

/// A stored cell.
#[derive(Clone, Debug)]
pub(super) struct StoredCell {
    pub shifts: Vec<ShiftId>,
    pub version: i32,
    pub source: String,
    pub author: Option<i64>,
    pub at: i64,
}

/// What became of the rows.
pub(super) struct LayerWritten {
    /// One per row, in order.
    pub outcomes: Vec<RowOutcome>,
    /// Where something changed.
    pub places: Vec<Place>,
}

/// A row that differs from what is stored.
struct Difference<'a> {
    index: usize,
    row: &'a LayerRow,
    before: Option<&'a StoredCell>,
}

impl Difference<'_> {
    fn version(&self) -> i32 {
        self.before.map_or(0, |c| c.version)
    }

    fn place(&self) -> Place {
        (self.row.subject, self.row.date)
    }
}

/// Writes cells whose people or teams and shifts are known to be good, keeps what they were, and records them in the
/// audit log.
pub(super) async fn write_layer(
    tx: &Tx,
    actor: &Actor,
    layer: Layer,
    rows: &[LayerRow],
    at: Instant,
) -> Result<LayerWritten, Fault> {
    let stored = stored(tx, layer, rows).await?;
    let mut seen = HashSet::with_capacity(rows.len());
    let mut differences = Vec::new();
    let mut outcomes = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let before = stored.get(&(row.subject, row.date));
        let fresh = seen.insert((row.subject, row.date));
        let outcome = compare(row, before, fresh);
        if outcome.is_written() {
            differences.push(Difference { index, row, before });
        }
        outcomes.push(outcome);
    }
    let written = write(tx, actor, layer, &differences, at).await?;
    let mut places = Vec::with_capacity(differences.len());
    for d in &differences {
        if written.contains(&d.place()) {
            places.push(d.place());
        } else if let Some(o) = outcomes.get_mut(d.index) {
            *o = RowOutcome::refused(&ShiftRefusal::CellChanged { version: d.version() + 1 });
        }
    }
    differences.retain(|d| written.contains(&d.place()));
    if !places.is_empty() {
        keep(tx, actor, layer, &differences, at).await?;
        let count = places.len().to_string();
        let detail = detail(&differences);
        audit(tx, actor, at, "set", layer.table(), &count, detail).await?;
    }
    Ok(LayerWritten { outcomes, places })
}

async fn stored(
    tx: &Tx,
    layer: Layer,
    rows: &[LayerRow],
) -> Result<HashMap<Place, StoredCell>, Fault> {
    let mut all = HashMap::new();
    for chunk in rows.chunks(CHUNK) {
        let keys: Vec<Value> =
            chunk.iter().map(|r| json!({ "subject_id": r.subject, "work_date": r.date })).collect();
        all.extend(read::stored_at(tx, layer, &Value::Array(keys).to_string()).await?);
    }
    Ok(all)
}

fn compare(row: &LayerRow, before: Option<&StoredCell>, fresh: bool) -> RowOutcome {
    let version = before.map_or(0, |c| c.version);
    if !fresh {
        RowOutcome::refused(&ShiftRefusal::RowRepeated)
    } else if row.expected_version.is_some_and(|v| v != version) {
        RowOutcome::refused(&ShiftRefusal::CellChanged { version })
    } else if row.shifts.as_ref() == before.map(|c| &c.shifts) {
        RowOutcome::Unchanged { version }
    } else if row.shifts.is_none() {
        RowOutcome::Written { version: 0 }
    } else {
        RowOutcome::Written { version: version + 1 }
    }
}

/// Writes and removes; answers what no concurrent change has prevented.
async fn write(
    tx: &Tx,
    actor: &Actor,
    layer: Layer,
    differences: &[Difference<'_>],
    at: Instant,
) -> Result<HashSet<Place>, Fault> {
    let mut put = Vec::new();
    let mut delete = Vec::new();
    for d in differences {
        let (version, (subject, date)) = (d.version(), d.place());
        match &d.row.shifts {
            Some(ids) => put.push(json!({ "subject_id": subject, "work_date": date,
                "shift_ids": write_shift_ids(ids), "version": version + 1,
                "source": d.row.source.as_str(), "template_id": d.row.template.map(|t| t.0) })),
            None => {
                delete.push(json!({ "subject_id": subject, "work_date": date, "version": version }))
            }
        }
    }
    let mut done = HashSet::with_capacity(differences.len());
    for chunk in put.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        let keys = store::put_cells(tx, layer, &rows, actor.user, at).await?;
        done.extend(keys.into_iter().map(|k| (k.subject_id, k.work_date)));
    }
    for chunk in delete.chunks(CHUNK) {
        let keys = store::delete_cells(tx, layer, &serde_json::to_string(chunk)?).await?;
        done.extend(keys.into_iter().map(|k| (k.subject_id, k.work_date)));
    }
    Ok(done)
}

/// Keeps what the cells were.
async fn keep(
    tx: &Tx,
    actor: &Actor,
    layer: Layer,
    differences: &[Difference<'_>],
    at: Instant,
) -> Result<(), Fault> {
    let past = |d: &Difference<'_>| {
        let before = d.before?;
        Some(json!({ "subject_id": d.row.subject, "work_date": d.row.date,
            "version": before.version, "shift_ids": write_shift_ids(&before.shifts),
            "source": before.source, "author_id": before.author, "at": before.at }))
    };
    let rows: Vec<Value> = differences.iter().filter_map(past).collect();
    for chunk in rows.chunks(CHUNK) {
        let rows = serde_json::to_string(chunk)?;
        store::keep_past(tx, layer, &rows, actor.user, at).await?;
    }
    Ok(())
}

pub(super) fn write_shift_ids(ids: &[ShiftId]) -> String {
    let list: Vec<i64> = ids.iter().map(|id| id.0).collect();
    json!(list).to_string()
}

/// For the audit log: `[subject, date, before, after]` per cell, null = no cell.
fn detail(differences: &[Difference<'_>]) -> Value {
    let source = differences.first().map(|d| d.row.source.as_str());
    if differences.len() > AUDITED {
        let dates = || differences.iter().map(|d| d.row.date);
        let (from, to) = (dates().min(), dates().max());
        return json!({ "source": source, "cells": differences.len(), "from": from, "to": to });
    }
    let ids = |list: &[ShiftId]| list.iter().map(|id| id.0).collect::<Vec<_>>();
    let cells: Vec<Value> = differences
        .iter()
        .map(|d| {
            let before = d.before.map(|c| ids(&c.shifts));
            let after = d.row.shifts.as_deref().map(ids);
            json!([d.row.subject, d.row.date, before, after])
        })
        .collect();
    json!({ "source": source, "cells": cells })
}
