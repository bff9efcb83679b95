//! Dates and times of the examples, which tell of March 2026.

use vocabulary::{Instant, LocalDate, WallTime};

/// Counted on: 32 is 1 April.
pub const fn march(day: i32) -> LocalDate {
    LocalDate::from_days(20_512 + day)
}

/// `HH:MM:SS` of the wall clock.
pub fn wall(day: i32, clock: &str) -> WallTime {
    let parts = clock.split(':').map(|p| p.parse().unwrap_or(0));
    WallTime::on(march(day), parts.fold(0, |seconds, p: i64| seconds * 60 + p))
}

/// `HH:MM:SS` of UTC.
pub fn utc(day: i32, clock: &str) -> Instant {
    Instant::from_millis(wall(day, clock).seconds() * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_tell_of_march() {
        assert_eq!(march(1).to_string(), "2026-03-01");
        assert_eq!(wall(31, "08:05:20").to_string(), "2026-03-31T08:05:20");
        assert_eq!(utc(32, "01:00:00").to_string(), "2026-04-01T01:00:00.000Z");
    }
}
