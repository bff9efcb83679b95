//! A roster file in the printed layout becomes cells: only what differs from what counts already is written.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, PersonId, ShiftId};

use super::Input;
use super::grid_file::{FileCell, FileFault, GridFile, MAX_ROWS, read_grid};
use super::grid_refusal::GridRefusal;
use super::roster_file::RosterCell;
use crate::base::{
    Actor, App, Failure, Fault, Once, Refusal, RowOutcome, Scope, Tx, begin_once, finish_once,
};
use crate::shifts::{
    self, CellRow, CellSource, EffectiveCells, MAX_GRID_DAYS, Planned, ShiftWords,
};
use crate::{people, precompute};

/// Cells that may change at once.
const MAX_CHANGES: usize = 20_000;

/// Faults that are told.
pub const MAX_FAULTS: usize = 1_000;

/// How a file is to be taken.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GridOptions {
    pub sheet: Option<String>,
    pub dry_run: bool,
    /// An empty cell removes the cell of the person.
    pub clear_empty: bool,
}

/// A place that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridFault {
    pub line: u64,
    /// From 1.
    pub column: Option<u32>,
    pub code: String,
    pub zh: String,
    pub en: String,
}

impl GridFault {
    pub fn new(line: u64, column: Option<usize>, why: &dyn Refusal) -> Self {
        let column = column.and_then(|c| u32::try_from(c + 1).ok());
        Self { line, column, code: why.code().to_owned(), zh: why.zh(), en: why.en() }
    }
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridReport {
    pub dry_run: bool,
    pub people: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub refused: u32,
    /// The first of them.
    pub faults: Vec<GridFault>,
}

impl GridReport {
    fn refuse(&mut self, fault: GridFault) {
        self.refused += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// Imports a roster file; what is refused changes nothing and does not hinder the rest. With `dry_run` nothing changes.
pub async fn import_grid(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    input: &Input,
    options: &GridOptions,
    once: &Once,
) -> Result<GridReport, Failure> {
    let file = read_grid(input, options.sheet.as_deref()).map_err(|e| GridRefusal::file(&e))?;
    if file.too_long {
        return Err(GridRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "import_grid", once, at).await? {
        return Ok(done);
    }
    let mut report = GridReport { dry_run: options.dry_run, ..GridReport::default() };
    report.people = u32::try_from(file.rows.len()).unwrap_or(u32::MAX);
    let changes = Reading { tx: &tx, scope, options, report: &mut report }.changes(file).await?;
    if changes.len() > MAX_CHANGES {
        return Err(GridRefusal::TooManyChanges { max: MAX_CHANGES }.into());
    }
    let (places, rows): (Vec<Place>, Vec<CellRow>) = changes.into_iter().unzip();
    let today = app.today();
    let outcomes = shifts::put_cells(&tx, actor, &rows, CellSource::Import, today, at).await?;
    for (place, outcome) in places.into_iter().zip(outcomes) {
        match outcome {
            RowOutcome::Written { .. } | RowOutcome::Created { .. } => report.changed += 1,
            RowOutcome::Unchanged { .. } | RowOutcome::Found { .. } => report.unchanged += 1,
            RowOutcome::Refused { code, zh, en } => {
                let column = u32::try_from(place.1 + 1).ok();
                report.refuse(GridFault { line: place.0, column, code, zh, en });
            }
        }
    }
    report.faults.sort_by_key(|f| (f.line, f.column));
    if options.dry_run {
        tx.rollback().await?;
        return Ok(report);
    }
    finish_once(&tx, actor, "import_grid", once, &report).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(report)
}

/// Line and column.
type Place = (u64, usize);

/// A cell of a known person.
struct Wanted {
    line: u64,
    person: PersonId,
    cell: FileCell,
}

struct Reading<'a> {
    tx: &'a Tx,
    scope: &'a Scope,
    options: &'a GridOptions,
    report: &'a mut GridReport,
}

impl Reading<'_> {
    /// The cells of the file that say something else than what counts, all faults told; in a fixed number of queries.
    async fn changes(&mut self, file: GridFile) -> Result<Vec<(Place, CellRow)>, Failure> {
        for FileFault { line, column, why } in &file.faults {
            self.report.refuse(GridFault::new(*line, *column, why));
        }
        let numbers: Vec<String> = file.rows.iter().map(|r| r.number.clone()).collect();
        let found = people::by_loose_number(self.tx, &numbers).await?;
        let dates = || file.rows.iter().flat_map(|r| r.cells.iter().map(|c| c.date));
        let (Some(from), Some(to)) = (dates().min(), dates().max()) else { return Ok(Vec::new()) };
        if to > from.plus(MAX_GRID_DAYS - 1) {
            return Err(GridRefusal::SpanTooLong { max_days: MAX_GRID_DAYS }.into());
        }
        let mut lines: HashMap<PersonId, u64> = HashMap::new();
        let mut wanted = Vec::new();
        for row in file.rows {
            let Some(person) = found.get(&row.number).copied() else {
                self.refuse(row.line, None, &GridRefusal::PersonNotFound);
                continue;
            };
            // The same number written with other zeros.
            if let Some(first) = lines.get(&person) {
                self.refuse(row.line, None, &GridRefusal::PersonRepeated { line: *first });
                continue;
            }
            lines.insert(person, row.line);
            wanted.extend(row.cells.into_iter().map(|cell| Wanted {
                line: row.line,
                person,
                cell,
            }));
        }
        let wanted = self.visible(wanted).await?;
        let ids: Vec<PersonId> = lines.into_keys().collect();
        let cells = shifts::effective_cells(self.tx, &ids, from, to).await?;
        let words = ShiftWords::new(shifts::shift_codes(self.tx).await?);
        let mut changes = Vec::new();
        for w in wanted {
            let place = (w.line, w.cell.column);
            match self.change(&w, &cells, &words) {
                Ok(Some(row)) => changes.push((place, row)),
                Ok(None) => self.report.unchanged += 1,
                Err(fault) => self.report.refuse(fault),
            }
        }
        self.open(changes).await.map_err(Failure::from)
    }

    fn refuse(&mut self, line: u64, column: Option<usize>, why: &GridRefusal) {
        self.report.refuse(GridFault::new(line, column, why));
    }

    /// Without the places out of scope.
    async fn visible(&mut self, wanted: Vec<Wanted>) -> Result<Vec<Wanted>, Fault> {
        let places: Vec<_> = wanted.iter().map(|w| (w.person, w.cell.date)).collect();
        let seen = people::visible_at(self.tx, self.scope, &places).await?;
        let mut kept = Vec::with_capacity(wanted.len());
        for (w, seen) in wanted.into_iter().zip(seen) {
            if seen {
                kept.push(w);
            } else if w.cell.cell.is_some() {
                // An empty cell of a date that cannot be seen says nothing.
                self.refuse(w.line, Some(w.cell.column), &GridRefusal::PersonNotFound);
            }
        }
        Ok(kept)
    }

    fn change(
        &self,
        w: &Wanted,
        cells: &EffectiveCells,
        words: &ShiftWords,
    ) -> Result<Option<CellRow>, GridFault> {
        let (line, column, date) = (w.line, Some(w.cell.column), w.cell.date);
        let now = cells.on(w.person, date);
        let shifts: Option<Vec<ShiftId>> = match &w.cell.cell {
            None if self.options.clear_empty && now.version > 0 => None,
            None => return Ok(None),
            Some(RosterCell::Rest) => Some(Vec::new()),
            Some(RosterCell::Shifts(list)) => {
                let codes: Vec<String> = list.iter().map(|word| words.code(word)).collect();
                let ids = shifts::resolve_cell(&codes, date, &words.codes)
                    .map_err(|r| GridFault::new(line, column, &r))?;
                Some(ids)
            }
        };
        if shifts.is_some() && now.planned == Planned::of(shifts.as_deref()) {
            return Ok(None);
        }
        if shifts.is_some() && now.service != engine::Service::InService {
            return Err(GridFault::new(line, column, &GridRefusal::NotInService { date }));
        }
        let expected_version = Some(now.version);
        Ok(Some(CellRow { person: w.person, date, shifts, expected_version }))
    }

    /// Without what lies in locked periods.
    async fn open(
        &mut self,
        changes: Vec<(Place, CellRow)>,
    ) -> Result<Vec<(Place, CellRow)>, Fault> {
        let places: Vec<(PersonId, LocalDate)> =
            changes.iter().map(|(_, r)| (r.person, r.date)).collect();
        let locked = precompute::locked_places(self.tx, &places).await?;
        let mut kept = Vec::with_capacity(changes.len());
        for ((place, row), locked) in changes.into_iter().zip(locked) {
            if locked {
                self.refuse(place.0, Some(place.1), &GridRefusal::DateLocked { date: row.date });
            } else {
                kept.push((place, row));
            }
        }
        Ok(kept)
    }
}
