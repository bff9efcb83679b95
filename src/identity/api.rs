//! Signing in and one's own sessions over HTTP; and `Auth`, the security scheme of every operation.

use contract::identity::{
    EndedView, MeView, PasswordPatch, RefreshCreate, SessionView, SignInCreate, TokenView,
};
use contract::rights::MyPermissionsView;
use contract::{Page, Problem, Tag};
use poem::Request;
use poem::web::headers::UserAgent;
use poem_openapi::auth::Bearer;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{OpenApi, SecurityScheme};
use vocabulary::{PersonId, SessionId, UserId};

use super::reasons::Reasons;
use super::{Caller, Claim, Fields, Permission, Tokens, authenticate, claim, read, token, view};
use crate::base::{Actor, App, Failure, Scope};

/// A signed-in user. Send the access token as `Authorization: Bearer …`.
#[derive(Clone, SecurityScheme)]
#[oai(ty = "bearer", bearer_format = "JWT", key_name = "access_token", checker = "check")]
pub struct Auth(pub(super) Caller);

async fn check(request: &Request, bearer: Bearer) -> poem::Result<Caller> {
    let app = request
        .data::<App>()
        .ok_or_else(|| poem::Error::from_status(poem::http::StatusCode::INTERNAL_SERVER_ERROR))?;
    authenticate(app, &bearer.token).await.map_err(|f| Problem::from(f).into())
}

/// The same token where the one statement of an operation asks the database whether it still counts.
#[derive(Clone, SecurityScheme)]
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
    /// The actor and whose data `permission` covers; a problem 403 without it. A request asks once: it has the scope of
    /// one permission and cannot take that of another.
    pub fn allow(self, permission: Permission) -> Result<(Actor, Scope), Problem> {
        let actor = self.0.actor();
        Ok((actor, self.0.allow(permission)?))
    }

    /// For what needs two permissions: the scope contains whom both cover.
    pub fn allow_both(self, one: Permission, other: Permission) -> Result<(Actor, Scope), Problem> {
        let (actor, narrow) = (self.0.actor(), self.0.scope_of(other)?);
        Ok((actor, self.0.allow(one)?.and(narrow)))
    }

    /// As [`Self::allow`], with whose masked fields may be shown.
    pub fn allow_with_fields(
        self,
        permission: Permission,
    ) -> Result<(Actor, Scope, Fields), Problem> {
        let (actor, fields) = (self.0.actor(), self.0.fields());
        Ok((actor, self.0.allow(permission)?, fields))
    }

    /// The caller's own employee, for `/me`.
    pub fn own(self) -> Result<(Actor, PersonId, Scope), Problem> {
        let (person, scope) = self.0.own()?;
        Ok((self.0.actor(), person, scope))
    }

    /// Who asks, where everybody may.
    pub fn actor(&self) -> Actor {
        self.0.actor()
    }

    pub const fn user(&self) -> UserId {
        self.0.user
    }

    /// Whether the caller has this permission for everybody. For what belongs to users and to no person.
    pub fn everywhere(&self, permission: Permission) -> bool {
        self.0.everywhere(permission)
    }

    /// The caller with the scope of `permission`, for this room.
    pub(super) fn with(self, permission: Permission) -> Result<(Caller, Scope), Problem> {
        let scope = self.0.scope_of(permission)?;
        Ok((self.0, scope))
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
        let permissions = c.permissions().into_iter().map(view::grant).collect();
        Ok(Json(MeView {
            user_id: c.user,
            login: c.login,
            display_name: c.display_name,
            person_id: c.person,
            permissions,
        }))
    }

    /// What I may do
    ///
    /// Menus and permissions of all my roles that are valid today, for a front end.
    #[oai(
        path = "/me/permissions",
        method = "get",
        operation_id = "get_my_permissions",
        tag = "Tag::Me"
    )]
    async fn my_permissions(&self, auth: Auth) -> Result<Json<MyPermissionsView>, Problem> {
        let c = auth.0;
        let (q, today) = (self.app.db.read(), self.app.today());
        let menus = Reasons::of(q, c.user, c.person, today).await?.menus()?;
        let permissions = c.permissions().into_iter().map(view::grant).collect();
        Ok(Json(MyPermissionsView { menus, own: c.person.is_some(), permissions }))
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
