//! Period sets, their lists and their assignments over HTTP.

use contract::period_sets::{
    PeriodDateView, PeriodDatesChangedView, PeriodDatesPut, PeriodSetAssignmentView,
    PeriodSetAssignmentsCreate, PeriodSetCreate, PeriodSetView,
};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, PeriodSetId, PersonId};

use super::period_set_view as view;
use super::{
    CalendarRefusal, NewPeriodSet, PeriodAssignment, PeriodAssignmentFilter, PeriodSetFilter,
    PeriodSetRefusal, PeriodSubject,
};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct PeriodSetsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl PeriodSetsApi {
    /// List period sets
    ///
    /// The rules that cut the calendar into attendance periods, in the order of their codes.
    #[oai(
        path = "/period-sets",
        method = "get",
        operation_id = "list_period_sets",
        tag = "Tag::Calendars"
    )]
    async fn period_sets(
        &self,
        auth: Auth,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PeriodSetView>>, Problem> {
        auth.allow(P::CalendarView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = PeriodSetFilter { id: None, after: cursor.0, limit };
        let rows = super::period_set_page(self.app.db.read(), &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|s| s.code.clone());
        Ok(Json(Page::new(rows.into_iter().map(view::period_set).collect(), next)))
    }

    /// Create a period set
    ///
    /// Its start day never changes. List periods or assign it afterwards.
    #[oai(
        path = "/period-sets",
        method = "post",
        operation_id = "create_period_set",
        tag = "Tag::Calendars"
    )]
    async fn create_period_set(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PeriodSetCreate>,
    ) -> Result<Json<PeriodSetView>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let b = body.0;
        let new = NewPeriodSet { code: b.code, name: b.name, start_day: b.start_day };
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::create_period_set(&self.app, &actor, &new, &once)).await?;
        Ok(Json(view::period_set(done)))
    }

    /// Get a period set
    #[oai(
        path = "/period-sets/:id",
        method = "get",
        operation_id = "get_period_set",
        tag = "Tag::Calendars"
    )]
    async fn period_set(
        &self,
        auth: Auth,
        id: Path<PeriodSetId>,
    ) -> Result<Json<PeriodSetView>, Problem> {
        auth.allow(P::CalendarView)?;
        let row = super::period_set(self.app.db.read(), id.0).await?;
        let row = row.ok_or_else(|| refused(PeriodSetRefusal::NotFound))?;
        Ok(Json(view::period_set(row)))
    }

    /// List the listed periods of a set
    ///
    /// In the order of dates. All other dates follow the start day.
    #[oai(
        path = "/period-sets/:id/dates",
        method = "get",
        operation_id = "list_period_set_dates",
        tag = "Tag::Calendars"
    )]
    async fn dates(
        &self,
        auth: Auth,
        id: Path<PeriodSetId>,
        /// From the former page.
        #[oai(validator(max_length = 10))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PeriodDateView>>, Problem> {
        auth.allow(P::CalendarView)?;
        let after = read_cursor(cursor.0.as_deref(), |text| text.parse::<LocalDate>().ok())?;
        let from = after.map_or(LocalDate::MIN, |d| d.plus(1));
        let limit = limit.0.min(MAX_LIMIT);
        let q = self.app.db.snapshot().await?;
        let found = super::period_set(&q, id.0).await?;
        found.ok_or_else(|| refused(PeriodSetRefusal::NotFound))?;
        let rows = super::listed_periods(&q, id.0, from, limit).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|p| p.from.to_string());
        Ok(Json(Page::new(rows.into_iter().map(view::period).collect(), next)))
    }

    /// List periods of a set
    ///
    /// Instead of what the set lists from a date on. Periods follow each other without gaps, at most
    /// 200 of at most 31 days, and end where a period of the start day ends. Periods that are closing or
    /// locked keep their dates. Everybody who has the set is computed again.
    #[oai(
        path = "/period-sets/:id/dates",
        method = "put",
        operation_id = "replace_period_set_dates",
        tag = "Tag::Calendars"
    )]
    async fn set_dates(
        &self,
        auth: Auth,
        id: Path<PeriodSetId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PeriodDatesPut>,
    ) -> Result<Json<PeriodDatesChangedView>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let version = body.version;
        let list = view::list(body.0);
        let once = Once::new(key.0, &(id.0, version, &list))?;
        let app = &self.app;
        let done =
            retry(|| super::set_period_dates(app, &actor, id.0, version, &list, &once)).await?;
        Ok(Json(view::changed(done)))
    }

    /// List assignments of period sets
    ///
    /// Entries of departments, then of persons, then of groups, in the order of their ids and dates. A
    /// person follows his own entry, else his employment kind, his position, his dimension values, his
    /// nearest department that has a set, else the default set.
    #[oai(
        path = "/period-set-assignments",
        method = "get",
        operation_id = "list_period_set_assignments",
        tag = "Tag::Calendars"
    )]
    async fn assignments(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        org_id: Query<Option<OrgId>>,
        period_set_id: Query<Option<PeriodSetId>>,
        /// From the former page.
        #[oai(validator(max_length = 40))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PeriodSetAssignmentView>>, Problem> {
        let (_, scope) = auth.allow(P::CalendarView)?;
        let filter = PeriodAssignmentFilter {
            person: person_id.0,
            org: org_id.0,
            set: period_set_id.0,
            after: read_cursor(cursor.0.as_deref(), place)?,
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::period_assignments(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|a| cursor_of(a.subject, a.valid_from));
        Ok(Json(Page::new(rows.into_iter().map(view::assignment).collect(), next)))
    }

    /// Assign period sets
    ///
    /// To persons, to departments and dimension values with all below them, to employment kinds and
    /// positions. A change takes effect where the running period of each person ends. Up to 1,000 rows,
    /// each with its own outcome.
    #[oai(
        path = "/period-set-assignments",
        method = "post",
        operation_id = "create_period_set_assignments",
        tag = "Tag::Calendars"
    )]
    async fn assign(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<PeriodSetAssignmentsCreate>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::CalendarAssign)?;
        let assignments = body.0.assignments.into_iter();
        let rows: Vec<PeriodAssignment> = assignments.map(view::wanted).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::assign_period_sets(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

fn refused(r: impl Into<PeriodSetRefusal>) -> Problem {
    Failure::from(r.into()).into()
}

/// What a cursor says, if there is one.
fn read_cursor<T>(
    cursor: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let bad = || refused(CalendarRefusal::CursorInvalid);
    cursor.map(|text| read(text).ok_or_else(bad)).transpose()
}

fn cursor_of(subject: PeriodSubject, from: LocalDate) -> String {
    match subject {
        PeriodSubject::Org(id) => format!("o_{id}_{from}"),
        PeriodSubject::Person(id) => format!("p_{id}_{from}"),
        PeriodSubject::Kind(n) => format!("k_{n}_{from}"),
        PeriodSubject::Position(id) => format!("s_{id}_{from}"),
        PeriodSubject::Value(id) => format!("v_{id}_{from}"),
    }
}

/// Where a page of assignments ended.
fn place(cursor: &str) -> Option<(PeriodSubject, LocalDate)> {
    let mut parts = cursor.splitn(3, '_');
    let (kind, id, date) = (parts.next()?, parts.next()?, parts.next()?);
    let subject = match kind {
        "o" => PeriodSubject::Org(id.parse().ok()?),
        "p" => PeriodSubject::Person(id.parse().ok()?),
        "k" => PeriodSubject::Kind(id.parse().ok()?),
        "s" => PeriodSubject::Position(id.parse().ok()?),
        "v" => PeriodSubject::Value(id.parse().ok()?),
        _ => return None,
    };
    Some((subject, date.parse().ok()?))
}
