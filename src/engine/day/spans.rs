//! Interval sets over the minutes of one attendance date: sorted, disjoint, half open.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::ClockSpan;

/// Minutes of one day.
pub const DAY: i32 = 1440;

/// A set of minutes. The usual day needs at most a handful of intervals, so it lives on the stack.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Spans(SmallVec<[ClockSpan; 4]>);

impl Clone for Spans {
    /// As one copy of memory.
    #[inline]
    fn clone(&self) -> Self {
        Self(SmallVec::from_slice(&self.0))
    }
}

impl Spans {
    pub const EMPTY: Self = Self(SmallVec::new_const());

    /// `[start, end)`, empty unless start < end.
    #[inline]
    pub fn of(start: i32, end: i32) -> Self {
        let mut set = Self::EMPTY;
        if start < end {
            set.0.push(ClockSpan { start, end });
        }
        set
    }

    /// The union of any intervals in any order.
    #[inline]
    pub fn union_of<'a>(spans: impl IntoIterator<Item = &'a ClockSpan>) -> Self {
        let mut set = Self::EMPTY;
        for s in spans {
            set.add(s.start, s.end);
        }
        set
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = ClockSpan> + '_ {
        self.0.iter().copied()
    }

    /// First minute of the set.
    #[inline]
    pub fn start(&self) -> Option<i32> {
        self.0.first().map(|s| s.start)
    }

    /// End of the last interval.
    #[inline]
    pub fn end(&self) -> Option<i32> {
        self.0.last().map(|s| s.end)
    }

    /// Total length in minutes.
    #[inline]
    pub fn minutes(&self) -> i32 {
        self.0.iter().map(|s| s.end - s.start).sum()
    }

    /// Adds `[start, end)`; intervals that overlap or touch become one.
    #[inline]
    pub fn add(&mut self, start: i32, end: i32) {
        if start >= end {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.start <= start && start <= last.end => last.end = last.end.max(end),
            Some(last) if start <= last.end => self.merge(start, end),
            _ => self.0.push(ClockSpan { start, end }),
        }
    }

    #[cold]
    fn merge(&mut self, mut start: i32, mut end: i32) {
        self.0.retain(|s| {
            let meets = s.start <= end && start <= s.end;
            if meets {
                start = start.min(s.start);
                end = end.max(s.end);
            }
            !meets
        });
        let at = self.0.iter().take_while(|s| s.start < start).count();
        self.0.insert(at, ClockSpan { start, end });
    }

    #[inline]
    pub fn add_all(&mut self, other: &Self) {
        for s in other.iter() {
            self.add(s.start, s.end);
        }
    }

    /// Adds a set that is not needed any more.
    #[inline]
    pub fn unite(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.add_all(&other);
        }
    }

    /// The union with a set that is mostly empty.
    #[inline]
    pub fn with(&self, other: &Self) -> Cow<'_, Self> {
        if other.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut all = self.clone();
        all.add_all(other);
        Cow::Owned(all)
    }

    /// The part inside `[start, end)`, which is mostly everything.
    #[inline]
    pub fn part(&self, start: i32, end: i32) -> Cow<'_, Self> {
        let whole = self.start().is_none_or(|s| start <= s) && self.end().is_none_or(|e| e <= end);
        if whole { Cow::Borrowed(self) } else { Cow::Owned(self.within(start, end)) }
    }

    /// The part inside `[start, end)`.
    #[inline]
    pub fn within(&self, start: i32, end: i32) -> Self {
        match (self.start(), self.end()) {
            (Some(first), Some(last)) if start < last && first < end => self.clip(start, end),
            _ => Self::EMPTY,
        }
    }

    fn clip(&self, start: i32, end: i32) -> Self {
        let mut set = Self::EMPTY;
        for s in &self.0 {
            let (a, b) = (s.start.max(start), s.end.min(end));
            if a < b {
                set.0.push(ClockSpan { start: a, end: b });
            }
        }
        set
    }

    /// The part before `t`.
    #[inline]
    pub fn before(&self, t: i32) -> Self {
        self.within(i32::MIN, t)
    }

    /// The part from `t` on.
    #[inline]
    pub fn from(&self, t: i32) -> Self {
        self.within(t, i32::MAX)
    }

    #[inline]
    pub fn and(&self, other: &Self) -> Self {
        let mut set = Self::EMPTY;
        for o in other.iter() {
            for s in self.iter() {
                set.add(s.start.max(o.start), s.end.min(o.end));
            }
        }
        set
    }

    #[inline]
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_empty() || self.is_empty() {
            return self.clone();
        }
        let mut set = Self::EMPTY;
        for s in self.iter() {
            let mut at = s.start;
            for o in other.iter() {
                if o.end <= at || o.start >= s.end {
                    continue;
                }
                set.add(at, o.start);
                at = at.max(o.end);
            }
            set.add(at, s.end);
        }
        set
    }

    /// Takes `other` out of the set.
    #[inline]
    pub fn cut(&mut self, other: &Self) {
        if self.meets(other) {
            *self = self.minus(other);
        }
    }

    /// Whether the hulls of the two sets have a minute in common.
    #[inline]
    fn meets(&self, other: &Self) -> bool {
        match (self.0.first(), self.0.last(), other.0.first(), other.0.last()) {
            (Some(a), Some(b), Some(c), Some(d)) => a.start < d.end && c.start < b.end,
            _ => false,
        }
    }

    /// `|self ∩ other|`
    #[inline]
    pub fn common(&self, other: &Self) -> i32 {
        let mut sum = 0;
        for o in other.iter() {
            for s in self.iter() {
                sum += (s.end.min(o.end) - s.start.max(o.start)).max(0);
            }
        }
        sum
    }

    /// `|self − other|`
    #[inline]
    pub fn outside(&self, other: &Self) -> i32 {
        self.minutes() - self.common(other)
    }

    /// The first `n` minutes of the set.
    pub fn first(&self, n: i32) -> Self {
        let mut left = n.max(0);
        let mut set = Self::EMPTY;
        for s in self.iter() {
            let take = left.min(s.end - s.start);
            set.add(s.start, s.start + take);
            left -= take;
        }
        set
    }

    /// The last `n` minutes of the set.
    pub fn last(&self, n: i32) -> Self {
        self.minus(&self.first(self.minutes().saturating_sub(n.max(0))))
    }

    /// The set without its last `n` minutes.
    pub fn without_last(&self, n: i32) -> Self {
        if n <= 0 {
            return self.clone();
        }
        self.first(self.minutes().saturating_sub(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(parts: &[(i32, i32)]) -> Spans {
        let mut s = Spans::EMPTY;
        for (a, b) in parts {
            s.add(*a, *b);
        }
        s
    }

    #[test]
    fn union_merges_what_overlaps_or_touches_in_any_order() {
        assert_eq!(set(&[(5, 7), (1, 3), (3, 5)]), set(&[(1, 7)]));
        assert_eq!(set(&[(9, 12), (1, 3), (2, 10)]), set(&[(1, 12)]));
        assert_eq!(set(&[(4, 4), (6, 5)]), Spans::EMPTY);
    }

    #[test]
    fn difference_and_intersection_partition_a_set() {
        let a = set(&[(0, 10), (20, 30)]);
        let b = set(&[(5, 6), (8, 22), (29, 40)]);
        assert_eq!(a.minus(&b), set(&[(0, 5), (6, 8), (22, 29)]));
        assert_eq!(a.and(&b), set(&[(5, 6), (8, 10), (20, 22), (29, 30)]));
        assert_eq!(a.common(&b) + a.outside(&b), a.minutes());
    }

    #[test]
    fn minutes_are_taken_from_either_end_across_gaps() {
        let a = set(&[(0, 10), (20, 30)]);
        assert_eq!(a.first(15), set(&[(0, 10), (20, 25)]));
        assert_eq!(a.last(15), set(&[(5, 10), (20, 30)]));
        assert_eq!(a.without_last(12), set(&[(0, 8)]));
        assert_eq!(a.without_last(99), Spans::EMPTY);
        assert_eq!(a.last(99), a);
    }
}
