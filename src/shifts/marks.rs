use std::collections::HashSet;

use vocabulary::{DateSpan, Instant, LocalDate, PersonId, TeamId};

use crate::base::{Actor, Fault, Tx};
use crate::dirty::{self, Cause, Mark, Object, lane};

/// Marks single dates of people whose plan changed; neighbouring dates become one mark.
pub(super) async fn mark_days(
    tx: &Tx,
    places: &[(PersonId, LocalDate)],
    cause: Cause,
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let spans = runs(places);
    let spans: Vec<_> = spans.into_iter().map(|(p, a, b)| (p, DateSpan::new(a, b))).collect();
    mark_spans(tx, &spans, cause, today, at).await
}

/// Marks spans of dates on which the plan of people changed.
pub async fn mark_spans(
    tx: &Tx,
    spans: &[(PersonId, DateSpan)],
    cause: Cause,
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let people: HashSet<PersonId> = spans.iter().map(|(p, _)| *p).collect();
    let Some(first) = spans.iter().map(|(_, s)| s.from).min() else { return Ok(()) };
    let lane = lane(people.len(), first, today);
    let marks: Vec<Mark> = spans
        .iter()
        .map(|(person, span)| Mark {
            person: *person,
            span: engine::reach_of_plan(*span),
            cause,
            lane,
        })
        .collect();
    dirty::mark(tx, &marks, at).await
}

/// Marks the members of teams on dates on which the plan of their team changed. Must be the last but the outcome of its
/// verb: it waits for every concurrent change of who is a member.
pub(super) async fn mark_teams(
    tx: &Tx,
    actor: &Actor,
    places: &[(TeamId, LocalDate)],
    people: usize,
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let dates = || places.iter().map(|(_, d)| *d);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Ok(()) };
    let spans = team_spans(places);
    let lane = lane(people, first, today);
    let all = engine::reach_of_plan(DateSpan::new(first, last));
    dirty::mark_concerned_in(tx, Object::Teams(spans), all, Cause::TeamRoster, lane, actor, at)
        .await?;
    Ok(())
}

/// Dates of teams as spans: what lies between two dates that are close belongs to them.
pub(super) fn team_spans(places: &[(TeamId, LocalDate)]) -> Vec<(TeamId, DateSpan)> {
    runs(places).into_iter().map(|(t, a, b)| (t, DateSpan::new(a, b))).collect()
}

/// Joins dates of a person or team that lie so close that their reaches touch.
fn runs<T: Copy + Ord>(places: &[(T, LocalDate)]) -> Vec<(T, LocalDate, LocalDate)> {
    /// Reach after a date, reach before the next one, and the step between two dates.
    const TOUCH: i32 = 5;
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<(T, LocalDate, LocalDate)> = Vec::new();
    for (person, date) in sorted {
        match runs.last_mut() {
            Some((p, _, to)) if *p == person && date <= to.plus(TOUCH) => *to = date,
            _ => runs.push((person, date, date)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_whose_reaches_touch_become_one_mark() {
        let day = LocalDate::from_days;
        let p = PersonId;
        let places =
            [(p(2), day(10)), (p(1), day(16)), (p(1), day(10)), (p(1), day(15)), (p(1), day(22))];
        assert_eq!(
            runs(&places),
            [(p(1), day(10), day(16)), (p(1), day(22), day(22)), (p(2), day(10), day(10))]
        );
    }
}
