use super::Permission;
use crate::base::Scope;

/// A group of fields of the employee file that is masked without its own permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldGroup {
    /// ID number.
    IdNumber,
    BirthDate,
    HomeAddress,
    /// Household registration.
    Household,
    Phone,
    Photo,
    Location,
    /// Medical attachments.
    Medical,
}

impl FieldGroup {
    pub const ALL: [Self; 8] = [
        Self::IdNumber,
        Self::BirthDate,
        Self::HomeAddress,
        Self::Household,
        Self::Phone,
        Self::Photo,
        Self::Location,
        Self::Medical,
    ];

    pub const fn permission(self) -> Permission {
        match self {
            Self::IdNumber => Permission::FieldIdNumber,
            Self::BirthDate => Permission::FieldBirthDate,
            Self::HomeAddress => Permission::FieldHomeAddress,
            Self::Household => Permission::FieldHousehold,
            Self::Phone => Permission::FieldPhone,
            Self::Photo => Permission::FieldPhoto,
            Self::Location => Permission::FieldLocation,
            Self::Medical => Permission::FieldMedical,
        }
    }
}

/// Whose fields of each group somebody may see: a scope per group, his own employee always included. It says nothing
/// about which rows he may see.
#[derive(Clone, Debug)]
pub struct Fields {
    pub(super) scopes: Vec<(FieldGroup, Scope)>,
}

impl Fields {
    /// The scope of a group; masked is whoever lies outside, today.
    pub fn scope(&self, group: FieldGroup) -> Scope {
        let found = self.scopes.iter().find(|(g, _)| *g == group);
        found.map_or_else(Scope::nobody, |(_, s)| s.clone())
    }

    /// All fields of everybody: what the program needs for itself.
    pub fn everything() -> Self {
        Self { scopes: FieldGroup::ALL.map(|g| (g, Scope::everybody())).into() }
    }
}
