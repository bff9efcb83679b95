//! From what was found to the result record, its points, its exceptions and the facts of the explanation.

use smallvec::SmallVec;

use super::ledger::Ledger;
use super::missing::{Outcome, Time, Timed};
use super::one_day::{Day, Loose};
use super::overtime::Overtime;
use super::plan::{Owner, Plan};
use super::work::Work;
use super::{state, totals, wall};
use crate::trace::{Measure, PunchUse, Recorder, Why};
use crate::{
    DayResult, Exception, ExceptionCode, FlagAction, OutOfWindowAction, Point, PointKind,
    PointSource, Rated, VersionRef,
};

impl Day<'_, '_, '_> {
    pub(super) fn result<R: Recorder>(
        &self,
        spans: &[Timed],
        outcome: Outcome,
        work: Work,
        overtime: Overtime,
        loose: Loose<'_>,
        ledger: Ledger<'_, R>,
    ) -> DayResult {
        let mut ledger = ledger;
        let mut result = state::empty(self.moment.state);
        result.due_at = self.moment.due_at;
        result.day_type = Some(self.plan.day_type);
        let mut present = work.presence.clone();
        present.add_all(&overtime.blocks_presence);
        present.add_all(&overtime.unplanned);
        present.add_all(&loose.free);
        ledger.minutes(Measure::Presence, present.minutes(), || Why::Presence);
        let std = self.plan.scheme.map_or(480, |s| s.day_std_minutes);
        result.due_tenths = ledger.tenths(Measure::Due);
        result.actual_tenths = ledger.tenths(Measure::Actual);
        result.regular_minutes = ledger.whole(Measure::Regular);
        result.absence_tenths = ledger.tenths(Measure::Absence);
        result.absence_days_hundredths = totals::half_up(result.absence_tenths * 10, std);
        result.shortfall_minutes = ledger.whole(Measure::Shortfall);
        result.unconfirmed_minutes = ledger.whole(Measure::Unconfirmed);
        result.presence_minutes = ledger.whole(Measure::Presence);
        result.night_minutes = ledger.whole(Measure::Night);
        result.leave = totals::quantities(self.plan, &work.statutory, self.run.facts.requests);
        result.points = self.points(spans, &work);
        result.cases = outcome.cases;
        self.exceptions(&mut result, spans, &outcome, &work, &overtime, &loose);
        result.late = Rated {
            tenths: ledger.tenths(Measure::Late),
            raw_minutes: work.late_raw,
            counts: work.late_counts,
        };
        result.early = Rated {
            tenths: ledger.tenths(Measure::Early),
            raw_minutes: work.early_raw,
            counts: work.early_counts,
        };
        result.overtime = overtime.minutes;
        result.overtime_late = overtime.late;
        result.overtime_early = overtime.early;
        if R::ON {
            self.explain_punches(&result, &loose, &mut ledger);
        }
        result
    }

    fn exceptions(
        &self,
        result: &mut DayResult,
        spans: &[Timed],
        outcome: &Outcome,
        work: &Work,
        overtime: &Overtime,
        loose: &Loose<'_>,
    ) {
        let plain = |code| Exception { code, at: None, minutes: None, request: None };
        let list = &mut result.exceptions;
        if self.plan.empty_cell {
            list.push(plain(ExceptionCode::NoRoster));
        }
        for c in self.plan.covers.iter().filter(|c| c.overlap > 0) {
            list.push(Exception {
                minutes: Some(c.overlap),
                request: Some(c.request.id.clone()),
                ..plain(ExceptionCode::OverlapRequest)
            });
        }
        list.extend(outcome.exceptions.iter().cloned());
        list.extend(work.exceptions.iter().cloned());
        list.extend(overtime.exceptions.iter().cloned());
        let holiday_due = self.holiday_due(spans, work);
        if outcome.holiday_void && holiday_due > 0 {
            list.push(if outcome.nobody_came {
                Exception { minutes: Some(holiday_due), ..plain(ExceptionCode::OtNoShow) }
            } else {
                plain(ExceptionCode::HolidayVoid)
            });
        }
        let rule = Plan::abnormal(self.plan.window_section());
        let at = |i: &usize| self.punches.get(*i).map(|p| p.at);
        if rule.wrong_flag == FlagAction::Flag {
            for i in &self.claimed.matched.wrong_flag {
                list.push(Exception { at: at(i), ..plain(ExceptionCode::WrongFlag) });
            }
            for i in &self.claimed.matched.unflagged {
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
    fn holiday_due(&self, spans: &[Timed], work: &Work) -> i32 {
        let all = self.plan.spans.iter().zip(spans);
        all.filter(|(s, t)| s.owner == Owner::Shift && t.holiday_void)
            .map(|(s, _)| work.eff.within(s.segment.0, s.segment.1).common(&work.statutory))
            .sum()
    }

    fn points(&self, spans: &[Timed], work: &Work) -> SmallVec<[Point; 4]> {
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
