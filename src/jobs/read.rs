use sea_orm::FromQueryResult;
use vocabulary::{Instant, JobId, UserId};

use crate::base::{Fault, Query};

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct JobRow {
    pub id: JobId,
    pub kind: String,
    pub state: String,
    pub params: String,
    pub progress_done: i64,
    pub progress_total: Option<i64>,
    /// JSON: where to look.
    pub result: Option<String>,
    /// JSON: code, zh, en.
    pub error: Option<String>,
    pub author_id: Option<UserId>,
    pub created_at: Instant,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
}

/// Which jobs are wanted.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    pub id: Option<JobId>,
    /// Only his jobs.
    pub author: Option<UserId>,
    pub kind: Option<String>,
    pub state: Option<&'static str>,
    /// Older than this one.
    pub before: Option<JobId>,
    pub limit: u32,
}

/// Jobs, newest first.
pub async fn jobs(q: &impl Query, f: &JobFilter) -> Result<Vec<JobRow>, Fault> {
    q.rows(
        "SELECT id, kind, state, params, progress_done, progress_total, result, error, author_id, \
           created_at, started_at, finished_at FROM job \
         WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR author_id = $2) \
           AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR state = $4) \
           AND ($5 IS NULL OR id < $5) ORDER BY id DESC LIMIT $6",
        vec![
            f.id.into(),
            f.author.into(),
            f.kind.clone().into(),
            f.state.into(),
            f.before.into(),
            i64::from(f.limit).into(),
        ],
    )
    .await
}

/// One job.
pub async fn job(q: &impl Query, id: JobId) -> Result<Option<JobRow>, Fault> {
    let filter = JobFilter { id: Some(id), limit: 1, ..JobFilter::default() };
    Ok(jobs(q, &filter).await?.pop())
}
