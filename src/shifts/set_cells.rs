use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;
use vocabulary::{Instant, LocalDate, PersonId, ShiftId};

use super::layer::{Layer, LayerRow, write_layer};
use super::notices::{Concerned, tell};
use super::read::{self, ShiftInfo};
use super::{SavedCells, ShiftRefusal, marks, put_checked_cells};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once, finish_once,
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

/// A cell with its shifts resolved, for [`super::put_cells`].
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

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Manual, Self::Import, Self::Generated].into_iter().find(|s| s.as_str() == text)
    }
}

/// As [`save_cells`], without what the checks found.
pub async fn set_cells(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    changes: &[CellChange],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    Ok(save_cells(app, actor, scope, changes, once).await?.rows)
}

/// Writes roster cells. Every row has its own outcome, in the order given; a refused row does not
/// hinder the others.
pub async fn save_cells(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    changes: &[CellChange],
    once: &Once,
) -> Result<SavedCells, Failure> {
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
    let saved = put_checked_cells(&tx, actor, &good, CellSource::Manual, today, at).await?;
    let mut written = saved.rows.into_iter();
    let outcomes: Vec<RowOutcome> = rows
        .iter()
        .map(|r| match r {
            Ok(_) => written.next().ok_or_else(|| Fault::text("an outcome is missing")),
            Err(refusal) => Ok(RowOutcome::refused(refusal)),
        })
        .collect::<Result<_, _>>()?;
    let saved = SavedCells { rows: outcomes, findings: saved.findings };
    finish_once(&tx, actor, "set_cells", once, &saved).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(saved)
}

fn row(c: &CellChange, codes: &HashMap<String, ShiftInfo>) -> Result<CellRow, ShiftRefusal> {
    let shifts = resolve_value(&c.value, c.date, codes)?;
    let CellChange { person, date, expected_version, .. } = *c;
    Ok(CellRow { person, date, shifts, expected_version })
}

/// What a cell shall hold by ids of shifts.
pub fn resolve_value(
    value: &CellValue,
    date: LocalDate,
    codes: &HashMap<String, ShiftInfo>,
) -> Result<Option<Vec<ShiftId>>, ShiftRefusal> {
    match value {
        CellValue::Empty => Ok(None),
        CellValue::Rest => Ok(Some(Vec::new())),
        CellValue::Shifts(list) => resolve_cell(list, date, codes).map(Some),
    }
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
        if info.retired_from.is_some_and(|r| date >= r) {
            return Err(ShiftRefusal::ShiftRetired { code: code.clone(), date });
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

/// Writes cells whose people and shifts are known to be good, marks their days and records them in
/// the audit log. One outcome per row, in order.
pub(super) async fn put_cells(
    tx: &Tx,
    actor: &Actor,
    rows: &[CellRow],
    source: CellSource,
    today: LocalDate,
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    let rows: Vec<LayerRow> = rows
        .iter()
        .map(|r| LayerRow {
            subject: r.person.0,
            date: r.date,
            shifts: r.shifts.clone(),
            expected_version: r.expected_version,
            source,
            template: None,
        })
        .collect();
    put_person_cells(tx, actor, &rows, today, at).await
}

/// The same for rows of the layer of people.
pub(super) async fn put_person_cells(
    tx: &Tx,
    actor: &Actor,
    rows: &[LayerRow],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    let done = write_layer(tx, actor, Layer::Person, rows, at).await?;
    let places: Vec<_> = done.places.iter().map(|(p, d)| (PersonId(*p), *d)).collect();
    if !places.is_empty() {
        let mut concerned = Concerned::new();
        for (person, date) in &places {
            concerned.entry(*person).or_default().insert(*date);
        }
        tell(tx, "roster_changed", &concerned, &Value::Null, today, at).await?;
        marks::mark_days(tx, &places, Cause::Roster, today, at).await?;
    }
    Ok(done.outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_at_most_one_shift_that_is_not_overtime() {
        let first = LocalDate::from_days(100);
        let info = |id, overtime| {
            let name = String::new();
            let code = String::new();
            let retired_from = Some(LocalDate::from_days(200));
            ShiftInfo { id: ShiftId(id), code, name, overtime, first, retired_from }
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
        assert!(matches!(cell(&["D1"], 200), Err(ShiftRefusal::ShiftRetired { .. })));
        assert!(matches!(cell(&["X"], 100), Err(ShiftRefusal::ShiftUnknown { .. })));
    }
}
