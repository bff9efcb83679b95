//! Sums of a roster while it is edited: what is saved, with changes that are not (domain 11.4).

use std::collections::{BTreeMap, HashMap};

use engine::Service;
use engine::legality::{Finding, PlannedDay, check, standard_minutes};
use vocabulary::{LocalDate, PersonId, PositionId, ShiftId, TeamId};

use super::plans::{Plans, judged};
use super::read::{GridFilter, GridPerson, grid_people, line_on, shift_codes};
use super::set_cells::resolve_value;
use super::{CellChange, LegalFinding, Planned, Seen, ShiftRefusal, ShiftWords};
use crate::base::{Failure, Fault, Query, Scope};
use crate::people;

/// People of one evaluation.
pub const MAX_EVALUATED: usize = 1_000;
/// Days of one evaluation.
pub const MAX_EVALUATED_DAYS: i32 = 366;
/// Findings that are told.
const MAX_TOLD: usize = 500;

/// Sums over dates in service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RosterSums {
    /// Minutes of shifts that are not of kind OT.
    pub scheduled_minutes: i64,
    /// Minutes of shifts of kind OT and of ordered overtime.
    pub overtime_minutes: i64,
    pub work_days: i32,
    pub rest_days: i32,
    /// Dates without any plan.
    pub empty_days: i32,
    /// Shifts with a minute between 22:00 and 06:00.
    pub night_shifts: i32,
    /// Most working days in a row; of a team that of its busiest member.
    pub longest_run: i32,
    /// 8 hours per workday of the calendar.
    pub standard_minutes: i64,
}

impl RosterSums {
    /// Scheduled time beyond the standard.
    pub const fn difference_minutes(&self) -> i64 {
        self.scheduled_minutes - self.standard_minutes
    }

    fn add(&mut self, day: &PlannedDay, planned: Planned<'_>) {
        if day.service != Service::InService {
            return;
        }
        let part = |overtime: bool| {
            let these = day.works.iter().filter(|w| w.overtime == overtime);
            these.map(|w| i64::from(w.minutes)).sum::<i64>()
        };
        self.scheduled_minutes += part(false);
        self.overtime_minutes += part(true);
        self.standard_minutes += i64::from(standard_minutes(std::slice::from_ref(day)));
        let nights = day.works.iter().filter(|w| w.night_minutes() > 0).count();
        self.night_shifts += i32::try_from(nights).unwrap_or(i32::MAX);
        match planned {
            _ if !day.works.is_empty() => self.work_days += 1,
            Planned::Empty => self.empty_days += 1,
            _ => self.rest_days += 1,
        }
    }
}

/// Sums of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSums {
    pub person: GridPerson,
    pub sums: RosterSums,
}

/// Sums of the dates of those who were in a team on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamSums {
    pub team: TeamId,
    pub people: usize,
    pub sums: RosterSums,
}

/// How many people have a shift on a date, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headcount {
    pub date: LocalDate,
    pub shift: ShiftId,
    pub people: i32,
    pub positions: BTreeMap<Option<PositionId>, i32>,
}

/// What an evaluation says.
#[derive(Clone, Debug)]
pub struct RosterEvaluation {
    pub people: Vec<PersonSums>,
    pub teams: Vec<TeamSums>,
    pub headcounts: Vec<Headcount>,
    pub findings: Vec<LegalFinding>,
    /// Findings beyond those told.
    pub findings_left_out: usize,
    pub words: ShiftWords,
}

/// Counts the roster of the people of the filter with changes that are not saved, in a fixed number of queries.
pub async fn evaluate_roster(
    q: &impl Query,
    scope: &Scope,
    filter: &GridFilter,
    changes: &[CellChange],
) -> Result<RosterEvaluation, Failure> {
    if filter.to < filter.from || filter.to > filter.from.plus(MAX_EVALUATED_DAYS - 1) {
        return Err(ShiftRefusal::SpanInvalid { max_days: MAX_EVALUATED_DAYS }.into());
    }
    let most = u32::try_from(MAX_EVALUATED).unwrap_or(u32::MAX);
    let wanted = GridFilter { after: PersonId(0), limit: most + 1, ..filter.clone() };
    let people = grid_people(q, scope, &wanted).await?;
    if people.len() > MAX_EVALUATED {
        return Err(ShiftRefusal::TooManyPeople { max: MAX_EVALUATED }.into());
    }
    let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
    let (from, to) = judged(filter.from, filter.to);
    let mut plans = Plans::read(q, &ids, from, to).await?;
    let codes = shift_codes(q).await?;
    let places: Vec<_> = changes.iter().map(|c| (c.person, c.date)).collect();
    let visible = people::visible_at(q, scope, &places).await?;
    for (change, seen) in changes.iter().zip(visible) {
        if !seen {
            return Err(ShiftRefusal::PersonNotFound.into());
        }
        let shifts = resolve_value(&change.value, change.date, &codes)?;
        plans.cells.put(change.person, change.date, shifts.as_deref());
    }
    let seen = Seen::read(q, scope, &ids, filter.from, filter.to).await?;
    let mut count = Count::default();
    for person in people {
        count.person(&plans, &seen, person, filter);
    }
    Ok(count.finish(ShiftWords::new(codes)))
}

#[derive(Default)]
struct Count {
    people: Vec<PersonSums>,
    teams: BTreeMap<TeamId, (Vec<PersonId>, RosterSums)>,
    headcounts: BTreeMap<(LocalDate, ShiftId), BTreeMap<Option<PositionId>, i32>>,
    findings: Vec<(PersonId, Finding)>,
    names: HashMap<PersonId, (String, String)>,
}

impl Count {
    fn person(&mut self, plans: &Plans, seen: &Seen, person: GridPerson, f: &GridFilter) {
        let id = person.id;
        let (from, to) = judged(f.from, f.to);
        let days = plans.days(id, from, to);
        let mut sums = RosterSums::default();
        let mut run = 0;
        for day in days.iter().filter(|d| f.from <= d.date && d.date <= f.to) {
            if !seen.has(id, day.date) {
                run = 0;
                continue;
            }
            let planned = plans.cells.on(id, day.date).planned;
            sums.add(day, planned);
            run = if day.working().is_empty() { 0 } else { run + 1 };
            sums.longest_run = sums.longest_run.max(run);
            if let Some(team) = line_on(&plans.lines.teams, id, day.date).flatten() {
                let (members, all) = self.teams.entry(team).or_default();
                if members.last() != Some(&id) {
                    members.push(id);
                }
                all.add(day, planned);
                all.longest_run = all.longest_run.max(run);
            }
            if day.service == Service::InService {
                let position = line_on(&plans.lines.positions, id, day.date).flatten();
                for shift in planned.shifts() {
                    let place = self.headcounts.entry((day.date, *shift)).or_default();
                    *place.entry(position).or_default() += 1;
                }
            }
        }
        let about =
            |g: &Finding| g.from.max(f.from).through(g.to.min(f.to)).any(|d| seen.has(id, d));
        let found = check(&days, &plans.limits);
        self.findings.extend(found.into_iter().filter(about).map(|g| (id, g)));
        self.names.insert(id, (person.number.clone(), person.name.clone()));
        self.people.push(PersonSums { person, sums });
    }

    fn finish(mut self, words: ShiftWords) -> RosterEvaluation {
        self.findings.sort_by_key(|(p, f)| (std::cmp::Reverse(f.severity), *p, f.from, f.check));
        let findings_left_out = self.findings.len().saturating_sub(MAX_TOLD);
        self.findings.truncate(MAX_TOLD);
        let name = |p: &PersonId| self.names.get(p).cloned().unwrap_or_default();
        let findings =
            self.findings.iter().map(|(p, f)| LegalFinding::new(*p, name(p), f)).collect();
        let teams = self.teams.into_iter();
        let headcounts = self.headcounts.into_iter().map(|((date, shift), positions)| Headcount {
            date,
            shift,
            people: positions.values().sum(),
            positions,
        });
        RosterEvaluation {
            people: self.people,
            teams: teams
                .map(|(team, (members, sums))| TeamSums { team, people: members.len(), sums })
                .collect(),
            headcounts: headcounts.collect(),
            findings,
            findings_left_out,
            words,
        }
    }
}

/// Findings of people of a page of the nightly check.
pub async fn findings_of(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<(PersonId, Finding)>, Fault> {
    let (first, last) = judged(from, to);
    let plans = Plans::read(q, people, first, last).await?;
    let mut found = Vec::new();
    for person in people {
        let own = plans.findings(*person, first, last).into_iter();
        found.extend(own.filter(|f| f.from <= to && f.to >= from).map(|f| (*person, f)));
    }
    Ok(found)
}
