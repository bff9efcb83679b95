//! Jobs over HTTP.

use contract::jobs::{JobErrorView, JobState, JobView};
use contract::{MAX_LIMIT, Page, Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Any;
use serde_json::Value;
use vocabulary::{JobId, UserId};

use super::{JobFilter, JobRefusal, JobRow};
use crate::base::context::{Lang, lang};
use crate::base::{App, Failure, Fault, Once, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey, default_limit};

pub struct JobsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl JobsApi {
    /// List jobs
    ///
    /// My own, newest first; with the permission `job.view` those of everybody.
    #[oai(path = "/jobs", method = "get", operation_id = "list_jobs", tag = "Tag::Jobs")]
    async fn jobs(
        &self,
        auth: Auth,
        /// For example `what_if`.
        #[oai(validator(max_length = 40))]
        kind: Query<Option<String>>,
        state: Query<Option<JobState>>,
        /// Only mine, whatever I may see.
        #[oai(default)]
        mine: Query<bool>,
        /// From the former page.
        cursor: Query<Option<JobId>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<JobView>>, Problem> {
        let limit = limit.0.min(MAX_LIMIT);
        let all = !mine.0 && sees_all(&auth, P::JobView);
        let filter = JobFilter {
            id: None,
            author: (!all).then_some(auth.user()),
            kind: kind.0,
            state: state.0.map(state_code),
            before: cursor.0,
            limit,
        };
        let rows = super::jobs(self.app.db.read(), &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        let items = rows.into_iter().map(job_view).collect::<Result<_, _>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Get a job
    ///
    /// State and progress of one of my jobs; with the permission `job.view` of any.
    #[oai(path = "/jobs/:id", method = "get", operation_id = "get_job", tag = "Tag::Jobs")]
    async fn job(&self, auth: Auth, id: Path<JobId>) -> Result<Json<JobView>, Problem> {
        let row = super::job(self.app.db.read(), id.0).await?;
        let mine = |r: &JobRow| r.author_id == Some::<UserId>(auth.user());
        let row = row.filter(|r| mine(r) || sees_all(&auth, P::JobView));
        let row = row.ok_or_else(|| Problem::from(Failure::from(JobRefusal::JobNotFound)))?;
        Ok(Json(job_view(row)?))
    }

    /// Cancel a job
    ///
    /// One of mine; with the permission `job.cancel` any. What it has written so far stays. 409 `job_ended` if it
    /// has ended already.
    #[oai(
        path = "/jobs/:id/cancellation",
        method = "post",
        operation_id = "create_job_cancellation",
        tag = "Tag::Jobs"
    )]
    async fn cancel(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        id: Path<JobId>,
    ) -> Result<Json<JobView>, Problem> {
        let actor = auth.actor();
        let all = sees_all(&auth, P::JobCancel);
        let once = Once::new(key.0, &id.0)?;
        let row = retry(|| super::cancel(&self.app, &actor, id.0, all, &once)).await?;
        Ok(Json(job_view(row)?))
    }
}

/// Jobs belong to users, not to people: the permission counts only without limits.
fn sees_all(auth: &Auth, permission: P) -> bool {
    auth.everywhere(permission)
}

const fn state_code(s: JobState) -> &'static str {
    match s {
        JobState::Queued => "queued",
        JobState::Running => "running",
        JobState::Done => "done",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

/// State of a stored job.
pub fn job_state(code: &str) -> JobState {
    match code {
        "queued" => JobState::Queued,
        "running" => JobState::Running,
        "done" => JobState::Done,
        "cancelled" => JobState::Cancelled,
        _ => JobState::Failed,
    }
}

/// The stored reason of a failure in the language of the request.
pub fn error_view(text: Option<&str>) -> Result<Option<JobErrorView>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let error: Value = serde_json::from_str(text)?;
    let part = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = part(if lang() == Lang::Zh { "zh" } else { "en" });
    Ok(Some(JobErrorView { code: part("code"), message }))
}

fn job_view(r: JobRow) -> Result<JobView, Fault> {
    let result = r.result.as_deref().map(serde_json::from_str).transpose()?;
    Ok(JobView {
        id: r.id,
        kind: r.kind,
        state: job_state(&r.state),
        progress_done: r.progress_done,
        progress_total: r.progress_total,
        result: result.map(Any),
        error: error_view(r.error.as_deref())?,
        author_id: r.author_id,
        created_at: r.created_at,
        started_at: r.started_at,
        finished_at: r.finished_at,
    })
}
