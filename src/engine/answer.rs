//! What the engine answers. Plain values, as the evaluate format prints them.

use smallvec::SmallVec;
use vocabulary::WallTime;

use crate::{CaseCounts, Code};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayState {
    Future,
    InProgress,
    Final,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayType {
    Work,
    Rest,
    Holiday,
}

pub type CodeCounts = SmallVec<[(Code, i32); 2]>;

/// Late or early total of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rated {
    /// Total of 15.10.
    pub tenths: i32,
    /// Raw minutes of the rated events of the shift.
    pub raw_minutes: i32,
    /// Per band code, sorted by code.
    pub counts: CodeCounts,
}

/// Lateness or earliness of separate overtime blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockRated {
    pub minutes: i32,
    pub raw_minutes: i32,
    pub counts: CodeCounts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OvertimeMinutes {
    pub applied: i32,
    pub worked: i32,
    pub credited: i32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveQuantity {
    pub kind: Code,
    pub minutes: i32,
    pub days_hundredths: i32,
}

/// Codes are those of the evaluate format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExceptionCode {
    MissingIn,
    MissingOut,
    BothMissing,
    MiddleMissing,
    SegmentMissing,
    OtMissingIn,
    OtMissingOut,
    OtNoShow,
    OddCount,
    OutOfWindow,
    WrongFlag,
    UnflaggedPunch,
    HolidayVoid,
    NoRoster,
    OverlapRequest,
    BandExceeded,
    PunchWhileFrozen,
    PunchNotEmployed,
}

impl ExceptionCode {
    pub const ALL: [Self; 18] = [
        Self::MissingIn,
        Self::MissingOut,
        Self::BothMissing,
        Self::MiddleMissing,
        Self::SegmentMissing,
        Self::OtMissingIn,
        Self::OtMissingOut,
        Self::OtNoShow,
        Self::OddCount,
        Self::OutOfWindow,
        Self::WrongFlag,
        Self::UnflaggedPunch,
        Self::HolidayVoid,
        Self::NoRoster,
        Self::OverlapRequest,
        Self::BandExceeded,
        Self::PunchWhileFrozen,
        Self::PunchNotEmployed,
    ];
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub code: ExceptionCode,
    pub at: Option<WallTime>,
    pub minutes: Option<i32>,
    pub request: Option<Code>,
}

impl Exception {
    /// One that needs no further words.
    pub const fn plain(code: ExceptionCode) -> Self {
        Self { code, at: None, minutes: None, request: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointKind {
    In,
    Out,
    OtIn,
    OtOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PointSource {
    Punch,
    Nominal,
    Seam,
    Open,
    Missing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub kind: PointKind,
    pub nominal: WallTime,
    pub actual: Option<WallTime>,
    pub source: PointSource,
    /// Row id of the matched punch (0 where there is none).
    pub punch: i64,
}

/// The result of one person and one attendance date (15.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayResult {
    pub state: DayState,
    /// `None` if not in service or frozen (or without scheme).
    pub day_type: Option<DayType>,
    pub due_tenths: i32,
    pub actual_tenths: i32,
    pub regular_minutes: i32,
    pub late: Rated,
    pub early: Rated,
    pub absence_tenths: i32,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    /// Weekday, rest, holiday.
    pub overtime: [OvertimeMinutes; 3],
    pub overtime_late: BlockRated,
    pub overtime_early: BlockRated,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub leave: SmallVec<[LeaveQuantity; 1]>,
    pub exceptions: SmallVec<[Exception; 1]>,
    pub points: SmallVec<[Point; 4]>,
    /// Missing cases of this date, to be carried to the later dates of the period.
    pub cases: CaseCounts,
    /// The next wall time at which time alone can change this result; `None` when FINAL.
    pub due_at: Option<WallTime>,
}
