//! Persons and units, as of a date.

use std::collections::HashSet;

use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use vocabulary::{EmploymentKind, LocalDate, OrgId, PersonId, PositionId};

use super::within;
use crate::base::{ColumnKind, Fault, Query, Scope, json_rows};

/// Employment on a date (domain 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonState {
    /// Not hired yet.
    Pending,
    /// 试用: in service, not confirmed yet.
    Probation,
    Active,
    Frozen,
    Left,
}

impl PersonState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Probation => "probation",
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Left => "left",
        }
    }
}

/// A person as of a date.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PersonView {
    pub id: PersonId,
    pub number: String,
    pub name: String,
    pub zone: String,
    pub hired_on: LocalDate,
    pub left_on: Option<LocalDate>,
    pub version: i32,
    /// See [`PersonState::as_str`].
    pub state: String,
    pub org_id: Option<OrgId>,
    pub org_code: Option<String>,
    pub org_name: Option<String>,
    /// Of the date, as the department.
    pub position_id: Option<PositionId>,
    pub position_code: Option<String>,
    pub position_name: Option<String>,
    pub employment_kind: Option<EmploymentKind>,
}

/// Which persons are wanted.
#[derive(Clone, Debug)]
pub struct PersonFilter {
    /// State and department are those of this date.
    pub on: LocalDate,
    pub id: Option<PersonId>,
    /// Part of number or name.
    pub text: Option<String>,
    /// A department with everything below it.
    pub org: Option<OrgId>,
    pub state: Option<PersonState>,
    /// Ids after this one.
    pub after: PersonId,
    pub limit: u32,
}

impl PersonFilter {
    /// Just this person.
    pub fn one(id: PersonId, on: LocalDate) -> Self {
        let (text, org, state) = (None, None, None);
        Self { on, id: Some(id), text, org, state, after: PersonId(0), limit: 1 }
    }
}

/// The date by which somebody is in scope: that of the question, or his first day if that is later,
/// so that new people can be prepared before they come.
const SEEN_ON: &str = "(CASE WHEN p.hired_on > $1 THEN p.hired_on ELSE $1 END)";

/// Persons in the order of their ids.
pub async fn persons(
    q: &impl Query,
    scope: &Scope,
    f: &PersonFilter,
) -> Result<Vec<PersonView>, Fault> {
    persons_where(q, scope, f, |_| "TRUE".to_owned()).await
}

/// As [`persons`], for whom a condition about `p` holds too; it appends what it binds.
pub async fn persons_where(
    q: &impl Query,
    scope: &Scope,
    f: &PersonFilter,
    also: impl FnOnce(&mut Vec<Value>) -> String,
) -> Result<Vec<PersonView>, Fault> {
    let mut values: Vec<Value> = vec![
        f.on.into(),
        f.id.into(),
        f.text.as_deref().map(like).into(),
        f.state.map(PersonState::as_str).into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let visible = within(scope, SEEN_ON, "p.id", &mut values);
    let org = f.org.map_or_else(Scope::everybody, Scope::org);
    let wanted = within(&org, SEEN_ON, "p.id", &mut values);
    let also = also(&mut values);
    let sql = format!(
        "SELECT p.id, p.number, p.name, p.zone, p.hired_on, p.left_on, p.version, p.state, \
           p.org_id, o.code AS org_code, o.name AS org_name, p.position_id, \
           s.code AS position_code, s.name AS position_name, p.employment_kind \
         FROM (SELECT p.*, CASE WHEN p.hired_on > $1 THEN 'pending' \
             WHEN p.left_on < $1 OR EXISTS (SELECT 1 FROM person_gap g WHERE g.person_id = p.id \
               AND g.valid_from <= $1 AND g.valid_to >= $1) THEN 'left' \
             WHEN EXISTS (SELECT 1 FROM person_freeze f WHERE f.person_id = p.id \
               AND f.valid_from <= $1 AND (f.valid_to IS NULL OR f.valid_to >= $1)) THEN 'frozen' \
             WHEN EXISTS (SELECT 1 FROM person_probation t WHERE t.person_id = p.id \
               AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to >= $1)) THEN 'probation' \
             ELSE 'active' END AS state, \
             (SELECT po.org_id FROM person_org po \
              WHERE po.person_id = p.id AND po.valid_from <= {SEEN_ON} \
              ORDER BY po.valid_from DESC LIMIT 1) AS org_id, \
             (SELECT t.position_id FROM person_position t \
              WHERE t.person_id = p.id AND t.valid_from <= {SEEN_ON} \
              ORDER BY t.valid_from DESC LIMIT 1) AS position_id, \
             (SELECT t.employment_kind FROM person_kind t \
              WHERE t.person_id = p.id AND t.valid_from <= {SEEN_ON} \
              ORDER BY t.valid_from DESC LIMIT 1) AS employment_kind \
           FROM person p WHERE p.id > $5 AND ($2 IS NULL OR p.id = $2) \
             AND ($3 IS NULL OR lower(p.number) LIKE $3 ESCAPE '\\' \
               OR lower(p.name) LIKE $3 ESCAPE '\\') AND {visible} AND {wanted} AND {also}) AS p \
         LEFT JOIN org_unit o ON o.id = p.org_id LEFT JOIN position s ON s.id = p.position_id \
         WHERE $4 IS NULL OR p.state = $4 ORDER BY p.id LIMIT $6"
    );
    q.rows(&sql, values).await
}

/// The pattern that finds `text` anywhere, with escape `\`.
fn like(text: &str) -> String {
    let safe = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{}%", safe.to_lowercase())
}

/// One person, if he is in scope on the date.
pub async fn person(
    q: &impl Query,
    scope: &Scope,
    id: PersonId,
    on: LocalDate,
) -> Result<Option<PersonView>, Fault> {
    Ok(persons(q, scope, &PersonFilter::one(id, on)).await?.pop())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: PersonId,
}

/// Which of these persons are in scope on the date, or on their first day if that is later.
pub(super) async fn in_scope(
    q: &impl Query,
    scope: &Scope,
    ids: &[PersonId],
    on: LocalDate,
) -> Result<HashSet<PersonId>, Fault> {
    let rows: Vec<_> = ids.iter().map(|p| json!({ "id": p.0 })).collect();
    let mut values = vec![on.into(), serde_json::Value::Array(rows).to_string().into()];
    let visible = within(scope, SEEN_ON, "p.id", &mut values);
    let input = json_rows(q.dialect(), "r", 2, &[("id", ColumnKind::Bigint)]);
    let sql = format!(
        "SELECT p.id FROM {input} JOIN person p ON p.id = r.id WHERE $1 IS NOT NULL AND {visible}"
    );
    let rows: Vec<IdRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// One entry of the timeline of the department; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OrgEntry {
    pub valid_from: LocalDate,
    pub org_id: OrgId,
    pub code: String,
    pub name: String,
}

/// The departments of a person, oldest first. The caller has found him in scope.
pub async fn org_timeline(q: &impl Query, id: PersonId) -> Result<Vec<OrgEntry>, Fault> {
    q.rows(
        "SELECT po.valid_from, po.org_id, o.code, o.name FROM person_org po \
         JOIN org_unit o ON o.id = po.org_id WHERE po.person_id = $1 ORDER BY po.valid_from",
        vec![id.into()],
    )
    .await
}

/// Frozen dates, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FreezeRow {
    pub id: i64,
    pub valid_from: LocalDate,
    /// `None` = until further notice.
    pub valid_to: Option<LocalDate>,
}

/// The freezes of a person, oldest first. The caller has found him in scope.
pub async fn freezes(q: &impl Query, id: PersonId) -> Result<Vec<FreezeRow>, Fault> {
    q.rows(
        "SELECT id, valid_from, valid_to FROM person_freeze WHERE person_id = $1 \
         ORDER BY valid_from",
        vec![id.into()],
    )
    .await
}
