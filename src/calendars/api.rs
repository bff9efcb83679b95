//! Calendars and their assignments over HTTP.

use contract::calendars::{
    CalendarAssignmentView, CalendarAssignmentsPut, CalendarChangedView, CalendarCreate,
    CalendarDateView, CalendarDatesPut, CalendarPatch, CalendarPreviewView, CalendarView,
    NationalImportCreate, NationalImportedView, NationalImportsCreate, NationalPreviewView,
};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{CalendarId, LocalDate, PersonId};

use super::{
    AssignmentFilter, CalendarAssignment, CalendarChange, CalendarFilter, CalendarRefusal,
    DateChange, NewCalendar, view,
};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

/// Previews of one answer, unless said otherwise.
fn default_previews() -> u32 {
    20
}

/// Days of one answer.
const MAX_DAYS: i32 = 1_100;

pub struct CalendarsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl CalendarsApi {
    /// List calendars
    ///
    /// In the order of their codes.
    #[oai(
        path = "/calendars",
        method = "get",
        operation_id = "list_calendars",
        tag = "Tag::Calendars"
    )]
    async fn calendars(
        &self,
        auth: Auth,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<CalendarView>>, Problem> {
        auth.allow(P::CalendarView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = CalendarFilter { id: None, after: cursor.0, limit };
        let rows = super::calendars(self.app.db.read(), &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|c| c.code.clone());
        Ok(Json(Page::new(rows.into_iter().map(view::calendar).collect(), next)))
    }

    /// Create a calendar
    ///
    /// Without dates; set them or import the national schedule afterwards.
    #[oai(
        path = "/calendars",
        method = "post",
        operation_id = "create_calendar",
        tag = "Tag::Calendars"
    )]
    async fn create_calendar(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CalendarCreate>,
    ) -> Result<Json<CalendarView>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let b = body.0;
        let new = NewCalendar { code: b.code, name: b.name, rest_weekdays: b.rest_weekdays };
        let once = Once::new(key.0, &new)?;
        let done = retry(|| super::create_calendar(&self.app, &actor, &new, &once)).await?;
        Ok(Json(view::calendar(done)))
    }

    /// Get a calendar
    #[oai(
        path = "/calendars/:id",
        method = "get",
        operation_id = "get_calendar",
        tag = "Tag::Calendars"
    )]
    async fn calendar(
        &self,
        auth: Auth,
        id: Path<CalendarId>,
    ) -> Result<Json<CalendarView>, Problem> {
        auth.allow(P::CalendarView)?;
        let row = super::calendar_row(self.app.db.read(), id.0).await?;
        let row = row.ok_or_else(|| refused(CalendarRefusal::CalendarNotFound))?;
        Ok(Json(view::calendar(row)))
    }

    /// Rename a calendar
    ///
    /// Its weekdays of rest never change; another pattern is another calendar. No result changes.
    #[oai(
        path = "/calendars/:id",
        method = "patch",
        operation_id = "update_calendar",
        tag = "Tag::Calendars"
    )]
    async fn update_calendar(
        &self,
        auth: Auth,
        id: Path<CalendarId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CalendarPatch>,
    ) -> Result<Json<CalendarView>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let change = CalendarChange { version: body.version, name: body.0.name };
        let once = Once::new(key.0, &(id.0, &change))?;
        let app = &self.app;
        let done = retry(|| super::update_calendar(app, &actor, id.0, &change, &once)).await?;
        Ok(Json(view::calendar(done)))
    }

    /// Preview the national schedule of a year for all calendars
    ///
    /// What its import would add to each, and what people entered differently. In the order of codes.
    #[oai(
        path = "/national-previews",
        method = "get",
        operation_id = "list_national_previews",
        tag = "Tag::Calendars"
    )]
    async fn previews(
        &self,
        auth: Auth,
        /// 2024, 2025 or 2026.
        year: Query<i32>,
        /// From the former page.
        #[oai(validator(max_length = 100))]
        cursor: Query<Option<String>>,
        #[oai(
            default = "default_previews",
            validator(minimum(value = "1"), maximum(value = "50"))
        )]
        limit: Query<u32>,
    ) -> Result<Json<Page<CalendarPreviewView>>, Problem> {
        auth.allow(P::CalendarView)?;
        let q = self.app.db.snapshot().await?;
        let filter = CalendarFilter { id: None, after: cursor.0, limit: limit.0 };
        let calendars = super::calendars(&q, &filter).await?;
        let full = calendars.len() as u64 == u64::from(limit.0);
        let next = calendars.last().filter(|_| full).map(|c| c.code.clone());
        let mut items = Vec::new();
        for calendar in calendars {
            let plan = super::preview_national(&q, calendar.id, year.0).await?;
            items.push(view::calendar_preview(calendar, year.0, plan));
        }
        Ok(Json(Page::new(items, next)))
    }

    /// Import the national schedule of a year into several calendars
    ///
    /// All of them or none, at most 50. What people entered stays, unless it is to be replaced.
    #[oai(
        path = "/national-imports",
        method = "post",
        operation_id = "create_national_imports",
        tag = "Tag::Calendars"
    )]
    async fn import_into(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<NationalImportsCreate>,
    ) -> Result<Json<Page<NationalImportedView>>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let (app, b) = (&self.app, &body.0);
        let (ids, year, replace) = (&b.calendar_ids, b.year, b.replace);
        let key = || key.0.clone();
        let done =
            retry(|| super::import_national_into(app, &actor, ids, year, replace, key())).await?;
        let items = ids.iter().zip(done).map(|(id, c)| view::imported(*id, c)).collect();
        Ok(Json(Page::new(items, None)))
    }

    /// List the dates of a calendar
    ///
    /// Only listed dates, at most 1,100 days; all others follow their weekday.
    #[oai(
        path = "/calendars/:id/dates",
        method = "get",
        operation_id = "list_calendar_dates",
        tag = "Tag::Calendars"
    )]
    async fn dates(
        &self,
        auth: Auth,
        id: Path<CalendarId>,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
    ) -> Result<Json<Page<CalendarDateView>>, Problem> {
        auth.allow(P::CalendarView)?;
        if to.0 < from.0 || to.0 > from.0.plus(MAX_DAYS - 1) {
            return Err(refused(CalendarRefusal::SpanInvalid { max_days: MAX_DAYS }));
        }
        let q = self.app.db.snapshot().await?;
        let found = super::calendar_row(&q, id.0).await?;
        found.ok_or_else(|| refused(CalendarRefusal::CalendarNotFound))?;
        let rows = super::dates(&q, id.0, from.0, to.0).await?;
        Ok(Json(Page::new(rows.into_iter().map(view::date).collect(), None)))
    }

    /// Set dates of a calendar
    ///
    /// Everybody who uses the calendar is computed again two days around each date whose kind
    /// changes.
    #[oai(
        path = "/calendars/:id/dates",
        method = "put",
        operation_id = "replace_calendar_dates",
        tag = "Tag::Calendars"
    )]
    async fn set_dates(
        &self,
        auth: Auth,
        id: Path<CalendarId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CalendarDatesPut>,
    ) -> Result<Json<CalendarChangedView>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let version = body.version;
        let changes: Vec<DateChange> = body.0.dates.into_iter().map(view::change).collect();
        let once = Once::new(key.0, &(id.0, version, &changes))?;
        let app = &self.app;
        let done = retry(|| super::set_dates(app, &actor, id.0, version, &changes, &once)).await?;
        Ok(Json(view::changed(done)))
    }

    /// Preview the national schedule of a year
    ///
    /// What its import would add, and what people entered differently. A calendar without weekdays
    /// of rest takes only the statutory dates.
    #[oai(
        path = "/calendars/:id/national/:year",
        method = "get",
        operation_id = "get_national_preview",
        tag = "Tag::Calendars"
    )]
    async fn preview_national(
        &self,
        auth: Auth,
        id: Path<CalendarId>,
        /// 2024, 2025 or 2026.
        year: Path<i32>,
    ) -> Result<Json<NationalPreviewView>, Problem> {
        auth.allow(P::CalendarView)?;
        let q = self.app.db.snapshot().await?;
        let plan = super::preview_national(&q, id.0, year.0).await?;
        Ok(Json(view::preview(year.0, plan)))
    }

    /// Import the national schedule of a year
    ///
    /// What people entered stays, unless it is to be replaced. Importing again changes nothing.
    #[oai(
        path = "/calendars/:id/national",
        method = "post",
        operation_id = "create_national_import",
        tag = "Tag::Calendars"
    )]
    async fn import_national(
        &self,
        auth: Auth,
        id: Path<CalendarId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<NationalImportCreate>,
    ) -> Result<Json<CalendarChangedView>, Problem> {
        let (actor, _) = auth.allow(P::CalendarEdit)?;
        let (app, year, replace) = (&self.app, body.year, body.replace);
        let key = || key.0.clone();
        let done =
            retry(|| super::import_national(app, &actor, id.0, year, replace, key())).await?;
        Ok(Json(view::changed(done)))
    }

    /// List assignments of calendars
    ///
    /// Entries of the timelines of people, in the order of person and date. People without an entry
    /// follow the default calendar.
    #[oai(
        path = "/calendar-assignments",
        method = "get",
        operation_id = "list_calendar_assignments",
        tag = "Tag::Calendars"
    )]
    async fn assignments(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        calendar_id: Query<Option<CalendarId>>,
        /// From the former page.
        #[oai(validator(max_length = 40))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<CalendarAssignmentView>>, Problem> {
        let (_, scope) = auth.allow(P::CalendarView)?;
        let after = match cursor.0.as_deref() {
            Some(text) => Some(place(text).ok_or_else(|| refused(CalendarRefusal::CursorInvalid))?),
            None => None,
        };
        let filter = AssignmentFilter {
            person: person_id.0,
            calendar: calendar_id.0,
            after,
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::assignments(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full);
        let next = next.map(|a| format!("{}_{}", a.person_id, a.valid_from));
        Ok(Json(Page::new(rows.into_iter().map(view::assignment).collect(), next)))
    }

    /// Assign calendars
    ///
    /// From `valid_from` until the next entry of his timeline a person has this calendar. Up to
    /// 5,000 rows, each with its own outcome.
    #[oai(
        path = "/calendar-assignments",
        method = "put",
        operation_id = "replace_calendar_assignments",
        tag = "Tag::Calendars"
    )]
    async fn assign(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<CalendarAssignmentsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::CalendarAssign)?;
        let assignments = body.0.assignments.into_iter();
        let rows: Vec<CalendarAssignment> = assignments.map(view::wanted).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::assign_calendars(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

fn refused(r: CalendarRefusal) -> Problem {
    Failure::from(r).into()
}

/// Where a page of assignments ended.
fn place(cursor: &str) -> Option<(PersonId, LocalDate)> {
    let (person, date) = cursor.split_once('_')?;
    Some((person.parse().ok()?, date.parse().ok()?))
}

/// A change of a date as it is sent.
pub fn date_change(d: contract::calendars::CalendarDatePut) -> DateChange {
    view::change(d)
}
