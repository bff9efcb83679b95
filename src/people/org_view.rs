//! Units as the contract shows them.

use contract::org::{OrgKind as KindChoice, OrgUnitPut, OrgUnitView};

use super::{OrgInput, OrgKind, OrgRow, master_view};

pub(super) fn kind_choice(k: KindChoice) -> OrgKind {
    match k {
        KindChoice::Group => OrgKind::Group,
        KindChoice::Company => OrgKind::Company,
        KindChoice::Plant => OrgKind::Plant,
        KindChoice::Department => OrgKind::Department,
        KindChoice::Team => OrgKind::Team,
    }
}

pub(super) fn unit(o: OrgRow) -> OrgUnitView {
    let kind = match OrgKind::parse(&o.kind) {
        Some(OrgKind::Group) => KindChoice::Group,
        Some(OrgKind::Company) => KindChoice::Company,
        Some(OrgKind::Plant) => KindChoice::Plant,
        Some(OrgKind::Team) => KindChoice::Team,
        Some(OrgKind::Department) | None => KindChoice::Department,
    };
    OrgUnitView {
        id: o.id,
        deputy_ids: o.deputies(),
        code: o.code,
        name: o.name,
        short_name: o.short_name,
        kind,
        parent_id: o.parent_id,
        sort_order: o.sort_order,
        head_id: o.head_id,
        region: o.region,
        cost_centre: o.cost_centre,
        valid_from: o.valid_from,
        valid_to: o.valid_to,
        version: o.version,
    }
}

pub(super) fn input(u: OrgUnitPut) -> OrgInput {
    OrgInput {
        place: master_view::place(u.parent_code, u.at_top),
        code: u.code,
        valid_from: u.valid_from,
        name: u.name,
        short_name: u.short_name,
        kind: u.kind.map(kind_choice),
        sort_order: u.sort_order,
        head: u.head_number,
        deputies: u.deputy_numbers,
        region: u.region,
        cost_centre: u.cost_centre,
        last_day: u.last_day.map(Some),
    }
}
