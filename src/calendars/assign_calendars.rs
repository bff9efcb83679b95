use std::collections::HashSet;

use serde::Serialize;
use vocabulary::{CalendarId, Instant, LocalDate, PersonId};

use super::entries::{Entry, When, put};
use super::store::Line;
use super::{CalendarRefusal, read};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once,
    finish_once,
};
use crate::people;

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// From a date on a person has this calendar.
#[derive(Clone, Debug, Serialize)]
pub struct CalendarAssignment {
    pub person: PersonId,
    pub valid_from: LocalDate,
    /// Code of a calendar; `None` = the entry of this date is removed.
    pub calendar: Option<String>,
}

/// A row of [`put_assignments`].
#[derive(Clone, Copy, Debug)]
pub struct CalendarEntry {
    pub person: PersonId,
    pub valid_from: LocalDate,
    /// `None` = the entry of this date is removed.
    pub calendar: Option<CalendarId>,
}

/// Writes entries of the timelines of calendars. Every row has its own outcome, in the order given.
pub async fn assign_calendars(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[CalendarAssignment],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(CalendarRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_calendars", once, at).await? {
        return Ok(done);
    }
    let checked = check(&tx, scope, rows).await?;
    let good: Vec<CalendarEntry> =
        checked.iter().filter_map(|r| r.as_ref().ok()).copied().collect();
    let mut written = put_assignments(&tx, actor, &good, app.today(), at).await?.into_iter();
    let outcomes: Vec<RowOutcome> = checked
        .iter()
        .map(|r| match r {
            Ok(_) if written.next() == Some(true) => RowOutcome::Written { version: 0 },
            Ok(_) => RowOutcome::Unchanged { version: 0 },
            Err(refusal) => RowOutcome::refused(refusal),
        })
        .collect();
    finish_once(&tx, actor, "assign_calendars", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

async fn check(
    tx: &Tx,
    scope: &Scope,
    rows: &[CalendarAssignment],
) -> Result<Vec<Result<CalendarEntry, CalendarRefusal>>, Fault> {
    let codes = read::calendar_codes(tx).await?;
    let places: Vec<_> = rows.iter().map(|r| (r.person, r.valid_from)).collect();
    let visible = people::visible_at(tx, scope, &places).await?;
    let mut seen = HashSet::new();
    let checked = rows.iter().zip(visible).map(|(r, visible)| {
        if !visible {
            return Err(CalendarRefusal::PersonNotFound);
        }
        if !seen.insert((r.person, r.valid_from)) {
            return Err(CalendarRefusal::RowRepeated);
        }
        if !EFFECTIVE_RANGE.contains(&r.valid_from) {
            return Err(CalendarRefusal::DateUnreasonable);
        }
        let unknown = |code: &String| CalendarRefusal::CalendarUnknown { code: code.clone() };
        let find = |code: &String| codes.get(code).copied().ok_or_else(|| unknown(code));
        let calendar = r.calendar.as_ref().map(find).transpose()?;
        Ok(CalendarEntry { person: r.person, valid_from: r.valid_from, calendar })
    });
    Ok(checked.collect())
}

/// Writes entries whose people and calendars are known to be good, each place at most once, and
/// marks their dates. Says of each row whether it changed anything.
pub async fn put_assignments(
    tx: &Tx,
    actor: &Actor,
    rows: &[CalendarEntry],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<bool>, Fault> {
    let entries: Vec<Entry> = rows
        .iter()
        .map(|r| Entry {
            person: r.person,
            valid_from: r.valid_from,
            object: r.calendar.map(|c| c.0),
        })
        .collect();
    put(tx, actor, Line::Calendar, &entries, When { today, at }).await
}
