use std::collections::BTreeSet;

use sea_orm::Value;
use vocabulary::{Instant, LocalDate, PersonId, SessionId, UserId};

use super::store::{self, GrantRow};
use super::{FieldGroup, Fields, IdentityRefusal, Permission, ScopeParts, token};
use crate::base::{Actor, App, Channel, Failure, Fault, Scope};

/// A signed-in user with the rights he has right now.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionId,
    pub login: String,
    pub display_name: String,
    pub person: Option<PersonId>,
    pub(super) grants: Vec<Grant>,
}

/// Permissions of one role assignment with its scope, and its last day.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub permissions: BTreeSet<Permission>,
    pub parts: ScopeParts,
    pub until: Option<LocalDate>,
}

impl Grant {
    pub(super) fn new(
        permissions: &str,
        scope: &str,
        until: Option<LocalDate>,
    ) -> Result<Self, Fault> {
        let codes: Vec<String> = serde_json::from_str(permissions)?;
        Ok(Self {
            // A permission that a newer version knew and this one does not allows nothing.
            permissions: codes.iter().filter_map(|c| c.parse().ok()).collect(),
            parts: serde_json::from_str(scope)?,
            until,
        })
    }
}

impl Caller {
    /// The actor for audit entries and idempotency keys.
    pub fn actor(&self) -> Actor {
        Actor { user: Some(self.user), person: self.person, channel: Channel::Api }
    }

    /// Whose data `permission` covers. Refuses when no assignment grants it. Takes the caller: whoever answers a request
    /// gets one scope, that of one permission, and cannot use another one by mistake.
    pub fn allow(self, permission: Permission) -> Result<Scope, Failure> {
        self.scope_of(permission)
    }

    /// Whether he has the permission for everybody. For what belongs to no person.
    pub fn everywhere(&self, permission: Permission) -> bool {
        self.scope_of(permission).is_ok_and(|s| s.is_everybody())
    }

    /// The union of the scopes of the assignments that grant this permission, and of no other (DD-1).
    pub(super) fn scope_of(&self, permission: Permission) -> Result<Scope, Failure> {
        let mut granting =
            self.grants.iter().filter(|g| g.permissions.contains(&permission)).peekable();
        if granting.peek().is_none() {
            return Err(IdentityRefusal::PermissionMissing { permission: permission.code() }.into());
        }
        Ok(ScopeParts::union(granting.map(|g| &g.parts), self.person))
    }

    /// The caller's own employee with a scope of exactly him: what `/me` works with.
    pub fn own(&self) -> Result<(PersonId, Scope), Failure> {
        let person = self.person.ok_or(IdentityRefusal::NoEmployee)?;
        Ok((person, Scope::person(person)))
    }

    /// Whose masked fields he may see; always his own.
    pub fn fields(&self) -> Fields {
        let own = ScopeParts { own: true, ..ScopeParts::default() };
        let scope = |group: FieldGroup| {
            let permission = group.permission();
            let granting = self.grants.iter().filter(|g| g.permissions.contains(&permission));
            ScopeParts::union(granting.map(|g| &g.parts).chain([&own]), self.person)
        };
        Fields { scopes: FieldGroup::ALL.map(|g| (g, scope(g))).into() }
    }

    /// Everything the caller may do, with the scope of each permission.
    pub fn permissions(&self) -> Vec<(Permission, Scope)> {
        Permission::ALL.iter().filter_map(|p| self.scope_of(*p).ok().map(|s| (*p, s))).collect()
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
/// users alike. Rights are read from the database with every request and kept nowhere.
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
        grants: rows
            .iter()
            .map(grant)
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect(),
    })
}

fn grant(row: &GrantRow) -> Result<Option<Grant>, Fault> {
    let (Some(permissions), Some(scope)) = (&row.permissions, &row.scope) else { return Ok(None) };
    Grant::new(permissions, scope, row.valid_to).map(Some)
}
