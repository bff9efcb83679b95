//! Attendance periods (考勤周期, domain 9): how a rule cuts the calendar into named months.

use std::fmt;
use std::str::FromStr;

use vocabulary::LocalDate;

/// Start days above this one begin in the month before.
const LAST_OWN_DAY: u8 = 15;

/// Cuts the calendar into periods. A period is named after the month that holds most of its days
/// (DD-19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeriodRule {
    start_day: u8,
}

impl PeriodRule {
    /// The natural month.
    pub const MONTH: Self = Self { start_day: 1 };

    /// Periods that begin on day 1…31 of a month; of a shorter month on its last day. `None` for
    /// any other number.
    pub const fn new(start_day: u8) -> Option<Self> {
        if start_day >= 1 && start_day <= 31 { Some(Self { start_day }) } else { None }
    }

    pub const fn start_day(self) -> u8 {
        self.start_day
    }

    /// The period a date lies in. At the ends of the supported range of dates the period is cut
    /// off.
    pub fn period_of(self, date: LocalDate) -> Period {
        let mut name = PeriodName::of(date);
        if date < self.begin(name) {
            name = name.plus(-1);
        }
        if date >= self.begin(name.plus(1)) {
            name = name.plus(1);
        }
        self.period(name)
    }

    /// The period of a name.
    pub fn period(self, name: PeriodName) -> Period {
        Period { name, from: self.begin(name), to: self.begin(name.plus(1)).plus(-1) }
    }

    fn begin(self, name: PeriodName) -> LocalDate {
        let month = if self.start_day > LAST_OWN_DAY { name.plus(-1) } else { name };
        month.day(self.start_day)
    }
}

/// A stretch of dates, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    pub name: PeriodName,
    pub from: LocalDate,
    pub to: LocalDate,
}

/// A month that names a period, in text `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodName {
    /// Months since January of the year 0.
    months: i32,
}

impl PeriodName {
    /// The month of a date.
    pub fn of(date: LocalDate) -> Self {
        Self { months: date.year() * 12 + i32::try_from(date.month()).unwrap_or(1) - 1 }
    }

    /// The name `n` months later.
    pub const fn plus(self, n: i32) -> Self {
        Self { months: self.months.saturating_add(n) }
    }

    /// Day `day` of this month, or its last one.
    fn day(self, day: u8) -> LocalDate {
        let (year, month) = (self.year(), self.month());
        let limit = if year < 1 { LocalDate::MIN } else { LocalDate::MAX };
        (1..=u32::from(day))
            .rev()
            .find_map(|d| LocalDate::from_ymd(year, month, d))
            .unwrap_or(limit)
    }

    const fn year(self) -> i32 {
        self.months.div_euclid(12)
    }

    const fn month(self) -> u32 {
        self.months.rem_euclid(12).unsigned_abs() + 1
    }
}

impl fmt::Display for PeriodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// The text is not a month as `2026-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodNameError;

impl fmt::Display for PeriodNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a month as YYYY-MM")
    }
}

impl std::error::Error for PeriodNameError {}

impl FromStr for PeriodName {
    type Err = PeriodNameError;

    fn from_str(s: &str) -> Result<Self, PeriodNameError> {
        let first = format!("{s}-01").parse::<LocalDate>().map_err(|_| PeriodNameError)?;
        Ok(Self::of(first))
    }
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
