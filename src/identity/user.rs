use vocabulary::{LocalDate, OrgId, PersonId, RoleId, UserId};

use super::caller::StoredScope;
use super::{Caller, IdentityRefusal, password, store};
use crate::base::{App, Failure, Fault, audit};

/// A user to be created.
pub struct NewUser {
    pub login: String,
    pub display_name: String,
    pub person: Option<PersonId>,
    pub password: String,
}

/// What is `None` stays as it is.
pub struct UserChange {
    pub version: i32,
    pub display_name: Option<String>,
    pub active: Option<bool>,
    pub password: Option<String>,
}

/// One role of a user on a scope.
pub struct NewAssignment {
    pub role: RoleId,
    pub scope: ScopeChoice,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

/// Whose data a role assignment covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeChoice {
    Own,
    Orgs(Vec<OrgId>),
    All,
}

impl ScopeChoice {
    /// The text of the scope column.
    pub(super) fn stored(&self) -> Result<String, Fault> {
        let scope = match self {
            Self::Own => StoredScope::Own,
            Self::Orgs(orgs) => StoredScope::Orgs { orgs: orgs.clone() },
            Self::All => StoredScope::All,
        };
        Ok(serde_json::to_string(&scope)?)
    }
}

/// Creates a user without any role.
pub async fn create_user(app: &App, caller: &Caller, new: NewUser) -> Result<UserId, Failure> {
    let hash = password::hash(&new.password).await?;
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    if let Some(person) = new.person
        && !store::person_exists(&tx, person).await?
    {
        return Err(IdentityRefusal::PersonNotFound.into());
    }
    let id = store::insert_user(&tx, &new.login, &new.display_name, new.person, &hash, now)
        .await?
        .ok_or(IdentityRefusal::LoginTaken)?;
    let detail = serde_json::json!({ "login": new.login, "person_id": new.person });
    audit(&tx, &caller.actor(), now, "create_user", "user", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a user. A new password or disabling ends all his sessions.
pub async fn update_user(
    app: &App,
    caller: &Caller,
    id: UserId,
    change: UserChange,
) -> Result<(), Failure> {
    let hash = match &change.password {
        Some(p) => Some(password::hash(p).await?),
        None => None,
    };
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let mut user = store::lock_user(&tx, id).await?.ok_or(IdentityRefusal::UserNotFound)?;
    let ends_sessions = hash.is_some() || change.active == Some(false);
    let detail = serde_json::json!({
        "display_name": change.display_name, "active": change.active, "password": hash.is_some(),
    });
    user.display_name = change.display_name.unwrap_or(user.display_name);
    user.password_hash = hash.unwrap_or(user.password_hash);
    match change.active {
        Some(true) => user.state = "active".to_owned(),
        Some(false) => user.state = "disabled".to_owned(),
        None => {}
    }
    if !store::update_user(&tx, &user, change.version).await? {
        return Err(IdentityRefusal::VersionConflict.into());
    }
    if ends_sessions {
        store::revoke_all(&tx, id, None, now).await?;
    }
    audit(&tx, &caller.actor(), now, "update_user", "user", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Replaces all role assignments of a user. Takes effect on his next request.
pub async fn assign_roles(
    app: &App,
    caller: &Caller,
    id: UserId,
    assignments: Vec<NewAssignment>,
) -> Result<(), Failure> {
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    store::lock_user(&tx, id).await?.ok_or(IdentityRefusal::UserNotFound)?;
    let known = store::known(&tx, &assignments).await?;
    store::clear_assignments(&tx, id).await?;
    let mut detail = Vec::with_capacity(assignments.len());
    for a in &assignments {
        check(a, &known)?;
        let scope = a.scope.stored()?;
        store::insert_assignment(&tx, id, a.role, &scope, a.valid_from, a.valid_to).await?;
        detail.push(serde_json::json!({
            "role": a.role, "scope": scope, "from": a.valid_from, "to": a.valid_to,
        }));
    }
    let detail = serde_json::Value::Array(detail);
    audit(&tx, &caller.actor(), now, "assign_roles", "user", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

fn check(a: &NewAssignment, known: &store::Known) -> Result<(), IdentityRefusal> {
    if a.valid_to.is_some_and(|to| to < a.valid_from) {
        return Err(IdentityRefusal::SpanInvalid);
    }
    if !known.roles.contains(&a.role) {
        return Err(IdentityRefusal::RoleNotFound);
    }
    match &a.scope {
        ScopeChoice::Orgs(orgs) if orgs.is_empty() => Err(IdentityRefusal::ScopeInvalid),
        ScopeChoice::Orgs(orgs) if !orgs.iter().all(|o| known.orgs.contains(o)) => {
            Err(IdentityRefusal::OrgNotFound)
        }
        _ => Ok(()),
    }
}
