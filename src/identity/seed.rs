use vocabulary::{Instant, PersonId, UserId};

use super::permission::{SEED_ROLES, SeedRole};
use super::store::UserInsert;
use super::{IdentityRefusal, ScopeChoice, ScopeParts, password, role_store, store};
use crate::base::{Actor, App, Failure, Fault, Tx, audit};

/// Writes the seed roles as this version defines them. Repeating it changes nothing.
pub async fn ensure_roles(tx: &Tx) -> Result<(), Fault> {
    for role in SEED_ROLES {
        let codes: Vec<&str> = role.permissions.iter().map(|p| p.code()).collect();
        let menus = serde_json::to_string(role.menus)?;
        let codes = serde_json::to_string(&codes)?;
        role_store::put_seed(tx, role.code, role.name, &codes, &menus).await?;
    }
    Ok(())
}

/// Makes roles of an installation that is being set up; those with a known code stay as they are.
pub async fn put_roles(tx: &Tx, roles: &[SeedRole]) -> Result<(), Fault> {
    for role in roles {
        let codes: Vec<&str> = role.permissions.iter().map(|p| p.code()).collect();
        let (codes, menus) = (serde_json::to_string(&codes)?, serde_json::to_string(role.menus)?);
        role_store::insert_role(tx, role.code, role.name, &codes, &menus).await?;
    }
    Ok(())
}

/// Gives a user another role, for ever.
pub async fn grant(tx: &Tx, user: UserId, role: &str, scope: ScopeChoice) -> Result<(), Fault> {
    let roles = role_store::roles(tx).await?;
    let role =
        roles.iter().find(|r| r.code == role).ok_or_else(|| Fault::text("a role is missing"))?;
    let scope = serde_json::to_string(&ScopeParts::from(scope))?;
    let always = (vocabulary::LocalDate::MIN, None);
    role_store::insert_assignment(tx, user, role.id, Some(scope), always).await
}

/// A user of an installation that is being set up.
pub struct SeedUser {
    pub login: String,
    pub display_name: String,
    pub person: Option<PersonId>,
    pub role: &'static str,
    pub scope: ScopeChoice,
}

/// Creates an administrator with a random password, which is returned and stored nowhere.
pub async fn add_admin(app: &App, login: &str) -> Result<String, Failure> {
    let secret = super::token::new_refresh().chars().take(20).collect::<String>();
    let tx = app.db.begin().await?;
    let at = app.clock.now();
    ensure_roles(&tx).await?;
    if store::user_by_login(&tx, login).await?.is_some() {
        return Err(IdentityRefusal::LoginTaken.into());
    }
    let user = SeedUser {
        login: login.to_owned(),
        display_name: login.to_owned(),
        person: None,
        role: "admin",
        scope: ScopeChoice::All,
    };
    let ids = put_users(&tx, &[user], &secret, at).await?;
    let id = ids.first().map(UserId::to_string).unwrap_or_default();
    let detail = serde_json::json!({ "login": login });
    audit(&tx, &Actor::cli(), at, "add_admin", "user", &id, detail).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Creates users with one role each; all get the same password. Known logins stay as they are.
pub async fn put_users(
    tx: &Tx,
    users: &[SeedUser],
    secret: &str,
    at: Instant,
) -> Result<Vec<UserId>, Fault> {
    let hash = password::hash(secret).await?;
    let roles = role_store::roles(tx).await?;
    let mut ids = Vec::with_capacity(users.len());
    for user in users {
        let insert = UserInsert {
            login: &user.login,
            display_name: &user.display_name,
            person: user.person,
            phone: None,
            scope: "{}",
            auth_methods: "[\"password\"]",
            password_hash: &hash,
        };
        let Some(id) = store::insert_user(tx, &insert, at).await? else {
            ids.extend(store::user_by_login(tx, &user.login).await?.map(|u| u.id));
            continue;
        };
        ids.push(id);
        if let Some(role) = roles.iter().find(|r| r.code == user.role) {
            let scope = serde_json::to_string(&ScopeParts::from(user.scope.clone()))?;
            let always = (vocabulary::LocalDate::MIN, None);
            role_store::insert_assignment(tx, id, role.id, Some(scope), always).await?;
        }
    }
    Ok(ids)
}
