//! Shifts, and who works them when (domain 11).
//!
//! **Owns** `shift`, `shift_version`, `roster_cell`, `team_cell`, `cell_past`, `default_shift`, `temporary_overtime`,
//! `roster_template`, `roster_draft`, `draft_cell`, `roster_publication`, `roster_swap`, `swap_cell`.
//!
//! **Promises**
//! - A published version never changes. On a date the version with the greatest `effective_from`
//!   not after it counts; of several with one date the one with the greatest number.
//! - A shift stays of kind `ot` or stays another kind, so that a cell that was good stays good.
//! - A cell is rest or a list of shifts, at most one of them not of kind `ot`.
//! - What a person works on a date is, first hit wins: a swap, his own cell, the cell of his team, his default shift by
//!   the calendar. A cell that is removed lets the layer below count again.
//! - What a cell was before it was changed or removed is kept.
//! - Every write marks the days it can change, in its own transaction.
//!
//! **Verbs** [`publish`], [`set_cells`], [`clear_cells`], [`set_team_cells`], [`clear_team_cells`], [`assign_default_shifts`],
//! [`order_overtime`], [`revoke_overtime`]. **Moves** [`put_cells`], [`put_default_shifts`].

pub mod api;
mod api_rosters;
mod assign_default_shifts;
mod body;
mod clear_cells;
mod drafted;
mod layer;
mod marks;
mod order_overtime;
mod publish;
mod read;
mod refusal;
mod revoke_overtime;
mod roster_view;
mod set_cells;
mod set_team_cells;
mod store;
mod withdraw;

pub use api_rosters::RostersApi;
pub use assign_default_shifts::{
    DefaultShift, DefaultShiftChange, assign_default_shifts, put_default_shifts,
};
pub use body::parse;
pub use clear_cells::{ClearedSpan, clear_cells};
pub use drafted::drafted;
pub use marks::mark_spans;
pub use order_overtime::{NewOvertime, order_overtime};
pub use publish::{NewShiftVersion, PublishedShift, publish};
pub use read::{
    Cell, CellLayer, DefaultShiftRow, EffectiveRoster, Overtime, OvertimeFilter, PlannedCell,
    RosterFilter, RosterPerson, ShiftFilter, ShiftInfo, ShiftRow, ShiftVersionRow, TeamCell,
    all_versions, cells, default_shifts, effective_roster, overtime, planned_cells, read_shift_ids,
    roster_people, shift_codes, shift_names, shift_version, shift_versions, shifts, team_cells,
};
pub use refusal::ShiftRefusal;
pub use revoke_overtime::revoke_overtime;
pub use roster_view::roster_layer;
pub use set_cells::{
    CellChange, CellRow, CellSource, CellValue, put_cells, resolve_cell, set_cells,
};
pub use set_team_cells::{ClearedTeams, TeamCellChange, clear_team_cells, set_team_cells};
pub use withdraw::{HeldCell, restore_cells, withdraw_cells};
