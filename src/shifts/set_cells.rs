use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{Instant, LocalDate, PersonId, ShiftId};

use super::read::{self, Cell, ShiftInfo};
use super::{ShiftRefusal, marks, store};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, audit, begin_once, finish_once,
};
use crate::dirty::Cause;
use crate::people;

/// Rows of one call.
pub const MAX_CELLS: usize = 5_000;

/// Shifts of one cell.
const MAX_SHIFTS: usize = 4;

/// What a cell shall hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum CellValue {
    /// A rest day.
    Rest,
    /// Codes of 1 to 4 different shifts, at most one of them not of kind `ot`.
    Shifts(Vec<String>),
    /// Nothing; the cell is removed.
    Empty,
}

/// A cell as a user enters it.
#[derive(Clone, Debug, Serialize)]
pub struct CellChange {
    pub person: PersonId,
    pub date: LocalDate,
    pub value: CellValue,
    /// The version this is based on, 0 = there is no cell; `None` = not checked.
    pub expected_version: Option<i32>,
}

/// A cell with its shifts resolved, for [`put_cells`].
#[derive(Clone, Debug)]
pub struct CellRow {
    pub person: PersonId,
    pub date: LocalDate,
    /// `None` = remove the cell; empty = rest.
    pub shifts: Option<Vec<ShiftId>>,
    pub expected_version: Option<i32>,
}

/// Where cells come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellSource {
    Manual,
    Import,
    Generated,
}

impl CellSource {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Import => "import",
            Self::Generated => "generated",
        }
    }
}

/// Writes roster cells. Every row has its own outcome, in the order given; a refused row does not
/// hinder the others.
pub async fn set_cells(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    changes: &[CellChange],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if changes.len() > MAX_CELLS {
        return Err(ShiftRefusal::TooManyRows { max: MAX_CELLS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_cells", once, at).await? {
        return Ok(done);
    }
    let codes = read::shift_codes(&tx).await?;
    let places: Vec<_> = changes.iter().map(|c| (c.person, c.date)).collect();
    let visible = people::visible_at(&tx, scope, &places).await?;
    let rows: Vec<Result<CellRow, ShiftRefusal>> = changes
        .iter()
        .zip(visible)
        .map(|(c, seen)| if seen { row(c, &codes) } else { Err(ShiftRefusal::PersonNotFound) })
        .collect();
    let good: Vec<CellRow> = rows.iter().filter_map(|r| r.as_ref().ok()).cloned().collect();
    let today = app.today();
    let mut written =
        put_cells(&tx, actor, &good, CellSource::Manual, today, at).await?.into_iter();
    let outcomes: Vec<RowOutcome> = rows
        .iter()
        .map(|r| match r {
            Ok(_) => written.next().ok_or_else(|| Fault::text("an outcome is missing")),
            Err(refusal) => Ok(RowOutcome::refused(refusal)),
        })
        .collect::<Result<_, _>>()?;
    finish_once(&tx, actor, "set_cells", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

fn row(c: &CellChange, codes: &HashMap<String, ShiftInfo>) -> Result<CellRow, ShiftRefusal> {
    let shifts = match &c.value {
        CellValue::Empty => None,
        CellValue::Rest => Some(Vec::new()),
        CellValue::Shifts(list) => Some(resolve_cell(list, c.date, codes)?),
    };
    let CellChange { person, date, expected_version, .. } = *c;
    Ok(CellRow { person, date, shifts, expected_version })
}

/// The shifts of a cell of `date` by their codes: known, in effect, at most one main shift.
pub fn resolve_cell(
    list: &[String],
    date: LocalDate,
    codes: &HashMap<String, ShiftInfo>,
) -> Result<Vec<ShiftId>, ShiftRefusal> {
    let mut ids = Vec::with_capacity(list.len());
    let mut main = 0;
    for code in list {
        let info =
            codes.get(code).ok_or_else(|| ShiftRefusal::ShiftUnknown { code: code.clone() })?;
        if date < info.first {
            return Err(ShiftRefusal::ShiftNotInEffect { code: code.clone(), date });
        }
        main += usize::from(!info.overtime);
        ids.push(info.id);
    }
    let distinct: HashSet<_> = ids.iter().collect();
    if ids.is_empty() || ids.len() > MAX_SHIFTS || distinct.len() < ids.len() {
        return Err(ShiftRefusal::CellInvalid);
    }
    if main > 1 { Err(ShiftRefusal::SeveralMainShifts) } else { Ok(ids) }
}

/// A row that differs from what is stored.
struct Difference<'a> {
    index: usize,
    row: &'a CellRow,
    before: Option<&'a Cell>,
}

impl Difference<'_> {
    fn version(&self) -> i32 {
        self.before.map_or(0, |c| c.version)
    }
}

/// Writes cells whose people and shifts are known to be good, marks their days and records them in
/// the audit log. One outcome per row, in order.
pub async fn put_cells(
    tx: &Tx,
    actor: &Actor,
    rows: &[CellRow],
    source: CellSource,
    today: LocalDate,
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    let keys: Vec<Value> =
        rows.iter().map(|r| json!({ "person_id": r.person.0, "work_date": r.date })).collect();
    let stored = read::cells_at(tx, &Value::Array(keys).to_string()).await?;
    let stored: HashMap<_, _> = stored.iter().map(|c| ((c.person, c.date), c)).collect();
    let mut seen = HashSet::new();
    let mut differences = Vec::new();
    let mut outcomes = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let before = stored.get(&(row.person, row.date)).copied();
        let fresh = seen.insert((row.person, row.date));
        let outcome = compare(row, before, fresh);
        if outcome.is_written() {
            differences.push(Difference { index, row, before });
        }
        outcomes.push(outcome);
    }
    let written = write(tx, actor, &differences, source, at).await?;
    let mut places = Vec::with_capacity(differences.len());
    for d in &differences {
        if written.contains(&(d.row.person, d.row.date)) {
            places.push((d.row.person, d.row.date));
        } else if let Some(o) = outcomes.get_mut(d.index) {
            *o = RowOutcome::refused(&ShiftRefusal::CellChanged { version: d.version() + 1 });
        }
    }
    if places.is_empty() {
        return Ok(outcomes);
    }
    marks::mark_days(tx, &places, Cause::Roster, today, at).await?;
    let detail = detail(&differences, &written, source);
    audit(tx, actor, at, "set", "roster_cell", &places.len().to_string(), detail).await?;
    Ok(outcomes)
}

fn compare(row: &CellRow, before: Option<&Cell>, fresh: bool) -> RowOutcome {
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
    differences: &[Difference<'_>],
    source: CellSource,
    at: Instant,
) -> Result<HashSet<(PersonId, LocalDate)>, Fault> {
    let mut put = Vec::new();
    let mut delete = Vec::new();
    for d in differences {
        let version = d.version();
        let (person, date) = (d.row.person.0, d.row.date);
        match &d.row.shifts {
            Some(ids) => put.push(json!({ "person_id": person, "work_date": date,
                "shift_ids": write_shift_ids(ids), "version": version + 1 })),
            None => {
                delete.push(json!({ "person_id": person, "work_date": date, "version": version }))
            }
        }
    }
    let mut done = HashSet::new();
    if !put.is_empty() {
        let rows = Value::Array(put).to_string();
        let keys = store::put_cells(tx, &rows, source.as_str(), actor.user, at).await?;
        done.extend(keys.into_iter().map(|k| (k.person_id, k.work_date)));
    }
    if !delete.is_empty() {
        let keys = store::delete_cells(tx, &Value::Array(delete).to_string()).await?;
        done.extend(keys.into_iter().map(|k| (k.person_id, k.work_date)));
    }
    Ok(done)
}

fn write_shift_ids(ids: &[ShiftId]) -> String {
    let list: Vec<i64> = ids.iter().map(|id| id.0).collect();
    json!(list).to_string()
}

/// For the audit log: `[person, date, before, after]` per cell, null = no cell.
fn detail(
    differences: &[Difference<'_>],
    written: &HashSet<(PersonId, LocalDate)>,
    source: CellSource,
) -> Value {
    let ids = |list: &[ShiftId]| list.iter().map(|id| id.0).collect::<Vec<_>>();
    let cells: Vec<Value> = differences
        .iter()
        .filter(|d| written.contains(&(d.row.person, d.row.date)))
        .map(|d| {
            let before = d.before.map(|c| ids(&c.shifts));
            let after = d.row.shifts.as_deref().map(ids);
            json!([d.row.person.0, d.row.date, before, after])
        })
        .collect();
    json!({ "source": source.as_str(), "cells": cells })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_at_most_one_shift_that_is_not_overtime() {
        let first = LocalDate::from_days(100);
        let info = |id, overtime| {
            let name = String::new();
            ShiftInfo { id: ShiftId(id), name, overtime, first }
        };
        let codes = HashMap::from([
            ("D1".to_owned(), info(1, false)),
            ("N1".to_owned(), info(2, false)),
            ("OT".to_owned(), info(3, true)),
        ]);
        let cell = |list: &[&str], day| {
            let list: Vec<String> = list.iter().map(|s| (*s).to_owned()).collect();
            resolve_cell(&list, LocalDate::from_days(day), &codes)
        };
        assert_eq!(cell(&["D1", "OT"], 100), Ok(vec![ShiftId(1), ShiftId(3)]));
        assert_eq!(cell(&["D1", "N1"], 100), Err(ShiftRefusal::SeveralMainShifts));
        assert_eq!(cell(&["OT", "OT"], 100), Err(ShiftRefusal::CellInvalid));
        assert_eq!(cell(&[], 100), Err(ShiftRefusal::CellInvalid));
        assert!(matches!(cell(&["D1"], 99), Err(ShiftRefusal::ShiftNotInEffect { .. })));
        assert!(matches!(cell(&["X"], 100), Err(ShiftRefusal::ShiftUnknown { .. })));
    }
}
