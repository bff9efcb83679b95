use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vocabulary::{LocalDate, WallTime};

/// Reproducible chance: the same seed gives the same numbers on every machine.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let last = i64::try_from(of.len()).unwrap() - 1;
        &of[usize::try_from(self.between(0, last)).unwrap()]
    }

    /// One of these by weight.
    pub fn weighted<'a, T>(&mut self, of: &'a [(i64, T)]) -> &'a T {
        let mut left = self.between(1, of.iter().map(|(w, _)| w).sum());
        for (weight, item) in of {
            left -= weight;
            if left <= 0 {
                return item;
            }
        }
        &of[0].1
    }

    pub fn date(&mut self, from: LocalDate, to: LocalDate) -> LocalDate {
        let days = i64::from(to.days() - from.days());
        from.plus(i32::try_from(self.between(0, days)).unwrap())
    }

    /// About `minute` of the date, up to `spread` minutes off, to the second.
    pub fn about(&mut self, date: LocalDate, minute: i64, spread: i64) -> WallTime {
        let second = self.between((minute - spread) * 60, (minute + spread) * 60);
        WallTime::on(date, second)
    }
}
