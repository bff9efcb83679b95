//! Life cycle: events of employments, transfers, reminders.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{
    EmploymentKind, EventId, Instant, LocalDate, OrgId, PersonId, PositionId, ReminderId, RuleId,
    UserId,
};

use crate::Item;
use crate::examples::{march, utc};
use crate::people::PersonState;

/// The end of an employment.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct LeavingPut {
    /// The version this change is based on.
    pub version: i32,
    /// Last day in service; absent = the person stays, or is back without interruption.
    pub left_on: Option<LocalDate>,
}

impl Example for LeavingPut {
    fn example() -> Self {
        Self { version: 1, left_on: Some(LocalDate::from_days(20_543)) }
    }
}

/// Another place from a date on (调动). What is absent stays as it is.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TransferCreate {
    /// The version of the person this is based on.
    pub version: i32,
    /// First date in the new place.
    pub valid_from: LocalDate,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub org_code: Option<String>,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub position_code: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub scheme_code: Option<String>,
    #[oai(validator(max_length = 500))]
    pub reason: Option<String>,
}

impl Example for TransferCreate {
    fn example() -> Self {
        Self {
            version: 1,
            valid_from: LocalDate::from_days(20_544),
            org_code: Some("HR".to_owned()),
            position_code: None,
            employment_kind: None,
            scheme_code: None,
            reason: None,
        }
    }
}

/// Dates on which nothing is computed (冻结).
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct FreezeCreate {
    /// The version of the person this is based on.
    pub version: i32,
    /// First frozen date.
    pub from: LocalDate,
    /// Last frozen date; absent = until the person is unfrozen.
    pub to: Option<LocalDate>,
}

impl Example for FreezeCreate {
    fn example() -> Self {
        Self { version: 1, from: LocalDate::from_days(20_522), to: None }
    }
}

/// The end of a freeze (解冻).
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct UnfreezeCreate {
    /// The version of the person this is based on.
    pub version: i32,
    /// The first date that is computed again.
    pub on: LocalDate,
}

impl Example for UnfreezeCreate {
    fn example() -> Self {
        Self { version: 2, on: LocalDate::from_days(20_532) }
    }
}

/// What happens in an employment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum EmploymentEventKind {
    /// 入职
    Hire,
    /// 试用
    Probation,
    /// 转正
    Confirm,
    /// 续签
    Renewal,
    /// 调动
    Transfer,
    /// 升迁
    Promotion,
    /// 冻结
    Freeze,
    /// 解冻
    Unfreeze,
    /// 离职
    Leave,
    /// 复职
    Reinstate,
    /// 更正
    Correction,
    /// Says that another event never happened.
    Reversal,
}

/// Whether an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum EmploymentEventState {
    /// Waits for a decision.
    Pending,
    Refused,
    Effective,
    /// Taken back; nothing had followed.
    Removed,
    /// Taken back by a reversing event.
    Reversed,
}

/// An event of a person.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EmploymentEventView {
    pub id: EventId,
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    pub kind: EmploymentEventKind,
    /// Takes effect at 00:00 of this date; of `leave` it is the last day in service.
    pub on: LocalDate,
    /// Of several events on one date the one with the greatest number wins.
    pub seq: i32,
    pub state: EmploymentEventState,
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub scheme_id: Option<RuleId>,
    /// Last day of the freeze or of the probation.
    pub until: Option<LocalDate>,
    /// Last day of the contract that begins.
    pub contract_until: Option<LocalDate>,
    /// Of a reinstatement: the years of service go on.
    pub continuous: Option<bool>,
    pub reason: String,
    /// The event this one reverses.
    pub reverses_id: Option<EventId>,
    pub author_id: Option<UserId>,
    pub entered_at: Instant,
    /// Who approved, refused, removed or reversed it.
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
    pub remark: Option<String>,
    pub version: i32,
}

impl Example for EmploymentEventView {
    fn example() -> Self {
        Self {
            id: EventId(7),
            person_id: PersonId(1),
            person_number: "E00421".to_owned(),
            person_name: "李娜".to_owned(),
            kind: EmploymentEventKind::Transfer,
            on: march(16),
            seq: 1,
            state: EmploymentEventState::Effective,
            org_id: Some(OrgId(3)),
            position_id: None,
            employment_kind: None,
            scheme_id: None,
            until: None,
            contract_until: None,
            continuous: None,
            reason: "业务调整".to_owned(),
            reverses_id: None,
            author_id: Some(UserId(1)),
            entered_at: utc(10, "01:00:00"),
            decided_by: None,
            decided_at: None,
            remark: None,
            version: 1,
        }
    }
}

impl Item for EmploymentEventView {}

/// An event to be entered. Which fields count depends on the kind: transfer, promotion and correction set department,
/// position, employment kind and scheme, each if given; freeze and probation have `until`; renewal and reinstate have
/// `contract_until`; reinstate needs `continuous` and may set the place.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EmploymentEventCreate {
    /// The version of the person this is based on; absent = not checked.
    pub version: Option<i32>,
    /// Any but `hire` and `reversal`.
    pub kind: EmploymentEventKind,
    /// Takes effect at 00:00 of this date; of `leave` it is the last day in service.
    pub on: LocalDate,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub org_code: Option<String>,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub position_code: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub scheme_code: Option<String>,
    pub until: Option<LocalDate>,
    pub contract_until: Option<LocalDate>,
    pub continuous: Option<bool>,
    #[oai(validator(max_length = 500))]
    pub reason: Option<String>,
}

impl Example for EmploymentEventCreate {
    fn example() -> Self {
        Self {
            version: Some(1),
            kind: EmploymentEventKind::Promotion,
            on: march(16),
            org_code: None,
            position_code: Some("ZG".to_owned()),
            employment_kind: None,
            scheme_code: Some("S1".to_owned()),
            until: None,
            contract_until: None,
            continuous: None,
            reason: Some("年度考评".to_owned()),
        }
    }
}

/// An event of the person with an employee number.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EmploymentEventRow {
    /// Employee number.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub number: String,
    pub event: EmploymentEventCreate,
}

impl Example for EmploymentEventRow {
    fn example() -> Self {
        Self { number: "E00421".to_owned(), event: EmploymentEventCreate::example() }
    }
}

/// Events to be entered; each row has its own outcome.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EmploymentEventsCreate {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub events: Vec<EmploymentEventRow>,
}

impl Example for EmploymentEventsCreate {
    fn example() -> Self {
        Self { events: vec![EmploymentEventRow::example()] }
    }
}

/// Why an event is taken back.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct EmploymentRemovalCreate {
    /// The version of the event this is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Example for EmploymentRemovalCreate {
    fn example() -> Self {
        Self { version: 1, reason: "录入错误".to_owned() }
    }
}

/// A decision about an event that waits.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct EmploymentDecisionCreate {
    /// The version of the event this is based on.
    pub version: i32,
    pub approved: bool,
    #[oai(validator(max_length = 500))]
    pub remark: Option<String>,
}

impl Example for EmploymentDecisionCreate {
    fn example() -> Self {
        Self { version: 1, approved: true, remark: None }
    }
}

/// One column of the transfer screen.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct TransferColumnView {
    pub org_id: Option<OrgId>,
    pub org_code: Option<String>,
    pub org_name: Option<String>,
    pub position_id: Option<PositionId>,
    pub position_code: Option<String>,
    pub position_name: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
    pub scheme_id: Option<RuleId>,
    pub scheme_code: Option<String>,
    pub state: PersonState,
}

/// The transfer screen (员工调转操作) of a person and an effective date.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct TransferFormView {
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    pub effective_on: LocalDate,
    /// The version a transfer is to be based on.
    pub version: i32,
    /// What he is on the day before.
    pub before: TransferColumnView,
    /// What he is on the date as things stand; with `copy` what he was before.
    pub after: TransferColumnView,
}

impl Example for TransferFormView {
    fn example() -> Self {
        let column = TransferColumnView {
            org_id: Some(OrgId(3)),
            org_code: Some("HR".to_owned()),
            org_name: Some("人力资源部".to_owned()),
            position_id: Some(PositionId(1)),
            position_code: Some("YG".to_owned()),
            position_name: Some("普通员工".to_owned()),
            employment_kind: Some(EmploymentKind::FullTime),
            scheme_id: Some(RuleId(12)),
            scheme_code: Some("S1".to_owned()),
            state: PersonState::Active,
        };
        Self {
            person_id: PersonId(1),
            person_number: "E00421".to_owned(),
            person_name: "李娜".to_owned(),
            effective_on: march(16),
            version: 1,
            before: column.clone(),
            after: column,
        }
    }
}

/// What becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ReminderKind {
    /// Last day of a probation.
    ProbationEnd,
    /// Last day of a contract.
    ContractEnd,
    /// First day after a freeze.
    UnfreezeDue,
}

/// Something that becomes due soon.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct ReminderView {
    pub id: ReminderId,
    pub kind: ReminderKind,
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    pub due_on: LocalDate,
    /// 30, 15 or 7: which step this is.
    pub days_before: i32,
    pub made_at: Instant,
}

impl Example for ReminderView {
    fn example() -> Self {
        Self {
            id: ReminderId(1),
            kind: ReminderKind::ProbationEnd,
            person_id: PersonId(1),
            person_number: "E00421".to_owned(),
            person_name: "李娜".to_owned(),
            due_on: march(31),
            days_before: 30,
            made_at: utc(1, "01:00:00"),
        }
    }
}

impl Item for ReminderView {}

/// Which kinds of events wait for a decision before they take effect.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct EmploymentApproval {
    /// Any but `hire` and `reversal`.
    #[oai(validator(max_items = 12))]
    pub kinds: Vec<EmploymentEventKind>,
}

impl Example for EmploymentApproval {
    fn example() -> Self {
        Self { kinds: vec![EmploymentEventKind::Promotion, EmploymentEventKind::Leave] }
    }
}
