use vocabulary::{DimensionValueId, PersonId, PositionId};

use super::role_store::{Known, known};
use super::{IdentityRefusal, ScopeParts};
use crate::base::{Area, Department, Failure, Query};

/// Most things the scopes of one user may list together, so that every query stays one statement.
pub const MAX_LISTED: usize = 2_000;

/// A scope as somebody writes it: values of dimensions are named without their dimension.
#[derive(Clone, Debug, Default)]
pub struct ScopeWish {
    pub all: bool,
    pub own: bool,
    pub departments: Vec<Department>,
    pub positions: Vec<PositionId>,
    pub values: Vec<DimensionValueId>,
    pub persons: Vec<PersonId>,
}

/// Checks that everything exists, in one query, and gives each value its dimension.
pub async fn resolve(q: &impl Query, wishes: &[ScopeWish]) -> Result<Vec<ScopeParts>, Failure> {
    let mut named = Vec::new();
    for w in wishes {
        named.extend(w.departments.iter().map(|d| ("org", d.id.0)));
        named.extend(w.positions.iter().map(|p| ("position", p.0)));
        named.extend(w.values.iter().map(|v| ("value", v.0)));
        named.extend(w.persons.iter().map(|p| ("person", p.0)));
    }
    if named.is_empty() {
        return Ok(wishes.iter().map(bare).collect());
    }
    if named.len() > MAX_LISTED {
        return Err(IdentityRefusal::ScopeTooLarge.into());
    }
    let known = known(q, &named).await?;
    Ok(wishes.iter().map(|w| parts(w, &known)).collect::<Result<_, _>>()?)
}

fn bare(w: &ScopeWish) -> ScopeParts {
    ScopeParts { all: w.all, own: w.own, ..ScopeParts::default() }
}

fn parts(w: &ScopeWish, known: &Known) -> Result<ScopeParts, IdentityRefusal> {
    if !w.departments.iter().all(|d| known.orgs.contains(&d.id)) {
        return Err(IdentityRefusal::OrgNotFound);
    }
    if !w.positions.iter().all(|p| known.positions.contains(p)) {
        return Err(IdentityRefusal::PositionNotFound);
    }
    if !w.persons.iter().all(|p| known.persons.contains(p)) {
        return Err(IdentityRefusal::PersonNotFound);
    }
    let mut area = Area {
        departments: sorted(w.departments.clone()),
        positions: sorted(w.positions.clone()),
        ..Area::default()
    };
    for value in sorted(w.values.clone()) {
        let dimension = known.values.get(&value).ok_or(IdentityRefusal::DimensionValueNotFound)?;
        area.dimensions.entry(*dimension).or_default().push(value);
    }
    Ok(ScopeParts { area, persons: sorted(w.persons.clone()), ..bare(w) })
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}
