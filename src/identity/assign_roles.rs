use serde_json::{Value, json};
use vocabulary::{LocalDate, RoleId, UserId};

use super::caller::Grant;
use super::role_store::{self, AssignmentRow, administrators, assignments};
use super::scope_wish::{MAX_LISTED, ScopeWish, resolve};
use super::user::{keep_an_administrator, locked, rights};
use super::{Caller, IdentityRefusal, Permission, ScopeParts, covers, store};
use crate::base::{App, Failure, Fault, audit};

/// One role of a user.
pub struct NewAssignment {
    pub role: RoleId,
    /// Its own scope; `None` = the scope of the user.
    pub scope: Option<ScopeWish>,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

/// Replaces all role assignments of a user. Takes effect on his next request. Refused for whoever holds less than the
/// user does or would give him more than he holds himself.
pub async fn assign_roles(
    app: &App,
    caller: &Caller,
    id: UserId,
    version: i32,
    wanted: Vec<NewAssignment>,
) -> Result<(), Failure> {
    let scope = caller.scope_of(Permission::UserEdit)?;
    let tx = app.db.begin().await?;
    let (now, today) = (app.clock.now(), app.today());
    let user = locked(&tx, &scope, id, today).await?;
    let before = assignments(&tx, id, id).await?;
    covers::check(&tx, caller, user.person_id, &rights(&before, None, today)?, today).await?;
    let was_admin = administrators(&tx, today).await?;

    let roles = role_store::roles(&tx).await?;
    let wishes: Vec<ScopeWish> =
        wanted.iter().map(|w| w.scope.clone().unwrap_or_default()).collect();
    let parts = resolve(&tx, &wishes).await?;
    let user_parts: ScopeParts = serde_json::from_str(&user.scope)?;
    if user_parts.size() + parts.iter().map(ScopeParts::size).sum::<usize>() > MAX_LISTED {
        return Err(IdentityRefusal::ScopeTooLarge.into());
    }
    let mut given = Vec::with_capacity(wanted.len());
    for (w, p) in wanted.iter().zip(&parts) {
        if w.valid_to.is_some_and(|to| to < w.valid_from) {
            return Err(IdentityRefusal::SpanInvalid.into());
        }
        let role = roles.iter().find(|r| r.id == w.role).ok_or(IdentityRefusal::RoleNotFound)?;
        if w.valid_to.is_none_or(|to| to >= today) {
            let scope = if w.scope.is_some() { p } else { &user_parts };
            given.push(Grant::new(&role.permissions, &serde_json::to_string(scope)?, w.valid_to)?);
        }
    }
    covers::check(&tx, caller, user.person_id, &given, today).await?;

    role_store::clear_assignments(&tx, id).await?;
    for (w, p) in wanted.iter().zip(&parts) {
        let own = w.scope.is_some().then(|| serde_json::to_string(p)).transpose()?;
        role_store::insert_assignment(&tx, id, w.role, own, (w.valid_from, w.valid_to)).await?;
    }
    if !store::update_user(&tx, &user, version).await? {
        return Err(IdentityRefusal::VersionConflict.into());
    }
    keep_an_administrator(&tx, was_admin, today).await?;
    let detail = json!({
        "old": told(&before)?, "new": told(&assignments(&tx, id, id).await?)?,
    });
    audit(&tx, &caller.actor(), now, "assign_roles", "user", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Assignments as the audit tells of them.
fn told(rows: &[AssignmentRow]) -> Result<Value, Fault> {
    let one = |r: &AssignmentRow| {
        let scope = r.scope.as_deref().map(serde_json::from_str::<Value>).transpose()?;
        Ok(json!({ "role": r.role_code, "scope": scope, "from": r.valid_from, "to": r.valid_to }))
    };
    rows.iter().map(one).collect()
}
