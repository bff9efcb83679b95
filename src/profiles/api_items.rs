//! Fields and custom items of the file over HTTP.

use contract::employee_files::{
    CustomItemCreate, CustomItemPatch, CustomItemView, EmployeeFieldPut, EmployeeFieldView,
};
use contract::{Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use vocabulary::CustomItemId;

use super::fields::FIELDS;
use super::load::{field_is_on, items, optional_fields};
use super::view;
use crate::base::{App, Failure, Once, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey};

pub struct ProfileItemsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ProfileItemsApi {
    /// List the fields of the employee file
    ///
    /// Those of the product and the custom items, in the order of screens and files. All of them at once.
    #[oai(
        path = "/employee-fields",
        method = "get",
        operation_id = "list_employee_fields",
        tag = "Tag::People"
    )]
    async fn fields(&self, auth: Auth) -> Result<Json<Page<EmployeeFieldView>>, Problem> {
        auth.allow(P::PersonView)?;
        let q = self.app.db.read();
        let optional = optional_fields(q).await.map_err(Failure::from)?;
        let custom = items(q).await.map_err(Failure::from)?;
        let own = FIELDS.iter().map(|f| view::field(f, field_is_on(f, &optional)));
        let all = own.chain(custom.iter().map(view::custom_field)).collect();
        Ok(Json(Page::new(all, None)))
    }

    /// Switch an optional field on or off
    ///
    /// What is not needed is not collected: birth place, household and marital status are off at first. Values of a field
    /// that is off stay stored, but are shown to nobody.
    #[oai(
        path = "/employee-fields/:name",
        method = "put",
        operation_id = "replace_employee_field",
        tag = "Tag::People"
    )]
    async fn set_field_use(
        &self,
        auth: Auth,
        #[oai(validator(max_length = 60))] name: Path<String>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<EmployeeFieldPut>,
    ) -> Result<Json<EmployeeFieldView>, Problem> {
        let (actor, _) = auth.allow(P::CustomItemEdit)?;
        let once = Once::new(key.0, &(&name.0, body.on))?;
        let app = &self.app;
        let (field, on) =
            retry(|| super::set_field_use(app, &actor, &name.0, body.on, &once)).await?;
        Ok(Json(view::field(field, on)))
    }

    /// List custom items
    ///
    /// In the order in which they were made; all of them at once, at most 200.
    #[oai(
        path = "/custom-items",
        method = "get",
        operation_id = "list_custom_items",
        tag = "Tag::People"
    )]
    async fn items(&self, auth: Auth) -> Result<Json<Page<CustomItemView>>, Problem> {
        auth.allow(P::PersonView)?;
        let all = items(self.app.db.read()).await.map_err(Failure::from)?;
        Ok(Json(Page::new(all.into_iter().map(view::item).collect(), None)))
    }

    /// Create a custom item
    #[oai(
        path = "/custom-items",
        method = "post",
        operation_id = "create_custom_item",
        tag = "Tag::People"
    )]
    async fn create_item(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CustomItemCreate>,
    ) -> Result<Json<CustomItemView>, Problem> {
        let (actor, _) = auth.allow(P::CustomItemEdit)?;
        let new = view::new_item(body.0).map_err(Failure::from)?;
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::create_item(&self.app, &actor, &new, &once)).await?;
        Ok(Json(view::item(done)))
    }

    /// Change a custom item
    ///
    /// No value is ever cut: 409 if values exist that another kind or a smaller size cannot hold. Elements that are left
    /// out but in use are hidden.
    #[oai(
        path = "/custom-items/:id",
        method = "patch",
        operation_id = "update_custom_item",
        tag = "Tag::People"
    )]
    async fn update_item(
        &self,
        auth: Auth,
        id: Path<CustomItemId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CustomItemPatch>,
    ) -> Result<Json<CustomItemView>, Problem> {
        let (actor, _) = auth.allow(P::CustomItemEdit)?;
        let change = view::item_change(body.0).map_err(Failure::from)?;
        let once = Once::new(key.0, &(id.0, &change))?;
        let done = retry(|| super::update_item(&self.app, &actor, id.0, &change, &once)).await?;
        Ok(Json(view::item(done)))
    }

    /// Remove a custom item
    ///
    /// Only while it has no values.
    #[oai(
        path = "/custom-items/:id",
        method = "delete",
        operation_id = "delete_custom_item",
        tag = "Tag::People"
    )]
    async fn remove_item(
        &self,
        auth: Auth,
        id: Path<CustomItemId>,
    ) -> Result<Json<CustomItemView>, Problem> {
        let (actor, _) = auth.allow(P::CustomItemEdit)?;
        let done = retry(|| super::remove_item(&self.app, &actor, id.0)).await?;
        Ok(Json(view::item(done)))
    }
}
