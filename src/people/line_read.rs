//! Who has which dimension value and who is in which team, as entries and as of a date.

use sea_orm::{FromQueryResult, Value};
use vocabulary::{DimensionId, DimensionValueId, LocalDate, OrgId, PersonId, TeamId};

use super::{org_within, within};
use crate::base::{Fault, Query, Scope};
use crate::identity::dimension_of;

/// One entry of the timeline of a dimension; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DimensionEntry {
    /// 0 department, 1 person.
    pub kind: i32,
    pub owner_id: i64,
    pub dimension_id: DimensionId,
    pub dimension: String,
    pub valid_from: LocalDate,
    pub value_id: Option<DimensionValueId>,
    pub value: Option<String>,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct DimensionEntryFilter {
    pub person: Option<PersonId>,
    pub org: Option<OrgId>,
    pub dimension: Option<DimensionId>,
    pub value: Option<DimensionValueId>,
    /// Only what is in effect on this date.
    pub on: Option<LocalDate>,
    /// Kind, owner, dimension and date of the last one.
    pub after: Option<(i32, i64, DimensionId, LocalDate)>,
    pub limit: u32,
}

/// Entries of departments, then of persons, of those who are in scope on the first date of the entry.
pub async fn dimension_entries(
    q: &impl Query,
    scope: &Scope,
    f: &DimensionEntryFilter,
) -> Result<Vec<DimensionEntry>, Fault> {
    let (kind, owner, dimension, from) = f.after.unwrap_or((-1, 0, DimensionId(0), LocalDate::MIN));
    let mut values: Vec<Value> = vec![
        f.person.into(),
        f.org.into(),
        f.dimension.into(),
        f.value.into(),
        f.on.into(),
        kind.into(),
        owner.into(),
        dimension.into(),
        from.into(),
        i64::from(f.limit).into(),
    ];
    let persons = within(scope, "a.valid_from", "a.person_id", &mut values);
    let orgs = org_within(scope, "a.valid_from", "a.org_id", &mut values);
    let holds = |table: &str, owner: &str| {
        format!(
            "($5 IS NULL OR a.valid_from = (SELECT max(n.valid_from) FROM {table} n \
               WHERE n.{owner} = a.{owner} AND n.dimension_id = a.dimension_id \
                 AND n.valid_from <= $5))"
        )
    };
    let sql = format!(
        "SELECT t.kind, t.owner_id, t.dimension_id, d.code AS dimension, t.valid_from, t.value_id, \
           v.code AS value FROM ( \
           SELECT 0 AS kind, a.org_id AS owner_id, a.dimension_id, a.valid_from, a.value_id \
             FROM org_dimension a WHERE $1 IS NULL AND ($2 IS NULL OR a.org_id = $2) AND {} AND {orgs} \
           UNION ALL SELECT 1, a.person_id, a.dimension_id, a.valid_from, a.value_id \
             FROM person_dimension a WHERE $2 IS NULL AND ($1 IS NULL OR a.person_id = $1) \
               AND {} AND {persons}) t \
         JOIN dimension d ON d.id = t.dimension_id LEFT JOIN dimension_value v ON v.id = t.value_id \
         WHERE ($3 IS NULL OR t.dimension_id = $3) AND ($4 IS NULL OR t.value_id = $4) \
           AND (t.kind, t.owner_id, t.dimension_id, t.valid_from) > ($6, $7, $8, $9) \
         ORDER BY t.kind, t.owner_id, t.dimension_id, t.valid_from LIMIT $10",
        holds("org_dimension", "org_id"),
        holds("person_dimension", "person_id")
    );
    q.rows(&sql, values).await
}

/// A person with the value that counts for him on a date.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DimensionMember {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub value_id: Option<DimensionValueId>,
    pub value: Option<String>,
    /// Whether the value is his own; else a department says it.
    pub own: bool,
}

/// Which persons are wanted.
#[derive(Clone, Debug)]
pub struct DimensionMemberFilter {
    pub dimension: DimensionId,
    pub on: LocalDate,
    /// This value or one below it.
    pub value: Option<DimensionValueId>,
    pub after: PersonId,
    pub limit: u32,
}

/// Persons in service on the date, in the order of their ids, with the value that counts for them.
pub async fn dimension_members(
    q: &impl Query,
    scope: &Scope,
    f: &DimensionMemberFilter,
) -> Result<Vec<DimensionMember>, Fault> {
    let mut values: Vec<Value> = vec![
        f.dimension.into(),
        f.on.into(),
        f.value.into(),
        f.after.into(),
        i64::from(f.limit).into(),
    ];
    let visible = within(scope, "$2", "p.id", &mut values);
    let sql = format!(
        "WITH RECURSIVE below (id) AS (SELECT v.id FROM dimension_value v WHERE v.id = $3 \
           UNION SELECT v.id FROM below b JOIN dimension_value v ON v.parent_id = b.id) \
         SELECT m.person_id, m.number, m.name, m.value_id, v.code AS value, \
           COALESCE(m.own_id = m.value_id, FALSE) AS own FROM ( \
           SELECT p.id AS person_id, p.number, p.name, {} AS value_id, \
             (SELECT o.value_id FROM person_dimension o WHERE o.person_id = p.id \
                AND o.dimension_id = $1 AND o.valid_from <= $2 \
              ORDER BY o.valid_from DESC LIMIT 1) AS own_id \
           FROM person p WHERE p.id > $4 AND p.hired_on <= $2 \
             AND (p.left_on IS NULL OR p.left_on >= $2) AND {visible}) m \
         LEFT JOIN dimension_value v ON v.id = m.value_id \
         WHERE $3 IS NULL OR m.value_id IN (SELECT b.id FROM below b) \
         ORDER BY m.person_id LIMIT $5",
        dimension_of("$1", "$2", "p.id")
    );
    q.rows(&sql, values).await
}

/// One entry of the timeline of a person's team; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TeamEntry {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub valid_from: LocalDate,
    pub team_id: Option<TeamId>,
    pub team: Option<String>,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct TeamEntryFilter {
    pub person: Option<PersonId>,
    pub team: Option<TeamId>,
    /// Only what is in effect on this date.
    pub on: Option<LocalDate>,
    pub after: Option<(PersonId, LocalDate)>,
    pub limit: u32,
}

/// Entries in the order of person and date, of people who are in scope on the first date of the entry.
pub async fn team_entries(
    q: &impl Query,
    scope: &Scope,
    f: &TeamEntryFilter,
) -> Result<Vec<TeamEntry>, Fault> {
    let (person, from) = f.after.unwrap_or((PersonId(0), LocalDate::MIN));
    let mut values: Vec<Value> = vec![
        f.person.into(),
        f.team.into(),
        f.on.into(),
        person.into(),
        from.into(),
        i64::from(f.limit).into(),
    ];
    let visible = within(scope, "a.valid_from", "a.person_id", &mut values);
    let sql = format!(
        "SELECT a.person_id, p.number, p.name, a.valid_from, a.team_id, t.code AS team \
         FROM team_member a JOIN person p ON p.id = a.person_id LEFT JOIN team t ON t.id = a.team_id \
         WHERE ($1 IS NULL OR a.person_id = $1) AND ($2 IS NULL OR a.team_id = $2) \
           AND ($3 IS NULL OR a.valid_from = (SELECT max(n.valid_from) FROM team_member n \
             WHERE n.person_id = a.person_id AND n.valid_from <= $3)) \
           AND (a.person_id, a.valid_from) > ($4, $5) AND {visible} \
         ORDER BY a.person_id, a.valid_from LIMIT $6"
    );
    q.rows(&sql, values).await
}
