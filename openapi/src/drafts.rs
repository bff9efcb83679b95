//! Drafts of rosters, their publications, and the history of a cell.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{DraftId, Instant, LocalDate, PublicationId, UserId};

use crate::Item;
use crate::examples::{march, utc};
use crate::rosters::TeamCellPut;
use crate::shifts::{CellKind, CellPut};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RosterDraftState {
    Open,
    Published,
    Discarded,
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterDraftCreate {
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    pub from: LocalDate,
    /// At most 366 days.
    pub to: LocalDate,
}

impl Example for RosterDraftCreate {
    fn example() -> Self {
        Self { name: "三月排班".to_owned(), from: march(1), to: march(31) }
    }
}

/// A range of the roster that is being edited. It counts for nobody until it is published.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RosterDraftView {
    pub id: DraftId,
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
    pub state: RosterDraftState,
    pub cells: i64,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

impl Example for RosterDraftView {
    fn example() -> Self {
        Self {
            id: DraftId(3),
            name: "三月排班".to_owned(),
            from: march(1),
            to: march(31),
            state: RosterDraftState::Open,
            cells: 124,
            author_id: Some(UserId(2)),
            at: utc(1, "01:00:00"),
            version: 4,
        }
    }
}

impl Item for RosterDraftView {}

/// Cells to be drafted; an empty one will remove the published cell. At most 5,000 in all. `expected_version` has no
/// meaning here.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterDraftCellsPut {
    #[oai(default, validator(max_items = 5000))]
    pub cells: Vec<CellPut>,
    #[oai(default, validator(max_items = 5000))]
    pub team_cells: Vec<TeamCellPut>,
}

impl Example for RosterDraftCellsPut {
    fn example() -> Self {
        Self { cells: vec![CellPut::example()], team_cells: vec![TeamCellPut::example()] }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterDraftDiscard {
    pub version: i32,
}

impl Example for RosterDraftDiscard {
    fn example() -> Self {
        Self { version: 4 }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterDraftPublish {
    pub version: i32,
    /// Also over cells that were changed after they were drafted.
    #[oai(default)]
    pub replace: bool,
    #[oai(default, validator(max_length = 500))]
    pub note: String,
}

impl Example for RosterDraftPublish {
    fn example() -> Self {
        Self { version: 4, replace: false, note: "三月正式排班".to_owned() }
    }
}

/// What a publication has changed.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct RosterDraftPublishedView {
    /// The version of the roster.
    pub publication_id: PublicationId,
    pub cells: i64,
    /// People who are told.
    pub people: i64,
}

impl Example for RosterDraftPublishedView {
    fn example() -> Self {
        Self { publication_id: PublicationId(2), cells: 124, people: 48 }
    }
}

/// A version of the roster.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PublicationView {
    pub id: PublicationId,
    pub draft_id: DraftId,
    pub from: LocalDate,
    pub to: LocalDate,
    pub cells: i32,
    pub people: i32,
    pub note: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

impl Example for PublicationView {
    fn example() -> Self {
        Self {
            id: PublicationId(2),
            draft_id: DraftId(3),
            from: march(1),
            to: march(31),
            cells: 124,
            people: 48,
            note: "三月正式排班".to_owned(),
            author_id: Some(UserId(2)),
            at: utc(1, "02:00:00"),
        }
    }
}

impl Item for PublicationView {}

/// What a cell was from `at` to `ended_at`.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CellHistoryView {
    pub version: i32,
    pub kind: CellKind,
    /// Codes of shifts.
    pub shifts: Vec<String>,
    pub source: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    /// Who changed or removed it; absent = it still stands.
    pub ended_by: Option<UserId>,
    pub ended_at: Option<Instant>,
}

impl Example for CellHistoryView {
    fn example() -> Self {
        Self {
            version: 1,
            kind: CellKind::Shifts,
            shifts: vec!["D8".to_owned()],
            source: "manual".to_owned(),
            author_id: Some(UserId(2)),
            at: utc(6, "08:12:30"),
            ended_by: Some(UserId(2)),
            ended_at: Some(utc(9, "01:00:00")),
        }
    }
}

impl Item for CellHistoryView {}
