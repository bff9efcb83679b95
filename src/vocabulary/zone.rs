use std::fmt;
use std::str::FromStr;

use chrono::offset::LocalResult;
use chrono::{DateTime, TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Instant, LocalDate, WallTime};

/// A time zone of the IANA database, for example `Asia/Shanghai`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(chrono_tz::Tz);

/// The text is not the name of a zone in the IANA database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneError;

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an IANA zone name such as Asia/Shanghai")
    }
}

impl std::error::Error for ZoneError {}

impl Zone {
    pub const SHANGHAI: Self = Self(chrono_tz::Asia::Shanghai);

    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What the wall clock of the zone shows at `t`, to the second (fractions are dropped).
    pub fn wall(self, t: Instant) -> WallTime {
        let local = t.chrono().with_timezone(&self.0).naive_local();
        WallTime::from_seconds(local.and_utc().timestamp())
    }

    pub fn date(self, t: Instant) -> LocalDate {
        self.wall(t).date()
    }

    /// The instant at which the wall clock shows `w`. A time that occurs twice is the first of the two;
    /// a time that is skipped is read with the offset before the jump.
    pub fn instant(self, w: WallTime) -> Instant {
        let naive = DateTime::from_timestamp(w.seconds(), 0).unwrap_or_default().naive_utc();
        let at = match self.0.from_local_datetime(&naive) {
            LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => t.timestamp(),
            LocalResult::None => {
                let before = naive - chrono::Duration::hours(3);
                let shift = match self.0.from_local_datetime(&before) {
                    LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => {
                        before.and_utc().timestamp() - t.timestamp()
                    }
                    LocalResult::None => 0,
                };
                w.seconds() - shift
            }
        };
        Instant::from_millis(at * 1000)
    }

    /// The instant of 00:00 of `date`.
    pub fn midnight(self, date: LocalDate) -> Instant {
        self.instant(WallTime::on(date, 0))
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(s: &str) -> Result<Self, ZoneError> {
        s.parse().map(Self).map_err(|_| ZoneError)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(s: String) -> Result<Self, ZoneError> {
        s.parse()
    }
}

impl From<Zone> for String {
    fn from(z: Zone) -> Self {
        z.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_and_instant_are_inverse_outside_clock_changes() {
        let w: WallTime = WallTime::on(LocalDate::from_days(20_522), 8 * 3600);
        assert_eq!(Zone::SHANGHAI.wall(Zone::SHANGHAI.instant(w)), w);
        assert_eq!(Zone::SHANGHAI.instant(w).millis(), (w.seconds() - 8 * 3600) * 1000);
    }

    #[test]
    fn a_skipped_and_a_repeated_hour_have_one_defined_instant() {
        let berlin: Result<Zone, _> = "Europe/Berlin".parse();
        let Ok(berlin) = berlin else { unreachable!("Berlin is in the database") };
        let at = |s: &str| s.parse::<WallTime>().map(|w| berlin.instant(w).to_string());
        assert_eq!(at("2026-03-29T02:30:00").as_deref(), Ok("2026-03-29T01:30:00.000Z"));
        assert_eq!(at("2026-10-25T02:30:00").as_deref(), Ok("2026-10-25T00:30:00.000Z"));
    }
}
