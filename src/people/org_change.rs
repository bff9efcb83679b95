//! What every change of the organisation does before and after.

use serde_json::Value;
use vocabulary::{DateSpan, Instant, LocalDate, OrgId, PersonId};

use super::org_book::{OrgBook, OrgFields};
use super::org_read::{OrgFilter, OrgRow, org_units};
use super::org_store::{self, Saved};
use super::{OrgRefusal, visible_at};
use crate::base::{
    Actor, EFFECTIVE_RANGE, Failure, Fault, Scope, Tx, audit, code_is_valid, name_is_valid,
};
use crate::dirty::{self, Cause, Object};

/// The organisation as it stands, if the unit is in scope on a date and has this version.
pub(super) async fn open(
    tx: &Tx,
    scope: &Scope,
    id: OrgId,
    version: i32,
    on: LocalDate,
) -> Result<OrgBook, Failure> {
    org_store::hold(tx).await?;
    let filter = OrgFilter { closed: true, ..OrgFilter::one(id, on) };
    let found = org_units(tx, scope, &filter).await?.pop().ok_or(OrgRefusal::NotFound)?;
    if found.version != version {
        return Err(OrgRefusal::VersionConflict { version: found.version }.into());
    }
    Ok(org_store::load(tx).await?)
}

/// Writes the organisation as it shall be, records it, and marks everybody below units that stand elsewhere now.
pub(super) async fn close(
    tx: &Tx,
    actor: &Actor,
    before: &OrgBook,
    after: OrgBook,
    at: Instant,
    (action, entity, detail): (&str, &str, Value),
) -> Result<Saved, Failure> {
    let saved = org_store::save(tx, before, after).await?;
    audit(tx, actor, at, action, "org_unit", entity, detail).await?;
    mark(tx, actor, &saved.moved, at).await?;
    Ok(saved)
}

/// Other departments above say other defaults, from the first of these dates on.
async fn mark(
    tx: &Tx,
    actor: &Actor,
    moved: &[(OrgId, LocalDate)],
    at: Instant,
) -> Result<(), Fault> {
    let Some(from) = moved.iter().map(|(_, from)| *from).min() else { return Ok(()) };
    let object = Object::Orgs(moved.iter().map(|(id, _)| *id).collect());
    let span = engine::reach_of_plan(DateSpan::since(from));
    dirty::mark_concerned(tx, object, span, Cause::Org, actor, at).await?;
    Ok(())
}

/// The unit with this code, if it is in scope on a date.
pub(super) async fn parent(
    tx: &Tx,
    scope: &Scope,
    code: &str,
    on: LocalDate,
) -> Result<OrgRow, Failure> {
    let found = org_units(tx, scope, &OrgFilter::code(code, on)).await?.pop();
    Ok(found.ok_or_else(|| OrgRefusal::ParentUnknown { code: code.to_owned() })?)
}

/// Characters of the short name, the region and the cost centre.
const MAX_TEXT: usize = 60;

/// Greatest place among neighbours.
const MAX_ORDER: i32 = 1_000_000;

/// Deputies of one head.
const MAX_DEPUTIES: usize = 20;

/// Refuses fields that cannot be.
pub(super) fn check_fields(f: &OrgFields) -> Result<(), OrgRefusal> {
    if !name_is_valid(&f.name) {
        return Err(OrgRefusal::NameInvalid);
    }
    let good = |t: &String| t.chars().count() <= MAX_TEXT && !t.chars().any(char::is_control);
    if ![&f.short_name, &f.region, &f.cost_centre].into_iter().all(good) {
        return Err(OrgRefusal::TextInvalid { max: MAX_TEXT });
    }
    if !(0..=MAX_ORDER).contains(&f.sort_order) {
        return Err(OrgRefusal::OrderInvalid { max: MAX_ORDER });
    }
    let mut deputies = f.deputies.clone();
    deputies.sort_unstable();
    deputies.dedup();
    if deputies.len() > MAX_DEPUTIES || deputies.len() != f.deputies.len() {
        return Err(OrgRefusal::TooManyDeputies { max: MAX_DEPUTIES });
    }
    Ok(())
}

pub(super) fn check_code(code: &str) -> Result<(), OrgRefusal> {
    if code_is_valid(code) { Ok(()) } else { Err(OrgRefusal::CodeInvalid) }
}

pub(super) fn check_date(date: LocalDate) -> Result<(), OrgRefusal> {
    if EFFECTIVE_RANGE.contains(&date) { Ok(()) } else { Err(OrgRefusal::DateUnreasonable) }
}

/// Refuses heads and deputies nobody in scope is.
pub(super) async fn check_people(
    tx: &Tx,
    scope: &Scope,
    people: &[PersonId],
    on: LocalDate,
) -> Result<(), Failure> {
    let places: Vec<_> = people.iter().map(|p| (*p, on)).collect();
    let seen = visible_at(tx, scope, &places).await?;
    match people.iter().zip(seen).find(|(_, seen)| !seen) {
        Some((person, _)) => Err(OrgRefusal::PersonUnknown { number: person.to_string() }.into()),
        None => Ok(()),
    }
}
