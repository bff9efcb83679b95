//! Rows of this room as the contract shows them.

use contract::people::{
    ContractView, FreezeView, GapView, PersonKindView, PersonOrgView, PersonPositionView,
    PersonPut, PersonState as StateChoice, PersonView as View, StretchView,
};

use vocabulary::LocalDate;

use super::{
    Contract, FreezeRow, Gap, KindEntry, OrgEntry, PersonInput, PersonState, PersonView,
    PositionEntry,
};

/// A person as the contract shows him.
pub fn person(p: PersonView) -> View {
    let state = match p.state.as_str() {
        "pending" => StateChoice::Pending,
        "probation" => StateChoice::Probation,
        "frozen" => StateChoice::Frozen,
        "left" => StateChoice::Left,
        _ => StateChoice::Active,
    };
    View {
        id: p.id,
        number: p.number,
        name: p.name,
        zone: p.zone,
        hired_on: p.hired_on,
        left_on: p.left_on,
        state,
        org_id: p.org_id,
        org_code: p.org_code,
        org_name: p.org_name,
        position_id: p.position_id,
        position_code: p.position_code,
        position_name: p.position_name,
        employment_kind: p.employment_kind,
        version: p.version,
    }
}

pub fn state_choice(s: StateChoice) -> PersonState {
    match s {
        StateChoice::Pending => PersonState::Pending,
        StateChoice::Probation => PersonState::Probation,
        StateChoice::Active => PersonState::Active,
        StateChoice::Frozen => PersonState::Frozen,
        StateChoice::Left => PersonState::Left,
    }
}

pub(super) fn input(p: PersonPut) -> PersonInput {
    PersonInput {
        number: p.number,
        name: p.name,
        zone: p.zone,
        hired_on: p.hired_on,
        left_on: p.left_on,
        org: p.org_code,
        position: p.position_code,
        kind: p.employment_kind,
    }
}

pub(super) fn position(e: PositionEntry) -> PersonPositionView {
    PersonPositionView {
        valid_from: e.valid_from,
        position_id: e.position_id,
        position_code: e.code,
        position_name: e.name,
    }
}

pub(super) fn kind(e: KindEntry) -> PersonKindView {
    PersonKindView { valid_from: e.valid_from, employment_kind: e.employment_kind }
}

pub(super) fn gap(g: Gap) -> GapView {
    GapView { from: g.from, to: g.to, continuous: g.continuous }
}

pub(super) fn stretch((from, to): (LocalDate, Option<LocalDate>)) -> StretchView {
    StretchView { from, to }
}

pub(super) fn contract(c: Contract) -> ContractView {
    ContractView { from: c.from, until: c.until, renewals: c.renewals }
}

pub(super) fn department(e: OrgEntry) -> PersonOrgView {
    PersonOrgView { valid_from: e.valid_from, org_id: e.org_id, org_code: e.code, org_name: e.name }
}

pub(super) fn freeze(f: FreezeRow) -> FreezeView {
    FreezeView { from: f.valid_from, to: f.valid_to }
}
