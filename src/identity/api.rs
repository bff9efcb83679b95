//! Signing in, sessions, users, roles and the audit log over HTTP; and `Auth`, the security scheme of
//! every operation.

use contract::identity::{
    AuditView, EndedView, GrantView, MeView, PasswordPatch, RefreshCreate, RoleAssignmentView,
    RoleAssignmentsPut, RoleView, ScopeKind, ScopeView, SessionView, SignInCreate, TokenView,
    UserCreate, UserPatch, UserState, UserView,
};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem::Request;
use poem::web::headers::UserAgent;
use poem_openapi::auth::Bearer;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use poem_openapi::{OpenApi, SecurityScheme};
use vocabulary::{AuditId, Instant, PersonId, SessionId, UserId};

use super::caller::StoredScope;
use super::store::{RoleRow, UserRow};
use super::user::{NewAssignment, NewUser, ScopeChoice, UserChange};
use super::{
    Caller, Claim, IdentityRefusal, Permission, Tokens, authenticate, claim, read, store, token,
};
use crate::base::{Actor, App, Failure, Scope};

/// A signed-in user. Send the access token as `Authorization: Bearer …`.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", bearer_format = "JWT", key_name = "access_token", checker = "check")]
pub struct Auth(pub Caller);

async fn check(request: &Request, bearer: Bearer) -> poem::Result<Caller> {
    let app = request
        .data::<App>()
        .ok_or_else(|| poem::Error::from_status(poem::http::StatusCode::INTERNAL_SERVER_ERROR))?;
    authenticate(app, &bearer.token).await.map_err(|f| Problem::from(f).into())
}

/// The same token where the one statement of an operation asks the database whether it still counts.
#[derive(SecurityScheme)]
#[oai(
    rename = "Auth",
    ty = "bearer",
    bearer_format = "JWT",
    key_name = "access_token",
    checker = "check_claim"
)]
pub struct ClaimAuth(pub Claim);

async fn check_claim(request: &Request, bearer: Bearer) -> poem::Result<Claim> {
    let app = request
        .data::<App>()
        .ok_or_else(|| poem::Error::from_status(poem::http::StatusCode::INTERNAL_SERVER_ERROR))?;
    claim(app, &bearer.token).map_err(|f| Problem::from(f).into())
}

impl Auth {
    /// The actor and whose data `permission` covers; a problem 403 without it.
    pub fn allow(&self, permission: Permission) -> Result<(Actor, Scope), Problem> {
        let scope = self.0.allow(permission)?;
        Ok((self.0.actor(), scope))
    }

    /// The caller's own employee, for `/me`.
    pub fn own(&self) -> Result<(Actor, PersonId, Scope), Problem> {
        let (person, scope) = self.0.own()?;
        Ok((self.0.actor(), person, scope))
    }
}

/// Header of every write that may be repeated safely.
pub type IdempotencyKey = Header<Option<String>>;

pub struct IdentityApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl IdentityApi {
    /// Sign in
    ///
    /// Five wrong passwords in a row lock the account for fifteen minutes (429 `account_locked`).
    #[oai(
        path = "/auth/sign-in",
        method = "post",
        operation_id = "create_sign_in",
        tag = "Tag::Identity"
    )]
    async fn sign_in(
        &self,
        request: &Request,
        body: Json<SignInCreate>,
    ) -> Result<Json<TokenView>, Problem> {
        let agent = user_agent(request);
        let tokens = super::sign_in(&self.app, &body.login, &body.password, &agent).await?;
        Ok(Json(token_view(tokens)))
    }

    /// Renew the tokens
    ///
    /// A refresh token works once. Using one twice ends its session.
    #[oai(
        path = "/auth/refresh",
        method = "post",
        operation_id = "create_refresh",
        tag = "Tag::Identity"
    )]
    async fn refresh(&self, body: Json<RefreshCreate>) -> Result<Json<TokenView>, Problem> {
        let tokens = super::refresh(&self.app, &body.refresh_token).await?;
        Ok(Json(token_view(tokens)))
    }

    /// Sign out
    #[oai(
        path = "/auth/sign-out",
        method = "post",
        operation_id = "create_sign_out",
        tag = "Tag::Identity"
    )]
    async fn sign_out(&self, auth: Auth) -> Result<Json<EndedView>, Problem> {
        super::sign_out(&self.app, &auth.0).await?;
        Ok(Json(EndedView { ended: true }))
    }

    /// Who am I
    ///
    /// The user of the token with every permission and its data scope.
    #[oai(path = "/me", method = "get", operation_id = "get_me", tag = "Tag::Me")]
    async fn me(&self, auth: Auth) -> Result<Json<MeView>, Problem> {
        let c = auth.0;
        let permissions = c.permissions().into_iter().map(grant_view).collect();
        Ok(Json(MeView {
            user_id: c.user,
            login: c.login,
            display_name: c.display_name,
            person_id: c.person,
            permissions,
        }))
    }

    /// Change my password
    ///
    /// All my other sessions end.
    #[oai(
        path = "/me/password",
        method = "put",
        operation_id = "replace_my_password",
        tag = "Tag::Me"
    )]
    async fn change_password(
        &self,
        auth: Auth,
        body: Json<PasswordPatch>,
    ) -> Result<Json<EndedView>, Problem> {
        super::change_password(&self.app, &auth.0, &body.old_password, &body.new_password).await?;
        Ok(Json(EndedView { ended: true }))
    }

    /// My sessions
    #[oai(
        path = "/me/sessions",
        method = "get",
        operation_id = "list_my_sessions",
        tag = "Tag::Me"
    )]
    async fn sessions(&self, auth: Auth) -> Result<Json<Page<SessionView>>, Problem> {
        let rows = read::sessions(self.app.db.read(), auth.0.user, self.app.clock.now())
            .await
            .map_err(Failure::from)?;
        let current = auth.0.session;
        let items = rows
            .into_iter()
            .map(|s| SessionView {
                id: s.id,
                user_agent: s.user_agent,
                created_at: s.created_at,
                last_used_at: s.last_used_at,
                expires_at: s.expires_at,
                current: s.id == current,
            })
            .collect();
        Ok(Json(Page::new(items, None)))
    }

    /// End one of my sessions
    #[oai(
        path = "/me/sessions/:id",
        method = "delete",
        operation_id = "delete_my_session",
        tag = "Tag::Me"
    )]
    async fn revoke(&self, auth: Auth, id: Path<SessionId>) -> Result<Json<EndedView>, Problem> {
        super::revoke_session(&self.app, &auth.0, id.0).await?;
        Ok(Json(EndedView { ended: true }))
    }

    /// List users
    #[oai(path = "/users", method = "get", operation_id = "list_users", tag = "Tag::Identity")]
    async fn users(
        &self,
        auth: Auth,
        /// Part of the login or display name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// From the former page.
        cursor: Query<Option<UserId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<UserView>>, Problem> {
        auth.allow(Permission::UserView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let after = cursor.0.unwrap_or_default();
        let found = read::users(self.app.db.read(), text.0.as_deref(), after, limit).await;
        let rows = found.map_err(Failure::from)?;
        let next = (rows.len() as u64 == u64::from(limit)).then(|| rows.last().map(|u| u.id));
        let items = self.user_views(rows).await?;
        Ok(Json(Page::new(items, next.flatten().map(|id| id.to_string()))))
    }

    /// Create a user
    #[oai(path = "/users", method = "post", operation_id = "create_user", tag = "Tag::Identity")]
    async fn create_user(
        &self,
        auth: Auth,
        body: Json<UserCreate>,
    ) -> Result<Json<UserView>, Problem> {
        auth.allow(Permission::UserEdit)?;
        let b = body.0;
        let new = NewUser {
            login: b.login,
            display_name: b.display_name,
            person: b.person_id,
            password: b.password,
        };
        let id = super::create_user(&self.app, &auth.0, new).await?;
        self.user_view(id).await
    }

    /// Get a user
    #[oai(path = "/users/:id", method = "get", operation_id = "get_user", tag = "Tag::Identity")]
    async fn user(&self, auth: Auth, id: Path<UserId>) -> Result<Json<UserView>, Problem> {
        auth.allow(Permission::UserView)?;
        self.user_view(id.0).await
    }

    /// Change a user
    ///
    /// A new password or disabling ends all sessions of the user.
    #[oai(
        path = "/users/:id",
        method = "patch",
        operation_id = "update_user",
        tag = "Tag::Identity"
    )]
    async fn update_user(
        &self,
        auth: Auth,
        id: Path<UserId>,
        body: Json<UserPatch>,
    ) -> Result<Json<UserView>, Problem> {
        auth.allow(Permission::UserEdit)?;
        let b = body.0;
        let change = UserChange {
            version: b.version,
            display_name: b.display_name,
            active: b.state.map(|s| s == UserState::Active),
            password: b.password,
        };
        super::update_user(&self.app, &auth.0, id.0, change).await?;
        self.user_view(id.0).await
    }

    /// Replace the roles of a user
    ///
    /// Takes effect on the next request of the user.
    #[oai(
        path = "/users/:id/roles",
        method = "put",
        operation_id = "replace_user_roles",
        tag = "Tag::Identity"
    )]
    async fn assign_roles(
        &self,
        auth: Auth,
        id: Path<UserId>,
        body: Json<RoleAssignmentsPut>,
    ) -> Result<Json<UserView>, Problem> {
        auth.allow(Permission::UserEdit)?;
        let mut wanted = Vec::with_capacity(body.assignments.len());
        for a in body.0.assignments {
            if a.scope != ScopeKind::Orgs && !a.org_ids.is_empty() {
                return Err(Failure::from(IdentityRefusal::ScopeInvalid).into());
            }
            wanted.push(NewAssignment {
                role: a.role_id,
                scope: match a.scope {
                    ScopeKind::Own => ScopeChoice::Own,
                    ScopeKind::Orgs => ScopeChoice::Orgs(a.org_ids),
                    ScopeKind::All => ScopeChoice::All,
                },
                valid_from: a.valid_from,
                valid_to: a.valid_to,
            });
        }
        super::assign_roles(&self.app, &auth.0, id.0, wanted).await?;
        self.user_view(id.0).await
    }

    /// List roles
    #[oai(path = "/roles", method = "get", operation_id = "list_roles", tag = "Tag::Identity")]
    async fn roles(&self, auth: Auth) -> Result<Json<Page<RoleView>>, Problem> {
        auth.allow(Permission::UserView)?;
        let rows = store::roles(self.app.db.read()).await.map_err(Failure::from)?;
        let items = rows.into_iter().map(role_view).collect::<Result<_, _>>();
        Ok(Json(Page::new(items.map_err(Failure::from)?, None)))
    }

    /// Read the audit log
    ///
    /// Newest first. Every write has an entry, written in its own transaction.
    #[oai(path = "/audit", method = "get", operation_id = "list_audit", tag = "Tag::Identity")]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn audit(
        &self,
        auth: Auth,
        /// Kind of object, for example `rule`.
        object: Query<Option<String>>,
        object_id: Query<Option<String>>,
        user_id: Query<Option<UserId>>,
        /// Not before.
        from: Query<Option<Instant>>,
        /// Before.
        to: Query<Option<Instant>>,
        /// From the former page.
        cursor: Query<Option<AuditId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<AuditView>>, Problem> {
        auth.allow(Permission::AuditView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = read::AuditFilter {
            object: object.0,
            object_id: object_id.0,
            user: user_id.0,
            from: from.0,
            to: to.0,
            before: cursor.0,
            limit,
        };
        let found = read::audit_entries(self.app.db.read(), &filter).await;
        let rows = found.map_err(Failure::from)?;
        let next = (rows.len() as u64 == u64::from(limit)).then(|| rows.last().map(|a| a.id));
        let items = rows.into_iter().map(audit_view).collect();
        Ok(Json(Page::new(items, next.flatten().map(|id| id.to_string()))))
    }
}

impl IdentityApi {
    async fn user_view(&self, id: UserId) -> Result<Json<UserView>, Problem> {
        let found = store::user(self.app.db.read(), id).await.map_err(Failure::from)?;
        let user = found.ok_or_else(|| Failure::from(IdentityRefusal::UserNotFound))?;
        let views = self.user_views(vec![user]).await?;
        let view = views.into_iter().next();
        view.map(Json).ok_or_else(|| Failure::from(IdentityRefusal::UserNotFound).into())
    }

    async fn user_views(&self, rows: Vec<UserRow>) -> Result<Vec<UserView>, Problem> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let roles = read::assignments(self.app.db.read(), first.id, last.id)
            .await
            .map_err(Failure::from)?;
        let mut by_user = std::collections::HashMap::<UserId, Vec<RoleAssignmentView>>::new();
        for row in roles {
            let (user, view) = assignment_view(row).map_err(Failure::from)?;
            by_user.entry(user).or_default().push(view);
        }
        Ok(rows
            .into_iter()
            .map(|u| UserView {
                assignments: by_user.remove(&u.id).unwrap_or_default(),
                id: u.id,
                login: u.login,
                display_name: u.display_name,
                person_id: u.person_id,
                state: if u.state == "active" { UserState::Active } else { UserState::Disabled },
                locked_until: u.locked_until,
                last_login_at: u.last_login_at,
                version: u.version,
            })
            .collect())
    }
}

/// Page size when none is asked for.
pub fn default_limit() -> u32 {
    50
}

fn user_agent(request: &Request) -> String {
    use poem::web::headers::HeaderMapExt;
    request.headers().typed_get::<UserAgent>().map(|a| a.to_string()).unwrap_or_default()
}

fn token_view(t: Tokens) -> TokenView {
    TokenView {
        access_token: t.access,
        token_type: "Bearer".to_owned(),
        expires_in_seconds: token::ACCESS_SECONDS,
        refresh_token: t.refresh,
        session_id: t.session,
    }
}

fn grant_view((permission, scope): (Permission, Scope)) -> GrantView {
    GrantView {
        permission: permission.code().to_owned(),
        scope: ScopeView { all: scope.all, org_ids: scope.orgs, person_ids: scope.persons },
    }
}

fn role_view(r: RoleRow) -> Result<RoleView, serde_json::Error> {
    let permissions = serde_json::from_str(&r.permissions)?;
    Ok(RoleView { id: r.id, code: r.code, name: r.name, permissions })
}

fn assignment_view(
    r: read::AssignmentRow,
) -> Result<(UserId, RoleAssignmentView), serde_json::Error> {
    let (scope, org_ids) = match serde_json::from_str(&r.scope)? {
        StoredScope::Own => (ScopeKind::Own, Vec::new()),
        StoredScope::Orgs { orgs } => (ScopeKind::Orgs, orgs),
        StoredScope::All => (ScopeKind::All, Vec::new()),
    };
    let view = RoleAssignmentView {
        role_id: r.role_id,
        role_code: r.role_code,
        scope,
        org_ids,
        valid_from: r.valid_from,
        valid_to: r.valid_to,
    };
    Ok((r.user_id, view))
}

fn audit_view(a: read::AuditRow) -> AuditView {
    let detail = serde_json::from_str(&a.detail).unwrap_or(serde_json::Value::Null);
    AuditView {
        id: a.id,
        at: a.at,
        user_id: a.user_id,
        channel: a.channel,
        operation: a.operation,
        object: a.object,
        object_id: a.object_id,
        detail: Any(detail),
    }
}
