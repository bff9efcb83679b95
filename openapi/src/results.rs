//! Day results, period summaries, exceptions and explanations.

use std::collections::HashMap;

use poem_openapi::types::Any;
use poem_openapi::{Enum, Object};
use vocabulary::{Instant, LocalDate, OrgId, PersonId, PunchId, RuleId, WallTime};

use crate::Freshness;
use crate::periods::PeriodState;

/// Where a date stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum DayState {
    /// Nothing of it has begun.
    Future,
    /// Its window is open; numbers are provisional.
    InProgress,
    /// Time alone changes nothing any more.
    Final,
    /// Its period is closed.
    Locked,
}

/// What a date is for overtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum DayType {
    Work,
    Rest,
    Holiday,
}

/// Lateness or earliness of a date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object)]
pub struct RatedView {
    /// Tenths of a minute that count, coefficients included.
    pub tenths: i32,
    /// Minutes of the rated events before any rounding.
    pub raw_minutes: i32,
    /// Occurrences per band code.
    pub counts: HashMap<String, i32>,
}

/// Lateness or earliness of separate overtime blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object)]
pub struct BlockRatedView {
    pub minutes: i32,
    pub raw_minutes: i32,
    pub counts: HashMap<String, i32>,
}

/// Minutes of one overtime category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Object)]
pub struct OvertimeView {
    /// Planned by forms, orders and overtime shifts.
    pub applied: i32,
    pub worked: i32,
    /// After rounding: the ones that count.
    pub credited: i32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Object)]
pub struct OvertimeByCategory {
    pub weekday: OvertimeView,
    pub rest: OvertimeView,
    pub holiday: OvertimeView,
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct LeaveView {
    /// Code of the request type.
    #[oai(rename = "type")]
    pub kind: String,
    pub minutes: i32,
    pub days_hundredths: i32,
}

/// A finding about a date.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct FindingView {
    pub code: String,
    /// What a person reads, in the language asked for.
    pub text: String,
    pub at: Option<WallTime>,
    pub minutes: Option<i32>,
    /// Id of the request.
    pub request: Option<String>,
}

/// A moment at which a punch is expected, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PointView {
    /// `in`, `out`, `ot_in`, `ot_out`.
    pub kind: String,
    pub nominal: WallTime,
    pub actual: Option<WallTime>,
    /// `punch`, `nominal`, `seam`, `open`, `missing`.
    pub source: String,
    pub punch_id: Option<PunchId>,
}

/// The result of one person and one attendance date.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DayView {
    pub person_id: PersonId,
    pub work_date: LocalDate,
    pub org_id: Option<OrgId>,
    pub scheme_id: Option<RuleId>,
    /// Codes of the shifts of the date.
    pub shift: Option<String>,
    pub state: DayState,
    /// Absent when not in service.
    pub day_type: Option<DayType>,
    pub due_tenths: i32,
    pub actual_tenths: i32,
    pub regular_minutes: i32,
    pub late: RatedView,
    pub early: RatedView,
    pub absence_tenths: i32,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    pub overtime: OvertimeByCategory,
    pub overtime_late: BlockRatedView,
    pub overtime_early: BlockRatedView,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub leave: Vec<LeaveView>,
    pub exceptions: Vec<FindingView>,
    pub points: Vec<PointView>,
    /// False when a change was too large to be computed on the spot; the numbers are then the stored ones.
    pub fresh: bool,
    /// When the stored numbers were computed; absent when they were computed for this answer.
    pub computed_at: Option<Instant>,
}

/// A step of the explanation.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StepView {
    pub step: String,
    /// One sentence, in the language asked for.
    pub text: String,
    /// What it adds to: `due`, `actual`, `regular`, `late`, …
    pub measure: Option<String>,
    /// Tenths of a minute. The steps of a measure add up to the result.
    pub tenths: Option<i32>,
    /// Code of the rule or scheme behind the step.
    pub rule_code: Option<String>,
    pub rule_version: Option<i32>,
    pub punch_id: Option<PunchId>,
}

/// Why a day is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ExplanationView {
    pub day: DayView,
    pub steps: Vec<StepView>,
    /// The stored result is what these facts give. False while a change waits to be computed.
    pub reproduced: bool,
    pub engine_version: i32,
    /// Definition line and case line of the evaluate format: `kaoqin evaluate` gives this result.
    pub case: Vec<Any<serde_json::Value>>,
}

/// An exception of a date.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ExceptionView {
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    pub work_date: LocalDate,
    pub code: String,
    /// What a person reads, in the language asked for.
    pub text: String,
    pub at: Option<WallTime>,
    pub minutes: Option<i32>,
    pub opened_at: Instant,
    /// Set when its cause is gone.
    pub closed_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ExceptionState {
    Open,
    Closed,
}

/// Sums of one person over an attendance period.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PeriodSummaryView {
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    /// `2026-03`, or the name of a listed period.
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub org_id: Option<OrgId>,
    /// Dates with a result, and how many of them are final.
    pub days: i32,
    pub final_days: i32,
    /// Dates with due time.
    pub work_days: i32,
    pub due_tenths: i64,
    pub actual_tenths: i64,
    pub regular_minutes: i64,
    pub late_tenths: i64,
    pub late_count: i32,
    pub late_counts: HashMap<String, i32>,
    pub early_tenths: i64,
    pub early_count: i32,
    pub early_counts: HashMap<String, i32>,
    pub absence_tenths: i64,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    pub weekday_overtime_minutes: i32,
    pub rest_overtime_minutes: i32,
    pub holiday_overtime_minutes: i32,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub leave_minutes: i32,
    pub leave: Vec<LeaveView>,
    pub open_exceptions: i32,
    /// Whether the period is still open.
    pub state: PeriodState,
    /// Only where a single summary is asked for.
    pub freshness: Option<Freshness>,
}
