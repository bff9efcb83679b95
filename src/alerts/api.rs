//! Alerts over HTTP.

use contract::alerts::{AlertPatch, AlertSeverity, AlertState, AlertView};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use vocabulary::AlertId;

use super::{AlertFilter, AlertRow};
use crate::base::{App, Fault, Once, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct AlertsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl AlertsApi {
    /// List alerts
    ///
    /// Newest first. Alerts are about the installation: only whoever may see everybody gets any.
    #[oai(path = "/alerts", method = "get", operation_id = "list_alerts", tag = "Tag::Alerts")]
    async fn alerts(
        &self,
        auth: Auth,
        state: Query<Option<AlertState>>,
        /// For example `results_not_reproduced`.
        #[oai(validator(max_length = 60))]
        code: Query<Option<String>>,
        /// From the former page.
        cursor: Query<Option<AlertId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<AlertView>>, Problem> {
        let (_, scope) = auth.allow(P::AlertView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = AlertFilter {
            id: None,
            state: state.0.map(state_code),
            code: code.0,
            before: cursor.0,
            limit,
        };
        let rows = super::alerts(self.app.db.read(), &scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        let items = rows.into_iter().map(alert_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Acknowledge an alert
    ///
    /// Somebody looks after it. 409 `alert_handled` unless it is open.
    #[oai(
        path = "/alerts/:id/acknowledgement",
        method = "post",
        operation_id = "create_alert_acknowledgement",
        tag = "Tag::Alerts"
    )]
    async fn acknowledge(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        id: Path<AlertId>,
        body: Json<AlertPatch>,
    ) -> Result<Json<AlertView>, Problem> {
        let (actor, scope) = auth.allow(P::AlertHandle)?;
        let comment = body.0.comment;
        let once = Once::new(key.0, &(id.0, &comment))?;
        let comment = comment.as_deref();
        let verb = || super::acknowledge(&self.app, &actor, &scope, id.0, comment, &once);
        Ok(Json(alert_view(retry(verb).await?)?))
    }

    /// Resolve an alert
    ///
    /// It is settled. The same thing may raise a new one afterwards. 409 `alert_handled` if it is resolved already.
    #[oai(
        path = "/alerts/:id/resolution",
        method = "post",
        operation_id = "create_alert_resolution",
        tag = "Tag::Alerts"
    )]
    async fn resolve(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        id: Path<AlertId>,
        body: Json<AlertPatch>,
    ) -> Result<Json<AlertView>, Problem> {
        let (actor, scope) = auth.allow(P::AlertHandle)?;
        let comment = body.0.comment;
        let once = Once::new(key.0, &(id.0, &comment))?;
        let comment = comment.as_deref();
        let verb = || super::resolve(&self.app, &actor, &scope, id.0, comment, &once);
        Ok(Json(alert_view(retry(verb).await?)?))
    }
}

const fn state_code(s: AlertState) -> &'static str {
    match s {
        AlertState::Open => "open",
        AlertState::Acknowledged => "acknowledged",
        AlertState::Resolved => "resolved",
    }
}

fn alert_view(r: AlertRow) -> Result<AlertView, Fault> {
    Ok(AlertView {
        id: r.id,
        code: r.code,
        severity: match r.severity.as_str() {
            "info" => AlertSeverity::Info,
            "warning" => AlertSeverity::Warning,
            _ => AlertSeverity::Critical,
        },
        object: r.object,
        detail: Any(serde_json::from_str(&r.detail)?),
        state: match r.state.as_str() {
            "open" => AlertState::Open,
            "acknowledged" => AlertState::Acknowledged,
            _ => AlertState::Resolved,
        },
        opened_at: r.opened_at,
        acknowledged_at: r.acknowledged_at,
        acknowledged_by: r.acknowledged_by,
        resolved_at: r.resolved_at,
        resolved_by: r.resolved_by,
        comment: r.comment,
    })
}
