//! Users and their roles over HTTP.

use std::collections::HashMap;

use contract::rights::{
    PermissionCheckView, ReasonedGrantView, RoleAssignmentsPut, UserPermissionsView,
};
use contract::users::{UserCreate, UserPatch, UserView};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, PersonId, UserId};

use super::api::{Auth, default_limit};
use super::assign_roles::NewAssignment;
use super::reasons::Reasons;
use super::store::UserRow;
use super::user::{NewUser, UserChange};
use super::{IdentityRefusal, Permission as P, covers, read, role_store, view};
use crate::base::{App, Failure, Scope};

pub struct UsersApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl UsersApi {
    /// List users
    ///
    /// Whoever may see everybody sees all of them; others see the users who are employees within scope today.
    #[oai(path = "/users", method = "get", operation_id = "list_users", tag = "Tag::Identity")]
    async fn users(
        &self,
        auth: Auth,
        /// Part of the login, the display name or the phone number.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// Who is this employee.
        person_id: Query<Option<PersonId>>,
        /// Who holds this role, now or at another time.
        #[oai(validator(max_length = 40))]
        role_code: Query<Option<String>>,
        state: Query<Option<contract::users::UserState>>,
        /// From the former page.
        cursor: Query<Option<UserId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<UserView>>, Problem> {
        let (_, scope) = auth.with(P::UserView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = read::UserFilter {
            id: None,
            text: text.0,
            person: person_id.0,
            role: role_code.0,
            state: state.0.map(view::state),
            after: cursor.0.unwrap_or_default(),
            today: self.app.today(),
            now: self.app.clock.now(),
            limit,
        };
        let rows = read::users(self.app.db.read(), &scope, &filter).await.map_err(Failure::from)?;
        let next = (rows.len() as u64 == u64::from(limit)).then(|| rows.last().map(|u| u.id));
        let items = self.views(rows).await?;
        Ok(Json(Page::new(items, next.flatten().map(|id| id.to_string()))))
    }

    /// Create a user
    ///
    /// Without any role. The employee he is must be within your scope.
    #[oai(path = "/users", method = "post", operation_id = "create_user", tag = "Tag::Identity")]
    async fn create_user(
        &self,
        auth: Auth,
        body: Json<UserCreate>,
    ) -> Result<Json<UserView>, Problem> {
        let (caller, _) = auth.with(P::UserEdit)?;
        let b = body.0;
        let methods = b
            .auth_methods
            .map_or_else(|| vec!["password"], |m| m.into_iter().map(view::method).collect());
        let new = NewUser {
            login: b.login,
            display_name: b.display_name,
            person: b.person_id,
            phone: b.phone,
            scope: b.scope.map(view::wish).unwrap_or_default(),
            auth_methods: methods,
            password: b.password,
        };
        let id = super::create_user(&self.app, &caller, new).await?;
        self.one(&Scope::everybody(), id).await
    }

    /// Get a user
    #[oai(path = "/users/:id", method = "get", operation_id = "get_user", tag = "Tag::Identity")]
    async fn user(&self, auth: Auth, id: Path<UserId>) -> Result<Json<UserView>, Problem> {
        let (_, scope) = auth.with(P::UserView)?;
        self.one(&scope, id.0).await
    }

    /// Change a user
    ///
    /// A new password, locking and disabling end all sessions of the user. 403 `rights_exceed_yours` if he has rights
    /// you do not have, or would get them.
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
        let (caller, _) = auth.with(P::UserEdit)?;
        let b = body.0;
        let change = UserChange {
            version: b.version,
            display_name: b.display_name,
            person: if b.unlink_person { Some(None) } else { b.person_id.map(Some) },
            phone: b.phone,
            state: b.state.map(view::state),
            auth_methods: b.auth_methods.map(|m| m.into_iter().map(view::method).collect()),
            scope: b.scope.map(view::wish),
            password: b.password,
        };
        super::update_user(&self.app, &caller, id.0, change).await?;
        self.one(&Scope::everybody(), id.0).await
    }

    /// Replace the roles of a user
    ///
    /// Takes effect on the next request of the user. 403 `rights_exceed_yours` if he has rights you do not have, or
    /// would get them, or would keep them longer than you.
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
        let (caller, _) = auth.with(P::UserEdit)?;
        let version = body.version;
        let wanted = body.0.assignments.into_iter().map(|a| NewAssignment {
            role: a.role_id,
            scope: a.scope.map(view::wish),
            valid_from: a.valid_from,
            valid_to: a.valid_to,
        });
        super::assign_roles(&self.app, &caller, id.0, version, wanted.collect()).await?;
        self.one(&Scope::everybody(), id.0).await
    }

    /// What a user may
    ///
    /// Each permission with its scope and the assignments that grant it.
    #[oai(
        path = "/users/:id/permissions",
        method = "get",
        operation_id = "get_user_permissions",
        tag = "Tag::Identity"
    )]
    async fn permissions(
        &self,
        auth: Auth,
        id: Path<UserId>,
        /// The date on which the assignments are valid; today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<UserPermissionsView>, Problem> {
        let (_, scope) = auth.with(P::UserView)?;
        let user = self.found(&scope, id.0).await?;
        let on = on.0.unwrap_or_else(|| self.app.today());
        let reasons = Reasons::of(self.app.db.read(), id.0, user.person_id, on).await?;
        let permissions = reasons
            .permissions()
            .into_iter()
            .map(|(permission, scope, granting)| ReasonedGrantView {
                permission: permission.code().to_owned(),
                scope: view::scope(&scope),
                reasons: granting.into_iter().map(view::reason).collect(),
            })
            .collect();
        Ok(Json(UserPermissionsView { menus: reasons.menus()?, permissions }))
    }

    /// Why a user may
    ///
    /// Whether he may do one operation with the data of a person, today, and which of his assignments allow it.
    #[oai(
        path = "/users/:id/permission-check",
        method = "get",
        operation_id = "get_permission_check",
        tag = "Tag::Identity"
    )]
    async fn check(
        &self,
        auth: Auth,
        id: Path<UserId>,
        /// For example `roster.edit`.
        #[oai(validator(max_length = 60))]
        permission: Query<String>,
        /// Whose data; somebody within your scope.
        person_id: Query<PersonId>,
        /// The date of the data; today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<PermissionCheckView>, Problem> {
        let (_, scope) = auth.with(P::UserView)?;
        let code = permission.0;
        let asked: P =
            code.parse().map_err(|_| Failure::from(IdentityRefusal::PermissionUnknown { code }))?;
        let user = self.found(&scope, id.0).await?;
        let (q, today) = (self.app.db.read(), self.app.today());
        let on = on.0.unwrap_or(today);
        if !covers::reaches(q, &scope, person_id.0, on).await.map_err(Failure::from)? {
            return Err(Failure::from(IdentityRefusal::NoSuchPerson).into());
        }
        let reasons = Reasons::of(q, id.0, user.person_id, today).await?;
        let allowing = reasons.allowing(q, asked, person_id.0, on).await?;
        Ok(Json(PermissionCheckView {
            user_id: id.0,
            permission: asked.code().to_owned(),
            person_id: person_id.0,
            on,
            allowed: !allowing.is_empty(),
            reasons: allowing.into_iter().map(view::reason).collect(),
        }))
    }
}

impl UsersApi {
    async fn found(&self, scope: &Scope, id: UserId) -> Result<UserRow, Problem> {
        let filter = read::UserFilter::one(id, self.app.today(), self.app.clock.now());
        let found = read::users(self.app.db.read(), scope, &filter).await.map_err(Failure::from)?;
        let user = found.into_iter().next();
        Ok(user.ok_or_else(|| Failure::from(IdentityRefusal::UserNotFound))?)
    }

    async fn one(&self, scope: &Scope, id: UserId) -> Result<Json<UserView>, Problem> {
        let user = self.found(scope, id).await?;
        let view = self.views(vec![user]).await?.pop();
        view.map(Json).ok_or_else(|| Failure::from(IdentityRefusal::UserNotFound).into())
    }

    async fn views(&self, rows: Vec<UserRow>) -> Result<Vec<UserView>, Problem> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let q = self.app.db.read();
        let roles = role_store::assignments(q, first.id, last.id).await.map_err(Failure::from)?;
        let mut by_user = HashMap::<UserId, Vec<_>>::new();
        for row in roles {
            by_user
                .entry(row.user_id)
                .or_default()
                .push(view::assignment(row).map_err(Failure::from)?);
        }
        let now = self.app.clock.now();
        let shown = rows.into_iter().map(|u| {
            let assignments = by_user.remove(&u.id).unwrap_or_default();
            view::user(u, assignments, now)
        });
        Ok(shown.collect::<Result<_, _>>().map_err(Failure::from)?)
    }
}
