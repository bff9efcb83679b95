use vocabulary::{Instant, PersonId, UserId};

use super::permission::SEED_ROLES;
use super::user::{NewAssignment, ScopeChoice};
use super::{IdentityRefusal, password, store};
use crate::base::{Actor, App, Failure, Fault, Tx, audit};

/// Writes the seed roles as this version defines them. Repeating it changes nothing.
pub async fn ensure_roles(tx: &Tx) -> Result<(), Fault> {
    for role in SEED_ROLES {
        let codes: Vec<&str> = role.permissions.iter().map(|p| p.code()).collect();
        store::put_role(tx, role.code, role.name, &serde_json::to_string(&codes)?).await?;
    }
    Ok(())
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
    let roles = store::roles(tx).await?;
    let mut ids = Vec::with_capacity(users.len());
    for user in users {
        let new =
            store::insert_user(tx, &user.login, &user.display_name, user.person, &hash, at).await?;
        let Some(id) = new else {
            ids.extend(store::user_by_login(tx, &user.login).await?.map(|u| u.id));
            continue;
        };
        ids.push(id);
        if let Some(role) = roles.iter().find(|r| r.code == user.role) {
            let a = NewAssignment {
                role: role.id,
                scope: user.scope.clone(),
                valid_from: vocabulary::LocalDate::MIN,
                valid_to: None,
            };
            store::insert_assignment(tx, id, a.role, &a.scope.stored()?, a.valid_from, None)
                .await?;
        }
    }
    Ok(ids)
}
