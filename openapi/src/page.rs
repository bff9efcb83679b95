use poem_openapi::types::{Example, ParseFromJSON, ToJSON, Type};
use poem_openapi::{Enum, Object};
use serde::Serialize;
use vocabulary::Instant;

use crate::examples::utc;

/// The most items a page may ask for.
pub const MAX_LIMIT: u32 = 500;

/// What lists hold.
pub trait Item: ParseFromJSON + ToJSON + Type + Example + Send + Sync {
    /// The page that stands in the document.
    fn page() -> Page<Self> {
        Page::new(vec![Self::example()], None)
    }
}

/// A page of a list. Ask for the next one with `cursor` = `next_cursor`; the last page has none.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Page<T: Item> {
    pub items: Vec<T>,
    /// Opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Only lists of computed results carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
}

impl<T: Item> Page<T> {
    pub fn new(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { items, next_cursor, freshness: None }
    }

    pub fn fresh(self, freshness: Freshness) -> Self {
        Self { freshness: Some(freshness), ..self }
    }
}

impl<T: Item> Example for Page<T> {
    fn example() -> Self {
        T::page()
    }
}

/// How fresh computed results are.
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Freshness {
    /// When the rows were read.
    pub as_of: Instant,
    /// People of this answer's scope who still have changes to be computed.
    pub pending_people: i64,
    /// The oldest of these changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_pending_at: Option<Instant>,
}

impl Example for Freshness {
    fn example() -> Self {
        let oldest = utc(12, "01:59:57");
        Self { as_of: utc(12, "02:00:00"), pending_people: 2, oldest_pending_at: Some(oldest) }
    }
}

/// What became of one row of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Written.
    Accepted,
    /// It was there already; nothing changed.
    Duplicate,
    /// Refused; nothing of this row was written.
    Rejected,
}

/// The answer for one row of a batch, in the order of the request.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Outcome {
    /// Index of the row, from 0.
    pub index: u32,
    pub outcome: OutcomeKind,
    /// Id of the row that was written or found.
    pub id: Option<String>,
    /// Why it was refused.
    pub code: Option<String>,
    /// Why it was refused, in the language asked for.
    pub message: Option<String>,
}

impl Example for Outcome {
    fn example() -> Self {
        let (outcome, id) = (OutcomeKind::Accepted, Some("1".to_owned()));
        Self { index: 0, outcome, id, code: None, message: None }
    }
}

impl Item for Outcome {
    fn page() -> Page<Self> {
        let refused = Self {
            index: 1,
            outcome: OutcomeKind::Rejected,
            id: None,
            code: Some("person_not_found".to_owned()),
            message: Some("没有这个员工".to_owned()),
        };
        Page::new(vec![Self::example(), refused], None)
    }
}
