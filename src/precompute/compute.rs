//! Many people at once, over all cores.

use std::collections::{HashMap, HashSet};

use engine::Evaluator;
use rayon::prelude::*;
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, RuleId};

use super::evaluate::{Prepared, goes_free};
use super::gather::{AFTER, BEFORE, Inputs, Person, Wanted, gather};
use super::row::Computed;
use crate::base::failpoint::{Step, failpoint};
use crate::base::{Fault, Tx, on_all_cores};

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

/// Most people of a chunk of bulk reading.
const CHUNK_PEOPLE: i32 = 500;
/// Most employee-days of it.
const CHUNK_DAYS: i32 = 16_000;

/// How many people make a chunk over so many dates.
pub fn chunk_size(days: i32) -> usize {
    usize::try_from((CHUNK_DAYS / days.max(1)).clamp(1, CHUNK_PEOPLE)).unwrap_or(1)
}

/// Fewer employee-days than this are evaluated on the spot.
const FEW_DAYS: i32 = 200;

/// Gathers and evaluates.
pub async fn compute(
    q: &Tx,
    wanted: &[Wanted],
    now: Instant,
) -> Result<(Inputs, Vec<Days>), Fault> {
    let mut inputs = gather(q, wanted).await?;
    widen(q, &mut inputs, now).await?;
    failpoint(Step::DrainGathered).await?;
    let days = evaluated(&inputs, now);
    Ok((inputs, days))
}

/// People whose rules let missing points of a period go free are computed from the begin to the end of their
/// periods, so that the occurrences are counted in order (DD-69).
pub async fn widen(q: &Tx, inputs: &mut Inputs, now: Instant) -> Result<(), Fault> {
    let wider = widened(inputs, now);
    if !wider.is_empty() {
        let more = gather(q, &wider).await?;
        let mut wide: HashMap<PersonId, Person> =
            more.people.into_iter().map(|p| (p.id, p)).collect();
        for p in &mut inputs.people {
            if let Some(person) = wide.remove(&p.id) {
                *p = person;
            }
        }
    }
    Ok(())
}

/// Evaluates what was gathered, over all cores.
pub fn evaluated(inputs: &Inputs, now: Instant) -> Vec<Days> {
    let days = |evaluator: &mut Evaluator, person: &Person| {
        let (low, high) = whole(person);
        let results = match horizon(person, now) {
            Some((from, to)) => {
                Prepared::new(inputs, person, from, to, now).results(from, to, evaluator)
            }
            None => Vec::new(),
        };
        Days { person: person.id, from: low, to: high, results }
    };
    let spans = inputs.people.iter().filter_map(|p| horizon(p, now));
    let size: i32 = spans.map(|(from, to)| to.days() - from.days() + 1).sum();
    if size < FEW_DAYS {
        let mut evaluator = Evaluator::new();
        return inputs.people.iter().map(|p| days(&mut evaluator, p)).collect();
    }
    on_all_cores(|| inputs.people.par_iter().map_init(Evaluator::new, days).collect())
}

/// The whole span: stored rows in it that are not computed again are deleted.
fn whole(person: &Person) -> (LocalDate, LocalDate) {
    (person.span.from, person.span.to.unwrap_or(LocalDate::MAX))
}

/// Schemes with a version on these dates that lets some missing points of a period go free.
pub fn forgiving(inputs: &Inputs, from: LocalDate, to: LocalDate) -> HashSet<RuleId> {
    let mut found = HashSet::new();
    let mut date = from;
    while date <= to {
        let book = inputs.book.on(date);
        let schemes = inputs.people.iter().flat_map(|p| p.schemes.values()).flatten();
        let all: HashSet<RuleId> = schemes.copied().collect();
        found.extend(all.into_iter().filter(|id| book.scheme(*id).is_some_and(|s| goes_free(&s))));
        match inputs.book.next_change(date) {
            Some(next) => date = next,
            None => break,
        }
    }
    found
}

fn widened(inputs: &Inputs, now: Instant) -> Vec<Wanted> {
    let spans: Vec<_> = inputs.people.iter().filter_map(|p| Some((p, horizon(p, now)?))).collect();
    let low = spans.iter().map(|(_, (from, _))| from.plus(-BEFORE)).min();
    let high = spans.iter().map(|(_, (_, to))| to.plus(AFTER)).max();
    let (Some(low), Some(high)) = (low, high) else { return Vec::new() };
    let forgiving = forgiving(inputs, low, high);
    let mut wider = Vec::new();
    for (person, (from, to)) in spans {
        if !person.schemes.values().flatten().any(|id| forgiving.contains(id)) {
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
