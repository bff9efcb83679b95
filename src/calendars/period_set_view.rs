//! Period sets as the contract shows them.

use contract::period_sets::{
    PeriodDateView, PeriodDatesChangedView, PeriodDatesPut, PeriodSetAssignmentCreate,
    PeriodSetAssignmentView, PeriodSetKind, PeriodSetView,
};

use super::{
    ChangedPeriods, ListedPeriod, NamedPeriod, PeriodAssignment, PeriodAssignmentRow, PeriodList,
    PeriodSetRow, PeriodSubject, kind_number, kind_of,
};

pub(super) fn period_set(p: PeriodSetRow) -> PeriodSetView {
    PeriodSetView {
        id: p.id,
        code: p.code,
        name: p.name,
        start_day: p.start_day,
        is_default: p.is_default,
        version: p.version,
    }
}

pub(super) fn period(p: NamedPeriod) -> PeriodDateView {
    PeriodDateView { name: p.label.to_string(), from: p.from, to: p.to }
}

pub(super) fn list(b: PeriodDatesPut) -> PeriodList {
    let row = |p: contract::period_sets::PeriodDatePut| ListedPeriod {
        name: p.name,
        from: p.from,
        to: p.to,
    };
    PeriodList { from: b.from, rows: b.periods.into_iter().map(row).collect() }
}

pub(super) fn changed(c: ChangedPeriods) -> PeriodDatesChangedView {
    PeriodDatesChangedView {
        version: c.version,
        changed_from: c.from,
        marks: i64::try_from(c.marks).unwrap_or(i64::MAX),
        batch_ids: c.batches,
    }
}

pub(super) fn wanted(a: PeriodSetAssignmentCreate) -> PeriodAssignment {
    PeriodAssignment {
        person: a.person_id,
        org: a.org_id,
        kind: a.employment_kind.and_then(|k| kind_number(code(k))),
        position: a.position_id,
        value: a.dimension_value_id,
        valid_from: a.valid_from,
        set: a.period_set_id,
    }
}

pub(super) fn assignment(a: PeriodAssignmentRow) -> PeriodSetAssignmentView {
    let (period_set_id, period_set) = a.set.unzip();
    let mut view = PeriodSetAssignmentView {
        person_id: None,
        org_id: None,
        employment_kind: None,
        position_id: None,
        dimension_value_id: None,
        valid_from: a.valid_from,
        period_set_id,
        period_set,
    };
    match a.subject {
        PeriodSubject::Person(id) => view.person_id = Some(id),
        PeriodSubject::Org(id) => view.org_id = Some(id),
        PeriodSubject::Kind(n) => view.employment_kind = kind_of(n).and_then(kind),
        PeriodSubject::Position(id) => view.position_id = Some(id),
        PeriodSubject::Value(id) => view.dimension_value_id = Some(id),
    }
    view
}

const fn code(k: PeriodSetKind) -> &'static str {
    match k {
        PeriodSetKind::FullTime => "full_time",
        PeriodSetKind::PartTime => "part_time",
        PeriodSetKind::Dispatched => "dispatched",
        PeriodSetKind::Intern => "intern",
        PeriodSetKind::RehiredRetiree => "rehired_retiree",
    }
}

fn kind(text: &str) -> Option<PeriodSetKind> {
    let all = [
        PeriodSetKind::FullTime,
        PeriodSetKind::PartTime,
        PeriodSetKind::Dispatched,
        PeriodSetKind::Intern,
        PeriodSetKind::RehiredRetiree,
    ];
    all.into_iter().find(|k| code(*k) == text)
}
