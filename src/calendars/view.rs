//! Rows of this room as the contract shows them.

use contract::calendars::{
    CalendarAssignmentPut, CalendarAssignmentView, CalendarChangedView, CalendarDatePut,
    CalendarDateView, CalendarPreviewView, CalendarView, DateKind as KindChoice, DateSource,
    NationalConflictView, NationalDateView, NationalImportedView, NationalPreviewView,
};
use engine::DateKind;

use super::{
    AssignmentRow, CalendarAssignment, CalendarRow, ChangedDates, DateChange, DateRow,
    NationalPlan, parse_kind,
};

pub(super) fn calendar(c: CalendarRow) -> CalendarView {
    CalendarView {
        id: c.id,
        code: c.code,
        name: c.name,
        rest_weekdays: c.rest_weekdays,
        is_default: c.is_default,
        version: c.version,
    }
}

fn kind(k: DateKind) -> KindChoice {
    match k {
        DateKind::Statutory => KindChoice::Statutory,
        DateKind::Rest => KindChoice::Rest,
        DateKind::Workday => KindChoice::Workday,
    }
}

fn kind_choice(k: KindChoice) -> DateKind {
    match k {
        KindChoice::Statutory => DateKind::Statutory,
        KindChoice::Rest => DateKind::Rest,
        KindChoice::Workday => DateKind::Workday,
    }
}

pub(super) fn date(d: DateRow) -> CalendarDateView {
    let national = d.source == "national";
    CalendarDateView {
        date: d.on_date,
        kind: parse_kind(&d.kind).map_or(KindChoice::Workday, kind),
        name: d.name,
        source: if national { DateSource::National } else { DateSource::Manual },
    }
}

pub(super) fn change(d: CalendarDatePut) -> DateChange {
    DateChange { date: d.date, kind: d.kind.map(kind_choice), name: d.name }
}

pub(super) fn changed(c: ChangedDates) -> CalendarChangedView {
    CalendarChangedView {
        version: c.version,
        changed: i64::try_from(c.changed).unwrap_or(i64::MAX),
        marks: i64::try_from(c.marks).unwrap_or(i64::MAX),
        batch_ids: c.batches,
    }
}

pub(super) fn preview(year: i32, plan: NationalPlan) -> NationalPreviewView {
    let addition = |p: super::Planned| NationalDateView {
        date: p.date,
        kind: p.kind.map(kind),
        name: p.name,
        before: p.before.map(kind),
    };
    let conflict = |c: super::Conflict| NationalConflictView {
        date: c.date,
        ours: c.ours.map(kind),
        our_name: c.our_name,
        national: kind(c.national),
        national_name: c.national_name,
    };
    NationalPreviewView {
        year,
        additions: plan.additions.into_iter().map(addition).collect(),
        conflicts: plan.conflicts.into_iter().map(conflict).collect(),
        unchanged: i64::try_from(plan.unchanged).unwrap_or(i64::MAX),
    }
}

pub(super) fn calendar_preview(
    c: CalendarRow,
    year: i32,
    plan: NationalPlan,
) -> CalendarPreviewView {
    CalendarPreviewView { calendar_id: c.id, calendar: c.code, preview: preview(year, plan) }
}

pub(super) fn imported(id: vocabulary::CalendarId, c: ChangedDates) -> NationalImportedView {
    NationalImportedView { calendar_id: id, changes: changed(c) }
}

pub(super) fn assignment(a: AssignmentRow) -> CalendarAssignmentView {
    CalendarAssignmentView {
        person_id: a.person_id,
        valid_from: a.valid_from,
        calendar_id: a.calendar_id,
        calendar: a.code,
    }
}

pub(super) fn wanted(a: CalendarAssignmentPut) -> CalendarAssignment {
    CalendarAssignment { person: a.person_id, valid_from: a.valid_from, calendar: a.calendar }
}
