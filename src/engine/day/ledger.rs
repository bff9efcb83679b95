//! Totals as sums of explained contributions, so that the minutes of the explanation add up to the result;
//! and the exceptions found on the way.

use smallvec::SmallVec;

use crate::Exception;
use crate::trace::{Measure, Recorder, Step, Why};

/// Sums per measure, in tenths of a minute.
pub struct Ledger<'r, R: Recorder> {
    sums: [i32; Measure::COUNT],
    /// In the order of their discovery.
    pub exceptions: SmallVec<[Exception; 1]>,
    recorder: &'r mut R,
}

impl<'r, R: Recorder> Ledger<'r, R> {
    pub fn new(recorder: &'r mut R) -> Self {
        Self { sums: [0; Measure::COUNT], exceptions: SmallVec::new(), recorder }
    }

    /// Adds `tenths` to a measure; nothing is recorded for nothing.
    #[inline]
    pub fn add(&mut self, measure: Measure, tenths: i32, why: impl FnOnce() -> Why) {
        if let Some(sum) = self.sums.get_mut(measure.index()) {
            *sum = sum.saturating_add(tenths);
        }
        if tenths != 0 {
            self.recorder.step(|| Step { measure: Some(measure), tenths, why: why() });
        }
    }

    /// The same in whole minutes.
    #[inline]
    pub fn minutes(&mut self, measure: Measure, minutes: i32, why: impl FnOnce() -> Why) {
        self.add(measure, minutes.saturating_mul(10), why);
    }

    /// A fact or a decision that changes no total by itself.
    #[inline]
    pub fn note(&mut self, why: impl FnOnce() -> Why) {
        self.recorder.step(|| Step { measure: None, tenths: 0, why: why() });
    }

    #[inline]
    pub fn tenths(&self, measure: Measure) -> i32 {
        self.sums.get(measure.index()).copied().unwrap_or(0)
    }

    #[inline]
    pub fn whole(&self, measure: Measure) -> i32 {
        self.tenths(measure) / 10
    }
}
