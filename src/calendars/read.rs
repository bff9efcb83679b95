//! Calendars with their dates, and who has which.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use vocabulary::{CalendarId, LocalDate, PersonId};

use super::store::{ENTRY, Line};
use super::{Calendar, parse_kind};
use crate::base::{Fault, Query, Scope, json_rows};
use crate::people;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarRow {
    pub id: CalendarId,
    pub code: String,
    pub name: String,
    /// 1 = Monday … 7 = Sunday.
    pub rest_weekdays: Vec<u8>,
    /// Used for people without an assignment.
    pub is_default: bool,
    pub version: i32,
}

#[derive(FromQueryResult)]
struct StoredCalendar {
    id: CalendarId,
    code: String,
    name: String,
    rest_weekdays: String,
    is_default: bool,
    version: i32,
}

impl StoredCalendar {
    fn row(self) -> Result<CalendarRow, Fault> {
        Ok(CalendarRow {
            id: self.id,
            code: self.code,
            name: self.name,
            rest_weekdays: serde_json::from_str(&self.rest_weekdays)?,
            is_default: self.is_default,
            version: self.version,
        })
    }
}

/// Which calendars are wanted.
#[derive(Clone, Debug)]
pub struct CalendarFilter {
    pub id: Option<CalendarId>,
    /// Codes after this one.
    pub after: Option<String>,
    pub limit: u32,
}

/// Calendars in the order of their codes.
pub async fn calendars(q: &impl Query, f: &CalendarFilter) -> Result<Vec<CalendarRow>, Fault> {
    let rows: Vec<StoredCalendar> = q
        .rows(
            "SELECT id, code, name, rest_weekdays, is_default, version FROM calendar \
             WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR code > $2) ORDER BY code LIMIT $3",
            vec![f.id.into(), f.after.clone().into(), i64::from(f.limit).into()],
        )
        .await?;
    rows.into_iter().map(StoredCalendar::row).collect()
}

/// One calendar.
pub async fn calendar_row(q: &impl Query, id: CalendarId) -> Result<Option<CalendarRow>, Fault> {
    let filter = CalendarFilter { id: Some(id), after: None, limit: 1 };
    Ok(calendars(q, &filter).await?.pop())
}

/// Ids of all calendars by code.
pub async fn calendar_codes(q: &impl Query) -> Result<HashMap<String, CalendarId>, Fault> {
    let filter = CalendarFilter { id: None, after: None, limit: u32::MAX };
    Ok(calendars(q, &filter).await?.into_iter().map(|c| (c.code, c.id)).collect())
}

/// A listed date of a calendar.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DateRow {
    pub on_date: LocalDate,
    /// `statutory`, `rest`, `workday`.
    pub kind: String,
    pub name: String,
    /// `national`, `manual`.
    pub source: String,
}

/// The listed dates of a calendar from `from` to `to`, in order.
pub async fn dates(
    q: &impl Query,
    id: CalendarId,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<DateRow>, Fault> {
    q.rows(
        "SELECT on_date, kind, name, source FROM calendar_date \
         WHERE calendar_id = $1 AND on_date BETWEEN $2 AND $3 ORDER BY on_date",
        vec![id.into(), from.into(), to.into()],
    )
    .await
}

/// A calendar with all its dates.
pub async fn load(q: &impl Query, id: CalendarId) -> Result<Option<Calendar>, Fault> {
    let Some(row) = calendar_row(q, id).await? else { return Ok(None) };
    let listed = dates(q, id, LocalDate::MIN, LocalDate::MAX).await?;
    let listed = listed.into_iter().filter_map(|d| Some((d.on_date, parse_kind(&d.kind)?)));
    Ok(Some(Calendar::new(row.rest_weekdays, listed)))
}

/// One entry of the timeline of the calendar of a person; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AssignmentRow {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    pub calendar_id: CalendarId,
    pub code: String,
}

/// Which assignments are wanted.
#[derive(Clone, Debug)]
pub struct AssignmentFilter {
    pub person: Option<PersonId>,
    pub calendar: Option<CalendarId>,
    /// Entries after this person and date.
    pub after: Option<(PersonId, LocalDate)>,
    pub limit: u32,
}

/// Entries of timelines in the order of person and date, of people who are in scope on the first
/// date of the entry.
pub async fn assignments(
    q: &impl Query,
    scope: &Scope,
    f: &AssignmentFilter,
) -> Result<Vec<AssignmentRow>, Fault> {
    let (person, from) = f.after.unwrap_or((PersonId(0), LocalDate::MIN));
    let mut values: Vec<Value> = vec![
        f.person.into(),
        f.calendar.into(),
        person.into(),
        from.into(),
        i64::from(f.limit).into(),
    ];
    let visible = people::within(scope, "a.valid_from", "a.person_id", &mut values);
    let sql = format!(
        "SELECT a.person_id, a.valid_from, a.calendar_id, c.code FROM calendar_assignment a \
         JOIN calendar c ON c.id = a.calendar_id \
         WHERE ($1 IS NULL OR a.person_id = $1) AND ($2 IS NULL OR a.calendar_id = $2) \
           AND (a.person_id, a.valid_from) > ($3, $4) AND {visible} \
         ORDER BY a.person_id, a.valid_from LIMIT $5"
    );
    q.rows(&sql, values).await
}

/// An entry as it stands, with the first date of the next one.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct StoredEntry {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// `None` = there is no entry.
    pub object_id: Option<i64>,
    pub next_from: Option<LocalDate>,
}

/// What stands at the places of `rows`, one answer each.
pub(super) async fn entries_at(
    q: &impl Query,
    line: Line,
    rows: &str,
) -> Result<Vec<StoredEntry>, Fault> {
    let (table, column) = (line.table(), line.column());
    let input = json_rows(q.dialect(), "r", 1, &ENTRY);
    let sql = format!(
        "SELECT r.person_id, r.valid_from, t.{column} AS object_id, \
           (SELECT min(n.valid_from) FROM {table} n WHERE n.person_id = r.person_id \
              AND n.valid_from > r.valid_from) AS next_from \
         FROM {input} LEFT JOIN {table} t \
           ON t.person_id = r.person_id AND t.valid_from = r.valid_from"
    );
    q.rows(&sql, vec![rows.into()]).await
}
