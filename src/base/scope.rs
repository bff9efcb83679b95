use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{DimensionId, DimensionValueId, OrgId, PersonId, PositionId};

/// Whose rows one permission covers: everybody, or who lies in one of the areas on the date of the row, or these
/// persons. Ids only; `people::within` turns it into SQL.
///
/// What a scope holds cannot be changed and two scopes cannot be put together: the union over role assignments is
/// taken once, by `identity`, for one permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    all: bool,
    #[serde(default)]
    areas: Vec<Area>,
    persons: Vec<PersonId>,
    /// Only who lies in this one, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    also_in: Option<Box<Scope>>,
}

/// Department and position and dimensions, all on the same date; what is not listed does not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Area {
    pub departments: Vec<Department>,
    pub positions: Vec<PositionId>,
    /// Of each dimension one of the values, or a value below one of them.
    pub dimensions: BTreeMap<DimensionId, Vec<DimensionValueId>>,
}

/// A listed department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Department {
    pub id: OrgId,
    /// With everything below it.
    pub below: bool,
}

impl Area {
    /// These departments with everything below them.
    pub fn departments(ids: impl IntoIterator<Item = OrgId>) -> Self {
        let departments = ids.into_iter().map(|id| Department { id, below: true }).collect();
        Self { departments, ..Self::default() }
    }

    /// Nothing is listed: nobody lies in it.
    pub fn is_empty(&self) -> bool {
        self.departments.is_empty() && self.positions.is_empty() && self.dimensions.is_empty()
    }

    /// Only departments limit it.
    pub fn is_plain(&self) -> bool {
        self.positions.is_empty() && self.dimensions.is_empty()
    }
}

impl Scope {
    /// An empty scope contains nobody.
    pub fn nobody() -> Self {
        Self::default()
    }

    pub fn everybody() -> Self {
        Self { all: true, ..Self::default() }
    }

    pub fn person(id: PersonId) -> Self {
        Self::persons(vec![id])
    }

    pub fn persons(ids: Vec<PersonId>) -> Self {
        Self::of(Vec::new(), ids)
    }

    /// A department with everything below it.
    pub fn org(id: OrgId) -> Self {
        Self::of(vec![Area::departments([id])], Vec::new())
    }

    /// Who lies in one of the areas, and these persons. Areas in which nothing is listed contain nobody; those that
    /// only list departments become one.
    pub fn of(areas: Vec<Area>, mut persons: Vec<PersonId>) -> Self {
        let mut plain = Vec::new();
        let mut kept = Vec::new();
        for area in areas.into_iter().filter(|a| !a.is_empty()) {
            if area.is_plain() {
                plain.extend(area.departments);
            } else if !kept.contains(&area) {
                kept.push(area);
            }
        }
        if !plain.is_empty() {
            plain.sort_unstable();
            plain.dedup();
            kept.insert(0, Area { departments: plain, ..Area::default() });
        }
        persons.sort_unstable();
        persons.dedup();
        Self { all: false, areas: kept, persons, also_in: None }
    }

    /// Who lies in both: never more than either contains.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        if self.is_everybody() {
            return other;
        }
        if !other.is_everybody() {
            let inner = match self.also_in.take() {
                Some(s) => s.and(other),
                None => other,
            };
            self.also_in = Some(Box::new(inner));
        }
        self
    }

    /// Whether it contains everybody, whatever may come.
    pub const fn is_everybody(&self) -> bool {
        self.all && self.also_in.is_none()
    }

    /// The scope its people must lie in, too.
    pub fn also_in(&self) -> Option<&Self> {
        self.also_in.as_deref()
    }

    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    pub fn named(&self) -> &[PersonId] {
        &self.persons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_without_anything_listed_is_nobody() {
        assert_eq!(Scope::of(vec![Area::default()], Vec::new()), Scope::nobody());
    }

    #[test]
    fn both_scopes_are_never_more_than_one() {
        let (a, b) = (Scope::org(OrgId(1)), Scope::person(PersonId(2)));
        assert_eq!(Scope::everybody().and(a.clone()), a);
        assert_eq!(a.clone().and(Scope::everybody()), a);
        let both = a.and(b.clone()).and(Scope::nobody());
        assert_eq!(both.also_in().and_then(Scope::also_in), Some(&Scope::nobody()));
        assert!(!both.is_everybody());
    }

    #[test]
    fn departments_of_several_areas_are_asked_for_at_once() {
        let narrow = Area { positions: vec![PositionId(1)], ..Area::departments([OrgId(3)]) };
        let areas =
            vec![Area::departments([OrgId(2)]), narrow.clone(), Area::departments([OrgId(1)])];
        let scope = Scope::of(areas, vec![PersonId(2), PersonId(1), PersonId(2)]);
        assert_eq!(scope.areas(), [Area::departments([OrgId(1), OrgId(2)]), narrow]);
        assert_eq!(scope.named(), [PersonId(1), PersonId(2)]);
    }
}
