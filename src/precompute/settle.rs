//! Writing results: only what changed, in a fixed number of statements.

use std::collections::{BTreeSet, HashMap, HashSet};

use engine::Exception;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::gather::Person;
use super::row::{Computed, NUMBERS};
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

/// What settling did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub written: usize,
    pub deleted: usize,
    pub unchanged: usize,
}

/// Results of one person over the dates that were computed.
pub struct Outcome<'i> {
    pub person: &'i Person,
    /// Dates whose stored rows are replaced by `results`.
    pub from: LocalDate,
    pub to: LocalDate,
    pub results: Vec<Computed>,
}

/// Writes changed results, deletes those that no longer exist, keeps exceptions and returns the dates that
/// changed, per person.
pub async fn settle(
    tx: &Tx,
    outcomes: &[Outcome<'_>],
    at: Instant,
) -> Result<(Settled, Vec<(PersonId, DateSpan)>), Fault> {
    let mut settled = Settled::default();
    let mut rows = Vec::new();
    let mut gone = Vec::new();
    let mut changed: Vec<&Computed> = Vec::new();
    let mut touched: HashMap<PersonId, (LocalDate, LocalDate)> = HashMap::new();
    for o in outcomes {
        let mut touch = |d: LocalDate| {
            let span = touched.entry(o.person.id).or_insert((d, d));
            *span = (span.0.min(d), span.1.max(d));
        };
        let mut kept = BTreeSet::new();
        for c in &o.results {
            kept.insert(c.date);
            let (mut row, hash) = c.row();
            if o.person.stored.get(&c.date).is_some_and(|s| s.hash == hash) {
                settled.unchanged += 1;
                continue;
            }
            if let Value::Object(map) = &mut row {
                map.insert("hash".to_owned(), json!(hash));
            }
            rows.push(row);
            changed.push(c);
            touch(c.date);
        }
        for date in o.person.stored.range(o.from..=o.to).map(|(d, _)| *d) {
            if !kept.contains(&date) {
                gone.push(json!({ "person_id": o.person.id.0, "work_date": date }));
                touch(date);
            }
        }
    }
    settled.written = rows.len();
    settled.deleted = gone.len();
    delete(tx, &gone).await?;
    upsert(tx, rows, at).await?;
    exceptions(tx, &changed, &gone, at).await?;
    let touched = touched.into_iter().map(|(p, (a, b))| (p, DateSpan::new(a, b))).collect();
    Ok((settled, touched))
}

async fn delete(tx: &Tx, gone: &[Value]) -> Result<(), Fault> {
    if gone.is_empty() {
        return Ok(());
    }
    let table = json_rows(tx.dialect(), "g", 1, KEY);
    tx.run(
        &format!(
            "DELETE FROM day_result WHERE (person_id, work_date) IN \
             (SELECT g.person_id, g.work_date FROM {table})"
        ),
        vec![Value::Array(gone.to_vec()).to_string().into()],
    )
    .await?;
    Ok(())
}

const KEY: &[(&str, ColumnKind)] =
    &[("person_id", ColumnKind::Bigint), ("work_date", ColumnKind::Date)];

async fn upsert(tx: &Tx, rows: Vec<Value>, at: Instant) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut columns = vec![
        ("person_id", ColumnKind::Bigint),
        ("work_date", ColumnKind::Date),
        ("org_id", ColumnKind::Bigint),
        ("scheme_id", ColumnKind::Bigint),
        ("state", ColumnKind::Text),
        ("day_type", ColumnKind::Text),
        ("shift", ColumnKind::Text),
        ("exceptions", ColumnKind::Int),
        ("detail", ColumnKind::Json),
        ("hash", ColumnKind::Bigint),
        ("engine_version", ColumnKind::Int),
        ("evaluated_wall", ColumnKind::Bigint),
        ("due_at", ColumnKind::Bigint),
    ];
    columns.extend(NUMBERS.map(|n| (n, ColumnKind::Int)));
    let names: Vec<&str> = columns.iter().map(|(n, _)| *n).collect();
    let sets: Vec<String> = names.iter().skip(2).map(|n| format!("{n} = excluded.{n}")).collect();
    let table = json_rows(tx.dialect(), "r", 1, &columns);
    let list = names.join(", ");
    let own: Vec<String> = names.iter().map(|n| format!("r.{n}")).collect();
    tx.run(
        &format!(
            "INSERT INTO day_result ({list}, computed_at) SELECT {}, $2 FROM {table} WHERE true \
             ON CONFLICT (person_id, work_date) DO UPDATE SET {}, \
             computed_at = excluded.computed_at",
            own.join(", "),
            sets.join(", ")
        ),
        vec![Value::Array(rows).to_string().into(), at.into()],
    )
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct ExceptionRow {
    person_id: PersonId,
    work_date: LocalDate,
    code: String,
    anchor: i64,
    minutes: Option<i32>,
    closed_at: Option<Instant>,
}

/// What tells exceptions of one date and code apart: the time, else the request.
pub fn anchor(e: &Exception) -> i64 {
    match (e.at, &e.request) {
        (Some(at), _) => at.seconds(),
        (None, Some(r)) => r.parse().unwrap_or(0),
        (None, None) => 0,
    }
}

/// Opens new exceptions, reopens what came back, closes what is gone.
async fn exceptions(
    tx: &Tx,
    changed: &[&Computed],
    gone: &[Value],
    at: Instant,
) -> Result<(), Fault> {
    if changed.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let mut keys: Vec<Value> = gone.to_vec();
    keys.extend(changed.iter().map(|c| json!({ "person_id": c.person.0, "work_date": c.date })));
    let table = json_rows(tx.dialect(), "k", 1, KEY);
    let stored: Vec<ExceptionRow> = tx
        .rows(
            &format!(
                "SELECT e.person_id, e.work_date, e.code, e.anchor, e.minutes, e.closed_at \
                 FROM {table} JOIN day_exception e \
                   ON e.person_id = k.person_id AND e.work_date = k.work_date"
            ),
            vec![Value::Array(keys).to_string().into()],
        )
        .await?;
    let known: HashMap<(PersonId, LocalDate, &str, i64), &ExceptionRow> =
        stored.iter().map(|r| ((r.person_id, r.work_date, r.code.as_str(), r.anchor), r)).collect();
    let mut open = HashSet::new();
    let mut rows = Vec::new();
    for c in changed {
        for e in &c.result.exceptions {
            let key = (c.person, c.date, e.code.as_str(), anchor(e));
            if !open.insert(key) {
                continue;
            }
            let same = known.get(&key).filter(|r| r.closed_at.is_none() && r.minutes == e.minutes);
            if same.is_none() {
                rows.push(json!({
                    "person_id": c.person.0, "work_date": c.date, "code": e.code.as_str(),
                    "anchor": anchor(e), "minutes": e.minutes, "org_id": c.org.map(|o| o.0),
                }));
            }
        }
    }
    let closed: Vec<Value> = stored
        .iter()
        .filter(|r| r.closed_at.is_none())
        .filter(|r| !open.contains(&(r.person_id, r.work_date, r.code.as_str(), r.anchor)))
        .map(|r| {
            json!({ "person_id": r.person_id.0, "work_date": r.work_date, "code": r.code,
                    "anchor": r.anchor })
        })
        .collect();
    write_exceptions(tx, rows, closed, at).await
}

async fn write_exceptions(
    tx: &Tx,
    rows: Vec<Value>,
    closed: Vec<Value>,
    at: Instant,
) -> Result<(), Fault> {
    let mut columns = KEY.to_vec();
    columns.extend([("code", ColumnKind::Text), ("anchor", ColumnKind::Bigint)]);
    if !closed.is_empty() {
        let table = json_rows(tx.dialect(), "c", 1, &columns);
        tx.run(
            &format!(
                "UPDATE day_exception SET closed_at = $2 \
                 WHERE (person_id, work_date, code, anchor) IN \
                   (SELECT c.person_id, c.work_date, c.code, c.anchor FROM {table})"
            ),
            vec![Value::Array(closed).to_string().into(), at.into()],
        )
        .await?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    columns.extend([("minutes", ColumnKind::Int), ("org_id", ColumnKind::Bigint)]);
    let table = json_rows(tx.dialect(), "r", 1, &columns);
    tx.run(
        &format!(
            "INSERT INTO day_exception \
               (person_id, work_date, code, anchor, minutes, org_id, opened_at) \
             SELECT r.person_id, r.work_date, r.code, r.anchor, r.minutes, r.org_id, $2 \
             FROM {table} WHERE true \
             ON CONFLICT (person_id, work_date, code, anchor) DO UPDATE SET \
               minutes = excluded.minutes, org_id = excluded.org_id, closed_at = NULL"
        ),
        vec![Value::Array(rows).to_string().into(), at.into()],
    )
    .await?;
    Ok(())
}
