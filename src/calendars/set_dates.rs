use std::collections::{HashMap, HashSet};

use engine::DateKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{BatchId, CalendarId, DateSpan, Instant, LocalDate};

use super::calendar::weekday_kind;
use super::read::{CalendarRow, DateRow, calendar_row, dates};
use super::{CalendarRefusal, kind_code, parse_kind, store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, Tx, audit, begin_once, finish_once,
};
use crate::dirty::{self, Cause, Object};

/// Dates of one call.
const MAX_DATES: usize = 1_000;

/// Characters of the name of a date.
const MAX_NAME: usize = 100;

/// What a date shall be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DateChange {
    pub date: LocalDate,
    /// `None` = the date is not listed any more and follows its weekday.
    #[serde(serialize_with = "write_kind", deserialize_with = "read_kind")]
    pub kind: Option<DateKind>,
    pub name: String,
}

fn write_kind<S: serde::Serializer>(kind: &Option<DateKind>, s: S) -> Result<S::Ok, S::Error> {
    kind.map(kind_code).serialize(s)
}

fn read_kind<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<DateKind>, D::Error> {
    let code: Option<String> = Option::deserialize(d)?;
    code.map(|c| parse_kind(&c).ok_or_else(|| serde::de::Error::custom("kind of a date")))
        .transpose()
}

/// What a change of dates has set in motion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedDates {
    /// The version of the calendar now.
    pub version: i32,
    /// Dates whose entry changed.
    pub changed: usize,
    /// Marks of people and spans that are computed again.
    pub marks: u64,
    /// The batch of these marks; none if no date changed its kind.
    pub batches: Vec<BatchId>,
}

/// Sets dates of a calendar by hand. Everybody who uses it is computed again two days around each
/// date whose kind changes.
pub async fn set_dates(
    app: &App,
    actor: &Actor,
    id: CalendarId,
    version: i32,
    changes: &[DateChange],
    once: &Once,
) -> Result<ChangedDates, Failure> {
    check_changes(changes)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_calendar_dates", once, at).await? {
        return Ok(done);
    }
    let calendar = calendar_row(&tx, id).await?.ok_or(CalendarRefusal::CalendarNotFound)?;
    if !store::next_version(&tx, id, version).await? {
        return Err(CalendarRefusal::VersionConflict { version: calendar.version }.into());
    }
    let entries: Vec<NewDate> = changes
        .iter()
        .map(|c| NewDate { date: c.date, kind: c.kind, name: c.name.trim(), source: "manual" })
        .collect();
    let done = apply(&tx, actor, &calendar, &entries, at).await?;
    finish_once(&tx, actor, "set_calendar_dates", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// Sets dates as a file says them, and answers those that changed. What a date is already, whoever entered it, stays his.
/// It marks, so it must be the last thing of its transaction.
pub async fn put_dates(
    tx: &Tx,
    actor: &Actor,
    id: CalendarId,
    changes: &[DateChange],
    at: Instant,
) -> Result<HashSet<LocalDate>, Failure> {
    let calendar = calendar_row(tx, id).await?.ok_or(CalendarRefusal::CalendarNotFound)?;
    let stored = dates(tx, id, LocalDate::MIN, LocalDate::MAX).await?;
    let stored: HashMap<LocalDate, &DateRow> = stored.iter().map(|d| (d.on_date, d)).collect();
    let differs = |c: &&DateChange| {
        let known = stored.get(&c.date).map(|d| (d.kind.as_str(), d.name.as_str()));
        known != c.kind.map(|k| (kind_code(k), c.name.trim()))
    };
    let new: Vec<DateChange> = changes.iter().filter(differs).cloned().collect();
    if new.is_empty() {
        return Ok(HashSet::new());
    }
    for piece in new.chunks(MAX_DATES) {
        check_changes(piece)?;
    }
    if !store::next_version(tx, id, calendar.version).await? {
        return Err(CalendarRefusal::VersionConflict { version: calendar.version }.into());
    }
    let entries: Vec<NewDate> = new
        .iter()
        .map(|c| NewDate { date: c.date, kind: c.kind, name: c.name.trim(), source: "manual" })
        .collect();
    apply(tx, actor, &calendar, &entries, at).await?;
    Ok(new.into_iter().map(|c| c.date).collect())
}

/// Refuses what cannot be set.
pub fn check_changes(changes: &[DateChange]) -> Result<(), CalendarRefusal> {
    if changes.is_empty() || changes.len() > MAX_DATES {
        return Err(CalendarRefusal::TooManyRows { max: MAX_DATES });
    }
    let mut seen = HashSet::new();
    for c in changes {
        if !EFFECTIVE_RANGE.contains(&c.date) {
            return Err(CalendarRefusal::DateUnreasonable);
        }
        if !seen.insert(c.date) {
            return Err(CalendarRefusal::DateRepeated { date: c.date });
        }
        if c.name.trim().chars().count() > MAX_NAME || c.name.chars().any(char::is_control) {
            return Err(CalendarRefusal::DateNameInvalid);
        }
    }
    Ok(())
}

/// A date as it shall be listed.
pub(super) struct NewDate<'a> {
    pub date: LocalDate,
    /// `None` = not listed.
    pub kind: Option<DateKind>,
    pub name: &'a str,
    pub source: &'static str,
}

/// Writes what differs, records it, and marks the users of the calendar around dates whose kind
/// changes. The caller has counted the version up.
pub(super) async fn apply(
    tx: &Tx,
    actor: &Actor,
    calendar: &CalendarRow,
    entries: &[NewDate<'_>],
    at: Instant,
) -> Result<ChangedDates, Fault> {
    let id = calendar.id;
    let stored = dates(tx, id, LocalDate::MIN, LocalDate::MAX).await?;
    let stored: HashMap<LocalDate, &DateRow> = stored.iter().map(|d| (d.on_date, d)).collect();
    let (mut put, mut delete, mut touched) = (Vec::new(), Vec::new(), Vec::new());
    let mut detail = Vec::new();
    for e in entries {
        let before = stored.get(&e.date).copied();
        let after = e.kind.map(kind_code);
        let old = before.map(|d| (d.kind.as_str(), d.name.as_str(), d.source.as_str()));
        if old == after.map(|kind| (kind, e.name, e.source)) {
            continue;
        }
        match after {
            Some(kind) => put.push(json!({ "on_date": e.date, "kind": kind, "name": e.name,
                                           "source": e.source })),
            None => delete.push(json!({ "on_date": e.date })),
        }
        detail.push(json!([e.date, before.map(|d| &d.kind), after]));
        let weekday = weekday_kind(&calendar.rest_weekdays, e.date);
        let kind = before.and_then(|d| parse_kind(&d.kind)).unwrap_or(weekday);
        if kind != e.kind.unwrap_or(weekday) {
            touched.push(e.date);
        }
    }
    let version = calendar.version + 1;
    let changed = detail.len();
    if !put.is_empty() {
        store::put_dates(tx, id, &Value::Array(put).to_string()).await?;
    }
    if !delete.is_empty() {
        store::delete_dates(tx, id, &Value::Array(delete).to_string()).await?;
    }
    if changed > 0 {
        let detail = json!({ "version": version, "dates": detail });
        audit(tx, actor, at, "set_dates", "calendar", &id.to_string(), detail).await?;
    }
    let (marks, batches) = mark(tx, actor, id, touched, at).await?;
    Ok(ChangedDates { version, changed, marks, batches })
}

async fn mark(
    tx: &Tx,
    actor: &Actor,
    id: CalendarId,
    touched: Vec<LocalDate>,
    at: Instant,
) -> Result<(u64, Vec<BatchId>), Fault> {
    let spans = spans(touched);
    if spans.is_empty() {
        return Ok((0, Vec::new()));
    }
    let object = Object::Calendar(id);
    let (batch, marks) =
        dirty::mark_concerned_on(tx, object, &spans, Cause::Calendar, actor, at).await?;
    Ok((marks, vec![batch]))
}

/// The reaches of dates; those that touch are one.
fn spans(mut dates: Vec<LocalDate>) -> Vec<DateSpan> {
    dates.sort_unstable();
    let mut spans: Vec<DateSpan> = Vec::new();
    for date in dates {
        let reach = engine::reach_of_plan(DateSpan::day(date));
        match spans.last_mut() {
            Some(last) if last.to.is_some_and(|to| reach.from <= to.plus(1)) => last.to = reach.to,
            _ => spans.push(reach),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_that_touch_are_one_span() {
        let day = LocalDate::from_days;
        assert_eq!(
            spans(vec![day(20), day(10), day(15), day(26)]),
            [DateSpan::new(day(8), day(22)), DateSpan::new(day(24), day(28))]
        );
        assert_eq!(spans(vec![day(10)]), [DateSpan::new(day(8), day(12))]);
    }
}
