//! Queries of results. The first argument is the scope; freshness belongs to every answer.

use std::collections::{HashMap, HashSet};

use engine::Evaluator;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{
    DateSpan, EmploymentKind, Instant, LocalDate, OrgId, PersonId, PositionId, RuleId,
};

use super::closing::{Replay, replays};
use super::evaluate::{Explained, Prepared};
use super::gather::{gather, period_at};
use super::locked::is_locked;
use super::point::MAX_ON_THE_SPOT;
use super::refusal::ResultRefusal;
use super::row::Computed;
use crate::base::{App, ColumnKind, Failure, Fault, Query, Scope, json_rows};
use crate::dirty::{self, Pending};
use crate::people;

/// Most dates of one person in one answer.
pub const MAX_PERSON_DAYS: i32 = 366;
/// Most dates of a list over people.
pub const MAX_LIST_DAYS: i32 = 62;

/// A stored result.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DayRow {
    pub person_id: PersonId,
    pub work_date: LocalDate,
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub scheme_id: Option<RuleId>,
    pub state: String,
    pub day_type: Option<String>,
    pub shift: Option<String>,
    pub due_tenths: i32,
    pub actual_tenths: i32,
    pub regular_minutes: i32,
    pub absence_tenths: i32,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub detail: Option<String>,
    pub hash: i64,
    pub evaluated_wall: Option<i64>,
    pub computed_at: Instant,
}

const IS_LOCKED: &str = is_locked!();

/// The columns of a [`DayRow`] of `day_result d`.
pub const DAY_COLUMNS: &str = concat!(
    "d.person_id, d.work_date, d.org_id, d.position_id, d.employment_kind, d.scheme_id, \
     CASE WHEN d.state = 'final' AND ",
    is_locked!(),
    " THEN 'locked' ELSE d.state END AS state, d.day_type, \
     d.shift, d.due_tenths, d.actual_tenths, d.regular_minutes, d.absence_tenths, \
     d.absence_days_hundredths, d.shortfall_minutes, d.unconfirmed_minutes, d.presence_minutes, \
     d.night_minutes, d.detail, d.hash, d.evaluated_wall, d.computed_at"
);

/// A result for an answer: stored, or computed just now.
pub enum Day {
    Stored { row: Box<DayRow>, fresh: bool },
    Computed(Box<Computed>),
}

/// Position and employment kind that rows must have on their date; `None` = any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Post {
    pub position: Option<PositionId>,
    pub kind: Option<EmploymentKind>,
}

impl Post {
    /// Conditions on the columns of `table`; what is bound is appended to `values`.
    pub(super) fn conditions(
        self,
        table: &str,
        values: &mut Vec<Value>,
    ) -> impl Iterator<Item = String> + use<> {
        let mut parts = Vec::new();
        if let Some(position) = self.position {
            values.push(position.into());
            parts.push(format!("{table}.position_id = ${}", values.len()));
        }
        if let Some(kind) = self.kind {
            values.push(kind.into());
            parts.push(format!("{table}.employment_kind = ${}", values.len()));
        }
        parts.into_iter()
    }
}

/// Which results are wanted.
pub struct DayFilter {
    pub person: Option<PersonId>,
    pub org: Option<OrgId>,
    pub post: Post,
    pub from: LocalDate,
    pub to: LocalDate,
    pub state: Option<&'static str>,
    pub with_exceptions: bool,
    /// Behind this key.
    pub after: Option<(PersonId, LocalDate)>,
    pub limit: u32,
}

/// Refuses spans that are upside down or too long.
pub fn check_span(from: LocalDate, to: LocalDate, max: i32) -> Result<(), Failure> {
    if to < from {
        return Err(ResultRefusal::SpanInverted.into());
    }
    if to.days() - from.days() >= max {
        return Err(ResultRefusal::SpanTooLong { max }.into());
    }
    Ok(())
}

/// Stored results, in the order of person and date.
pub async fn days(q: &impl Query, scope: &Scope, f: &DayFilter) -> Result<Vec<DayRow>, Fault> {
    let (sql, values) = days_sql(scope, f, DAY_COLUMNS);
    q.rows(&sql, values).await
}

/// The same for an answer: each says whether a change of its person waits.
pub async fn listed_days(q: &impl Query, scope: &Scope, f: &DayFilter) -> Result<Vec<Day>, Fault> {
    #[derive(FromQueryResult)]
    struct Listed {
        #[sea_orm(nested)]
        day: DayRow,
        waits_since: Option<Instant>,
    }
    let waits = dirty::waits_since("d.person_id");
    let (sql, values) = days_sql(scope, f, &format!("{DAY_COLUMNS}, {waits} AS waits_since"));
    let rows: Vec<Listed> = q.rows(&sql, values).await?;
    let shown = |r: Listed| Day::Stored { fresh: r.waits_since.is_none(), row: Box::new(r.day) };
    Ok(rows.into_iter().map(shown).collect())
}

fn days_sql(scope: &Scope, f: &DayFilter, columns: &str) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![f.from.into(), f.to.into()];
    let mut parts = vec!["d.work_date BETWEEN $1 AND $2".to_owned()];
    if let Some(p) = f.person {
        values.push(p.into());
        parts.push(format!("d.person_id = ${}", values.len()));
    }
    if let Some(o) = f.org {
        values.push(o.into());
        parts.push(format!(
            "EXISTS (SELECT 1 FROM org_closure c WHERE c.descendant_id = d.org_id \
             AND c.ancestor_id = ${} AND c.valid_from <= d.work_date \
             AND (c.valid_to IS NULL OR c.valid_to >= d.work_date))",
            values.len()
        ));
    }
    parts.extend(f.post.conditions("d", &mut values));
    match f.state {
        None => {}
        Some("locked") => parts.push(format!("d.state = 'final' AND {IS_LOCKED}")),
        Some("final") => parts.push(format!("d.state = 'final' AND NOT {IS_LOCKED}")),
        Some(s) => {
            values.push(s.into());
            parts.push(format!("d.state = ${}", values.len()));
        }
    }
    if f.with_exceptions {
        parts.push("d.exceptions > 0".to_owned());
    }
    if let Some((person, date)) = f.after {
        values.push(person.into());
        values.push(date.into());
        let n = values.len();
        parts.push(format!("(d.person_id, d.work_date) > (${}, ${n})", n - 1));
    }
    parts.push(people::within(scope, "d.work_date", "d.person_id", &mut values));
    values.push(i64::from(f.limit).into());
    let sql = format!(
        "SELECT {columns} FROM day_result d WHERE {} ORDER BY d.person_id, d.work_date LIMIT ${}",
        parts.join(" AND "),
        values.len()
    );
    (sql, values)
}

/// What is still to be computed for people of a scope.
pub async fn pending(q: &impl Query, scope: &Scope, on: LocalDate) -> Result<Pending, Fault> {
    let mut values: Vec<Value> = vec![on.into()];
    let mut condition = people::within(scope, "$1", "person_id", &mut values);
    if condition == "TRUE" || !condition.contains("$1") {
        // Every bound value must be used.
        condition = format!("$1 = $1 AND {condition}");
    }
    dirty::pending(q, &condition, values).await
}

/// Whether the person lies in the scope on the date; a refusal 404 if not.
pub async fn see(
    q: &impl Query,
    scope: &Scope,
    person: PersonId,
    on: LocalDate,
) -> Result<(), Failure> {
    if people::visible(q, scope, &[person], on).await?.contains(&person) {
        Ok(())
    } else {
        Err(ResultRefusal::PersonNotFound.into())
    }
}

impl Day {
    pub fn person(&self) -> PersonId {
        match self {
            Self::Stored { row, .. } => row.person_id,
            Self::Computed(c) => c.person,
        }
    }

    pub fn date(&self) -> LocalDate {
        match self {
            Self::Stored { row, .. } => row.work_date,
            Self::Computed(c) => c.date,
        }
    }
}

/// A day evaluated again from the facts, with what is stored of it.
pub struct Explanation {
    pub explained: Explained,
    pub computed: Computed,
    pub reproduced: bool,
    /// From the archive of a locked period.
    pub locked: bool,
}

/// Evaluates a day again and says why it is what it is. A final day is evaluated as of now, any other as of
/// the moment its stored result was, so that the stored result is reproduced.
pub async fn explain(app: &App, person: PersonId, date: LocalDate) -> Result<Explanation, Failure> {
    let days = explain_days(app, person, date, date).await?;
    days.into_iter().next().ok_or_else(|| ResultRefusal::NoResult.into())
}

/// The same for every date of a span that has a result, with the inputs read once.
pub async fn explain_days(
    app: &App,
    person: PersonId,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<Explanation>, Failure> {
    check_span(from, to, MAX_PERSON_DAYS)?;
    let tx = app.db.snapshot().await?;
    let filter = DayFilter {
        person: Some(person),
        org: None,
        post: Post::default(),
        from,
        to,
        state: None,
        with_exceptions: false,
        after: None,
        limit: u32::try_from(MAX_PERSON_DAYS).unwrap_or(366),
    };
    let stored = days(&tx, &Scope::person(person), &filter).await?;
    let stored: HashMap<LocalDate, DayRow> = stored.into_iter().map(|r| (r.work_date, r)).collect();
    // A month back, so that missing points that go free are counted from the begin of the period.
    let span = DateSpan::new(from.plus(-MAX_ON_THE_SPOT), to);
    let inputs = gather(&tx, &[(person, span)]).await?;
    let locked = replays(&tx, &[person], from, to).await?;
    tx.rollback().await?;
    let Some(p) = inputs.people.first() else { return Err(ResultRefusal::PersonNotFound.into()) };
    let mut evaluator = Evaluator::new();
    let mut out = Vec::new();
    for date in from.through(to) {
        let row = stored.get(&date);
        if inputs.period(p, date).locked() {
            out.extend(replayed(&locked, person, date, row, &mut evaluator));
            continue;
        }
        let now = match row.and_then(|r| r.evaluated_wall) {
            Some(w) => p.zone.instant(vocabulary::WallTime::from_seconds(w)),
            None => app.clock.now(),
        };
        let ready = Prepared::new(&inputs, p, date.plus(-MAX_ON_THE_SPOT), date, now);
        let Some(explained) = ready.explained(date, &mut evaluator) else { continue };
        let Some(computed) = ready.with(date, explained.result.clone()) else { continue };
        let reproduced = row.is_some_and(|r| r.hash == computed.hash());
        out.push(Explanation { explained, computed, reproduced, locked: false });
    }
    Ok(out)
}

/// A locked date, explained from what was archived; what came later has no say in it.
fn replayed(
    locked: &[Replay],
    person: PersonId,
    date: LocalDate,
    row: Option<&DayRow>,
    evaluator: &mut Evaluator,
) -> Option<Explanation> {
    let (replay, p) = locked.iter().find_map(|r| Some((r, r.holds(person, date)?)))?;
    let (explained, computed) = replay.explained(p, date, evaluator)?;
    let reproduced = row.is_some_and(|r| r.hash == computed.hash());
    Some(Explanation { explained, computed, reproduced, locked: true })
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ExceptionRow {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub work_date: LocalDate,
    pub code: String,
    pub anchor: i64,
    pub minutes: Option<i32>,
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub opened_at: Instant,
    pub closed_at: Option<Instant>,
}

/// Which exceptions are wanted.
#[derive(Clone)]
pub struct ExceptionFilter {
    pub person: Option<PersonId>,
    pub post: Post,
    pub from: LocalDate,
    pub to: LocalDate,
    pub code: Option<String>,
    pub open: Option<bool>,
    pub after: Option<(LocalDate, PersonId, String, i64)>,
    pub limit: u32,
}

impl ExceptionFilter {
    /// Whether it lets a row of its person and span pass.
    pub fn wants(&self, r: &ExceptionRow) -> bool {
        let behind = |(date, person, code, anchor): &(LocalDate, PersonId, String, i64)| {
            (r.work_date, r.person_id, &r.code, r.anchor) > (*date, *person, code, *anchor)
        };
        self.code.as_ref().is_none_or(|c| *c == r.code)
            && self.post.position.is_none_or(|p| r.position_id == Some(p))
            && self.post.kind.is_none_or(|k| r.employment_kind == Some(k))
            && self.open.is_none_or(|open| open == r.closed_at.is_none())
            && self.after.as_ref().is_none_or(behind)
    }
}

/// How a person is called.
#[derive(FromQueryResult)]
pub struct Named {
    pub number: String,
    pub name: String,
}

pub async fn name(q: &impl Query, person: PersonId) -> Result<Option<Named>, Fault> {
    q.row("SELECT number, name FROM person WHERE id = $1", vec![person.into()]).await
}

/// Exceptions in the order of date and person.
pub async fn exceptions(
    q: &impl Query,
    scope: &Scope,
    f: &ExceptionFilter,
) -> Result<Vec<ExceptionRow>, Fault> {
    let mut values: Vec<Value> = vec![f.from.into(), f.to.into()];
    let mut parts = vec!["e.work_date BETWEEN $1 AND $2".to_owned()];
    if let Some(p) = f.person {
        values.push(p.into());
        parts.push(format!("e.person_id = ${}", values.len()));
    }
    if let Some(c) = &f.code {
        values.push(c.as_str().into());
        parts.push(format!("e.code = ${}", values.len()));
    }
    parts.extend(f.post.conditions("e", &mut values));
    match f.open {
        Some(true) => parts.push("e.closed_at IS NULL".to_owned()),
        Some(false) => parts.push("e.closed_at IS NOT NULL".to_owned()),
        None => {}
    }
    if let Some((date, person, code, anchor)) = &f.after {
        values.extend([(*date).into(), (*person).into(), code.as_str().into(), (*anchor).into()]);
        let n = values.len();
        parts.push(format!(
            "(e.work_date, e.person_id, e.code, e.anchor) > (${}, ${}, ${}, ${n})",
            n - 3,
            n - 2,
            n - 1
        ));
    }
    parts.push(people::within(scope, "e.work_date", "e.person_id", &mut values));
    values.push(i64::from(f.limit).into());
    q.rows(
        &format!(
            "SELECT e.*, p.number, p.name FROM day_exception e \
             JOIN person p ON p.id = e.person_id WHERE {} \
             ORDER BY e.work_date, e.person_id, e.code, e.anchor LIMIT ${}",
            parts.join(" AND "),
            values.len()
        ),
        values,
    )
    .await
}

#[derive(Clone, Debug, FromQueryResult)]
pub struct SummaryRow {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub org_id: Option<OrgId>,
    pub position_id: Option<PositionId>,
    pub employment_kind: Option<EmploymentKind>,
    pub days: i32,
    pub final_days: i32,
    pub work_days: i32,
    pub due_tenths: i64,
    pub actual_tenths: i64,
    pub regular_minutes: i64,
    pub late_tenths: i64,
    pub late_count: i32,
    pub early_tenths: i64,
    pub early_count: i32,
    pub absence_tenths: i64,
    pub absence_days_hundredths: i32,
    pub shortfall_minutes: i32,
    pub weekday_overtime_minutes: i32,
    pub rest_overtime_minutes: i32,
    pub holiday_overtime_minutes: i32,
    pub unconfirmed_minutes: i32,
    pub presence_minutes: i32,
    pub night_minutes: i32,
    pub leave_minutes: i32,
    pub open_exceptions: i32,
    pub detail: String,
    /// None where the period has not begun to close.
    pub period_state: Option<String>,
}

/// Which summaries are wanted.
pub struct SummaryFilter {
    pub person: Option<PersonId>,
    /// Of the last computed date.
    pub post: Post,
    pub period: String,
    pub after: Option<PersonId>,
    pub limit: u32,
}

/// Summaries of a period in the order of the people. Who may see one follows its last date.
pub async fn summaries(
    q: &impl Query,
    scope: &Scope,
    f: &SummaryFilter,
) -> Result<Vec<SummaryRow>, Fault> {
    let mut values: Vec<Value> = vec![f.period.as_str().into(), f.after.unwrap_or_default().into()];
    let mut parts = vec!["s.period = $1".to_owned(), "s.person_id > $2".to_owned()];
    if let Some(p) = f.person {
        values.push(p.into());
        parts.push(format!("s.person_id = ${}", values.len()));
    }
    parts.extend(f.post.conditions("s", &mut values));
    parts.push(people::within(scope, "s.to_date", "s.person_id", &mut values));
    values.push(i64::from(f.limit).into());
    q.rows(
        &format!(
            "SELECT s.*, p.number, p.name, a.state AS period_state FROM period_summary s \
             JOIN person p ON p.id = s.person_id \
             LEFT JOIN attendance_period a \
               ON a.period_set_id = s.period_set_id AND a.period = s.period \
             WHERE {} ORDER BY s.person_id LIMIT ${}",
            parts.join(" AND "),
            values.len()
        ),
        values,
    )
    .await
}

#[derive(FromQueryResult)]
struct DateRow {
    on_date: LocalDate,
}

/// The dates of a span on which a person lies in a scope (DD-2: the organisation of the date counts).
pub async fn seen_dates(
    q: &impl Query,
    scope: &Scope,
    person: PersonId,
    from: LocalDate,
    to: LocalDate,
) -> Result<HashSet<LocalDate>, Fault> {
    let rows: Vec<String> = from.through(to).map(|d| format!("{{\"on_date\":\"{d}\"}}")).collect();
    let table = json_rows(q.dialect(), "k", 1, &[("on_date", ColumnKind::Date)]);
    let mut values: Vec<Value> = vec![format!("[{}]", rows.join(",")).into(), person.into()];
    let within = people::within(scope, "k.on_date", "p.id", &mut values);
    let found: Vec<DateRow> = q
        .rows(
            &format!("SELECT k.on_date FROM {table} JOIN person p ON p.id = $2 WHERE {within}"),
            values,
        )
        .await?;
    Ok(found.into_iter().map(|r| r.on_date).collect())
}

/// Name of the period that holds a date for a person.
pub async fn current_period(app: &App, person: PersonId, on: LocalDate) -> Result<String, Failure> {
    let tx = app.db.snapshot().await?;
    let found = period_at(&tx, person, on).await?;
    tx.rollback().await?;
    Ok(found.ok_or(ResultRefusal::PersonNotFound)?.label.to_string())
}
