//! Many people at once, over all cores.

use engine::Evaluator;
use rayon::prelude::*;
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::evaluate::Prepared;
use super::gather::{Inputs, Person, Wanted, gather};
use super::row::Computed;
use crate::base::failpoint::{Step, failpoint};
use crate::base::{Fault, Query};

/// Results of one person over the dates that were computed.
pub struct Days {
    pub person: PersonId,
    pub from: LocalDate,
    pub to: LocalDate,
    pub results: Vec<Computed>,
}

/// The dates of a span that are stored: from the first fact to the person's today. `None` if there are none.
fn horizon(person: &Person, now: Instant) -> Option<(LocalDate, LocalDate)> {
    let today = person.zone.date(now);
    let hired = person.employment.hired.unwrap_or(LocalDate::MIN);
    let first = person.punches.iter().map(|p| p.wall.date()).find(|d| *d >= person.span.from);
    let last = person.punches.last().map(|p| p.wall.date());
    let begin = first.map_or(hired, |f| f.min(hired));
    let from = person.span.from.max(begin);
    let mut to = person.span.to.unwrap_or(today).min(today);
    if let Some(left) = person.employment.left {
        to = to.min(last.map_or(left, |l| l.max(left)));
    }
    (from <= to).then_some((from, to))
}

/// Gathers and evaluates. People whose rules let missing points of a period go free are computed from the
/// begin to the end of their periods, so that the occurrences are counted in order (DD-69).
pub async fn compute(
    q: &impl Query,
    wanted: &[Wanted],
    now: Instant,
) -> Result<(Inputs, Vec<Days>), Fault> {
    let mut inputs = gather(q, wanted).await?;
    let wider = widened(&inputs, now);
    if !wider.is_empty() {
        let more = gather(q, &wider).await?;
        for person in more.people {
            if let Some(p) = inputs.people.iter_mut().find(|p| p.id == person.id) {
                *p = person;
            }
        }
    }
    failpoint(Step::DrainGathered).await?;
    let work = move || {
        let days: Vec<Days> = inputs
            .people
            .par_iter()
            .map_init(Evaluator::new, |evaluator, person| {
                let Some((from, to)) = horizon(person, now) else {
                    let (from, to) = nothing(person);
                    return Days { person: person.id, from, to, results: Vec::new() };
                };
                let prepared = Prepared::new(&inputs, person, from, to, now);
                let results = prepared.results(from, to, evaluator);
                let (low, high) = nothing(person);
                Days { person: person.id, from: low, to: high, results }
            })
            .collect();
        (inputs, days)
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::new("evaluation ended", e))
}

/// The whole span: stored rows in it that are not computed again are deleted.
fn nothing(person: &Person) -> (LocalDate, LocalDate) {
    (person.span.from, person.span.to.unwrap_or(LocalDate::MAX))
}

fn widened(inputs: &Inputs, now: Instant) -> Vec<Wanted> {
    let mut wider = Vec::new();
    for person in &inputs.people {
        let Some((from, to)) = horizon(person, now) else { continue };
        if !Prepared::new(inputs, person, from, to, now).carries() {
            continue;
        }
        let begin = inputs.period(person, from).from.min(person.span.from);
        let end = person.span.to.map(|t| t.max(inputs.period(person, to).to));
        let span = DateSpan { from: begin, to: end };
        if span != person.span {
            wider.push((person.id, span));
        }
    }
    wider
}
