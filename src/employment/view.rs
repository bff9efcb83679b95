//! From rows of this room to the types of the contract, and back.

use contract::employment::{
    EmploymentEventCreate, EmploymentEventKind as KindChoice, EmploymentEventState as StateChoice,
    EmploymentEventView, ReminderKind as ReminderChoice, ReminderView, TransferColumnView,
    TransferFormView,
};
use contract::people::PersonState as PersonChoice;
use vocabulary::{LocalDate, PersonId};

use super::{EventInput, ReminderKind, ReminderRow, TransferColumn, TransferForm};
use crate::base::Fault;
use crate::people::{EventKind, EventRow, EventState};

macro_rules! both_ways {
    ($from:ident, $to:ident, $own:ident, $other:ident, $($name:ident),+) => {
        pub(super) const fn $from(v: $own) -> $other {
            match v { $( $own::$name => $other::$name ),+ }
        }

        pub(super) const fn $to(v: $other) -> $own {
            match v { $( $other::$name => $own::$name ),+ }
        }
    };
}

both_ways!(
    kind_view, kind, EventKind, KindChoice, Hire, Probation, Confirm, Renewal, Transfer, Promotion,
    Freeze, Unfreeze, Leave, Reinstate, Correction, Reversal
);
both_ways!(
    state_view,
    state,
    EventState,
    StateChoice,
    Pending,
    Refused,
    Effective,
    Removed,
    Reversed
);
both_ways!(
    reminder_kind_view,
    reminder_kind,
    ReminderKind,
    ReminderChoice,
    ProbationEnd,
    ContractEnd,
    UnfreezeDue
);

fn unknown() -> Fault {
    Fault::text("a word of an event that nobody knows")
}

pub(super) fn event(r: EventRow) -> Result<EmploymentEventView, Fault> {
    let c = r.content()?;
    Ok(EmploymentEventView {
        id: r.id,
        person_id: r.person_id,
        person_number: r.number,
        person_name: r.name,
        kind: kind_view(EventKind::parse(&r.kind).ok_or_else(unknown)?),
        on: r.on_date,
        seq: r.seq,
        state: state_view(EventState::parse(&r.state).ok_or_else(unknown)?),
        org_id: c.org,
        position_id: c.position.flatten(),
        employment_kind: c.kind,
        scheme_id: c.scheme.flatten(),
        until: c.until,
        contract_until: c.contract_until,
        continuous: c.continuous,
        reason: r.reason,
        reverses_id: r.reverses_id,
        author_id: r.author_id,
        entered_at: r.entered_at,
        decided_by: r.decided_by,
        decided_at: r.decided_at,
        remark: r.remark,
        version: r.version,
    })
}

pub(super) fn input(person: PersonId, b: EmploymentEventCreate) -> EventInput {
    EventInput {
        person,
        version: b.version,
        kind: kind(b.kind),
        on: b.on,
        org: b.org_code,
        position: b.position_code,
        employment_kind: b.employment_kind,
        scheme: b.scheme_code,
        until: b.until,
        contract_until: b.contract_until,
        continuous: b.continuous,
        reason: b.reason.unwrap_or_default(),
    }
}

pub(super) fn form(f: TransferForm, on: LocalDate) -> TransferFormView {
    let p = &f.after.person;
    TransferFormView {
        person_id: p.id,
        person_number: p.number.clone(),
        person_name: p.name.clone(),
        effective_on: on,
        version: p.version,
        before: column(f.before),
        after: column(f.after),
    }
}

fn column(c: TransferColumn) -> TransferColumnView {
    let p = c.person;
    let (scheme_id, scheme_code) = c.scheme.map(|s| (s.id, s.code)).unzip();
    TransferColumnView {
        org_id: p.org_id,
        org_code: p.org_code,
        org_name: p.org_name,
        position_id: p.position_id,
        position_code: p.position_code,
        position_name: p.position_name,
        employment_kind: p.employment_kind,
        scheme_id,
        scheme_code,
        state: match p.state.as_str() {
            "pending" => PersonChoice::Pending,
            "probation" => PersonChoice::Probation,
            "frozen" => PersonChoice::Frozen,
            "left" => PersonChoice::Left,
            _ => PersonChoice::Active,
        },
    }
}

pub(super) fn reminder(r: ReminderRow) -> Result<ReminderView, Fault> {
    Ok(ReminderView {
        id: r.id,
        kind: reminder_kind_view(ReminderKind::parse(&r.kind).ok_or_else(unknown)?),
        person_id: r.person_id,
        person_number: r.number,
        person_name: r.name,
        due_on: r.due_on,
        days_before: r.days_before,
        made_at: r.made_at,
    })
}
