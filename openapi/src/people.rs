//! Persons and the organisation.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{EmploymentKind, LocalDate, OrgId, PersonId, PositionId};

use crate::Item;
use crate::examples::march;

/// Employment on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PersonState {
    /// Not hired yet.
    Pending,
    /// 试用: in service, not confirmed yet.
    Probation,
    Active,
    /// 冻结: nothing is computed.
    Frozen,
    Left,
}

/// A person as of the date asked for.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PersonView {
    pub id: PersonId,
    /// Employee number; never reused.
    pub number: String,
    pub name: String,
    /// IANA name of the wall clock this person lives by.
    pub zone: String,
    /// First day in service.
    pub hired_on: LocalDate,
    /// Last day in service.
    pub left_on: Option<LocalDate>,
    pub state: PersonState,
    /// The department of the date, or of the first day if that is later.
    pub org_id: Option<OrgId>,
    pub org_code: Option<String>,
    pub org_name: Option<String>,
    /// The position of the date, or of the first day if that is later.
    pub position_id: Option<PositionId>,
    pub position_code: Option<String>,
    pub position_name: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
    pub version: i32,
}

impl Example for PersonView {
    fn example() -> Self {
        Self {
            id: PersonId(1),
            number: "E00421".to_owned(),
            name: "李娜".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            hired_on: march(1),
            left_on: None,
            state: PersonState::Active,
            org_id: Some(OrgId(3)),
            org_code: Some("HR".to_owned()),
            org_name: Some("人力资源部".to_owned()),
            position_id: Some(PositionId(2)),
            position_code: Some("ZG".to_owned()),
            position_name: Some("主管".to_owned()),
            employment_kind: Some(EmploymentKind::FullTime),
            version: 1,
        }
    }
}

impl Item for PersonView {}

/// One entry of the timeline of the department. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct PersonOrgView {
    pub valid_from: LocalDate,
    pub org_id: OrgId,
    pub org_code: String,
    pub org_name: String,
}

/// Frozen dates, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct FreezeView {
    pub from: LocalDate,
    /// Absent = until further notice.
    pub to: Option<LocalDate>,
}

/// One entry of the timeline of the position. It holds until the next one; without position = none.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PersonPositionView {
    pub valid_from: LocalDate,
    pub position_id: Option<PositionId>,
    pub position_code: Option<String>,
    pub position_name: Option<String>,
}

/// One entry of the timeline of the employment kind. It holds until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct PersonKindView {
    pub valid_from: LocalDate,
    pub employment_kind: EmploymentKind,
}

/// Dates, both ends included; without end = until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StretchView {
    pub from: LocalDate,
    pub to: Option<LocalDate>,
}

/// Out of service between leaving and coming back; both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct GapView {
    pub from: LocalDate,
    pub to: LocalDate,
    /// The years of service go on.
    pub continuous: bool,
}

/// The contract in effect last, as far as events tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ContractView {
    pub from: Option<LocalDate>,
    /// Last day; absent = open-ended, or not known.
    pub until: Option<LocalDate>,
    /// How often it was renewed.
    pub renewals: i32,
}

/// A person with his timelines.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct PersonDetailView {
    pub person: PersonView,
    /// Oldest first.
    pub departments: Vec<PersonOrgView>,
    /// Oldest first.
    pub positions: Vec<PersonPositionView>,
    /// Oldest first.
    pub employment_kinds: Vec<PersonKindView>,
    /// Oldest first.
    pub freezes: Vec<FreezeView>,
    /// 试用, oldest first.
    pub probations: Vec<StretchView>,
    /// Oldest first.
    pub gaps: Vec<GapView>,
    /// Days out of service that do not count as service.
    pub service_gap_days: i32,
    pub contract: ContractView,
}

impl Example for PersonDetailView {
    fn example() -> Self {
        let department = PersonOrgView {
            valid_from: march(1),
            org_id: OrgId(3),
            org_code: "HR".to_owned(),
            org_name: "人力资源部".to_owned(),
        };
        let position = PersonPositionView {
            valid_from: march(1),
            position_id: Some(PositionId(2)),
            position_code: Some("ZG".to_owned()),
            position_name: Some("主管".to_owned()),
        };
        let full = EmploymentKind::FullTime;
        Self {
            person: PersonView::example(),
            departments: vec![department],
            positions: vec![position],
            employment_kinds: vec![PersonKindView { valid_from: march(1), employment_kind: full }],
            freezes: Vec::new(),
            probations: vec![StretchView { from: march(1), to: Some(march(31)) }],
            gaps: Vec::new(),
            service_gap_days: 0,
            contract: ContractView { from: Some(march(1)), until: None, renewals: 0 },
        }
    }
}

/// A person to be taken on.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PersonCreate {
    /// Employee number, 1 to 20 characters without blanks.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub number: String,
    #[oai(validator(min_length = 1, max_length = 60))]
    pub name: String,
    /// IANA name; absent = that of the installation.
    #[oai(validator(max_length = 60))]
    pub zone: Option<String>,
    /// First day in service.
    pub hired_on: LocalDate,
    /// Code of the department from the first day on. Required unless one's scope is everybody.
    #[oai(validator(max_length = 40))]
    pub org_code: Option<String>,
    /// Code of the position from the first day on.
    #[oai(validator(max_length = 40))]
    pub position_code: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
    /// Last day of the probation that begins with the first day.
    pub probation_until: Option<LocalDate>,
    /// Last day of the contract that begins with the first day; absent = not known.
    pub contract_until: Option<LocalDate>,
}

impl Example for PersonCreate {
    fn example() -> Self {
        Self {
            number: "E00421".to_owned(),
            name: "李娜".to_owned(),
            zone: None,
            hired_on: LocalDate::from_days(20_513),
            org_code: Some("HR".to_owned()),
            position_code: None,
            employment_kind: Some(EmploymentKind::FullTime),
            probation_until: None,
            contract_until: None,
        }
    }
}

/// Correction of a file. What is absent stays as it is.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PersonPatch {
    /// The version this change is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 60))]
    pub name: Option<String>,
    /// IANA name. Punches keep the zone they were made in.
    #[oai(validator(max_length = 60))]
    pub zone: Option<String>,
    /// First day in service.
    pub hired_on: Option<LocalDate>,
}

impl Example for PersonPatch {
    fn example() -> Self {
        Self { version: 1, name: Some("李娜".to_owned()), zone: None, hired_on: None }
    }
}

/// What another system says about a person. What is absent stays as it is.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PersonPut {
    /// Employee number; finds the person or makes him.
    #[oai(validator(max_length = 100))]
    pub number: String,
    /// Required for a new person.
    #[oai(validator(max_length = 200))]
    pub name: Option<String>,
    /// IANA name; absent for a new person = that of the installation.
    #[oai(validator(max_length = 60))]
    pub zone: Option<String>,
    /// Required for a new person.
    pub hired_on: Option<LocalDate>,
    /// Last day in service.
    pub left_on: Option<LocalDate>,
    /// Code of the department: of a new person from his first day, of a known one from today on.
    #[oai(validator(max_length = 100))]
    pub org_code: Option<String>,
    /// Code of the position; from the same date on.
    #[oai(validator(max_length = 40))]
    pub position_code: Option<String>,
    /// From the same date on.
    pub employment_kind: Option<EmploymentKind>,
}

impl Example for PersonPut {
    fn example() -> Self {
        Self {
            number: "E00421".to_owned(),
            name: Some("李娜".to_owned()),
            zone: None,
            hired_on: Some(LocalDate::from_days(20_513)),
            left_on: None,
            org_code: Some("HR".to_owned()),
            position_code: None,
            employment_kind: None,
        }
    }
}

/// People to be made or changed; each row has its own outcome.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PersonsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub persons: Vec<PersonPut>,
}

impl Example for PersonsPut {
    fn example() -> Self {
        Self { persons: vec![PersonPut::example()] }
    }
}
