//! Default shifts as a table: number, first date, shift.

use std::collections::HashSet;
use std::fs::File;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, PersonId};

use super::grid::{GridFault, MAX_FAULTS};
use super::grid_refusal::GridRefusal;
use super::head::{NUMBER_NAMES, Table, meaning};
use super::item::pin;
use super::table::TableRow;
use super::when::{OrderEvidence, date};
use super::{FileError, Input};
use crate::base::context::{Lang, lang};
use crate::base::{
    Actor, App, Failure, Fault, Once, Refusal, Scope, TableFile, begin_once, finish_once,
};
use crate::people;
use crate::shifts::{self, DefaultShift, DefaultShiftChange, ShiftRefusal, ShiftWords};

/// Rows of one file.
const MAX_ROWS: usize = 20_000;

/// Rows of one reading.
const PAGE: u32 = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    From,
    Shift,
}

const NAMES: &[(Column, &[&str])] = &[
    (Column::Number, NUMBER_NAMES),
    (Column::From, &["validfrom", "from", "effectivefrom", "date", "生效日期", "开始日期", "日期"]),
    (Column::Shift, &["shift", "shiftcode", "shiftname", "defaultshift", "班次", "默认班次"]),
];

/// A row of the file.
struct Row {
    line: u64,
    number: String,
    from: String,
    shift: String,
}

/// What an import of a table did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    pub dry_run: bool,
    pub rows: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub refused: u32,
    /// The first of them.
    pub faults: Vec<GridFault>,
}

impl TableReport {
    fn refuse(&mut self, line: u64, why: &dyn Refusal) {
        self.refused += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(GridFault::new(line, None, why));
        }
    }
}

fn read(input: &Input, sheet: Option<&str>) -> Result<(Vec<Row>, Vec<u64>), FileError> {
    let table = Table { input, kind: super::table_kind(input)?, sheet };
    let mut rows = Vec::new();
    let mut torn = Vec::new();
    let head = |row: &TableRow| {
        let columns: Vec<_> = row.cells.iter().map(|c| meaning(NAMES, c)).collect();
        let whole = [Column::Number, Column::From, Column::Shift];
        whole.iter().all(|c| columns.contains(&Some(*c))).then_some(columns)
    };
    let found = table.below_head(false, head, |columns, row| {
        if row.fault.is_some() {
            torn.push(row.line);
            return ControlFlow::Continue(());
        }
        let cell = |wanted: Column| {
            let at = columns.iter().position(|c| *c == Some(wanted));
            at.map_or("", |at| row.cell(at)).to_owned()
        };
        let (number, from, shift) = (cell(Column::Number), cell(Column::From), cell(Column::Shift));
        rows.push(Row { line: row.line, number, from, shift });
        if rows.len() > MAX_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if found {
        Ok((rows, torn))
    } else {
        Err(FileError::MissingColumns { wanted: "number, first date and shift" })
    }
}

/// Imports a table of default shifts; what is refused changes nothing and does not hinder the rest. With `dry_run`
/// nothing changes.
pub async fn import_default_shifts(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    (input, sheet, dry_run): (&Input, Option<&str>, bool),
    once: &Once,
) -> Result<TableReport, Failure> {
    let (rows, torn) = read(input, sheet).map_err(|e| GridRefusal::file(&e))?;
    if rows.len() > MAX_ROWS {
        return Err(GridRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "import_default_shifts", once, at).await? {
        return Ok(done);
    }
    let count = u32::try_from(rows.len() + torn.len()).unwrap_or(u32::MAX);
    let mut report = TableReport { dry_run, rows: count, ..TableReport::default() };
    torn.iter().for_each(|line| report.refuse(*line, &GridRefusal::RowTorn));
    let numbers: Vec<String> = rows.iter().map(|r| r.number.clone()).collect();
    let found = people::by_loose_number(&tx, &numbers).await?;
    let words = ShiftWords::new(shifts::shift_codes(&tx).await?);
    let mut evidence = OrderEvidence::default();
    rows.iter().for_each(|r| evidence.see(&r.from));
    let (order, _) = evidence.order();
    let mut entries: Vec<(u64, DefaultShift)> = Vec::new();
    for row in &rows {
        let shift = (!row.shift.is_empty()).then(|| words.code(&row.shift));
        match (pin(row.line, &row.number), date(&row.from, order), found.get(&row.number)) {
            (Err(_), _, _) => report.refuse(row.line, &GridRefusal::NumberMissing),
            (_, None, _) => {
                let text = row.from.clone();
                report.refuse(row.line, &GridRefusal::DateInvalid { text });
            }
            (_, _, None) => report.refuse(row.line, &GridRefusal::PersonNotFound),
            (_, Some(valid_from), Some(person)) => {
                entries.push((row.line, DefaultShift { person: *person, valid_from, shift }));
            }
        }
    }
    let places: Vec<_> = entries.iter().map(|(_, e)| (e.person, e.valid_from)).collect();
    let visible = people::visible_at(&tx, scope, &places).await?;
    let mut seen: HashSet<(PersonId, LocalDate)> = HashSet::new();
    let mut good: Vec<DefaultShiftChange> = Vec::new();
    for ((line, entry), visible) in entries.iter().zip(visible) {
        if !visible {
            report.refuse(*line, &GridRefusal::PersonNotFound);
        } else if !seen.insert((entry.person, entry.valid_from)) {
            report.refuse(*line, &ShiftRefusal::RowRepeated);
        } else {
            match shifts::resolve_default(entry, &words.codes) {
                Ok(change) => good.push(change),
                Err(refusal) => report.refuse(*line, &refusal),
            }
        }
    }
    let written = shifts::put_default_shifts(&tx, actor, &good, app.today(), at).await?;
    for changed in written {
        if changed { report.changed += 1 } else { report.unchanged += 1 }
    }
    report.faults.sort_by_key(|f| f.line);
    if dry_run {
        tx.rollback().await?;
        return Ok(report);
    }
    finish_once(&tx, actor, "import_default_shifts", once, &report).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(report)
}

/// Writes the default shifts of everybody in scope into a file.
pub async fn export_default_shifts(
    app: &App,
    scope: &Scope,
    start: fn(Vec<String>) -> Result<TableFile, Fault>,
) -> Result<File, Failure> {
    let heading = match lang() {
        Lang::Zh => ["工号", "姓名", "生效日期", "班次"],
        Lang::En => ["number", "name", "valid_from", "shift"],
    };
    let mut file = start(heading.iter().map(ToString::to_string).collect())?;
    let today = app.today();
    let snapshot = app.db.snapshot().await?;
    let words = ShiftWords::new(shifts::shift_codes(&snapshot).await?);
    let mut after = (PersonId(0), LocalDate::MIN);
    loop {
        let rows = shifts::default_shift_lines(&snapshot, scope, after, PAGE, today).await?;
        for r in &rows {
            let word = r.shift_id.map(|id| words.word(id).to_owned()).unwrap_or_default();
            let (number, name) = (r.number.clone(), r.name.clone());
            file.line(&[number, name, r.valid_from.to_string(), word])?;
        }
        match rows.last() {
            Some(last) if rows.len() as u64 == u64::from(PAGE) => {
                after = (last.person_id, last.valid_from);
            }
            _ => return Ok(file.finish()?),
        }
    }
}
