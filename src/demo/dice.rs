use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Reproducible chance: the same seed and label give the same numbers on every machine.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// A stream of its own per label, so that a change for one person moves nobody else.
    pub fn new(seed: u64, label: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(label);
        Self(rng)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// True `per_mille` times in a thousand.
    pub fn chance(&mut self, per_mille: i64) -> bool {
        self.between(0, 999) < per_mille
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(of.len()).ok()?.checked_sub(1)?;
        let at = usize::try_from(self.between(0, last)).ok()?;
        of.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_label_repeat_and_another_label_does_not() {
        let roll = |seed, label| {
            let mut d = Dice::new(seed, label);
            (0..8).map(|_| d.between(0, 1000)).collect::<Vec<_>>()
        };
        assert_eq!(roll(1, 2), roll(1, 2));
        assert_ne!(roll(1, 2), roll(1, 3));
    }
}
