//! Schemes and calendars that departments say for people who have none of their own (domain 2): the nearest department
//! that has one counts, up to the first entry of the person himself.

use std::collections::{BTreeSet, HashMap};

use sea_orm::FromQueryResult;
use vocabulary::{CalendarId, LocalDate, OrgId, RuleId};

use super::{People, Timeline};
use crate::base::{Fault, Query, Tx};
use crate::people::{self, Lineage};

/// A timeline of a department; `None` = the one above it says it.
type Line = Vec<(LocalDate, Option<i64>)>;

#[derive(Default)]
struct Said {
    schemes: HashMap<OrgId, Line>,
    calendars: HashMap<OrgId, Line>,
}

#[derive(FromQueryResult)]
struct SaidRow {
    what: String,
    org_id: OrgId,
    valid_from: LocalDate,
    object_id: Option<i64>,
}

/// Gives people what their departments say, in at most two queries; one where no department says anything.
pub async fn apply(
    q: &Tx,
    people: &mut People,
    default_calendar: Option<CalendarId>,
) -> Result<(), Fault> {
    let rows: Vec<SaidRow> = q
        .rows(
            "SELECT 'scheme' AS what, org_id, valid_from, scheme_id AS object_id FROM org_scheme \
             UNION ALL SELECT 'calendar', org_id, valid_from, calendar_id FROM org_calendar \
             ORDER BY 1, 2, 3",
            vec![],
        )
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut said = Said::default();
    for r in rows {
        let lines = if r.what == "scheme" { &mut said.schemes } else { &mut said.calendars };
        lines.entry(r.org_id).or_default().push((r.valid_from, r.object_id));
    }
    let orgs: Vec<OrgId> = people.values().flat_map(|p| p.orgs.values().copied()).collect();
    let lineage = people::lineage(q, orgs).await?;
    for p in people.values_mut() {
        if !said.schemes.is_empty() {
            let first = p.schemes.entries().next().map(|(d, _)| d);
            let line = line(&p.orgs, &lineage, &said.schemes, first);
            let own = p.schemes.entries().map(|(d, s)| (d, *s));
            let line = line.into_iter().map(|(d, s)| (d, s.map(RuleId)));
            p.schemes = line.chain(own.collect::<Vec<_>>()).collect();
        }
        if !said.calendars.is_empty() {
            let first = p.calendars.entries().next().map(|(d, _)| d);
            let line = line(&p.orgs, &lineage, &said.calendars, first);
            let own = p.calendars.entries().map(|(d, c)| (d, *c));
            let calendar = |(d, c): (LocalDate, Option<i64>)| {
                Some((d, c.map(CalendarId).or(default_calendar)?))
            };
            let line: Vec<_> = line.into_iter().filter_map(calendar).collect();
            p.calendars = line.into_iter().chain(own.collect::<Vec<_>>()).collect();
        }
    }
    Ok(())
}

/// What the nearest department says, where it changes; before `first`, the date of the person's own first entry.
fn line(
    orgs: &Timeline<OrgId>,
    lineage: &Lineage,
    said: &HashMap<OrgId, Line>,
    first: Option<LocalDate>,
) -> Line {
    let mut dates = BTreeSet::new();
    for (from, org) in orgs.entries() {
        dates.insert(from);
        dates.extend(lineage.changes(*org));
        let above = lineage.above(*org).iter().filter_map(|a| said.get(&a.ancestor));
        dates.extend(above.flatten().map(|(from, _)| *from));
    }
    let mut line = Line::new();
    for date in dates.into_iter().filter(|d| first.is_none_or(|f| *d < f)) {
        let says = |org: OrgId| {
            let line = said.get(&org)?;
            let next = line.partition_point(|(from, _)| *from <= date);
            line.get(next.checked_sub(1)?).and_then(|(_, object)| *object)
        };
        let value = orgs.on(date).and_then(|org| lineage.nearest(*org, date, says));
        if line.last().map_or(value.is_some(), |(_, last)| *last != value) {
            line.push((date, value));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Above;

    fn day(n: i32) -> LocalDate {
        LocalDate::from_days(n)
    }

    #[test]
    fn the_nearest_department_says_it_until_the_person_has_his_own() {
        let (group, plant, office) = (OrgId(1), OrgId(2), OrgId(3));
        let above = |d: OrgId, a: OrgId, distance| {
            (d, Above { ancestor: a, from: day(0), to: None, distance })
        };
        let lineage = Lineage::new([
            above(plant, plant, 0),
            above(plant, group, 1),
            above(office, office, 0),
            above(office, group, 1),
        ]);
        let said = HashMap::from([
            (group, vec![(day(5), Some(10))]),
            (plant, vec![(day(8), Some(20)), (day(12), None), (day(40), Some(30))]),
        ]);
        let orgs: Timeline<OrgId> = [(day(6), plant), (day(20), office)].into_iter().collect();
        let all = line(&orgs, &lineage, &said, None);
        assert_eq!(all, [(day(6), Some(10)), (day(8), Some(20)), (day(12), Some(10))]);
        let own = line(&orgs, &lineage, &said, Some(day(8)));
        assert_eq!(own, [(day(6), Some(10))], "from day 8 on he has his own");
        let nobody = line(&Timeline::default(), &lineage, &said, None);
        assert_eq!(nobody, []);
    }
}
