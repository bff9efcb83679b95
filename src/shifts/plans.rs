//! The plans of many people as the checks and the sums need them: planned dates with their work.

use std::collections::HashMap;

use engine::legality::{Finding, Limits, PlannedDay, Work, check};
use smallvec::SmallVec;
use vocabulary::{LocalDate, PersonId, PositionId, ShiftId, WallTime};

use super::read::{
    OrderedRow, PeopleLines, ProtectedSpan, check_limits, line_on, ordered_overtime, people_lines,
    protections,
};
use super::{CellLayer, EffectiveCells, Planned, body, effective_cells, read};
use crate::base::{Fault, Query};

/// The work of every version of every shift.
#[derive(Clone, Debug, Default)]
pub struct ShiftWork(HashMap<ShiftId, Vec<(LocalDate, Work)>>);

impl ShiftWork {
    pub async fn read(q: &impl Query) -> Result<Self, Fault> {
        let mut rows = read::all_versions(q).await?;
        // Of several versions with one date the one with the greatest number counts.
        rows.sort_by_key(|r| (r.shift_id, r.effective_from, r.version));
        let mut all: HashMap<ShiftId, Vec<(LocalDate, Work)>> = HashMap::new();
        for row in &rows {
            let work = Work::of(&body::parse(row)?);
            let line = all.entry(row.shift_id).or_default();
            match line.last_mut() {
                Some((from, last)) if *from == row.effective_from => *last = work,
                _ => line.push((row.effective_from, work)),
            }
        }
        Ok(Self(all))
    }

    /// What a shift plans on a date.
    pub fn on(&self, shift: ShiftId, date: LocalDate) -> Option<&Work> {
        let line = self.0.get(&shift)?;
        let next = line.partition_point(|(from, _)| *from <= date);
        next.checked_sub(1).and_then(|i| line.get(i)).map(|(_, w)| w)
    }
}

/// What is planned for some people over some dates.
#[derive(Clone, Debug)]
pub struct Plans {
    pub cells: EffectiveCells,
    pub work: ShiftWork,
    pub lines: PeopleLines,
    pub limits: Limits,
    ordered: HashMap<(PersonId, LocalDate), SmallVec<[Work; 1]>>,
    protections: HashMap<PersonId, Vec<ProtectedSpan>>,
}

impl Plans {
    /// Reads everything, in a fixed number of queries.
    pub async fn read(
        q: &impl Query,
        people: &[PersonId],
        from: LocalDate,
        to: LocalDate,
    ) -> Result<Self, Fault> {
        let mut ordered: HashMap<_, SmallVec<[Work; 1]>> = HashMap::new();
        for row in ordered_overtime(q, people, from, to).await? {
            let place = (row.person_id, row.work_date);
            ordered.entry(place).or_default().push(ordered_work(&row)?);
        }
        Ok(Self {
            cells: effective_cells(q, people, from, to).await?,
            work: ShiftWork::read(q).await?,
            lines: people_lines(q, people).await?,
            limits: check_limits(q).await?,
            ordered,
            protections: protections(q, people).await?,
        })
    }

    /// The planned date of a person.
    pub fn day(&self, person: PersonId, date: LocalDate) -> PlannedDay {
        let cell = self.cells.on(person, date);
        let shifts = cell.planned.shifts();
        let mut works: SmallVec<[Work; 2]> =
            shifts.iter().filter_map(|s| self.work.on(*s, date)).cloned().collect();
        if let Some(ordered) = self.ordered.get(&(person, date)) {
            works.extend(ordered.iter().cloned());
        }
        let own = matches!(cell.layer, Some(CellLayer::Person | CellLayer::Swap));
        let spans = self.protections.get(&person).map(Vec::as_slice).unwrap_or_default();
        PlannedDay {
            date,
            kind: cell.kind,
            service: cell.service,
            written: own && matches!(cell.planned, Planned::Shifts(_)),
            works,
            protection: spans.iter().find(|s| s.contains(date)).map(|s| s.kind),
            part_time: line_on(&self.lines.part_time, person, date).unwrap_or(false),
        }
    }

    pub fn days(&self, person: PersonId, from: LocalDate, to: LocalDate) -> Vec<PlannedDay> {
        from.through(to).map(|date| self.day(person, date)).collect()
    }

    /// What the checks find in dates of a person. Weeks and months that are not whole between the dates are not judged.
    pub fn findings(&self, person: PersonId, from: LocalDate, to: LocalDate) -> Vec<Finding> {
        check(&self.days(person, from, to), &self.limits)
    }
}

/// The position of a person on a date.
pub fn position_on(plans: &Plans, person: PersonId, date: LocalDate) -> Option<PositionId> {
    line_on(&plans.lines.positions, person, date).flatten()
}

/// The dates that must be known to judge those from `from` to `to`: whole months and weeks, and as far as a run of dates
/// may reach.
pub fn judged(from: LocalDate, to: LocalDate) -> (LocalDate, LocalDate) {
    let first = LocalDate::from_ymd(from.year(), from.month(), 1).unwrap_or(from);
    let next = to.plus(1 - i32::try_from(to.day()).unwrap_or(1)).plus(32);
    let last = LocalDate::from_ymd(next.year(), next.month(), 1).map_or(to, |d| d.plus(-1));
    /// The longest run a limit may allow.
    const RUN: i32 = 31;
    let (from, to) = (first.min(from.plus(-RUN)), last.max(to.plus(RUN)));
    (from.plus(1 - i32::from(from.weekday())), to.plus(7 - i32::from(to.weekday())))
}

fn ordered_work(row: &OrderedRow) -> Result<Work, Fault> {
    let midnight = WallTime::on(row.work_date, 0).seconds();
    let minute = |wall: i64| i32::try_from((wall - midnight).div_euclid(60)).unwrap_or(0);
    let breaks: Vec<(i64, i64)> = serde_json::from_str(&row.breaks)?;
    let inside: i32 = breaks.iter().map(|(s, e)| minute(*e) - minute(*s)).sum();
    Ok(Work::ordered(minute(row.start_wall), minute(row.end_wall), inside + row.break_minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_weeks_and_runs_are_read() {
        let day = |t: &str| t.parse::<LocalDate>().unwrap_or_default();
        let (from, to) = judged(day("2026-03-10"), day("2026-03-31"));
        assert_eq!((from.to_string(), to.to_string()), ("2026-02-02".into(), "2026-05-03".into()));
        let (from, to) = judged(day("2026-01-31"), day("2026-01-31"));
        assert!(from <= day("2025-12-31") && to >= day("2026-03-03"));
    }
}
