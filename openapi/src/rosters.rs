//! Rosters of teams, and what counts of all layers.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{LocalDate, PersonId, TeamId};

use crate::Item;
use crate::examples::{march, utc};
use crate::shifts::{CellKind, CellView};

/// Where the cell that counts comes from; of several the first of this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RosterLayer {
    /// A swap.
    Swap,
    /// The person's own cell.
    Person,
    /// The cell of his team on that date.
    Team,
    /// His default shift on workdays of his calendar, else rest.
    Calendar,
}

/// One cell of a team.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TeamCellPut {
    pub team_id: TeamId,
    pub date: LocalDate,
    pub kind: CellKind,
    /// Codes of shifts, at most one that is not of kind `ot`. Only with kind `shifts`.
    #[oai(default, validator(max_items = 4))]
    pub shifts: Vec<String>,
    /// The version of the cell this change is based on, 0 = there is none. Absent = not checked.
    #[oai(validator(minimum(value = "0")))]
    pub expected_version: Option<i32>,
}

impl Example for TeamCellPut {
    fn example() -> Self {
        Self {
            team_id: TeamId(1),
            date: march(10),
            kind: CellKind::Shifts,
            shifts: vec!["D8".to_owned()],
            expected_version: None,
        }
    }
}

/// Cells of teams to be written; each row has its own outcome.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TeamCellsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub cells: Vec<TeamCellPut>,
}

impl Example for TeamCellsPut {
    fn example() -> Self {
        Self { cells: vec![TeamCellPut::example()] }
    }
}

/// Removes all cells of teams in a span of dates.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TeamCellsClear {
    #[oai(validator(min_items = 1, max_items = 200))]
    pub team_ids: Vec<TeamId>,
    pub from: LocalDate,
    /// At most 366 days.
    pub to: LocalDate,
}

impl Example for TeamCellsClear {
    fn example() -> Self {
        Self { team_ids: vec![TeamId(1)], from: march(10), to: march(16) }
    }
}

/// The roster of a team; dates without a cell are left out.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TeamRosterView {
    pub team_id: TeamId,
    pub code: String,
    pub name: String,
    /// People who are members on some date of the span.
    pub members: i64,
    pub cells: Vec<CellView>,
}

impl Example for TeamRosterView {
    fn example() -> Self {
        Self {
            team_id: TeamId(1),
            code: "T1".to_owned(),
            name: "甲班".to_owned(),
            members: 12,
            cells: vec![CellView {
                date: march(10),
                kind: CellKind::Shifts,
                shifts: vec!["D8".to_owned()],
                source: "generated".to_owned(),
                version: 1,
                author_id: None,
                at: utc(6, "08:12:30"),
            }],
        }
    }
}

impl Item for TeamRosterView {}

/// What counts for a person on a date.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct EffectiveCellView {
    pub date: LocalDate,
    /// `empty` = nothing is planned.
    pub kind: CellKind,
    /// Codes of shifts.
    pub shifts: Vec<String>,
    /// Absent = nothing is planned.
    pub layer: Option<RosterLayer>,
}

/// What a person works on every date of the span.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EffectiveRosterView {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub cells: Vec<EffectiveCellView>,
}

impl Example for EffectiveRosterView {
    fn example() -> Self {
        let cell = |day, kind, shifts: &[&str], layer| EffectiveCellView {
            date: march(day),
            kind,
            shifts: shifts.iter().map(ToString::to_string).collect(),
            layer,
        };
        Self {
            person_id: PersonId(1),
            number: "E00421".to_owned(),
            name: "李娜".to_owned(),
            cells: vec![
                cell(13, CellKind::Shifts, &["D8"], Some(RosterLayer::Team)),
                cell(14, CellKind::Rest, &[], Some(RosterLayer::Swap)),
                cell(15, CellKind::Empty, &[], None),
            ],
        }
    }
}

impl Item for EffectiveRosterView {}
