//! Coefficients and totals (domain 15.10).

use smallvec::SmallVec;

use super::ledger::Ledger;
use super::overtime::Overtime;
use super::plan::{Owner, Plan, is_overtime_of, minutes_from};
use super::spans::{DAY, Spans};
use super::work::Work;
use crate::trace::{Measure, Recorder, Why};
use crate::{
    Coefficients, CountingBasis, DayType, LeaveQuantity, Request, RequestKind, RequestType,
};

/// Time kinds of a covering request (12.3), in minutes.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds {
    application: i32,
    work: i32,
    late: i32,
    early: i32,
    absence: i32,
}

/// Minutes beyond the shift that the workday flags count as working hours (EX).
pub fn extra(plan: &Plan<'_, '_>, work: &Work<'_>) -> Spans {
    let mut ex = Spans::EMPTY;
    let (Some(c), true) = (plan.c(), plan.shift.is_some()) else { return ex };
    let flags = c.punch && (c.early_counts || c.late_counts);
    if !flags || plan.day_type == DayType::Holiday || plan.deduction().is_some() {
        return ex;
    }
    if let (true, Some(a)) = (c.early_counts, work.sign_in) {
        ex.add(a, work.start);
    }
    if let (true, Some(b)) = (c.late_counts, work.sign_out) {
        ex.add(work.end, b);
    }
    ex.cut(&plan.breaks);
    ex
}

/// Books due, actual, absence, late and early of the covering requests.
fn leave<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &Work<'_>,
    has_points: bool,
    ledger: &mut Ledger<'_, R>,
) {
    for cover in &plan.covers {
        let own = cover.own.minus(&work.statutory);
        let app = own.minutes();
        let mut k =
            Kinds { application: app, work: own.common(&work.presence), ..Kinds::default() };
        if let (true, Some(a)) = (has_points, work.sign_in) {
            k.late = own.before(a).minutes();
            if let Some(b) = work.sign_out {
                k.early = own.from(b.max(a)).minutes();
            }
        }
        k.absence = (app - k.work - k.late - k.early).max(0);
        if app > 0 {
            ledger.note(|| Why::Covered {
                request: cover.request.id.clone(),
                kind: cover.request.kind.reference(),
                minutes: app,
            });
        }
        let name = &cover.request.kind;
        let request = Some(cover.request);
        book(name, &name.coefficients, k, request, ledger);
    }
}

/// `Σ coefficient × time kind` for one request or for the overtime of the date.
fn book<R: Recorder>(
    kind: &RequestType,
    c: &Coefficients,
    k: Kinds,
    request: Option<&Request>,
    ledger: &mut Ledger<'_, R>,
) {
    let mut add = |measure, tenths: i32, name: &'static str| {
        ledger.add(measure, tenths, || Why::Coefficient {
            name,
            kind: kind.reference(),
            request: request.map(|r| r.id.clone()),
        });
    };
    add(Measure::Due, c.a1 * k.application, "A1");
    add(Measure::Due, c.w1 * k.work, "W1");
    add(Measure::Actual, c.a2 * k.application, "A2");
    add(Measure::Absence, c.a3 * k.application, "A3");
    add(Measure::Absence, c.b * k.absence, "B");
    add(Measure::Late, c.l * k.late, "L");
    add(Measure::Early, c.e * k.early, "E");
    if request.is_some() {
        add(Measure::Actual, c.w2 * k.work, "W2");
    }
}

/// The overtime type of the date: that of its first approved form, else the scheme's, else the seed (DD-61).
fn overtime_coefficients(plan: &Plan<'_, '_>, forms: &[&Request]) -> (Coefficients, RequestType) {
    let first = forms.iter().min_by(|a, b| super::plan::in_order(a, b));
    let kind = match (first, plan.scheme.and_then(|s| s.overtime_type.as_deref())) {
        (Some(r), _) => r.kind.as_ref().clone(),
        (None, Some(t)) => t.clone(),
        (None, None) => RequestType::seed_overtime(),
    };
    (kind.coefficients, kind)
}

/// Everything of 15.10 after regular work, absence and overtime are known.
pub fn total<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &Work<'_>,
    overtime: &Overtime,
    requests: &[Request],
    has_points: bool,
    ledger: &mut Ledger<'_, R>,
) {
    let due = work.eff.outside(&work.statutory);
    ledger.minutes(Measure::Due, due, || Why::Scheduled);
    let regular = ledger.whole(Measure::Regular);
    ledger.minutes(Measure::Actual, regular, || Why::Regular);
    leave(plan, work, has_points, ledger);

    let forms: SmallVec<[&Request; 2]> =
        requests.iter().filter(|r| is_overtime_of(r, plan.date)).collect();
    let ex = extra(plan, work);
    let nothing = forms.is_empty()
        && plan.blocks.is_empty()
        && overtime.credited == 0
        && overtime.holiday_shift == 0
        && ex.is_empty();
    if !nothing {
        book_overtime(plan, work, overtime, &forms, &ex, ledger);
    }
    unconfirmed(plan, work, overtime, &ex, ledger);
    night(work, overtime, plan, ledger);
}

fn book_overtime<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &Work<'_>,
    overtime: &Overtime,
    forms: &[&Request],
    ex: &Spans,
    ledger: &mut Ledger<'_, R>,
) {
    let (c, kind) = overtime_coefficients(plan, forms);
    let mut filed = Spans::EMPTY;
    let mut minutes_only = 0;
    for r in forms {
        filed.add(minutes_from(plan.date, r.span.start), minutes_from(plan.date, r.span.end));
        minutes_only += r.break_minutes;
    }
    let filed = filed.minus(&work.due).minus(&plan.breaks).without_last(minutes_only);
    let k = Kinds {
        application: filed.minutes(),
        work: overtime.credited,
        late: overtime.late.minutes,
        early: overtime.early.minutes,
        absence: overtime.uncredited,
    };
    book(&kind, &c, k, None, ledger);
    let common = ex.common(&overtime.x);
    let worked = c.w2 * overtime.credited;
    let once = if common > 0 { worked.max(common * 10) } else { worked };
    ledger.minutes(Measure::Actual, ex.outside(&overtime.x), || Why::BeyondShift);
    ledger.add(Measure::Actual, once, || Why::OvertimeIntoActual { kind: kind.reference() });
    ledger.add(Measure::Actual, c.w2 * overtime.holiday_shift, || Why::HolidayIntoActual {
        kind: kind.reference(),
    });
}

/// Presence that became neither overtime nor working hours (DD-65).
fn unconfirmed<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &Work<'_>,
    overtime: &Overtime,
    ex: &Spans,
    ledger: &mut Ledger<'_, R>,
) {
    let Some(o) = plan.o() else { return };
    let mut z = Spans::EMPTY;
    if plan.shift.is_some() && plan.deduction().is_none() {
        for p in work.presence.iter() {
            z.add(p.start, p.end.min(work.start));
            z.add(p.start.max(work.end), p.end);
        }
        z.cut(&work.due);
    }
    z.add_all(&overtime.blocks_presence);
    z.add_all(&overtime.unplanned);
    z.cut(&plan.breaks);
    if o.punch {
        z.add_all(&overtime.x);
    }
    if z.is_empty() {
        return;
    }
    let overtime_used = if o.punch { overtime.credited } else { 0 };
    let used = match (ex.is_empty(), o.punch) {
        (true, _) => overtime_used,
        (false, false) => ex.minutes(),
        (false, true) => {
            let common = ex.common(&overtime.x);
            let once = if common > 0 { common.max(overtime_used) } else { overtime_used };
            ex.outside(&overtime.x) + once
        }
    };
    let left = (z.minutes() - used).max(0);
    ledger.minutes(Measure::Unconfirmed, left, || Why::Unconfirmed);
}

/// Work and overtime between 22:00 and 06:00, unrounded.
fn night<R: Recorder>(
    work: &Work<'_>,
    overtime: &Overtime,
    plan: &Plan<'_, '_>,
    ledger: &mut Ledger<'_, R>,
) {
    let span;
    let done = match (plan.deduction(), work.sign_in, work.sign_out) {
        (None, ..) if work.statutory.is_empty() => &work.attended,
        (None, ..) => {
            span = work.attended.minus(&work.statutory.minus(&work.holiday));
            &span
        }
        (Some(_), Some(a), Some(b)) => {
            span = Spans::of(a, b);
            &span
        }
        (Some(_), ..) => &Spans::EMPTY,
    };
    let minutes = done.with(&overtime.x).iter().map(|s| nightly(s.start, s.end)).sum();
    ledger.minutes(Measure::Night, minutes, || Why::Night);
}

/// Minutes between 22:00 and 06:00 out of `[start, end)`, from the night before the date to the third after it.
fn nightly(start: i32, end: i32) -> i32 {
    const BEGIN: i32 = 22 * 60;
    const LENGTH: i32 = 8 * 60;
    if start >= BEGIN + LENGTH - DAY && end <= BEGIN {
        return 0;
    }
    let first = (start - BEGIN - LENGTH).div_euclid(DAY).max(-1);
    let last = (end - BEGIN).div_euclid(DAY).min(3);
    (first..=last)
        .map(|day| {
            let from = day * DAY + BEGIN;
            (end.min(from + LENGTH) - start.max(from)).max(0)
        })
        .sum()
}

/// Leave per type (12.5): minutes outside statutory dates and days, half up.
pub fn quantities(
    plan: &Plan<'_, '_>,
    statutory: &Spans,
    requests: &[Request],
) -> SmallVec<[LeaveQuantity; 1]> {
    let mut out: SmallVec<[LeaveQuantity; 1]> = SmallVec::new();
    let (Some(scheme), false) = (plan.scheme, requests.is_empty()) else { return out };
    let shift_minutes = plan.due.minutes();
    let equivalent = plan.shift.and_then(|s| s.day_equivalent_hundredths);
    // (type, minutes, WORK minutes for days, hundredths of CALENDAR days)
    let mut sums: SmallVec<[(&RequestType, i32, i32, i32); 2]> = SmallVec::new();
    for r in requests.iter().filter(|r| r.kind.kind == RequestKind::Leave) {
        let (s, e) = (minutes_from(plan.date, r.span.start), minutes_from(plan.date, r.span.end));
        let touches = s < DAY && e > 0;
        let own = plan.covers.iter().find(|c| std::ptr::eq(c.request, r));
        let minutes = own.map_or(0, |c| c.own.outside(statutory));
        let (work, calendar) = match r.kind.basis {
            CountingBasis::Work => (minutes, 0),
            CountingBasis::Calendar if !touches => (0, 0),
            CountingBasis::Calendar if r.half_day => (0, 50),
            CountingBasis::Calendar => (0, 100),
        };
        if minutes == 0 && calendar == 0 {
            continue;
        }
        match sums.iter_mut().find(|(kind, ..)| kind.name == r.kind.name) {
            Some((_, m, w, c)) => {
                *m += minutes;
                *w += work;
                *c += calendar;
            }
            None => sums.push((&r.kind, minutes, work, calendar)),
        }
    }
    for (kind, minutes, work, calendar) in sums {
        let days = match equivalent {
            Some(q) if shift_minutes > 0 => half_up(work * q, shift_minutes),
            _ => half_up(work * 100, scheme.day_std_minutes),
        };
        let days_hundredths = days + calendar;
        if minutes != 0 || days_hundredths != 0 {
            out.push(LeaveQuantity { kind: kind.name.clone(), minutes, days_hundredths });
        }
    }
    out.sort_by(|a, b| a.kind.cmp(&b.kind));
    out
}

/// `a / b` rounded half up.
pub fn half_up(a: i32, b: i32) -> i32 {
    if b <= 0 || a == 0 {
        0
    } else {
        (2 * i64::from(a) + i64::from(b)).div_euclid(2 * i64::from(b)).try_into().unwrap_or(0)
    }
}

/// True if the shift has points and not all of its spans are void.
pub fn has_points(plan: &Plan<'_, '_>, spans: &[super::missing::Timed]) -> bool {
    plan.spans.iter().zip(spans).any(|(s, t)| s.owner == Owner::Shift && !t.void)
}
