//! What the engine is told. Plain values; no behaviour beyond small helpers.
//!
//! Wall times are seconds, clock times inside a day are minutes from 00:00 of the attendance date
//! (1440 = 24:00), durations are minutes, quantities under a coefficient are tenths of a minute, days
//! are hundredths. Every type mirrors an object of the `evaluate` format (`crate::format`).

use std::sync::Arc;

use smallvec::SmallVec;
use vocabulary::{LocalDate, WallTime};

/// A short code or name chosen by the customer (band code, request type, shift name).
pub type Code = Arc<str>;

// ---------------------------------------------------------------------------------------------
// Rules (domain 7)
// ---------------------------------------------------------------------------------------------

/// What happens to the seconds of a punch once it has a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondsRule {
    /// 08:00:01 → 08:01.
    Ceil,
    /// 16:59:59 → 16:59.
    Floor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundMethod {
    Original,
    Round,
    Ceil,
    Floor,
}

/// A duration method with its step; step 0 means Original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    pub method: RoundMethod,
    /// 0…480 minutes.
    pub minutes: i32,
}

impl Rounding {
    pub const ORIGINAL: Self = Self { method: RoundMethod::Original, minutes: 0 };

    /// Domain 7.1: Round is half up; a step ≤ 0 leaves the value as it is. `v` is not negative.
    pub const fn apply(self, v: i32) -> i32 {
        let n = self.minutes;
        if n <= 0 {
            return v;
        }
        match self.method {
            RoundMethod::Original => v,
            RoundMethod::Round => (2 * v + n).div_euclid(2 * n) * n,
            RoundMethod::Ceil => (v + n - 1).div_euclid(n) * n,
            RoundMethod::Floor => v.div_euclid(n) * n,
        }
    }
}

/// Work-time punch rule (工作时间打卡规则, 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchRule {
    /// B: 0…720.
    pub before_minutes: i32,
    /// A: 0…720.
    pub after_minutes: i32,
    pub seconds_in: SecondsRule,
    pub seconds_out: SecondsRule,
    pub use_flags: bool,
    pub duration: Rounding,
}

/// One item of a late or early-leave rule (7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    pub code: Code,
    /// 1…2880.
    pub limit_minutes: i32,
    pub absence: bool,
    /// 0…900; used only with `absence`.
    pub days_hundredths: i32,
    pub rounding: Rounding,
    pub ignore_when_zero: bool,
}

/// Late rule or early-leave rule: bands in ascending order of their limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandRule {
    pub bands: Vec<Band>,
}

impl BandRule {
    /// Sorts the items by limit; the order in which they were entered has no meaning.
    pub fn new(mut bands: Vec<Band>) -> Self {
        bands.sort_by_key(|b| b.limit_minutes);
        Self { bands }
    }
}

/// What an abnormal-punch rule does in a missing case (7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingAction {
    AbsentSpan,
    /// Hundredths of a day.
    FixedAbsence(i32),
    /// FIXED_LATE for a sign-in, FIXED_EARLY for a sign-out; minutes 1…720.
    FixedMinutes(i32),
    Nominal,
    /// Only MIDDLE_MISSING.
    WorkedThrough,
    /// Only MIDDLE_MISSING.
    AsMissing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingRule {
    pub action: MissingAction,
    /// The first k occurrences of a period act as NOMINAL, 0…99.
    pub free_per_period: i32,
}

impl MissingRule {
    pub const ABSENT_SPAN: Self = Self { action: MissingAction::AbsentSpan, free_per_period: 0 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OddAction {
    Flag,
    Ignore,
    LastIsOutMissing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfWindowAction {
    Flag,
    Ignore,
    /// Minutes 1…720.
    Extend(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagAction {
    Flag,
    Ignore,
}

/// Abnormal-punch rule (异常打卡规则, 7.3). The default is the seed X2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbnormalRule {
    pub missing_in: MissingRule,
    pub missing_out: MissingRule,
    pub both_missing: MissingRule,
    pub middle_missing: MissingRule,
    pub segment_missing: MissingRule,
    pub odd_count: OddAction,
    pub out_of_window: OutOfWindowAction,
    pub wrong_flag: FlagAction,
}

impl AbnormalRule {
    /// The seed X2.
    pub const X2: Self = Self {
        missing_in: MissingRule::ABSENT_SPAN,
        missing_out: MissingRule::ABSENT_SPAN,
        both_missing: MissingRule::ABSENT_SPAN,
        middle_missing: MissingRule { action: MissingAction::AsMissing, free_per_period: 0 },
        segment_missing: MissingRule::ABSENT_SPAN,
        odd_count: OddAction::Flag,
        out_of_window: OutOfWindowAction::Flag,
        wrong_flag: FlagAction::Flag,
    };
}

impl Default for AbnormalRule {
    fn default() -> Self {
        Self::X2
    }
}

// ---------------------------------------------------------------------------------------------
// Request types (12)
// ---------------------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// All leave-like types, trips and errands.
    Leave,
    Overtime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountingBasis {
    Work,
    Calendar,
}

/// The eight coefficients of 12.3 in tenths, −99…99.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coefficients {
    pub a1: i32,
    pub a2: i32,
    pub a3: i32,
    pub w1: i32,
    pub w2: i32,
    pub l: i32,
    pub e: i32,
    pub b: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestType {
    /// Name shown in results; `(inline)` for an inline type of the evaluate format.
    pub name: Code,
    pub kind: RequestKind,
    /// −999…999, lower first.
    pub priority: i32,
    pub basis: CountingBasis,
    pub coefficients: Coefficients,
}

impl RequestType {
    /// The overtime type used when a scheme names none: only W2 = 1.
    pub fn seed_overtime() -> Self {
        Self {
            name: Code::from("400"),
            kind: RequestKind::Overtime,
            priority: 100,
            basis: CountingBasis::Work,
            coefficients: Coefficients { w2: 10, ..Coefficients::default() },
        }
    }
}

// ---------------------------------------------------------------------------------------------
// Shifts and schemes (8, 11)
// ---------------------------------------------------------------------------------------------

/// Minutes from 00:00 of the attendance date, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSpan {
    pub start: i32,
    pub end: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftKind {
    Normal,
    Ot,
    Free,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PunchPoints {
    TwoPoint,
    PerSegment,
}

/// Shift (班次, 11.1). NORMAL and OT have 1…4 segments in ascending order, FREE none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    pub name: Code,
    pub kind: ShiftKind,
    pub segments: SmallVec<[ClockSpan; 4]>,
    pub breaks: SmallVec<[ClockSpan; 4]>,
    pub points: PunchPoints,
    /// fe, 0…480, shorter than the last segment.
    pub early_flex_minutes: i32,
    /// fl, 0…480, shorter than the first segment.
    pub late_flex_minutes: i32,
    /// Hundredths of a day; `None` = due ÷ day_std_minutes.
    pub day_equivalent_hundredths: Option<i32>,
}

/// One of the four sections of a scheme with its rules (8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Needs application; no meaning for the workday section.
    pub application: bool,
    /// Needs punch; without it deduction and both flags are ignored.
    pub punch: bool,
    pub deduct_minutes: Option<i32>,
    pub early_counts: bool,
    pub late_counts: bool,
    pub punch_rule: Arc<PunchRule>,
    pub late_rule: Option<Arc<BandRule>>,
    pub early_rule: Option<Arc<BandRule>>,
    /// `None` acts like X2.
    pub abnormal_rule: Option<Arc<AbnormalRule>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OvertimeSplit {
    /// Only statutory midnights split a block (DD-37).
    Statutory,
    None,
    AllBoundaries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatutoryMode {
    Split,
    ByStartDay,
}

/// Attendance scheme (考勤方案, 8) with every rule resolved for one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    pub name: Code,
    /// 60…1440.
    pub day_std_minutes: i32,
    /// G, 0…720.
    pub join_gap_minutes: i32,
    pub overtime_split: OvertimeSplit,
    pub statutory_mode: StatutoryMode,
    /// `None` = [`RequestType::seed_overtime`].
    pub overtime_type: Option<Arc<RequestType>>,
    pub workday: Section,
    pub weekday_ot: Section,
    pub rest_ot: Section,
    pub holiday_ot: Section,
    /// Where each part came from, for the explanation only; never changes a result.
    pub origin: Option<Arc<SchemeOrigin>>,
}

/// Which published versions a resolved scheme consists of: `(code of the object, version number)`.
/// Sections stand in the order workday, weekday, rest, holiday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemeOrigin {
    pub scheme: VersionRef,
    pub sections: [SectionOrigin; 4],
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionOrigin {
    pub punch_rule: VersionRef,
    pub late_rule: Option<VersionRef>,
    pub early_rule: Option<VersionRef>,
    pub abnormal_rule: Option<VersionRef>,
}

/// Code of a rule or scheme and its version number (0 = not versioned, as in the evaluate format).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VersionRef {
    pub code: Option<Code>,
    pub version: i32,
}

// ---------------------------------------------------------------------------------------------
// Facts of one person
// ---------------------------------------------------------------------------------------------

/// `kind(date)` of the calendar (10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateKind {
    Workday,
    Rest,
    Statutory,
}

/// Effective roster cell of one date (11.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Empty for an employee in roster mode: NO_ROSTER, evaluated as rest (DD-23).
    Empty,
    Rest,
    /// At most one shift that is not of kind OT.
    Shifts(&'a [Arc<Shift>]),
}

/// Employment on one date (4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    InService,
    Frozen,
    NotEmployed,
}

/// What is known of one date of one person before any punch.
#[derive(Clone, Copy, Debug)]
pub struct DayFacts<'a> {
    /// `None`: no scheme is assigned; the date has no window and no result beyond that finding.
    pub scheme: Option<&'a Scheme>,
    pub kind: DateKind,
    pub cell: Cell<'a>,
    pub service: Service,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PunchFlag {
    In,
    Out,
}

/// A valid punch without duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Punch {
    pub at: WallTime,
    pub flag: Option<PunchFlag>,
    /// Row id of the punch, for the explanation only; 0 where there is none.
    pub id: i64,
}

/// A span of whole minutes of local wall time, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallSpan {
    pub start: WallTime,
    pub end: WallTime,
}

/// An approved request (leave-like or overtime).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: Code,
    pub kind: Arc<RequestType>,
    pub span: WallSpan,
    pub approved_at: WallTime,
    /// Only the day count of calendar basis.
    pub half_day: bool,
    /// Overtime only: attendance date; `None` = date of the start.
    pub date: Option<LocalDate>,
    /// Overtime only.
    pub breaks: SmallVec<[WallSpan; 2]>,
    /// Overtime only, 0…1440.
    pub break_minutes: i32,
}

/// Temporary overtime assignment (临时加班): the employer's own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporaryOvertime {
    pub date: LocalDate,
    pub span: WallSpan,
    pub breaks: SmallVec<[WallSpan; 2]>,
    pub break_minutes: i32,
}

/// All facts of one person around the dates to be evaluated. Lists may come in any order and may hold
/// more than is needed.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Date of `days[0]`.
    pub first: LocalDate,
    /// Consecutive dates. To evaluate D the engine reads D−2 … D+3; dates outside the slice are taken
    /// as not in service, WORKDAY, without roster.
    pub days: &'a [DayFacts<'a>],
    pub punches: &'a [Punch],
    pub requests: &'a [Request],
    pub temporary_overtime: &'a [TemporaryOvertime],
    /// Punches after it are not known; `None` = everything is over.
    pub now: Option<WallTime>,
}

/// The missing cases that `free_per_period` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MissingCase {
    MissingIn,
    MissingOut,
    BothMissing,
    MiddleMissing,
    SegmentMissing,
    OtMissingIn,
    OtMissingOut,
    /// `ot_both_missing` of the evaluate format.
    OtNoShow,
    OtMiddleMissing,
    OtSegmentMissing,
}

impl MissingCase {
    pub const ALL: [Self; 10] = [
        Self::MissingIn,
        Self::MissingOut,
        Self::BothMissing,
        Self::MiddleMissing,
        Self::SegmentMissing,
        Self::OtMissingIn,
        Self::OtMissingOut,
        Self::OtNoShow,
        Self::OtMiddleMissing,
        Self::OtSegmentMissing,
    ];
}

/// Occurrences per missing case, in the order of [`MissingCase::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CaseCounts(pub [i32; 10]);
