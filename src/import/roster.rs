//! `kaoqin import roster`: a table becomes roster cells.

use std::collections::HashMap;

use vocabulary::{LocalDate, PersonId, ShiftId};

use super::item::{Item, Rejection, RowCode, shown};
use super::report::{Report, Tally};
use super::roster_file::{RosterCell, RosterEntry, read_roster};
use super::stream::{Chunks, ImportError};
use super::{DateOrder, Input};
use crate::base::{Actor, App, Failure, Refusal, RowOutcome, retry};
use crate::people;
use crate::shifts::{self, CellRow, CellSource, ShiftWords};

/// What the cells of a file were seen to say, so that one place is written once.
type Seen = HashMap<(PersonId, LocalDate), Vec<ShiftId>>;

/// Imports a roster in chunks, each one transaction with its marks. A cell that is there already is a
/// duplicate; an empty one changes nothing. Remembers each place of the file (some 50 bytes a cell).
pub async fn import_roster(
    app: &App,
    actor: &Actor,
    input: &Input,
    sheet: Option<&str>,
    order: Option<DateOrder>,
) -> Result<Report, ImportError> {
    let (source, sheet) = (input.clone(), sheet.map(str::to_owned));
    let mut chunks = Chunks::start(move |sink| read_roster(&source, sheet.as_deref(), order, sink));
    let mut tally = Tally::default();
    let mut seen = Seen::new();
    while let Some(chunk) = chunks.next().await? {
        let mut entries = Vec::with_capacity(chunk.len());
        for item in chunk {
            match item {
                Item::Row(entry) => entries.push(entry),
                Item::Rejected(rejection) => tally.rejected(rejection),
                Item::Warning { line, code, message } => tally.warning(line, code, message),
            }
        }
        let (outcomes, places) = retry(|| store(app, actor, &entries, &seen)).await?;
        seen.extend(places);
        for outcome in outcomes {
            match outcome {
                Ok(true) => tally.accepted(),
                Ok(false) => tally.duplicate(),
                Err(rejection) => tally.rejected(rejection),
            }
        }
    }
    Ok(tally.finish())
}

/// Of each entry: written, known, or refused.
type Outcomes = Vec<Result<bool, Rejection>>;

async fn store(
    app: &App,
    actor: &Actor,
    entries: &[RosterEntry],
    seen: &Seen,
) -> Result<(Outcomes, Seen), Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let numbers: Vec<String> = entries.iter().map(|e| e.number.clone()).collect();
    let people = people::by_loose_number(&tx, &numbers).await?;
    let shifts = ShiftWords::new(shifts::shift_codes(&tx).await?);
    let mut places = Seen::new();
    let (mut rows, mut outcomes) = (Vec::new(), Vec::with_capacity(entries.len()));
    // Which outcome each row to be written belongs to.
    let mut owners = Vec::new();
    for entry in entries {
        let row = match row(entry, &people, &shifts) {
            Ok(row) => row,
            Err(rejection) => {
                outcomes.push(Err(rejection));
                continue;
            }
        };
        let place = (row.person, row.date);
        let ids = row.shifts.clone().unwrap_or_default();
        match seen.get(&place).or_else(|| places.get(&place)) {
            Some(before) if *before == ids => outcomes.push(Ok(false)),
            Some(_) => {
                let message = "another row of the file says something else of this date";
                outcomes.push(Err(Rejection::new(entry.line, RowCode::Conflict, message)));
            }
            None => {
                places.insert(place, ids);
                owners.push(outcomes.len());
                outcomes.push(Ok(true));
                rows.push(row);
            }
        }
    }
    let today = app.today();
    let written = shifts::put_cells(&tx, actor, &rows, CellSource::Import, today, at).await?;
    for (owner, outcome) in owners.into_iter().zip(written) {
        let (Some(slot), Some(entry)) = (outcomes.get_mut(owner), entries.get(owner)) else {
            continue;
        };
        *slot = match outcome {
            RowOutcome::Written { .. } | RowOutcome::Created { .. } => Ok(true),
            RowOutcome::Unchanged { .. } | RowOutcome::Found { .. } => Ok(false),
            RowOutcome::Refused { en, .. } => {
                let message = en;
                Err(Rejection::new(entry.line, RowCode::Conflict, message))
            }
        };
    }
    tx.commit().await?;
    app.wake.signal();
    Ok((outcomes, places))
}

fn row(
    entry: &RosterEntry,
    people: &HashMap<String, PersonId>,
    shifts: &ShiftWords,
) -> Result<CellRow, Rejection> {
    let Some(person) = people.get(&entry.number) else {
        let message = format!("no such person: {}", shown(&entry.number));
        return Err(Rejection::new(entry.line, RowCode::UnknownReference, message));
    };
    let ids = match &entry.cell {
        RosterCell::Rest => Vec::new(),
        RosterCell::Shifts(words) => {
            let codes: Vec<String> = words.iter().map(|w| shifts.code(w)).collect();
            shifts::resolve_cell(&codes, entry.date, &shifts.codes).map_err(|refusal| {
                let message = format!("{}: {}", entry.date, refusal.en());
                Rejection::new(entry.line, RowCode::BadValue, message)
            })?
        }
    };
    Ok(CellRow { person: *person, date: entry.date, shifts: Some(ids), expected_version: None })
}
