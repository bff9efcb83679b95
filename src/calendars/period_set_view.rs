//! Period sets as the contract shows them.

use contract::period_sets::{
    PeriodDateView, PeriodDatesChangedView, PeriodDatesPut, PeriodSetAssignmentCreate,
    PeriodSetAssignmentView, PeriodSetView,
};

use super::{
    ChangedPeriods, ListedPeriod, NamedPeriod, PeriodAssignment, PeriodAssignmentRow, PeriodList,
    PeriodSetRow, PeriodSubject,
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
        valid_from: a.valid_from,
        set: a.period_set_id,
    }
}

pub(super) fn assignment(a: PeriodAssignmentRow) -> PeriodSetAssignmentView {
    let (person_id, org_id) = match a.subject {
        PeriodSubject::Person(id) => (Some(id), None),
        PeriodSubject::Org(id) => (None, Some(id)),
    };
    let (period_set_id, period_set) = a.set.unzip();
    PeriodSetAssignmentView {
        person_id,
        org_id,
        valid_from: a.valid_from,
        period_set_id,
        period_set,
    }
}
