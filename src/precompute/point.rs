//! Results of one person: one statement when nothing of his waits, else computed while he waits.

use std::collections::{BTreeMap, HashSet};

use engine::Evaluator;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{DateSpan, Instant, LocalDate, PersonId};

use super::compute::compute;
use super::evaluate::Prepared;
use super::gather::{Person, gather, period_at};
use super::read::{
    self, DAY_COLUMNS, Day, DayRow, ExceptionFilter, ExceptionRow, MAX_PERSON_DAYS, Post,
    SummaryFilter, SummaryRow, check_span,
};
use super::row::Computed;
use super::settle::anchor;
use super::summary::summary_of;
use crate::base::{App, Failure, Fault, Query, Scope, Tx};
use crate::calendars;
use crate::dirty;
use crate::identity::{Claim, IdentityRefusal};
use crate::people;

/// Most dates that are computed while somebody waits.
pub const MAX_ON_THE_SPOT: i32 = 31;

/// One person's days and how fresh they are.
pub struct PersonDays {
    pub person: PersonId,
    pub days: Vec<Day>,
    /// The oldest change of his that waits.
    pub pending_at: Option<Instant>,
}

/// A stored day, or none, beside what is known of the person.
#[derive(FromQueryResult)]
struct PointRow {
    own_id: Option<PersonId>,
    waits_since: Option<Instant>,
    #[sea_orm(nested)]
    day: Option<DayRow>,
}

/// The days of a person, or one row without a day. `whose` is a query that gives `person_id`. What waits is
/// asked once, not for each day.
fn point_sql(whose: &str) -> String {
    let waits = dirty::waits_since("o.person_id");
    format!(
        "WITH w AS MATERIALIZED (SELECT o.person_id, {waits} AS waits_since FROM ({whose}) AS o) \
         SELECT w.person_id AS own_id, w.waits_since, {DAY_COLUMNS} FROM w \
         LEFT JOIN day_result d ON d.person_id = w.person_id AND d.work_date BETWEEN $1 AND $2 \
         ORDER BY d.work_date"
    )
}

/// One person's days. While changes of his wait, a short span is computed on the spot; a long one is answered
/// as stored and says so. Dates after today are always computed and never stored.
pub async fn person_days(
    app: &App,
    person: PersonId,
    from: LocalDate,
    to: LocalDate,
) -> Result<PersonDays, Failure> {
    check_span(from, to, MAX_PERSON_DAYS)?;
    let sql = point_sql("SELECT CAST($3 AS BIGINT) AS person_id");
    let rows: Vec<PointRow> =
        app.db.points().rows(&sql, vec![from.into(), to.into(), person.into()]).await?;
    fresh(app, person, rows, from, to).await
}

/// The days of the one who sends a token. Whether he is still signed in is asked in the same statement.
pub async fn own_days(
    app: &App,
    claim: &Claim,
    from: LocalDate,
    to: LocalDate,
) -> Result<PersonDays, Failure> {
    check_span(from, to, MAX_PERSON_DAYS)?;
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    let whose = claim.sql(app.clock.now(), &mut values);
    let rows: Vec<PointRow> = app.db.points().rows(&point_sql(&whose), values).await?;
    let first = rows.first().ok_or(IdentityRefusal::TokenInvalid)?;
    let person = first.own_id.ok_or(IdentityRefusal::NoEmployee)?;
    fresh(app, person, rows, from, to).await
}

async fn fresh(
    app: &App,
    person: PersonId,
    rows: Vec<PointRow>,
    from: LocalDate,
    to: LocalDate,
) -> Result<PersonDays, Failure> {
    let pending_at = rows.first().and_then(|r| r.waits_since);
    let short = to.days() - from.days() < MAX_ON_THE_SPOT;
    let on_the_spot = pending_at.is_some() && short;
    let today = app.today();
    let stored = rows.into_iter().filter_map(|r| r.day);
    let mut days: Vec<Day> =
        stored.map(|row| Day::Stored { row: Box::new(row), fresh: pending_at.is_none() }).collect();
    let ahead = |days: &[Day]| {
        let last = days.last().map(Day::date);
        last.map_or(from, |d| d.plus(1)).max(from).max(today)
    };
    if on_the_spot || (short && ahead(&days) <= to) {
        // One state of the database for all that is computed for this answer.
        let tx = app.db.snapshot().await?;
        if on_the_spot {
            let now = compute_span(app, &tx, person, from, to.min(today.plus(1))).await?;
            days = replaced(days, now);
        }
        let begin = ahead(&days);
        if begin <= to {
            days.extend(preview(app, &tx, person, begin, to).await?);
        }
        tx.rollback().await?;
    }
    Ok(PersonDays { person, days, pending_at })
}

/// Exceptions of one person and how fresh they are.
pub struct PersonExceptions {
    pub rows: Vec<ExceptionRow>,
    pub pending_at: Option<Instant>,
}

/// Exceptions of one person. While changes of his wait, those of a short span are as they will be.
pub async fn person_exceptions(
    app: &App,
    scope: &Scope,
    person: PersonId,
    f: &ExceptionFilter,
) -> Result<PersonExceptions, Failure> {
    let pending_at = dirty::pending_since(app.db.read(), person).await?;
    let short = f.to.days() - f.from.days() < MAX_ON_THE_SPOT;
    if pending_at.is_none() || !short {
        let rows = read::exceptions(app.db.read(), scope, f).await?;
        return Ok(PersonExceptions { rows, pending_at });
    }
    let all = ExceptionFilter {
        post: Post::default(),
        code: None,
        open: None,
        after: None,
        limit: u32::MAX,
        ..f.clone()
    };
    let tx = app.db.snapshot().await?;
    let stored = read::exceptions(&tx, scope, &all).await?;
    let seen = read::seen_dates(&tx, scope, person, f.from, f.to).await?;
    let name = read::name(&tx, person).await?;
    let computed = compute_span(app, &tx, person, f.from, f.to).await?;
    tx.rollback().await?;
    let Some(name) = name else {
        return Ok(PersonExceptions { rows: Vec::new(), pending_at });
    };
    let now = app.clock.now();
    let found = computed.computed.iter().filter(|c| seen.contains(&c.date));
    let rows = found.flat_map(|c| {
        c.result.exceptions.iter().map(|e| ExceptionRow {
            person_id: person,
            number: name.number.clone(),
            name: name.name.clone(),
            work_date: c.date,
            code: e.code.as_str().to_owned(),
            anchor: anchor(e),
            minutes: e.minutes,
            org_id: c.org,
            position_id: c.position,
            employment_kind: c.kind,
            opened_at: now,
            closed_at: None,
        })
    });
    let (frozen, stored): (Vec<_>, Vec<_>) =
        stored.into_iter().partition(|r| computed.locked.contains(&r.work_date));
    let mut rows = merged(stored, rows.collect(), now);
    rows.extend(frozen);
    rows.sort_by(|a, b| (a.work_date, &a.code, a.anchor).cmp(&(b.work_date, &b.code, b.anchor)));
    rows.retain(|r| f.wants(r));
    rows.truncate(usize::try_from(f.limit).unwrap_or(usize::MAX));
    Ok(PersonExceptions { rows, pending_at })
}

/// The summary of one person and how fresh it is.
pub struct PersonSummary {
    pub row: Option<SummaryRow>,
    pub pending_at: Option<Instant>,
}

/// The summary of a period of one person, the one that holds today if none is named. While changes of his
/// wait, the sums of an open period are as they will be.
pub async fn person_summary(
    app: &App,
    scope: &Scope,
    person: PersonId,
    period: Option<String>,
) -> Result<PersonSummary, Failure> {
    let q = app.db.read();
    let pending_at = dirty::pending_since(q, person).await?;
    let period = match period {
        Some(p) => p,
        None => read::current_period(app, person, app.today()).await?,
    };
    let filter = SummaryFilter {
        person: Some(person),
        post: Post::default(),
        period: period.clone(),
        after: None,
        limit: 1,
    };
    let row = read::summaries(q, scope, &filter).await?.pop();
    if pending_at.is_none() {
        return Ok(PersonSummary { row, pending_at });
    }
    let tx = app.db.snapshot().await?;
    let mut inside: Vec<LocalDate> = row.iter().map(|r| r.from_date).collect();
    if inside.is_empty() {
        // Every period that a start day cuts holds the 15th of the month that names it.
        inside.extend(format!("{period}-15").parse::<LocalDate>());
        inside.extend(calendars::listed_by_name(&tx, &period).await?);
    }
    let mut now = None;
    for date in inside {
        if now.is_none() {
            now = summary_now(app, &tx, scope, person, &period, date).await?;
        }
    }
    tx.rollback().await?;
    Ok(PersonSummary { row: now.or(row), pending_at })
}

/// `None` where the stored summary stands: the period is locked or too long.
async fn summary_now(
    app: &App,
    tx: &Tx,
    scope: &Scope,
    person: PersonId,
    period: &str,
    inside: LocalDate,
) -> Result<Option<SummaryRow>, Failure> {
    let Some(found) = period_at(tx, person, inside).await? else { return Ok(None) };
    let long = found.to.days() - found.from.days() >= MAX_ON_THE_SPOT;
    if found.label.to_string() != period || found.locked() || long {
        return Ok(None);
    }
    if !people::visible(tx, scope, &[person], found.to).await?.contains(&person) {
        return Ok(None);
    }
    let Some(name) = read::name(tx, person).await? else { return Ok(None) };
    let last = found.to.min(app.today().plus(1));
    let now = compute_span(app, tx, person, found.from, last).await?;
    if now.computed.is_empty() {
        return Ok(None);
    }
    Ok(Some(summary_of(person, name, &found, &now.computed)?))
}

/// What settling would make of the stored exceptions: those that are found again stay or open again, those
/// that are not are closed, new ones are added.
fn merged(stored: Vec<ExceptionRow>, found: Vec<ExceptionRow>, now: Instant) -> Vec<ExceptionRow> {
    let mut by_key: BTreeMap<(LocalDate, String, i64), ExceptionRow> = BTreeMap::new();
    let key = |r: &ExceptionRow| (r.work_date, r.code.clone(), r.anchor);
    for mut row in stored {
        row.closed_at = row.closed_at.or(Some(now));
        by_key.insert(key(&row), row);
    }
    for row in found {
        let stays = by_key.get(&key(&row)).filter(|r| r.closed_at == Some(now));
        let opened_at = stays.map_or(now, |r| r.opened_at);
        by_key.insert(key(&row), ExceptionRow { opened_at, ..row });
    }
    by_key.into_values().collect()
}

/// What the facts of a snapshot give for a span; never stored.
struct Now {
    computed: Vec<Computed>,
    /// Dates in locked periods: what is stored of them stays.
    locked: HashSet<LocalDate>,
}

async fn compute_span(
    app: &App,
    tx: &Tx,
    person: PersonId,
    from: LocalDate,
    to: LocalDate,
) -> Result<Now, Fault> {
    if to < from {
        return Ok(Now { computed: Vec::new(), locked: HashSet::new() });
    }
    let (inputs, days) = compute(tx, &[(person, DateSpan::new(from, to))], app.clock.now()).await?;
    let locked = |p: &Person| {
        let dates = from.through(to).filter(|d| inputs.period(p, *d).locked());
        dates.collect::<HashSet<LocalDate>>()
    };
    let locked = inputs.people.first().map(locked).unwrap_or_default();
    let results = days.into_iter().flat_map(|d| d.results);
    let open = results.filter(|c| (from..=to).contains(&c.date) && !locked.contains(&c.date));
    Ok(Now { computed: open.collect(), locked })
}

/// Stored days of locked dates, and of all others what was computed.
fn replaced(stored: Vec<Day>, now: Now) -> Vec<Day> {
    let frozen = stored.into_iter().filter_map(|d| match d {
        Day::Stored { row, .. } if now.locked.contains(&row.work_date) => {
            Some(Day::Stored { row, fresh: true })
        }
        _ => None,
    });
    let mut days: Vec<Day> = frozen.collect();
    days.extend(now.computed.into_iter().map(|c| Day::Computed(Box::new(c))));
    days.sort_by_key(Day::date);
    days
}

/// Dates that have not begun, as they are planned.
async fn preview(
    app: &App,
    tx: &Tx,
    person: PersonId,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<Day>, Fault> {
    let inputs = gather(tx, &[(person, DateSpan::new(from, to))]).await?;
    let Some(p) = inputs.people.first() else { return Ok(Vec::new()) };
    let ready = Prepared::new(&inputs, p, from, to, app.clock.now());
    let results = ready.results(from, to, &mut Evaluator::new());
    Ok(results.into_iter().map(|c| Day::Computed(Box::new(c))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(code: &str, opened: i64, closed: Option<i64>) -> ExceptionRow {
        ExceptionRow {
            person_id: PersonId(1),
            number: "1".to_owned(),
            name: "n".to_owned(),
            work_date: LocalDate::from_days(20_000),
            code: code.to_owned(),
            anchor: 0,
            minutes: None,
            org_id: None,
            position_id: None,
            employment_kind: None,
            opened_at: Instant::from_millis(opened),
            closed_at: closed.map(Instant::from_millis),
        }
    }

    #[test]
    fn exceptions_are_merged_as_settling_would() {
        let stored = vec![row("gone", 1, None), row("stays", 2, None), row("back", 3, Some(4))];
        let found = vec![row("new", 9, None), row("stays", 9, None), row("back", 9, None)];
        let now = Instant::from_millis(9);
        assert_eq!(
            merged(stored, found, now),
            [
                row("back", 9, None),
                row("gone", 1, Some(9)),
                row("new", 9, None),
                row("stays", 2, None)
            ]
        );
    }
}
