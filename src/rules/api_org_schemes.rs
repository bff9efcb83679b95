//! Schemes of departments over HTTP.

use contract::org_defaults::{OrgSchemePut, OrgSchemeView, OrgSchemesPut};
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, OrgId, RuleId};

use super::{OrgScheme, RuleRefusal};
use crate::base::{App, Failure, Once, RowOutcome, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};
use crate::people::{self, OrgDefault, OrgDefaultFilter};

pub struct OrgSchemesApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl OrgSchemesApi {
    /// List schemes of departments
    ///
    /// Entries of the timelines of departments, in the order of department and date; with `on` only
    /// those in effect on that date.
    #[oai(
        path = "/org-schemes",
        method = "get",
        operation_id = "list_org_schemes",
        tag = "Tag::Rules"
    )]
    async fn org_schemes(
        &self,
        auth: Auth,
        org_id: Query<Option<OrgId>>,
        scheme_id: Query<Option<RuleId>>,
        on: Query<Option<LocalDate>>,
        /// From the former page.
        #[oai(validator(max_length = 40))]
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<OrgSchemeView>>, Problem> {
        let (_, scope) = auth.allow(P::RuleView)?;
        let bad = || Problem::from(Failure::from(RuleRefusal::CursorInvalid));
        let after = match cursor.0.as_deref() {
            Some(text) => Some(place(text).ok_or_else(bad)?),
            None => None,
        };
        let limit = limit.0.min(MAX_LIMIT);
        let (org, object, on) = (org_id.0, scheme_id.0.map(|o| o.0), on.0);
        let filter = OrgDefaultFilter { org, object, on, after, limit };
        let q = self.app.db.snapshot().await?;
        let rows = people::org_defaults(&q, &scope, OrgDefault::Scheme, &filter).await?;
        let codes = super::scheme_codes(&q).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full);
        let next = next.map(|r| format!("{}_{}", r.org_id, r.valid_from));
        let view = |r: people::OrgDefaultRow| {
            let id = r.object_id.map(RuleId);
            let code = id.and_then(|id| codes.iter().find(|(_, known)| **known == id));
            OrgSchemeView {
                org_id: r.org_id,
                valid_from: r.valid_from,
                scheme_id: id,
                scheme: code.map(|(code, _)| code.clone()),
            }
        };
        Ok(Json(Page::new(rows.into_iter().map(view).collect(), next)))
    }

    /// Assign schemes to departments
    ///
    /// For their people and those of the departments below who have no scheme of their own: the nearest
    /// department that has one counts. Up to 5,000 rows, each with its own outcome; the days are
    /// computed again.
    #[oai(
        path = "/org-schemes",
        method = "put",
        operation_id = "replace_org_schemes",
        tag = "Tag::Rules"
    )]
    async fn assign(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Json<OrgSchemesPut>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(P::SchemeAssign)?;
        let row = |a: OrgSchemePut| OrgScheme {
            org: a.org_id,
            valid_from: a.valid_from,
            scheme: a.scheme,
            removed: a.remove,
        };
        let rows: Vec<OrgScheme> = body.0.assignments.into_iter().map(row).collect();
        let once = Once::new(key.0, &rows)?;
        let app = &self.app;
        let done = retry(|| super::assign_org_schemes(app, &actor, &scope, &rows, &once)).await?;
        Ok(Json(RowOutcome::page(done)))
    }
}

/// Where a page of entries ended.
fn place(cursor: &str) -> Option<(OrgId, LocalDate)> {
    let (org, date) = cursor.split_once('_')?;
    Some((org.parse().ok()?, date.parse().ok()?))
}
