//! What must be stored of a person, from the facts.

use std::collections::{BTreeMap, BTreeSet};

use engine::Evaluator;
use vocabulary::{Instant, LocalDate, WallTime};

use super::stored::{ExceptionKey, Texts};
use crate::precompute::evaluate::Prepared;
use crate::precompute::gather::{Inputs, Person};
use crate::precompute::row::{Computed, DAY_RESULT};
use crate::precompute::settle::anchor;

/// Results of one person as they must be, by date. What is stored as not final is computed as of the moment at which
/// it was; `computed` are the results of now.
pub fn results(
    inputs: &Inputs,
    person: &Person,
    computed: Vec<Computed>,
    stored: &BTreeMap<LocalDate, Texts>,
    evaluator: &mut Evaluator,
) -> BTreeMap<LocalDate, Computed> {
    let mut out: BTreeMap<LocalDate, Computed> =
        computed.into_iter().map(|c| (c.date, c)).collect();
    let mut moments: BTreeMap<i64, BTreeSet<LocalDate>> = BTreeMap::new();
    for (date, row) in stored {
        if let Some(wall) = row.value::<i64>(&DAY_RESULT, "evaluated_wall") {
            moments.entry(wall).or_default().insert(*date);
        }
    }
    for (wall, dates) in moments {
        let now: Instant = person.zone.instant(WallTime::from_seconds(wall));
        let (Some(first), Some(last)) = (dates.first(), dates.last()) else { continue };
        // What goes free is counted from where the inputs begin: the begin of a period if it matters.
        let from = person.span.from.min(*first);
        let ready = Prepared::new(inputs, person, from, *last, now);
        let mut then: BTreeMap<LocalDate, Computed> =
            ready.results(from, *last, evaluator).into_iter().map(|c| (c.date, c)).collect();
        for date in dates {
            match then.remove(&date) {
                Some(c) => drop(out.insert(date, c)),
                None => drop(out.remove(&date)),
            }
        }
    }
    out
}

/// Open exceptions of a result.
pub fn exceptions(c: &Computed) -> BTreeMap<ExceptionKey, Option<i32>> {
    let mut out = BTreeMap::new();
    for e in &c.result.exceptions {
        // Of several with one key the first is stored.
        let key = (c.date, e.code.as_str().to_owned(), anchor(e));
        out.entry(key).or_insert(e.minutes);
    }
    out
}

/// The row of a result.
pub fn row(c: &Computed) -> Texts {
    let mut texts = Texts::default();
    c.write(&mut texts, Instant::from_millis(0));
    texts
}
