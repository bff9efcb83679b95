//! Asynchronous jobs.

use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use serde_json::{Value, json};
use vocabulary::{Instant, JobId, UserId};

use crate::Item;
use crate::examples::utc;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    Running,
    Done,
    /// `error` says why.
    Failed,
    Cancelled,
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct JobErrorView {
    /// Stable machine code.
    pub code: String,
    /// In the language asked for.
    pub message: String,
}

/// Work that takes longer than a request may.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct JobView {
    pub id: JobId,
    /// For example `what_if`.
    pub kind: String,
    pub state: JobState,
    /// Units that are done, for example people.
    pub progress_done: i64,
    /// All units; absent while they are not counted.
    pub progress_total: Option<i64>,
    /// Where the outcome is to be found, for example `{"what_if_run_id": "7"}`.
    pub result: Option<Any<Value>>,
    pub error: Option<JobErrorView>,
    /// Absent: the program by itself.
    pub author_id: Option<UserId>,
    pub created_at: Instant,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
}

impl Example for JobView {
    fn example() -> Self {
        Self {
            id: JobId(21),
            kind: "what_if".to_owned(),
            state: JobState::Done,
            progress_done: 300,
            progress_total: Some(300),
            result: Some(Any(json!({ "what_if_run_id": "7" }))),
            error: None,
            author_id: Some(UserId(2)),
            created_at: utc(10, "02:00:00"),
            started_at: Some(utc(10, "02:00:01")),
            finished_at: Some(utc(10, "02:00:09")),
        }
    }
}

impl Item for JobView {}
