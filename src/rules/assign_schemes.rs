use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, RuleId};

use super::{RuleKind, RuleRefusal, read, store};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Scope, Tx, audit, begin_once, finish_once,
};
use crate::dirty::Cause;
use crate::people;
use crate::shifts;

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// From a date on a person has this scheme.
#[derive(Clone, Debug, Serialize)]
pub struct SchemeAssignment {
    pub person: PersonId,
    pub valid_from: LocalDate,
    /// Code of a scheme; `None` = none.
    pub scheme: Option<String>,
}

/// A row of [`put_assignments`].
#[derive(Clone, Debug)]
pub struct SchemeChange {
    pub person: PersonId,
    pub valid_from: LocalDate,
    pub scheme: Option<RuleId>,
}

type Schemes = HashMap<String, (RuleId, LocalDate)>;

/// Writes entries of the timelines of schemes. Every row has its own outcome, in the order given.
pub async fn assign_schemes(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[SchemeAssignment],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(RuleRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_schemes", once, at).await? {
        return Ok(done);
    }
    let schemes = read::codes(&tx, RuleKind::Scheme).await?;
    let places: Vec<_> = rows.iter().map(|r| (r.person, r.valid_from)).collect();
    let visible = people::visible_at(&tx, scope, &places).await?;
    let mut seen = HashSet::new();
    let checked: Vec<Result<SchemeChange, RuleRefusal>> = rows
        .iter()
        .zip(visible)
        .map(|(r, visible)| {
            if !visible {
                Err(RuleRefusal::PersonNotFound)
            } else if !seen.insert((r.person, r.valid_from)) {
                Err(RuleRefusal::RowRepeated)
            } else {
                check(r, &schemes)
            }
        })
        .collect();
    let good: Vec<_> = checked.iter().filter_map(|r| r.as_ref().ok()).cloned().collect();
    let mut written = put_assignments(&tx, actor, &good, app.today(), at).await?.into_iter();
    let outcomes: Vec<RowOutcome> = checked
        .iter()
        .map(|r| match r {
            Ok(_) if written.next() == Some(true) => RowOutcome::Written { version: 0 },
            Ok(_) => RowOutcome::Unchanged { version: 0 },
            Err(refusal) => RowOutcome::refused(refusal),
        })
        .collect();
    finish_once(&tx, actor, "assign_schemes", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

fn check(r: &SchemeAssignment, schemes: &Schemes) -> Result<SchemeChange, RuleRefusal> {
    let change = |scheme| SchemeChange { person: r.person, valid_from: r.valid_from, scheme };
    let Some(code) = &r.scheme else { return Ok(change(None)) };
    match schemes.get(code) {
        None => Err(RuleRefusal::SchemeUnknown { code: code.clone() }),
        Some((_, first)) if r.valid_from < *first => {
            Err(RuleRefusal::SchemeNotInEffect { code: code.clone(), first: *first })
        }
        Some((id, _)) => Ok(change(Some(*id))),
    }
}

/// Writes entries whose people and schemes are known to be good, each place at most once; marks the
/// dates up to the next entry and records them in the audit log. Says of each row whether it
/// changed anything.
pub async fn put_assignments(
    tx: &Tx,
    actor: &Actor,
    rows: &[SchemeChange],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<bool>, Fault> {
    let stored = read::assignments_at(tx, &rows_json(rows)).await?;
    let stored: HashMap<_, _> =
        stored.iter().map(|s| ((s.person_id, s.valid_from), s.scheme_id)).collect();
    let changed: Vec<bool> =
        rows.iter().map(|r| stored.get(&(r.person, r.valid_from)) != Some(&r.scheme)).collect();
    let new: Vec<SchemeChange> =
        rows.iter().zip(&changed).filter(|(_, c)| **c).map(|(r, _)| r.clone()).collect();
    if new.is_empty() {
        return Ok(changed);
    }
    let json = rows_json(&new);
    store::put_assignments(tx, &json).await?;
    let spans: Vec<(PersonId, DateSpan)> = read::assignment_spans(tx, &json)
        .await?
        .into_iter()
        .map(|s| {
            let to = s.next_from.map(|d| d.plus(-1));
            (s.person_id, DateSpan { from: s.valid_from, to })
        })
        .collect();
    shifts::mark_spans(tx, &spans, Cause::SchemeAssignment, today, at).await?;
    let rows: Vec<Value> =
        new.iter().map(|r| json!([r.person.0, r.valid_from, r.scheme.map(|s| s.0)])).collect();
    let count = new.len().to_string();
    audit(tx, actor, at, "assign", "scheme_assignment", &count, json!({ "rows": rows })).await?;
    Ok(changed)
}

fn rows_json(rows: &[SchemeChange]) -> String {
    let rows: Vec<Value> = rows
        .iter()
        .map(|r| {
            json!({ "person_id": r.person.0, "valid_from": r.valid_from,
                    "scheme_id": r.scheme.map(|s| s.0) })
        })
        .collect();
    Value::Array(rows).to_string()
}
