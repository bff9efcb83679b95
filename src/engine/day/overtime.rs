//! Overtime (domain 15.9): credited intervals, their allocation to categories, rounding.

use super::Facts;
use super::ledger::Ledger;
use super::missing::Timed;
use super::plan::{Block, Owner, Plan, SectionName};
use super::spans::{DAY, Spans};
use super::work::{Work, count, rate};
use crate::trace::{Edge, Measure, Recorder, Why};
use crate::{
    BlockRated, Cell, DateKind, DayType, Exception, ExceptionCode, OvertimeMinutes, OvertimeSplit,
    PointSource, Service, ShiftKind,
};

/// Everything 15.9 finds out.
#[derive(Clone, Debug, Default)]
pub struct Overtime {
    /// X or X_np, after due time and breaks are taken out: first that of the shift day (joined blocks, early
    /// and late parts, whole-day deduction), then that of the rest.
    pub x: Spans,
    /// Presence of separate blocks.
    pub blocks_presence: Spans,
    /// Unplanned presence on a rest day or holiday, credited or not.
    pub unplanned: Spans,
    pub late: BlockRated,
    pub early: BlockRated,
    pub minutes: [OvertimeMinutes; 3],
    /// Credited without the holiday part of a shift.
    pub credited: i32,
    /// Credited holiday part of the shift.
    pub holiday_shift: i32,
    /// Minutes of planned blocks without credited work.
    pub uncredited: i32,
}

/// The minutes of a block that count at most: without due time and breaks.
pub fn net(plan: &Plan<'_, '_>, due: &Spans, block: &Block) -> Spans {
    block.spans().minus(due).minus(&plan.breaks).without_last(block.break_minutes)
}

impl Overtime {
    /// Part A: what the shift day itself gives.
    pub fn shift_day(&mut self, plan: &Plan<'_, '_>, work: &Work<'_>) {
        let (Some(c), Some(o), true) = (plan.c(), plan.o(), plan.shift.is_some()) else { return };
        if !o.punch {
            for b in plan.blocks.iter().filter(|b| b.joined) {
                self.x.add_all(&net(plan, &work.due, b));
            }
            return;
        }
        let edges = c.punch && c.deduct_minutes.is_none();
        if edges && !o.application && o.deduct_minutes.is_none() {
            if let (true, Some(a)) = (o.early_counts, work.sign_in) {
                self.credit(plan, work, &Spans::of(a, work.start));
            }
            if let (true, Some(b)) = (o.late_counts, work.sign_out) {
                self.credit(plan, work, &Spans::of(work.end, b));
            }
        }
        for b in plan.blocks.iter().filter(|b| b.joined) {
            let here = b.spans().and(&work.presence);
            let part = here.minus(&work.due).minus(&plan.breaks);
            self.x.add_all(&part.without_last(b.break_minutes));
        }
        self.whole_day(plan, work);
    }

    fn credit(&mut self, plan: &Plan<'_, '_>, work: &Work<'_>, part: &Spans) {
        self.x.add_all(&part.minus(&work.due).minus(&plan.breaks));
    }

    /// Overtime deduction on a shift day works on the whole span (DD-39).
    fn whole_day(&mut self, plan: &Plan<'_, '_>, work: &Work<'_>) {
        let Some((o, n)) = plan.o().and_then(|o| o.deduct_minutes.map(|n| (o, n))) else { return };
        let (true, Some(a), Some(b)) = (work.punched, work.sign_in, work.sign_out) else { return };
        let mut m = (b - a - n).max(0);
        if plan.day_type == DayType::Holiday {
            m -= work.eff.common(&work.presence);
        }
        if o.application {
            let planned = plan.blocks.iter().filter(|b| b.joined);
            m = m.min(planned.map(|p| plan.outside_due(p).outside(&plan.breaks)).sum());
        }
        if m > self.x.minutes() {
            self.x = Spans::of(b - m, b);
        }
    }

    /// Part B: separate blocks with points of their own.
    pub fn separate<R: Recorder>(
        &mut self,
        plan: &Plan<'_, '_>,
        work: &Work<'_>,
        spans: &[Timed],
        ledger: &mut Ledger<'_, R>,
    ) {
        let Some(o) = plan.o() else { return };
        for (span, times) in plan.spans.iter().zip(spans) {
            let Owner::Block(i) = span.owner else { continue };
            let Some(block) = plan.blocks.get(i) else { continue };
            if !o.punch {
                self.x.add_all(&net(plan, &work.due, block));
                continue;
            }
            if times.void || !times.sign_in.known() || !times.sign_out.known() {
                continue;
            }
            let (a, b) = (times.sign_in.minute, times.sign_out.minute);
            self.blocks_presence.add(a, b);
            let lo = if o.early_counts && !o.application { a } else { a.max(span.start) };
            let hi = if o.late_counts && !o.application { b } else { b.min(span.end) };
            let mut y = Spans::of(lo, hi).minus(&plan.breaks).minus(&work.due);
            y = y.without_last(block.break_minutes);
            if plan.shift.is_none() {
                y = y.without_last(o.deduct_minutes.unwrap_or(0));
            }
            self.x.add_all(&y);
            self.rate(plan, Edge::Late, a - span.start, ledger);
            self.rate(plan, Edge::Early, span.end - b, ledger);
        }
    }

    fn rate<R: Recorder>(
        &mut self,
        plan: &Plan<'_, '_>,
        edge: Edge,
        raw: i32,
        ledger: &mut Ledger<'_, R>,
    ) {
        let Some(o) = plan.o() else { return };
        let (rule, sums) = match edge {
            Edge::Late => (&o.late_rule, &mut self.late),
            Edge::Early => (&o.early_rule, &mut self.early),
        };
        if raw <= 0 {
            return;
        }
        let Some(rating) = rule.as_deref().and_then(|r| rate(r, raw)) else { return };
        sums.raw_minutes += raw;
        sums.minutes += rating.minutes;
        count(&mut sums.counts, &rating);
        if rating.exceeded {
            let code = ExceptionCode::BandExceeded;
            let minutes = Some(raw);
            ledger.exceptions.push(Exception { code, at: None, minutes, request: None });
        }
        ledger.note(|| Why::BlockBand {
            edge,
            raw,
            code: rating.band.code.clone(),
            minutes: rating.minutes,
            rule: super::origin_band(plan, plan.overtime_section, edge),
        });
    }

    /// Part C: presence on a rest day or holiday that nobody planned.
    pub fn unplanned(&mut self, plan: &Plan<'_, '_>, first: i32, last: i32) {
        let Some(o) = plan.o() else { return };
        self.unplanned = Spans::of(first, last);
        if !o.application {
            let paid = self.unplanned.without_last(o.deduct_minutes.unwrap_or(0));
            self.x.add_all(&paid);
        }
    }

    /// Allocation of every minute and rounding per category.
    pub fn settle<R: Recorder>(
        &mut self,
        facts: &Facts<'_>,
        plan: &Plan<'_, '_>,
        work: &Work<'_>,
        ledger: &mut Ledger<'_, R>,
    ) {
        let Some(scheme) = plan.scheme else { return };
        if self.x.is_empty() && plan.blocks.is_empty() && work.holiday.is_empty() {
            return;
        }
        let worked = allocate(facts, plan, &self.x);
        let mut applied = Spans::EMPTY;
        let needs_punch = plan.o().is_some_and(|o| o.punch);
        for b in &plan.blocks {
            let part = net(plan, &work.due, b);
            if needs_punch {
                self.uncredited += part.outside(&self.x);
            }
            applied.add_all(&part);
        }
        let applied = allocate(facts, plan, &applied);
        let sections = [SectionName::Weekday, SectionName::Rest, SectionName::Holiday];
        let measures = Measure::OVERTIME;
        for i in 0..3 {
            let (Some(out), Some(section), Some(measure), Some(w), Some(a)) = (
                self.minutes.get_mut(i),
                sections.get(i),
                measures.get(i),
                worked.get(i),
                applied.get(i),
            ) else {
                continue;
            };
            let credited = section.of(scheme).punch_rule.duration.apply(*w);
            *out = OvertimeMinutes { applied: *a, worked: *w, credited };
            self.credited += credited;
            ledger.minutes(*measure, *w, || Why::OvertimeWorked);
            ledger.minutes(*measure, credited - *w, || Why::DurationRounding {
                rule: super::origin_section(plan, *section),
            });
        }
        self.holiday_part(plan, work, ledger);
    }

    /// Attended statutory minutes of the shift go to holiday overtime, rounded apart (DD-36).
    fn holiday_part<R: Recorder>(
        &mut self,
        plan: &Plan<'_, '_>,
        work: &Work<'_>,
        ledger: &mut Ledger<'_, R>,
    ) {
        let Some(scheme) = plan.scheme else { return };
        let worked = work.holiday.minutes();
        let credited = scheme.holiday_ot.punch_rule.duration.apply(worked);
        self.holiday_shift = credited;
        let [_, _, holiday] = &mut self.minutes;
        holiday.worked += worked;
        holiday.credited += credited;
        let [_, _, measure] = Measure::OVERTIME;
        ledger.minutes(measure, worked, || Why::HolidayPart);
        ledger.minutes(measure, credited - worked, || Why::DurationRounding {
            rule: super::origin_section(plan, SectionName::Holiday),
        });
    }
}

/// Both ends of the span really were punched.
pub fn really_punched(times: &Timed) -> bool {
    times.sign_in.source == PointSource::Punch && times.sign_out.source == PointSource::Punch
}

/// Weekday, rest-day and holiday minutes of a set (DD-37).
fn allocate(facts: &Facts<'_>, plan: &Plan<'_, '_>, set: &Spans) -> [i32; 3] {
    let mut sums = [0; 3];
    let Some(scheme) = plan.scheme else { return sums };
    let base = match plan.day_type {
        DayType::Work => 0,
        DayType::Rest => 1,
        DayType::Holiday => 2,
    };
    for s in set.iter() {
        let mut at = s.start;
        while at < s.end {
            let offset = at.div_euclid(DAY);
            let until = s.end.min((offset + 1) * DAY);
            let category = category(facts, plan, scheme.overtime_split, base, offset);
            if let Some(sum) = sums.get_mut(category) {
                *sum += until - at;
            }
            at = until;
        }
    }
    sums
}

fn category(
    facts: &Facts<'_>,
    plan: &Plan<'_, '_>,
    split: OvertimeSplit,
    base: usize,
    offset: i32,
) -> usize {
    if split == OvertimeSplit::None {
        return base;
    }
    let day = facts.day(plan.date.plus(offset));
    if day.is_some_and(|d| d.kind == DateKind::Statutory) {
        return 2;
    }
    if split == OvertimeSplit::Statutory && (base != 2 || offset == 0) {
        return base;
    }
    let works = day.is_some_and(|d| {
        let Cell::Shifts(shifts) = d.cell else { return false };
        d.service == Service::InService && shifts.iter().any(|s| s.kind != ShiftKind::Ot)
    });
    if works { 0 } else { 1 }
}
