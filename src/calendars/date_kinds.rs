//! What dates are for people, each by his calendar.

use std::collections::HashMap;

use engine::DateKind;
use sea_orm::FromQueryResult;
use vocabulary::{CalendarId, LocalDate, PersonId};

use super::read::{CalendarFilter, calendars};
use super::{Calendar, parse_kind};
use crate::base::{Fault, Query, id_rows, id_value};

/// Kinds of dates of some people.
#[derive(Clone, Debug)]
pub struct DateKinds {
    default: Option<CalendarId>,
    calendars: HashMap<CalendarId, Calendar>,
    lines: HashMap<PersonId, Vec<(LocalDate, CalendarId)>>,
}

impl DateKinds {
    /// What a date is for a person.
    pub fn kind(&self, person: PersonId, date: LocalDate) -> DateKind {
        let line = self.lines.get(&person);
        let own = line.and_then(|l| l.iter().rev().find(|(from, _)| *from <= date));
        self.of(own.map(|(_, c)| *c), date)
    }

    /// What a date is by the default calendar.
    pub fn default_kind(&self, date: LocalDate) -> DateKind {
        self.of(None, date)
    }

    fn of(&self, own: Option<CalendarId>, date: LocalDate) -> DateKind {
        let calendar = own.or(self.default).and_then(|id| self.calendars.get(&id));
        calendar.map_or(DateKind::Workday, |c| c.kind(date))
    }
}

#[derive(FromQueryResult)]
struct ListedRow {
    calendar_id: CalendarId,
    on_date: LocalDate,
    kind: String,
}

#[derive(FromQueryResult)]
struct LineRow {
    person_id: PersonId,
    valid_from: LocalDate,
    calendar_id: CalendarId,
}

/// The kinds of the dates from `from` to `to` for these people, in three queries.
pub async fn date_kinds(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<DateKinds, Fault> {
    let rows = calendars(q, &CalendarFilter { id: None, after: None, limit: u32::MAX }).await?;
    let listed: Vec<ListedRow> = q
        .rows(
            "SELECT calendar_id, on_date, kind FROM calendar_date WHERE on_date BETWEEN $1 AND $2",
            vec![from.into(), to.into()],
        )
        .await?;
    let mut dates: HashMap<CalendarId, Vec<(LocalDate, DateKind)>> = HashMap::new();
    for r in listed {
        if let Some(kind) = parse_kind(&r.kind) {
            dates.entry(r.calendar_id).or_default().push((r.on_date, kind));
        }
    }
    let default = rows.iter().find(|c| c.is_default).map(|c| c.id);
    let calendars = rows
        .into_iter()
        .map(|c| (c.id, Calendar::new(c.rest_weekdays, dates.remove(&c.id).unwrap_or_default())))
        .collect();
    let sql = format!(
        "SELECT a.person_id, a.valid_from, a.calendar_id FROM {} \
         JOIN calendar_assignment a ON a.person_id = k.id \
         WHERE a.valid_from <= $2 ORDER BY a.person_id, a.valid_from",
        id_rows(q.dialect(), "k", 1)
    );
    let ids = id_value(people.iter().map(|p| p.0));
    let entries: Vec<LineRow> = q.rows(&sql, vec![ids, to.into()]).await?;
    let mut lines: HashMap<PersonId, Vec<(LocalDate, CalendarId)>> = HashMap::new();
    for e in entries {
        lines.entry(e.person_id).or_default().push((e.valid_from, e.calendar_id));
    }
    Ok(DateKinds { default, calendars, lines })
}
