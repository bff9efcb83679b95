//! The objects of the evaluate format that a version of a rule, request type or scheme consists of.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum SecondsRule {
    Ceil,
    Floor,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RoundMethod {
    #[default]
    Original,
    /// Half up.
    Round,
    Ceil,
    Floor,
}

/// Rounding of a duration, once per block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Object)]
#[oai(default, deny_unknown_fields)]
pub struct Rounding {
    pub method: RoundMethod,
    /// The step; 0 = original.
    #[oai(validator(minimum(value = "0"), maximum(value = "480")))]
    pub minutes: i32,
}

/// Work-time punch rule (工作时间打卡规则).
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(default, deny_unknown_fields)]
pub struct PunchRuleBody {
    /// A punch counts from start − this.
    #[oai(validator(minimum(value = "0"), maximum(value = "720")))]
    pub before_minutes: i32,
    /// A punch counts until end + this.
    #[oai(validator(minimum(value = "0"), maximum(value = "720")))]
    pub after_minutes: i32,
    /// What becomes of the seconds of a sign-in.
    pub seconds_in: SecondsRule,
    /// What becomes of the seconds of a sign-out.
    pub seconds_out: SecondsRule,
    /// Whether in and out flags of punches are used.
    pub use_flags: bool,
    pub duration: Rounding,
}

impl Default for PunchRuleBody {
    fn default() -> Self {
        Self {
            before_minutes: 120,
            after_minutes: 360,
            seconds_in: SecondsRule::Ceil,
            seconds_out: SecondsRule::Floor,
            use_flags: false,
            duration: Rounding::default(),
        }
    }
}

/// One band of a late or early-leave rule.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(deny_unknown_fields)]
pub struct BandItem {
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// The band holds up to this many minutes.
    #[oai(validator(minimum(value = "1"), maximum(value = "2880")))]
    pub limit_minutes: i32,
    /// Counts as absence instead of lateness.
    #[oai(default)]
    pub absence: bool,
    /// Days of absence, at most 2 decimals; only used with `absence`.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "9")))]
    pub days: f64,
    #[oai(default)]
    pub method: RoundMethod,
    /// The step; 0 = original.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "480")))]
    pub minutes: i32,
    /// Whether an event that rounds to 0 minutes is not counted.
    #[oai(default)]
    pub ignore_when_zero: bool,
}

impl Example for BandItem {
    fn example() -> Self {
        Self {
            code: "L15".to_owned(),
            limit_minutes: 15,
            absence: false,
            days: 0.0,
            method: RoundMethod::Original,
            minutes: 0,
            ignore_when_zero: false,
        }
    }
}

/// Late rule (迟到打卡规则).
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(deny_unknown_fields)]
pub struct LateRuleBody {
    /// Bands with distinct limits; the order has no meaning.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub items: Vec<BandItem>,
}

/// Early-leave rule (早退打卡规则).
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(deny_unknown_fields)]
pub struct EarlyRuleBody {
    /// Bands with distinct limits; the order has no meaning.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub items: Vec<BandItem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MissingActionKind {
    /// The span is void and becomes absence.
    AbsentSpan,
    /// Taken at the nominal time; `days` become absence.
    FixedAbsence,
    /// Taken at the nominal time; the first `minutes` count as late. Only for sign-ins.
    FixedLate,
    /// Taken at the nominal time; the last `minutes` count as early. Only for sign-outs.
    FixedEarly,
    /// Taken at the nominal time, only reported.
    Nominal,
    /// Break points at their nominal times. Only for `middle_missing`.
    WorkedThrough,
    /// As a missing sign-out and a missing sign-in. Only for `middle_missing`.
    AsMissing,
}

/// What happens in a missing case.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none, deny_unknown_fields)]
pub struct MissingCaseBody {
    /// Absent = the first action the case offers.
    pub action: Option<MissingActionKind>,
    /// Required with `fixed_absence`; at most 2 decimals.
    #[oai(validator(minimum(value = "0"), maximum(value = "9")))]
    pub days: Option<f64>,
    /// Required with `fixed_late` and `fixed_early`.
    #[oai(validator(minimum(value = "1"), maximum(value = "720")))]
    pub minutes: Option<i32>,
    /// The first occurrences of a period that are only reported.
    #[oai(validator(minimum(value = "0"), maximum(value = "99")))]
    pub free_per_period: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OddActionKind {
    Flag,
    Ignore,
    LastIsOutMissing,
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none, deny_unknown_fields)]
pub struct OddCountBody {
    pub action: Option<OddActionKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OutOfWindowActionKind {
    Flag,
    Ignore,
    /// Accept it if it misses the window by at most `minutes`.
    Extend,
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none, deny_unknown_fields)]
pub struct OutOfWindowBody {
    pub action: Option<OutOfWindowActionKind>,
    /// Required with `extend`.
    #[oai(validator(minimum(value = "1"), maximum(value = "720")))]
    pub minutes: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FlagActionKind {
    Flag,
    Ignore,
}

#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none, deny_unknown_fields)]
pub struct WrongFlagBody {
    pub action: Option<FlagActionKind>,
}

/// Abnormal-punch rule (异常打卡规则). An absent case has its first action; `{}` demands both
/// punches.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(skip_serializing_if_is_none, deny_unknown_fields)]
pub struct AbnormalRuleBody {
    pub missing_in: Option<MissingCaseBody>,
    pub missing_out: Option<MissingCaseBody>,
    pub both_missing: Option<MissingCaseBody>,
    pub middle_missing: Option<MissingCaseBody>,
    pub segment_missing: Option<MissingCaseBody>,
    pub odd_count: Option<OddCountBody>,
    pub out_of_window: Option<OutOfWindowBody>,
    pub wrong_flag: Option<WrongFlagBody>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum RequestKind {
    /// All leave-like types, trips and errands.
    Leave,
    Overtime,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum CountingBasis {
    /// Scheduled working time.
    #[default]
    Work,
    /// All days.
    Calendar,
}

/// The coefficients (记入参数): 1 = the time counts as …, 0 = it has nothing to do with …. At most
/// one decimal.
#[derive(Clone, Debug, Default, PartialEq, Object)]
#[oai(default, deny_unknown_fields)]
pub struct Coefficients {
    /// Application time into due time.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub a1: f64,
    /// Application time into actual time.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub a2: f64,
    /// Application time into absence.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub a3: f64,
    /// Work time into due time.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub w1: f64,
    /// Work time into actual time.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub w2: f64,
    /// Late time into lateness.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub l: f64,
    /// Early time into early leave.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub e: f64,
    /// Absence time into absence.
    #[oai(validator(minimum(value = "-9.9"), maximum(value = "9.9")))]
    pub b: f64,
}

/// Request type (申请类型). Its kind is fixed by the first version.
#[derive(Clone, Debug, PartialEq, Object)]
#[oai(deny_unknown_fields)]
pub struct RequestTypeBody {
    pub kind: RequestKind,
    /// Lower comes first where requests overlap.
    #[oai(default = "priority", validator(minimum(value = "-999"), maximum(value = "999")))]
    pub priority: i32,
    #[oai(default)]
    pub basis: CountingBasis,
    #[oai(default)]
    pub coefficients: Coefficients,
}

const fn priority() -> i32 {
    100
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OvertimeSplit {
    /// Only at the midnights of statutory holidays.
    #[default]
    Statutory,
    None,
    AllBoundaries,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum StatutoryMode {
    /// A shift over the midnight of a statutory holiday is split there.
    #[default]
    Split,
    ByStartDay,
}

/// One section of a scheme with its own flags and rules. Rules are named by code.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(deny_unknown_fields)]
pub struct SchemeSection {
    /// Needs application; no meaning for the workday section.
    #[oai(default)]
    pub application: bool,
    /// Needs punch. Without it deduction and both flags are ignored.
    #[oai(default = "yes")]
    pub punch: bool,
    /// Minutes taken off the raw punch time; null = off.
    #[oai(nullable, default, validator(minimum(value = "0"), maximum(value = "1440")))]
    pub deduct_minutes: Option<i32>,
    #[oai(default)]
    pub early_counts: bool,
    #[oai(default)]
    pub late_counts: bool,
    /// Code of a punch rule.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub punch_rule: String,
    /// Code of a late rule; null = not judged.
    #[oai(nullable, default)]
    pub late_rule: Option<String>,
    /// Code of an early-leave rule; null = not judged.
    #[oai(nullable, default)]
    pub early_rule: Option<String>,
    /// Code of an abnormal-punch rule; null = both punches are demanded.
    #[oai(nullable, default)]
    pub abnormal_rule: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Attendance scheme (考勤方案). On each date it consists of the versions its rules have on that
/// date.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(deny_unknown_fields)]
pub struct SchemeBody {
    /// Minutes of a standard day.
    #[oai(default = "day_std", validator(minimum(value = "60"), maximum(value = "1440")))]
    pub day_std_minutes: i32,
    /// Overtime that begins within this gap is joined to the shift.
    #[oai(default = "join_gap", validator(minimum(value = "0"), maximum(value = "720")))]
    pub join_gap_minutes: i32,
    #[oai(default)]
    pub overtime_split: OvertimeSplit,
    #[oai(default)]
    pub statutory_mode: StatutoryMode,
    /// Code of a request type of kind overtime; null = overtime counts as attended, nothing else.
    #[oai(nullable, default)]
    pub overtime_type: Option<String>,
    pub workday: SchemeSection,
    pub weekday_ot: SchemeSection,
    pub rest_ot: SchemeSection,
    pub holiday_ot: SchemeSection,
}

const fn day_std() -> i32 {
    480
}

const fn join_gap() -> i32 {
    60
}
