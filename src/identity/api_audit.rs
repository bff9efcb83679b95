//! The audit log over HTTP.

use contract::audit::AuditView;
use contract::{FileAnswer, FileFormat, MAX_LIMIT, Page, Problem, Tag};
use poem::Body;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use vocabulary::{AuditId, Instant, UserId};

use super::api::{Auth, default_limit};
use super::{Permission as P, audit_file, read};
use crate::base::{App, Failure};

pub struct AuditApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl AuditApi {
    /// Read the audit log
    ///
    /// Newest first. Every write, every export and every look at a masked field has an entry. Whoever may see everybody
    /// sees all entries; others see what users did who are employees within scope today.
    #[oai(path = "/audit", method = "get", operation_id = "list_audit", tag = "Tag::Identity")]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn audit(
        &self,
        auth: Auth,
        /// Kind of object, for example `rule`.
        #[oai(validator(max_length = 60))]
        object: Query<Option<String>>,
        #[oai(validator(max_length = 100))] object_id: Query<Option<String>>,
        /// What was done, for example `assign_roles`.
        #[oai(validator(max_length = 60))]
        operation: Query<Option<String>>,
        /// `api`, `cli` or `system`.
        #[oai(validator(max_length = 20))]
        channel: Query<Option<String>>,
        user_id: Query<Option<UserId>>,
        /// Not before.
        from: Query<Option<Instant>>,
        /// Before.
        to: Query<Option<Instant>>,
        /// From the former page.
        cursor: Query<Option<AuditId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<AuditView>>, Problem> {
        let (_, scope) = auth.allow(P::AuditView)?;
        let limit = limit.0.min(MAX_LIMIT);
        let filter = read::AuditFilter {
            object: object.0,
            object_id: object_id.0,
            operation: operation.0,
            channel: channel.0,
            user: user_id.0,
            from: from.0,
            to: to.0,
            before: cursor.0,
            today: self.app.today(),
            limit,
        };
        let found = read::audit_entries(self.app.db.read(), &scope, &filter).await;
        let rows = found.map_err(Failure::from)?;
        let next = (rows.len() as u64 == u64::from(limit)).then(|| rows.last().map(|a| a.id));
        let items = rows.into_iter().map(audit_view).collect();
        Ok(Json(Page::new(items, next.flatten().map(|id| id.to_string()))))
    }

    /// Export the audit log
    ///
    /// The entries of a time, newest first, at most 200,000. The export itself gets an entry.
    #[oai(
        path = "/audit/export",
        method = "get",
        operation_id = "get_audit_export",
        tag = "Tag::Identity"
    )]
    #[expect(clippy::too_many_arguments, reason = "one parameter per filter of the document")]
    async fn export(
        &self,
        auth: Auth,
        /// Kind of object, for example `rule`.
        #[oai(validator(max_length = 60))]
        object: Query<Option<String>>,
        #[oai(validator(max_length = 100))] object_id: Query<Option<String>>,
        #[oai(validator(max_length = 60))] operation: Query<Option<String>>,
        #[oai(validator(max_length = 20))] channel: Query<Option<String>>,
        user_id: Query<Option<UserId>>,
        /// Not before.
        from: Query<Option<Instant>>,
        /// Before.
        to: Query<Option<Instant>>,
        format: Query<FileFormat>,
    ) -> Result<FileAnswer, Problem> {
        let (actor, scope) = auth.allow(P::AuditExport)?;
        let filter = read::AuditFilter {
            object: object.0,
            object_id: object_id.0,
            operation: operation.0,
            channel: channel.0,
            user: user_id.0,
            from: from.0,
            to: to.0,
            before: None,
            today: self.app.today(),
            limit: MAX_LIMIT,
        };
        let file = audit_file::export_audit(
            &self.app,
            &actor,
            &scope,
            filter,
            format.0 == FileFormat::Xlsx,
        )
        .await?;
        let body = Body::from_async_read(tokio::fs::File::from_std(file));
        Ok(FileAnswer { format: format.0, name: "audit".to_owned(), body })
    }
}

fn audit_view(a: read::AuditRow) -> AuditView {
    let detail = serde_json::from_str(&a.detail).unwrap_or(serde_json::Value::Null);
    AuditView {
        id: a.id,
        at: a.at,
        user_id: a.user_id,
        login: a.login,
        channel: a.channel,
        operation: a.operation,
        object: a.object,
        object_id: a.object_id,
        detail: Any(detail),
    }
}
