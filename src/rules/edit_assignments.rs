use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, RuleId};

use super::assign_schemes::{SchemeChange, put_assignments};
use super::{read, store};
use crate::base::{Actor, Fault, Query, Tx, audit};
use crate::dirty::Cause;
use crate::shifts;

/// What the entry of a place shall be; `entry` = `None`: there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentEdit {
    pub person: PersonId,
    pub valid_from: LocalDate,
    pub entry: Option<Option<RuleId>>,
}

/// An entry that stood at a place.
pub type StoodThere = (PersonId, LocalDate, Option<RuleId>);

/// Writes and removes entries of the timelines of schemes whose people and schemes are known to be good, each place at
/// most once; marks the dates up to the next entry. Answers the entries that stood there.
pub async fn edit_assignments(
    tx: &Tx,
    actor: &Actor,
    edits: &[AssignmentEdit],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<StoodThere>, Fault> {
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    let places =
        edits.iter().map(|e| json!({ "person_id": e.person.0, "valid_from": e.valid_from }));
    let places = serde_json::Value::Array(places.collect()).to_string();
    let stood: HashMap<(PersonId, LocalDate), Option<RuleId>> = read::assignments_at(tx, &places)
        .await?
        .into_iter()
        .map(|s| ((s.person_id, s.valid_from), s.scheme_id))
        .collect();
    let put: Vec<SchemeChange> = edits
        .iter()
        .filter_map(|e| {
            let scheme = e.entry?;
            Some(SchemeChange { person: e.person, valid_from: e.valid_from, scheme })
        })
        .collect();
    put_assignments(tx, actor, &put, today, at).await?;
    let stands = |e: &&AssignmentEdit| stood.contains_key(&(e.person, e.valid_from));
    let gone: Vec<_> = edits
        .iter()
        .filter(|e| e.entry.is_none())
        .filter(stands)
        .map(|e| json!({ "person_id": e.person.0, "valid_from": e.valid_from }))
        .collect();
    if !gone.is_empty() {
        let rows = serde_json::Value::Array(gone.clone()).to_string();
        let spans: Vec<(PersonId, DateSpan)> = read::assignment_spans(tx, &rows)
            .await?
            .into_iter()
            .map(|s| {
                let to = s.next_from.map(|d| d.plus(-1));
                (s.person_id, DateSpan { from: s.valid_from, to })
            })
            .collect();
        store::remove_assignments(tx, &rows).await?;
        shifts::mark_spans(tx, &spans, Cause::SchemeAssignment, today, at).await?;
        let detail = json!({ "rows": gone });
        let count = gone.len().to_string();
        audit(tx, actor, at, "remove", "scheme_assignment", &count, detail).await?;
    }
    Ok(stood.into_iter().map(|((p, d), s)| (p, d, s)).collect())
}

/// The scheme of a person on a date.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SchemeOn {
    pub id: RuleId,
    pub code: String,
}

/// The scheme a person has on a date; `None` = none. The caller has found him in scope.
pub async fn scheme_on(
    q: &impl Query,
    person: PersonId,
    on: LocalDate,
) -> Result<Option<SchemeOn>, Fault> {
    let sql = "SELECT r.id, r.code FROM (SELECT a.scheme_id FROM scheme_assignment a \
                 WHERE a.person_id = $1 AND a.valid_from <= $2 \
                 ORDER BY a.valid_from DESC LIMIT 1) t JOIN rule r ON r.id = t.scheme_id";
    q.row(sql, vec![person.into(), on.into()]).await
}
