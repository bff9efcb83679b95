use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::read::entries_at;
use super::store::{self, Line};
use crate::base::{Actor, Fault, Tx, audit};
use crate::dirty::{self, Cause, Mark, lane};

/// An entry of a timeline: from a date on a person has an object; `None` = the entry is removed and
/// the one before it goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub person: PersonId,
    pub valid_from: LocalDate,
    pub object: Option<i64>,
}

/// When it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    pub today: LocalDate,
    pub at: Instant,
}

/// What writing has changed.
pub(super) struct Written {
    /// Of each row whether it changed anything.
    pub changed: Vec<bool>,
    /// Dates on which people may have another object than before.
    pub spans: Vec<(PersonId, DateSpan)>,
}

/// Writes entries whose people and objects are known to be good, each place at most once; marks the
/// dates up to the next entry and records them in the audit log. Says of each row whether it
/// changed anything.
pub(super) async fn put(
    tx: &Tx,
    actor: &Actor,
    line: Line,
    rows: &[Entry],
    when: When,
) -> Result<Vec<bool>, Fault> {
    let written = write(tx, actor, line, rows, when.at).await?;
    mark(tx, line, &written.spans, when).await?;
    Ok(written.changed)
}

/// As [`put`], without marks: the caller must [`mark`] the spans.
pub(super) async fn write(
    tx: &Tx,
    actor: &Actor,
    line: Line,
    rows: &[Entry],
    at: Instant,
) -> Result<Written, Fault> {
    let keys: Vec<Value> = rows.iter().map(row_json).collect();
    let stored = entries_at(tx, line, &Value::Array(keys).to_string()).await?;
    let objects: HashMap<_, _> =
        stored.iter().map(|s| ((s.person_id, s.valid_from), s.object_id)).collect();
    let before = |r: &Entry| objects.get(&(r.person, r.valid_from)).copied().flatten();
    let changed: Vec<bool> = rows.iter().map(|r| before(r) != r.object).collect();
    let new: Vec<&Entry> = rows.iter().zip(&changed).filter(|(_, c)| **c).map(|(r, _)| r).collect();
    if new.is_empty() {
        return Ok(Written { changed, spans: Vec::new() });
    }
    let json = Value::Array(new.iter().map(|r| row_json(r)).collect()).to_string();
    store::put_entries(tx, line, &json).await?;
    // Read again: of several entries of one person in this batch each ends where the next begins.
    let spans = entries_at(tx, line, &json)
        .await?
        .into_iter()
        .map(|s| (s.person_id, DateSpan { from: s.valid_from, to: line.end(s.next_from) }))
        .collect();
    let rows: Vec<Value> =
        new.iter().map(|r| json!([r.person.0, r.valid_from, before(r), r.object])).collect();
    let count = new.len().to_string();
    audit(tx, actor, at, "assign", line.table(), &count, json!({ "rows": rows })).await?;
    Ok(Written { changed, spans })
}

fn row_json(r: &Entry) -> Value {
    json!({ "person_id": r.person.0, "valid_from": r.valid_from, "object_id": r.object })
}

/// Marks what [`write`] has changed.
pub(super) async fn mark(
    tx: &Tx,
    line: Line,
    spans: &[(PersonId, DateSpan)],
    when: When,
) -> Result<(), Fault> {
    let people: HashSet<PersonId> = spans.iter().map(|(p, _)| *p).collect();
    let Some(first) = spans.iter().map(|(_, s)| s.from).min() else { return Ok(()) };
    let lane = lane(people.len(), first, when.today);
    let cause = match line {
        Line::Calendar => Cause::CalendarAssignment,
        Line::PeriodSet => Cause::PeriodSet,
    };
    let marks: Vec<Mark> = spans
        .iter()
        .map(|(person, s)| Mark { person: *person, span: engine::reach_of_plan(*s), cause, lane })
        .collect();
    dirty::mark(tx, &marks, when.at).await
}
