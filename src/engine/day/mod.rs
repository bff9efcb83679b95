//! The evaluation of one person and one attendance date (domain 15), in the order of the text:
//!
//! 1. [`plan`] – what the date demands: day type, sections, due time, blocks, coverage, points, window
//! 2. [`claims`] – which punches belong to the date and which point each serves
//! 3. [`missing`] – what missing points amount to
//! 4. [`work`] – flexible shift, presence, lateness, regular work, absence
//! 5. [`overtime`] – credit, allocation, rounding
//! 6. [`totals`] – coefficients and totals
//!
//! Plans and claims of the neighbours are kept while the days of one person are walked through.

mod claims;
mod ledger;
mod missing;
mod one_day;
mod overtime;
mod plan;
mod record;
mod spans;
mod state;
mod totals;
mod work;

use smallvec::SmallVec;
use vocabulary::{DateSpan, LocalDate, WallTime};

use self::claims::Matched;
use self::ledger::Ledger;
use self::one_day::Day;
use self::plan::{Plan, SectionName, minutes_from, second_of};
use self::spans::DAY;
use self::state::Moment;
use crate::trace::{Edge, NoTrace, Recorder, Trace, Why};
use crate::{
    CaseCounts, DayFacts, DayResult, DayState, Exception, ExceptionCode, Facts, MissingCase, Punch,
    SecondsRule, Service, VersionRef,
};

/// Dates on either side whose plans are needed.
const REACH: i32 = 2;

impl<'f> Facts<'f> {
    /// What is known of a date; nothing outside the slice.
    pub fn day(&self, date: LocalDate) -> Option<&'f DayFacts<'f>> {
        let i = usize::try_from(date.days() - self.first.days()).ok()?;
        self.days.get(i)
    }
}

impl CaseCounts {
    fn slot(case: MissingCase) -> usize {
        MissingCase::ALL.iter().position(|c| *c == case).unwrap_or(0)
    }

    pub fn get(&self, case: MissingCase) -> i32 {
        self.0.get(Self::slot(case)).copied().unwrap_or(0)
    }

    /// One more occurrence.
    pub fn count(&mut self, case: MissingCase) {
        if let Some(n) = self.0.get_mut(Self::slot(case)) {
            *n += 1;
        }
    }

    /// Carries the occurrences of a date to the later ones.
    pub fn add(&mut self, other: &Self) {
        for (n, m) in self.0.iter_mut().zip(other.0) {
            *n += m;
        }
    }
}

/// Dates a punch on local date `x` can alter (17.1).
pub const fn reach_of_punch(x: LocalDate) -> DateSpan {
    DateSpan::new(x.plus(-2), x.plus(1))
}

/// Dates a change of plan, calendar, request, employment or scheme on the dates of `span` can alter (17.1).
pub const fn reach_of_plan(span: DateSpan) -> DateSpan {
    span.widened(2, 2)
}

/// Reusable memory of evaluations.
#[derive(Debug, Default)]
pub struct Evaluator {
    sorted: Vec<Punch>,
}

impl Evaluator {
    pub fn new() -> Self {
        Self::default()
    }

    /// Prepares one person. Plans are kept while his days are walked through.
    pub fn person<'e, 'f>(&'e mut self, facts: &'f Facts<'f>) -> Run<'e, 'f> {
        let key = |p: &Punch| (p.at, p.flag, p.id);
        let punches: &'e [Punch] = if facts.punches.is_sorted_by_key(key) {
            self.sorted.clear();
            &[]
        } else {
            self.sorted.clear();
            self.sorted.extend_from_slice(facts.punches);
            self.sorted.sort_unstable_by_key(key);
            &self.sorted
        };
        let punches = if punches.is_empty() { Known::Given } else { Known::Sorted(punches) };
        Run { facts, punches, ring: Ring::default() }
    }
}

#[derive(Clone, Copy)]
enum Known<'e> {
    /// The facts list them in order.
    Given,
    Sorted(&'e [Punch]),
}

/// The days of one person.
pub struct Run<'e, 'f> {
    facts: &'f Facts<'f>,
    punches: Known<'e>,
    ring: Ring<'f>,
}

/// Plans of consecutive dates, the oldest of which gives way to the next.
#[derive(Default)]
struct Ring<'f> {
    slots: SmallVec<[Plan<'f>; 5]>,
    /// Slot of the earliest date.
    begin: usize,
}

impl<'f> Ring<'f> {
    fn of(plans: impl Iterator<Item = Plan<'f>>) -> Self {
        Self { slots: plans.collect(), begin: 0 }
    }

    fn len(&self) -> usize {
        self.slots.len()
    }

    /// The i-th plan, counted from the earliest date.
    fn get(&self, i: usize) -> Option<&Plan<'f>> {
        let n = self.slots.len();
        if i >= n {
            return None;
        }
        let at = self.begin + i;
        self.slots.get(if at < n { at } else { at - n })
    }

    fn first(&self) -> Option<LocalDate> {
        self.get(0).map(|p| p.date)
    }

    fn advance(&mut self, next: Plan<'f>) {
        if let Some(slot) = self.slots.get_mut(self.begin) {
            *slot = next;
        }
        self.begin = if self.begin + 1 < self.slots.len() { self.begin + 1 } else { 0 };
    }

    /// Plans before the i-th, nearest first.
    fn before(&self, i: usize) -> impl Iterator<Item = (usize, &Plan<'f>)> {
        (0..i).rev().filter_map(|k| Some((k, self.get(k)?)))
    }

    /// Plans after the i-th, nearest first.
    fn after(&self, i: usize) -> impl Iterator<Item = (usize, &Plan<'f>)> {
        (i + 1..self.len()).filter_map(|k| Some((k, self.get(k)?)))
    }
}

/// How a date ends up with its punches.
struct Claimed {
    matched: Matched,
    /// First and last second of the claim; `None` without a window.
    span: Option<(i64, i64)>,
}

impl Claimed {
    fn covers(&self, at: i64) -> bool {
        self.span.is_some_and(|(a, b)| a <= at && at <= b)
    }
}

impl<'f> Run<'_, 'f> {
    /// Evaluates one date. `prior` counts the missing cases of earlier dates of the period.
    pub fn day(&mut self, date: LocalDate, prior: &CaseCounts) -> DayResult {
        self.evaluate(date, prior, &mut NoTrace)
    }

    /// The same with the explanation, which is written over `trace`.
    pub fn day_traced(
        &mut self,
        date: LocalDate,
        prior: &CaseCounts,
        trace: &mut Trace,
    ) -> DayResult {
        trace.clear(date);
        let result = self.evaluate(date, prior, trace);
        trace.arrange();
        result
    }

    fn known(&self) -> &[Punch] {
        let all = match self.punches {
            Known::Given => self.facts.punches,
            Known::Sorted(p) => p,
        };
        let until = self.facts.now.map_or(all.len(), |n| all.partition_point(|p| p.at <= n));
        all.get(..until).unwrap_or_default()
    }

    /// Moves the ring of plans so that `date` stands in its middle.
    fn centre(&mut self, date: LocalDate) {
        let first = date.plus(-REACH);
        match self.ring.first() {
            Some(d) if d == first => {}
            Some(d) if d.plus(1) == first => {
                self.ring.advance(Plan::of(self.facts, date.plus(REACH)));
            }
            _ => {
                let dates = first.through(date.plus(REACH));
                self.ring = Ring::of(dates.map(|d| Plan::of(self.facts, d)));
            }
        }
    }

    fn claim(&self, i: usize) -> Option<(i64, i64)> {
        let plan = self.ring.get(i)?;
        let before = self.ring.before(i).find(|p| p.1.window.is_some()).map(|p| p.1);
        let after = self.ring.after(i).find(|p| p.1.window.is_some()).map(|p| p.1);
        claims::claim(plan, before, after)
    }

    /// The date of the ring that takes a punch no claim covers, because it misses the window by little.
    fn extends_to(&self, at: i64) -> Option<usize> {
        (0..self.ring.len()).find(|i| {
            self.ring.get(*i).is_some_and(|p| match (p.extend(), p.window) {
                (Some(n), Some(w)) => at >= w.open - n && at <= w.close + n,
                _ => false,
            })
        })
    }

    fn is_claimed(&self, at: i64) -> bool {
        let inside = |i| self.claim(i).is_some_and(|(a, b)| a <= at && at <= b);
        (0..self.ring.len()).any(inside)
    }

    fn match_date(&self, i: usize) -> Claimed {
        let Some(plan) = self.ring.get(i) else {
            return Claimed { matched: Matched::default(), span: None };
        };
        let punches = self.known();
        let mut claimed: SmallVec<[usize; 8]> = SmallVec::new();
        let Some((from, to)) = self.claim(i) else {
            return Claimed { matched: claims::assign(plan, punches, claimed, 0), span: None };
        };
        let lo = punches.partition_point(|p| p.at.seconds() < from);
        let inside = punches.iter().skip(lo).take_while(|p| p.at.seconds() <= to).count();
        claimed.extend(lo..lo + inside);
        if let (Some(n), Some(w)) = (plan.extend(), plan.window) {
            self.extended(i, (w.open - n, w.close + n), &mut claimed);
        }
        Claimed { matched: claims::assign(plan, punches, claimed, to), span: Some((from, to)) }
    }

    #[cold]
    fn extended(&self, i: usize, (from, to): (i64, i64), claimed: &mut SmallVec<[usize; 8]>) {
        let punches = self.known();
        let lo = punches.partition_point(|p| p.at.seconds() < from);
        for (k, p) in punches.iter().enumerate().skip(lo) {
            let at = p.at.seconds();
            if at > to {
                break;
            }
            if !self.is_claimed(at) && self.extends_to(at) == Some(i) {
                claimed.push(k);
            }
        }
        claimed.sort_unstable();
    }

    fn evaluate<R: Recorder>(
        &mut self,
        date: LocalDate,
        prior: &CaseCounts,
        recorder: &mut R,
    ) -> DayResult {
        self.centre(date);
        let run = &*self;
        let middle = usize::try_from(REACH).unwrap_or(0);
        match run.ring.get(middle) {
            Some(plan) if plan.service == Service::InService && plan.scheme.is_some() => {
                Day::new(run, plan, middle).evaluate(prior, recorder)
            }
            Some(plan) => run.outside_service(plan, recorder),
            None => state::empty(DayState::Final),
        }
    }

    /// Not in service, frozen, or without scheme: no results, at most one exception.
    fn outside_service<R: Recorder>(&self, plan: &Plan<'_>, recorder: &mut R) -> DayResult {
        let moment = Moment::without_window(plan.date, self.facts.now);
        let mut result = state::empty(moment.state);
        result.due_at = moment.due_at;
        let code = match plan.service {
            Service::Frozen => ExceptionCode::PunchWhileFrozen,
            Service::NotEmployed => ExceptionCode::PunchNotEmployed,
            Service::InService => {
                Ledger::new(recorder).note(|| Why::NoScheme);
                return result;
            }
        };
        let first = self.calendar_day(plan.date).find(|p| {
            let at = p.at.seconds();
            !self.is_claimed(at) && self.extends_to(at).is_none()
        });
        let mut ledger = Ledger::new(recorder);
        ledger.note(|| Why::NotInService { frozen: plan.service == Service::Frozen });
        if let Some(p) = first {
            let at = Some(p.at);
            let exception = Exception { code, at, minutes: None, request: None };
            let rule = VersionRef::default();
            ledger.note(|| Why::Exception { exception: exception.clone(), rule });
            result.exceptions.push(exception);
        }
        result
    }

    /// Punches with this calendar date.
    fn calendar_day(&self, date: LocalDate) -> impl Iterator<Item = &Punch> {
        let punches = self.known();
        let lo = punches.partition_point(|p| p.at.seconds() < second_of(date, 0));
        punches.iter().skip(lo).take_while(move |p| p.at.seconds() < second_of(date, DAY))
    }
}

/// The wall time of a minute of a date.
fn wall(date: LocalDate, minute: i32) -> WallTime {
    WallTime::from_seconds(second_of(date, minute))
}

/// A punch as a minute of the date, by the seconds rule of its role.
fn to_minute(date: LocalDate, at: WallTime, rule: SecondsRule) -> i32 {
    match rule {
        SecondsRule::Floor => minutes_from(date, at),
        SecondsRule::Ceil => minutes_from(date, at.plus_seconds(59)),
    }
}

/// Version of the late or early-leave rule of a section.
fn origin_band(plan: &Plan<'_>, name: SectionName, edge: Edge) -> VersionRef {
    let rule = section_origin(plan, name).and_then(|s| match edge {
        Edge::Late => s.late_rule.clone(),
        Edge::Early => s.early_rule.clone(),
    });
    rule.unwrap_or_default()
}

/// Version of the abnormal rule of a section.
fn origin_abnormal(plan: &Plan<'_>, name: SectionName) -> VersionRef {
    section_origin(plan, name).and_then(|s| s.abnormal_rule.clone()).unwrap_or_default()
}

/// The rule that decides what an exception amounts to; none for those that only report.
fn origin_of_exception(plan: &Plan<'_>, code: ExceptionCode) -> VersionRef {
    use ExceptionCode as E;
    match code {
        E::MissingIn | E::MissingOut | E::BothMissing | E::MiddleMissing | E::SegmentMissing => {
            origin_abnormal(plan, plan.shift_section)
        }
        E::OtMissingIn | E::OtMissingOut | E::OtNoShow => {
            origin_abnormal(plan, plan.overtime_section)
        }
        E::HolidayVoid => origin_abnormal(plan, SectionName::Holiday),
        E::OddCount | E::OutOfWindow | E::WrongFlag | E::UnflaggedPunch => {
            origin_abnormal(plan, plan.window_name())
        }
        E::NoRoster
        | E::OverlapRequest
        | E::BandExceeded
        | E::PunchWhileFrozen
        | E::PunchNotEmployed => VersionRef::default(),
    }
}

/// Version of the scheme.
fn origin_scheme(plan: &Plan<'_>) -> VersionRef {
    plan.scheme.and_then(|s| s.origin.as_ref()).map_or_else(
        || VersionRef { code: plan.scheme.map(|s| s.name.clone()), version: 0 },
        |o| o.scheme.clone(),
    )
}

/// Version of the punch rule of the shift.
fn origin_punch(plan: &Plan<'_>) -> VersionRef {
    origin_section(plan, plan.shift_section)
}

/// Version of the punch rule of a section.
fn origin_section(plan: &Plan<'_>, name: SectionName) -> VersionRef {
    section_origin(plan, name).map(|s| s.punch_rule.clone()).unwrap_or_default()
}

fn section_origin<'a>(plan: &Plan<'a>, name: SectionName) -> Option<&'a crate::SectionOrigin> {
    let sections = &plan.scheme?.origin.as_ref()?.sections;
    sections.get(match name {
        SectionName::Workday => 0,
        SectionName::Weekday => 1,
        SectionName::Rest => 2,
        SectionName::Holiday => 3,
    })
}
