use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use vocabulary::Instant;

/// Where "now" comes from. Milliseconds; nothing finer is ever stored.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// The system clock moved by this many milliseconds.
    Shifted(i64),
    /// Stands still until it is stepped.
    Stepped(Arc<AtomicI64>),
}

impl Clock {
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Runs on from `now`: for playing another day.
    pub fn starting_at(now: Instant) -> Self {
        Self(Source::Shifted(now.millis() - system_millis()))
    }

    /// Stands at `now` until [`Clock::set`] or [`Clock::step_seconds`].
    pub fn stepped(now: Instant) -> Self {
        Self(Source::Stepped(Arc::new(AtomicI64::new(now.millis()))))
    }

    pub fn now(&self) -> Instant {
        Instant::from_millis(match &self.0 {
            Source::System => system_millis(),
            Source::Shifted(by) => system_millis() + by,
            Source::Stepped(at) => at.load(Ordering::SeqCst),
        })
    }

    /// Moves a stepped clock; other clocks go their own way.
    pub fn set(&self, now: Instant) {
        if let Source::Stepped(at) = &self.0 {
            at.store(now.millis(), Ordering::SeqCst);
        }
    }

    /// Moves a stepped clock on.
    pub fn step_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
fn system_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
