//! Rosters between the types of the contract and those of the room.

use std::collections::HashMap;

use contract::rosters::{EffectiveCellView, RosterLayer, TeamCellPut, TeamRosterView};
use contract::shifts::{CellKind, CellPut, CellView};
use vocabulary::{LocalDate, ShiftId};

use super::{
    CellChange, CellLayer, CellValue, PlannedCell, ShiftRefusal, TeamCell, TeamCellChange,
};
use crate::people::RosterTeam;

pub(super) fn codes(ids: &[ShiftId], names: &HashMap<ShiftId, String>) -> Vec<String> {
    ids.iter().filter_map(|s| names.get(s).cloned()).collect()
}

/// What a cell shall hold.
pub(super) fn value(kind: CellKind, shifts: Vec<String>) -> Result<CellValue, ShiftRefusal> {
    match kind {
        CellKind::Shifts => Ok(CellValue::Shifts(shifts)),
        CellKind::Rest | CellKind::Empty if !shifts.is_empty() => Err(ShiftRefusal::CellInvalid),
        CellKind::Rest => Ok(CellValue::Rest),
        CellKind::Empty => Ok(CellValue::Empty),
    }
}

pub(super) fn change(c: CellPut) -> Result<CellChange, ShiftRefusal> {
    let CellPut { person_id, date, expected_version, kind, shifts } = c;
    Ok(CellChange { person: person_id, date, value: value(kind, shifts)?, expected_version })
}

pub(super) fn team_change(c: TeamCellPut) -> Result<TeamCellChange, ShiftRefusal> {
    let TeamCellPut { team_id, date, kind, shifts, expected_version } = c;
    Ok(TeamCellChange { team: team_id, date, value: value(kind, shifts)?, expected_version })
}

pub(super) fn kind_of(shifts: &[ShiftId]) -> CellKind {
    if shifts.is_empty() { CellKind::Rest } else { CellKind::Shifts }
}

pub(super) fn team_cell(c: TeamCell, names: &HashMap<ShiftId, String>) -> CellView {
    CellView {
        date: c.date,
        kind: kind_of(&c.shifts),
        shifts: codes(&c.shifts, names),
        source: c.source,
        version: c.version,
        author_id: c.author,
        at: c.at,
    }
}

pub(super) fn team_roster(t: RosterTeam, cells: Vec<CellView>) -> TeamRosterView {
    TeamRosterView { team_id: t.id, code: t.code, name: t.name, members: t.members, cells }
}

/// The layer as the contract names it.
pub fn roster_layer(layer: CellLayer) -> RosterLayer {
    match layer {
        CellLayer::Swap => RosterLayer::Swap,
        CellLayer::Person => RosterLayer::Person,
        CellLayer::Team => RosterLayer::Team,
        CellLayer::Calendar => RosterLayer::Calendar,
    }
}

pub(super) fn effective_cell(
    date: LocalDate,
    cell: Option<PlannedCell>,
    names: &HashMap<ShiftId, String>,
) -> EffectiveCellView {
    match cell {
        Some(c) => EffectiveCellView {
            date,
            kind: kind_of(&c.shifts),
            shifts: codes(&c.shifts, names),
            layer: Some(roster_layer(c.layer)),
        },
        None => EffectiveCellView { date, kind: CellKind::Empty, shifts: Vec::new(), layer: None },
    }
}
