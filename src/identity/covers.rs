//! Nobody gives rights he does not have: what is given must lie within what the giver may, for each operation alone,
//! and must not last longer.

use std::collections::HashSet;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::caller::Grant;
use super::role_store::{Above, above};
use super::{Caller, IdentityRefusal, ScopeParts, within};
use crate::base::{Area, ColumnKind, Failure, Fault, Query, Scope, json_rows};

/// Refuses unless the caller holds all of this. `person` is the employee whom the rights are given to.
pub async fn check(
    q: &impl Query,
    caller: &Caller,
    person: Option<PersonId>,
    given: &[Grant],
    today: LocalDate,
) -> Result<(), Failure> {
    let (mut orgs, mut values) = (HashSet::new(), HashSet::new());
    for g in given {
        orgs.extend(g.parts.area.departments.iter().map(|d| d.id));
        values.extend(g.parts.area.dimensions.values().flatten().copied());
    }
    let above = if orgs.is_empty() && values.is_empty() {
        Above::default()
    } else {
        above(q, &orgs, &values, today).await?
    };
    // Who is named must be in scope; asked once for each scope that differs.
    let mut asked: Vec<(Scope, HashSet<PersonId>)> = Vec::new();
    for g in given {
        let named = g.parts.named(person);
        for permission in &g.permissions {
            let held: Vec<&Grant> = caller
                .grants
                .iter()
                .filter(|h| h.permissions.contains(permission) && lasts(h.until, g.until))
                .collect();
            if !holds(&held, &g.parts, &above) {
                return Err(
                    IdentityRefusal::RightsExceedYours { permission: permission.code() }.into()
                );
            }
            let scope = ScopeParts::union(held.iter().map(|h| &h.parts), caller.person);
            if named.is_empty() || scope.is_everybody() {
                continue;
            }
            let at = match asked.iter().position(|(s, _)| *s == scope) {
                Some(at) => at,
                None => {
                    let all = given.iter().flat_map(|g| g.parts.named(person)).collect();
                    asked.push((scope.clone(), contained(q, &scope, &all, today).await?));
                    asked.len() - 1
                }
            };
            let seen = asked.get(at).map(|(_, s)| s);
            if !named.iter().all(|p| seen.is_some_and(|s| s.contains(p))) {
                return Err(
                    IdentityRefusal::RightsExceedYours { permission: permission.code() }.into()
                );
            }
        }
    }
    Ok(())
}

/// Whether a right that ends with `held` covers one that ends with `given`.
fn lasts(held: Option<LocalDate>, given: Option<LocalDate>) -> bool {
    held.is_none_or(|h| given.is_some_and(|g| g <= h))
}

/// Whether the listed part of a scope lies within one of those held. Named people are for others to check.
fn holds(held: &[&Grant], given: &ScopeParts, above: &Above) -> bool {
    if held.iter().any(|h| h.parts.all) {
        return true;
    }
    if held.is_empty() || given.all {
        return false;
    }
    given.area.is_empty() || held.iter().any(|h| narrower(&given.area, &h.parts.area, above))
}

/// Whether everybody of `given` lies in `held`, whatever happens to people.
fn narrower(given: &Area, held: &Area, above: &Above) -> bool {
    if held.is_empty() {
        return false;
    }
    let departments = held.departments.is_empty()
        || (!given.departments.is_empty()
            && given.departments.iter().all(|g| {
                held.departments.iter().any(|h| {
                    (h.id == g.id && (h.below || !g.below))
                        || (h.below && above.orgs.contains(&(g.id, h.id)))
                })
            }));
    let positions = held.positions.is_empty()
        || (!given.positions.is_empty()
            && given.positions.iter().all(|p| held.positions.contains(p)));
    let dimensions = held.dimensions.iter().all(|(dimension, choice)| {
        given.dimensions.get(dimension).is_some_and(|values| {
            values.iter().all(|v| choice.iter().any(|c| above.values.contains(&(*v, *c))))
        })
    });
    departments && positions && dimensions
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: PersonId,
}

/// Which of these people lie in the scope today.
async fn contained(
    q: &impl Query,
    scope: &Scope,
    people: &HashSet<PersonId>,
    today: LocalDate,
) -> Result<HashSet<PersonId>, Fault> {
    let rows: Vec<_> = people.iter().map(|p| json!({ "id": p.0 })).collect();
    let mut values = vec![serde_json::Value::Array(rows).to_string().into(), today.into()];
    let inside = within(scope, "$2", "p.id", &mut values);
    let table = json_rows(q.dialect(), "k", 1, &[("id", ColumnKind::Bigint)]);
    let sql = format!(
        "SELECT p.id FROM {table} JOIN person p ON p.id = k.id WHERE $2 IS NOT NULL AND {inside}"
    );
    let rows: Vec<PersonRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// Whether the caller has one permission on this person today.
pub async fn reaches(
    q: &impl Query,
    scope: &Scope,
    person: PersonId,
    today: LocalDate,
) -> Result<bool, Fault> {
    Ok(contained(q, scope, &HashSet::from([person]), today).await?.contains(&person))
}

#[cfg(test)]
mod tests {
    use vocabulary::{OrgId, PositionId};

    use super::*;
    use crate::base::Department;

    fn area(id: i64, below: bool) -> Area {
        Area { departments: vec![Department { id: OrgId(id), below }], ..Area::default() }
    }

    #[test]
    fn a_department_below_is_narrower_and_one_above_is_not() {
        let above = Above { orgs: HashSet::from([(OrgId(2), OrgId(1))]), ..Above::default() };
        assert!(narrower(&area(2, true), &area(1, true), &above));
        assert!(!narrower(&area(2, true), &area(1, false), &above));
        assert!(!narrower(&area(1, true), &area(2, true), &above));
        assert!(!narrower(&area(1, true), &area(1, false), &above));
        assert!(narrower(&area(1, false), &area(1, true), &above));
    }

    #[test]
    fn leaving_out_what_limits_the_giver_is_wider() {
        let above = Above::default();
        let limited = Area { positions: vec![PositionId(1)], ..area(1, true) };
        assert!(!narrower(&area(1, true), &limited, &above));
        assert!(narrower(&limited, &area(1, true), &above));
        assert!(!narrower(&area(1, true), &Area::default(), &above));
    }

    #[test]
    fn rights_do_not_outlive_those_of_the_giver() {
        let day = |t: &str| t.parse::<LocalDate>().ok();
        assert!(lasts(None, None));
        assert!(!lasts(day("2026-03-31"), None));
        assert!(!lasts(day("2026-03-31"), day("2026-04-01")));
        assert!(lasts(day("2026-03-31"), day("2026-03-31")));
    }
}
