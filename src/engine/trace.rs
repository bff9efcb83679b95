//! The explanation of a day: facts used and ignored, decisions with their rule and version, and minutes that
//! add up to the result. Recording is cheap; text is made only when somebody reads it.

mod en;
mod text;
mod zh;

use vocabulary::{LocalDate, WallTime};

use crate::{Code, DayType, Exception, Point, Punch, VersionRef};

/// What a step adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    Due,
    Actual,
    Regular,
    Late,
    Early,
    Absence,
    Shortfall,
    WeekdayOvertime,
    RestOvertime,
    HolidayOvertime,
    Unconfirmed,
    Presence,
    Night,
}

impl Measure {
    pub const COUNT: usize = 13;

    pub const ALL: [Self; Self::COUNT] = [
        Self::Due,
        Self::Actual,
        Self::Regular,
        Self::Late,
        Self::Early,
        Self::Absence,
        Self::Shortfall,
        Self::WeekdayOvertime,
        Self::RestOvertime,
        Self::HolidayOvertime,
        Self::Unconfirmed,
        Self::Presence,
        Self::Night,
    ];

    /// Credited minutes per category: weekday, rest, holiday.
    pub const OVERTIME: [Self; 3] =
        [Self::WeekdayOvertime, Self::RestOvertime, Self::HolidayOvertime];

    pub const fn index(self) -> usize {
        match self {
            Self::Due => 0,
            Self::Actual => 1,
            Self::Regular => 2,
            Self::Late => 3,
            Self::Early => 4,
            Self::Absence => 5,
            Self::Shortfall => 6,
            Self::WeekdayOvertime => 7,
            Self::RestOvertime => 8,
            Self::HolidayOvertime => 9,
            Self::Unconfirmed => 10,
            Self::Presence => 11,
            Self::Night => 12,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Actual => "actual",
            Self::Regular => "regular",
            Self::Late => "late",
            Self::Early => "early",
            Self::Absence => "absence",
            Self::Shortfall => "shortfall",
            Self::WeekdayOvertime => "weekday_overtime",
            Self::RestOvertime => "rest_overtime",
            Self::HolidayOvertime => "holiday_overtime",
            Self::Unconfirmed => "unconfirmed",
            Self::Presence => "presence",
            Self::Night => "night",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Late,
    Early,
}

/// What became of a punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PunchUse {
    /// It serves a point.
    Point,
    /// It belongs to the date but no point needs it.
    Surplus,
    WrongFlag,
    /// It is the begin or end of presence nobody planned.
    Unplanned,
    OutOfWindow,
}

/// Why a step stands in the explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    NotInService {
        frozen: bool,
    },
    NoScheme,
    Plan {
        day_type: DayType,
        shift: Option<VersionRef>,
        scheme: VersionRef,
    },
    Block {
        start: WallTime,
        end: WallTime,
        joined: bool,
    },
    PointTaken(Point),
    Punch {
        punch: Punch,
        role: PunchUse,
        rule: VersionRef,
    },
    Band {
        edge: Edge,
        raw: i32,
        code: Code,
        minutes: i32,
        rule: VersionRef,
    },
    AbsenceBand {
        edge: Edge,
        raw: i32,
        code: Code,
        days_hundredths: i32,
        rule: VersionRef,
    },
    BlockBand {
        edge: Edge,
        raw: i32,
        code: Code,
        minutes: i32,
        rule: VersionRef,
    },
    Unjudged {
        edge: Edge,
        raw: i32,
    },
    Attended,
    DurationRounding {
        rule: VersionRef,
    },
    LimitedByAbsence,
    VoidSpan {
        rule: VersionRef,
    },
    FixedAbsence {
        rule: VersionRef,
    },
    BandAbsence,
    SpanMinusDeduction {
        minutes: i32,
        scheme: VersionRef,
    },
    ShortOfDue,
    Scheduled,
    Regular,
    Covered {
        request: Code,
        kind: VersionRef,
        minutes: i32,
    },
    Coefficient {
        name: &'static str,
        kind: VersionRef,
        request: Option<Code>,
    },
    OvertimeWorked,
    HolidayPart,
    BeyondShift,
    OvertimeIntoActual {
        kind: VersionRef,
    },
    HolidayIntoActual {
        kind: VersionRef,
    },
    Unconfirmed,
    Presence,
    Night,
    /// With the rule that decides what it amounts to.
    Exception {
        exception: Exception,
        rule: VersionRef,
    },
}

impl Why {
    /// Where it stands in the explanation.
    const fn place(&self) -> u8 {
        match self {
            Self::NotInService { .. } | Self::NoScheme | Self::Plan { .. } => 0,
            Self::Block { .. } => 1,
            Self::Covered { .. } => 2,
            Self::Punch { .. } => 3,
            Self::PointTaken(_) => 4,
            Self::Exception { .. } => 5,
            _ => 6,
        }
    }
}

/// One step. `tenths` of a minute go to `measure`; a note has no measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub measure: Option<Measure>,
    pub tenths: i32,
    pub why: Why,
}

/// Takes steps; the one that takes none costs nothing.
pub trait Recorder {
    /// False if every step is thrown away.
    const ON: bool;

    fn step(&mut self, make: impl FnOnce() -> Step);
}

/// Records nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTrace;

impl Recorder for NoTrace {
    const ON: bool = false;

    #[inline]
    fn step(&mut self, _make: impl FnOnce() -> Step) {}
}

/// The steps of one date, in the order of the evaluation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub date: LocalDate,
    pub steps: Vec<Step>,
}

impl Trace {
    /// Begins another date; the memory is kept.
    pub fn clear(&mut self, date: LocalDate) {
        self.date = date;
        self.steps.clear();
    }

    /// Puts the steps into the order in which a person asks: the plan, the requests, the punches, what is
    /// wrong, and then the minutes as they were counted.
    pub(crate) fn arrange(&mut self) {
        self.steps.sort_by_key(|s| s.why.place());
    }

    /// What the steps add to a measure, in tenths of a minute.
    pub fn sum(&self, measure: Measure) -> i32 {
        self.steps.iter().filter(|s| s.measure == Some(measure)).map(|s| s.tenths).sum()
    }
}

impl Recorder for Trace {
    const ON: bool = true;

    #[inline]
    fn step(&mut self, make: impl FnOnce() -> Step) {
        self.steps.push(make());
    }
}

/// Language of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    Zh,
    En,
}
