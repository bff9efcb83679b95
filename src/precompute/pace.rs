//! How fast bulk work may go. Pure: numbers in, numbers out.

use std::time::Duration;

/// Milliseconds a unit of bulk work should take, so that others get their turn.
const UNIT_MILLIS: i64 = 250;
/// Employee-days of the smallest unit.
pub const MIN_DAYS: i64 = 62;
/// Per cent of its time a bulk task works at least, so that bulk work ends even on a busy day.
pub const MIN_SHARE: i64 = 3;
/// Per cent it may work more after a second below the budget.
const GROWTH: i64 = 5;

/// The pace of the bulk tasks of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    budget_millis: i64,
    max_days: i64,
    /// Per cent of the time in which a task works.
    share: i64,
    /// Employee-days of a unit.
    days: i64,
    /// Employee-days that take [`UNIT_MILLIS`] here.
    fitting: i64,
    held: bool,
}

impl Pace {
    /// Full speed in units of at most `max_days`, until answers take longer than the budget.
    pub fn new(budget_millis: i64, max_days: i64) -> Self {
        let max_days = max_days.max(MIN_DAYS);
        Self { budget_millis, max_days, share: 100, days: max_days, fitting: max_days, held: false }
    }

    /// Once a second: the slowest p95 of all processes, and how many people wait in the interactive lane.
    pub fn look(&mut self, p95_millis: i64, waiting: i64) {
        self.held = waiting > 0;
        if p95_millis > self.budget_millis {
            self.share = (self.share / 2).max(MIN_SHARE);
            self.days = (self.days / 2).max(MIN_DAYS);
        } else {
            self.share = (self.share + GROWTH).min(100);
            self.days = (self.days + self.days / 8).min(self.max_days);
        }
    }

    /// A unit has been worked off; how long its task rests now.
    pub fn worked(&mut self, days: i64, took: Duration) -> Duration {
        let millis = i64::try_from(took.as_millis()).unwrap_or(i64::MAX).max(1);
        let fits = days.saturating_mul(UNIT_MILLIS) / millis;
        // A unit with little left in it is slow per day and says nothing about a full one.
        if fits > self.fitting || days.saturating_mul(2) >= self.unit_days() {
            let fitting = self.fitting.saturating_mul(3).saturating_add(fits) / 4;
            self.fitting = fitting.clamp(MIN_DAYS, self.max_days);
        }
        let rest = millis.saturating_mul(100 - self.share) / self.share;
        Duration::from_millis(u64::try_from(rest).unwrap_or(0))
    }

    /// Whether bulk units may be claimed at all.
    pub const fn may_claim(&self) -> bool {
        !self.held
    }

    /// Employee-days of the next unit.
    pub fn unit_days(&self) -> i64 {
        self.days.min(self.fitting)
    }

    /// Hundredths of a task that works all the time, of `tasks` bulk tasks.
    pub fn parallelism_percent(&self, tasks: usize) -> i64 {
        if self.held { 0 } else { self.share * i64::try_from(tasks).unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bulk_work_halves_above_the_budget_and_grows_slowly_below_it() {
        let mut pace = Pace::new(50, 16_000);
        pace.look(51, 0);
        assert_eq!((pace.parallelism_percent(2), pace.unit_days()), (100, 8_000));
        pace.look(900, 0);
        assert_eq!((pace.parallelism_percent(2), pace.unit_days()), (50, 4_000));
        pace.look(50, 0);
        assert_eq!((pace.parallelism_percent(2), pace.unit_days()), (60, 4_500));
    }

    #[test]
    fn bulk_work_is_held_while_somebody_waits_and_only_so_long() {
        let mut pace = Pace::new(50, 16_000);
        pace.look(0, 1);
        assert!(!pace.may_claim());
        assert_eq!(pace.parallelism_percent(3), 0);
        pace.look(0, 0);
        assert!(pace.may_claim());
        assert_eq!(pace.parallelism_percent(3), 300);
    }

    #[test]
    fn a_task_rests_as_long_as_its_share_asks_for() {
        let mut pace = Pace::new(50, 16_000);
        assert_eq!(pace.worked(1_000, Duration::from_millis(100)), Duration::ZERO);
        pace.look(51, 0);
        assert_eq!(pace.worked(1_000, Duration::from_millis(100)), Duration::from_millis(100));
        pace.look(51, 0);
        assert_eq!(pace.worked(1_000, Duration::from_millis(100)), Duration::from_millis(300));
    }

    #[test]
    fn units_shrink_to_what_takes_a_quarter_of_a_second() {
        let mut pace = Pace::new(50, 16_000);
        for _ in 0..40 {
            let unit = pace.unit_days();
            // This machine computes two days in a millisecond.
            pace.worked(unit, Duration::from_millis(u64::try_from(unit / 2).unwrap()));
        }
        assert!((450..=550).contains(&pace.unit_days()), "{pace:?}");
    }

    proptest! {
        #[test]
        fn the_pace_stays_within_bounds_and_recovers(
            seen in prop::collection::vec((0i64..500, 0i64..3, 0i64..20_000, 0u64..2_000), 0..60)
        ) {
            let mut pace = Pace::new(50, 16_000);
            for (p95, waiting, days, took) in seen {
                pace.look(p95, waiting);
                let rest = pace.worked(days, Duration::from_millis(took));
                prop_assert!((MIN_DAYS..=16_000).contains(&pace.unit_days()));
                let percent = pace.parallelism_percent(1);
                prop_assert!((0..=100).contains(&percent));
                prop_assert_eq!(percent == 0, waiting > 0);
                prop_assert!(rest.as_millis() <= u128::from(took.max(1)) * 100);
            }
            for _ in 0..60 {
                pace.look(0, 0);
                let unit = pace.unit_days();
                pace.worked(unit, Duration::from_millis(1));
            }
            prop_assert_eq!(pace.parallelism_percent(1), 100);
            prop_assert_eq!(pace.unit_days(), 16_000);
        }
    }
}
