//! Dimensions and their values over HTTP.

use contract::dimensions::{
    DimensionAssignmentView, DimensionAssignmentsPut, DimensionCreate, DimensionMemberView,
    DimensionPatch, DimensionValuePatch, DimensionValueView, DimensionValuesPut, DimensionView,
};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, OrgId, PersonId};

use super::api_masters::{filter, page, refused};
use super::master_view as view;
use super::{
    DimensionAssignment, DimensionEntry, DimensionEntryFilter, DimensionMemberFilter, Master,
    MasterChange, MasterInput, MasterRefusal, ValueChange, ValueFilter, ValueInput,
};
use crate::base::{App, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct DimensionsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl DimensionsApi {
    /// List dimensions
    ///
    /// In the order of their codes.
    #[oai(
        path = "/dimensions",
        method = "get",
        operation_id = "list_dimensions",
        tag = "Tag::People"
    )]
    async fn dimensions(
        &self,
        auth: Auth,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<DimensionView>>, Problem> {
        auth.allow(P::DimensionView)?;
        let filter = filter(text.0, None, cursor.0, limit.0);
        let rows = super::masters(self.app.db.read(), Master::Dimension, &filter).await?;
        Ok(Json(page(rows, filter.limit, view::dimension)))
    }

    /// Create a dimension
    #[oai(
        path = "/dimensions",
        method = "post",
        operation_id = "create_dimension",
        tag = "Tag::People"
    )]
    async fn create_dimension(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DimensionCreate>,
    ) -> Result<Json<DimensionView>, Problem> {
        let (actor, _) = auth.allow(P::DimensionEdit)?;
        let b = body.0;
        let new = MasterInput { code: b.code, name: Some(b.name), grade: None, active: None };
        let once = Once::new(key.0, &new)?;
        let app = &self.app;
        let done =
            retry(|| super::create_master(app, &actor, Master::Dimension, &new, &once)).await?;
        Ok(Json(view::dimension(done)))
    }

    /// Get a dimension
    #[oai(
        path = "/dimensions/:id",
        method = "get",
        operation_id = "get_dimension",
        tag = "Tag::People"
    )]
    async fn dimension(
        &self,
        auth: Auth,
        id: Path<DimensionId>,
    ) -> Result<Json<DimensionView>, Problem> {
        auth.allow(P::DimensionView)?;
        let row = super::master(self.app.db.read(), Master::Dimension, id.0.0).await?;
        let row = row.ok_or_else(|| refused(MasterRefusal::DimensionNotFound))?;
        Ok(Json(view::dimension(row)))
    }

    /// Change a dimension
    #[oai(
        path = "/dimensions/:id",
        method = "patch",
        operation_id = "update_dimension",
        tag = "Tag::People"
    )]
    async fn update_dimension(
        &self,
        auth: Auth,
        id: Path<DimensionId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DimensionPatch>,
    ) -> Result<Json<DimensionView>, Problem> {
        let (actor, _) = auth.allow(P::DimensionEdit)?;
        let b = body.0;
        let change = MasterChange {
            version: b.version,
            code: b.code,
            name: b.name,
            grade: None,
            active: None,
        };
        let once = Once::new(key.0, &(id.0, &change))?;
        let (app, id) = (&self.app, id.0.0);
        let done =
            retry(|| super::update_master(app, &actor, Master::Dimension, id, &change, &once))
                .await?;
        Ok(Json(view::dimension(done)))
    }

    /// List values of a dimension
    ///
    /// In the order of their ids; `parent_id` makes the tree.
    #[oai(
        path = "/dimensions/:id/values",
        method = "get",
        operation_id = "list_dimension_values",
        tag = "Tag::People"
    )]
    async fn values(
        &self,
        auth: Auth,
        id: Path<DimensionId>,
        /// This value and everything below it.
        under: Query<Option<DimensionValueId>>,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        active: Query<Option<bool>>,
        /// From the former page.
        cursor: Query<Option<DimensionValueId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<DimensionValueView>>, Problem> {
        auth.allow(P::DimensionView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = ValueFilter {
            id: None,
            dimension: Some(id.0),
            under: under.0,
            text: text.0,
            active: active.0,
            after: cursor.0.unwrap_or_default(),
            limit,
        };
        let q = self.app.db.snapshot().await?;
        let found = super::master(&q, Master::Dimension, id.0.0).await?;
        found.ok_or_else(|| refused(MasterRefusal::DimensionNotFound))?;
        let rows = super::dimension_values(&q, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|v| v.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(view::value).collect(), next)))
    }

    /// Make and change values of a dimension
    ///
    /// Up to 5,000 rows in any order, found by code; each has its own outcome. A value never stands
    /// below itself. Sending the same again changes nothing.
    #[oai(
        path = "/dimensions/:id/values",
        method = "put",
        operation_id = "replace_dimension_values",
        tag = "Tag::People"
    )]
    async fn put_values(
        &self,
        auth: Auth,
        id: Path<DimensionId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DimensionValuesPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, _) = auth.allow(P::DimensionEdit)?;
        let rows: Vec<ValueInput> = body.0.values.into_iter().map(view::value_input).collect();
        let once = Once::new(key.0, &(id.0, &rows))?;
        let app = &self.app;
        let done = retry(|| super::put_values(app, &actor, id.0, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Change a value of a dimension
    ///
    /// Its name, its place in the tree, or whether somebody new may get it.
    #[oai(
        path = "/dimensions/:id/values/:value_id",
        method = "patch",
        operation_id = "update_dimension_value",
        tag = "Tag::People"
    )]
    async fn update_value(
        &self,
        auth: Auth,
        id: Path<DimensionId>,
        value_id: Path<DimensionValueId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DimensionValuePatch>,
    ) -> Result<Json<DimensionValueView>, Problem> {
        let (actor, _) = auth.allow(P::DimensionEdit)?;
        let b = body.0;
        let change = ValueChange {
            version: b.version,
            name: b.name,
            place: view::place(b.parent, b.at_top),
            active: b.active,
        };
        let once = Once::new(key.0, &(id.0, value_id.0, &change))?;
        let app = &self.app;
        let done =
            retry(|| super::update_value(app, &actor, id.0, value_id.0, &change, &once)).await?;
        Ok(Json(view::value(done)))
    }

    /// List people by the value that counts for them
    ///
    /// Persons in service on the date with their own value, else that of the nearest department that
    /// has one. In the order of their ids.
    #[oai(
        path = "/dimensions/:id/members",
        method = "get",
        operation_id = "list_dimension_members",
        tag = "Tag::People"
    )]
    async fn members(
        &self,
        auth: Auth,
        id: Path<DimensionId>,
        /// Today if absent.
        on: Query<Option<LocalDate>>,
        /// This value or one below it.
        value_id: Query<Option<DimensionValueId>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<DimensionMemberView>>, Problem> {
        let (_, scope) = auth.allow(P::DimensionView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = DimensionMemberFilter {
            dimension: id.0,
            on: on.0.unwrap_or_else(|| self.app.today()),
            value: value_id.0,
            after: cursor.0.unwrap_or_default(),
            limit,
        };
        let q = self.app.db.snapshot().await?;
        let found = super::master(&q, Master::Dimension, id.0.0).await?;
        found.ok_or_else(|| refused(MasterRefusal::DimensionNotFound))?;
        let rows = super::dimension_members(&q, &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|m| m.person_id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(view::member).collect(), next)))
    }

    /// List assignments of dimension values
    ///
    /// Entries of departments, then of persons, in the order of owner, dimension and date; with `on`
    /// only those in effect on that date.
    #[oai(
        path = "/dimension-assignments",
        method = "get",
        operation_id = "list_dimension_assignments",
        tag = "Tag::People"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn assignments(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        org_id: Query<Option<OrgId>>,
        dimension_id: Query<Option<DimensionId>>,
        value_id: Query<Option<DimensionValueId>>,
        on: Query<Option<LocalDate>>,
        /// From the former page.
        #[oai(validator(max_length = 80))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<DimensionAssignmentView>>, Problem> {
        let (_, scope) = auth.allow(P::DimensionView)?;
        let after = match cursor.0.as_deref() {
            Some(text) => Some(place(text).ok_or_else(|| refused(MasterRefusal::CursorInvalid))?),
            None => None,
        };
        let limit = limit.0.min(MAX_LIMIT);
        let filter = DimensionEntryFilter {
            person: person_id.0,
            org: org_id.0,
            dimension: dimension_id.0,
            value: value_id.0,
            on: on.0,
            after,
            limit,
        };
        let rows = super::dimension_entries(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(cursor_of);
        Ok(Json(Page::new(rows.into_iter().map(view::assignment).collect(), next)))
    }

    /// Assign dimension values
    ///
    /// To people and departments; what a department has its subordinates and people inherit until
    /// they have something of their own. Up to 5,000 rows, each with its own outcome.
    #[oai(
        path = "/dimension-assignments",
        method = "put",
        operation_id = "replace_dimension_assignments",
        tag = "Tag::People"
    )]
    async fn assign(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<DimensionAssignmentsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::DimensionAssign)?;
        let rows: Vec<DimensionAssignment> =
            body.0.assignments.into_iter().map(view::wanted).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::assign_dimensions(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

fn cursor_of(e: &DimensionEntry) -> String {
    format!("{}_{}_{}_{}", e.kind, e.owner_id, e.dimension_id, e.valid_from)
}

/// Where a page of entries ended.
fn place(cursor: &str) -> Option<(i32, i64, DimensionId, LocalDate)> {
    let mut parts = cursor.split('_');
    let (kind, owner) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((kind, owner, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
