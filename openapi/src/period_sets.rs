//! Rules that cut the calendar into attendance periods, and who is accounted for by which.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{BatchId, DimensionValueId, LocalDate, OrgId, PeriodSetId, PersonId, PositionId};

use crate::Item;
use crate::examples::march;

/// A rule that cuts the calendar into attendance periods (考勤周期).
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct PeriodSetView {
    pub id: PeriodSetId,
    pub code: String,
    pub name: String,
    /// First day of a period: 1 = natural month. Above 15 the period begins in the month before the
    /// one it is named after.
    pub start_day: i32,
    /// Used for people without an assignment.
    pub is_default: bool,
    /// Counts up with every change of its list of periods.
    pub version: i32,
}

impl Example for PeriodSetView {
    fn example() -> Self {
        Self {
            id: PeriodSetId(2),
            code: "plant".to_owned(),
            name: "工厂（26日起）".to_owned(),
            start_day: 26,
            is_default: false,
            version: 1,
        }
    }
}

impl Item for PeriodSetView {}

/// A period set without a list. Its start day never changes; make another set and assign it from a
/// date on.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PeriodSetCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    /// 1 to 31; a month without this day begins its period on its last one.
    #[oai(validator(minimum(value = "1"), maximum(value = "31")))]
    pub start_day: u8,
}

impl Example for PeriodSetCreate {
    fn example() -> Self {
        Self { code: "plant".to_owned(), name: "工厂（26日起）".to_owned(), start_day: 26 }
    }
}

/// A listed period, both ends included. Dates that no listed period holds follow the start day.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct PeriodDateView {
    pub name: String,
    pub from: LocalDate,
    pub to: LocalDate,
}

impl Example for PeriodDateView {
    fn example() -> Self {
        Self { name: "2026-04a".to_owned(), from: march(32), to: march(46) }
    }
}

impl Item for PeriodDateView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PeriodDatePut {
    /// Unique in the set, at most 32 characters. What reads as a month must be a month of the list.
    #[oai(validator(min_length = 1, max_length = 32))]
    pub name: String,
    pub from: LocalDate,
    /// A period has at most 31 days.
    pub to: LocalDate,
}

impl Example for PeriodDatePut {
    fn example() -> Self {
        Self {
            name: "2026-04a".to_owned(),
            from: LocalDate::from_days(20_544),
            to: LocalDate::from_days(20_558),
        }
    }
}

/// The listed periods from a date on. What is listed before stays.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PeriodDatesPut {
    /// The version of the set this is based on.
    pub version: i32,
    /// The first date of a period as the set stands now; nothing before it changes.
    pub from: LocalDate,
    /// Without gaps, from `from` to the end of a period of the start day; none = the start day counts
    /// again.
    #[oai(validator(max_items = 200))]
    pub periods: Vec<PeriodDatePut>,
}

impl Example for PeriodDatesPut {
    fn example() -> Self {
        let second = PeriodDatePut {
            name: "2026-04b".to_owned(),
            from: LocalDate::from_days(20_559),
            to: LocalDate::from_days(20_573),
        };
        Self {
            version: 1,
            from: LocalDate::from_days(20_544),
            periods: vec![PeriodDatePut::example(), second],
        }
    }
}

/// What a change of the list has set in motion.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PeriodDatesChangedView {
    /// The version of the set now.
    pub version: i32,
    /// First date that lies in another period than before; none = no date does.
    pub changed_from: Option<LocalDate>,
    /// People whose results and sums are computed again.
    pub marks: i64,
    /// The batches of these computations.
    pub batch_ids: Vec<BatchId>,
}

impl Example for PeriodDatesChangedView {
    fn example() -> Self {
        Self { version: 2, changed_from: Some(march(32)), marks: 128, batch_ids: vec![BatchId(8)] }
    }
}

/// Employment kind whose people are accounted for by a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PeriodSetKind {
    /// 全职
    FullTime,
    /// 非全日制
    PartTime,
    /// 劳务派遣
    Dispatched,
    /// 实习
    Intern,
    /// 退休返聘
    RehiredRetiree,
}

/// From a date on a person, or everybody in a department or a group, is accounted for by this set. Names exactly one of
/// person, department, employment kind, position and dimension value; what is said of a person counts before
/// what is said of his kind, his position, his dimension values and his departments, in this order. Takes
/// effect where the running period of each ends.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PeriodSetAssignmentCreate {
    pub person_id: Option<PersonId>,
    /// The department and all below it that have no set of their own.
    pub org_id: Option<OrgId>,
    /// Groups are for those who see everybody.
    pub employment_kind: Option<PeriodSetKind>,
    pub position_id: Option<PositionId>,
    /// The value with all below it.
    pub dimension_value_id: Option<DimensionValueId>,
    pub valid_from: LocalDate,
    /// Absent for a person = the entry of this date is removed and the one before goes on. Absent for
    /// the others = from this date on they have none of their own.
    pub period_set_id: Option<PeriodSetId>,
}

impl Example for PeriodSetAssignmentCreate {
    fn example() -> Self {
        Self {
            person_id: None,
            org_id: Some(OrgId(1)),
            employment_kind: None,
            position_id: None,
            dimension_value_id: None,
            valid_from: LocalDate::from_days(20_544),
            period_set_id: Some(PeriodSetId(1)),
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PeriodSetAssignmentsCreate {
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub assignments: Vec<PeriodSetAssignmentCreate>,
}

impl Example for PeriodSetAssignmentsCreate {
    fn example() -> Self {
        Self { assignments: vec![PeriodSetAssignmentCreate::example()] }
    }
}

/// One entry of the timeline of a person or a department. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PeriodSetAssignmentView {
    pub person_id: Option<PersonId>,
    pub org_id: Option<OrgId>,
    pub employment_kind: Option<PeriodSetKind>,
    pub position_id: Option<PositionId>,
    pub dimension_value_id: Option<DimensionValueId>,
    pub valid_from: LocalDate,
    /// Absent = a department or a group without a set of its own.
    pub period_set_id: Option<PeriodSetId>,
    /// Code of the set.
    pub period_set: Option<String>,
}

impl Example for PeriodSetAssignmentView {
    fn example() -> Self {
        Self {
            person_id: None,
            org_id: Some(OrgId(1)),
            employment_kind: None,
            position_id: None,
            dimension_value_id: None,
            valid_from: march(32),
            period_set_id: Some(PeriodSetId(1)),
            period_set: Some("month".to_owned()),
        }
    }
}

impl Item for PeriodSetAssignmentView {}
