use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A calendar date without zone, stored as days since 1970-01-01. An attendance date (归属日) is a
/// `LocalDate` too. Range: 0001-01-01 … 9999-12-31.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalDate(i32);

/// The text or number is not a date between 0001-01-01 and 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateError;

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a date as YYYY-MM-DD")
    }
}

impl std::error::Error for DateError {}

/// Days from 0001-01-01 (day 1 of the common era) to 1970-01-01.
const EPOCH_CE: i32 = 719_163;

impl LocalDate {
    /// 0001-01-01.
    pub const MIN: Self = Self(1 - EPOCH_CE);
    /// 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// From days since 1970-01-01, clamped to the supported range.
    pub const fn from_days(days: i32) -> Self {
        if days < Self::MIN.0 {
            Self::MIN
        } else if days > Self::MAX.0 {
            Self::MAX
        } else {
            Self(days)
        }
    }

    /// From year, month, day; `None` if there is no such date.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(|d| Self::try_from(d).ok())
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The date `n` days later (earlier if negative), clamped to the supported range.
    pub const fn plus(self, n: i32) -> Self {
        Self::from_days(self.0.saturating_add(n))
    }

    /// 1 = Monday … 7 = Sunday.
    pub const fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday (4).
        ((self.0 + 3).rem_euclid(7) + 1) as u8
    }

    pub fn year(self) -> i32 {
        self.naive().year()
    }

    pub fn month(self) -> u32 {
        self.naive().month()
    }

    pub fn day(self) -> u32 {
        self.naive().day()
    }

    /// The same date as a chrono value.
    pub fn naive(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0 + EPOCH_CE).unwrap_or(NaiveDate::MIN)
    }

    /// All dates from `self` to `last`, both included.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }
}

impl TryFrom<NaiveDate> for LocalDate {
    type Error = DateError;

    fn try_from(d: NaiveDate) -> Result<Self, DateError> {
        let days = d.num_days_from_ce() - EPOCH_CE;
        if (Self::MIN.0..=Self::MAX.0).contains(&days) { Ok(Self(days)) } else { Err(DateError) }
    }
}

impl FromStr for LocalDate {
    type Err = DateError;

    /// Strict `YYYY-MM-DD`: four, two and two digits.
    fn from_str(s: &str) -> Result<Self, DateError> {
        let b = s.as_bytes();
        let shape = b.len() == 10
            && b.iter()
                .enumerate()
                .all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() });
        if !shape {
            return Err(DateError);
        }
        let part = |r: std::ops::Range<usize>| s.get(r).and_then(|p| p.parse().ok());
        let (Some(y), Some(m), Some(d)) = (part(0..4), part(5..7), part(8..10)) else {
            return Err(DateError);
        };
        Self::from_ymd(i32::try_from(y).map_err(|_| DateError)?, m, d).ok_or(DateError)
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.naive();
        write!(f, "{:04}-{:02}-{:02}", d.year(), d.month(), d.day())
    }
}

impl fmt::Debug for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for LocalDate {
    type Error = DateError;

    fn try_from(s: String) -> Result<Self, DateError> {
        s.parse()
    }
}

impl From<LocalDate> for String {
    fn from(d: LocalDate) -> Self {
        d.to_string()
    }
}

/// Dates from `from` to `to`, both included; `to = None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateSpan {
    pub from: LocalDate,
    pub to: Option<LocalDate>,
}

impl DateSpan {
    pub const fn new(from: LocalDate, to: LocalDate) -> Self {
        Self { from, to: Some(to) }
    }

    pub const fn since(from: LocalDate) -> Self {
        Self { from, to: None }
    }

    pub const fn day(d: LocalDate) -> Self {
        Self { from: d, to: Some(d) }
    }

    pub fn contains(&self, d: LocalDate) -> bool {
        self.from <= d && self.to.is_none_or(|t| d <= t)
    }

    /// Widened by `before` days to the past and `after` days to the future.
    pub const fn widened(&self, before: i32, after: i32) -> Self {
        Self {
            from: self.from.plus(-before),
            to: match self.to {
                Some(t) => Some(t.plus(after)),
                None => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_and_text_agree_with_the_calendar() {
        let d = LocalDate::from_ymd(2026, 3, 10);
        assert_eq!(d.map(LocalDate::weekday), Some(2));
        assert_eq!(d.map(|d| d.to_string()).as_deref(), Some("2026-03-10"));
        assert_eq!(LocalDate::MAX.to_string(), "9999-12-31");
        assert_eq!(LocalDate::MIN.to_string(), "0001-01-01");
    }

    #[test]
    fn only_strict_dates_are_read() {
        for bad in
            ["2026-1-5", "2026-02-30", " 2026-01-05", "2026-01-05 ", "+026-01-05", "0000-01-01"]
        {
            assert!(bad.parse::<LocalDate>().is_err(), "{bad}");
        }
    }
}
