use std::fmt;

use super::Fault;

/// The domain says no. Every room has an enum of its reasons.
pub trait Refusal: fmt::Debug + Send + Sync {
    /// Stable, snake_case.
    fn code(&self) -> &'static str;
    /// HTTP status.
    fn status(&self) -> u16;
    /// One sentence in Chinese.
    fn zh(&self) -> String;
    /// One sentence in English.
    fn en(&self) -> String;

    /// What the user can do about it.
    fn hint_zh(&self) -> Option<String> {
        None
    }

    fn hint_en(&self) -> Option<String> {
        None
    }

    /// Seconds after which it may be tried again; of status 429 alone.
    fn retry_after(&self) -> Option<u32> {
        None
    }

    /// Faults of single fields.
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// One fault of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where, for example `items[3].limit_minutes`.
    pub path: String,
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// What a verb returns instead of its outcome.
#[derive(Debug)]
pub enum Failure {
    Refused(Box<dyn Refusal>),
    Fault(Fault),
}

impl Failure {
    /// The code of a refusal.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused(r) => Some(r.code()),
            Self::Fault(_) => None,
        }
    }

    pub fn is_serialization(&self) -> bool {
        matches!(self, Self::Fault(f) if f.is_serialization())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(r) => write!(f, "{}: {}", r.code(), r.en()),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl<R: Refusal + 'static> From<R> for Failure {
    fn from(r: R) -> Self {
        Self::Refused(Box::new(r))
    }
}

impl From<Fault> for Failure {
    fn from(f: Fault) -> Self {
        Self::Fault(f)
    }
}

macro_rules! faults {
    ($($from:ty),+) => {
        $(impl From<$from> for Failure {
            fn from(e: $from) -> Self {
                Self::Fault(e.into())
            }
        })+
    };
}

faults!(sea_orm::DbErr, sea_orm::sqlx::Error, serde_json::Error, std::io::Error);
