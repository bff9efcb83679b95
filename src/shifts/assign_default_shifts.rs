use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, ShiftId};

use super::read::{self, ShiftInfo};
use super::{ShiftRefusal, marks, store};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, audit, begin_once, finish_once,
};
use crate::dirty::Cause;
use crate::people;

/// Rows of one call.
pub const MAX_ROWS: usize = 5_000;

/// From a date on a person follows the calendar with this shift on workdays.
#[derive(Clone, Debug, Serialize)]
pub struct DefaultShift {
    pub person: PersonId,
    pub valid_from: LocalDate,
    /// Code of a shift that is not of kind `ot`; `None` = the person follows the roster.
    pub shift: Option<String>,
}

/// A row of [`put_default_shifts`].
#[derive(Clone, Debug)]
pub struct DefaultShiftChange {
    pub person: PersonId,
    pub valid_from: LocalDate,
    pub shift: Option<ShiftId>,
}

/// Writes entries of the timelines of default shifts. Every row has its own outcome, in the order
/// given.
pub async fn assign_default_shifts(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[DefaultShift],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(ShiftRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_default_shifts", once, at).await? {
        return Ok(done);
    }
    let codes = read::shift_codes(&tx).await?;
    let places: Vec<_> = rows.iter().map(|r| (r.person, r.valid_from)).collect();
    let visible = people::visible_at(&tx, scope, &places).await?;
    let mut seen = HashSet::new();
    let checked: Vec<Result<DefaultShiftChange, ShiftRefusal>> = rows
        .iter()
        .zip(visible)
        .map(|(r, visible)| {
            if !visible {
                Err(ShiftRefusal::PersonNotFound)
            } else if !seen.insert((r.person, r.valid_from)) {
                Err(ShiftRefusal::RowRepeated)
            } else {
                resolve_default(r, &codes)
            }
        })
        .collect();
    let good: Vec<_> = checked.iter().filter_map(|r| r.as_ref().ok()).cloned().collect();
    let written = put_default_shifts(&tx, actor, &good, app.today(), at).await?;
    let mut written = written.into_iter();
    let outcomes: Vec<RowOutcome> = checked
        .iter()
        .map(|r| match r {
            Ok(_) if written.next() == Some(true) => RowOutcome::Written { version: 0 },
            Ok(_) => RowOutcome::Unchanged { version: 0 },
            Err(refusal) => RowOutcome::refused(refusal),
        })
        .collect();
    finish_once(&tx, actor, "assign_default_shifts", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

/// A row with its shift resolved: known, in effect, not of kind `ot`.
pub fn resolve_default(
    r: &DefaultShift,
    codes: &HashMap<String, ShiftInfo>,
) -> Result<DefaultShiftChange, ShiftRefusal> {
    let change = |shift| DefaultShiftChange { person: r.person, valid_from: r.valid_from, shift };
    let Some(code) = &r.shift else { return Ok(change(None)) };
    let unknown = || ShiftRefusal::ShiftUnknown { code: code.clone() };
    let info = codes.get(code).ok_or_else(unknown)?;
    if info.overtime {
        return Err(ShiftRefusal::OvertimeShift { code: code.clone() });
    }
    if r.valid_from < info.first {
        let date = r.valid_from;
        return Err(ShiftRefusal::ShiftNotInEffect { code: code.clone(), date });
    }
    Ok(change(Some(info.id)))
}

/// Writes entries whose people and shifts are known to be good, each place at most once; marks the
/// dates up to the next entry and records them in the audit log. Says of each row whether it
/// changed anything.
pub async fn put_default_shifts(
    tx: &Tx,
    actor: &Actor,
    rows: &[DefaultShiftChange],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<bool>, Fault> {
    let keys = rows_json(rows);
    let stored: Vec<read::StoredDefault> = read::default_shifts_at(tx, &keys).await?;
    let stored: HashMap<_, _> =
        stored.iter().map(|s| ((s.person_id, s.valid_from), s.shift_id)).collect();
    let changed: Vec<bool> =
        rows.iter().map(|r| stored.get(&(r.person, r.valid_from)) != Some(&r.shift)).collect();
    let new: Vec<DefaultShiftChange> =
        rows.iter().zip(&changed).filter(|(_, c)| **c).map(|(r, _)| r.clone()).collect();
    if new.is_empty() {
        return Ok(changed);
    }
    let json = rows_json(&new);
    store::put_default_shifts(tx, &json).await?;
    let spans = read::default_shift_spans(tx, &json).await?;
    let spans: Vec<(PersonId, DateSpan)> = spans
        .into_iter()
        .map(|s| {
            let to = s.next_from.map(|d| d.plus(-1));
            (s.person_id, DateSpan { from: s.valid_from, to })
        })
        .collect();
    marks::mark_spans(tx, &spans, Cause::DefaultShift, today, at).await?;
    let rows: Vec<Value> =
        new.iter().map(|r| json!([r.person.0, r.valid_from, r.shift.map(|s| s.0)])).collect();
    let count = new.len().to_string();
    audit(tx, actor, at, "assign", "default_shift", &count, json!({ "rows": rows })).await?;
    Ok(changed)
}

fn rows_json(rows: &[DefaultShiftChange]) -> String {
    let rows: Vec<Value> = rows
        .iter()
        .map(|r| {
            json!({ "person_id": r.person.0, "valid_from": r.valid_from,
                    "shift_id": r.shift.map(|s| s.0) })
        })
        .collect();
    Value::Array(rows).to_string()
}
