use std::collections::HashSet;

use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use crate::base::{Fault, Tx};
use crate::dirty::{self, Cause, Mark, lane};

/// Marks dates on which people came into or out of service.
pub(super) async fn mark_service(
    tx: &Tx,
    spans: &[(PersonId, DateSpan)],
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let wide: Vec<_> = spans.iter().map(|(p, s)| (*p, engine::reach_of_plan(*s))).collect();
    mark(tx, &wide, Cause::Employment, today, at).await
}

/// Marks dates on which people are in another department or position, or employed otherwise. Nothing around them
/// changes.
pub(super) async fn mark_place(
    tx: &Tx,
    spans: &[(PersonId, DateSpan)],
    cause: Cause,
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    mark(tx, spans, cause, today, at).await
}

async fn mark(
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
        .map(|(person, span)| Mark { person: *person, span: *span, cause, lane })
        .collect();
    dirty::mark(tx, &marks, at).await
}
