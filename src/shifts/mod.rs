//! Shifts, and who works them when (domain 11).
//!
//! **Owns** `shift`, `shift_version`, `roster_cell`, `team_cell`, `cell_past`, `default_shift`, `temporary_overtime`,
//! `roster_template`, `roster_draft`, `draft_cell`, `roster_publication`, `roster_swap`, `swap_cell`, `roster_check`,
//! `person_protection`, `roster_finding`.
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
//! - Cells are checked before they are saved; what a check of severity BLOCK finds is refused unless it was as bad
//!   before. Checks and protections change no computed result and mark nothing.
//!
//! **Verbs** [`publish`], [`update_shift`], [`save_cells`], [`set_cells`], [`clear_cells`], [`set_team_cells`],
//! [`clear_team_cells`], [`assign_default_shifts`], [`put_template`], [`generate_for_teams`], [`generate_for_people`],
//! [`copy_roster`], [`create_draft`], [`edit_draft`], [`publish_draft`], [`discard_draft`], [`order_overtime`],
//! [`revoke_overtime`], [`set_check`], [`set_protections`], [`start_check_run`]. **Moves** [`put_cells`],
//! [`put_default_shifts`], [`land_swap`], [`end_swap`].

pub mod api;
mod api_checks;
mod api_drafts;
mod api_grid;
mod api_rosters;
mod api_templates;
mod apply;
mod assign_default_shifts;
mod body;
mod check_rosters;
mod check_store;
mod clear_cells;
mod copy_roster;
mod draft_roster;
mod drafted;
mod drafts;
mod effective;
mod findings_file;
mod generate;
mod grid;
mod half;
mod land_swap;
mod layer;
mod legal;
mod marks;
mod notices;
mod order_overtime;
mod plans;
mod publish;
mod put_template;
mod read;
mod refusal;
mod review;
mod revoke_overtime;
mod roster_grid;
mod roster_view;
mod save;
mod set_cells;
mod set_check;
mod set_protections;
mod set_team_cells;
mod statistics;
mod store;
mod withdraw;
mod words;

pub use api_checks::ChecksApi;
pub use api_grid::GridApi;
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
    DefaultShift, DefaultShiftChange, assign_default_shifts, put_default_shifts, resolve_default,
};
pub use body::parse;
pub use check_rosters::{ROSTER_CHECK_JOB, RosterChecked, check_rosters};
pub use clear_cells::{ClearedSpan, clear_cells};
pub use copy_roster::{CopySource, CopyTarget, RosterCopy, copy_roster};
pub use draft_roster::{
    DraftEdit, NewDraft, PublishedDraft, Publishing, create_draft, discard_draft, edit_draft,
    publish_draft,
};
pub use drafted::drafted;
pub use effective::{EffectiveCell, EffectiveCells, Planned, effective_cells};
pub use findings_file::{export_findings, start_check_run};
pub use generate::{
    CycleGeneration, Generated, Rests, TeamGeneration, Warning, generate_for_people,
    generate_for_teams,
};
pub use grid::{Grid, GridRow as TemplateRow, Phase};
pub use land_swap::{SwapCell, SwapKind, end_swap, land_swap};
pub use legal::LegalFinding;
pub use marks::mark_spans;
pub use order_overtime::{NewOvertime, order_overtime};
pub use plans::{Plans, judged, position_on};
pub use publish::{NewShiftVersion, PublishedShift, publish};
pub use put_template::{NewRow, NewTemplate, TemplateKind, put_template};
pub use read::{
    Cell, CellLayer, DefaultShiftLine, DefaultShiftRow, Draft, EffectiveRoster, FindingFilter,
    FindingRow, GridFilter, GridPerson, Overtime, OvertimeFilter, PastCell, PlannedCell,
    Publication, RosterFilter, RosterPerson, ShiftFilter, ShiftInfo, ShiftRow, ShiftVersionRow,
    Swap, SwapFilter, TeamCell, Template, TemplateFilter, all_versions, cells, default_shift_lines,
    default_shifts, draft, drafts, effective_roster, grid_people, history_of_person,
    history_of_team, overtime, planned_cells, publications, read_shift_ids, roster_findings,
    roster_people, shift_codes, shift_names, shift_version, shift_versions, shifts, shifts_by_date,
    swaps, team_cells, template, templates,
};
pub use refusal::ShiftRefusal;
pub use review::{Reviewed, review};
pub use revoke_overtime::revoke_overtime;
pub use roster_grid::{GridCell, GridRow, MAX_GRID_DAYS, Seen, date_heading, export_grid, grid};
pub use roster_view::roster_layer;
pub use save::{SavedCells, put_cells, put_checked_cells};
pub use set_cells::{
    CellChange, CellRow, CellSource, CellValue, resolve_cell, resolve_value, save_cells, set_cells,
};
pub use set_check::{CheckChange, set_check};
pub use set_protections::{ProtectionChange, set_protections};
pub use set_team_cells::{ClearedTeams, TeamCellChange, clear_team_cells, set_team_cells};
pub use statistics::{
    Headcount, PersonSums, RosterEvaluation, RosterSums, TeamSums, evaluate_roster,
};
pub use update_shift::{ShiftChange, update_shift};
pub use withdraw::{HeldCell, restore_cells, withdraw_cells};
pub use words::{CELL_SEPARATORS, REST_WORD, ShiftWords, is_rest_word};
