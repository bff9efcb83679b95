//! Period sets with their lists, and who has which.

use std::collections::HashSet;

use engine::period::PeriodRule;
use sea_orm::{FromQueryResult, Value};
use vocabulary::{DimensionValueId, LocalDate, OrgId, PeriodSetId, PersonId, PositionId};

use super::period_line::{NamedPeriod, PeriodCut, PeriodLabel};
use super::period_store::GROUP_ENTRY;
use crate::base::{Fault, Query, Scope, json_rows};
use crate::people;

/// A rule that cuts the calendar into attendance periods.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PeriodSetRow {
    pub id: PeriodSetId,
    pub code: String,
    pub name: String,
    /// 1…31, see `engine::period`.
    pub start_day: i32,
    /// Used for people without an assignment.
    pub is_default: bool,
    /// Counts up with every change of the list.
    pub version: i32,
}

/// Which period sets are wanted.
#[derive(Clone, Debug)]
pub struct PeriodSetFilter {
    pub id: Option<PeriodSetId>,
    /// Codes after this one.
    pub after: Option<String>,
    pub limit: u32,
}

/// Period sets in the order of their codes.
pub async fn period_set_page(
    q: &impl Query,
    f: &PeriodSetFilter,
) -> Result<Vec<PeriodSetRow>, Fault> {
    q.rows(
        "SELECT id, code, name, start_day, is_default, version FROM period_set \
         WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR code > $2) ORDER BY code LIMIT $3",
        vec![f.id.into(), f.after.clone().into(), i64::from(f.limit).into()],
    )
    .await
}

/// All period sets in the order of their codes.
pub async fn period_sets(q: &impl Query) -> Result<Vec<PeriodSetRow>, Fault> {
    period_set_page(q, &PeriodSetFilter { id: None, after: None, limit: u32::MAX }).await
}

/// One period set.
pub async fn period_set(q: &impl Query, id: PeriodSetId) -> Result<Option<PeriodSetRow>, Fault> {
    let filter = PeriodSetFilter { id: Some(id), after: None, limit: 1 };
    Ok(period_set_page(q, &filter).await?.pop())
}

#[derive(FromQueryResult)]
struct StoredPeriod {
    period: String,
    from_date: LocalDate,
    to_date: LocalDate,
}

impl StoredPeriod {
    fn named(self) -> NamedPeriod {
        let label = PeriodLabel::of(&self.period);
        NamedPeriod { label, from: self.from_date, to: self.to_date }
    }
}

/// Listed periods of a set that begin on a date or later, in order.
pub async fn listed_periods(
    q: &impl Query,
    id: PeriodSetId,
    from: LocalDate,
    limit: u32,
) -> Result<Vec<NamedPeriod>, Fault> {
    let rows: Vec<StoredPeriod> = q
        .rows(
            "SELECT period, from_date, to_date FROM period_date \
             WHERE period_set_id = $1 AND from_date >= $2 ORDER BY from_date LIMIT $3",
            vec![id.into(), from.into(), i64::from(limit).into()],
        )
        .await?;
    Ok(rows.into_iter().map(StoredPeriod::named).collect())
}

#[derive(FromQueryResult)]
struct FromRow {
    from_date: LocalDate,
}

/// Where the listed periods of this name begin, of whatever set.
pub async fn listed_by_name(q: &impl Query, name: &str) -> Result<Vec<LocalDate>, Fault> {
    let sql = "SELECT DISTINCT from_date FROM period_date WHERE period = $1 ORDER BY from_date";
    let rows: Vec<FromRow> = q.rows(sql, vec![name.into()]).await?;
    Ok(rows.into_iter().map(|r| r.from_date).collect())
}

/// How a set cuts time.
pub(super) async fn cut_of(q: &impl Query, set: &PeriodSetRow) -> Result<PeriodCut, Fault> {
    let rule = u8::try_from(set.start_day).ok().and_then(PeriodRule::new);
    let listed = listed_periods(q, set.id, LocalDate::MIN, u32::MAX).await?;
    Ok(PeriodCut { set: set.id, rule: rule.unwrap_or(PeriodRule::MONTH), listed })
}

/// Periods of a set that end on a date or later and are closing or locked (`true`), or open again
/// (`false`).
pub(super) async fn begun_periods(
    q: &impl Query,
    id: PeriodSetId,
    from: LocalDate,
    closed: bool,
) -> Result<Vec<NamedPeriod>, Fault> {
    let state = if closed { "state <> 'open'" } else { "state = 'open'" };
    let sql = format!(
        "SELECT period, from_date, to_date FROM attendance_period \
         WHERE period_set_id = $1 AND to_date >= $2 AND {state} ORDER BY from_date"
    );
    let rows: Vec<StoredPeriod> = q.rows(&sql, vec![id.into(), from.into()]).await?;
    Ok(rows.into_iter().map(StoredPeriod::named).collect())
}

/// Whose timeline an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeriodSubject {
    Org(OrgId),
    Person(PersonId),
    /// Everybody with the employment kind of this number.
    Kind(i64),
    Position(PositionId),
    /// Everybody with this value of a dimension or one below it.
    Value(DimensionValueId),
}

impl PeriodSubject {
    /// What rows are ordered by.
    const fn key(self) -> (i32, i64) {
        match self {
            Self::Org(id) => (0, id.0),
            Self::Person(id) => (1, id.0),
            Self::Kind(id) => (2, id),
            Self::Position(id) => (3, id.0),
            Self::Value(id) => (4, id.0),
        }
    }

    fn of(kind: i32, id: i64) -> Self {
        match kind {
            0 => Self::Org(OrgId(id)),
            1 => Self::Person(PersonId(id)),
            2 => Self::Kind(id),
            3 => Self::Position(PositionId(id)),
            _ => Self::Value(DimensionValueId(id)),
        }
    }

    /// What the column `subject` holds; persons have a table of their own.
    pub(super) const fn column(self) -> Option<(&'static str, i64)> {
        match self {
            Self::Org(id) => Some(("org", id.0)),
            Self::Kind(id) => Some(("kind", id)),
            Self::Position(id) => Some(("position", id.0)),
            Self::Value(id) => Some(("dimension", id.0)),
            Self::Person(_) => None,
        }
    }
}

/// One entry of the timeline of a person or a department; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodAssignmentRow {
    pub subject: PeriodSubject,
    pub valid_from: LocalDate,
    /// `None` = a department without a set of its own.
    pub set: Option<(PeriodSetId, String)>,
}

/// Which assignments are wanted.
#[derive(Clone, Debug)]
pub struct PeriodAssignmentFilter {
    pub person: Option<PersonId>,
    pub org: Option<OrgId>,
    pub set: Option<PeriodSetId>,
    /// Entries after this one.
    pub after: Option<(PeriodSubject, LocalDate)>,
    pub limit: u32,
}

#[derive(FromQueryResult)]
struct StoredAssignment {
    kind: i32,
    subject_id: i64,
    valid_from: LocalDate,
    period_set_id: Option<PeriodSetId>,
    code: Option<String>,
}

/// Entries of departments, then of persons, in the order of their ids and dates, of those who are in scope on the first
/// date of the entry; then of groups, which concern everybody.
pub async fn period_assignments(
    q: &impl Query,
    scope: &Scope,
    f: &PeriodAssignmentFilter,
) -> Result<Vec<PeriodAssignmentRow>, Fault> {
    let (kind, id) = f.after.map_or((-1, 0), |(s, _)| s.key());
    let from = f.after.map_or(LocalDate::MIN, |(_, d)| d);
    let mut values: Vec<Value> = vec![
        f.person.into(),
        f.org.into(),
        f.set.into(),
        kind.into(),
        id.into(),
        from.into(),
        i64::from(f.limit).into(),
    ];
    let persons = people::within(scope, "a.valid_from", "a.person_id", &mut values);
    let orgs = people::org_within(scope, "a.valid_from", "a.subject_id", &mut values);
    let sql = format!(
        "SELECT t.kind, t.subject_id, t.valid_from, t.period_set_id, s.code FROM ( \
           SELECT 0 AS kind, a.subject_id, a.valid_from, a.period_set_id \
             FROM period_set_assignment a WHERE a.subject = 'org' AND $1 IS NULL \
               AND ($2 IS NULL OR a.subject_id = $2) AND {orgs} \
           UNION ALL SELECT 1, a.person_id, a.valid_from, a.period_set_id \
             FROM period_assignment a WHERE $2 IS NULL \
               AND ($1 IS NULL OR a.person_id = $1) AND {persons} \
           UNION ALL SELECT CASE a.subject WHEN 'kind' THEN 2 WHEN 'position' THEN 3 ELSE 4 END, \
               a.subject_id, a.valid_from, a.period_set_id \
             FROM period_set_assignment a WHERE a.subject <> 'org' AND $1 IS NULL AND $2 IS NULL \
         ) t LEFT JOIN period_set s ON s.id = t.period_set_id \
         WHERE ($3 IS NULL OR t.period_set_id = $3) \
           AND (t.kind, t.subject_id, t.valid_from) > ($4, $5, $6) \
         ORDER BY t.kind, t.subject_id, t.valid_from LIMIT $7"
    );
    let rows: Vec<StoredAssignment> = q.rows(&sql, values).await?;
    let row = |r: StoredAssignment| PeriodAssignmentRow {
        subject: PeriodSubject::of(r.kind, r.subject_id),
        valid_from: r.valid_from,
        set: r.period_set_id.zip(r.code),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// What stands at a place of the timeline of a department or a group.
#[derive(FromQueryResult)]
pub(super) struct GroupEntryAt {
    pub subject: String,
    pub subject_id: i64,
    pub valid_from: LocalDate,
    pub period_set_id: Option<PeriodSetId>,
}

/// The entries at the places of `rows`; places without one are left out.
pub(super) async fn group_entries_at(
    q: &impl Query,
    rows: &str,
) -> Result<Vec<GroupEntryAt>, Fault> {
    let input = json_rows(q.dialect(), "r", 1, &GROUP_ENTRY);
    let sql = format!(
        "SELECT r.subject, r.subject_id, r.valid_from, a.period_set_id FROM {input} \
         JOIN period_set_assignment a ON a.subject = r.subject AND a.subject_id = r.subject_id \
           AND a.valid_from = r.valid_from"
    );
    q.rows(&sql, vec![rows.into()]).await
}

#[derive(FromQueryResult)]
struct IdRow {
    what: String,
    id: i64,
}

/// All positions and dimension values, as subjects.
pub(super) async fn known_groups(q: &impl Query) -> Result<HashSet<PeriodSubject>, Fault> {
    let sql = "SELECT 'position' AS what, id FROM position \
               UNION ALL SELECT 'value', id FROM dimension_value";
    let rows: Vec<IdRow> = q.rows(sql, vec![]).await?;
    let subject = |r: IdRow| match r.what.as_str() {
        "position" => PeriodSubject::Position(PositionId(r.id)),
        _ => PeriodSubject::Value(DimensionValueId(r.id)),
    };
    Ok(rows.into_iter().map(subject).collect())
}
