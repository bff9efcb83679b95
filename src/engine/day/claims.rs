//! Which date a punch belongs to, and which point it serves (domain 15.4).

use smallvec::SmallVec;

use super::plan::{Plan, second_of};
use crate::{Punch, PunchFlag};

/// Two punches serve both points of a span from one zone only if they are this far apart.
const FALLBACK_SECONDS: i64 = 300;

/// The punches found for the two points of a span, as indexes into the sorted punches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    pub sign_in: Option<usize>,
    pub sign_out: Option<usize>,
    /// Last second of the zone of the sign-out.
    pub out_zone_end: i64,
}

/// The punches of a date with their roles.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// One per span of the plan, in its order.
    pub found: SmallVec<[Found; 2]>,
    /// Everything the date claims, in time order.
    pub claimed: SmallVec<[usize; 8]>,
    /// Flagged punches that fit no zone of their flag.
    pub wrong_flag: SmallVec<[usize; 1]>,
    /// Claimed punches without flag where flags are in use.
    pub unflagged: SmallVec<[usize; 1]>,
}

/// Seconds in which a date claims punches, both ends inclusive: its window cut where the windows of its
/// neighbours overlap or touch it (DD-33).
pub fn claim<'p, 'f: 'p>(
    plan: &'p Plan<'f>,
    before: Option<&'p Plan<'f>>,
    after: Option<&'p Plan<'f>>,
) -> Option<(i64, i64)> {
    let own = plan.window?;
    let (mut from, mut to) = (own.open, own.close);
    if let Some(earlier) = before.and_then(|p| p.window)
        && earlier.close >= own.open
    {
        let middle = (earlier.work_end + own.work_start).div_euclid(2);
        from = from.max(middle.max(own.open).min(earlier.close) + 1);
    }
    if let Some(later) = after.and_then(|p| p.window)
        && own.close >= later.open
    {
        let middle = (own.work_end + later.work_start).div_euclid(2);
        to = to.min(middle.max(later.open).min(own.close));
    }
    Some((from, to))
}

/// Zone of a point: the punches nearer to it than to its neighbours.
#[derive(Clone, Copy, Default)]
struct Zone {
    first: Option<usize>,
    last: Option<usize>,
    end: i64,
}

pub fn assign(
    plan: &Plan<'_>,
    punches: &[Punch],
    claimed: SmallVec<[usize; 8]>,
    claim_end: i64,
) -> Matched {
    let mut matched = Matched { claimed, ..Matched::default() };
    matched.found.resize(plan.spans.len(), Found::default());
    let asked = plan.spans.iter().any(|s| s.needs_punch);
    if !asked {
        return matched;
    }
    let flags = plan.window_section().is_some_and(|s| s.punch_rule.use_flags);
    if flags {
        by_flag(plan, punches, &mut matched, claim_end);
    } else {
        by_zone(plan, punches, &mut matched, claim_end);
    }
    matched
}

/// Nominal points of the spans that need punches, in seconds, as (index of span, IN or OUT, time).
fn points(plan: &Plan<'_>) -> SmallVec<[(usize, bool, i64); 4]> {
    let mut points = SmallVec::new();
    for (i, s) in plan.spans.iter().enumerate().filter(|(_, s)| s.needs_punch) {
        points.push((i, true, second_of(plan.date, s.start)));
        points.push((i, false, second_of(plan.date, s.end)));
    }
    points
}

fn by_zone(plan: &Plan<'_>, punches: &[Punch], matched: &mut Matched, claim_end: i64) {
    let points = points(plan);
    let mut zones: SmallVec<[Zone; 4]> = SmallVec::new();
    for (i, p) in points.iter().enumerate() {
        let end = points.get(i + 1).map_or(claim_end, |q| (p.2 + q.2).div_euclid(2));
        zones.push(Zone { end, ..Zone::default() });
    }
    let mut at = 0;
    for index in &matched.claimed {
        let Some(punch) = punches.get(*index) else { continue };
        while at + 1 < zones.len() && zones.get(at).is_some_and(|z| punch.at.seconds() > z.end) {
            at += 1;
        }
        if let Some(zone) = zones.get_mut(at) {
            zone.first = zone.first.or(Some(*index));
            zone.last = Some(*index);
        }
    }
    let seconds = |i: Option<usize>| i.and_then(|i| punches.get(i)).map(|p| p.at.seconds());
    let apart = |z: &Zone| match (seconds(z.first), seconds(z.last)) {
        (Some(a), Some(b)) => b - a >= FALLBACK_SECONDS,
        _ => false,
    };
    for (pair, zone) in points.chunks_exact(2).zip(zones.chunks_exact(2)) {
        let ([(span, ..), _], [a, b]) = (pair, zone) else { continue };
        let Some(found) = matched.found.get_mut(*span) else { continue };
        found.sign_in = a.first;
        found.sign_out = b.last;
        found.out_zone_end = b.end;
        if a.first.is_none() && apart(b) {
            found.sign_in = b.first;
        }
        if b.last.is_none() && apart(a) {
            found.sign_out = a.last;
        }
    }
}

/// With flags in use: the zone of an IN reaches from the preceding break cut to the end of its span, that of
/// an OUT from the start of its span to the following break cut.
fn by_flag(plan: &Plan<'_>, punches: &[Punch], matched: &mut Matched, claim_end: i64) {
    let points = points(plan);
    let cut_after = |i: usize| match (points.get(i), points.get(i + 1)) {
        (Some(p), Some(q)) => Some((p.2 + q.2).div_euclid(2)),
        _ => None,
    };
    let mut served: SmallVec<[usize; 8]> = SmallVec::new();
    for (k, pair) in points.chunks_exact(2).enumerate() {
        let [(span, _, start), (_, _, end)] = pair else { continue };
        let open = if k == 0 { None } else { cut_after(2 * k - 1) };
        let close = cut_after(2 * k + 1).unwrap_or(claim_end);
        let Some(found) = matched.found.get_mut(*span) else { continue };
        found.out_zone_end = close;
        for index in &matched.claimed {
            let Some(punch) = punches.get(*index) else { continue };
            let at = punch.at.seconds();
            match punch.flag {
                Some(PunchFlag::In) if open.is_none_or(|o| at > o) && at <= *end => {
                    found.sign_in = found.sign_in.or(Some(*index));
                    served.push(*index);
                }
                Some(PunchFlag::Out) if at >= *start && at <= close => {
                    found.sign_out = Some(*index);
                    served.push(*index);
                }
                _ => {}
            }
        }
    }
    for index in &matched.claimed {
        match punches.get(*index).map(|p| p.flag) {
            Some(None) => matched.unflagged.push(*index),
            Some(Some(_)) if !served.contains(index) => matched.wrong_flag.push(*index),
            _ => {}
        }
    }
}
