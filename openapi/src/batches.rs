//! Bulk changes whose results are being computed.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{BatchId, Instant, UserId};

use crate::Item;
use crate::examples::utc;

/// How urgent it is; the first lane is worked off first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MarkLane {
    /// Somebody waits for it.
    Interactive,
    /// Today and yesterday.
    Recent,
    OpenPeriod,
    /// In idle time.
    Mass,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MarkBatchState {
    Running,
    Paused,
    /// Everything has been computed.
    Done,
}

/// A change that concerns many people, and how far its results are computed.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct MarkBatchView {
    pub id: BatchId,
    /// What changed: `rule`, `scheme`, `shift`, `calendar`, `request_type`, `engine` …
    pub cause: String,
    /// Kind of the object: `rule`, `calendar` … or `everybody`.
    pub object: String,
    pub object_id: Option<String>,
    pub state: MarkBatchState,
    pub lane: MarkLane,
    pub author_id: Option<UserId>,
    pub created_at: Instant,
    pub done_at: Option<Instant>,
    /// Marks of people and spans there were, are computed, and are left.
    pub total: i64,
    pub done: i64,
    pub left: i64,
    /// Marks computed in a minute of the last seconds.
    pub per_minute: Option<i64>,
    /// Estimate; none while it is paused or has not been watched for a few seconds.
    pub seconds_left: Option<i64>,
}

impl Example for MarkBatchView {
    fn example() -> Self {
        Self {
            id: BatchId(5),
            cause: "rule".to_owned(),
            object: "rule".to_owned(),
            object_id: Some("7".to_owned()),
            state: MarkBatchState::Running,
            lane: MarkLane::Mass,
            author_id: Some(UserId(2)),
            created_at: utc(10, "02:00:00"),
            done_at: None,
            total: 4800,
            done: 1800,
            left: 3000,
            per_minute: Some(3000),
            seconds_left: Some(60),
        }
    }
}

impl Item for MarkBatchView {}

/// Moves a batch.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct MarkBatchMove {
    pub lane: MarkLane,
}

impl Example for MarkBatchMove {
    fn example() -> Self {
        Self { lane: MarkLane::OpenPeriod }
    }
}
