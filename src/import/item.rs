//! What the readers of punch files hand on: records, rejected rows, warnings.

use std::ops::ControlFlow;

use vocabulary::{WallTime, Zone};

use crate::punches::{Flag, Method};

/// One record of a clock: somebody was at a device at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Line in the file, from 1 (of a spreadsheet: the row).
    pub line: u64,
    /// The person's number as the device knows it.
    pub pin: String,
    /// As the device's clock showed it.
    pub wall: WallTime,
    /// The zone of the row; `None` = the zone of the import.
    pub zone: Option<Zone>,
    /// The device of the row; `None` = the device of the import.
    pub device: Option<String>,
    pub flag: Option<Flag>,
    pub method: Option<Method>,
    /// The row as it came.
    pub raw: String,
}

/// Why a row could not be used. Stable codes of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowCode {
    /// The time is no time of any calendar.
    ImpossibleTime,
    /// A run of NULs or the end of the file cut the row.
    TornRow,
    /// The row has fewer columns than the format.
    MissingColumns,
    /// The row is longer than the limit.
    RowTooLong,
    /// No number of a person, or one that cannot be one.
    BadNumber,
    /// The zone of the row is not in the IANA database.
    UnknownZone,
    /// A cell of a table of people or rosters has a value that cannot be used.
    BadValue,
    /// The row names somebody or something that is not known.
    UnknownReference,
    /// The data contradicts what is stored.
    Conflict,
}

impl RowCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImpossibleTime => "impossible_time",
            Self::TornRow => "torn_row",
            Self::MissingColumns => "missing_columns",
            Self::RowTooLong => "row_too_long",
            Self::BadNumber => "bad_number",
            Self::UnknownZone => "unknown_zone",
            Self::BadValue => "bad_value",
            Self::UnknownReference => "unknown_reference",
            Self::Conflict => "conflict",
        }
    }
}

/// A row that was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub line: u64,
    pub code: RowCode,
    pub message: String,
}

impl Rejection {
    pub fn new(line: u64, code: RowCode, message: impl Into<String>) -> Self {
        Self { line, code, message: message.into() }
    }
}

/// Something worth knowing about rows that are used nevertheless. Stable codes of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WarningCode {
    /// The time lies in the year 2000: the clock of the device lost its battery and began anew.
    ClockReset,
    /// The time lies more than a day in the future.
    FutureTime,
    /// Runs of NULs stand between rows: the device lost power while it wrote.
    NulBytes,
    /// Day and month could not be told apart; day-month-year was assumed.
    DateOrderAssumed,
    /// A word for the direction is not known; the punch is stored without one.
    UnknownDirection,
    /// A column has no meaning here and was left out.
    IgnoredColumn,
    /// The direct manager could not be written; the rest of the row was.
    ManagerLeftOut,
}

impl WarningCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClockReset => "clock_reset",
            Self::FutureTime => "future_time",
            Self::NulBytes => "nul_bytes",
            Self::DateOrderAssumed => "date_order_assumed",
            Self::UnknownDirection => "unknown_direction",
            Self::IgnoredColumn => "ignored_column",
            Self::ManagerLeftOut => "manager_left_out",
        }
    }
}

/// One event while a file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item<T> {
    Row(T),
    Rejected(Rejection),
    Warning { line: u64, code: WarningCode, message: String },
}

/// Takes what a reader finds; `Break` ends the reading.
pub type Sink<'a, T> = dyn FnMut(Item<T>) -> ControlFlow<()> + 'a;

/// Longest number of a person on a device, in characters.
pub const MAX_PIN_CHARS: usize = 64;

/// The number of a person as it may be stored.
pub fn pin(line: u64, text: &str) -> Result<String, Rejection> {
    let pin = text.trim();
    let fits = !pin.is_empty() && pin.chars().count() <= MAX_PIN_CHARS;
    if fits && !pin.chars().any(char::is_control) {
        return Ok(pin.to_owned());
    }
    let message = if pin.is_empty() { "no number of a person" } else { "not a number of a person" };
    Err(Rejection::new(line, RowCode::BadNumber, message))
}

/// Text of a file, short enough and fit for a message.
pub fn shown(text: &str) -> String {
    const SHOWN_CHARS: usize = 60;
    let mut out: String = text.trim().chars().take(SHOWN_CHARS).collect();
    out = out.replace(char::is_control, " ");
    if text.trim().chars().count() > SHOWN_CHARS {
        out.push('…');
    }
    out
}
