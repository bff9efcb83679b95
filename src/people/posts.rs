//! What people are on dates: department, position, employment kind.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{EmploymentKind, LocalDate, OrgId, PersonId, PositionId};

use super::within;
use crate::base::{ColumnKind as K, Fault, Query, Scope, json_rows};

/// A person on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub person: PersonId,
    pub on: LocalDate,
}

/// What somebody is on a date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    pub org: Option<OrgId>,
    pub position: Option<PositionId>,
    /// Of the position.
    pub grade: Option<i32>,
    pub kind: Option<EmploymentKind>,
}

#[derive(FromQueryResult)]
struct PostRow {
    place: i32,
    org_id: Option<OrgId>,
    position_id: Option<PositionId>,
    grade: Option<i32>,
    kind: Option<EmploymentKind>,
}

fn rows(places: &[Place]) -> sea_orm::Value {
    let rows: Vec<_> = places
        .iter()
        .enumerate()
        .map(|(i, p)| json!({ "place": i, "person_id": p.person.0, "on_date": p.on }))
        .collect();
    serde_json::Value::Array(rows).to_string().into()
}

const COLUMNS: [(&str, K); 3] = [("place", K::Int), ("person_id", K::Bigint), ("on_date", K::Date)];

/// What people are at these places, one answer per place.
pub async fn posts_at(q: &impl Query, places: &[Place]) -> Result<Vec<Post>, Fault> {
    let of = |table: &str, column: &str| {
        format!(
            "(SELECT t.{column} FROM {table} t WHERE t.person_id = r.person_id \
               AND t.valid_from <= r.on_date ORDER BY t.valid_from DESC LIMIT 1)"
        )
    };
    let sql = format!(
        "SELECT s.place, s.org_id, s.position_id, s.kind, p.grade FROM ( \
           SELECT r.place, {} AS org_id, {} AS position_id, {} AS kind FROM {}) s \
         LEFT JOIN position p ON p.id = s.position_id",
        of("person_org", "org_id"),
        of("person_position", "position_id"),
        of("person_kind", "employment_kind"),
        json_rows(q.dialect(), "r", 1, &COLUMNS)
    );
    let found: Vec<PostRow> = q.rows(&sql, vec![rows(places)]).await?;
    let mut posts = vec![Post::default(); places.len()];
    for r in found {
        if let Some(post) = usize::try_from(r.place).ok().and_then(|i| posts.get_mut(i)) {
            *post = Post { org: r.org_id, position: r.position_id, grade: r.grade, kind: r.kind };
        }
    }
    Ok(posts)
}

#[derive(FromQueryResult)]
struct SeenRow {
    place: i32,
}

/// Of each place whether the person lies within the scope on that date, or on his first day if that is later.
pub async fn seen_at(q: &impl Query, scope: &Scope, places: &[Place]) -> Result<Vec<bool>, Fault> {
    let mut values = vec![rows(places)];
    let on = "(CASE WHEN p.hired_on > r.on_date THEN p.hired_on ELSE r.on_date END)";
    let within = within(scope, on, "p.id", &mut values);
    let sql = format!(
        "SELECT r.place FROM {} JOIN person p ON p.id = r.person_id WHERE {within}",
        json_rows(q.dialect(), "r", 1, &COLUMNS)
    );
    let found: Vec<SeenRow> = q.rows(&sql, values).await?;
    let mut seen = vec![false; places.len()];
    for r in found {
        if let Some(s) = usize::try_from(r.place).ok().and_then(|i| seen.get_mut(i)) {
            *s = true;
        }
    }
    Ok(seen)
}

/// A position in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionInUse {
    pub id: PositionId,
    pub grade: i32,
}

#[derive(FromQueryResult)]
struct PositionRow {
    id: PositionId,
    code: String,
    grade: i32,
}

/// Positions in use, by code.
pub async fn position_codes(q: &impl Query) -> Result<HashMap<String, PositionInUse>, Fault> {
    let rows: Vec<PositionRow> =
        q.rows("SELECT id, code, grade FROM position WHERE active", vec![]).await?;
    Ok(rows.into_iter().map(|r| (r.code, PositionInUse { id: r.id, grade: r.grade })).collect())
}
