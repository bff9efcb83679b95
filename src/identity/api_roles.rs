//! Roles over HTTP.

use contract::rights::{PermissionView, RoleCreate, RoleDeletedView, RolePatch, RoleView};
use contract::{Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use vocabulary::RoleId;

use super::api::{Auth, IdempotencyKey};
use super::role::{NewRole, RoleChange};
use super::{FieldGroup, IdentityRefusal, Permission as P, role_store, view};
use crate::base::{App, Failure, Once, retry};

pub struct RolesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl RolesApi {
    /// List roles
    #[oai(path = "/roles", method = "get", operation_id = "list_roles", tag = "Tag::Identity")]
    async fn roles(&self, auth: Auth) -> Result<Json<Page<RoleView>>, Problem> {
        auth.allow(P::UserView)?;
        let rows = role_store::roles(self.app.db.read()).await.map_err(Failure::from)?;
        let items = rows.into_iter().map(view::role).collect::<Result<_, _>>();
        Ok(Json(Page::new(items.map_err(Failure::from)?, None)))
    }

    /// List permissions
    ///
    /// Every operation a role may hold.
    #[oai(
        path = "/permissions",
        method = "get",
        operation_id = "list_permissions",
        tag = "Tag::Identity"
    )]
    async fn permissions(&self, auth: Auth) -> Result<Json<Page<PermissionView>>, Problem> {
        auth.allow(P::UserView)?;
        let field = |p: &P| FieldGroup::ALL.iter().any(|g| g.permission() == *p);
        let view = |p: &P| PermissionView { code: p.code().to_owned(), field: field(p) };
        Ok(Json(Page::new(P::ALL.iter().map(view).collect(), None)))
    }

    /// Create a role
    ///
    /// Of operations you have for everybody.
    #[oai(path = "/roles", method = "post", operation_id = "create_role", tag = "Tag::Identity")]
    async fn create(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RoleCreate>,
    ) -> Result<Json<RoleView>, Problem> {
        let (caller, _) = auth.with(P::RoleEdit)?;
        let b = body.0;
        let new =
            NewRole { code: b.code, name: b.name, menus: b.menus, permissions: b.permissions };
        let once = Once::new(key.0, &new)?;
        let id = retry(|| super::create_role(&self.app, &caller, &new, &once)).await?;
        self.one(id).await
    }

    /// Get a role
    #[oai(path = "/roles/:id", method = "get", operation_id = "get_role", tag = "Tag::Identity")]
    async fn role(&self, auth: Auth, id: Path<RoleId>) -> Result<Json<RoleView>, Problem> {
        auth.allow(P::UserView)?;
        self.one(id.0).await
    }

    /// Change a role
    ///
    /// Counts for all holders on their next request. Only operations you have for everybody can be added.
    #[oai(
        path = "/roles/:id",
        method = "patch",
        operation_id = "update_role",
        tag = "Tag::Identity"
    )]
    async fn update(
        &self,
        auth: Auth,
        id: Path<RoleId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RolePatch>,
    ) -> Result<Json<RoleView>, Problem> {
        let (caller, _) = auth.with(P::RoleEdit)?;
        let b = body.0;
        let change = RoleChange {
            version: b.version,
            name: b.name,
            menus: b.menus,
            permissions: b.permissions,
        };
        let once = Once::new(key.0, &(id.0, &change))?;
        let id = retry(|| super::update_role(&self.app, &caller, id.0, &change, &once)).await?;
        self.one(id).await
    }

    /// Delete a role
    ///
    /// One that nobody holds or held.
    #[oai(
        path = "/roles/:id",
        method = "delete",
        operation_id = "delete_role",
        tag = "Tag::Identity"
    )]
    async fn delete(&self, auth: Auth, id: Path<RoleId>) -> Result<Json<RoleDeletedView>, Problem> {
        let (caller, _) = auth.with(P::RoleEdit)?;
        super::delete_role(&self.app, &caller, id.0).await?;
        Ok(Json(RoleDeletedView { deleted: true }))
    }
}

impl RolesApi {
    async fn one(&self, id: RoleId) -> Result<Json<RoleView>, Problem> {
        let found = role_store::role(self.app.db.read(), id).await.map_err(Failure::from)?;
        let role = found.ok_or_else(|| Failure::from(IdentityRefusal::NoSuchRole))?;
        Ok(Json(view::role(role).map_err(Failure::from)?))
    }
}
