//! What an employee is told.

use poem_openapi::Object;
use poem_openapi::types::{Any, Example};
use serde_json::json;
use vocabulary::{Instant, NoticeId};

use crate::Item;
use crate::examples::utc;

/// A notice.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct NoticeView {
    pub id: NoticeId,
    /// `roster_published`, `roster_changed`, `roster_swapped`, `roster_swap_cancelled`.
    pub kind: String,
    /// What it tells of. Of rosters: `from`, `to`, `dates` (how many), `publication_id`, `swap_id`.
    pub payload: Any<serde_json::Value>,
    pub at: Instant,
    /// Absent = not read yet.
    pub read_at: Option<Instant>,
}

impl Example for NoticeView {
    fn example() -> Self {
        Self {
            id: NoticeId(41),
            kind: "roster_changed".to_owned(),
            payload: Any(json!({ "from": "2026-03-12", "to": "2026-03-13", "dates": 2 })),
            at: utc(10, "03:20:00"),
            read_at: None,
        }
    }
}

impl Item for NoticeView {}

/// Up to which notice everything was read.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct NoticesRead {
    pub up_to: NoticeId,
}

impl Example for NoticesRead {
    fn example() -> Self {
        Self { up_to: NoticeId(41) }
    }
}

/// How many of them were new.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct NoticesReadView {
    pub read: i64,
}

impl Example for NoticesReadView {
    fn example() -> Self {
        Self { read: 3 }
    }
}
