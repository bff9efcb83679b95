//! The organisation over HTTP.

use contract::org::{
    OrgClosingPut, OrgKind as KindChoice, OrgMoveCreate, OrgUnitCreate, OrgUnitPatch, OrgUnitView,
    OrgUnitsPut,
};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PersonId};

use super::org_view as view;
use super::{
    NewOrgUnit, OrgChange, OrgClosing, OrgDetails, OrgFilter, OrgInput, OrgMove, OrgRefusal, OrgRow,
};
use crate::base::{App, Failure, Once, RowOutcome, Scope, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct OrgApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl OrgApi {
    /// List units of the organisation
    ///
    /// As they are on the date, in the order of their ids; `parent_id` makes the tree. Units that are
    /// closed before the date are left out unless asked for. One sees the units of one's scope with
    /// everything below them.
    #[oai(
        path = "/org-units",
        method = "get",
        operation_id = "list_org_units",
        tag = "Tag::People"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn org_units(
        &self,
        auth: Auth,
        /// Today if absent.
        on: Query<Option<LocalDate>>,
        /// This unit and everything below it.
        under: Query<Option<OrgId>>,
        /// Only what stands directly below this unit.
        parent_id: Query<Option<OrgId>>,
        #[oai(validator(max_length = 40))] code: Query<Option<String>>,
        /// Part of code, name or short name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        kind: Query<Option<KindChoice>>,
        /// Units this person leads, as head or deputy.
        leader_id: Query<Option<PersonId>>,
        /// Also units that were closed before the date.
        #[oai(default)]
        closed: Query<bool>,
        /// From the former page.
        cursor: Query<Option<OrgId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<OrgUnitView>>, Problem> {
        let (_, scope) = auth.allow(P::OrgView)?;
        let filter = OrgFilter {
            on: self.day(on.0),
            closed: closed.0,
            id: None,
            under: under.0,
            parent: parent_id.0,
            code: code.0,
            text: text.0,
            kind: kind.0.map(view::kind_choice),
            leader: leader_id.0,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::org_units(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|o| o.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(view::unit).collect(), next)))
    }

    /// Create a unit of the organisation
    #[oai(
        path = "/org-units",
        method = "post",
        operation_id = "create_org_unit",
        tag = "Tag::People"
    )]
    async fn add_org_unit(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgUnitCreate>,
    ) -> Result<Json<OrgUnitView>, Problem> {
        let (actor, scope) = auth.allow(P::OrgEdit)?;
        let b = body.0;
        let new = NewOrgUnit {
            code: b.code,
            name: b.name,
            kind: view::kind_choice(b.kind),
            parent: b.parent_code,
            valid_from: b.valid_from,
        };
        let details = OrgDetails {
            short_name: b.short_name.unwrap_or_default(),
            sort_order: b.sort_order.unwrap_or_default(),
            head: b.head_id,
            deputies: b.deputy_ids.unwrap_or_default(),
            region: b.region.unwrap_or_default(),
            cost_centre: b.cost_centre.unwrap_or_default(),
        };
        let once = Once::new(key.0, &(&new, &details))?;
        let app = &self.app;
        let done =
            retry(|| super::add_org_unit(app, &actor, &scope, &new, &details, &once)).await?;
        Ok(Json(view::unit(done)))
    }

    /// Make and change units of the organisation
    ///
    /// Up to 5,000 rows, found by code, in any order; each has its own outcome. A row says what a unit
    /// is from its date on; several rows of one unit are its timeline. Sending the same again changes
    /// nothing.
    #[oai(
        path = "/org-units",
        method = "put",
        operation_id = "replace_org_units",
        tag = "Tag::People"
    )]
    async fn put_units(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgUnitsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::OrgEdit)?;
        let rows: Vec<OrgInput> = body.0.units.into_iter().map(view::input).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::put_units(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// List what stands directly below a unit
    ///
    /// On the date, in the order of place and code; without a unit what stands at the top.
    #[oai(
        path = "/org-unit-children",
        method = "get",
        operation_id = "list_org_unit_children",
        tag = "Tag::People"
    )]
    async fn children(
        &self,
        auth: Auth,
        parent_id: Query<Option<OrgId>>,
        /// Today if absent.
        on: Query<Option<LocalDate>>,
        /// From the former page.
        #[oai(validator(max_length = 60))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<OrgUnitView>>, Problem> {
        let (_, scope) = auth.allow(P::OrgView)?;
        let after = match cursor.0.as_deref() {
            Some(text) => Some(place(text).ok_or_else(|| refused(OrgRefusal::CursorInvalid))?),
            None => None,
        };
        let (on, limit) = (self.day(on.0), limit.0.min(MAX_LIMIT));
        let q = self.app.db.read();
        let rows = super::org_children(q, &scope, parent_id.0, on, after, limit).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|o| format!("{}_{}", o.sort_order, o.code));
        Ok(Json(Page::new(rows.into_iter().map(view::unit).collect(), next)))
    }

    /// Get a unit of the organisation
    #[oai(
        path = "/org-units/:id",
        method = "get",
        operation_id = "get_org_unit",
        tag = "Tag::People"
    )]
    async fn org_unit(
        &self,
        auth: Auth,
        id: Path<OrgId>,
        /// Today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<OrgUnitView>, Problem> {
        let (_, scope) = auth.allow(P::OrgView)?;
        Ok(Json(view::unit(self.unit(&scope, id.0, self.day(on.0)).await?)))
    }

    /// Change a unit of the organisation
    ///
    /// Its fields from a date on. No result changes by them; its place changes by a move.
    #[oai(
        path = "/org-units/:id",
        method = "patch",
        operation_id = "update_org_unit",
        tag = "Tag::People"
    )]
    async fn update_org_unit(
        &self,
        auth: Auth,
        id: Path<OrgId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgUnitPatch>,
    ) -> Result<Json<OrgUnitView>, Problem> {
        let (actor, scope) = auth.allow(P::OrgEdit)?;
        let b = body.0;
        let change = OrgChange {
            version: b.version,
            valid_from: b.valid_from,
            code: b.code,
            name: b.name,
            short_name: b.short_name,
            kind: b.kind.map(view::kind_choice),
            sort_order: b.sort_order,
            head: if b.without_head { Some(None) } else { b.head_id.map(Some) },
            deputies: b.deputy_ids,
            region: b.region,
            cost_centre: b.cost_centre,
        };
        let once = Once::new(key.0, &(id.0, &change))?;
        let app = &self.app;
        let done =
            retry(|| super::update_org_unit(app, &actor, &scope, id.0, &change, &once)).await?;
        Ok(Json(view::unit(done)))
    }

    /// Get the way from the top down to a unit
    ///
    /// On the date; the unit itself stands last.
    #[oai(
        path = "/org-units/:id/path",
        method = "get",
        operation_id = "list_org_unit_path",
        tag = "Tag::People"
    )]
    async fn path(
        &self,
        auth: Auth,
        id: Path<OrgId>,
        /// Today if absent.
        on: Query<Option<LocalDate>>,
    ) -> Result<Json<Page<OrgUnitView>>, Problem> {
        let (_, scope) = auth.allow(P::OrgView)?;
        let on = self.day(on.0);
        self.unit(&scope, id.0, on).await?;
        let rows = super::org_path(self.app.db.read(), id.0, on).await?;
        Ok(Json(Page::new(rows.into_iter().map(view::unit).collect(), None)))
    }

    /// List what a unit was and will be
    ///
    /// One entry per date on which something changes: `valid_from` is that date.
    #[oai(
        path = "/org-units/:id/events",
        method = "get",
        operation_id = "list_org_unit_events",
        tag = "Tag::People"
    )]
    async fn events(
        &self,
        auth: Auth,
        id: Path<OrgId>,
    ) -> Result<Json<Page<OrgUnitView>>, Problem> {
        let (_, scope) = auth.allow(P::OrgView)?;
        self.unit(&scope, id.0, self.app.today()).await?;
        let rows = super::org_events(self.app.db.read(), id.0).await?;
        Ok(Json(Page::new(rows.into_iter().map(view::unit).collect(), None)))
    }

    /// Take back what changes about a unit on a date
    ///
    /// Each field keeps its old value up to its own next change. After a move everybody below the unit
    /// is computed again from the date on.
    #[oai(
        path = "/org-units/:id/events/:date",
        method = "delete",
        operation_id = "delete_org_unit_event",
        tag = "Tag::People"
    )]
    async fn remove_event(
        &self,
        auth: Auth,
        id: Path<OrgId>,
        date: Path<LocalDate>,
        /// The version this is based on.
        version: Query<i32>,
    ) -> Result<Json<OrgUnitView>, Problem> {
        let (actor, scope) = auth.allow(P::OrgEdit)?;
        let app = &self.app;
        let done =
            retry(|| super::remove_org_event(app, &actor, &scope, id.0, date.0, version.0)).await?;
        Ok(Json(view::unit(done)))
    }

    /// Move a unit of the organisation
    ///
    /// With everything below it, from a date to its next move. The days before keep the old place.
    #[oai(
        path = "/org-units/:id/moves",
        method = "post",
        operation_id = "create_org_unit_move",
        tag = "Tag::People"
    )]
    async fn move_unit(
        &self,
        auth: Auth,
        id: Path<OrgId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgMoveCreate>,
    ) -> Result<Json<OrgUnitView>, Problem> {
        let (actor, scope) = auth.allow(P::OrgEdit)?;
        let b = body.0;
        let to = OrgMove { version: b.version, valid_from: b.valid_from, parent: b.parent_code };
        let once = Once::new(key.0, &(id.0, &to))?;
        let app = &self.app;
        let done = retry(|| super::move_org_unit(app, &actor, &scope, id.0, &to, &once)).await?;
        Ok(Json(view::unit(done)))
    }

    /// Close a unit of the organisation
    ///
    /// Or open it again. A unit with people, with open units below it or with changes after its last
    /// day cannot be closed.
    #[oai(
        path = "/org-units/:id/closing",
        method = "put",
        operation_id = "replace_org_unit_closing",
        tag = "Tag::People"
    )]
    async fn close_unit(
        &self,
        auth: Auth,
        id: Path<OrgId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgClosingPut>,
    ) -> Result<Json<OrgUnitView>, Problem> {
        let (actor, scope) = auth.allow(P::OrgEdit)?;
        let closing = OrgClosing { version: body.version, last_day: body.last_day };
        let once = Once::new(key.0, &(id.0, closing))?;
        let app = &self.app;
        let done =
            retry(|| super::close_org_unit(app, &actor, &scope, id.0, closing, &once)).await?;
        Ok(Json(view::unit(done)))
    }
}

impl OrgApi {
    fn day(&self, on: Option<LocalDate>) -> LocalDate {
        on.unwrap_or_else(|| self.app.today())
    }

    async fn unit(&self, scope: &Scope, id: OrgId, on: LocalDate) -> Result<OrgRow, Problem> {
        let filter = OrgFilter { closed: true, ..OrgFilter::one(id, on) };
        let found = super::org_units(self.app.db.read(), scope, &filter).await?.pop();
        found.ok_or_else(|| refused(OrgRefusal::NotFound))
    }
}

fn refused(r: OrgRefusal) -> Problem {
    Failure::from(r).into()
}

/// Where a page of children ended.
fn place(cursor: &str) -> Option<(i32, String)> {
    let (order, code) = cursor.split_once('_')?;
    Some((order.parse().ok()?, code.to_owned()))
}
