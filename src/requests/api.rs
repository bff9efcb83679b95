//! Approved requests over HTTP.

use contract::requests::{RequestCreate, RequestView, RequestsCreate, RevocationCreate};
use contract::shifts::WallSpanBody;
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, PersonId, RequestId};

use super::{NewApproved, RequestFilter, RequestRefusal, RequestRow};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

/// Days of one answer.
const MAX_DAYS: i32 = 366;

pub struct RequestsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl RequestsApi {
    /// List approved requests
    ///
    /// Those that touch the dates, at most 366 days, in the order of their ids. One sees requests
    /// of people who were in one's departments on the first date of the request.
    #[oai(
        path = "/requests",
        method = "get",
        operation_id = "list_requests",
        tag = "Tag::Requests"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn requests(
        &self,
        auth: Auth,
        from: Query<LocalDate>,
        to: Query<LocalDate>,
        person_id: Query<Option<PersonId>>,
        /// Code of the request type.
        #[oai(name = "type", validator(max_length = 100))]
        type_code: Query<Option<String>>,
        /// Also what was revoked.
        #[oai(default)]
        revoked: Query<bool>,
        /// From the former page.
        cursor: Query<Option<RequestId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<RequestView>>, Problem> {
        let (_, scope) = auth.allow(P::RequestView)?;
        if to.0 < from.0 || to.0 > from.0.plus(MAX_DAYS - 1) {
            return Err(refused(RequestRefusal::SpanInvalid { max_days: MAX_DAYS }));
        }
        let filter = RequestFilter {
            id: None,
            person: person_id.0,
            type_code: type_code.0,
            from: from.0,
            to: to.0,
            revoked: revoked.0,
            after: cursor.0.unwrap_or_default(),
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::requests(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        Ok(Json(Page::new(rows.into_iter().map(view).collect(), next)))
    }

    /// Record approved requests
    ///
    /// Up to 5,000 forms that were approved elsewhere; each has its own outcome, a refused one does
    /// not hinder the others. The same form (person, type, start, end) is recorded once. The days
    /// are computed again.
    #[oai(
        path = "/requests",
        method = "post",
        operation_id = "create_requests",
        tag = "Tag::Requests"
    )]
    async fn record(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RequestsCreate>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::RequestRecord)?;
        let forms: Vec<NewApproved> = body.0.requests.into_iter().map(form).collect();
        let once = Once::new(key.0, &forms)?;
        let app = &self.app;
        let done = retry(|| super::record_approved(app, &actor, &scope, &forms, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }

    /// Get an approved request
    #[oai(
        path = "/requests/:id",
        method = "get",
        operation_id = "get_request",
        tag = "Tag::Requests"
    )]
    async fn request(&self, auth: Auth, id: Path<RequestId>) -> Result<Json<RequestView>, Problem> {
        let (_, scope) = auth.allow(P::RequestView)?;
        let row = super::request(self.app.db.read(), &scope, id.0).await?;
        Ok(Json(view(row.ok_or_else(|| refused(RequestRefusal::RequestNotFound))?)))
    }

    /// Revoke an approved request
    ///
    /// It does not count any more, from its first date on. Revoking it again changes nothing.
    #[oai(
        path = "/requests/:id/revocation",
        method = "post",
        operation_id = "create_request_revocation",
        tag = "Tag::Requests"
    )]
    async fn revoke(
        &self,
        auth: Auth,
        id: Path<RequestId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<RevocationCreate>,
    ) -> Result<Json<RequestView>, Problem> {
        let (actor, scope) = auth.allow(P::RequestRecord)?;
        let (app, reason) = (&self.app, body.0.reason);
        let once = Once::new(key.0, &(id.0, &reason))?;
        let done = retry(|| super::revoke(app, &actor, &scope, id.0, &reason, &once)).await?;
        Ok(Json(view(done)))
    }
}

fn refused(r: RequestRefusal) -> Problem {
    Failure::from(r).into()
}

fn form(b: RequestCreate) -> NewApproved {
    NewApproved {
        person: b.person_id,
        type_code: b.type_code,
        start: b.start,
        end: b.end,
        approved_at: b.approved_at,
        half_day: b.half_day,
        overtime_date: b.overtime_date,
        breaks: b.breaks.into_iter().map(|s| (s.start, s.end)).collect(),
        break_minutes: b.break_minutes,
        reason: b.reason,
    }
}

fn view(r: RequestRow) -> RequestView {
    RequestView {
        id: r.id,
        person_id: r.person,
        type_id: r.type_id,
        type_code: r.type_code,
        type_name: r.type_name,
        start: r.start,
        end: r.end,
        approved_at: r.approved_at,
        half_day: r.half_day,
        overtime_date: r.overtime_date,
        breaks: r.breaks.into_iter().map(|(start, end)| WallSpanBody { start, end }).collect(),
        break_minutes: r.break_minutes,
        reason: r.reason,
        author_id: r.author,
        at: r.at,
        revoked_at: r.revoked_at,
    }
}
