//! How far the roster covers the demand, slot by slot.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::Service;
use vocabulary::{LocalDate, PersonId, PositionId, WallTime};

use super::read::absences;
use super::{DemandLine, DemandRefusal, DemandTable, demand_lines};
use crate::base::{Failure, Query, Scope};
use crate::shifts::{GridFilter, GridPerson, Plans, Seen, grid_people, position_on};

/// Days of one answer.
pub const MAX_COVERAGE_DAYS: i32 = 31;

/// People of one department.
pub const MAX_STAFF: usize = 5_000;

/// Minutes of a date.
const DAY: i32 = 1_440;

/// One slot of one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredSlot {
    pub date: LocalDate,
    pub start_minute: i32,
    pub end_minute: i32,
    /// `None` = anybody.
    pub position: Option<PositionId>,
    pub required: i32,
    pub scheduled: i32,
}

/// The people of a department, whose plans are known.
pub(super) struct Staff {
    pub people: Vec<GridPerson>,
    pub plans: Plans,
    /// Who is in the department when.
    pub member: Seen,
    pub away: HashMap<PersonId, Vec<(i64, i64)>>,
}

impl Staff {
    /// Reads the plans of everybody who is in the department of the table on one of the dates.
    pub async fn read(
        q: &impl Query,
        table: &DemandTable,
        (from, to): (LocalDate, LocalDate),
        (first, last): (LocalDate, LocalDate),
    ) -> Result<Self, Failure> {
        let filter = GridFilter {
            from,
            to,
            people: Vec::new(),
            org: Some(table.org_id),
            team: None,
            text: None,
            after: PersonId(0),
            limit: u32::try_from(MAX_STAFF + 1).unwrap_or(u32::MAX),
        };
        let people = grid_people(q, &Scope::everybody(), &filter).await?;
        if people.len() > MAX_STAFF {
            return Err(DemandRefusal::TooManyPeople { max: MAX_STAFF }.into());
        }
        let ids: Vec<PersonId> = people.iter().map(|p| p.id).collect();
        let org = Scope::org(table.org_id);
        Ok(Self {
            plans: Plans::read(q, &ids, first, last).await?,
            member: Seen::read(q, &org, &ids, from, to).await?,
            away: absences(q, &ids, from, to).await?,
            people,
        })
    }

    /// Whether approved leave touches minutes of a date.
    pub fn is_away(&self, person: PersonId, date: LocalDate, (start, end): (i32, i32)) -> bool {
        let at = |minute: i32| WallTime::on(date, i64::from(minute) * 60).seconds();
        let spans = self.away.get(&person).map(Vec::as_slice).unwrap_or_default();
        spans.iter().any(|(from, to)| *from < at(end) && at(start) < *to)
    }

    /// Paid minutes of a date, from 00:00 of it, with what reaches over from the day before.
    fn spans(&self, person: PersonId, date: LocalDate) -> Vec<(i32, i32)> {
        let mut spans = Vec::new();
        for (day, offset) in [(date.plus(-1), -DAY), (date, 0)] {
            let planned = self.plans.day(person, day);
            for work in planned.working() {
                spans.extend(work.spans.iter().map(|(s, e)| (s + offset, e + offset)));
            }
        }
        spans.retain(|(_, e)| *e > 0);
        spans.sort_unstable();
        // Shifts that touch are one stretch.
        let mut joined: Vec<(i32, i32)> = Vec::new();
        for (s, e) in spans {
            match joined.last_mut() {
                Some(last) if s <= last.1 => last.1 = last.1.max(e),
                _ => joined.push((s, e)),
            }
        }
        joined
    }
}

/// The slots of a table from `from` to `to`, in the order of date, time and position; in a fixed number of queries.
pub async fn coverage(
    q: &impl Query,
    table: &DemandTable,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<CoveredSlot>, Failure> {
    if to < from || to > from.plus(MAX_COVERAGE_DAYS - 1) {
        return Err(DemandRefusal::SpanInvalid { max_days: MAX_COVERAGE_DAYS }.into());
    }
    let lines = demand_lines(q, table.id).await?;
    let staff = Staff::read(q, table, (from, to), (from.plus(-1), to)).await?;
    Ok(from.through(to).flat_map(|date| covered_date(&staff, table, &lines, date)).collect())
}

/// How the roster of a date would cover other lines than those of the table.
pub async fn planned(
    q: &impl Query,
    table: &DemandTable,
    lines: &[DemandLine],
    date: LocalDate,
) -> Result<Vec<CoveredSlot>, Failure> {
    let staff = Staff::read(q, table, (date, date), (date.plus(-1), date)).await?;
    Ok(covered_date(&staff, table, lines, date))
}

/// The lines that count on a date.
pub(super) fn lines_on(lines: &[DemandLine], date: LocalDate) -> Vec<&DemandLine> {
    let own: Vec<&DemandLine> = lines.iter().filter(|l| l.on_date == Some(date)).collect();
    if !own.is_empty() {
        return own;
    }
    let weekday = i32::from(date.weekday());
    lines.iter().filter(|l| l.weekday == Some(weekday)).collect()
}

fn covered_date(
    staff: &Staff,
    table: &DemandTable,
    lines: &[DemandLine],
    date: LocalDate,
) -> Vec<CoveredSlot> {
    let slot = usize::try_from(table.slot_minutes).unwrap_or(60).max(1);
    let mut slots: BTreeMap<(i32, Option<PositionId>), CoveredSlot> = BTreeMap::new();
    for line in lines_on(lines, date) {
        for start in (line.start_minute..line.end_minute).step_by(slot) {
            let covered = CoveredSlot {
                date,
                start_minute: start,
                end_minute: start + table.slot_minutes,
                position: line.position_id,
                required: line.required,
                scheduled: 0,
            };
            slots.insert((start, line.position_id), covered);
        }
    }
    if slots.is_empty() {
        return Vec::new();
    }
    let wanted: BTreeSet<i32> = slots.keys().map(|(start, _)| *start).collect();
    for person in &staff.people {
        let id = person.id;
        if !staff.member.has(id, date) || staff.plans.day(id, date).service != Service::InService {
            continue;
        }
        let position = position_on(&staff.plans, id, date);
        let spans = staff.spans(id, date);
        for start in &wanted {
            let end = start + table.slot_minutes;
            let works = spans.iter().any(|(s, e)| s <= start && end <= *e);
            if !works || staff.is_away(id, date, (*start, end)) {
                continue;
            }
            let mut keys = vec![None];
            keys.extend(position.map(Some));
            for key in keys {
                if let Some(s) = slots.get_mut(&(*start, key)) {
                    s.scheduled += 1;
                }
            }
        }
    }
    slots.into_values().collect()
}
