//! One date, evaluated in the order of the text: times, seams, missing points, work, overtime, totals.

use smallvec::SmallVec;
use vocabulary::WallTime;

use super::ledger::Ledger;
use super::missing::{Judge, Outcome, Time, Timed};
use super::overtime::{self, Overtime};
use super::plan::{self, Layout, Owner, Plan, second_of};
use super::spans::{DAY, Spans};
use super::state::Moment;
use super::work::{self, Work};
use super::{Claimed, Run, to_minute, totals};
use crate::trace::Recorder;
use crate::{
    CaseCounts, DateKind, DayResult, DayState, DayType, Exception, ExceptionCode, OddAction,
    PointSource, Punch, SecondsRule, Section, StatutoryMode,
};

/// One date under evaluation.
pub(super) struct Day<'a, 'f> {
    pub(super) run: &'a Run<'f>,
    pub(super) plan: &'a Plan<'a, 'f>,
    pub(super) punches: &'f [Punch],
    pub(super) claimed: Claimed,
    pub(super) moment: Moment,
    pub(super) index: usize,
}

impl<'a, 'f> Day<'a, 'f> {
    pub(super) fn new(run: &'a Run<'f>, plan: &'a Plan<'a, 'f>, index: usize) -> Self {
        let claimed = run.match_date(index);
        let open = plan.window().map(|w| w.open);
        let moment = Moment::of(plan, open, claimed.span.map(|s| s.1), run.facts.now);
        Self { run, plan, punches: run.punches, claimed, moment, index }
    }

    fn finished(&self) -> bool {
        self.moment.state == DayState::Final
    }

    pub(super) fn evaluate<R: Recorder>(&self, prior: &CaseCounts, recorder: &mut R) -> DayResult {
        let mut ledger = Ledger::new(recorder);
        self.explain_plan(&mut ledger);
        self.plan_exceptions(&mut ledger.exceptions);
        let mut spans = self.times();
        self.seams(&mut spans);
        let mut outcome = Outcome::default();
        if self.finished() {
            let odd = self.odd_count(&mut spans);
            self.judge(&mut spans, prior, &mut outcome);
            if !outcome.exceptions.is_empty() {
                ledger.exceptions.append(&mut outcome.exceptions);
            }
            if let Some(e) = odd {
                ledger.exceptions.push(e);
            }
        }
        let mut work = Work::nominal(self.plan);
        self.work(&mut spans, &mut work);
        let mut overtime = Overtime::default();
        overtime.shift_day(self.plan, &work);
        work::measure(
            self.plan,
            &mut work,
            &spans,
            &outcome,
            |w| match (w.sign_in, w.sign_out) {
                (Some(a), Some(b)) => overtime.x.within(a, b).minutes(),
                _ => 0,
            },
            self.finished(),
            &mut ledger,
        );
        overtime.separate(self.plan, &work, &spans, &mut ledger);
        let loose = self.loose(&mut overtime);
        overtime.settle(self.run.facts, self.plan, &work, &mut ledger);
        let covered = !self.plan.covers.is_empty();
        let has_points = covered && totals::has_points(self.plan, &spans);
        let requests = self.run.facts.requests;
        totals::total(self.plan, &work, &overtime, requests, has_points, &mut ledger);
        self.more_exceptions(&spans, &outcome, &work, &loose, &mut ledger.exceptions);
        self.result(&spans, outcome.cases, &mut work, &mut overtime, &loose, &mut ledger)
    }

    /// The times the punches give to the points; provisional while the date is not FINAL (DD-63).
    fn times(&self) -> SmallVec<[Timed; 2]> {
        let mut spans = SmallVec::new();
        for (span, found) in self.plan.spans.iter().zip(&self.claimed.matched.found) {
            let mut timed = Timed {
                sign_in: Time::MISSING,
                sign_out: Time::MISSING,
                void: false,
                fixed_late: None,
                fixed_early: None,
                open: false,
                holiday_void: false,
            };
            let Some(section) = self.plan.section_of(span.owner) else { continue };
            if !span.needs_punch {
                timed.sign_in = Time::nominal(span.start);
                timed.sign_out = Time::nominal(span.end);
                spans.push(timed);
                continue;
            }
            let rule = &section.punch_rule;
            let minute = |index: Option<usize>, rule| match index.and_then(|i| self.punches.get(i))
            {
                Some(p) => Time {
                    minute: to_minute(self.plan.date, p.at, rule),
                    source: PointSource::Punch,
                },
                None => Time::MISSING,
            };
            timed.sign_in = minute(found.sign_in, rule.seconds_in);
            timed.sign_out = minute(found.sign_out, rule.seconds_out);
            spans.push(timed);
        }
        spans
    }

    /// Two shifts without a gap need no punch at the seam (15.4).
    fn seams(&self, spans: &mut [Timed]) {
        let shift = |p: &Plan<'_, '_>, s: Option<&plan::SpanPlan>| {
            s.filter(|s| s.owner == Owner::Shift && s.needs_punch)
                .map(|s| (second_of(p.date, s.start), second_of(p.date, s.end), s.segment, *s))
        };
        if let Some(first) = spans.first_mut()
            && !first.sign_in.known()
            && first.sign_out.known()
            && let Some(own) = shift(self.plan, self.plan.spans.first())
            && own.3.start == self.plan.start
            && let Some((i, before)) = self.neighbour(-1)
            && let Some(last) = shift(&before, before.spans.last())
            && last.3.end == before.end
            && last.1 >= own.0
        {
            let other = self.run.match_date(i).matched;
            if other.found.last().is_some_and(|f| f.sign_out.is_none() && f.sign_in.is_some()) {
                first.sign_in = Time { minute: own.3.start, source: PointSource::Seam };
            }
        }
        if let Some(last) = spans.last_mut()
            && !last.sign_out.known()
            && last.sign_in.known()
            && let Some(own) = shift(self.plan, self.plan.spans.last())
            && own.3.end == self.plan.end
            && let Some((i, after)) = self.neighbour(1)
            && let Some(first) = shift(&after, after.spans.first())
            && first.3.start == after.start
            && own.1 >= first.0
        {
            let other = self.run.match_date(i).matched;
            if other.found.first().is_some_and(|f| f.sign_in.is_none() && f.sign_out.is_some()) {
                last.sign_out = Time { minute: own.3.end, source: PointSource::Seam };
            }
        }
    }

    /// The nearest date with a window in one direction.
    fn neighbour(&self, step: i32) -> Option<(usize, Plan<'a, 'f>)> {
        let has_window = |p: &(usize, Plan<'_, 'f>)| p.1.window().is_some();
        if step < 0 {
            self.run.ring.before(self.index).find(has_window)
        } else {
            self.run.ring.after(self.index).find(has_window)
        }
    }

    /// An odd number of claimed punches (7.3). May take away the last sign-out of the shift.
    fn odd_count(&self, spans: &mut [Timed]) -> Option<Exception> {
        let n = self.claimed.matched.claimed.len();
        let asked = self.plan.spans.iter().any(|s| s.needs_punch);
        if n.is_multiple_of(2) || n <= 1 || !asked {
            return None;
        }
        let action = Layout::abnormal(self.plan.window_section()).odd_count;
        if action == OddAction::Ignore {
            return None;
        }
        if action == OddAction::LastIsOutMissing {
            let all = self.plan.spans.iter().zip(spans.iter_mut());
            let last = all.filter(|(s, _)| s.owner == Owner::Shift && s.needs_punch).last();
            if let Some((_, last)) = last {
                last.sign_out = Time::MISSING;
            }
        }
        let code = ExceptionCode::OddCount;
        Some(Exception { code, at: None, minutes: None, request: None })
    }

    fn judge(&self, spans: &mut SmallVec<[Timed; 2]>, prior: &CaseCounts, outcome: &mut Outcome) {
        let complete = |t: &Timed| t.sign_in.known() && t.sign_out.known();
        if spans.iter().all(complete) {
            return;
        }
        let holiday = Layout::abnormal(self.plan.scheme.map(|s| &s.holiday_ot));
        let mut judge = Judge {
            plan: self.plan,
            rule: Layout::abnormal(self.plan.c()),
            holiday,
            prior,
            out: outcome,
        };
        judge.shift(spans);
        judge.rule = Layout::abnormal(self.plan.o());
        for (span, timed) in self.plan.spans.iter().zip(spans.iter_mut()) {
            let minutes = match span.owner {
                Owner::Shift => continue,
                Owner::Block(i) => {
                    let block = self.plan.blocks.get(i);
                    block.map_or(0, |b| overtime::net(self.plan, &self.plan.due, b).minutes())
                }
                Owner::United => {
                    let joined = self.plan.blocks.iter().filter(|b| b.joined);
                    joined.map(|b| overtime::net(self.plan, &self.plan.due, b).minutes()).sum()
                }
            };
            judge.block(timed, span.start, span.end, minutes);
        }
    }

    /// Statutory minutes of the due time, nominal or flexed (DD-36).
    fn statutory(&self, flexed: &Spans) -> Spans {
        let nominal = &self.plan.due;
        let mode = self.plan.scheme.map(|s| s.statutory_mode);
        let mut set = Spans::EMPTY;
        if mode == Some(StatutoryMode::ByStartDay) {
            if self.plan.day_type == DayType::Holiday {
                set.add_all(nominal);
                set.add_all(flexed);
            }
            return set;
        }
        let from = nominal.start().into_iter().chain(flexed.start()).min();
        let to = nominal.end().max(flexed.end());
        let (Some(from), Some(to)) = (from, to) else { return set };
        for offset in from.div_euclid(DAY)..=to.div_euclid(DAY) {
            let day = self.run.facts.day(self.plan.date.plus(offset));
            if day.is_some_and(|d| d.kind == DateKind::Statutory) {
                set.add(offset * DAY, (offset + 1) * DAY);
            }
        }
        set
    }

    /// Lays the (flexed) shift and completes provisional and shifted sign-outs.
    fn work(&self, spans: &mut [Timed], work: &mut Work<'_>) {
        let by = work.flex(self.plan, spans);
        work.statutory = self.statutory(&work.due);
        for (i, (span, timed)) in self.plan.spans.iter().zip(spans.iter_mut()).enumerate() {
            if span.owner == Owner::Shift && by != 0 && span.segment.1 == self.plan.end {
                let nominal = matches!(timed.sign_out.source, PointSource::Nominal);
                if nominal {
                    timed.sign_out.minute += by;
                }
            }
            if !self.finished() && span.needs_punch && span.owner == Owner::Shift {
                let shifted = if span.segment.1 == self.plan.end { by } else { 0 };
                self.provisional(i, span.end + shifted, timed);
            }
        }
        self.presence(spans, work);
    }

    /// A sign-out that is missing or can still change is taken at max(found, min(now, nominal)).
    fn provisional(&self, i: usize, nominal: i32, timed: &mut Timed) {
        let (Some(now), Some(found)) = (self.run.facts.now, self.claimed.matched.found.get(i))
        else {
            return;
        };
        if !timed.sign_in.known() {
            timed.sign_out = Time::MISSING;
            return;
        }
        let ended = now.seconds() > found.out_zone_end;
        if ended && timed.sign_out.known() {
            return;
        }
        let rule = self.plan.c().map_or(SecondsRule::Floor, |c| c.punch_rule.seconds_out);
        let so_far = to_minute(self.plan.date, now, rule).min(nominal);
        let minute =
            if timed.sign_out.known() { timed.sign_out.minute.max(so_far) } else { so_far };
        timed.sign_out = Time { minute, source: PointSource::Open };
        timed.open = true;
    }

    fn presence(&self, spans: &[Timed], work: &mut Work<'_>) {
        let mut last: Option<&Timed> = None;
        for (span, timed) in self.plan.spans.iter().zip(spans) {
            let whole = timed.sign_in.known() && timed.sign_out.known() && !timed.void;
            if !whole || matches!(span.owner, Owner::Block(_)) {
                continue;
            }
            work.presence.add(timed.sign_in.minute, timed.sign_out.minute);
            if span.owner == Owner::Shift {
                if work.sign_in.is_none() {
                    work.sign_in = Some(timed.sign_in.minute);
                    work.punched = timed.sign_in.source == PointSource::Punch;
                }
                work.sign_out = Some(timed.sign_out.minute);
                last = Some(timed);
            }
        }
        let really = |t: &Timed| {
            matches!(t.sign_out.source, PointSource::Punch) || overtime::really_punched(t)
        };
        work.punched = work.punched && last.is_some_and(really);
        if let (Some(_), Some(n)) = (self.plan.deduction(), self.fixed_shift(spans)) {
            let (a, b) = (work.sign_in.unwrap_or(0) + n.0, work.sign_out.unwrap_or(0) - n.1);
            work.sign_in = Some(a);
            work.sign_out = Some(b);
            work.presence = Spans::of(a, b);
        }
    }

    /// FIXED_LATE/EARLY under a workday deduction moves the point n minutes into the shift.
    fn fixed_shift(&self, spans: &[Timed]) -> Option<(i32, i32)> {
        let all = self.plan.spans.iter().zip(spans);
        let own = all.filter(|(s, _)| s.owner == Owner::Shift).map(|(_, t)| t).next()?;
        match (own.fixed_late, own.fixed_early) {
            (None, None) => None,
            (late, early) => Some((late.unwrap_or(0), early.unwrap_or(0))),
        }
    }

    /// Punches of the calendar date that no date claims: unplanned work, FREE presence, or out of window.
    fn loose(&self, overtime: &mut Overtime) -> Loose<'f> {
        let plan = self.plan;
        let mut loose = Loose::default();
        let free_claims = plan.free.is_some();
        for p in self.run.calendar_day(plan.date) {
            let at = p.at.seconds();
            let taken = self.claimed.covers(at) || self.run.is_claimed(at);
            if !taken && self.run.extends_to(at).is_none() {
                loose.punches.push(p);
            }
        }
        let rules = |s: &Section| (s.punch_rule.seconds_in, s.punch_rule.seconds_out);
        if free_claims {
            let own = self.claimed.matched.claimed.iter().filter_map(|i| self.punches.get(*i));
            let own = own.filter(|p| p.at.date() == plan.date);
            let all = own.chain(loose.punches.iter().copied());
            let ends = all.fold(None, |e: Option<(WallTime, WallTime)>, p| {
                Some(e.map_or((p.at, p.at), |(a, b)| (a.min(p.at), b.max(p.at))))
            });
            if let (Some((a, b)), Some(c)) = (ends, plan.c()) {
                let (s_in, s_out) = rules(c);
                let (a, b) = (to_minute(plan.date, a, s_in), to_minute(plan.date, b, s_out));
                loose.free = Spans::of(a, b);
            }
            loose.used = true;
            return loose;
        }
        let Some(o) = plan.o() else { return loose };
        let unplanned = !plan.works() && plan.blocks.is_empty() && o.punch;
        if unplanned
            && let (Some(a), Some(b)) = (loose.punches.first(), loose.punches.last())
            && loose.punches.len() >= 2
        {
            let (s_in, s_out) = rules(o);
            let (a, b) = (to_minute(plan.date, a.at, s_in), to_minute(plan.date, b.at, s_out));
            overtime.unplanned(plan, a, b);
            loose.used = !o.application;
        }
        loose.waits = unplanned && !o.application && !self.finished();
        loose
    }
}

/// Unclaimed punches of the calendar date.
#[derive(Default)]
pub(super) struct Loose<'a> {
    pub(super) punches: SmallVec<[&'a Punch; 4]>,
    /// They count as unplanned or FREE presence.
    pub(super) used: bool,
    /// A later punch may still make them unplanned work.
    pub(super) waits: bool,
    pub(super) free: Spans,
}
