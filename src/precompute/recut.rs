//! Dates that moved to another period: their summaries follow.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, PeriodSetId, PersonId};

use super::adjust::Causes;
use super::gather::{Inputs, Person, Wanted};
use super::summary::PERIOD_SUMMARY;
use crate::base::{Fault, Query, Tx, id_rows, id_value, span_rows, span_values};
use crate::calendars::{PeriodLabel, PeriodState};

#[derive(FromQueryResult)]
struct SummaryKey {
    person_id: PersonId,
    period_set_id: PeriodSetId,
    period: String,
    from_date: LocalDate,
    to_date: LocalDate,
}

#[derive(FromQueryResult)]
struct PostedRow {
    person_id: PersonId,
    first: LocalDate,
}

/// Where a mark may have moved people to other periods, what is posted to their open periods is posted anew:
/// their spans begin with the first date it is about.
pub async fn reach_posted(q: &Tx, causes: &Causes, wanted: &mut [Wanted]) -> Result<(), Fault> {
    let cut: HashMap<PersonId, DateSpan> = causes.cutting(LocalDate::MAX).into_iter().collect();
    let people: Vec<i64> =
        wanted.iter().map(|w| w.0).filter(|p| cut.contains_key(p)).map(|p| p.0).collect();
    if people.is_empty() {
        return Ok(());
    }
    let rows: Vec<PostedRow> = q
        .rows(
            &format!(
                "SELECT a.person_id, MIN(a.work_date) AS first FROM {} \
                 JOIN adjustment a ON a.person_id = k.id \
                 WHERE NOT EXISTS (SELECT 1 FROM attendance_period p WHERE p.state = 'locked' \
                   AND p.period_set_id = a.period_set_id AND p.period = a.period) \
                 GROUP BY a.person_id",
                id_rows(q.dialect(), "k", 1)
            ),
            vec![id_value(people)],
        )
        .await?;
    let first: HashMap<PersonId, LocalDate> =
        rows.into_iter().map(|r| (r.person_id, r.first)).collect();
    for (person, span) in wanted {
        if let Some(date) = first.get(person) {
            span.from = span.from.min(*date);
        }
    }
    Ok(())
}

/// Where a mark may have moved people to other periods: removes summaries of periods that are no longer
/// theirs and returns the dates whose summaries must be made.
pub async fn recut(
    tx: &Tx,
    inputs: &Inputs,
    causes: &Causes,
    today: LocalDate,
) -> Result<Vec<(PersonId, DateSpan)>, Fault> {
    // Somewhere it is tomorrow already; nothing later has results.
    let last = today.plus(1);
    let spans = causes.cutting(last);
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
        match standing(inputs, person, k, last) {
            Standing::Locked => continue,
            Standing::Gone => gone.push(json!({ "person_id": k.person_id.0,
                "period_set_id": k.period_set_id.0, "period": k.period })),
            Standing::Open => {}
        }
        if k.from_date <= last {
            moved.push((k.person_id, DateSpan::new(k.from_date, k.to_date.min(last))));
        }
    }
    PERIOD_SUMMARY.delete(tx, gone).await?;
    Ok(moved)
}

/// What became of a stored summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Locked,
    /// Perhaps of other dates.
    Open,
    /// Of nobody's dates, or of dates that have not begun.
    Gone,
}

fn standing(inputs: &Inputs, person: &Person, k: &SummaryKey, last: LocalDate) -> Standing {
    let label = PeriodLabel::of(&k.period);
    let known = inputs.periods.known.get(&(k.period_set_id, label.clone()));
    if known.is_some_and(|p| p.state == PeriodState::Locked) {
        return Standing::Locked;
    }
    let mut date = k.from_date;
    while date <= k.to_date {
        let p = inputs.period(person, date);
        if p.set == k.period_set_id && p.label == label {
            return if p.from > last { Standing::Gone } else { Standing::Open };
        }
        date = p.to.plus(1);
    }
    Standing::Gone
}
