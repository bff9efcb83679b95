use vocabulary::{LocalDate, PersonId};

use super::book::Book;
use super::read;
use super::roster_schemes::rosters_of_other_schemes;
use crate::base::{Fault, Query, Scope};

/// Findings of one kind that are listed.
const MAX_FINDINGS: usize = 500;

/// Days from the date on whose roster cells are looked at.
const ROSTER_DAYS: i32 = 31;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A person in service has no scheme on the date.
    PersonWithoutScheme,
    /// A scheme, or one of its rules, has no version on the date.
    SchemeNotInEffect,
    /// A roster cell names a shift that has no version on the date of the cell.
    ShiftNotInEffect,
    /// A cell was generated from a template of another scheme than the person has on its date.
    RosterOfAnotherScheme,
}

/// Something that keeps days from being computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: FindingKind,
    pub person: Option<PersonId>,
    /// Employee number.
    pub number: Option<String>,
    /// Code of the scheme or shift.
    pub code: Option<String>,
    pub date: Option<LocalDate>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub items: Vec<Finding>,
    /// There are more than are listed.
    pub more: bool,
}

/// The checker of domain 8: what is missing on `date` so that days can be computed. Call it in a
/// snapshot.
pub async fn setup_findings(
    q: &impl Query,
    scope: &Scope,
    date: LocalDate,
) -> Result<Findings, Fault> {
    let mut all = Findings::default();
    add(&mut all, without_scheme(q, scope, date).await?);
    add(&mut all, schemes_not_in_effect(q, date).await?);
    add(&mut all, cells_without_shift(q, scope, date).await?);
    add(&mut all, of_other_schemes(q, scope, date).await?);
    Ok(all)
}

fn add(all: &mut Findings, mut found: Vec<Finding>) {
    all.more |= found.len() > MAX_FINDINGS;
    found.truncate(MAX_FINDINGS);
    all.items.append(&mut found);
}

async fn without_scheme(
    q: &impl Query,
    scope: &Scope,
    date: LocalDate,
) -> Result<Vec<Finding>, Fault> {
    let rows = read::people_without_scheme(q, scope, date, MAX_FINDINGS + 1).await?;
    let finding = |r: read::PersonRow| Finding {
        kind: FindingKind::PersonWithoutScheme,
        person: Some(r.id),
        number: Some(r.number),
        code: None,
        date: Some(date),
    };
    Ok(rows.into_iter().map(finding).collect())
}

async fn schemes_not_in_effect(q: &impl Query, date: LocalDate) -> Result<Vec<Finding>, Fault> {
    let rows = read::schemes(q).await?;
    let day = Book::load(q).await?.on(date);
    let finding = |r: read::SchemeRow| Finding {
        kind: FindingKind::SchemeNotInEffect,
        person: None,
        number: None,
        code: Some(r.code),
        date: Some(date),
    };
    Ok(rows.into_iter().filter(|r| day.scheme(r.id).is_none()).map(finding).collect())
}

async fn cells_without_shift(
    q: &impl Query,
    scope: &Scope,
    date: LocalDate,
) -> Result<Vec<Finding>, Fault> {
    let to = date.plus(ROSTER_DAYS);
    let rows = read::cells_without_shift(q, scope, date, to, MAX_FINDINGS + 1).await?;
    let finding = |r: read::CellRow| Finding {
        kind: FindingKind::ShiftNotInEffect,
        person: Some(r.id),
        number: Some(r.number),
        code: r.code,
        date: Some(r.work_date),
    };
    Ok(rows.into_iter().map(finding).collect())
}

async fn of_other_schemes(
    q: &impl Query,
    scope: &Scope,
    date: LocalDate,
) -> Result<Vec<Finding>, Fault> {
    let to = date.plus(ROSTER_DAYS);
    let rows = rosters_of_other_schemes(q, scope, date, to, MAX_FINDINGS + 1).await?;
    let finding = |r: read::CellRow| Finding {
        kind: FindingKind::RosterOfAnotherScheme,
        person: Some(r.id),
        number: Some(r.number),
        code: r.code,
        date: Some(r.work_date),
    };
    Ok(rows.into_iter().map(finding).collect())
}
