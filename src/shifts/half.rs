//! The halves of a shift (domain 11.1): after a segment, or at the minute that halves the due time. Pure.

use engine::{ClockSpan, Shift};

/// The first and the second half as spans of minutes; `None` for a shift without clock times.
pub fn halves(shift: &Shift, after: Option<i32>) -> Option<[ClockSpan; 2]> {
    let (first, last) = (shift.segments.first()?, shift.segments.last()?);
    let k = after.and_then(|k| usize::try_from(k).ok());
    let pair = k.and_then(|k| {
        Some((shift.segments.get(k.checked_sub(1)?)?.end, shift.segments.get(k)?.start))
    });
    let (end, start) = pair.unwrap_or_else(|| {
        let middle = middle(shift).unwrap_or(last.end);
        (middle, middle)
    });
    Some([ClockSpan { start: first.start, end }, ClockSpan { start, end: last.end }])
}

/// The minute that halves the due time.
fn middle(shift: &Shift) -> Option<i32> {
    let pieces = working(shift);
    let due: i32 = pieces.iter().map(|(a, b)| b - a).sum();
    let mut left = due / 2;
    for (a, b) in pieces {
        if left <= b - a {
            return Some(a + left);
        }
        left -= b - a;
    }
    None
}

/// Segments without breaks.
fn working(shift: &Shift) -> Vec<(i32, i32)> {
    let mut pieces: Vec<(i32, i32)> = shift.segments.iter().map(|s| (s.start, s.end)).collect();
    for b in &shift.breaks {
        let cut = |(x, y): (i32, i32)| [(x, y.min(b.start)), (x.max(b.end), y)];
        pieces = pieces.into_iter().flat_map(cut).filter(|(x, y)| x < y).collect();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(segments: &[(i32, i32)], breaks: &[(i32, i32)]) -> Option<Shift> {
        let clock = |m: &i32| format!("{:02}:{:02}", m / 60, m % 60);
        let spans = |list: &[(i32, i32)]| {
            let span =
                |(a, b): &(i32, i32)| serde_json::json!({ "start": clock(a), "end": clock(b) });
            list.iter().map(span).collect::<Vec<_>>()
        };
        let body = serde_json::json!({ "segments": spans(segments), "breaks": spans(breaks) });
        let mut definitions = engine::format::Definitions::new();
        definitions.define_one(engine::format::Kind::Shift, "S", &body).ok()?;
        definitions.shift("S").map(|s| Shift::clone(s))
    }

    fn split(
        segments: &[(i32, i32)],
        breaks: &[(i32, i32)],
        after: Option<i32>,
    ) -> Vec<(i32, i32)> {
        let found = shift(segments, breaks).and_then(|s| halves(&s, after));
        found.into_iter().flatten().map(|h| (h.start, h.end)).collect()
    }

    #[test]
    fn a_shift_splits_after_a_segment_or_in_the_middle_of_its_due_time() {
        let d1 = [(480, 720), (780, 1020)];
        assert_eq!(split(&d1, &[], None), [(480, 720), (720, 1020)], "240 of 480 minutes");
        assert_eq!(split(&d1, &[], Some(1)), [(480, 720), (780, 1020)]);
        assert_eq!(split(&[(1320, 1800)], &[], None), [(1320, 1560), (1560, 1800)]);
        assert_eq!(split(&[(480, 1020)], &[(720, 780)], None), [(480, 720), (720, 1020)]);
    }
}
