use std::collections::HashMap;

use engine::DateKind;
use serde::Serialize;
use vocabulary::{CalendarId, Instant, LocalDate};

use super::national::{NationalDate, national};
use super::read::{CalendarRow, DateRow, calendar_row, dates};
use super::set_dates::{NewDate, apply};
use super::{CalendarRefusal, ChangedDates, kind_code, parse_kind, store};
use crate::base::{Actor, App, Failure, Once, Query, Tx, begin_once, finish_once};

/// A date that the import would write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub date: LocalDate,
    /// `None` = it is not listed any more, because the national data dropped it.
    pub kind: Option<DateKind>,
    pub name: String,
    /// What an earlier import wrote.
    pub before: Option<DateKind>,
}

/// A date that somebody entered differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub date: LocalDate,
    pub ours: Option<DateKind>,
    pub our_name: String,
    pub national: DateKind,
    pub national_name: String,
}

/// What the import of a year does to a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NationalPlan {
    pub additions: Vec<Planned>,
    /// Kept unless the import is told to replace them.
    pub conflicts: Vec<Conflict>,
    /// Dates that are already as the national data say.
    pub unchanged: usize,
}

/// What the import of a year would do.
pub async fn preview_national(
    q: &impl Query,
    id: CalendarId,
    year: i32,
) -> Result<NationalPlan, Failure> {
    let calendar = calendar_row(q, id).await?.ok_or(CalendarRefusal::CalendarNotFound)?;
    plan(q, &calendar, year).await
}

#[derive(Serialize)]
struct Input {
    calendar: CalendarId,
    year: i32,
    replace: bool,
}

/// Takes the national schedule of a year into a calendar. What people entered wins unless `replace`
/// is set. Doing it again changes nothing.
pub async fn import_national(
    app: &App,
    actor: &Actor,
    id: CalendarId,
    year: i32,
    replace: bool,
    key: Option<String>,
) -> Result<ChangedDates, Failure> {
    let once = Once::new(key, &Input { calendar: id, year, replace })?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "import_national", &once, at).await? {
        return Ok(done);
    }
    let done = take(&tx, actor, id, year, replace, at).await?;
    finish_once(&tx, actor, "import_national", &once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// Calendars of one call.
const MAX_CALENDARS: usize = 50;

#[derive(Serialize)]
struct ManyInput<'i> {
    calendars: &'i [CalendarId],
    year: i32,
    replace: bool,
}

/// The same for several calendars at once: all of them or none.
pub async fn import_national_into(
    app: &App,
    actor: &Actor,
    ids: &[CalendarId],
    year: i32,
    replace: bool,
    key: Option<String>,
) -> Result<Vec<ChangedDates>, Failure> {
    if ids.is_empty() || ids.len() > MAX_CALENDARS {
        return Err(CalendarRefusal::TooManyRows { max: MAX_CALENDARS }.into());
    }
    let once = Once::new(key, &ManyInput { calendars: ids, year, replace })?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "import_national_into", &once, at).await? {
        return Ok(done);
    }
    let mut done = Vec::new();
    for (i, id) in ids.iter().enumerate() {
        if ids.iter().take(i).any(|other| other == id) {
            return Err(CalendarRefusal::RowRepeated.into());
        }
        done.push(take(&tx, actor, *id, year, replace, at).await?);
    }
    finish_once(&tx, actor, "import_national_into", &once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

async fn take(
    tx: &Tx,
    actor: &Actor,
    id: CalendarId,
    year: i32,
    replace: bool,
    at: Instant,
) -> Result<ChangedDates, Failure> {
    let calendar = calendar_row(tx, id).await?.ok_or(CalendarRefusal::CalendarNotFound)?;
    let plan = plan(tx, &calendar, year).await?;
    let mut entries: Vec<NewDate> = plan
        .additions
        .iter()
        .map(|p| NewDate { date: p.date, kind: p.kind, name: &p.name, source: "national" })
        .collect();
    if replace {
        entries.extend(plan.conflicts.iter().map(|c| NewDate {
            date: c.date,
            kind: Some(c.national),
            name: &c.national_name,
            source: "national",
        }));
    }
    if entries.is_empty() {
        let (changed, marks, batches) = (0, 0, Vec::new());
        return Ok(ChangedDates { version: calendar.version, changed, marks, batches });
    }
    if !store::next_version(tx, id, calendar.version).await? {
        return Err(CalendarRefusal::VersionConflict { version: calendar.version }.into());
    }
    Ok(apply(tx, actor, &calendar, &entries, at).await?)
}

async fn plan(q: &impl Query, calendar: &CalendarRow, year: i32) -> Result<NationalPlan, Failure> {
    let mut wanted = national(year).ok_or(CalendarRefusal::YearUnknown)?;
    if calendar.rest_weekdays.is_empty() {
        wanted.retain(|d| d.kind == DateKind::Statutory);
    }
    let bound = |month, day| LocalDate::from_ymd(year, month, day);
    let (Some(first), Some(last)) = (bound(1, 1), bound(12, 31)) else {
        return Err(CalendarRefusal::YearUnknown.into());
    };
    Ok(compare(&wanted, &dates(q, calendar.id, first, last).await?))
}

fn compare(wanted: &[NationalDate], stored: &[DateRow]) -> NationalPlan {
    let mut left: HashMap<LocalDate, &DateRow> = stored.iter().map(|d| (d.on_date, d)).collect();
    let mut plan = NationalPlan::default();
    for w in wanted {
        let before = left.remove(&w.date);
        let kind = before.and_then(|d| parse_kind(&d.kind));
        match before {
            Some(d)
                if d.kind == kind_code(w.kind) && (d.name == w.name || d.source == "manual") =>
            {
                plan.unchanged += 1;
            }
            Some(d) if d.source == "manual" => plan.conflicts.push(Conflict {
                date: w.date,
                ours: kind,
                our_name: d.name.clone(),
                national: w.kind,
                national_name: w.name.clone(),
            }),
            _ => plan.additions.push(Planned {
                date: w.date,
                kind: Some(w.kind),
                name: w.name.clone(),
                before: kind,
            }),
        }
    }
    let mut dropped: Vec<&DateRow> =
        left.into_values().filter(|d| d.source == "national").collect();
    dropped.sort_by_key(|d| d.on_date);
    plan.additions.extend(dropped.into_iter().map(|d| Planned {
        date: d.on_date,
        kind: None,
        name: String::new(),
        before: parse_kind(&d.kind),
    }));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manual_entries_are_conflicts_and_dropped_national_ones_disappear() {
        let day = LocalDate::from_days;
        let national = |n, kind| NationalDate { date: day(n), kind, name: "节".to_owned() };
        let stored = |n, kind: &str, source: &str| DateRow {
            on_date: day(n),
            kind: kind.to_owned(),
            name: "节".to_owned(),
            source: source.to_owned(),
        };
        let wanted = [
            national(1, DateKind::Statutory),
            national(2, DateKind::Rest),
            national(3, DateKind::Rest),
            national(4, DateKind::Workday),
        ];
        let known = [
            stored(2, "rest", "national"),
            stored(3, "workday", "manual"),
            stored(4, "rest", "national"),
            stored(9, "rest", "national"),
            stored(10, "rest", "manual"),
        ];
        let plan = compare(&wanted, &known);
        let additions: Vec<_> = plan.additions.iter().map(|p| (p.date.days(), p.kind)).collect();
        assert_eq!(
            additions,
            [(1, Some(DateKind::Statutory)), (4, Some(DateKind::Workday)), (9, None)]
        );
        assert_eq!(plan.conflicts.iter().map(|c| c.date.days()).collect::<Vec<_>>(), [3]);
        assert_eq!(plan.unchanged, 1);
    }
}
