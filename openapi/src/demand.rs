//! Demand, coverage and candidates.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{LocalDate, OrgId, PersonId, PositionId};

use crate::Item;
use crate::examples::march;

/// A demand table (用工需求表) of a department.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DemandTableView {
    pub id: String,
    pub code: String,
    pub name: String,
    pub org_id: OrgId,
    pub org: String,
    pub slot_minutes: i32,
    pub active: bool,
    pub version: i32,
}

impl Example for DemandTableView {
    fn example() -> Self {
        Self {
            id: "1".to_owned(),
            code: "STORE1".to_owned(),
            name: "门店一".to_owned(),
            org_id: OrgId(3),
            org: "门店一".to_owned(),
            slot_minutes: 30,
            active: true,
            version: 1,
        }
    }
}

impl Item for DemandTableView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DemandTableCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// The department with everything below it.
    pub org_id: OrgId,
    /// 15, 20, 30 or 60.
    #[oai(validator(minimum(value = "15"), maximum(value = "60")))]
    pub slot_minutes: i32,
}

impl Example for DemandTableCreate {
    fn example() -> Self {
        Self {
            code: "STORE1".to_owned(),
            name: "门店一".to_owned(),
            org_id: OrgId(3),
            slot_minutes: 30,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DemandTablePatch {
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Whether the table is in use.
    pub active: Option<bool>,
    /// The version this is based on.
    pub version: i32,
}

impl Example for DemandTablePatch {
    fn example() -> Self {
        Self { name: None, active: Some(false), version: 1 }
    }
}

/// So many people of a position in a stretch of a date or of a weekday. The lines of a date replace all lines of its
/// weekday.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DemandLineBody {
    /// Exactly one of date and weekday.
    pub date: Option<LocalDate>,
    /// 1 = Monday … 7 = Sunday.
    #[oai(validator(minimum(value = "1"), maximum(value = "7")))]
    pub weekday: Option<i32>,
    /// Minutes from 00:00, on a slot.
    #[oai(validator(minimum(value = "0"), maximum(value = "1440")))]
    pub start_minute: i32,
    #[oai(validator(minimum(value = "0"), maximum(value = "1440")))]
    pub end_minute: i32,
    /// Absent = anybody.
    pub position_id: Option<PositionId>,
    #[oai(validator(minimum(value = "1"), maximum(value = "10000")))]
    pub required: i32,
}

impl Example for DemandLineBody {
    fn example() -> Self {
        Self {
            date: None,
            weekday: Some(6),
            start_minute: 600,
            end_minute: 840,
            position_id: Some(PositionId(2)),
            required: 3,
        }
    }
}

impl Item for DemandLineBody {}

/// All lines of a table; those it has are replaced.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DemandLinesPut {
    #[oai(validator(max_items = 5000))]
    pub lines: Vec<DemandLineBody>,
    /// The version of the table this is based on.
    pub version: i32,
}

impl Example for DemandLinesPut {
    fn example() -> Self {
        Self { lines: vec![DemandLineBody::example()], version: 1 }
    }
}

/// How a slot is staffed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum Staffing {
    Under,
    Met,
    Over,
}

/// One slot of one position.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct CoveredSlotView {
    pub date: LocalDate,
    pub start_minute: i32,
    pub end_minute: i32,
    /// Absent = anybody.
    pub position_id: Option<PositionId>,
    pub required: i32,
    /// People planned to work, with pay, in all of the slot and without approved leave in it.
    pub scheduled: i32,
    /// Scheduled less required.
    pub coverage: i32,
    pub staffing: Staffing,
}

impl Example for CoveredSlotView {
    fn example() -> Self {
        Self {
            date: march(14),
            start_minute: 600,
            end_minute: 630,
            position_id: Some(PositionId(2)),
            required: 3,
            scheduled: 2,
            coverage: -1,
            staffing: Staffing::Under,
        }
    }
}

/// The coverage of some dates.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CoverageView {
    pub slots: Vec<CoveredSlotView>,
    /// Slots with fewer people than required.
    pub under: i64,
    /// Slots with more people than required.
    pub over: i64,
}

impl Example for CoverageView {
    fn example() -> Self {
        Self { slots: vec![CoveredSlotView::example()], under: 1, over: 0 }
    }
}

/// Why somebody is or is not proposed.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct CandidateReason {
    /// `free`, `qualified`, `month_minutes`, `note`; refused: `not_in_service`, `not_qualified`,
    /// `already_planned`, `away`, `breaks_check`.
    pub code: String,
    pub message: String,
}

/// A person with his reasons.
#[derive(Clone, Debug, Object)]
pub struct CandidateView {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    /// Minutes planned in the month of the date, without the shift.
    pub month_minutes: i32,
    pub reasons: Vec<CandidateReason>,
}

/// Who could take a shift. Nothing is written.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct CandidatesView {
    /// Fewest hours first.
    pub proposed: Vec<CandidateView>,
    pub refused: Vec<CandidateView>,
}

impl Example for CandidatesView {
    fn example() -> Self {
        let view = |id, name: &str, code: &str, message: &str| CandidateView {
            person_id: PersonId(id),
            number: format!("E0042{id}"),
            name: name.to_owned(),
            month_minutes: 9_600,
            reasons: vec![CandidateReason { code: code.to_owned(), message: message.to_owned() }],
        };
        Self {
            proposed: vec![view(1, "李娜", "free", "当日未排班")],
            refused: vec![view(2, "王伟", "already_planned", "当日已排班：早班")],
        }
    }
}
