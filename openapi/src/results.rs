//! Day results, period summaries, exceptions and explanations.

use std::collections::HashMap;

use poem_openapi::types::{Any, Example};
use poem_openapi::{Enum, Object};
use serde::Serialize;
use serde_json::json;
use vocabulary::{
    EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, PunchId, RuleId, WallTime,
};

use crate::examples::{march, utc, wall};
use crate::periods::PeriodState;
use crate::rosters::RosterLayer;
use crate::{Freshness, Item, Page};

/// Where a date stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DayType {
    Work,
    Rest,
    Holiday,
}

/// Lateness or earliness of a date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object, Serialize)]
pub struct RatedView {
    /// Tenths of a minute that count, coefficients included.
    pub tenths: i32,
    /// Minutes of the rated events before any rounding.
    pub raw_minutes: i32,
    /// Occurrences per band code.
    pub counts: HashMap<String, i32>,
}

/// Lateness or earliness of separate overtime blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object, Serialize)]
pub struct BlockRatedView {
    pub minutes: i32,
    pub raw_minutes: i32,
    pub counts: HashMap<String, i32>,
}

/// Minutes of one overtime category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Object, Serialize)]
pub struct OvertimeView {
    /// Planned by forms, orders and overtime shifts.
    pub applied: i32,
    pub worked: i32,
    /// After rounding: the ones that count.
    pub credited: i32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Object, Serialize)]
pub struct OvertimeByCategory {
    pub weekday: OvertimeView,
    pub rest: OvertimeView,
    pub holiday: OvertimeView,
}

#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
pub struct LeaveView {
    /// Code of the request type.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    pub kind: String,
    pub minutes: i32,
    pub days_hundredths: i32,
}

/// A finding about a date.
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct FindingView {
    pub code: String,
    /// What a person reads, in the language asked for.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<WallTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i32>,
    /// Id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// A moment at which a punch is expected, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct PointView {
    /// `in`, `out`, `ot_in`, `ot_out`.
    pub kind: String,
    pub nominal: WallTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<WallTime>,
    /// `punch`, `nominal`, `seam`, `open`, `missing`.
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub punch_id: Option<PunchId>,
}

/// The result of one person and one attendance date.
#[derive(Clone, Debug, PartialEq, Eq, Object, Serialize)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DayView {
    pub person_id: PersonId,
    pub work_date: LocalDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<OrgId>,
    /// Of the date, as the employment kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_id: Option<PositionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employment_kind: Option<EmploymentKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme_id: Option<RuleId>,
    /// Codes of the shifts of the date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
    pub state: DayState,
    /// Absent when not in service.
    #[serde(skip_serializing_if = "Option::is_none")]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed_at: Option<Instant>,
}

impl Example for DayView {
    fn example() -> Self {
        let point = |kind: &str, nominal: &str, actual: &str, punch: i64| PointView {
            kind: kind.to_owned(),
            nominal: wall(10, nominal),
            actual: Some(wall(10, actual)),
            source: "punch".to_owned(),
            punch_id: Some(PunchId(punch)),
        };
        let counts = HashMap::from([("L15".to_owned(), 1)]);
        Self {
            person_id: PersonId(1),
            work_date: march(10),
            org_id: Some(OrgId(3)),
            position_id: Some(PositionId(1)),
            employment_kind: Some(EmploymentKind::FullTime),
            scheme_id: Some(RuleId(12)),
            shift: Some("D1".to_owned()),
            state: DayState::Final,
            day_type: Some(DayType::Work),
            due_tenths: 4800,
            actual_tenths: 4740,
            regular_minutes: 474,
            late: RatedView { tenths: 60, raw_minutes: 6, counts },
            early: RatedView::default(),
            absence_tenths: 0,
            absence_days_hundredths: 0,
            shortfall_minutes: 0,
            overtime: OvertimeByCategory::default(),
            overtime_late: BlockRatedView::default(),
            overtime_early: BlockRatedView::default(),
            unconfirmed_minutes: 0,
            presence_minutes: 534,
            night_minutes: 0,
            leave: Vec::new(),
            exceptions: Vec::new(),
            points: vec![
                point("in", "08:00:00", "08:06:00", 1041),
                point("out", "17:00:00", "17:00:00", 1067),
            ],
            fresh: true,
            computed_at: Some(utc(10, "15:00:01")),
        }
    }
}

impl Item for DayView {
    fn page() -> Page<Self> {
        Page::new(vec![Self::example()], None).fresh(Freshness::example())
    }
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
#[oai(example, skip_serializing_if_is_none)]
pub struct ExplanationView {
    pub day: DayView,
    pub steps: Vec<StepView>,
    /// The stored result is what these facts give. False while a change waits to be computed.
    pub reproduced: bool,
    pub engine_version: i32,
    /// Where the cell of the date comes from. Absent = nothing is planned.
    pub layer: Option<RosterLayer>,
    /// Definition line and case line of the evaluate format: `kaoqin evaluate` gives this result.
    pub case: Vec<Any<serde_json::Value>>,
}

impl Example for ExplanationView {
    fn example() -> Self {
        let step = |step: &str, text: &str| StepView {
            step: step.to_owned(),
            text: text.to_owned(),
            measure: None,
            tenths: None,
            rule_code: None,
            rule_version: None,
            punch_id: None,
        };
        let ruled = |s: StepView, code: &str, version: i32| StepView {
            rule_code: Some(code.to_owned()),
            rule_version: Some(version),
            ..s
        };
        let punched = |s: StepView, punch: i64| StepView { punch_id: Some(PunchId(punch)), ..s };
        let adds = |s: StepView, measure: &str, tenths: i32| StepView {
            measure: Some(measure.to_owned()),
            tenths: Some(tenths),
            ..s
        };
        let plan = step("plan", "工作日，班次 D1 v1，考勤方案 S1 v2");
        let came = step("punch", "打卡 08:05:20：已采用");
        let left = step("punch", "打卡 17:00:20：已采用");
        let band = "迟到 6 分钟（原始），按规则 L1 v3 的 L15 档计 6 分钟：迟到 +6 分钟";
        let due = "班次应出勤（不含请假与法定节假日）：应出勤 +480 分钟";
        Self {
            day: DayView::example(),
            steps: vec![
                ruled(plan, "S1", 2),
                punched(ruled(came, "P1", 1), 1041),
                punched(ruled(left, "P1", 1), 1067),
                punched(step("point", "签到 08:06（打卡），应为 08:00"), 1041),
                punched(step("point", "签退 17:00（打卡），应为 17:00"), 1067),
                ruled(adds(step("band", band), "late", 60), "L1", 3),
                adds(step("attended", "班内在岗：正班工时 +474 分钟"), "regular", 4740),
                adds(step("scheduled", due), "due", 4800),
                adds(step("regular", "正班工时记入：实际出勤 +474 分钟"), "actual", 4740),
                adds(step("presence", "签到至签退：在岗 +534 分钟"), "presence", 5340),
            ],
            reproduced: true,
            engine_version: 1,
            layer: Some(RosterLayer::Person),
            case: case_lines().map(Any).into(),
        }
    }
}

/// What gives this day.
fn case_lines() -> [serde_json::Value; 2] {
    let section = json!({ "punch_rule": "P1" });
    let bands = json!([{ "code": "L15", "limit_minutes": 15 }]);
    let define = json!({ "define": {
        "punch_rules": { "P1": {} },
        "late_rules": { "L1": { "items": bands } },
        "calendars": { "cn": { "rest_weekdays": [6, 7] } },
        "shifts": { "D1": { "segments": [
            { "start": "08:00", "end": "12:00" },
            { "start": "13:00", "end": "17:00" }
        ] } },
        "schemes": { "S1": {
            "workday": { "punch_rule": "P1", "late_rule": "L1" },
            "weekday_ot": section.clone(),
            "rest_ot": section.clone(),
            "holiday_ot": section
        } }
    } });
    let case = json!({
        "id": "1 2026-03-10",
        "date": "2026-03-10",
        "scheme": "S1",
        "calendar": "cn",
        "roster": { "2026-03-10": "D1" },
        "punches": [{ "at": "2026-03-10T08:05:20" }, { "at": "2026-03-10T17:00:20" }]
    });
    [define, case]
}

/// An exception of a date.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
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
    /// Department, position and employment kind of the date.
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub opened_at: Instant,
    /// Set when its cause is gone.
    pub closed_at: Option<Instant>,
}

impl Example for ExceptionView {
    fn example() -> Self {
        Self {
            person_id: PersonId(1),
            person_number: "E00421".to_owned(),
            person_name: "李娜".to_owned(),
            work_date: march(11),
            code: "missing_out".to_owned(),
            text: "缺签退".to_owned(),
            at: Some(wall(11, "17:00:00")),
            minutes: None,
            org_id: Some(OrgId(3)),
            position_id: Some(PositionId(1)),
            employment_kind: Some(EmploymentKind::FullTime),
            opened_at: utc(11, "15:00:01"),
            closed_at: Some(utc(12, "01:30:00")),
        }
    }
}

impl Item for ExceptionView {
    fn page() -> Page<Self> {
        Page::new(vec![Self::example()], None).fresh(Freshness::example())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ExceptionState {
    Open,
    Closed,
}

/// Sums of one person over an attendance period.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PeriodSummaryView {
    pub person_id: PersonId,
    pub person_number: String,
    pub person_name: String,
    /// `2026-03`, or the name of a listed period.
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    /// Of the last computed date, as position and employment kind.
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
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

impl Example for PeriodSummaryView {
    fn example() -> Self {
        let leave = LeaveView { kind: "050".to_owned(), minutes: 240, days_hundredths: 50 };
        Self {
            person_id: PersonId(1),
            person_number: "E00421".to_owned(),
            person_name: "李娜".to_owned(),
            period: "2026-03".to_owned(),
            from_date: march(1),
            to_date: march(31),
            org_id: Some(OrgId(3)),
            position_id: Some(PositionId(1)),
            employment_kind: Some(EmploymentKind::FullTime),
            days: 31,
            final_days: 31,
            work_days: 22,
            due_tenths: 103_200,
            actual_tenths: 103_140,
            regular_minutes: 10_314,
            late_tenths: 60,
            late_count: 1,
            late_counts: HashMap::from([("L15".to_owned(), 1)]),
            early_tenths: 0,
            early_count: 0,
            early_counts: HashMap::new(),
            absence_tenths: 0,
            absence_days_hundredths: 0,
            shortfall_minutes: 0,
            weekday_overtime_minutes: 180,
            rest_overtime_minutes: 0,
            holiday_overtime_minutes: 0,
            unconfirmed_minutes: 0,
            presence_minutes: 11_754,
            night_minutes: 0,
            leave_minutes: 240,
            leave: vec![leave],
            open_exceptions: 0,
            state: PeriodState::Closing,
            freshness: Some(caught_up()),
        }
    }
}

impl Item for PeriodSummaryView {
    fn page() -> Page<Self> {
        let row = Self { freshness: None, ..Self::example() };
        Page::new(vec![row], None).fresh(caught_up())
    }
}

/// Nothing waits to be computed when the period is over.
fn caught_up() -> Freshness {
    Freshness { as_of: utc(32, "01:30:00"), pending_people: 0, oldest_pending_at: None }
}
