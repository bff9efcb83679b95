//! Shifts, and who works them when (domain 11).
//!
//! **Owns** `shift`, `shift_version`, `roster_cell`, `default_shift`, `temporary_overtime`.
//!
//! **Promises**
//! - A published version never changes. On a date the version with the greatest `effective_from`
//!   not after it counts; of several with one date the one with the greatest number.
//! - A shift stays of kind `ot` or stays another kind, so that a cell that was good stays good.
//! - A cell is rest or a list of shifts, at most one of them not of kind `ot`.
//! - Every write marks the days it can change, in its own transaction.
//!
//! **Verbs** [`publish`], [`set_cells`], [`clear_cells`], [`assign_default_shifts`],
//! [`order_overtime`], [`revoke_overtime`]. **Moves** [`put_cells`], [`put_default_shifts`].

pub mod api;
mod assign_default_shifts;
mod body;
mod clear_cells;
mod drafted;
mod marks;
mod order_overtime;
mod publish;
mod read;
mod refusal;
mod revoke_overtime;
mod set_cells;
mod store;

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
    Cell, DefaultShiftRow, Overtime, OvertimeFilter, RosterFilter, RosterPerson, ShiftFilter,
    ShiftInfo, ShiftRow, ShiftVersionRow, all_versions, cells, default_shifts, overtime,
    read_shift_ids, roster_people, shift_codes, shift_names, shift_version, shift_versions, shifts,
};
pub use refusal::ShiftRefusal;
pub use revoke_overtime::revoke_overtime;
pub use set_cells::{
    CellChange, CellRow, CellSource, CellValue, put_cells, resolve_cell, set_cells,
};
