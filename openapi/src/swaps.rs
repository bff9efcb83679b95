//! Swaps as landed facts.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{Instant, LocalDate, PersonId, SwapId, UserId};

use crate::Item;
use crate::examples::{march, utc};
use crate::shifts::CellKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum SwapKind {
    /// Two people exchange their cells of one date or of two dates.
    Exchange,
    /// One person gets another shift or rest.
    Change,
}

/// A swap (临时换班). Everybody has agreed.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct SwapCreate {
    pub kind: SwapKind,
    pub person_id: PersonId,
    /// With whom; only with kind `exchange`.
    pub other_person_id: Option<PersonId>,
    /// One or two dates of an exchange, one of a change.
    #[oai(validator(min_items = 1, max_items = 2))]
    pub dates: Vec<LocalDate>,
    /// What he works instead, `rest` or `shifts`; only with kind `change`.
    pub to_kind: Option<CellKind>,
    /// Codes of shifts; only with `shifts`.
    #[oai(default, validator(max_items = 4))]
    pub to_shifts: Vec<String>,
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
    /// Accepts rests below 480 and days above 660 minutes.
    #[oai(default)]
    pub accept_limits: bool,
    /// Lets people of different schemes exchange.
    #[oai(default)]
    pub accept_other_scheme: bool,
}

impl Example for SwapCreate {
    fn example() -> Self {
        Self {
            kind: SwapKind::Exchange,
            person_id: PersonId(1),
            other_person_id: Some(PersonId(2)),
            dates: vec![march(14)],
            to_kind: None,
            to_shifts: Vec::new(),
            reason: "家中有事".to_owned(),
            accept_limits: false,
            accept_other_scheme: false,
        }
    }
}

/// Why a swap ends.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct SwapCancel {
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Example for SwapCancel {
    fn example() -> Self {
        Self { reason: "不换了".to_owned() }
    }
}

/// A cell of a swap.
#[derive(Clone, Debug, Object)]
pub struct SwapCellView {
    pub person_id: PersonId,
    pub date: LocalDate,
    pub before_kind: CellKind,
    pub before: Vec<String>,
    pub after_kind: CellKind,
    pub after: Vec<String>,
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct SwapView {
    pub id: SwapId,
    pub kind: SwapKind,
    pub reason: String,
    pub cells: Vec<SwapCellView>,
    pub author_id: Option<UserId>,
    pub at: Instant,
    /// Present = it does not count any more.
    pub cancelled_at: Option<Instant>,
    pub cancel_reason: Option<String>,
}

impl Example for SwapView {
    fn example() -> Self {
        let cell = |person, before: &[&str], after: &[&str]| SwapCellView {
            person_id: PersonId(person),
            date: march(14),
            before_kind: if before.is_empty() { CellKind::Rest } else { CellKind::Shifts },
            before: before.iter().map(ToString::to_string).collect(),
            after_kind: if after.is_empty() { CellKind::Rest } else { CellKind::Shifts },
            after: after.iter().map(ToString::to_string).collect(),
        };
        Self {
            id: SwapId(5),
            kind: SwapKind::Exchange,
            reason: "家中有事".to_owned(),
            cells: vec![cell(1, &["D8"], &[]), cell(2, &[], &["D8"])],
            author_id: Some(UserId(2)),
            at: utc(10, "03:20:00"),
            cancelled_at: None,
            cancel_reason: None,
        }
    }
}

impl Item for SwapView {}
