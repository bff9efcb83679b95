use vocabulary::LocalDate;

/// What is in effect from which date on, ascending, one entry per date.
#[derive(Debug)]
pub(super) struct Timeline<T> {
    steps: Vec<(LocalDate, T)>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self { steps: Vec::new() }
    }
}

impl<T> Timeline<T> {
    /// From versions in any order: of several with one date the one with the greatest number
    /// counts.
    pub fn new(mut versions: Vec<(LocalDate, i32, T)>) -> Self {
        versions.sort_by_key(|(from, version, _)| (*from, *version));
        let mut steps: Vec<(LocalDate, T)> = Vec::with_capacity(versions.len());
        for (from, _, value) in versions {
            match steps.last_mut() {
                Some(last) if last.0 == from => last.1 = value,
                _ => steps.push((from, value)),
            }
        }
        Self { steps }
    }

    /// The value in effect on a date; `None` before the first one.
    pub fn on(&self, date: LocalDate) -> Option<&T> {
        let after = self.steps.partition_point(|(from, _)| *from <= date);
        after.checked_sub(1).and_then(|i| self.steps.get(i)).map(|(_, value)| value)
    }

    pub fn dates(&self) -> impl Iterator<Item = LocalDate> + '_ {
        self.steps.iter().map(|(from, _)| *from)
    }

    /// The entries with the last date of each, open for the last one.
    pub fn spans(&self) -> impl Iterator<Item = (LocalDate, Option<LocalDate>, &T)> + '_ {
        self.steps.iter().enumerate().map(|(i, (from, value))| {
            let to = self.steps.get(i + 1).map(|(next, _)| next.plus(-1));
            (*from, to, value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i32) -> LocalDate {
        LocalDate::from_days(n)
    }

    #[test]
    fn the_greatest_effective_date_not_after_the_day_counts_and_then_the_greatest_version() {
        let line = Timeline::new(vec![
            (day(10), 3, "c"),
            (day(10), 1, "a"),
            (day(5), 4, "d"),
            (day(20), 2, "b"),
        ]);
        let at = |n| line.on(day(n)).copied();
        assert_eq!(at(4), None);
        assert_eq!(at(5), Some("d"));
        assert_eq!(at(9), Some("d"));
        assert_eq!(at(10), Some("c"));
        assert_eq!(at(19), Some("c"));
        assert_eq!(at(4000), Some("b"));
        let spans: Vec<_> = line.spans().map(|(from, to, v)| (from, to, *v)).collect();
        assert_eq!(
            spans,
            [(day(5), Some(day(9)), "d"), (day(10), Some(day(19)), "c"), (day(20), None, "b")]
        );
    }
}
