//! What-if runs over HTTP.

use contract::what_if::{
    CalendarDraft as DraftBody, WhatIfDayView, WhatIfDeletedView, WhatIfRunCreate, WhatIfRunView,
};
use contract::{FileAnswer, FileFormat, MAX_LIMIT, Page, Problem, Tag};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{EmploymentKind, LocalDate, OrgId, PersonId, PositionId, UserId, WhatIfRunId};

use super::read::Post;
use super::what_if::export::{csv_file, xlsx_file};
use super::what_if::read::{runs, seen_totals};
use super::what_if::view::{day_view, run_view};
use super::what_if::{
    CalendarDraft, DifferenceFilter, NewWhatIf, RunRow, Target, WhatIfDrafts, WhatIfRefusal,
    plan_what_if, remove_what_if, what_if_differences, what_if_run,
};
use crate::base::{App, Failure, Once, Scope, audit_alone, retry};
use crate::calendars::api::date_change;
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::rules::Drafts;
use crate::rules::api::new_rule_version;
use crate::shifts::api::new_shift_version;

pub struct WhatIfApi {
    pub app: App,
}

fn refused(r: WhatIfRefusal) -> Problem {
    Failure::from(r).into()
}

#[OpenApi(prefix_path = "/api/v1")]
impl WhatIfApi {
    /// Try drafts over past dates
    ///
    /// Evaluates everybody of the target who lies within scope twice, with what is published and with the drafts
    /// beside it, and keeps the dates that differ. Nothing is published and no result changes. The answer comes at
    /// once; the run is a job with progress, and is kept 14 days. The drafts are checked as publishing checks them.
    #[oai(
        path = "/what-if-runs",
        method = "post",
        operation_id = "create_what_if_run",
        tag = "Tag::Rules"
    )]
    async fn create(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<WhatIfRunCreate>,
    ) -> Result<Json<WhatIfRunView>, Problem> {
        let user = auth.user();
        let (actor, scope) = auth.allow(P::RulesWhatIf)?;
        let new = new_run(body.0)?;
        let once = Once::new(key.0, &new)?;
        let plan = || plan_what_if(&self.app, &actor, &scope, new.clone(), &once);
        let id = retry(plan).await?;
        self.app.wake.signal();
        self.view(&scope, user, id).await
    }

    /// List what-if runs
    ///
    /// Mine, newest first; those of everybody for whoever may try drafts on everybody.
    #[oai(
        path = "/what-if-runs",
        method = "get",
        operation_id = "list_what_if_runs",
        tag = "Tag::Rules"
    )]
    async fn list(
        &self,
        auth: Auth,
        /// From the former page.
        cursor: Query<Option<WhatIfRunId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<WhatIfRunView>>, Problem> {
        let user = auth.user();
        let (_, scope) = auth.allow(P::RulesWhatIf)?;
        let limit = limit.0.min(MAX_LIMIT);
        let author = (!scope.is_everybody()).then_some(user);
        let rows = runs(self.app.db.read(), None, author, cursor.0, limit).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            items.push(self.shown(&scope, row).await?);
        }
        Ok(Json(Page::new(items, next)))
    }

    /// Get a what-if run
    ///
    /// State, progress and sums. Sums grow while the run goes on.
    #[oai(
        path = "/what-if-runs/:id",
        method = "get",
        operation_id = "get_what_if_run",
        tag = "Tag::Rules"
    )]
    async fn run(&self, auth: Auth, id: Path<WhatIfRunId>) -> Result<Json<WhatIfRunView>, Problem> {
        let user = auth.user();
        let (_, scope) = auth.allow(P::RulesWhatIf)?;
        self.view(&scope, user, id.0).await
    }

    /// List the differences of a what-if run
    ///
    /// By person and date, only of people within scope on the date.
    #[oai(
        path = "/what-if-runs/:id/differences",
        method = "get",
        operation_id = "list_what_if_differences",
        tag = "Tag::Rules"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn differences(
        &self,
        auth: Auth,
        id: Path<WhatIfRunId>,
        person_id: Query<Option<PersonId>>,
        /// People of this department or below it on the date.
        org_id: Query<Option<OrgId>>,
        /// Position of the date.
        position_id: Query<Option<PositionId>>,
        employment_kind: Query<Option<EmploymentKind>>,
        from: Query<Option<LocalDate>>,
        to: Query<Option<LocalDate>>,
        /// Only dates on which this differs, for example `late_tenths`.
        #[oai(validator(max_length = 40))]
        item: Query<Option<String>>,
        /// Only dates on which exceptions appear or disappear.
        #[oai(default)]
        only_exceptions: Query<bool>,
        /// Only dates in locked periods, or only others.
        locked: Query<Option<bool>>,
        /// From the former page.
        #[oai(validator(max_length = 60))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<WhatIfDayView>>, Problem> {
        let user = auth.user();
        let (_, scope) = auth.allow(P::RulesWhatIf)?;
        let run = self.found(&scope, user, id.0).await?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = DifferenceFilter {
            person: person_id.0,
            org: org_id.0,
            post: Post { position: position_id.0, kind: employment_kind.0 },
            from: from.0,
            to: to.0,
            item: item.0,
            exceptions: only_exceptions.0,
            locked: locked.0,
            after: cursor.0.as_deref().map(day_cursor).transpose()?,
            limit,
        };
        let rows = what_if_differences(self.app.db.read(), &scope, run.id, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| format!("{}_{}", r.person_id, r.work_date));
        let items = rows.into_iter().map(day_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Export the differences of a what-if run
    ///
    /// One line per item and per exception that differs, with what it was and would be; as CSV or as a workbook.
    #[oai(
        path = "/what-if-runs/:id/export",
        method = "get",
        operation_id = "get_what_if_export",
        tag = "Tag::Rules"
    )]
    async fn export(
        &self,
        auth: Auth,
        id: Path<WhatIfRunId>,
        format: Query<FileFormat>,
    ) -> Result<FileAnswer, Problem> {
        let user = auth.user();
        let (actor, scope) = auth.allow(P::RulesWhatIf)?;
        let run = self.found(&scope, user, id.0).await?;
        let file = match format.0 {
            FileFormat::Csv => csv_file(&self.app, &scope, run.id).await?,
            FileFormat::Xlsx => xlsx_file(&self.app, &scope, run.id).await?,
        };
        audit_alone(
            &self.app,
            &actor,
            "export",
            "what_if_run",
            &run.id.to_string(),
            serde_json::json!({}),
        )
        .await?;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        Ok(FileAnswer { format: format.0, name: format!("what-if-{}", run.id), body })
    }

    /// Delete a what-if run
    ///
    /// Ends it if it goes on. It is gone at once; its differences are deleted in the background.
    #[oai(
        path = "/what-if-runs/:id",
        method = "delete",
        operation_id = "delete_what_if_run",
        tag = "Tag::Rules"
    )]
    async fn delete(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        id: Path<WhatIfRunId>,
    ) -> Result<Json<WhatIfDeletedView>, Problem> {
        let user = auth.user();
        let (actor, scope) = auth.allow(P::RulesWhatIf)?;
        let once = Once::new(key.0, &id.0)?;
        retry(|| remove_what_if(&self.app, &actor, &scope, Some(user), id.0, &once)).await?;
        Ok(Json(WhatIfDeletedView { deleted: true }))
    }
}

impl WhatIfApi {
    async fn found(
        &self,
        scope: &Scope,
        reader: UserId,
        id: WhatIfRunId,
    ) -> Result<RunRow, Problem> {
        Ok(what_if_run(self.app.db.read(), scope, Some(reader), id).await?)
    }

    async fn shown(&self, scope: &Scope, run: &RunRow) -> Result<WhatIfRunView, Problem> {
        let totals = seen_totals(&self.app, scope, run).await?;
        Ok(run_view(run, &totals)?)
    }

    async fn view(
        &self,
        scope: &Scope,
        reader: UserId,
        id: WhatIfRunId,
    ) -> Result<Json<WhatIfRunView>, Problem> {
        let run = self.found(scope, reader, id).await?;
        Ok(Json(self.shown(scope, &run).await?))
    }
}

fn new_run(b: WhatIfRunCreate) -> Result<NewWhatIf, Problem> {
    let target = match (b.org_id, b.person_ids.is_empty()) {
        (Some(_), false) => return Err(refused(WhatIfRefusal::TargetAmbiguous)),
        (Some(org), true) => Target::Org(org),
        (None, false) => Target::Persons(b.person_ids),
        (None, true) => Target::Everybody,
    };
    let calendar = |c: DraftBody| CalendarDraft {
        calendar: c.calendar_id,
        dates: c.dates.into_iter().map(date_change).collect(),
    };
    let drafts = WhatIfDrafts {
        versions: Drafts {
            rules: b.rules.into_iter().map(new_rule_version).collect(),
            shifts: b.shifts.into_iter().map(new_shift_version).collect(),
        },
        calendars: b.calendars.into_iter().map(calendar).collect(),
    };
    Ok(NewWhatIf { name: b.name, from: b.from, to: b.to, target, drafts })
}

fn day_cursor(text: &str) -> Result<(PersonId, LocalDate), Problem> {
    let read = || {
        let (person, date) = text.split_once('_')?;
        Some((person.parse().ok()?, date.parse().ok()?))
    };
    read().ok_or_else(|| refused(WhatIfRefusal::CursorInvalid))
}
