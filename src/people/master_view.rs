//! Positions, dimensions and teams as the contract shows them.

use contract::dimensions::{
    DimensionAssignmentPut, DimensionAssignmentView, DimensionMemberView, DimensionValuePut,
    DimensionValueView, DimensionView,
};
use contract::masters::{
    PositionPut, PositionView, TeamMemberPut, TeamMemberView, TeamPut, TeamView,
};
use vocabulary::{DimensionId, OrgId, PersonId, PositionId, TeamId};

use super::{
    DimensionAssignment, DimensionEntry, DimensionMember, MasterInput, MasterRow, TeamAssignment,
    TeamEntry, ValueInput, ValuePlace, ValueRow,
};

pub(super) fn position(m: MasterRow) -> PositionView {
    PositionView {
        id: PositionId(m.id),
        code: m.code,
        name: m.name,
        grade: m.grade,
        active: m.active,
        version: m.version,
    }
}

pub(super) fn team(m: MasterRow) -> TeamView {
    TeamView { id: TeamId(m.id), code: m.code, name: m.name, active: m.active, version: m.version }
}

pub(super) fn dimension(m: MasterRow) -> DimensionView {
    DimensionView { id: DimensionId(m.id), code: m.code, name: m.name, version: m.version }
}

pub(super) fn position_input(p: PositionPut) -> MasterInput {
    MasterInput { code: p.code, name: p.name, grade: p.grade, active: p.active }
}

pub(super) fn team_input(t: TeamPut) -> MasterInput {
    MasterInput { code: t.code, name: t.name, grade: None, active: t.active }
}

pub(super) fn team_member(e: TeamEntry) -> TeamMemberView {
    TeamMemberView {
        person_id: e.person_id,
        number: e.number,
        name: e.name,
        valid_from: e.valid_from,
        team_id: e.team_id,
        team: e.team,
    }
}

pub(super) fn team_assignment(m: TeamMemberPut) -> TeamAssignment {
    TeamAssignment {
        person: m.person_id,
        valid_from: m.valid_from,
        team: m.team,
        removed: m.remove,
    }
}

pub(super) fn value(v: ValueRow) -> DimensionValueView {
    DimensionValueView {
        id: v.id,
        dimension_id: v.dimension_id,
        parent_id: v.parent_id,
        code: v.code,
        name: v.name,
        active: v.active,
        version: v.version,
    }
}

/// Where a value shall stand.
pub(super) fn place(parent: Option<String>, at_top: bool) -> ValuePlace {
    match parent {
        Some(code) => ValuePlace::Below(code),
        None if at_top => ValuePlace::Top,
        None => ValuePlace::Kept,
    }
}

pub(super) fn value_input(v: DimensionValuePut) -> ValueInput {
    let place = place(v.parent, v.at_top);
    ValueInput { code: v.code, name: v.name, place, active: v.active }
}

pub(super) fn assignment(e: DimensionEntry) -> DimensionAssignmentView {
    let person = e.kind == 1;
    DimensionAssignmentView {
        person_id: person.then_some(PersonId(e.owner_id)),
        org_id: (!person).then_some(OrgId(e.owner_id)),
        dimension_id: e.dimension_id,
        dimension: e.dimension,
        valid_from: e.valid_from,
        value_id: e.value_id,
        value: e.value,
    }
}

pub(super) fn wanted(a: DimensionAssignmentPut) -> DimensionAssignment {
    DimensionAssignment {
        dimension: a.dimension,
        person: a.person_id,
        org: a.org_id,
        valid_from: a.valid_from,
        value: a.value,
        removed: a.remove,
    }
}

pub(super) fn member(m: DimensionMember) -> DimensionMemberView {
    DimensionMemberView {
        person_id: m.person_id,
        number: m.number,
        name: m.name,
        value_id: m.value_id,
        value: m.value,
        own: m.own,
    }
}
