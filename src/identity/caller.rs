use serde::{Deserialize, Serialize};
use vocabulary::{OrgId, PersonId, SessionId, UserId};

use super::store::{self, GrantRow};
use super::{IdentityRefusal, Permission, token};
use crate::base::{Actor, App, Channel, Failure, Scope};

/// A signed-in user with the rights he has right now.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionId,
    pub login: String,
    pub display_name: String,
    pub person: Option<PersonId>,
    grants: Vec<Grant>,
}

/// Permissions of one role assignment with its scope.
#[derive(Clone, Debug)]
struct Grant {
    permissions: Vec<Permission>,
    scope: StoredScope,
}

/// The scope column of a role assignment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum StoredScope {
    #[serde(rename = "self")]
    Own,
    Orgs {
        orgs: Vec<OrgId>,
    },
    All,
}

impl Caller {
    /// The actor for audit entries and idempotency keys.
    pub fn actor(&self) -> Actor {
        Actor { user: Some(self.user), person: self.person, channel: Channel::Api }
    }

    /// Whose data `permission` covers. Refuses when no assignment grants it.
    pub fn allow(&self, permission: Permission) -> Result<Scope, Failure> {
        let mut scope = Scope::nobody();
        let mut granted = false;
        for grant in self.grants.iter().filter(|g| g.permissions.contains(&permission)) {
            granted = true;
            match &grant.scope {
                StoredScope::All => scope.all = true,
                StoredScope::Orgs { orgs } => scope.orgs.extend(orgs),
                StoredScope::Own => scope.persons.extend(self.person),
            }
        }
        if granted {
            scope.orgs.sort_unstable();
            scope.orgs.dedup();
            scope.persons.dedup();
            Ok(scope)
        } else {
            Err(IdentityRefusal::PermissionMissing { permission: permission.code() }.into())
        }
    }

    /// The caller's own employee with a scope of exactly him: what `/me` works with.
    pub fn own(&self) -> Result<(PersonId, Scope), Failure> {
        let person = self.person.ok_or(IdentityRefusal::NoEmployee)?;
        Ok((person, Scope::person(person)))
    }

    /// Everything the caller may do, with the scope of each permission.
    pub fn permissions(&self) -> Vec<(Permission, Scope)> {
        Permission::ALL.iter().filter_map(|p| self.allow(*p).ok().map(|s| (*p, s))).collect()
    }
}

/// Who sends this access token. Refuses tokens that are forged or expired, revoked sessions and disabled
/// users alike.
pub async fn authenticate(app: &App, access_token: &str) -> Result<Caller, Failure> {
    let now = app.clock.now();
    let secret = app.config.jwt_secret();
    let (user, session) =
        token::read_access(secret, access_token, now).ok_or(IdentityRefusal::TokenInvalid)?;
    let today = app.today();
    let rows = store::grants(app.db.read(), session, user, now, today).await?;
    let Some(first) = rows.first() else { return Err(IdentityRefusal::TokenInvalid.into()) };
    Ok(Caller {
        user,
        session,
        login: first.login.clone(),
        display_name: first.display_name.clone(),
        person: first.person_id,
        grants: rows.iter().filter_map(grant).collect(),
    })
}

fn grant(row: &GrantRow) -> Option<Grant> {
    let codes: Vec<String> = serde_json::from_str(row.permissions.as_deref()?).ok()?;
    let scope = serde_json::from_str(row.scope.as_deref()?).ok()?;
    // A permission that a newer version knew and this one does not allows nothing.
    Some(Grant { permissions: codes.iter().filter_map(|c| c.parse().ok()).collect(), scope })
}
