use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use poem_openapi::{Enum, Object};
use vocabulary::Instant;

/// The most items a page may ask for.
pub const MAX_LIMIT: u32 = 500;

/// A page of a list. Ask for the next one with `cursor` = `next_cursor`; the last page has none.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Page<T: ParseFromJSON + ToJSON + Type + Send + Sync> {
    pub items: Vec<T>,
    /// Opaque.
    pub next_cursor: Option<String>,
    /// Only lists of computed results carry it.
    pub freshness: Option<Freshness>,
}

impl<T: ParseFromJSON + ToJSON + Type + Send + Sync> Page<T> {
    pub fn new(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { items, next_cursor, freshness: None }
    }

    pub fn fresh(self, freshness: Freshness) -> Self {
        Self { freshness: Some(freshness), ..self }
    }
}

/// How fresh computed results are.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Freshness {
    /// When the rows were read.
    pub as_of: Instant,
    /// People of this answer's scope who still have changes to be computed.
    pub pending_people: i64,
    /// The oldest of these changes.
    pub oldest_pending_at: Option<Instant>,
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
#[oai(skip_serializing_if_is_none)]
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
