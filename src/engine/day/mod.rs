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
use self::plan::{Layout, Plan, SectionName, minutes_from, second_of};
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
    pub fn person<'f>(&'f mut self, facts: &'f Facts<'f>) -> Run<'f> {
        let key = |p: &Punch| (p.at, p.flag, p.id);
        self.sorted.clear();
        let all = if facts.punches.is_sorted_by(|p, q| p.at < q.at || key(p) <= key(q)) {
            facts.punches
        } else {
            self.sorted.extend_from_slice(facts.punches);
            self.sorted.sort_unstable_by_key(key);
            &self.sorted
        };
        let until = facts.now.map_or(all.len(), |n| all.partition_point(|p| p.at <= n));
        let punches = all.get(..until).unwrap_or_default();
        Run { facts, punches, ring: Ring::default(), midnight: 0 }
    }
}

/// The days of one person.
pub struct Run<'f> {
    facts: &'f Facts<'f>,
    /// What is known, in order.
    punches: &'f [Punch],
    ring: Ring<'f>,
    /// Index of the first punch from 00:00 of the date in the middle of the ring on.
    midnight: usize,
}

/// Dates whose plans are kept: [`REACH`] on either side of the one in the middle.
const KEPT: usize = 5;

/// The plans around one date. Dates that are alike share a layout.
#[derive(Default)]
struct Ring<'f> {
    middle: Option<LocalDate>,
    /// Each date with the index of its layout.
    dates: [(LocalDate, usize); KEPT],
    layouts: SmallVec<[Layout<'f>; KEPT]>,
}

impl<'f> Ring<'f> {
    /// The i-th plan, counted from the earliest date.
    fn get(&self, i: usize) -> Option<Plan<'_, 'f>> {
        let (date, layout) = *self.dates.get(i)?;
        Some(Plan::new(date, self.layouts.get(layout)?))
    }

    /// Moves on until `date` stands in the middle.
    fn centre(&mut self, facts: &'f Facts<'f>, date: LocalDate) {
        let next = self.middle.is_some_and(|d| d.plus(1) == date);
        let first_missing = if next { date.plus(REACH) } else { date.plus(-REACH) };
        self.middle = Some(date);
        for missing in first_missing.through(date.plus(REACH)) {
            let [_, a, b, c, d] = self.dates;
            let layout = self.layout(facts, missing, [a.1, b.1, c.1, d.1]);
            self.dates = [a, b, c, d, (missing, layout)];
        }
    }

    /// The index of a layout for `date`, while those in use stay.
    fn layout(&mut self, facts: &'f Facts<'f>, date: LocalDate, used: [usize; KEPT - 1]) -> usize {
        if let Some(i) = self.layouts.iter().position(|l| l.serves(facts, date)) {
            return i;
        }
        let new = Layout::of(facts, date);
        let unused = (0..self.layouts.len()).find(|i| !used.contains(i));
        match unused.and_then(|i| Some((i, self.layouts.get_mut(i)?))) {
            Some((i, slot)) => {
                *slot = new;
                i
            }
            None => {
                self.layouts.push(new);
                self.layouts.len() - 1
            }
        }
    }

    /// Plans before the i-th, nearest first.
    fn before(&self, i: usize) -> impl Iterator<Item = (usize, Plan<'_, 'f>)> {
        (0..i).rev().filter_map(|k| Some((k, self.get(k)?)))
    }

    /// Plans after the i-th, nearest first.
    fn after(&self, i: usize) -> impl Iterator<Item = (usize, Plan<'_, 'f>)> {
        (i + 1..KEPT).filter_map(|k| Some((k, self.get(k)?)))
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

impl<'f> Run<'f> {
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

    /// Moves the ring of plans so that `date` stands in its middle.
    fn centre(&mut self, date: LocalDate) {
        if self.ring.middle != Some(date) {
            self.ring.centre(self.facts, date);
            self.midnight = self.first_from(second_of(date, 0));
        }
    }

    /// Index of the first punch from `second` on. It is looked for around the date in the middle, which is
    /// near: the days are walked through.
    fn first_from(&self, second: i64) -> usize {
        let (past, coming) = self.punches.split_at_checked(self.midnight).unwrap_or_default();
        let too_far = past.iter().rev().take_while(|p| p.at.seconds() >= second).count();
        if too_far > 0 {
            return self.midnight - too_far;
        }
        self.midnight + coming.iter().take_while(|p| p.at.seconds() < second).count()
    }

    /// Index of the first punch from `from` on, and the punches up to `to`, both ends inclusive.
    fn between(&self, from: i64, to: i64) -> (usize, impl Iterator<Item = &'f Punch>) {
        let begin = self.first_from(from);
        let coming = self.punches.get(begin..).unwrap_or_default();
        (begin, coming.iter().take_while(move |p| p.at.seconds() <= to))
    }

    fn claim(&self, i: usize) -> Option<(i64, i64)> {
        let own = self.ring.get(i)?.window()?;
        let before = self.ring.before(i).find_map(|(_, p)| p.window());
        let after = self.ring.after(i).find_map(|(_, p)| p.window());
        Some(claims::claim(own, before, after))
    }

    /// The date of the ring that takes a punch no claim covers, because it misses the window by little.
    fn extends_to(&self, at: i64) -> Option<usize> {
        (0..KEPT).find(|i| {
            self.ring.get(*i).is_some_and(|p| match (p.extend(), p.window()) {
                (Some(n), Some(w)) => at >= w.open - n && at <= w.close + n,
                _ => false,
            })
        })
    }

    fn is_claimed(&self, at: i64) -> bool {
        let inside = |i| self.claim(i).is_some_and(|(a, b)| a <= at && at <= b);
        (0..KEPT).any(inside)
    }

    fn match_date(&self, i: usize) -> Claimed {
        let mut claimed = Claimed { matched: Matched::default(), span: self.claim(i) };
        let Some(plan) = self.ring.get(i) else { return claimed };
        let (from, to) = claimed.span.unwrap_or_default();
        if claimed.span.is_some() {
            let (begin, punches) = self.between(from, to);
            for k in begin..begin + punches.count() {
                claimed.matched.claimed.push(k);
            }
        }
        if let (Some(n), Some(w)) = (plan.extend(), plan.window()) {
            self.extended(i, (w.open - n, w.close + n), &mut claimed.matched.claimed);
        }
        claims::assign(&plan, self.punches, &mut claimed.matched, to);
        claimed
    }

    #[cold]
    fn extended(&self, i: usize, (from, to): (i64, i64), claimed: &mut SmallVec<[usize; 8]>) {
        let (begin, punches) = self.between(from, to);
        for (k, p) in (begin..).zip(punches) {
            let at = p.at.seconds();
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
                Day::new(run, &plan, middle).evaluate(prior, recorder)
            }
            Some(plan) => run.outside_service(&plan, recorder),
            None => state::empty(DayState::Final),
        }
    }

    /// Not in service, frozen, or without scheme: no results, at most one exception.
    fn outside_service<R: Recorder>(&self, plan: &Plan<'_, '_>, recorder: &mut R) -> DayResult {
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
    fn calendar_day(&self, date: LocalDate) -> impl Iterator<Item = &'f Punch> {
        self.between(second_of(date, 0), second_of(date, DAY) - 1).1
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
fn origin_band(plan: &Plan<'_, '_>, name: SectionName, edge: Edge) -> VersionRef {
    let rule = section_origin(plan, name).and_then(|s| match edge {
        Edge::Late => s.late_rule.clone(),
        Edge::Early => s.early_rule.clone(),
    });
    rule.unwrap_or_default()
}

/// Version of the abnormal rule of a section.
fn origin_abnormal(plan: &Plan<'_, '_>, name: SectionName) -> VersionRef {
    section_origin(plan, name).and_then(|s| s.abnormal_rule.clone()).unwrap_or_default()
}

/// The rule that decides what an exception amounts to; none for those that only report.
fn origin_of_exception(plan: &Plan<'_, '_>, code: ExceptionCode) -> VersionRef {
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
fn origin_scheme(plan: &Plan<'_, '_>) -> VersionRef {
    plan.scheme.and_then(|s| s.origin.as_ref()).map_or_else(
        || VersionRef { code: plan.scheme.map(|s| s.name.clone()), version: 0 },
        |o| o.scheme.clone(),
    )
}

/// Version of the punch rule of the shift.
fn origin_punch(plan: &Plan<'_, '_>) -> VersionRef {
    origin_section(plan, plan.shift_section)
}

/// Version of the punch rule of a section.
fn origin_section(plan: &Plan<'_, '_>, name: SectionName) -> VersionRef {
    section_origin(plan, name).map(|s| s.punch_rule.clone()).unwrap_or_default()
}

fn section_origin<'f>(plan: &Plan<'_, 'f>, name: SectionName) -> Option<&'f crate::SectionOrigin> {
    let sections = &plan.scheme?.origin.as_ref()?.sections;
    sections.get(match name {
        SectionName::Workday => 0,
        SectionName::Weekday => 1,
        SectionName::Rest => 2,
        SectionName::Holiday => 3,
    })
}
