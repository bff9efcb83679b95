//! Templates, regular generation and copies over HTTP.

use contract::templates::{
    CycleGenerationCreate, GenerationView, RosterCopyCreate, TeamGenerationCreate, TemplatePut,
    TemplateView,
};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use futures::future::BoxFuture;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{RuleId, TemplateId};

use super::template_view as view;
use super::{ShiftRefusal, TemplateFilter};
use crate::base::{App, Failure, Fault, Once, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

/// Finds a scheme by its code.
pub type SchemeByCode =
    for<'a> fn(&'a App, &'a str) -> BoxFuture<'a, Result<Option<RuleId>, Fault>>;

pub struct TemplatesApi {
    pub app: App,
    pub scheme_by_code: SchemeByCode,
}

#[OpenApi(prefix_path = "/api/v1")]
impl TemplatesApi {
    /// List roster templates
    ///
    /// In the order of their codes.
    #[oai(
        path = "/roster-templates",
        method = "get",
        operation_id = "list_roster_templates",
        tag = "Tag::Shifts"
    )]
    async fn list(
        &self,
        auth: Auth,
        /// Part of code or name.
        #[oai(validator(max_length = 100))]
        text: Query<Option<String>>,
        active: Query<Option<bool>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<TemplateView>>, Problem> {
        auth.allow(P::RosterView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = TemplateFilter {
            id: None,
            code: None,
            text: text.0,
            active: active.0,
            after: cursor.0,
            limit,
        };
        let q = self.app.db.snapshot().await?;
        let rows = super::templates(&q, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|t| t.code.clone());
        Ok(Json(Page::new(view::templates(&q, rows, self.app.today()).await?, next)))
    }

    /// Get a roster template
    #[oai(
        path = "/roster-templates/:id",
        method = "get",
        operation_id = "get_roster_template",
        tag = "Tag::Shifts"
    )]
    async fn get(&self, auth: Auth, id: Path<TemplateId>) -> Result<Json<TemplateView>, Problem> {
        auth.allow(P::RosterView)?;
        self.one(id.0).await
    }

    /// Create a roster template
    ///
    /// Rows are shifts, columns days, a cell lists the teams that work this shift on this day. What is odd comes back as
    /// warnings.
    #[oai(
        path = "/roster-templates",
        method = "post",
        operation_id = "create_roster_template",
        tag = "Tag::Shifts"
    )]
    async fn create(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TemplatePut>,
    ) -> Result<Json<TemplateView>, Problem> {
        self.put(auth, key, None, body.0).await
    }

    /// Update a roster template
    ///
    /// What was generated from it stays as it is.
    #[oai(
        path = "/roster-templates/:id",
        method = "put",
        operation_id = "update_roster_template",
        tag = "Tag::Shifts"
    )]
    async fn update(
        &self,
        auth: Auth,
        id: Path<TemplateId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TemplatePut>,
    ) -> Result<Json<TemplateView>, Problem> {
        let version = body.0.version.unwrap_or(0);
        self.put(auth, key, Some((id.0, version)), body.0).await
    }

    /// Generate the rosters of teams
    ///
    /// From a template for a range of dates: a year of four teams is one call, however many people are in them. A team
    /// that works no shift on a day rests. With `dry_run` it only shows counts, conflicts and warnings.
    #[oai(
        path = "/roster-templates/:id/generations",
        method = "post",
        operation_id = "create_team_generation",
        tag = "Tag::Shifts"
    )]
    async fn generate(
        &self,
        auth: Auth,
        id: Path<TemplateId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<TeamGenerationCreate>,
    ) -> Result<Json<GenerationView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let g = view::team_generation(id.0, body.0);
        let once = Once::new(key.0, &g)?;
        let done =
            retry(|| super::generate_for_teams(&self.app, &actor, &scope, &g, &once)).await?;
        self.generation(done, g.options.dry_run).await
    }

    /// Generate the rosters of people
    ///
    /// From a cycle of shifts and rest days. Dates out of service are passed over.
    #[oai(
        path = "/roster/cycle-generations",
        method = "post",
        operation_id = "create_cycle_generation",
        tag = "Tag::Shifts"
    )]
    async fn cycle(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CycleGenerationCreate>,
    ) -> Result<Json<GenerationView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let g = view::cycle_generation(body.0).map_err(refused)?;
        let once = Once::new(key.0, &g)?;
        let done =
            retry(|| super::generate_for_people(&self.app, &actor, &scope, &g, &once)).await?;
        self.generation(done, g.options.dry_run).await
    }

    /// Copy a roster
    ///
    /// What counts for a person, or the cells of a team, to people or teams; by weekday or day by day. With `dry_run`
    /// it only shows the conflicts.
    #[oai(
        path = "/roster/copies",
        method = "post",
        operation_id = "create_roster_copy",
        tag = "Tag::Shifts"
    )]
    async fn copy(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RosterCopyCreate>,
    ) -> Result<Json<GenerationView>, Problem> {
        let (actor, scope) = auth.allow(P::RosterEdit)?;
        let c = view::copy(body.0).map_err(refused)?;
        let once = Once::new(key.0, &c)?;
        let done = retry(|| super::copy_roster(&self.app, &actor, &scope, &c, &once)).await?;
        self.generation(done, c.options.dry_run).await
    }

    async fn put(
        &self,
        auth: Auth,
        key: IdempotencyKey,
        id: Option<(TemplateId, i32)>,
        b: TemplatePut,
    ) -> Result<Json<TemplateView>, Problem> {
        let (actor, _) = auth.allow(P::RosterTemplate)?;
        let scheme = match &b.scheme {
            None => None,
            Some(code) => {
                let found = (self.scheme_by_code)(&self.app, code).await?;
                let unknown = || refused(ShiftRefusal::SchemeUnknown { code: code.clone() });
                Some(found.ok_or_else(unknown)?)
            }
        };
        let new = view::new_template(id, scheme, b);
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::put_template(&self.app, &actor, &new, &once)).await?;
        self.one(done.id).await
    }

    async fn one(&self, id: TemplateId) -> Result<Json<TemplateView>, Problem> {
        let q = self.app.db.snapshot().await?;
        let found = super::template(&q, id).await?;
        let found = found.ok_or_else(|| refused(ShiftRefusal::TemplateNotFound))?;
        let mut views = view::templates(&q, vec![found], self.app.today()).await?;
        views.pop().map(Json).ok_or_else(|| refused(ShiftRefusal::TemplateNotFound))
    }

    async fn generation(
        &self,
        done: super::Generated,
        dry_run: bool,
    ) -> Result<Json<GenerationView>, Problem> {
        let names = super::shift_names(self.app.db.read()).await?;
        Ok(Json(view::generation(done, dry_run, &names)))
    }
}

fn refused(r: ShiftRefusal) -> Problem {
    Failure::from(r).into()
}
