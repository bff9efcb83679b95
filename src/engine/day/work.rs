//! Presence, flexible shift, lateness, earliness, regular work and absence (domain 15.6 … 15.8).

use std::borrow::Cow;

use smallvec::SmallVec;

use super::ledger::Ledger;
use super::missing::{Outcome, Timed};
use super::plan::{Owner, Plan};
use super::spans::Spans;
use crate::trace::{Edge, Measure, Recorder, Why};
use crate::{Band, BandRule, CodeCounts, Exception, ExceptionCode, PointSource, Rounding};

/// The shift as it really lies, and what was done in it.
#[derive(Debug)]
pub struct Work<'p> {
    /// Start and end of the (flexed) shift.
    pub start: i32,
    pub end: i32,
    /// Due and effective due time of the (flexed) shift.
    pub due: Cow<'p, Spans>,
    pub eff: Cow<'p, Spans>,
    /// Statutory minutes inside the effective due time.
    pub statutory: Spans,
    /// Presence over the spans of the shift that are not void (or of the united joined blocks).
    pub presence: Spans,
    pub attended: Spans,
    /// Attended minutes on statutory dates that are not void.
    pub holiday: Spans,
    /// First sign-in and last sign-out of non-void spans of the shift.
    pub sign_in: Option<i32>,
    pub sign_out: Option<i32>,
    /// Both ends were really punched.
    pub punched: bool,
    pub late_raw: i32,
    pub early_raw: i32,
    pub late_counts: CodeCounts,
    pub early_counts: CodeCounts,
}

/// How one lateness or earliness is rated.
pub struct Rating<'a> {
    pub band: &'a Band,
    /// Rounded minutes; 0 for an absence band.
    pub minutes: i32,
    /// Beyond the largest limit (DD-11).
    pub exceeded: bool,
}

/// The band of `raw` ≥ 1 minutes: the first whose limit is not below it, else the last (7.2).
pub fn rate(rule: &BandRule, raw: i32) -> Option<Rating<'_>> {
    let fits = rule.bands.iter().find(|b| raw <= b.limit_minutes);
    let exceeded = fits.is_none();
    let band = fits.or_else(|| rule.bands.last())?;
    let minutes = if band.absence { 0 } else { band.rounding.apply(raw) };
    Some(Rating { band, minutes, exceeded })
}

/// Adds one occurrence of a code; the list stays sorted.
pub fn count(counts: &mut CodeCounts, rating: &Rating<'_>) {
    let band = rating.band;
    if band.ignore_when_zero && !band.absence && rating.minutes == 0 {
        return;
    }
    match counts.binary_search_by(|(code, _)| code.cmp(&band.code)) {
        Ok(i) => {
            if let Some((_, n)) = counts.get_mut(i) {
                *n += 1;
            }
        }
        Err(i) => counts.insert(i, (band.code.clone(), 1)),
    }
}

/// Days in hundredths as minutes, half up.
pub fn days_to_minutes(hundredths: i32, day_std: i32) -> i32 {
    (hundredths * day_std * 2 + 100).div_euclid(200)
}

impl<'p> Work<'p> {
    /// The shift where it nominally lies, before anything was done in it.
    pub fn nominal(plan: &'p Plan<'_, '_>) -> Self {
        Self {
            start: plan.start,
            end: plan.end,
            due: Cow::Borrowed(&plan.due),
            eff: Cow::Borrowed(&plan.eff),
            statutory: Spans::EMPTY,
            presence: Spans::EMPTY,
            attended: Spans::EMPTY,
            holiday: Spans::EMPTY,
            sign_in: None,
            sign_out: None,
            punched: false,
            late_raw: 0,
            early_raw: 0,
            late_counts: CodeCounts::new(),
            early_counts: CodeCounts::new(),
        }
    }

    /// Moves the shift after a flexible sign-in (15.7, DD-64); returns by how many minutes.
    pub fn flex(&mut self, plan: &Plan<'_, '_>, spans: &[Timed]) -> i32 {
        let by = Self::flexed_by(plan, spans);
        let (Some(shift), true) = (plan.shift, by != 0) else { return 0 };
        let mut segments = shift.segments.clone();
        if let Some(first) = segments.first_mut() {
            first.start += by;
        }
        if let Some(last) = segments.last_mut() {
            last.end += by;
        }
        let nominal = Spans::union_of(&shift.segments);
        let breaks = Spans::union_of(&shift.breaks).and(&nominal);
        self.start += by;
        self.end += by;
        let due = Spans::union_of(&segments).minus(&breaks);
        let mut eff = due.clone();
        for cover in &plan.covers {
            eff.cut(&cover.own);
        }
        self.due = Cow::Owned(due);
        self.eff = Cow::Owned(eff);
        by
    }

    fn flexed_by(plan: &Plan<'_, '_>, spans: &[Timed]) -> i32 {
        let Some(shift) = plan.shift else { return 0 };
        let (fe, fl) = (shift.early_flex_minutes, shift.late_flex_minutes);
        if (fe == 0 && fl == 0) || plan.deduction().is_some() {
            return 0;
        }
        let edge = fe.max(fl);
        let touched = plan.covers.iter().any(|c| {
            c.own.within(plan.start, plan.start + edge).minutes() > 0
                || c.own.within(plan.end - edge, plan.end).minutes() > 0
        });
        let first = plan.spans.iter().zip(spans).find(|(s, _)| s.owner == Owner::Shift);
        match first {
            Some((_, t)) if !touched && t.sign_in.source == PointSource::Punch => {
                t.sign_in.minute.clamp(plan.start - fe, plan.start + fl) - plan.start
            }
            _ => 0,
        }
    }

    /// From where to where a segment of the shift reaches after flexing.
    fn reach(&self, plan: &Plan<'_, '_>, segment: (i32, i32)) -> (i32, i32) {
        let from = if segment.0 == plan.start { self.start } else { segment.0 };
        let to = if segment.1 == plan.end { self.end } else { segment.1 };
        (from, to)
    }
}

/// What the spans of the shift add up to.
#[derive(Default)]
struct Sums {
    unjudged_out: i32,
    rated_out: i32,
    void_out: i32,
    band_days: SmallVec<[i32; 2]>,
    /// Fixed absences of missing points.
    fixed_by_case: i32,
}

/// Rates every span and books late, early, shortfall, regular work and absence.
pub fn measure<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &mut Work<'_>,
    spans: &[Timed],
    outcome: &Outcome,
    overtime_inside: impl FnOnce(&Work<'_>) -> i32,
    finished: bool,
    ledger: &mut Ledger<'_, R>,
) {
    let Some(scheme) = plan.scheme else { return };
    let mut sums = Sums::default();
    let deduction = plan.deduction();
    let eff = work.eff.clone();
    for (span, times) in plan.spans.iter().zip(spans) {
        if span.owner != Owner::Shift {
            continue;
        }
        // The due time this span is responsible for.
        let (from, to) = work.reach(plan, span.segment);
        let part = eff.part(from, to);
        if times.void {
            sums.void_out += part.outside(&work.statutory);
            continue;
        }
        if !times.sign_in.known() || !times.sign_out.known() {
            continue;
        }
        let (a, b) = (times.sign_in.minute, times.sign_out.minute);
        let mut here = part.within(a, b);
        if deduction.is_some() {
            keep_holiday(work, &here, times);
            work.attended.unite(here);
            continue;
        }
        let late = match times.fixed_late {
            Some(n) => part.first(n),
            None => part.before(a),
        };
        let mut early = match (times.fixed_early, times.open) {
            (_, true) => Spans::EMPTY,
            (Some(n), _) => part.last(n),
            (None, _) => part.from(b),
        };
        early.cut(&late);
        if !late.is_empty() {
            rate_edge(plan, work, &late, Edge::Late, &mut sums, ledger);
        }
        if !early.is_empty() {
            rate_edge(plan, work, &early, Edge::Early, &mut sums, ledger);
        }
        here.cut(&late);
        here.cut(&early);
        keep_holiday(work, &here, times);
        work.attended.unite(here);
    }
    let due_out = work.eff.outside(&work.statutory);
    let std = scheme.day_std_minutes;
    let total = |days: &[i32]| -> i32 { days.iter().map(|d| days_to_minutes(*d, std)).sum() };
    sums.fixed_by_case = total(&outcome.fixed_absences);
    let fixed = (sums.fixed_by_case + total(&sums.band_days)).min(due_out);
    match deduction {
        Some(n) => {
            let inside = overtime_inside(work);
            deducted(plan, work, spans, n, inside, (fixed, due_out, finished), ledger);
        }
        None => scheduled(plan, work, &sums, fixed, due_out, ledger),
    }
}

fn keep_holiday(work: &mut Work<'_>, here: &Spans, times: &Timed) {
    if !times.holiday_void && !work.statutory.is_empty() {
        let part = here.and(&work.statutory);
        work.holiday.add_all(&part);
    }
}

/// One late or early event of a span.
fn rate_edge<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &mut Work<'_>,
    missed: &Spans,
    edge: Edge,
    sums: &mut Sums,
    ledger: &mut Ledger<'_, R>,
) {
    let raw = missed.minutes();
    let Some(section) = plan.c() else { return };
    let out = missed.outside(&work.statutory);
    let (rule, measure) = match edge {
        Edge::Late => (&section.late_rule, Measure::Late),
        Edge::Early => (&section.early_rule, Measure::Early),
    };
    let Some(rating) = rule.as_deref().and_then(|r| rate(r, raw)) else {
        sums.unjudged_out += out;
        ledger.minutes(Measure::Shortfall, raw, || Why::Unjudged { edge, raw });
        return;
    };
    let version = || super::origin_band(plan, plan.shift_section, edge);
    match edge {
        Edge::Late => {
            work.late_raw += raw;
            count(&mut work.late_counts, &rating);
        }
        Edge::Early => {
            work.early_raw += raw;
            count(&mut work.early_counts, &rating);
        }
    }
    if rating.exceeded {
        let code = ExceptionCode::BandExceeded;
        let minutes = Some(raw);
        ledger.exceptions.push(Exception { code, at: None, minutes, request: None });
    }
    if rating.band.absence {
        sums.band_days.push(rating.band.days_hundredths);
        ledger.note(|| Why::AbsenceBand {
            edge,
            raw,
            code: rating.band.code.clone(),
            days_hundredths: rating.band.days_hundredths,
            rule: version(),
        });
        return;
    }
    sums.rated_out += out;
    let why = || Why::Band {
        edge,
        raw,
        code: rating.band.code.clone(),
        minutes: rating.minutes,
        rule: version(),
    };
    if rating.minutes == 0 {
        ledger.note(why);
    } else {
        ledger.minutes(measure, rating.minutes, why);
    }
}

fn scheduled<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &Work<'_>,
    sums: &Sums,
    fixed: i32,
    due_out: i32,
    ledger: &mut Ledger<'_, R>,
) {
    let rounding = plan.c().map_or(Rounding::ORIGINAL, |c| c.punch_rule.duration);
    let attended = work.attended.outside(&work.statutory);
    let rounded = rounding.apply(attended);
    let measured = rounded.min(due_out);
    let room = due_out - sums.void_out - fixed - sums.rated_out - sums.unjudged_out;
    let regular = measured.min(room).max(0);
    ledger.minutes(Measure::Regular, attended, || Why::Attended);
    ledger.minutes(Measure::Regular, measured - attended, || Why::DurationRounding {
        rule: super::origin_punch(plan),
    });
    ledger.minutes(Measure::Regular, regular - measured, || Why::LimitedByAbsence);
    let absence = (sums.void_out + fixed).min(due_out);
    let void = sums.void_out.min(due_out);
    let by_case = sums.fixed_by_case.min(absence - void);
    let rule = || super::origin_abnormal(plan, plan.shift_section);
    ledger.minutes(Measure::Absence, void, || Why::VoidSpan { rule: rule() });
    ledger.minutes(Measure::Absence, by_case, || Why::FixedAbsence { rule: rule() });
    ledger.minutes(Measure::Absence, absence - void - by_case, || Why::BandAbsence);
}

/// Workday deduction: the span between first sign-in and last sign-out minus N replaces the shift times (DD-35).
fn deducted<R: Recorder>(
    plan: &Plan<'_, '_>,
    work: &Work<'_>,
    spans: &[Timed],
    n: i32,
    overtime_inside: i32,
    (fixed, due_out, finished): (i32, i32, bool),
    ledger: &mut Ledger<'_, R>,
) {
    let rounding = plan.c().map_or(Rounding::ORIGINAL, |c| c.punch_rule.duration);
    let own = plan.spans.iter().zip(spans).find(|(s, _)| s.owner == Owner::Shift);
    let Some((_, times)) = own else { return };
    let mut regular = 0;
    if let (false, Some(a), Some(b)) = (times.void, work.sign_in, work.sign_out) {
        let statutory = work.eff.within(a, b).common(&work.statutory);
        let measured = (b - a - n - overtime_inside - statutory).max(0);
        regular = rounding.apply(measured);
        ledger.minutes(Measure::Regular, measured, || Why::SpanMinusDeduction {
            minutes: n,
            scheme: super::origin_scheme(plan),
        });
        ledger.minutes(Measure::Regular, regular - measured, || Why::DurationRounding {
            rule: super::origin_punch(plan),
        });
        if fixed > 0 {
            let capped = regular.min((due_out - fixed).max(0));
            ledger.minutes(Measure::Regular, capped - regular, || Why::LimitedByAbsence);
            regular = capped;
        }
    }
    if finished {
        let absence = (due_out - regular).max(0);
        ledger.minutes(Measure::Absence, absence, || Why::ShortOfDue);
    }
}
