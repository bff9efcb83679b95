//! Dates that moved to another period: their summaries follow.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{DateSpan, LocalDate, PeriodSetId, PersonId};

use super::adjust::Causes;
use super::gather::{Inputs, Person};
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};
use crate::calendars::{PeriodLabel, PeriodState};

#[derive(FromQueryResult)]
struct SummaryKey {
    person_id: PersonId,
    period_set_id: PeriodSetId,
    period: String,
    from_date: LocalDate,
    to_date: LocalDate,
}

const KEY: [(&str, ColumnKind); 3] = [
    ("person_id", ColumnKind::Bigint),
    ("period_set_id", ColumnKind::Bigint),
    ("period", ColumnKind::Text),
];

/// Where a mark may have moved people to other periods: removes summaries of periods that are no longer
/// theirs and returns the dates whose summaries must be made.
pub async fn recut(
    tx: &Tx,
    inputs: &Inputs,
    causes: &Causes,
    today: LocalDate,
) -> Result<Vec<(PersonId, DateSpan)>, Fault> {
    let spans = causes.cutting(today.plus(1));
    if spans.is_empty() {
        return Ok(spans);
    }
    let people: HashMap<PersonId, &Person> = inputs.people.iter().map(|p| (p.id, p)).collect();
    let rows: Vec<Value> = spans
        .iter()
        .map(|(p, s)| json!({ "person_id": p.0, "from_date": s.from, "to_date": s.to }))
        .collect();
    let table = json_rows(
        tx.dialect(),
        "w",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("from_date", ColumnKind::Date),
            ("to_date", ColumnKind::Date),
        ],
    );
    let found: Vec<SummaryKey> = tx
        .rows(
            &format!(
                "SELECT DISTINCT s.person_id, s.period_set_id, s.period, s.from_date, s.to_date \
                 FROM {table} JOIN period_summary s ON s.person_id = w.person_id \
                   AND s.from_date <= w.to_date AND s.to_date >= w.from_date"
            ),
            vec![Value::Array(rows).to_string().into()],
        )
        .await?;
    let mut gone = Vec::new();
    let mut moved = Vec::new();
    for k in &found {
        let Some(person) = people.get(&k.person_id).copied() else { continue };
        let standing = standing(inputs, person, k);
        if standing == Standing::Gone {
            gone.push(json!({ "person_id": k.person_id.0,
                "period_set_id": k.period_set_id.0, "period": k.period }));
        }
        if standing != Standing::Same && k.from_date <= today {
            moved.push((k.person_id, DateSpan::new(k.from_date, k.to_date.min(today))));
        }
    }
    if !gone.is_empty() {
        let table = json_rows(tx.dialect(), "g", 1, &KEY);
        tx.run(
            &format!(
                "DELETE FROM period_summary WHERE (person_id, period_set_id, period) IN \
                   (SELECT g.person_id, g.period_set_id, g.period FROM {table})"
            ),
            vec![Value::Array(gone).to_string().into()],
        )
        .await?;
    }
    Ok(moved)
}

/// What became of a stored summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Same,
    /// Of other dates.
    Cut,
    Gone,
}

fn standing(inputs: &Inputs, person: &Person, k: &SummaryKey) -> Standing {
    let label = PeriodLabel::of(&k.period);
    let known = inputs.periods.known.get(&(k.period_set_id, label.clone()));
    if known.is_some_and(|p| p.state == PeriodState::Locked) {
        return Standing::Same;
    }
    let mut date = k.from_date;
    while date <= k.to_date {
        let p = inputs.period(person, date);
        if p.set == k.period_set_id && p.label == label {
            let same = (p.from, p.to) == (k.from_date, k.to_date);
            return if same { Standing::Same } else { Standing::Cut };
        }
        date = p.to.plus(1);
    }
    Standing::Gone
}
