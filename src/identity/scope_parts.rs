use serde::{Deserialize, Serialize};
use vocabulary::{OrgId, PersonId};

use crate::base::{Area, Scope};

/// A scope as it is stored with a user or a role assignment: everybody, or who lies in the area, or named people, or
/// the user's own employee. Nothing listed is nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScopeParts {
    pub all: bool,
    /// The user's own employee, whoever that is.
    pub own: bool,
    #[serde(flatten)]
    pub area: Area,
    pub persons: Vec<PersonId>,
}

impl ScopeParts {
    pub fn everybody() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// How many things are listed.
    pub fn size(&self) -> usize {
        let values: usize = self.area.dimensions.values().map(Vec::len).sum();
        self.area.departments.len() + self.area.positions.len() + values + self.persons.len()
    }

    /// The people who are named, the user's own employee included.
    pub fn named(&self, own: Option<PersonId>) -> Vec<PersonId> {
        let own = own.filter(|_| self.own);
        self.persons.iter().copied().chain(own).collect()
    }

    /// Whom it covers for a user who is this employee.
    pub fn scope(&self, own: Option<PersonId>) -> Scope {
        Self::union([self], own)
    }

    /// Whoever is in one of them.
    pub fn union<'a>(parts: impl IntoIterator<Item = &'a Self>, own: Option<PersonId>) -> Scope {
        let (mut areas, mut persons) = (Vec::new(), Vec::new());
        for p in parts {
            if p.all {
                return Scope::everybody();
            }
            areas.push(p.area.clone());
            persons.extend(p.named(own));
        }
        Scope::of(areas, persons)
    }
}

/// The usual scopes in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeChoice {
    /// The user's own employee.
    Own,
    /// These departments with everything below them.
    Orgs(Vec<OrgId>),
    All,
    Of(ScopeParts),
}

impl From<ScopeChoice> for ScopeParts {
    fn from(choice: ScopeChoice) -> Self {
        match choice {
            ScopeChoice::Own => Self { own: true, ..Self::default() },
            ScopeChoice::Orgs(ids) => Self { area: Area::departments(ids), ..Self::default() },
            ScopeChoice::All => Self::everybody(),
            ScopeChoice::Of(parts) => parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::{DimensionId, DimensionValueId, PositionId};

    use super::*;

    #[test]
    fn what_is_stored_reads_as_it_was() {
        let mut parts = ScopeParts::from(ScopeChoice::Orgs(vec![OrgId(3)]));
        parts.area.positions.push(PositionId(2));
        parts.area.dimensions.insert(DimensionId(1), vec![DimensionValueId(5)]);
        parts.persons.push(PersonId(9));
        let text = serde_json::to_string(&parts).unwrap();
        assert_eq!(serde_json::from_str::<ScopeParts>(&text).unwrap(), parts);
        assert_eq!(serde_json::from_str::<ScopeParts>("{}").unwrap().scope(None), Scope::nobody());
    }

    #[test]
    fn only_naming_people_does_not_open_the_rest() {
        let parts = ScopeParts { persons: vec![PersonId(9)], ..ScopeParts::default() };
        assert_eq!(parts.scope(None), Scope::person(PersonId(9)));
    }

    #[test]
    fn an_empty_own_scope_without_an_employee_is_nobody() {
        assert_eq!(ScopeParts::from(ScopeChoice::Own).scope(None), Scope::nobody());
    }
}
