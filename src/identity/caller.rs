use sea_orm::Value;
use serde::{Deserialize, Serialize};
use vocabulary::{Instant, OrgId, PersonId, SessionId, UserId};

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

/// What a token of ours says. Whether its session still lives is for the database to say.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    user: UserId,
    session: SessionId,
}

impl Claim {
    /// A query that gives the `person_id` of the one who claims: no row if his session has ended or he is
    /// disabled, null if he is no employee. What is bound is appended to `values`.
    pub fn sql(&self, now: Instant, values: &mut Vec<Value>) -> String {
        values.extend([self.session.into(), self.user.into(), now.into()]);
        store::person_sql(values.len() - 2)
    }
}

/// Reads a token without asking the database. Refuses those that are forged or expired.
pub fn claim(app: &App, access_token: &str) -> Result<Claim, Failure> {
    let read = token::read_access(app.config.jwt_secret(), access_token, app.clock.now());
    let (user, session) = read.ok_or(IdentityRefusal::TokenInvalid)?;
    Ok(Claim { user, session })
}

/// Who sends this access token. Refuses tokens that are forged or expired, revoked sessions and disabled
/// users alike.
pub async fn authenticate(app: &App, access_token: &str) -> Result<Caller, Failure> {
    let now = app.clock.now();
    let Claim { user, session } = claim(app, access_token)?;
    let today = app.today();
    let rows = store::grants(app.db.points(), session, user, now, today).await?;
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
