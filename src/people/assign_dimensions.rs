use std::collections::{HashMap, HashSet};

use serde::Serialize;
use vocabulary::{DateSpan, DimensionId, DimensionValueId, Instant, LocalDate, OrgId, PersonId};

use super::dimension_values::{ValueFilter, dimension_values};
use super::line_entries::{LineEntry, write};
use super::master_read::all_masters;
use super::master_store::Line;
use super::{Master, MasterRefusal, orgs_visible_at, visible_at};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Fault, Once, RowOutcome, Scope, Tx, begin_once,
    finish_once,
};
use crate::dirty::{self, Cause, Mark, Object, lane};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// From a date on a person, or a department with all below it, has this value.
#[derive(Clone, Debug, Serialize)]
pub struct DimensionAssignment {
    /// Code of the dimension.
    pub dimension: String,
    /// Either a person or a department.
    pub person: Option<PersonId>,
    pub org: Option<OrgId>,
    pub valid_from: LocalDate,
    /// Code of the value; `None` = none of its own, so that the department or the one above it says it.
    pub value: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    pub removed: bool,
}

/// Writes entries of the timelines of dimension values. Every row has its own outcome, in the order given.
pub async fn assign_dimensions(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    rows: &[DimensionAssignment],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(MasterRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "assign_dimensions", once, at).await? {
        return Ok(done);
    }
    let outcomes = put_dimension_entries(&tx, actor, scope, rows, (app.today(), at)).await?;
    finish_once(&tx, actor, "assign_dimensions", once, &outcomes).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(outcomes)
}

type Good = (Line, LineEntry);

/// The move of [`assign_dimensions`]; it marks, so it must be the last thing of its transaction.
pub async fn put_dimension_entries(
    tx: &Tx,
    actor: &Actor,
    scope: &Scope,
    rows: &[DimensionAssignment],
    when: (LocalDate, Instant),
) -> Result<Vec<RowOutcome>, Fault> {
    let (_, at) = when;
    let checked = check(tx, scope, rows).await?;
    let of = |line: Line| -> Vec<LineEntry> {
        let good = checked.iter().filter_map(|r| r.as_ref().ok());
        good.filter(|(l, _)| *l == line).map(|(_, e)| *e).collect()
    };
    let (persons, orgs) = (of(Line::PersonDimension), of(Line::OrgDimension));
    let changed_persons = write(tx, actor, Line::PersonDimension, &persons, at).await?;
    let changed_orgs = write(tx, actor, Line::OrgDimension, &orgs, at).await?;
    mark(tx, actor, (&persons, &changed_persons), (&orgs, &changed_orgs), when).await?;
    let (mut of_persons, mut of_orgs) = (changed_persons.into_iter(), changed_orgs.into_iter());
    let outcome = |r: &Result<Good, MasterRefusal>| match r {
        Ok((line, _)) => {
            let next = match line {
                Line::PersonDimension => of_persons.next(),
                _ => of_orgs.next(),
            };
            match next {
                Some(true) => RowOutcome::Written { version: 0 },
                _ => RowOutcome::Unchanged { version: 0 },
            }
        }
        Err(refusal) => RowOutcome::refused(refusal),
    };
    Ok(checked.iter().map(outcome).collect())
}

/// Marks whose dimension values changed: another value can say another period set, which moves the date from which the
/// next one counts, and so on, so that no end is known.
async fn mark(
    tx: &Tx,
    actor: &Actor,
    (persons, changed_persons): (&[LineEntry], &[bool]),
    (orgs, changed_orgs): (&[LineEntry], &[bool]),
    (today, at): (LocalDate, Instant),
) -> Result<(), Fault> {
    let changed = |rows: &[LineEntry], changed: &[bool]| -> Vec<LineEntry> {
        rows.iter().zip(changed).filter(|(_, c)| **c).map(|(e, _)| *e).collect()
    };
    let (persons, orgs) = (changed(persons, changed_persons), changed(orgs, changed_orgs));
    let reach = |from: LocalDate| engine::reach_of_plan(DateSpan::since(from));
    if let Some(first) = persons.iter().map(|e| e.valid_from).min() {
        let people: HashSet<i64> = persons.iter().map(|e| e.owner).collect();
        let lane = lane(people.len(), first, today);
        let mark = |e: &LineEntry| Mark {
            person: PersonId(e.owner),
            span: reach(e.valid_from),
            cause: Cause::Dimension,
            lane,
        };
        dirty::mark(tx, &persons.iter().map(mark).collect::<Vec<_>>(), at).await?;
    }
    if let Some(first) = orgs.iter().map(|e| e.valid_from).min() {
        let owners: HashSet<OrgId> = orgs.iter().map(|e| OrgId(e.owner)).collect();
        let object = Object::Orgs(owners.into_iter().collect());
        dirty::mark_concerned(tx, object, reach(first), Cause::Dimension, actor, at).await?;
    }
    Ok(())
}

struct Book {
    dimensions: HashMap<String, DimensionId>,
    values: HashMap<(DimensionId, String), (DimensionValueId, bool)>,
}

async fn check(
    tx: &Tx,
    scope: &Scope,
    rows: &[DimensionAssignment],
) -> Result<Vec<Result<Good, MasterRefusal>>, Fault> {
    let dimensions = all_masters(tx, Master::Dimension).await?;
    let all = ValueFilter { limit: u32::MAX, ..ValueFilter::default() };
    let values = dimension_values(tx, &all).await?.into_iter();
    let book = Book {
        dimensions: dimensions.into_iter().map(|d| (d.code, DimensionId(d.id))).collect(),
        values: values.map(|v| ((v.dimension_id, v.code), (v.id, v.active))).collect(),
    };
    let persons: Vec<_> = rows.iter().filter_map(|r| Some((r.person?, r.valid_from))).collect();
    let orgs: Vec<_> = rows.iter().filter_map(|r| Some((r.org?, r.valid_from))).collect();
    let seen = visible_at(tx, scope, &persons).await?;
    let persons: HashSet<_> =
        persons.into_iter().zip(seen).filter_map(|(p, seen)| seen.then_some(p)).collect();
    let seen = orgs_visible_at(tx, scope, &orgs).await?;
    let orgs: HashSet<_> =
        orgs.into_iter().zip(seen).filter_map(|(o, seen)| seen.then_some(o)).collect();
    let mut places = HashSet::new();
    let checked = rows.iter().map(|r| {
        let (line, owner, visible) = match (r.person, r.org) {
            (Some(p), None) => (Line::PersonDimension, p.0, persons.contains(&(p, r.valid_from))),
            (None, Some(o)) => (Line::OrgDimension, o.0, orgs.contains(&(o, r.valid_from))),
            _ => return Err(MasterRefusal::SubjectInvalid),
        };
        if !visible {
            return Err(match line {
                Line::OrgDimension => MasterRefusal::OrgNotFound,
                _ => MasterRefusal::PersonNotFound,
            });
        }
        let entry = one(r, owner, &book)?;
        let table = line.table();
        if !places.insert((table, owner, entry.line, r.valid_from)) {
            return Err(MasterRefusal::RowRepeated);
        }
        Ok((line, entry))
    });
    Ok(checked.collect())
}

fn one(r: &DimensionAssignment, owner: i64, book: &Book) -> Result<LineEntry, MasterRefusal> {
    if !EFFECTIVE_RANGE.contains(&r.valid_from) {
        return Err(MasterRefusal::DateUnreasonable);
    }
    let dimension = book.dimensions.get(&r.dimension).copied();
    let unknown = || MasterRefusal::DimensionUnknown { code: r.dimension.clone() };
    let dimension = dimension.ok_or_else(unknown)?;
    let object = match &r.value {
        Some(code) if !r.removed => {
            let value = book.values.get(&(dimension, code.clone())).copied();
            let unknown = || MasterRefusal::ValueUnknown { code: code.clone() };
            let (id, active) = value.ok_or_else(unknown)?;
            if !active {
                return Err(MasterRefusal::NotActive { code: code.clone() });
            }
            Some(id.0)
        }
        _ => None,
    };
    let (valid_from, removed) = (r.valid_from, r.removed);
    Ok(LineEntry { owner, line: dimension.0, valid_from, object, removed })
}
