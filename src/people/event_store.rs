use std::collections::{BTreeMap, HashMap};

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{EventId, Instant, LocalDate, PersonId, UserId};

use super::event::{Event, EventKind, EventState, NewEvent, Undone};
use super::ledger::Turn;
use super::life::Life;
use crate::base::{ColumnKind as K, Dialect, Fault, Query, Tx, id_rows, id_value, json_rows};

/// What the file of a person says of his service.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct PersonLine {
    pub id: PersonId,
    pub name: String,
    pub zone: String,
    pub hired_on: LocalDate,
    pub left_on: Option<LocalDate>,
    pub version: i32,
}

fn ids(people: &[PersonId]) -> sea_orm::Value {
    id_value(people.iter().map(|p| p.0))
}

/// Reads people and keeps their rows locked, always in one order.
pub(super) async fn lock(tx: &Tx, people: &[PersonId]) -> Result<Vec<PersonLine>, Fault> {
    let locked = if tx.dialect() == Dialect::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!(
        "SELECT p.id, p.name, p.zone, p.hired_on, p.left_on, p.version FROM person p \
         WHERE p.id IN (SELECT k.id FROM {}) ORDER BY p.id{locked}",
        id_rows(tx.dialect(), "k", 1)
    );
    tx.rows(&sql, vec![ids(people)]).await
}

#[derive(FromQueryResult)]
struct EventLine {
    id: EventId,
    person_id: PersonId,
    kind: String,
    on_date: LocalDate,
    seq: i32,
    state: String,
    content: String,
    undone: Option<String>,
}

/// All events of people.
pub(super) async fn events(
    q: &impl Query,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<Event>>, Fault> {
    let sql = format!(
        "SELECT e.id, e.person_id, e.kind, e.on_date, e.seq, e.state, e.content, e.undone \
         FROM employment_event e WHERE e.person_id IN (SELECT k.id FROM {})",
        id_rows(q.dialect(), "k", 1)
    );
    let rows: Vec<EventLine> = q.rows(&sql, vec![ids(people)]).await?;
    let mut found: HashMap<PersonId, Vec<Event>> = HashMap::new();
    for r in rows {
        let unknown = || Fault::text("an event that nobody knows");
        found.entry(r.person_id).or_default().push(Event {
            id: r.id,
            kind: EventKind::parse(&r.kind).ok_or_else(unknown)?,
            on: r.on_date,
            seq: r.seq,
            state: EventState::parse(&r.state).ok_or_else(unknown)?,
            content: serde_json::from_str(&r.content)?,
            undone: r.undone.map_or(Ok(Undone::default()), |u| serde_json::from_str(&u))?,
        });
    }
    Ok(found)
}

/// An event to be written.
#[derive(Clone, Debug)]
pub(super) struct EventInsert {
    pub new: NewEvent,
    pub seq: i32,
    pub state: EventState,
    pub reverses: Option<EventId>,
}

#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct EventKey {
    pub id: EventId,
    pub person_id: PersonId,
    pub on_date: LocalDate,
    pub seq: i32,
}

/// Writes events; their keys in any order.
pub(super) async fn insert(
    tx: &Tx,
    events: &[EventInsert],
    author: Option<UserId>,
    at: Instant,
) -> Result<Vec<EventKey>, Fault> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::with_capacity(events.len());
    for e in events {
        // A reinstatement and a renewal begin a contract; so may a hire.
        rows.push(json!({
            "person_id": e.new.person.0, "kind": e.new.kind.as_str(), "on_date": e.new.on,
            "seq": e.seq, "state": e.state.as_str(),
            "content": serde_json::to_string(&e.new.content)?,
            "contract_until": e.new.content.contract_until, "reason": e.new.reason.trim(),
            "reverses_id": e.reverses.map(|r| r.0),
        }));
    }
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("person_id", K::Bigint),
            ("kind", K::Text),
            ("on_date", K::Date),
            ("seq", K::Int),
            ("state", K::Text),
            ("content", K::Json),
            ("contract_until", K::Date),
            ("reason", K::Text),
            ("reverses_id", K::Bigint),
        ],
    );
    let sql = format!(
        "INSERT INTO employment_event (person_id, kind, on_date, seq, state, content, \
           contract_until, reason, reverses_id, author_id, entered_at) \
         SELECT r.person_id, r.kind, r.on_date, r.seq, r.state, r.content, r.contract_until, \
           r.reason, r.reverses_id, $2, $3 FROM {input} WHERE TRUE \
         ORDER BY r.person_id, r.on_date, r.seq RETURNING id, person_id, on_date, seq"
    );
    tx.rows(&sql, vec![Value::Array(rows).to_string().into(), author.into(), at.into()]).await
}

/// Gives events another state.
pub(super) async fn turn(
    tx: &Tx,
    turns: &[Turn],
    author: Option<UserId>,
    at: Instant,
) -> Result<(), Fault> {
    if turns.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = turns
        .iter()
        .map(|t| json!({ "id": t.id.0, "state": t.to.as_str(), "remark": t.remark.trim() }))
        .collect();
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[("id", K::Bigint), ("state", K::Text), ("remark", K::Text)],
    );
    let sql = format!(
        "UPDATE employment_event SET state = r.state, decided_by = $2, decided_at = $3, \
           remark = CASE WHEN r.remark = '' THEN NULL ELSE r.remark END, \
           version = employment_event.version + 1 \
         FROM {input} WHERE employment_event.id = r.id"
    );
    let values = vec![Value::Array(rows).to_string().into(), author.into(), at.into()];
    tx.run(&sql, values).await?;
    Ok(())
}

/// Keeps what events replaced or withdrew elsewhere.
pub(super) async fn keep(tx: &Tx, undone: &HashMap<EventId, Undone>) -> Result<(), Fault> {
    if undone.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(undone.len());
    for (id, u) in undone {
        rows.push(json!({ "id": id.0, "undone": serde_json::to_string(u)? }));
    }
    let input = json_rows(tx.dialect(), "r", 1, &[("id", K::Bigint), ("undone", K::Json)]);
    let sql = format!(
        "UPDATE employment_event SET undone = r.undone FROM {input} WHERE employment_event.id = r.id"
    );
    tx.run(&sql, vec![Value::Array(rows).to_string().into()]).await?;
    Ok(())
}

/// Writes the freezes, gaps and probations of people anew.
pub(super) async fn put_lives(tx: &Tx, lives: &[(PersonId, Life)]) -> Result<(), Fault> {
    if lives.is_empty() {
        return Ok(());
    }
    let who: Vec<PersonId> = lives.iter().map(|(p, _)| *p).collect();
    let input = id_rows(tx.dialect(), "k", 1);
    for table in ["person_freeze", "person_gap", "person_probation"] {
        let sql = format!("DELETE FROM {table} WHERE person_id IN (SELECT k.id FROM {input})");
        tx.run(&sql, vec![ids(&who)]).await?;
    }
    let stretches = |of: fn(&Life) -> &Vec<super::life::Stretch>| -> Vec<Value> {
        let rows = lives.iter().flat_map(|(p, l)| of(l).iter().map(move |s| (p, s)));
        rows.map(|(p, (from, to))| json!({ "person_id": p.0, "valid_from": from, "valid_to": to }))
            .collect()
    };
    let freezes = stretches(|l| &l.freezes);
    if !freezes.is_empty() {
        let sql = format!(
            "INSERT INTO person_freeze (person_id, valid_from, valid_to) \
             SELECT r.person_id, r.valid_from, r.valid_to FROM {}",
            json_rows(tx.dialect(), "r", 1, &STRETCH)
        );
        tx.run(&sql, vec![Value::Array(freezes).to_string().into()]).await?;
    }
    put_probations(tx, stretches(|l| &l.probations)).await?;
    let gaps: Vec<Value> = lives
        .iter()
        .flat_map(|(p, l)| l.gaps.iter().map(move |g| (p, g)))
        .map(|(p, g)| {
            json!({ "person_id": p.0, "valid_from": g.from, "valid_to": g.to,
                    "continuous": g.continuous })
        })
        .collect();
    if !gaps.is_empty() {
        let sql = format!(
            "INSERT INTO person_gap (person_id, valid_from, valid_to, continuous) \
             SELECT r.person_id, r.valid_from, r.valid_to, r.continuous FROM {}",
            json_rows(
                tx.dialect(),
                "r",
                1,
                &[
                    ("person_id", K::Bigint),
                    ("valid_from", K::Date),
                    ("valid_to", K::Date),
                    ("continuous", K::Bool)
                ]
            )
        );
        tx.run(&sql, vec![Value::Array(gaps).to_string().into()]).await?;
    }
    Ok(())
}

/// Writes probations of people who had none: rows `person_id`, `valid_from`, `valid_to`.
pub(super) async fn put_probations(tx: &Tx, rows: Vec<Value>) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO person_probation (person_id, valid_from, valid_to) \
         SELECT r.person_id, r.valid_from, r.valid_to FROM {}",
        json_rows(tx.dialect(), "r", 1, &STRETCH)
    );
    tx.run(&sql, vec![Value::Array(rows).to_string().into()]).await?;
    Ok(())
}

const STRETCH: [(&str, K); 3] =
    [("person_id", K::Bigint), ("valid_from", K::Date), ("valid_to", K::Date)];

/// A timeline of persons: table and column of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub table: &'static str,
    pub column: &'static str,
    pub kind: K,
}

pub(super) const ORGS: Line = Line { table: "person_org", column: "org_id", kind: K::Bigint };
pub(super) const POSITIONS: Line =
    Line { table: "person_position", column: "position_id", kind: K::Bigint };
pub(super) const KINDS: Line =
    Line { table: "person_kind", column: "employment_kind", kind: K::Text };

/// An entry of a timeline: written, or removed where `value` is `None`.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub person: PersonId,
    pub on: LocalDate,
    pub value: Option<Value>,
}

/// Writes and removes entries of a timeline.
pub(super) async fn put_entries(tx: &Tx, line: Line, entries: &[Entry]) -> Result<(), Fault> {
    let Line { table, column, kind } = line;
    let columns = [("person_id", K::Bigint), ("valid_from", K::Date), ("value", kind)];
    let row = |e: &Entry| json!({ "person_id": e.person.0, "valid_from": e.on, "value": e.value });
    let put: Vec<Value> = entries.iter().filter(|e| e.value.is_some()).map(row).collect();
    let gone: Vec<Value> = entries.iter().filter(|e| e.value.is_none()).map(row).collect();
    if !put.is_empty() {
        let sql = format!(
            "INSERT INTO {table} (person_id, valid_from, {column}) \
             SELECT r.person_id, r.valid_from, r.value FROM {} WHERE TRUE \
             ORDER BY r.person_id, r.valid_from \
             ON CONFLICT (person_id, valid_from) DO UPDATE SET {column} = excluded.{column}",
            json_rows(tx.dialect(), "r", 1, &columns)
        );
        tx.run(&sql, vec![Value::Array(put).to_string().into()]).await?;
    }
    if !gone.is_empty() {
        let sql = format!(
            "DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM {} \
             WHERE r.person_id = {table}.person_id AND r.valid_from = {table}.valid_from)",
            json_rows(tx.dialect(), "r", 1, &columns)
        );
        tx.run(&sql, vec![Value::Array(gone).to_string().into()]).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct HeldRow {
    person_id: PersonId,
    valid_from: LocalDate,
    held: Option<String>,
}

/// Entries of a timeline by person and date, values as text.
pub(super) type Held = BTreeMap<(PersonId, LocalDate), Option<String>>;

/// All entries of people in a timeline.
pub(super) async fn held(tx: &Tx, line: Line, people: &[PersonId]) -> Result<Held, Fault> {
    let sql = format!(
        "SELECT t.person_id, t.valid_from, CAST(t.{} AS TEXT) AS held FROM {} t \
         WHERE t.person_id IN (SELECT k.id FROM {})",
        line.column,
        line.table,
        id_rows(tx.dialect(), "k", 1)
    );
    let rows: Vec<HeldRow> = tx.rows(&sql, vec![ids(people)]).await?;
    Ok(rows.into_iter().map(|r| ((r.person_id, r.valid_from), r.held)).collect())
}
