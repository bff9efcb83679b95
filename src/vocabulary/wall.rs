use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::LocalDate;

/// Seconds of one day.
pub const DAY_SECONDS: i64 = 86_400;

/// A local wall-clock time without zone, to the second, as seconds since 1970-01-01T00:00:00 of the
/// same wall clock. Text form `YYYY-MM-DDTHH:MM:SS`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WallTime(i64);

/// The text is not a wall time `YYYY-MM-DDTHH:MM:SS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallError;

impl fmt::Display for WallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a local time as YYYY-MM-DDTHH:MM:SS")
    }
}

impl std::error::Error for WallError {}

impl WallTime {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Midnight at the beginning of `date` plus `seconds` (may be negative or beyond one day).
    pub const fn on(date: LocalDate, seconds: i64) -> Self {
        Self(date.days() as i64 * DAY_SECONDS + seconds)
    }

    pub const fn seconds(self) -> i64 {
        self.0
    }

    pub const fn date(self) -> LocalDate {
        LocalDate::from_days(self.0.div_euclid(DAY_SECONDS) as i32)
    }

    /// Seconds since midnight of its date, 0 … 86,399.
    pub const fn second_of_day(self) -> i64 {
        self.0.rem_euclid(DAY_SECONDS)
    }

    pub const fn plus_seconds(self, n: i64) -> Self {
        Self(self.0 + n)
    }
}

impl FromStr for WallTime {
    type Err = WallError;

    fn from_str(s: &str) -> Result<Self, WallError> {
        let b = s.as_bytes();
        if b.len() != 19 || b.get(10) != Some(&b'T') {
            return Err(WallError);
        }
        let date: LocalDate = s.get(..10).and_then(|d| d.parse().ok()).ok_or(WallError)?;
        let clock = s.get(11..).ok_or(WallError)?;
        let two = |at: usize| -> Option<i64> {
            let p = clock.get(at..at + 2)?;
            p.bytes().all(|c| c.is_ascii_digit()).then(|| p.parse().ok()).flatten()
        };
        let colon = |at: usize| clock.as_bytes().get(at) == Some(&b':');
        match (two(0), colon(2), two(3), colon(5), two(6)) {
            (Some(h), true, Some(m), true, Some(s)) if h < 24 && m < 60 && s < 60 => {
                Ok(Self::on(date, h * 3600 + m * 60 + s))
            }
            _ => Err(WallError),
        }
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.second_of_day();
        write!(f, "{}T{:02}:{:02}:{:02}", self.date(), s / 3600, s / 60 % 60, s % 60)
    }
}

impl fmt::Debug for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for WallTime {
    type Error = WallError;

    fn try_from(s: String) -> Result<Self, WallError> {
        s.parse()
    }
}

impl From<WallTime> for String {
    fn from(t: WallTime) -> Self {
        t.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_faults_are_refused() {
        let t: Result<WallTime, _> = "2026-03-10T07:52:10".parse();
        assert_eq!(t.map(|t| t.to_string()).as_deref(), Ok("2026-03-10T07:52:10"));
        for bad in
            ["2026-03-10T24:00:00", "2026-03-10 07:52:10", "2026-03-10T7:52:10", "2026-03-10T07:52"]
        {
            assert!(bad.parse::<WallTime>().is_err(), "{bad}");
        }
    }
}
