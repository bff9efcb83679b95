use contract::{Outcome, OutcomeKind, Page};
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::context::{Lang, lang};

/// What became of one row of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RowOutcome {
    /// Written; the version it has now, 0 if it was removed or has none.
    Written { version: i32 },
    /// Written; the id it was given.
    Created { id: i64 },
    /// It was there already.
    Unchanged { version: i32 },
    /// It was there already, with this id.
    Found { id: i64 },
    /// Nothing of this row was written.
    Refused { code: String, zh: String, en: String },
}

impl RowOutcome {
    pub fn refused(r: &impl Refusal) -> Self {
        Self::Refused { code: r.code().to_owned(), zh: r.zh(), en: r.en() }
    }

    pub const fn is_written(&self) -> bool {
        matches!(self, Self::Written { .. } | Self::Created { .. })
    }

    /// The answer of a batch in the language of the request.
    pub fn page(rows: Vec<Self>) -> Page<Outcome> {
        let view = |(i, row): (usize, Self)| row.view(u32::try_from(i).unwrap_or(u32::MAX));
        Page::new(rows.into_iter().enumerate().map(view).collect(), None)
    }

    fn view(self, index: u32) -> Outcome {
        let (outcome, id, refusal) = match self {
            Self::Written { .. } => (OutcomeKind::Accepted, None, None),
            Self::Created { id } => (OutcomeKind::Accepted, Some(id), None),
            Self::Unchanged { .. } => (OutcomeKind::Duplicate, None, None),
            Self::Found { id } => (OutcomeKind::Duplicate, Some(id), None),
            Self::Refused { code, zh, en } => {
                let message = if lang() == Lang::Zh { zh } else { en };
                (OutcomeKind::Rejected, None, Some((code, message)))
            }
        };
        let (code, message) = refusal.unzip();
        Outcome { index, outcome, id: id.map(|id| id.to_string()), code, message }
    }
}
