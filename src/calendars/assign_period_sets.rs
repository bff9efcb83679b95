use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{DateSpan, Instant, LocalDate, OrgId, PeriodSetId, PersonId};

use super::entries::{self, Entry, When};
use super::period_set_read::{PeriodSubject, org_entries_at, period_sets};
use super::store::Line;
use super::{CalendarRefusal, PeriodSetRefusal, period_store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Scope, Tx, audit, begin_once,
    finish_once,
};
use crate::dirty::{self, Cause, Object};
use crate::people;

/// Rows of one call.
const MAX_ROWS: usize = 1_000;

/// From a date on a person, or everybody in a department, has this period set.
#[derive(Clone, Debug, Serialize)]
pub struct PeriodAssignment {
    /// Either a person or a department.
    pub person: Option<PersonId>,
    pub org: Option<OrgId>,
    pub valid_from: LocalDate,
    /// `None` = the entry of a person is removed; a department has none of its own.
    pub set: Option<PeriodSetId>,
}

/// A row that may be written.
#[derive(Clone, Copy)]
struct Good {
    subject: PeriodSubject,
    valid_from: LocalDate,
    set: Option<PeriodSetId>,
}

/// Writes entries of the timelines of period sets. Every row has its own outcome, in the order given.
pub async fn assign_period_sets(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[PeriodAssignment],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(CalendarRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let when = When { today: app.today(), at: app.clock.now() };
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_period_sets", once, when.at).await? {
        return Ok(done);
    }
    let checked = check(&tx, scope, rows).await?;
    let good: Vec<Good> = checked.iter().filter_map(|r| r.as_ref().ok()).copied().collect();
    let changed = put(&tx, actor, &good, when).await?;
    let outcome = |r: &Result<Good, PeriodSetRefusal>| match r {
        Ok(g) if changed.contains(&(g.subject, g.valid_from)) => RowOutcome::Written { version: 0 },
        Ok(_) => RowOutcome::Unchanged { version: 0 },
        Err(refusal) => RowOutcome::refused(refusal),
    };
    let outcomes: Vec<RowOutcome> = checked.iter().map(outcome).collect();
    finish_once(&tx, actor, "assign_period_sets", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

async fn check(
    tx: &Tx,
    scope: &Scope,
    rows: &[PeriodAssignment],
) -> Result<Vec<Result<Good, PeriodSetRefusal>>, Fault> {
    let sets: HashSet<PeriodSetId> = period_sets(tx).await?.into_iter().map(|s| s.id).collect();
    let persons: Vec<_> = rows.iter().filter_map(|r| Some((r.person?, r.valid_from))).collect();
    let orgs: Vec<_> = rows.iter().filter_map(|r| Some((r.org?, r.valid_from))).collect();
    let seen_persons = people::visible_at(tx, scope, &persons).await?;
    let seen_orgs = people::orgs_visible_at(tx, scope, &orgs).await?;
    let persons = persons.into_iter().zip(seen_persons);
    let orgs = orgs.into_iter().zip(seen_orgs);
    let visible: HashSet<(PeriodSubject, LocalDate)> = persons
        .map(|((p, d), seen)| ((PeriodSubject::Person(p), d), seen))
        .chain(orgs.map(|((o, d), seen)| ((PeriodSubject::Org(o), d), seen)))
        .filter_map(|(place, seen)| seen.then_some(place))
        .collect();
    let mut seen = HashSet::new();
    let checked = rows.iter().map(|r| {
        let subject = match (r.person, r.org) {
            (Some(p), None) => PeriodSubject::Person(p),
            (None, Some(o)) => PeriodSubject::Org(o),
            _ => return Err(PeriodSetRefusal::SubjectInvalid),
        };
        if !visible.contains(&(subject, r.valid_from)) {
            return Err(match subject {
                PeriodSubject::Person(_) => CalendarRefusal::PersonNotFound.into(),
                PeriodSubject::Org(_) => PeriodSetRefusal::OrgNotFound,
            });
        }
        if !seen.insert((subject, r.valid_from)) {
            return Err(CalendarRefusal::RowRepeated.into());
        }
        if !EFFECTIVE_RANGE.contains(&r.valid_from) {
            return Err(CalendarRefusal::DateUnreasonable.into());
        }
        if r.set.is_some_and(|s| !sets.contains(&s)) {
            return Err(PeriodSetRefusal::NotFound);
        }
        Ok(Good { subject, valid_from: r.valid_from, set: r.set })
    });
    Ok(checked.collect())
}

/// Writes the rows and marks whom they concern; the places that changed.
async fn put(
    tx: &Tx,
    actor: &Actor,
    rows: &[Good],
    when: When,
) -> Result<HashSet<(PeriodSubject, LocalDate)>, Fault> {
    let mut persons = Vec::new();
    let mut orgs = Vec::new();
    for r in rows {
        match r.subject {
            PeriodSubject::Person(person) => {
                persons.push(Entry { person, valid_from: r.valid_from, object: r.set.map(|s| s.0) })
            }
            PeriodSubject::Org(org) => orgs.push((org, r.valid_from, r.set)),
        }
    }
    // Everything is written before the first mark: from then on others wait.
    let changed_orgs = write_orgs(tx, actor, &orgs, when.at).await?;
    let written = entries::write(tx, actor, Line::PeriodSet, &persons, when.at).await?;
    mark_orgs(tx, actor, &changed_orgs, when.at).await?;
    entries::mark(tx, Line::PeriodSet, &written.spans, when).await?;
    let persons = persons.iter().zip(written.changed).filter(|(_, changed)| *changed);
    let persons = persons.map(|(e, _)| (PeriodSubject::Person(e.person), e.valid_from));
    let orgs = changed_orgs.iter().map(|(o, d)| (PeriodSubject::Org(*o), *d));
    Ok(persons.chain(orgs).collect())
}

type OrgEntry = (OrgId, LocalDate, Option<PeriodSetId>);

/// Writes what differs; the places that changed.
async fn write_orgs(
    tx: &Tx,
    actor: &Actor,
    rows: &[OrgEntry],
    at: Instant,
) -> Result<Vec<(OrgId, LocalDate)>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let json = |rows: &[OrgEntry]| {
        let row = |(org, from, set): &OrgEntry| json!({ "org_id": org.0, "valid_from": from, "period_set_id": set.map(|s| s.0) });
        Value::Array(rows.iter().map(row).collect()).to_string()
    };
    let stored: HashMap<(OrgId, LocalDate), Option<PeriodSetId>> = org_entries_at(tx, &json(rows))
        .await?
        .into_iter()
        .map(|e| ((e.org_id, e.valid_from), e.period_set_id))
        .collect();
    let before = |(org, from, _): &OrgEntry| stored.get(&(*org, *from)).copied();
    let new: Vec<OrgEntry> = rows.iter().filter(|r| before(r) != Some(r.2)).copied().collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    period_store::put_org_entries(tx, &json(&new)).await?;
    let detail: Vec<Value> = new
        .iter()
        .map(|r| json!([r.0.0, r.1, before(r).flatten().map(|s| s.0), r.2.map(|s| s.0)]))
        .collect();
    let (table, count) = ("period_set_assignment", new.len().to_string());
    audit(tx, actor, at, "assign", table, &count, json!({ "rows": detail })).await?;
    Ok(new.into_iter().map(|(org, from, _)| (org, from)).collect())
}

/// Marks everybody who is in one of the departments from the first of the dates on. Another set moves the date
/// from which the next one counts, and so on: no end is known.
async fn mark_orgs(
    tx: &Tx,
    actor: &Actor,
    places: &[(OrgId, LocalDate)],
    at: Instant,
) -> Result<(), Fault> {
    let Some(from) = places.iter().map(|(_, from)| *from).min() else { return Ok(()) };
    let orgs: BTreeSet<OrgId> = places.iter().map(|(org, _)| *org).collect();
    let object = Object::Orgs(orgs.into_iter().collect());
    let span = engine::reach_of_plan(DateSpan::since(from));
    dirty::mark_concerned(tx, object, span, Cause::PeriodSet, actor, at).await?;
    Ok(())
}
