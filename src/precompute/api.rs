//! Results, exceptions, summaries and explanations over HTTP.

use contract::results::{
    DayState, DayView, ExceptionState, ExceptionView, ExplanationView, PeriodSummaryView,
};
use contract::{Direct, Freshness, MAX_LIMIT, Page, Problem, Tag};
use futures::future::BoxFuture;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use vocabulary::{EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, PunchId};

use super::point::{self, PersonDays};
use super::read::{self, DayFilter, ExceptionFilter, Post, SummaryFilter};
use super::refusal::ResultRefusal;
use super::{provisional, view};
use crate::base::{App, Failure, Scope, Tx};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, ClaimAuth, default_limit};
use crate::shifts;

pub struct ResultsApi {
    pub app: App,
}

/// The day a punch counts for, as the answer to the punch shows it.
pub fn day_of_punch(
    app: &App,
    person: PersonId,
    punch: PunchId,
    date: LocalDate,
) -> BoxFuture<'_, Result<Option<DayView>, Failure>> {
    Box::pin(async move {
        let day = provisional::day_of_punch(app, person, punch, date).await?;
        Ok(day.map(|d| view::day_view(&d)).transpose()?)
    })
}

fn refused(r: ResultRefusal) -> Problem {
    Failure::from(r).into()
}

#[OpenApi(prefix_path = "/api/v1")]
impl ResultsApi {
    /// My days
    ///
    /// At most 366 dates. While a change of mine waits, up to 31 dates are computed on the spot; dates after
    /// today are a preview and never stored.
    #[oai(path = "/me/days", method = "get", operation_id = "list_my_days", tag = "Tag::Me")]
    async fn my_days(
        &self,
        auth: ClaimAuth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
    ) -> Result<Direct<Page<DayView>>, Problem> {
        let own = point::own_days(&self.app, &auth.0, from.0, to.0).await?;
        self.page_of_days(&own)
    }

    /// One of my days
    #[oai(path = "/me/days/:date", method = "get", operation_id = "get_my_day", tag = "Tag::Me")]
    async fn my_day(
        &self,
        auth: ClaimAuth,
        date: Path<LocalDate>,
    ) -> Result<Direct<DayView>, Problem> {
        let own = point::own_days(&self.app, &auth.0, date.0, date.0).await?;
        let day = own.days.first().ok_or_else(|| refused(ResultRefusal::NoResult))?;
        Ok(Direct(view::day_view(day)?))
    }

    /// Why one of my days is what it is
    ///
    /// Every fact used or ignored, every rule with its version, every step with its minutes. The steps of a
    /// measure add up to the result.
    #[oai(
        path = "/me/days/:date/explanation",
        method = "get",
        operation_id = "get_my_explanation",
        tag = "Tag::Me"
    )]
    async fn my_explanation(
        &self,
        auth: Auth,
        date: Path<LocalDate>,
    ) -> Result<Json<ExplanationView>, Problem> {
        let (_, person, _) = auth.own()?;
        self.explanation(person, date.0).await
    }

    /// My period summary
    ///
    /// The period that holds today if none is named.
    #[oai(
        path = "/me/period-summary",
        method = "get",
        operation_id = "get_my_period_summary",
        tag = "Tag::Me"
    )]
    async fn my_summary(
        &self,
        auth: Auth,
        /// `2026-03`, or the name of a listed period.
        #[oai(validator(min_length = 1, max_length = 32))]
        period: Query<Option<String>>,
    ) -> Result<Json<PeriodSummaryView>, Problem> {
        let (_, person, scope) = auth.own()?;
        self.summary(&scope, person, period.0).await
    }

    /// My exceptions
    #[oai(
        path = "/me/exceptions",
        method = "get",
        operation_id = "list_my_exceptions",
        tag = "Tag::Me"
    )]
    async fn my_exceptions(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        state: Query<Option<ExceptionState>>,
    ) -> Result<Json<Page<ExceptionView>>, Problem> {
        let (_, person, scope) = auth.own()?;
        read::check_span(from.0, to.0, read::MAX_PERSON_DAYS)?;
        let filter = ExceptionFilter {
            person: Some(person),
            post: Post::default(),
            from: from.0,
            to: to.0,
            code: None,
            open: state.0.map(|s| s == ExceptionState::Open),
            after: None,
            limit: 5_000,
        };
        let own = point::person_exceptions(&self.app, &scope, person, &filter).await?;
        let items = own.rows.iter().map(view::exception_view).collect();
        Ok(Json(Page::new(items, None).fresh(self.freshness_of(own.pending_at))))
    }

    /// Days of a person
    ///
    /// As `/me/days`, for a person within scope.
    #[oai(
        path = "/persons/:id/days",
        method = "get",
        operation_id = "list_person_days",
        tag = "Tag::Results"
    )]
    async fn person_days(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
    ) -> Result<Direct<Page<DayView>>, Problem> {
        let (_, scope) = auth.allow(P::DayView)?;
        read::check_span(from.0, to.0, read::MAX_PERSON_DAYS)?;
        let seen = self.seen(&scope, id.0, from.0, to.0).await?;
        self.page_of_days(&seen)
    }

    /// Explanation of a person's day
    #[oai(
        path = "/persons/:id/days/:date/explanation",
        method = "get",
        operation_id = "get_person_explanation",
        tag = "Tag::Results"
    )]
    async fn person_explanation(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        date: Path<LocalDate>,
    ) -> Result<Json<ExplanationView>, Problem> {
        let (_, scope) = auth.allow(P::DayExplain)?;
        read::see(self.app.db.read(), &scope, id.0, date.0).await?;
        self.explanation(id.0, date.0).await
    }

    /// Period summary of a person
    #[oai(
        path = "/persons/:id/period-summary",
        method = "get",
        operation_id = "get_person_period_summary",
        tag = "Tag::Results"
    )]
    async fn person_summary(
        &self,
        auth: Auth,
        id: Path<PersonId>,
        /// `2026-03`, or the name of a listed period.
        #[oai(validator(min_length = 1, max_length = 32))]
        period: Query<Option<String>>,
    ) -> Result<Json<PeriodSummaryView>, Problem> {
        let (_, scope) = auth.allow(P::DayView)?;
        self.summary(&scope, id.0, period.0).await
    }

    /// List days
    ///
    /// Stored results of everybody within scope, by person and date; at most 62 dates. `freshness` says how
    /// many people still have changes to be computed.
    #[oai(path = "/days", method = "get", operation_id = "list_days", tag = "Tag::Results")]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn days(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        /// People of this department or below it on the date.
        org_id: Query<Option<OrgId>>,
        /// Position of the date.
        position_id: Query<Option<PositionId>>,
        employment_kind: Query<Option<EmploymentKind>>,
        state: Query<Option<DayState>>,
        /// Only dates with exceptions.
        #[oai(default)]
        with_exceptions: Query<bool>,
        /// From the former page.
        #[oai(validator(max_length = 60))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Direct<Page<DayView>>, Problem> {
        let (_, scope) = auth.allow(P::DayView)?;
        read::check_span(from.0, to.0, read::MAX_LIST_DAYS)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = DayFilter {
            person: None,
            org: org_id.0,
            post: Post { position: position_id.0, kind: employment_kind.0 },
            from: from.0,
            to: to.0,
            state: state.0.map(state_code),
            with_exceptions: with_exceptions.0,
            after: cursor.0.as_deref().map(day_cursor).transpose()?,
            limit,
        };
        let tx = self.app.db.snapshot().await?;
        let days = read::listed_days(&tx, &scope, &filter).await?;
        let freshness = self.freshness(&tx, &scope).await?;
        tx.rollback().await?;
        let full = days.len() as u64 == u64::from(limit);
        let next = days.last().filter(|_| full).map(|d| format!("{}_{}", d.person(), d.date()));
        let items = days.iter().map(view::day_view).collect::<Result<_, _>>()?;
        Ok(Direct(Page::new(items, next).fresh(freshness)))
    }

    /// List exceptions
    ///
    /// Of everybody within scope, by date and person; at most 62 dates.
    #[oai(
        path = "/exceptions",
        method = "get",
        operation_id = "list_exceptions",
        tag = "Tag::Results"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn exceptions(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// Position of the date.
        position_id: Query<Option<PositionId>>,
        employment_kind: Query<Option<EmploymentKind>>,
        /// For example `missing_out`.
        #[oai(validator(max_length = 40))]
        code: Query<Option<String>>,
        state: Query<Option<ExceptionState>>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<ExceptionView>>, Problem> {
        let (_, scope) = auth.allow(P::DayView)?;
        read::check_span(from.0, to.0, read::MAX_LIST_DAYS)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = ExceptionFilter {
            person: person_id.0,
            post: Post { position: position_id.0, kind: employment_kind.0 },
            from: from.0,
            to: to.0,
            code: code.0,
            open: state.0.map(|s| s == ExceptionState::Open),
            after: cursor.0.as_deref().map(exception_cursor).transpose()?,
            limit,
        };
        let (rows, freshness) = match filter.person {
            Some(person) => {
                let own = point::person_exceptions(&self.app, &scope, person, &filter).await?;
                (own.rows, self.freshness_of(own.pending_at))
            }
            None => {
                let tx = self.app.db.snapshot().await?;
                let rows = read::exceptions(&tx, &scope, &filter).await?;
                let freshness = self.freshness(&tx, &scope).await?;
                tx.rollback().await?;
                (rows, freshness)
            }
        };
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows
            .last()
            .filter(|_| full)
            .map(|r| format!("{}|{}|{}|{}", r.work_date, r.person_id, r.code, r.anchor));
        let items = rows.iter().map(view::exception_view).collect();
        Ok(Json(Page::new(items, next).fresh(freshness)))
    }

    /// List period summaries
    ///
    /// Of everybody within scope.
    #[oai(
        path = "/period-summaries",
        method = "get",
        operation_id = "list_period_summaries",
        tag = "Tag::Results"
    )]
    async fn summaries(
        &self,
        auth: Auth,
        /// `2026-03`, or the name of a listed period.
        #[oai(validator(min_length = 1, max_length = 32))]
        period: Query<String>,
        /// Position of the last computed date.
        position_id: Query<Option<PositionId>>,
        employment_kind: Query<Option<EmploymentKind>>,
        /// From the former page.
        cursor: Query<Option<PersonId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PeriodSummaryView>>, Problem> {
        let (_, scope) = auth.allow(P::DayView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = SummaryFilter {
            person: None,
            post: Post { position: position_id.0, kind: employment_kind.0 },
            period: period.0,
            after: cursor.0,
            limit,
        };
        let tx = self.app.db.snapshot().await?;
        let rows = read::summaries(&tx, &scope, &filter).await?;
        let freshness = self.freshness(&tx, &scope).await?;
        tx.rollback().await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| r.person_id.to_string());
        let items = rows.iter().map(view::summary_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next).fresh(freshness)))
    }
}

impl ResultsApi {
    /// Of everybody within scope, in the snapshot in which the rows are read.
    async fn freshness(&self, q: &Tx, scope: &Scope) -> Result<Freshness, Problem> {
        let pending = read::pending(q, scope, self.app.today()).await?;
        Ok(Freshness {
            as_of: self.app.clock.now(),
            pending_people: pending.people,
            oldest_pending_at: pending.oldest_at,
        })
    }

    fn page_of_days(&self, of: &PersonDays) -> Result<Direct<Page<DayView>>, Problem> {
        let items = of.days.iter().map(view::day_view).collect::<Result<_, _>>()?;
        Ok(Direct(Page::new(items, None).fresh(self.freshness_of(of.pending_at))))
    }

    /// Of a single person.
    fn freshness_of(&self, pending_at: Option<Instant>) -> Freshness {
        Freshness {
            as_of: self.app.clock.now(),
            pending_people: i64::from(pending_at.is_some()),
            oldest_pending_at: pending_at,
        }
    }

    /// The dates of the span on which the person lies in the scope (DD-2); 404 if there are none.
    async fn seen(
        &self,
        scope: &Scope,
        person: PersonId,
        from: LocalDate,
        to: LocalDate,
    ) -> Result<PersonDays, Problem> {
        let dates = read::seen_dates(self.app.db.read(), scope, person, from, to).await?;
        if dates.is_empty() {
            return Err(refused(ResultRefusal::PersonNotFound));
        }
        let mut seen = point::person_days(&self.app, person, from, to).await?;
        seen.days.retain(|d| dates.contains(&d.date()));
        Ok(seen)
    }

    async fn explanation(
        &self,
        person: PersonId,
        date: LocalDate,
    ) -> Result<Json<ExplanationView>, Problem> {
        let e = read::explain(&self.app, person, date).await?;
        let (define, case) = e.explained.case.to_lines();
        let mut day = view::computed_view(&e.computed);
        if e.locked {
            day.state = DayState::Locked;
        }
        Ok(Json(ExplanationView {
            day,
            steps: view::step_views(&e.explained.trace),
            reproduced: e.reproduced,
            engine_version: e.computed.engine,
            layer: e.explained.layer.map(shifts::roster_layer),
            case: vec![Any(define), Any(case)],
        }))
    }

    async fn summary(
        &self,
        scope: &Scope,
        person: PersonId,
        period: Option<String>,
    ) -> Result<Json<PeriodSummaryView>, Problem> {
        let found = point::person_summary(&self.app, scope, person, period).await?;
        let row = found.row.as_ref().ok_or_else(|| refused(ResultRefusal::NoResult))?;
        let mut view = view::summary_view(row)?;
        view.freshness = Some(self.freshness_of(found.pending_at));
        Ok(Json(view))
    }
}

const fn state_code(s: DayState) -> &'static str {
    match s {
        DayState::Future => "future",
        DayState::InProgress => "in_progress",
        DayState::Final => "final",
        DayState::Locked => "locked",
    }
}

fn day_cursor(text: &str) -> Result<(PersonId, LocalDate), Problem> {
    let read = || {
        let (person, date) = text.split_once('_')?;
        Some((person.parse().ok()?, date.parse().ok()?))
    };
    read().ok_or_else(|| refused(ResultRefusal::CursorInvalid))
}

fn exception_cursor(text: &str) -> Result<(LocalDate, PersonId, String, i64), Problem> {
    let mut parts = text.split('|');
    let mut read = || {
        let date = parts.next()?.parse().ok()?;
        let person = parts.next()?.parse().ok()?;
        let code = parts.next()?.to_owned();
        Some((date, person, code, parts.next()?.parse().ok()?))
    };
    read().ok_or_else(|| refused(ResultRefusal::CursorInvalid))
}
