use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

/// How long an answer counts as one of the last seconds.
const WINDOW: Duration = Duration::from_secs(5);
/// Most answers that are remembered; older ones go first.
const MAX_ANSWERS: usize = 4_096;
/// Paths that say nothing about the speed of the product.
const UNMEASURED: [&str; 3] = ["/metrics", "/healthz", "/readyz"];

/// How busy this process is. Cheap to clone; clones are one.
#[derive(Clone, Default)]
pub struct Load(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// When an answer was given and the microseconds it took.
    answers: Mutex<VecDeque<(Stopwatch, u64)>>,
    bulk_percent: AtomicI64,
    bulk_days: AtomicI64,
}

impl Load {
    /// A request was answered.
    pub fn answered(&self, path: &str, took: Duration) {
        if UNMEASURED.contains(&path) {
            return;
        }
        let mut answers = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() == MAX_ANSWERS {
            answers.pop_front();
        }
        answers.push_back((Stopwatch::now(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX)));
    }

    /// Milliseconds that 95 of 100 answers of the last seconds did not exceed, rounded up; 0 without answers.
    pub fn p95_millis(&self) -> i64 {
        let mut answers = self.0.answers.lock().unwrap_or_else(PoisonError::into_inner);
        while answers.front().is_some_and(|(at, _)| at.elapsed() > WINDOW) {
            answers.pop_front();
        }
        let mut taken: Vec<u64> = answers.iter().map(|(_, took)| *took).collect();
        drop(answers);
        taken.sort_unstable();
        let place = (taken.len() * 95).div_ceil(100).saturating_sub(1);
        let micros = taken.get(place).copied().unwrap_or(0);
        i64::try_from(micros.div_ceil(1_000)).unwrap_or(i64::MAX)
    }

    /// How much bulk work this process may do: hundredths of a task that works all the time, and the days of
    /// a unit.
    pub fn set_bulk(&self, percent: i64, days: i64) {
        self.0.bulk_percent.store(percent, Ordering::Relaxed);
        self.0.bulk_days.store(days, Ordering::Relaxed);
    }

    /// What [`Load::set_bulk`] was told last.
    pub fn bulk(&self) -> (i64, i64) {
        (self.0.bulk_percent.load(Ordering::Relaxed), self.0.bulk_days.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p95_is_what_95_of_100_answers_did_not_exceed() {
        let load = Load::default();
        assert_eq!(load.p95_millis(), 0);
        for ms in 1..=100 {
            load.answered("/api/v1/me", Duration::from_millis(ms));
        }
        assert_eq!(load.p95_millis(), 95);
        load.answered("/metrics", Duration::from_secs(9));
        assert_eq!(load.p95_millis(), 95);
    }

    #[test]
    fn old_answers_make_room() {
        let load = Load::default();
        for _ in 0..MAX_ANSWERS {
            load.answered("/x", Duration::from_secs(1));
        }
        for _ in 0..MAX_ANSWERS {
            load.answered("/x", Duration::from_micros(100));
        }
        assert_eq!(load.p95_millis(), 1);
    }
}
