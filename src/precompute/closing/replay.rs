//! Results of locked dates again, from what was archived: what was published or entered later does not reach them.

use std::collections::{BTreeMap, HashMap};

use engine::Evaluator;
use sea_orm::FromQueryResult;
use vocabulary::{DateSpan, Instant, LocalDate, PeriodId, PeriodSetId, PersonId};

use super::facts::{PersonFacts, SharedFacts, unpack};
use crate::base::{Fault, Query, id_rows, id_value};
use crate::calendars::{LockedSpan, NamedPeriod, PeriodFacts, PeriodLabel, Periods};
use crate::precompute::evaluate::{Explained, Prepared};
use crate::precompute::gather::{Inputs, Person};
use crate::precompute::row::Computed;

#[derive(FromQueryResult)]
struct ArchiveRow {
    person_id: PersonId,
    period_id: PeriodId,
    period_set_id: PeriodSetId,
    period: String,
    from_date: LocalDate,
    to_date: LocalDate,
    engine_version: i32,
    inputs: Vec<u8>,
    result_hashes: String,
}

#[derive(FromQueryResult)]
struct BookRow {
    period_id: PeriodId,
    facts: Vec<u8>,
    at: Instant,
}

/// What is archived of some people of one locked period.
pub struct Replay {
    inputs: Inputs,
    /// The engine of each, and the hashes his results had.
    archived: HashMap<PersonId, (i32, BTreeMap<LocalDate, i64>)>,
    at: Instant,
}

/// The locked periods of these people that touch the dates.
pub async fn replays(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<Replay>, Fault> {
    let sql = format!(
        "SELECT a.person_id, a.period_id, p.period_set_id, p.period, a.from_date, a.to_date, \
           a.engine_version, a.inputs, a.result_hashes FROM {} \
         JOIN period_archive a ON a.person_id = k.id \
         JOIN attendance_period p ON p.id = a.period_id \
         WHERE p.state = 'locked' AND a.from_date <= $3 AND a.to_date >= $2",
        id_rows(q.dialect(), "k", 1)
    );
    let values = vec![id_value(people.iter().map(|p| p.0)), from.into(), to.into()];
    let rows: Vec<ArchiveRow> = q.rows(&sql, values).await?;
    let mut by_period: BTreeMap<PeriodId, Vec<ArchiveRow>> = BTreeMap::new();
    for r in rows {
        by_period.entry(r.period_id).or_default().push(r);
    }
    if by_period.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT b.period_id, b.facts, b.at FROM {} JOIN period_book b ON b.period_id = k.id",
        id_rows(q.dialect(), "k", 1)
    );
    let books: Vec<BookRow> = q.rows(&sql, vec![id_value(by_period.keys().map(|p| p.0))]).await?;
    let mut all = Vec::new();
    for book in books {
        all.push(Replay::read(&book, by_period.remove(&book.period_id).unwrap_or_default())?);
    }
    if let Some(id) = by_period.keys().next() {
        return Err(Fault::text(format!("locked period {id} has no book")));
    }
    Ok(all)
}

impl Replay {
    fn read(book: &BookRow, rows: Vec<ArchiveRow>) -> Result<Self, Fault> {
        let shared: SharedFacts = unpack(&book.facts)?;
        let mut inputs = Inputs {
            people: Vec::with_capacity(rows.len()),
            book: shared.book()?,
            calendars: HashMap::new(),
            default_calendar: None,
            periods: Periods::default(),
            since: LocalDate::MIN,
        };
        shared.fill(&mut inputs);
        let mut archived = HashMap::new();
        for r in rows {
            let period =
                NamedPeriod { label: PeriodLabel::of(&r.period), from: r.from_date, to: r.to_date };
            let locked = vec![LockedSpan { id: r.period_id, set: r.period_set_id, period }];
            let line = inputs.periods.line(PeriodFacts { locked, ..PeriodFacts::default() });
            let facts: PersonFacts = unpack(&r.inputs)?;
            let span = DateSpan::new(r.from_date, r.to_date);
            inputs.people.push(facts.person(r.person_id, span, line));
            archived.insert(r.person_id, (r.engine_version, hashes(&r.result_hashes)));
        }
        Ok(Self { inputs, archived, at: book.at })
    }

    pub fn people(&self) -> &[Person] {
        &self.inputs.people
    }

    /// The person whose archive holds a date.
    pub fn holds(&self, person: PersonId, date: LocalDate) -> Option<&Person> {
        let found = self.inputs.people.iter().find(|p| p.id == person)?;
        let inside = found.span.from <= date && found.span.to.is_none_or(|to| date <= to);
        inside.then_some(found)
    }

    /// The hash the result of a date had when it was archived.
    pub fn hash(&self, person: PersonId, date: LocalDate) -> Option<i64> {
        self.archived.get(&person)?.1.get(&date).copied()
    }

    /// The engine that computed what is archived of a person.
    pub fn engine(&self, person: PersonId) -> i32 {
        self.archived.get(&person).map_or(0, |(engine, _)| *engine)
    }

    fn ready<'i>(&'i self, person: &'i Person, to: LocalDate) -> Prepared<'i> {
        Prepared::new(&self.inputs, person, person.span.from, to, self.at)
    }

    /// All results of a person of [`Self::people`], as if the archived engine had computed them.
    pub fn results(&self, person: &Person, evaluator: &mut Evaluator) -> Vec<Computed> {
        let to = person.span.to.unwrap_or(person.span.from);
        let ready = self.ready(person, to);
        let results = ready.results(person.span.from, to, evaluator);
        let engine = self.engine(person.id);
        results.into_iter().map(|c| Computed { engine, ..c }).collect()
    }

    /// One date of a person of [`Self::people`] with its explanation.
    pub fn explained(
        &self,
        person: &Person,
        date: LocalDate,
        evaluator: &mut Evaluator,
    ) -> Option<(Explained, Computed)> {
        let ready = self.ready(person, date);
        let explained = ready.explained(date, evaluator)?;
        let computed = ready.with(date, explained.result.clone())?;
        Some((explained, Computed { engine: self.engine(person.id), ..computed }))
    }
}

/// Reads `2026-03-01:HASH,…`.
fn hashes(text: &str) -> BTreeMap<LocalDate, i64> {
    let one = |part: &str| {
        let (date, hash) = part.split_once(':')?;
        Some((date.parse().ok()?, u64::from_str_radix(hash, 16).ok()?.cast_signed()))
    };
    text.split(',').filter_map(one).collect()
}
