//! Which date a punch belongs to, and which point it serves (domain 15.4).

use smallvec::SmallVec;

use super::plan::{Plan, Window, second_of};
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
pub fn claim(own: Window, before: Option<Window>, after: Option<Window>) -> (i64, i64) {
    let (mut from, mut to) = (own.open, own.close);
    if let Some(earlier) = before
        && earlier.close >= own.open
    {
        let middle = (earlier.work_end + own.work_start).div_euclid(2);
        from = from.max(middle.max(own.open).min(earlier.close) + 1);
    }
    if let Some(later) = after
        && own.close >= later.open
    {
        let middle = (own.work_end + later.work_start).div_euclid(2);
        to = to.min(middle.max(later.open).min(own.close));
    }
    (from, to)
}

/// Gives the claimed punches to the points.
pub fn assign(plan: &Plan<'_, '_>, punches: &[Punch], matched: &mut Matched, claim_end: i64) {
    for _ in &plan.spans {
        matched.found.push(Found::default());
    }
    if plan.window_section().is_some_and(|s| s.punch_rule.use_flags) {
        by_flag(plan, punches, matched, claim_end);
    } else {
        by_zone(plan, punches, matched, claim_end);
    }
}

/// The punches nearer to a point than to its neighbours, as indexes.
#[derive(Clone, Copy)]
struct Zone {
    first: usize,
    last: usize,
}

impl Zone {
    /// Takes the punches up to its end out of those that are left.
    fn take(left: &mut &[usize], until: impl Fn(usize) -> bool) -> Option<Self> {
        let n = left.iter().take_while(|i| until(**i)).count();
        let (own, others) = left.split_at_checked(n)?;
        *left = others;
        Some(Self { first: *own.first()?, last: *own.last()? })
    }
}

fn by_zone(plan: &Plan<'_, '_>, punches: &[Punch], matched: &mut Matched, claim_end: i64) {
    let at = |i: usize| punches.get(i).map_or(0, |p| p.at.seconds());
    let apart = |z: &Zone| at(z.last) - at(z.first) >= FALLBACK_SECONDS;
    let mut left = matched.claimed.as_slice();
    let mut spans = plan.spans.iter().zip(&mut matched.found).filter(|(s, _)| s.needs_punch);
    let mut this = spans.next();
    while let Some((span, found)) = this {
        this = spans.next();
        let (start, end) = (second_of(plan.date, span.start), second_of(plan.date, span.end));
        let middle = (start + end).div_euclid(2);
        let close =
            this.as_ref().map(|(next, _)| (end + second_of(plan.date, next.start)).div_euclid(2));
        let a = Zone::take(&mut left, |i| at(i) <= middle);
        let b = Zone::take(&mut left, |i| close.is_none_or(|c| at(i) <= c));
        found.sign_in = a.or(b.filter(apart)).map(|z| z.first);
        found.sign_out = b.or(a.filter(apart)).map(|z| z.last);
        found.out_zone_end = close.unwrap_or(claim_end);
    }
}

/// Nominal points of the spans that need punches, in seconds, as (index of span, IN or OUT, time).
fn points(plan: &Plan<'_, '_>) -> SmallVec<[(usize, bool, i64); 4]> {
    let mut points = SmallVec::new();
    for (i, s) in plan.spans.iter().enumerate().filter(|(_, s)| s.needs_punch) {
        points.push((i, true, second_of(plan.date, s.start)));
        points.push((i, false, second_of(plan.date, s.end)));
    }
    points
}

/// With flags in use: the zone of an IN reaches from the preceding break cut to the end of its span, that of
/// an OUT from the start of its span to the following break cut.
fn by_flag(plan: &Plan<'_, '_>, punches: &[Punch], matched: &mut Matched, claim_end: i64) {
    let points = points(plan);
    if points.is_empty() {
        return;
    }
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
