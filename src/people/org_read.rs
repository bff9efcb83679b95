//! Units of the organisation as of a date: lists, trees, ways up, events.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use vocabulary::{LocalDate, OrgId, PersonId};

use super::master_read::like;
use super::org_within;
use crate::base::{Fault, Query, Scope};

/// A unit as of the date asked for, or of its first or last one.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct OrgRow {
    pub id: OrgId,
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// See [`super::OrgKind::as_str`].
    pub kind: String,
    pub parent_id: Option<OrgId>,
    /// Place among its neighbours.
    pub sort_order: i32,
    pub head_id: Option<PersonId>,
    /// JSON list of person ids.
    pub deputy_ids: String,
    pub region: String,
    pub cost_centre: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
    pub version: i32,
    /// Steps from the unit down whose way up was asked for; else 0.
    pub distance: i32,
}

impl OrgRow {
    pub fn deputies(&self) -> Vec<PersonId> {
        let ids: Vec<i64> = serde_json::from_str(&self.deputy_ids).unwrap_or_default();
        ids.into_iter().map(PersonId).collect()
    }
}

/// Which units are wanted.
#[derive(Clone, Debug, Default)]
pub struct OrgFilter {
    /// Units that exist on this date or will later, as they are on it.
    pub on: LocalDate,
    /// Also units that were closed before.
    pub closed: bool,
    pub id: Option<OrgId>,
    /// This unit and everything below it.
    pub under: Option<OrgId>,
    /// Only what stands directly below this unit.
    pub parent: Option<OrgId>,
    pub code: Option<String>,
    /// Part of code, name or short name.
    pub text: Option<String>,
    pub kind: Option<super::OrgKind>,
    /// Units this person leads, as head or deputy.
    pub leader: Option<PersonId>,
    /// Ids after this one.
    pub after: OrgId,
    pub limit: u32,
}

impl OrgFilter {
    pub fn one(id: OrgId, on: LocalDate) -> Self {
        Self { on, id: Some(id), limit: 1, ..Self::default() }
    }

    pub fn code(code: &str, on: LocalDate) -> Self {
        Self { on, code: Some(code.to_owned()), limit: 1, ..Self::default() }
    }

    pub fn all(on: LocalDate) -> Self {
        Self { on, limit: u32::MAX, ..Self::default() }
    }
}

/// The date by which a unit is looked at: that of the question, within its own dates.
const SEEN_ON: &str = "(CASE WHEN o.valid_from > $1 THEN o.valid_from \
     WHEN o.valid_to < $1 THEN o.valid_to ELSE $1 END)";

const COLUMNS: &str = "o.id, o.code, COALESCE(v.name, o.name) AS name, \
     COALESCE(v.short_name, '') AS short_name, COALESCE(v.kind, o.kind) AS kind, \
     CASE WHEN v.org_id IS NULL THEN o.parent_id ELSE v.parent_id END AS parent_id, \
     COALESCE(v.sort_order, 0) AS sort_order, v.head_id, COALESCE(v.deputy_ids, '[]') AS deputy_ids, \
     COALESCE(v.region, '') AS region, COALESCE(v.cost_centre, '') AS cost_centre, \
     o.valid_from, o.valid_to, o.version";

/// Units with their versions of the date.
fn units() -> String {
    format!(
        "org_unit o LEFT JOIN org_version v ON v.org_id = o.id AND v.valid_from = ( \
           SELECT max(l.valid_from) FROM org_version l \
           WHERE l.org_id = o.id AND l.valid_from <= {SEEN_ON})"
    )
}

/// Units in the order of their ids. A scope of persons contains no unit.
pub async fn org_units(q: &impl Query, scope: &Scope, f: &OrgFilter) -> Result<Vec<OrgRow>, Fault> {
    let mut values: Vec<Value> = vec![
        f.on.into(),
        f.id.into(),
        f.under.into(),
        f.code.clone().into(),
        f.after.into(),
        i64::from(f.limit).into(),
        f.closed.into(),
        f.parent.into(),
        f.text.as_deref().map(like).into(),
        f.kind.map(super::OrgKind::as_str).into(),
        f.leader.into(),
    ];
    let visible = org_within(scope, SEEN_ON, "o.id", &mut values);
    let sql = format!(
        "SELECT t.*, 0 AS distance FROM (SELECT {COLUMNS} FROM {} \
         WHERE ($7 OR o.valid_to IS NULL OR o.valid_to >= $1) \
           AND ($2 IS NULL OR o.id = $2) AND ($4 IS NULL OR o.code = $4) AND o.id > $5 \
           AND ($3 IS NULL OR EXISTS (SELECT 1 FROM org_closure c WHERE c.descendant_id = o.id \
             AND c.ancestor_id = $3 AND c.valid_from <= {SEEN_ON} \
             AND (c.valid_to IS NULL OR c.valid_to >= {SEEN_ON}))) AND {visible}) t \
         WHERE ($8 IS NULL OR t.parent_id = $8) AND ($10 IS NULL OR t.kind = $10) \
           AND ($9 IS NULL OR lower(t.code) LIKE $9 ESCAPE '\\' OR lower(t.name) LIKE $9 ESCAPE '\\' \
             OR lower(t.short_name) LIKE $9 ESCAPE '\\') \
           AND ($11 IS NULL OR t.head_id = $11 OR (',' || substr(t.deputy_ids, 2, \
             length(t.deputy_ids) - 2) || ',') LIKE ('%,' || CAST($11 AS TEXT) || ',%')) \
         ORDER BY t.id LIMIT $6",
        units()
    );
    q.rows(&sql, values).await
}

/// One unit, if it is in scope.
pub async fn org_unit(
    q: &impl Query,
    scope: &Scope,
    id: OrgId,
    on: LocalDate,
) -> Result<Option<OrgRow>, Fault> {
    Ok(org_units(q, scope, &OrgFilter::one(id, on)).await?.pop())
}

/// Where a page of children ended: place, code.
pub type ChildCursor = (i32, String);

/// What stands directly below a unit on a date, or at the top, in the order of their places and codes.
pub async fn org_children(
    q: &impl Query,
    scope: &Scope,
    parent: Option<OrgId>,
    on: LocalDate,
    after: Option<ChildCursor>,
    limit: u32,
) -> Result<Vec<OrgRow>, Fault> {
    let (order, code) = after.unwrap_or((-1, String::new()));
    let mut values: Vec<Value> =
        vec![on.into(), parent.into(), order.into(), code.into(), i64::from(limit).into()];
    let visible = org_within(scope, "$1", "o.id", &mut values);
    let sql = format!(
        "SELECT t.*, 0 AS distance FROM (SELECT {COLUMNS} FROM {} \
         WHERE o.valid_from <= $1 AND (o.valid_to IS NULL OR o.valid_to >= $1) AND {visible}) t \
         WHERE (t.parent_id = $2 OR ($2 IS NULL AND t.parent_id IS NULL)) \
           AND (t.sort_order, t.code) > ($3, $4) ORDER BY t.sort_order, t.code LIMIT $5",
        units()
    );
    q.rows(&sql, values).await
}

/// The way from the top down to a unit on a date, the unit itself last. The caller has found the unit in scope.
pub async fn org_path(q: &impl Query, id: OrgId, on: LocalDate) -> Result<Vec<OrgRow>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS}, c.distance FROM {} JOIN org_closure c ON c.ancestor_id = o.id \
         WHERE c.descendant_id = $2 AND c.valid_from <= $1 \
           AND (c.valid_to IS NULL OR c.valid_to >= $1) ORDER BY c.distance DESC",
        units()
    );
    q.rows(&sql, vec![on.into(), id.into()]).await
}

/// What a unit is from a date on. The caller has found the unit in scope.
pub async fn org_events(q: &impl Query, id: OrgId) -> Result<Vec<OrgRow>, Fault> {
    q.rows(
        "SELECT o.id, o.code, v.name, v.short_name, v.kind, v.parent_id, v.sort_order, v.head_id, \
           v.deputy_ids, v.region, v.cost_centre, v.valid_from, o.valid_to, o.version, 0 AS distance \
         FROM org_version v JOIN org_unit o ON o.id = v.org_id \
         WHERE v.org_id = $1 ORDER BY v.valid_from",
        vec![id.into()],
    )
    .await
}

/// All versions of all units that are in scope on a date, in the order of codes and dates: for files.
pub async fn org_versions(
    q: &impl Query,
    scope: &Scope,
    on: LocalDate,
) -> Result<Vec<OrgRow>, Fault> {
    let mut values: Vec<Value> = vec![on.into()];
    let visible = org_within(scope, SEEN_ON, "o.id", &mut values);
    let sql = format!(
        "SELECT o.id, o.code, v.name, v.short_name, v.kind, v.parent_id, v.sort_order, v.head_id, \
           v.deputy_ids, v.region, v.cost_centre, v.valid_from, o.valid_to, o.version, 0 AS distance \
         FROM org_unit o JOIN org_version v ON v.org_id = o.id WHERE $1 IS NOT NULL AND {visible} \
         ORDER BY o.code, v.valid_from"
    );
    q.rows(&sql, values).await
}

#[derive(FromQueryResult)]
struct CodeRow {
    id: OrgId,
    code: String,
}

/// Codes of all units.
pub async fn org_codes_of(q: &impl Query) -> Result<HashMap<OrgId, String>, Fault> {
    let rows: Vec<CodeRow> = q.rows("SELECT id, code FROM org_unit", vec![]).await?;
    Ok(rows.into_iter().map(|r| (r.id, r.code)).collect())
}
