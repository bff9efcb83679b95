use serde::Serialize;
use vocabulary::{LocalDate, PersonId};

use super::set_cells::{CellRow, CellSource, put_cells};
use super::{ShiftRefusal, read};
use crate::base::{Actor, App, Failure, Once, Scope, begin_once, finish_once};

/// People of one call.
const MAX_PEOPLE: usize = 1_000;

/// Days of one call.
const MAX_DAYS: i32 = 366;

/// Which cells are to be removed.
#[derive(Clone, Debug, Serialize)]
pub struct ClearedSpan {
    pub people: Vec<PersonId>,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// Removes the cells of people in a span of dates; how many there were. People out of scope have
/// none.
pub async fn clear_cells(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    what: &ClearedSpan,
    once: &Once,
) -> Result<u64, Failure> {
    if what.people.len() > MAX_PEOPLE {
        return Err(ShiftRefusal::TooManyRows { max: MAX_PEOPLE }.into());
    }
    if what.to < what.from || what.to > what.from.plus(MAX_DAYS - 1) {
        return Err(ShiftRefusal::SpanInvalid { max_days: MAX_DAYS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "clear_cells", once, at).await? {
        return Ok(done);
    }
    let cells = read::cells(&tx, scope, &what.people, what.from, what.to).await?;
    let rows: Vec<CellRow> = cells
        .iter()
        .map(|c| CellRow {
            person: c.person,
            date: c.date,
            shifts: None,
            expected_version: Some(c.version),
        })
        .collect();
    let outcomes = put_cells(&tx, actor, &rows, CellSource::Manual, app.today(), at).await?;
    let cleared = outcomes.iter().filter(|o| o.is_written()).count() as u64;
    finish_once(&tx, actor, "clear_cells", once, &cleared).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(cleared)
}
