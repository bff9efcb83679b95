use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{
    DateSpan, DimensionValueId, Instant, LocalDate, OrgId, PeriodSetId, PersonId, PositionId,
};

use super::entries::{self, Entry, When};
use super::period_groups::kind_of;
use super::period_set_read::{PeriodSubject, group_entries_at, known_groups, period_sets};
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

/// From a date on a person, or everybody in a department or a group, has this period set.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PeriodAssignment {
    /// Exactly one of these.
    pub person: Option<PersonId>,
    pub org: Option<OrgId>,
    /// The number of an employment kind.
    pub kind: Option<i64>,
    pub position: Option<PositionId>,
    /// A value of a dimension with all below it.
    pub value: Option<DimensionValueId>,
    pub valid_from: LocalDate,
    /// `None` = the entry of a person is removed; a department or a group has none of its own.
    pub set: Option<PeriodSetId>,
}

impl PeriodAssignment {
    /// Whom it is about; `None` unless it names exactly one.
    fn subject(&self) -> Option<PeriodSubject> {
        let named = [
            self.person.map(PeriodSubject::Person),
            self.org.map(PeriodSubject::Org),
            self.kind.map(PeriodSubject::Kind),
            self.position.map(PeriodSubject::Position),
            self.value.map(PeriodSubject::Value),
        ];
        let mut named = named.into_iter().flatten();
        named.next().filter(|_| named.next().is_none())
    }
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
    let groups = known_groups(tx).await?;
    let mut seen = HashSet::new();
    let checked = rows.iter().map(|r| {
        let subject = r.subject().ok_or(PeriodSetRefusal::SubjectInvalid)?;
        let found = visible.contains(&(subject, r.valid_from));
        match subject {
            PeriodSubject::Person(_) if !found => {
                return Err(CalendarRefusal::PersonNotFound.into());
            }
            PeriodSubject::Org(_) if !found => return Err(PeriodSetRefusal::OrgNotFound),
            PeriodSubject::Person(_) | PeriodSubject::Org(_) => {}
            _ if !scope.is_everybody() => return Err(PeriodSetRefusal::EverybodyRequired),
            PeriodSubject::Kind(n) if kind_of(n).is_some() => {}
            _ if groups.contains(&subject) => {}
            _ => return Err(PeriodSetRefusal::GroupNotFound),
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
    let mut groups = Vec::new();
    for r in rows {
        match r.subject {
            PeriodSubject::Person(person) => {
                persons.push(Entry { person, valid_from: r.valid_from, object: r.set.map(|s| s.0) })
            }
            subject => groups.push((subject, r.valid_from, r.set)),
        }
    }
    // Everything is written before the first mark: from then on others wait.
    let changed = write_groups(tx, actor, &groups, when.at).await?;
    let written = entries::write(tx, actor, Line::PeriodSet, &persons, when.at).await?;
    mark_groups(tx, actor, &changed, when.at).await?;
    entries::mark(tx, Line::PeriodSet, &written.spans, when).await?;
    let persons = persons.iter().zip(written.changed).filter(|(_, changed)| *changed);
    let persons = persons.map(|(e, _)| (PeriodSubject::Person(e.person), e.valid_from));
    Ok(persons.chain(changed).collect())
}

type GroupEntry = (PeriodSubject, LocalDate, Option<PeriodSetId>);

/// Writes what differs; the places that changed.
async fn write_groups(
    tx: &Tx,
    actor: &Actor,
    rows: &[GroupEntry],
    at: Instant,
) -> Result<Vec<(PeriodSubject, LocalDate)>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let json = |rows: &[GroupEntry]| {
        let row = |(subject, from, set): &GroupEntry| {
            let (subject, id) = subject.column()?;
            Some(json!({ "subject": subject, "subject_id": id, "valid_from": from,
                         "period_set_id": set.map(|s| s.0) }))
        };
        Value::Array(rows.iter().filter_map(row).collect()).to_string()
    };
    let stored: HashMap<(String, i64, LocalDate), Option<PeriodSetId>> =
        group_entries_at(tx, &json(rows))
            .await?
            .into_iter()
            .map(|e| ((e.subject, e.subject_id, e.valid_from), e.period_set_id))
            .collect();
    let before = |(subject, from, _): &GroupEntry| {
        let (subject, id) = subject.column()?;
        stored.get(&(subject.to_owned(), id, *from)).copied()
    };
    let new: Vec<GroupEntry> = rows.iter().filter(|r| before(r) != Some(r.2)).copied().collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    period_store::put_group_entries(tx, &json(&new)).await?;
    let detail: Vec<Value> = new
        .iter()
        .map(|r| {
            let old = before(r).flatten().map(|s| s.0);
            json!([r.0.column(), r.1, old, r.2.map(|s| s.0)])
        })
        .collect();
    let (table, count) = ("period_set_assignment", new.len().to_string());
    audit(tx, actor, at, "assign", table, &count, json!({ "rows": detail })).await?;
    Ok(new.into_iter().map(|(subject, from, _)| (subject, from)).collect())
}

/// Marks everybody who is in one of the departments or groups from the first of the dates on. Another set moves the date
/// from which the next one counts, and so on: no end is known.
async fn mark_groups(
    tx: &Tx,
    actor: &Actor,
    places: &[(PeriodSubject, LocalDate)],
    at: Instant,
) -> Result<(), Fault> {
    let Some(from) = places.iter().map(|(_, from)| *from).min() else { return Ok(()) };
    let (mut orgs, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let (mut positions, mut values) = (BTreeSet::new(), BTreeSet::new());
    for (subject, _) in places {
        match subject {
            PeriodSubject::Org(id) => orgs.extend([*id]),
            PeriodSubject::Kind(n) => kinds.extend(kind_of(*n)),
            PeriodSubject::Position(id) => positions.extend([*id]),
            PeriodSubject::Value(id) => values.extend([*id]),
            PeriodSubject::Person(_) => {}
        }
    }
    let objects = [
        (!orgs.is_empty()).then(|| Object::Orgs(orgs.into_iter().collect())),
        (!kinds.is_empty()).then(|| Object::Kinds(kinds.into_iter().collect())),
        (!positions.is_empty()).then(|| Object::Positions(positions.into_iter().collect())),
        (!values.is_empty()).then(|| Object::DimensionValues(values.into_iter().collect())),
    ];
    let span = engine::reach_of_plan(DateSpan::since(from));
    for object in objects.into_iter().flatten() {
        dirty::mark_concerned(tx, object, span, Cause::PeriodSet, actor, at).await?;
    }
    Ok(())
}
