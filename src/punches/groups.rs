//! Double taps (domain 6.2): punches of one person and one source within `debounce` are one group.

use std::hash::Hash;

/// Punches of one source this close to the first of their group belong to it, in milliseconds.
pub const DEBOUNCE_MILLIS: i64 = 60_000;

/// A group of taps. For a sign-in its first member counts, for a sign-out its last; the others are
/// DUP: kept, never used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<T> {
    pub first: T,
    pub last: T,
    /// All members in time order, `first` and `last` included.
    pub members: Vec<T>,
}

/// Groups the punches of **one** person. A group holds what the same source reported within 60 s
/// (inclusive) of the group's **first** member, so that steady tapping does not make one endless
/// group. The order of the input does not matter; groups come in the order of their first members.
///
/// `key` gives the time in milliseconds and the source; punches of equal time keep the order of `tie`.
pub fn groups<T, S, K>(
    punches: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> (i64, S),
    tie: impl Fn(&T) -> K,
) -> Vec<Group<T>>
where
    T: Clone,
    S: Eq + Hash + Clone,
    K: Ord,
{
    let mut sorted: Vec<T> = punches.into_iter().collect();
    sorted.sort_by(|a, b| key(a).0.cmp(&key(b).0).then_with(|| tie(a).cmp(&tie(b))));
    let mut open: std::collections::HashMap<S, (i64, usize)> = std::collections::HashMap::new();
    let mut out: Vec<Group<T>> = Vec::with_capacity(sorted.len());
    for punch in sorted {
        let (at, source) = key(&punch);
        let joined = open
            .get(&source)
            .filter(|(began, _)| at.saturating_sub(*began) <= DEBOUNCE_MILLIS)
            .and_then(|(_, group)| out.get_mut(*group));
        match joined {
            Some(group) => {
                group.last = punch.clone();
                group.members.push(punch);
            }
            None => {
                open.insert(source, (at, out.len()));
                let (first, last) = (punch.clone(), punch.clone());
                out.push(Group { first, last, members: vec![punch] });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Tap = (i64, u8, u32);

    fn grouped(taps: &[Tap]) -> Vec<Group<Tap>> {
        groups(taps.iter().copied(), |t| (t.0, t.1), |t| t.2)
    }

    #[test]
    fn two_quick_taps_are_one_group_and_sixty_one_seconds_are_two() {
        let got = grouped(&[(0, 1, 1), (60_000, 1, 2), (60_001, 1, 3)]);
        let ids: Vec<_> = got.iter().map(|g| (g.first.2, g.last.2)).collect();
        assert_eq!(ids, [(1, 2), (3, 3)]);
    }

    #[test]
    fn steady_tapping_does_not_make_one_endless_group() {
        let taps: Vec<Tap> = (0..6).map(|n| (n * 30_000, 1, n as u32)).collect();
        assert_eq!(grouped(&taps).iter().map(|g| g.members.len()).collect::<Vec<_>>(), [3, 3]);
    }

    #[test]
    fn a_phone_and_a_clock_at_the_same_time_are_two_sources() {
        assert_eq!(grouped(&[(0, 1, 1), (10_000, 2, 2)]).len(), 2);
    }

    proptest! {
        #[test]
        fn every_punch_is_in_exactly_one_group_whatever_the_order(
            taps in prop::collection::vec((0i64..600_000, 0u8..3), 0..60),
            swaps in prop::collection::vec((0usize..60, 0usize..60), 0..40),
        ) {
            let taps: Vec<Tap> =
                taps.iter().enumerate().map(|(n, (at, s))| (*at, *s, n as u32)).collect();
            let got = grouped(&taps);
            let mut shuffled = taps.clone();
            for (a, b) in swaps {
                if a < shuffled.len() && b < shuffled.len() {
                    shuffled.swap(a, b);
                }
            }
            prop_assert_eq!(&grouped(&shuffled), &got);
            let mut members: Vec<u32> =
                got.iter().flat_map(|g| g.members.iter().map(|m| m.2)).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..taps.len() as u32).collect::<Vec<_>>());
            for g in &got {
                prop_assert_eq!(Some(&g.first), g.members.first());
                prop_assert_eq!(Some(&g.last), g.members.last());
                prop_assert!(g.last.0 - g.first.0 <= DEBOUNCE_MILLIS);
                prop_assert!(g.members.iter().all(|m| m.1 == g.first.1));
            }
            for pair in got.iter().enumerate() {
                let (n, g) = pair;
                let earlier = got.iter().take(n).rev().find(|e| e.first.1 == g.first.1);
                if let Some(e) = earlier {
                    prop_assert!(g.first.0 - e.first.0 > DEBOUNCE_MILLIS);
                }
            }
        }
    }
}
