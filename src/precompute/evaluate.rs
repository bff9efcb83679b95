//! From gathered inputs to computed results of one person. Pure; the same code serves drains, reads on the
//! spot, explanations and printed cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::format::{Calendar, Case, OwnedCell};
use engine::{
    CaseCounts, Code, DateKind, DayFacts, DayResult, DayState, ENGINE_VERSION, Evaluator, Facts,
    PointKind, Punch, Request, Scheme, Service, Trace, reach_of_punch,
};
use vocabulary::{Instant, LocalDate, RuleId, WallTime};

use super::gather::{AFTER, BEFORE, Inputs, Person, RawPunch};
use super::row::Computed;
use crate::punches::{DEBOUNCE_MILLIS, groups};
use crate::rules::DayBook;
use crate::shifts::CellLayer;

/// A date as the engine wants it, owning its parts.
struct OwnedDay {
    scheme: Option<Arc<Scheme>>,
    scheme_id: Option<RuleId>,
    kind: DateKind,
    cell: OwnedCell,
    service: Service,
}

/// First and last member of a group of doubled punches; mostly the same.
#[derive(Clone, Copy)]
struct Tap {
    first: RawPunch,
    last: RawPunch,
}

/// Groups the punches of a person, which come in the order of time.
fn taps(punches: &[RawPunch]) -> Vec<Tap> {
    let apart = |pair: &[RawPunch]| match pair {
        [a, b] => b.at.millis() - a.at.millis() > DEBOUNCE_MILLIS,
        _ => true,
    };
    if punches.windows(2).all(apart) {
        return punches.iter().map(|p| Tap { first: *p, last: *p }).collect();
    }
    let tap = |p: &RawPunch| (p.at.millis(), p.source);
    let groups = groups(punches.iter().copied(), tap, |p| p.id);
    groups.into_iter().map(|g| Tap { first: g.first, last: g.last }).collect()
}

/// One person, ready to be evaluated on the dates from `from` to `to`.
pub struct Prepared<'i> {
    inputs: &'i Inputs,
    person: &'i Person,
    first: LocalDate,
    days: Vec<OwnedDay>,
    books: Vec<Arc<DayBook>>,
    taps: Vec<Tap>,
    now: WallTime,
}

/// What is asked of a date besides its result.
pub struct Explained {
    pub result: DayResult,
    pub trace: Trace,
    pub case: Case,
    /// Where the cell of the date comes from; `None` = nothing is planned.
    pub layer: Option<CellLayer>,
}

impl<'i> Prepared<'i> {
    pub fn new(
        inputs: &'i Inputs,
        person: &'i Person,
        from: LocalDate,
        to: LocalDate,
        now: Instant,
    ) -> Self {
        let first = from.plus(-BEFORE);
        let mut days = Vec::new();
        let mut books = Vec::new();
        for date in first.through(to.plus(AFTER)) {
            let book = inputs.book.on(date);
            days.push(owned_day(inputs, person, &book, date));
            books.push(book);
        }
        let taps = taps(&person.punches);
        Self { inputs, person, first, days, books, taps, now: person.zone.wall(now) }
    }

    fn index(&self, date: LocalDate) -> Option<usize> {
        usize::try_from(date.days() - self.first.days()).ok()
    }

    fn day(&self, date: LocalDate) -> Option<&OwnedDay> {
        self.days.get(self.index(date)?)
    }

    fn book(&self, date: LocalDate) -> Option<&Arc<DayBook>> {
        self.books.get(self.index(date)?)
    }

    /// Approved requests with the types of one date.
    fn requests(&self, book: &DayBook) -> Vec<Request> {
        let read = |r: &super::gather::RawRequest| {
            Some(Request {
                id: Code::from(r.id.to_string()),
                kind: book.request_type(r.type_id)?,
                span: r.span,
                approved_at: r.approved_at,
                half_day: r.half_day,
                date: r.date,
                breaks: r.breaks.clone(),
                break_minutes: r.break_minutes,
            })
        };
        self.person.requests.iter().filter_map(read).collect()
    }

    fn facts<T>(
        &self,
        requests: &[Request],
        punches: &[Punch],
        work: impl FnOnce(&Facts<'_>) -> T,
    ) -> T {
        let days: Vec<DayFacts<'_>> = self
            .days
            .iter()
            .map(|d| DayFacts {
                scheme: d.scheme.as_deref(),
                kind: d.kind,
                cell: d.cell.cell(),
                service: d.service,
            })
            .collect();
        work(&Facts {
            first: self.first,
            days: &days,
            punches,
            requests,
            temporary_overtime: &self.person.ordered,
            now: Some(self.now),
        })
    }

    /// One punch per group: the first member, or the last where `last` says so.
    fn representatives(&self, last: impl Fn(&Tap) -> bool) -> Vec<Punch> {
        let mut punches: Vec<Punch> = self
            .taps
            .iter()
            .filter(|g| g.first.wall <= self.now)
            .map(|g| {
                let p = if last(g) && g.last.wall <= self.now { &g.last } else { &g.first };
                Punch { at: p.wall, flag: p.flag, id: p.id.0 }
            })
            .collect();
        punches.sort_unstable_by_key(|p| (p.at, p.flag, p.id));
        punches
    }

    /// Results of the dates from `from` to `to`, with the missing cases carried through each period from
    /// `prior`.
    pub fn results(
        &self,
        from: LocalDate,
        to: LocalDate,
        evaluator: &mut Evaluator,
    ) -> Vec<Computed> {
        let mut out = Vec::new();
        let mut carried = CaseCounts::default();
        let mut last = None;
        let mut next = (from <= to).then_some(from);
        while let Some(stretch) = next {
            let Some(book) = self.book(stretch).cloned() else { break };
            let same = |d: &LocalDate| self.book(*d).is_some_and(|b| Arc::ptr_eq(b, &book));
            let end = stretch.through(to).take_while(same).last().unwrap_or(stretch);
            let requests = self.requests(&book);
            let punches = self.chosen(stretch, end, &requests, evaluator);
            self.facts(&requests, &punches, |facts| {
                let mut run = evaluator.person(facts);
                for date in stretch.through(end) {
                    if last.is_none_or(|l| l < date) {
                        carried = CaseCounts::default();
                        last = Some(self.inputs.period(self.person, date).to);
                    }
                    let result = run.day(date, &carried);
                    carried.add(&result.cases);
                    out.extend(self.with(date, result));
                }
            });
            // The last date there is has none behind it.
            next = (end < to).then(|| end.plus(1));
        }
        out
    }

    /// The punches for the dates of a stretch: groups matched as a sign-out on one of them or a neighbour are
    /// represented by their last member (domain 6.2).
    fn chosen(
        &self,
        from: LocalDate,
        to: LocalDate,
        requests: &[Request],
        evaluator: &mut Evaluator,
    ) -> Vec<Punch> {
        let firsts = self.representatives(|_| false);
        let begin = second(from.plus(-2));
        let end = second(to.plus(3));
        let doubled: Vec<&Tap> = self
            .taps
            .iter()
            .filter(|g| g.first.id != g.last.id)
            .filter(|g| (begin..end).contains(&g.first.wall.seconds()))
            .collect();
        if doubled.is_empty() {
            return firsts;
        }
        let mut outs: Vec<i64> = Vec::new();
        self.facts(requests, &firsts, |facts| {
            let mut run = evaluator.person(facts);
            for g in &doubled {
                let reach = reach_of_punch(g.first.wall.date());
                let low = reach.from.max(from.plus(-1));
                let high = reach.to.unwrap_or(low).min(to.plus(1));
                for date in low.through(high) {
                    let points = run.day(date, &CaseCounts::default()).points;
                    let out = |k: PointKind| matches!(k, PointKind::Out | PointKind::OtOut);
                    outs.extend(points.iter().filter(|p| out(p.kind)).map(|p| p.punch));
                }
            }
        });
        self.representatives(|g| outs.contains(&g.first.id.0))
    }

    /// A result with what belongs to its date; `None` where nothing is stored.
    pub fn with(&self, date: LocalDate, result: DayResult) -> Option<Computed> {
        let day = self.day(date)?;
        let idle = day.service != Service::InService && result.exceptions.is_empty();
        if idle || (day.scheme.is_none() && day.service == Service::InService) {
            return None;
        }
        let shift = match &day.cell {
            OwnedCell::Shifts(s) => {
                Some(s.iter().map(|s| s.name.as_ref()).collect::<Vec<_>>().join("+"))
            }
            _ => None,
        };
        let open = result.state != DayState::Final;
        Some(Computed {
            person: self.person.id,
            date,
            org: self.person.orgs.on(date).copied(),
            position: self.person.positions.on(date).copied().flatten(),
            kind: self.person.kinds.on(date).copied(),
            scheme: day.scheme_id,
            shift,
            evaluated: open.then_some(self.now),
            due_at: result.due_at.map(|t| self.person.zone.instant(t)),
            result,
            engine: ENGINE_VERSION,
        })
    }

    /// Whether a scheme of these dates lets some missing points of a period go free.
    pub fn carries(&self) -> bool {
        self.days.iter().any(|d| d.scheme.as_deref().is_some_and(goes_free))
    }

    /// One date with its explanation and as a case of the evaluate format.
    pub fn explained(&self, date: LocalDate, evaluator: &mut Evaluator) -> Option<Explained> {
        let book = self.book(date)?.clone();
        let period = self.inputs.period(self.person, date);
        let mut prior = CaseCounts::default();
        if self.carries() && period.from < date {
            for c in self.results(period.from, date.plus(-1), evaluator) {
                prior.add(&c.result.cases);
            }
        }
        let requests = self.requests(&book);
        let punches = self.chosen(date, date, &requests, evaluator);
        let mut trace = Trace::default();
        let result = self.facts(&requests, &punches, |facts| {
            evaluator.person(facts).day_traced(date, &prior, &mut trace)
        });
        let case = self.case(date, &result, requests, punches, prior)?;
        let layer = cell_layer(self.person, date);
        Some(Explained { result, trace, case, layer })
    }

    fn case(
        &self,
        date: LocalDate,
        result: &DayResult,
        requests: Vec<Request>,
        punches: Vec<Punch>,
        prior: CaseCounts,
    ) -> Option<Case> {
        let own = self.day(date)?;
        let scheme =
            own.scheme.clone().or_else(|| self.days.iter().find_map(|d| d.scheme.clone()))?;
        let mut scheme_by_date = BTreeMap::new();
        let mut roster = BTreeMap::new();
        let mut calendar = Calendar::default();
        for d in date.plus(-2).through(date.plus(3)) {
            let Some(day) = self.day(d) else { continue };
            calendar.dates.insert(d, day.kind);
            if d > date.plus(2) {
                continue;
            }
            match &day.scheme {
                Some(s) if !Arc::ptr_eq(s, &scheme) => {
                    scheme_by_date.insert(d, s.clone());
                    roster.insert(d, day.cell.clone());
                }
                Some(_) => {
                    roster.insert(d, day.cell.clone());
                }
                None => {
                    roster.insert(d, OwnedCell::Rest);
                }
            }
        }
        let (low, high) = (second(date.plus(-3)), second(date.plus(5)));
        let near = |p: &Punch| (low..high).contains(&p.at.seconds());
        let open = result.state != DayState::Final;
        Some(Case {
            id: format!("{} {date}", self.person.id),
            date,
            scheme,
            scheme_by_date,
            calendar: Arc::new(calendar),
            roster,
            default_shift: None,
            punches: punches.into_iter().filter(near).collect(),
            requests,
            temporary_overtime: self.person.ordered.clone(),
            employment: self.person.employment.clone(),
            prior,
            now: open.then_some(self.now),
        })
    }
}

/// Whether some missing points of a period go free.
pub fn goes_free(scheme: &Scheme) -> bool {
    let sections = [&scheme.workday, &scheme.weekday_ot, &scheme.rest_ot, &scheme.holiday_ot];
    sections.iter().filter_map(|s| s.abnormal_rule.as_ref()).any(|r| {
        let cases =
            [r.missing_in, r.missing_out, r.both_missing, r.middle_missing, r.segment_missing];
        cases.iter().any(|m| m.free_per_period > 0)
    })
}

fn second(date: LocalDate) -> i64 {
    WallTime::on(date, 0).seconds()
}

fn owned_day(inputs: &Inputs, person: &Person, book: &DayBook, date: LocalDate) -> OwnedDay {
    let scheme_id = person.schemes.on(date).copied().flatten();
    let kind = inputs.kind(person, date);
    let service = person.employment.on(date);
    let shifts = |ids: &[vocabulary::ShiftId]| {
        let found: Vec<_> = ids.iter().filter_map(|id| book.shift(*id)).collect();
        if found.is_empty() { OwnedCell::Empty } else { OwnedCell::Shifts(found) }
    };
    let default = person.default_shifts.on(date).copied().flatten();
    let cell = match (person.cells.get(&date), default) {
        _ if service == Service::Frozen => OwnedCell::Rest,
        (Some(cell), _) if cell.shifts.is_empty() => OwnedCell::Rest,
        (Some(cell), _) => shifts(&cell.shifts),
        (None, Some(_)) if kind != DateKind::Workday => OwnedCell::Rest,
        (None, Some(id)) => shifts(&[id]),
        (None, None) => OwnedCell::Empty,
    };
    OwnedDay { scheme: scheme_id.and_then(|id| book.scheme(id)), scheme_id, kind, cell, service }
}

/// Which layer of the roster counts on a date.
fn cell_layer(person: &Person, date: LocalDate) -> Option<CellLayer> {
    let default = person.default_shifts.on(date).copied().flatten();
    let own = person.cells.get(&date).map(|c| c.layer);
    own.or_else(|| default.map(|_| CellLayer::Calendar))
}
