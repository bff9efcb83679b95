//! From what was found to the result record, its points, its exceptions and the facts of the explanation.

use std::mem::take;

use smallvec::SmallVec;

use super::ledger::Ledger;
use super::missing::{Outcome, Time, Timed};
use super::one_day::{Day, Loose};
use super::overtime::Overtime;
use super::plan::{Layout, Owner};
use super::work::Work;
use super::{totals, wall};
use crate::trace::{Measure, PunchUse, Recorder, Why};
use crate::{
    CaseCounts, DayResult, Exception, ExceptionCode, FlagAction, OutOfWindowAction, Point,
    PointKind, PointSource, Rated, VersionRef,
};

impl Day<'_, '_> {
    pub(super) fn result<R: Recorder>(
        &self,
        spans: &[Timed],
        cases: CaseCounts,
        work: &mut Work<'_>,
        overtime: &mut Overtime,
        loose: &Loose<'_>,
        ledger: &mut Ledger<'_, R>,
    ) -> DayResult {
        let present = work.presence.with(&overtime.blocks_presence);
        let present = present.with(&overtime.unplanned);
        let present = present.with(&loose.free);
        ledger.minutes(Measure::Presence, present.minutes(), || Why::Presence);
        let std = self.plan.scheme.map_or(480, |s| s.day_std_minutes);
        let absence_tenths = ledger.tenths(Measure::Absence);
        let result = DayResult {
            state: self.moment.state,
            day_type: Some(self.plan.day_type),
            due_tenths: ledger.tenths(Measure::Due),
            actual_tenths: ledger.tenths(Measure::Actual),
            regular_minutes: ledger.whole(Measure::Regular),
            absence_tenths,
            absence_days_hundredths: totals::half_up(absence_tenths * 10, std),
            shortfall_minutes: ledger.whole(Measure::Shortfall),
            overtime: overtime.minutes,
            unconfirmed_minutes: ledger.whole(Measure::Unconfirmed),
            presence_minutes: ledger.whole(Measure::Presence),
            night_minutes: ledger.whole(Measure::Night),
            leave: totals::quantities(self.plan, &work.statutory, self.run.facts.requests),
            points: self.points(spans, work),
            cases,
            exceptions: take(&mut ledger.exceptions),
            late: Rated {
                tenths: ledger.tenths(Measure::Late),
                raw_minutes: work.late_raw,
                counts: take(&mut work.late_counts),
            },
            early: Rated {
                tenths: ledger.tenths(Measure::Early),
                raw_minutes: work.early_raw,
                counts: take(&mut work.early_counts),
            },
            overtime_late: take(&mut overtime.late),
            overtime_early: take(&mut overtime.early),
            due_at: self.moment.due_at,
        };
        if R::ON {
            self.explain_punches(&result, loose, ledger);
        }
        result
    }

    /// What is wrong with the plan alone.
    pub(super) fn plan_exceptions(&self, list: &mut SmallVec<[Exception; 1]>) {
        if self.plan.empty_cell {
            list.push(Exception::plain(ExceptionCode::NoRoster));
        }
        for c in self.plan.covers.iter().filter(|c| c.overlap > 0) {
            list.push(Exception {
                minutes: Some(c.overlap),
                request: Some(c.request.id.clone()),
                ..Exception::plain(ExceptionCode::OverlapRequest)
            });
        }
    }

    /// What is known only when everything else is: the holiday part, and punches of no use.
    pub(super) fn more_exceptions(
        &self,
        spans: &[Timed],
        outcome: &Outcome,
        work: &Work<'_>,
        loose: &Loose<'_>,
        list: &mut SmallVec<[Exception; 1]>,
    ) {
        let plain = Exception::plain;
        let holiday_due = if outcome.holiday_void { self.holiday_due(spans, work) } else { 0 };
        if holiday_due > 0 {
            list.push(if outcome.nobody_came {
                Exception { minutes: Some(holiday_due), ..plain(ExceptionCode::OtNoShow) }
            } else {
                plain(ExceptionCode::HolidayVoid)
            });
        }
        let (wrong, unflagged) =
            (&self.claimed.matched.wrong_flag, &self.claimed.matched.unflagged);
        if wrong.is_empty() && unflagged.is_empty() && loose.punches.is_empty() {
            return;
        }
        let rule = Layout::abnormal(self.plan.window_section());
        let at = |i: &usize| self.punches.get(*i).map(|p| p.at);
        if rule.wrong_flag == FlagAction::Flag {
            for i in wrong {
                list.push(Exception { at: at(i), ..plain(ExceptionCode::WrongFlag) });
            }
            for i in unflagged {
                list.push(Exception { at: at(i), ..plain(ExceptionCode::UnflaggedPunch) });
            }
        }
        if !loose.used && !loose.waits && rule.out_of_window != OutOfWindowAction::Ignore {
            for p in &loose.punches {
                list.push(Exception { at: Some(p.at), ..plain(ExceptionCode::OutOfWindow) });
            }
        }
    }

    /// Statutory due minutes of the spans whose holiday part is void.
    fn holiday_due(&self, spans: &[Timed], work: &Work<'_>) -> i32 {
        let all = self.plan.spans.iter().zip(spans);
        all.filter(|(s, t)| s.owner == Owner::Shift && t.holiday_void)
            .map(|(s, _)| work.eff.within(s.segment.0, s.segment.1).common(&work.statutory))
            .sum()
    }

    fn points(&self, spans: &[Timed], work: &Work<'_>) -> SmallVec<[Point; 4]> {
        let mut points = SmallVec::new();
        let by = work.start - self.plan.start;
        let id = |i: Option<usize>| i.and_then(|i| self.punches.get(i)).map_or(0, |p| p.id);
        for (i, (span, timed)) in self.plan.spans.iter().zip(spans).enumerate() {
            let found = self.claimed.matched.found.get(i).copied().unwrap_or_default();
            let ot = span.owner != Owner::Shift;
            let shift = |edge: i32, at: i32| if !ot && edge == at { by } else { 0 };
            let mut push = |kind, nominal: i32, time: Time, punch: Option<usize>| {
                let punched = matches!(time.source, PointSource::Punch | PointSource::Open);
                points.push(Point {
                    kind,
                    nominal: wall(self.plan.date, nominal),
                    actual: time.known().then(|| wall(self.plan.date, time.minute)),
                    source: time.source,
                    punch: if punched { id(punch) } else { 0 },
                });
            };
            let start = span.start + shift(span.segment.0, self.plan.start);
            let end = span.end + shift(span.segment.1, self.plan.end);
            push(
                if ot { PointKind::OtIn } else { PointKind::In },
                start,
                timed.sign_in,
                found.sign_in,
            );
            push(
                if ot { PointKind::OtOut } else { PointKind::Out },
                end,
                timed.sign_out,
                found.sign_out,
            );
        }
        points
    }

    pub(super) fn explain_plan<R: Recorder>(&self, ledger: &mut Ledger<'_, R>) {
        let plan = self.plan;
        ledger.note(|| Why::Plan {
            day_type: plan.day_type,
            shift: plan
                .shift
                .or(plan.free)
                .map(|s| VersionRef { code: Some(s.name.clone()), version: s.version }),
            scheme: super::origin_scheme(plan),
        });
        for b in &plan.blocks {
            ledger.note(|| Why::Block {
                start: wall(plan.date, b.start),
                end: wall(plan.date, b.end),
                joined: b.joined,
            });
        }
    }

    fn explain_punches<R: Recorder>(
        &self,
        result: &DayResult,
        loose: &Loose<'_>,
        ledger: &mut Ledger<'_, R>,
    ) {
        for p in &result.points {
            ledger.note(|| Why::PointTaken(*p));
        }
        let used = |i: usize| {
            self.claimed.matched.found.iter().any(|f| f.sign_in == Some(i) || f.sign_out == Some(i))
        };
        let rule = super::origin_section(self.plan, self.plan.window_name());
        for i in &self.claimed.matched.claimed {
            let Some(p) = self.punches.get(*i) else { continue };
            let role = if used(*i) {
                PunchUse::Point
            } else if self.claimed.matched.wrong_flag.contains(i) {
                PunchUse::WrongFlag
            } else {
                PunchUse::Surplus
            };
            ledger.note(|| Why::Punch { punch: *p, role, rule: rule.clone() });
        }
        for p in &loose.punches {
            let role = if loose.used { PunchUse::Unplanned } else { PunchUse::OutOfWindow };
            ledger.note(|| Why::Punch { punch: **p, role, rule: rule.clone() });
        }
        for e in &result.exceptions {
            ledger.note(|| Why::Exception {
                exception: e.clone(),
                rule: super::origin_of_exception(self.plan, e.code),
            });
        }
    }
}
