//! Dates that moved to another period: their summaries follow.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, PeriodSetId, PersonId};

use super::adjust::Causes;
use super::gather::{Inputs, Person};
use super::summary::PERIOD_SUMMARY;
use crate::base::{Fault, Query, Tx, span_rows, span_values};
use crate::calendars::{PeriodLabel, PeriodState};

#[derive(FromQueryResult)]
struct SummaryKey {
    person_id: PersonId,
    period_set_id: PeriodSetId,
    period: String,
    from_date: LocalDate,
    to_date: LocalDate,
}

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
    let found: Vec<SummaryKey> = tx
        .rows(
            &format!(
                "SELECT DISTINCT s.person_id, s.period_set_id, s.period, s.from_date, s.to_date \
                 FROM {} JOIN period_summary s ON s.person_id = w.person_id \
                   AND s.from_date <= w.to_date AND s.to_date >= w.from_date",
                span_rows(tx.dialect())
            ),
            span_values(tx.dialect(), &spans),
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
    PERIOD_SUMMARY.delete(tx, gone).await?;
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
