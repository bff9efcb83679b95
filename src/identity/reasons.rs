//! Why somebody may: the assignments behind a permission.

use std::collections::BTreeSet;

use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId, UserId};

use super::caller::Grant;
use super::role_store::{AssignmentRow, assignments};
use super::{Permission, ScopeParts, within};
use crate::base::{Failure, Query, Scope};

/// The assignments of a user that are valid on a date.
pub struct Reasons {
    person: Option<PersonId>,
    all: Vec<Reason>,
}

/// An assignment with what it grants.
pub struct Reason {
    pub row: AssignmentRow,
    pub parts: ScopeParts,
    permissions: BTreeSet<Permission>,
}

impl Reasons {
    pub async fn of(
        q: &impl Query,
        user: UserId,
        person: Option<PersonId>,
        on: LocalDate,
    ) -> Result<Self, Failure> {
        let rows = assignments(q, user, user).await?;
        let valid =
            rows.into_iter().filter(|r| r.valid_from <= on && r.valid_to.is_none_or(|to| to >= on));
        let all = valid
            .map(|row| {
                let scope = row.scope.as_deref().unwrap_or(&row.user_scope);
                let Grant { permissions, parts, .. } =
                    Grant::new(&row.permissions, scope, row.valid_to)?;
                Ok(Reason { row, parts, permissions })
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self { person, all })
    }

    /// Menus of all roles.
    pub fn menus(&self) -> Result<Vec<String>, Failure> {
        let mut menus = BTreeSet::new();
        for r in &self.all {
            menus.extend(
                serde_json::from_str::<Vec<String>>(&r.row.menus)
                    .map_err(crate::base::Fault::from)?,
            );
        }
        Ok(menus.into_iter().collect())
    }

    /// Each permission with its scope and the assignments that grant it.
    pub fn permissions(&self) -> Vec<(Permission, Scope, Vec<&Reason>)> {
        let with = |p: &Permission| {
            let granting = self.granting(*p);
            let scope = ScopeParts::union(granting.iter().map(|r| &r.parts), self.person);
            (*p, scope, granting)
        };
        Permission::ALL.iter().map(with).filter(|(_, _, granting)| !granting.is_empty()).collect()
    }

    fn granting(&self, permission: Permission) -> Vec<&Reason> {
        self.all.iter().filter(|r| r.permissions.contains(&permission)).collect()
    }

    /// The assignments that allow this permission on a person's data of a date, in one query.
    pub async fn allowing(
        &self,
        q: &impl Query,
        permission: Permission,
        person: PersonId,
        on: LocalDate,
    ) -> Result<Vec<&Reason>, Failure> {
        let granting = self.granting(permission);
        if granting.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = vec![person.into(), on.into()];
        let tests: Vec<String> = granting
            .iter()
            .enumerate()
            .map(|(n, r)| {
                let scope = r.parts.scope(self.person);
                let inside = within(&scope, "$2", "p.id", &mut values);
                format!(
                    "SELECT {n} AS n FROM person p WHERE p.id = $1 AND $2 IS NOT NULL AND {inside}"
                )
            })
            .collect();
        let rows: Vec<PlaceRow> = q.rows(&tests.join(" UNION ALL "), values).await?;
        let hit = |n: &usize| rows.iter().any(|r| usize::try_from(r.n) == Ok(*n));
        Ok(granting.into_iter().enumerate().filter(|(n, _)| hit(n)).map(|(_, r)| r).collect())
    }
}

#[derive(FromQueryResult)]
struct PlaceRow {
    n: i32,
}
