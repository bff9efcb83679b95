//! Calendars of departments over HTTP.

use contract::org_defaults::{OrgCalendarPut, OrgCalendarView, OrgCalendarsPut};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use vocabulary::{CalendarId, LocalDate, OrgId};

use super::{CalendarRefusal, OrgCalendar};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::people::{self, OrgDefault, OrgDefaultFilter};

pub struct OrgCalendarsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl OrgCalendarsApi {
    /// List calendars of departments
    ///
    /// Entries of the timelines of departments, in the order of department and date; with `on` only
    /// those in effect on that date.
    #[oai(
        path = "/org-calendars",
        method = "get",
        operation_id = "list_org_calendars",
        tag = "Tag::Calendars"
    )]
    async fn org_calendars(
        &self,
        auth: Auth,
        org_id: Query<Option<OrgId>>,
        calendar_id: Query<Option<CalendarId>>,
        on: Query<Option<LocalDate>>,
        /// From the former page.
        #[oai(validator(max_length = 40))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<OrgCalendarView>>, Problem> {
        let (_, scope) = auth.allow(P::CalendarView)?;
        let bad = || Problem::from(Failure::from(CalendarRefusal::CursorInvalid));
        let after = match cursor.0.as_deref() {
            Some(text) => Some(place(text).ok_or_else(bad)?),
            None => None,
        };
        let limit = limit.0.min(MAX_LIMIT);
        let (org, object, on) = (org_id.0, calendar_id.0.map(|o| o.0), on.0);
        let filter = OrgDefaultFilter { org, object, on, after, limit };
        let q = self.app.db.snapshot().await?;
        let rows = people::org_defaults(&q, &scope, OrgDefault::Calendar, &filter).await?;
        let codes = super::calendar_codes(&q).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full);
        let next = next.map(|r| format!("{}_{}", r.org_id, r.valid_from));
        let view = |r: people::OrgDefaultRow| {
            let id = r.object_id.map(CalendarId);
            let code = id.and_then(|id| codes.iter().find(|(_, known)| **known == id));
            OrgCalendarView {
                org_id: r.org_id,
                valid_from: r.valid_from,
                calendar_id: id,
                calendar: code.map(|(code, _)| code.clone()),
            }
        };
        Ok(Json(Page::new(rows.into_iter().map(view).collect(), next)))
    }

    /// Assign calendars to departments
    ///
    /// For their people and those of the departments below who have no calendar of their own: the nearest
    /// department that has one counts. Up to 5,000 rows, each with its own outcome; the days are
    /// computed again.
    #[oai(
        path = "/org-calendars",
        method = "put",
        operation_id = "replace_org_calendars",
        tag = "Tag::Calendars"
    )]
    async fn assign(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgCalendarsPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::CalendarAssign)?;
        let row = |a: OrgCalendarPut| OrgCalendar {
            org: a.org_id,
            valid_from: a.valid_from,
            calendar: a.calendar,
            removed: a.remove,
        };
        let rows: Vec<OrgCalendar> = body.0.assignments.into_iter().map(row).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::assign_org_calendars(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

/// Where a page of entries ended.
fn place(cursor: &str) -> Option<(OrgId, LocalDate)> {
    let (org, date) = cursor.split_once('_')?;
    Some((org.parse().ok()?, date.parse().ok()?))
}
