//! Rows of this room as the contract shows them.

use contract::people::{
    FreezeView, OrgKind as KindChoice, OrgUnitView, PersonOrgView, PersonPut,
    PersonState as StateChoice, PersonView as View,
};

use super::{FreezeRow, OrgEntry, OrgKind, OrgRow, PersonInput, PersonState, PersonView};

pub(super) fn person(p: PersonView) -> View {
    let state = match p.state.as_str() {
        "pending" => StateChoice::Pending,
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
        version: p.version,
    }
}

pub(super) fn state_choice(s: StateChoice) -> PersonState {
    match s {
        StateChoice::Pending => PersonState::Pending,
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
    }
}

pub(super) fn department(e: OrgEntry) -> PersonOrgView {
    PersonOrgView { valid_from: e.valid_from, org_id: e.org_id, org_code: e.code, org_name: e.name }
}

pub(super) fn freeze(f: FreezeRow) -> FreezeView {
    FreezeView { from: f.valid_from, to: f.valid_to }
}

pub(super) fn org_kind_choice(k: KindChoice) -> OrgKind {
    match k {
        KindChoice::Group => OrgKind::Group,
        KindChoice::Company => OrgKind::Company,
        KindChoice::Plant => OrgKind::Plant,
        KindChoice::Department => OrgKind::Department,
        KindChoice::Team => OrgKind::Team,
    }
}

pub(super) fn org_unit(o: OrgRow) -> OrgUnitView {
    let kind = match OrgKind::parse(&o.kind) {
        Some(OrgKind::Group) => KindChoice::Group,
        Some(OrgKind::Company) => KindChoice::Company,
        Some(OrgKind::Plant) => KindChoice::Plant,
        Some(OrgKind::Team) => KindChoice::Team,
        Some(OrgKind::Department) | None => KindChoice::Department,
    };
    OrgUnitView {
        id: o.id,
        code: o.code,
        name: o.name,
        kind,
        parent_id: o.parent_id,
        valid_from: o.valid_from,
        valid_to: o.valid_to,
        version: o.version,
    }
}
