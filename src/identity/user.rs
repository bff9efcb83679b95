use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use vocabulary::{LocalDate, PersonId, UserId};

use super::caller::Grant;
use super::role_store::{AssignmentRow, administrators, assignments};
use super::scope_wish::{ScopeWish, resolve};
use super::store::{UserInsert, UserRow};
use super::{Caller, IdentityRefusal, Permission, covers, password, store, within};
use crate::base::{App, Failure, Fault, Query, Scope, Tx, audit, changed};

/// A user to be created.
pub struct NewUser {
    pub login: String,
    pub display_name: String,
    pub person: Option<PersonId>,
    pub phone: Option<String>,
    pub scope: ScopeWish,
    pub auth_methods: Vec<&'static str>,
    pub password: String,
}

/// What is `None` stays as it is.
#[derive(Default)]
pub struct UserChange {
    pub version: i32,
    pub display_name: Option<String>,
    /// `Some(None)` = no employee any more.
    pub person: Option<Option<PersonId>>,
    /// Empty takes it away.
    pub phone: Option<String>,
    /// `active`, `locked`, `disabled`.
    pub state: Option<&'static str>,
    pub auth_methods: Option<Vec<&'static str>>,
    pub scope: Option<ScopeWish>,
    pub password: Option<String>,
}

/// Creates a user without any role.
pub async fn create_user(app: &App, caller: &Caller, new: NewUser) -> Result<UserId, Failure> {
    let scope = caller.scope_of(Permission::UserEdit)?;
    let hash = password::hash(&new.password).await?;
    let phone = phone(new.phone)?;
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    if new.person.is_none() && !scope.is_everybody() {
        return Err(IdentityRefusal::EmployeeRequired.into());
    }
    if let Some(person) = new.person
        && !covers::reaches(&tx, &scope, person, app.today()).await?
    {
        return Err(IdentityRefusal::PersonNotFound.into());
    }
    let parts = resolve(&tx, &[new.scope]).await?.pop().unwrap_or_default();
    let insert = UserInsert {
        login: &new.login,
        display_name: &new.display_name,
        person: new.person,
        phone: phone.as_deref(),
        scope: &serde_json::to_string(&parts)?,
        auth_methods: &serde_json::to_string(&new.auth_methods)?,
        password_hash: &hash,
    };
    let id = store::insert_user(&tx, &insert, now).await?.ok_or(IdentityRefusal::LoginTaken)?;
    let row = store::user(&tx, id).await?.ok_or(IdentityRefusal::UserNotFound)?;
    let detail = json!({ "new": told(&row)? });
    audit(&tx, &caller.actor(), now, "create_user", "user", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a user. A new password, locking and disabling end all his sessions. Refused for whoever holds less than
/// the user does, or would give him more than he holds himself.
pub async fn update_user(
    app: &App,
    caller: &Caller,
    id: UserId,
    change: UserChange,
) -> Result<(), Failure> {
    let scope = caller.scope_of(Permission::UserEdit)?;
    let hash = match &change.password {
        Some(p) => Some(password::hash(p).await?),
        None => None,
    };
    let tx = app.db.begin().await?;
    let (now, today) = (app.clock.now(), app.today());
    let user = locked(&tx, &scope, id, today).await?;
    let held = assignments(&tx, id, id).await?;
    covers::check(&tx, caller, user.person_id, &rights(&held, None, today)?, today).await?;
    let was_admin = administrators(&tx, today).await?;

    let mut after = user.clone();
    if let Some(name) = change.display_name {
        after.display_name = name;
    }
    if let Some(person) = change.person {
        if let Some(person) = person
            && !covers::reaches(&tx, &scope, person, today).await?
        {
            return Err(IdentityRefusal::PersonNotFound.into());
        }
        after.person_id = person;
    }
    if let Some(text) = change.phone {
        after.phone = phone(Some(text))?;
    }
    if let Some(methods) = change.auth_methods {
        after.auth_methods = serde_json::to_string(&methods)?;
    }
    if let Some(wish) = change.scope {
        let parts = resolve(&tx, &[wish]).await?.pop().unwrap_or_default();
        after.scope = serde_json::to_string(&parts)?;
    }
    let ends_sessions = hash.is_some() || change.state.is_some_and(|s| s != "active");
    let password = hash.is_some();
    after.password_hash = hash.unwrap_or(after.password_hash);
    if let Some(state) = change.state {
        state.clone_into(&mut after.state);
        if state == "active" {
            after.failed_attempts = 0;
            after.locked_until = None;
        }
    }
    let given = rights(&held, Some(&after.scope), today)?;
    covers::check(&tx, caller, after.person_id, &given, today).await?;
    if !store::update_user(&tx, &after, change.version).await? {
        return Err(IdentityRefusal::VersionConflict.into());
    }
    if ends_sessions {
        store::revoke_all(&tx, id, None, now).await?;
    }
    keep_an_administrator(&tx, was_admin, today).await?;
    let mut detail = changed(told(&user)?, told(&after)?);
    if password && let Some(new) = detail.get_mut("new").and_then(Value::as_object_mut) {
        new.insert("password".to_owned(), json!("changed"));
    }
    audit(&tx, &caller.actor(), now, "update_user", "user", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// The user, locked until the transaction ends, if the scope contains him: whoever sees everybody sees every user, else
/// one sees the users who are employees within scope today.
pub(super) async fn locked(
    tx: &Tx,
    scope: &Scope,
    id: UserId,
    today: LocalDate,
) -> Result<UserRow, Failure> {
    let user = store::lock_user(tx, id).await?.ok_or(IdentityRefusal::UserNotFound)?;
    if !scope.is_everybody() {
        let person = user.person_id.ok_or(IdentityRefusal::UserNotFound)?;
        if !covers::reaches(tx, scope, person, today).await? {
            return Err(IdentityRefusal::UserNotFound.into());
        }
    }
    Ok(user)
}

/// The condition that a user lies within a scope; `on` is an expression of today and `person` one of his employee.
pub(super) fn user_within(
    scope: &Scope,
    on: &str,
    person: &str,
    values: &mut Vec<SqlValue>,
) -> String {
    if scope.is_everybody() {
        return "TRUE".to_owned();
    }
    format!("({person} IS NOT NULL AND {})", within(scope, on, person, values))
}

/// What the assignments give from today on; with another scope of the user if one is named.
pub(super) fn rights(
    rows: &[AssignmentRow],
    user_scope: Option<&str>,
    today: LocalDate,
) -> Result<Vec<Grant>, Fault> {
    rows.iter()
        .filter(|r| r.valid_to.is_none_or(|to| to >= today))
        .map(|r| {
            let scope = r.scope.as_deref().or(user_scope).unwrap_or(&r.user_scope);
            Grant::new(&r.permissions, scope, r.valid_to)
        })
        .collect()
}

/// Refuses to take the last administrator away.
pub(super) async fn keep_an_administrator(
    q: &impl Query,
    before: i64,
    today: LocalDate,
) -> Result<(), Failure> {
    if before > 0 && administrators(q, today).await? == 0 {
        return Err(IdentityRefusal::LastAdministrator.into());
    }
    Ok(())
}

/// A user as the audit tells of him; never a secret.
fn told(u: &UserRow) -> Result<Value, Fault> {
    Ok(json!({
        "login": u.login, "display_name": u.display_name, "person_id": u.person_id, "phone": u.phone,
        "state": u.state, "auth_methods": serde_json::from_str::<Value>(&u.auth_methods)?,
        "scope": serde_json::from_str::<Value>(&u.scope)?,
    }))
}

/// Digits, blanks, `+` and `-`; empty is none.
fn phone(text: Option<String>) -> Result<Option<String>, IdentityRefusal> {
    let Some(text) = text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let good = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-');
    if text.len() <= 20 && text.chars().all(good) && text.chars().any(|c| c.is_ascii_digit()) {
        Ok(Some(text))
    } else {
        Err(IdentityRefusal::PhoneInvalid)
    }
}
