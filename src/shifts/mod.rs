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
//! **Verbs** [`publish`], [`update_shift`], [`set_cells`], [`clear_cells`], [`set_team_cells`], [`clear_team_cells`], [`assign_default_shifts`],
//! [`put_template`], [`generate_for_teams`], [`generate_for_people`], [`copy_roster`], [`create_draft`], [`edit_draft`],
//! [`publish_draft`], [`discard_draft`],
//! [`order_overtime`], [`revoke_overtime`]. **Moves** [`put_cells`], [`put_default_shifts`], [`land_swap`], [`end_swap`].

pub mod api;
mod api_drafts;
mod api_rosters;
mod api_templates;
mod apply;
mod assign_default_shifts;
mod body;
mod clear_cells;
mod copy_roster;
mod draft_roster;
mod drafted;
mod drafts;
mod generate;
mod grid;
mod half;
mod land_swap;
mod layer;
mod marks;
mod notices;
mod order_overtime;
mod publish;
mod put_template;
mod read;
mod refusal;
mod revoke_overtime;
mod roster_view;
mod set_cells;
mod set_team_cells;
mod store;
mod store_drafts;
mod store_swaps;
mod store_templates;
mod template_view;
mod update_shift;

pub use api_drafts::DraftsApi;
pub use api_rosters::RostersApi;
pub use api_templates::{SchemeByCode, TemplatesApi};
pub use apply::{Applied, ApplyOptions, CellConflict};
pub use assign_default_shifts::{
    DefaultShift, DefaultShiftChange, assign_default_shifts, put_default_shifts,
};
pub use body::parse;
pub use clear_cells::{ClearedSpan, clear_cells};
pub use copy_roster::{CopySource, CopyTarget, RosterCopy, copy_roster};
pub use draft_roster::{
    DraftEdit, NewDraft, PublishedDraft, Publishing, create_draft, discard_draft, edit_draft,
    publish_draft,
};
pub use drafted::drafted;
pub use generate::{
    CycleGeneration, Generated, Rests, TeamGeneration, Warning, generate_for_people,
    generate_for_teams,
};
pub use grid::{Grid, GridRow, Phase};
pub use land_swap::{SwapCell, SwapKind, end_swap, land_swap};
pub use marks::mark_spans;
pub use order_overtime::{NewOvertime, order_overtime};
pub use publish::{NewShiftVersion, PublishedShift, publish};
pub use put_template::{NewRow, NewTemplate, TemplateKind, put_template};
pub use read::{
    Cell, CellLayer, DefaultShiftRow, Draft, EffectiveRoster, Overtime, OvertimeFilter, PastCell,
    PlannedCell, Publication, RosterFilter, RosterPerson, ShiftFilter, ShiftInfo, ShiftRow,
    ShiftVersionRow, Swap, SwapFilter, TeamCell, Template, TemplateFilter, all_versions, cells,
    default_shifts, draft, drafts, effective_roster, history_of_person, history_of_team, overtime,
    planned_cells, publications, read_shift_ids, roster_people, shift_codes, shift_names,
    shift_version, shift_versions, shifts, shifts_by_date, swaps, team_cells, template, templates,
};
pub use refusal::ShiftRefusal;
pub use revoke_overtime::revoke_overtime;
pub use roster_view::roster_layer;
pub use set_cells::{
    CellChange, CellRow, CellSource, CellValue, put_cells, resolve_cell, resolve_value, set_cells,
};
pub use set_team_cells::{ClearedTeams, TeamCellChange, clear_team_cells, set_team_cells};
pub use update_shift::{ShiftChange, update_shift};
