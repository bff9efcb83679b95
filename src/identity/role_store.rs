//! The SQL that writes roles and role assignments; and the reads that go with it.

use std::collections::{HashMap, HashSet};

use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{
    DimensionId, DimensionValueId, LocalDate, OrgId, PersonId, PositionId, RoleId, UserId,
};

use super::store::IdRow;
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(Clone, Debug, FromQueryResult)]
pub struct RoleRow {
    pub id: RoleId,
    pub code: String,
    pub name: String,
    pub permissions: String,
    pub menus: String,
    pub seed: bool,
    pub version: i32,
}

const COLUMNS: &str = "id, code, name, permissions, menus, seed, version";

pub async fn roles(q: &impl Query) -> Result<Vec<RoleRow>, Fault> {
    q.rows(&format!("SELECT {COLUMNS} FROM role ORDER BY id"), vec![]).await
}

pub async fn role(q: &impl Query, id: RoleId) -> Result<Option<RoleRow>, Fault> {
    q.row(&format!("SELECT {COLUMNS} FROM role WHERE id = $1"), vec![id.into()]).await
}

/// The role, locked against parallel changes until the transaction ends.
pub async fn lock_role(tx: &Tx, id: RoleId) -> Result<Option<RoleRow>, Fault> {
    let sql = format!("UPDATE role SET version = version WHERE id = $1 RETURNING {COLUMNS}");
    tx.row(&sql, vec![id.into()]).await
}

/// Writes a role of the program as this version defines it.
pub async fn put_seed(
    tx: &Tx,
    code: &str,
    name: &str,
    permissions: &str,
    menus: &str,
) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO role (code, name, permissions, menus, seed) VALUES ($1, $2, $3, $4, TRUE) \
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, seed = TRUE, \
           permissions = excluded.permissions, menus = excluded.menus \
         WHERE NOT role.seed OR role.name <> excluded.name \
           OR role.permissions <> excluded.permissions OR role.menus <> excluded.menus",
        vec![code.into(), name.into(), permissions.into(), menus.into()],
    )
    .await?;
    Ok(())
}

/// `None` if the code is taken.
pub async fn insert_role(
    tx: &Tx,
    code: &str,
    name: &str,
    permissions: &str,
    menus: &str,
) -> Result<Option<RoleId>, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO role (code, name, permissions, menus, seed) VALUES ($1, $2, $3, $4, FALSE) \
             ON CONFLICT (code) DO NOTHING RETURNING id",
            vec![code.into(), name.into(), permissions.into(), menus.into()],
        )
        .await?;
    Ok(row.map(|r| RoleId(r.id)))
}

/// True if `version` was the present one.
pub async fn update_role(tx: &Tx, role: &RoleRow, version: i32) -> Result<bool, Fault> {
    let n = tx
        .run(
            "UPDATE role SET name = $3, permissions = $4, menus = $5, version = version + 1 \
             WHERE id = $1 AND version = $2",
            vec![
                role.id.into(),
                version.into(),
                role.name.as_str().into(),
                role.permissions.as_str().into(),
                role.menus.as_str().into(),
            ],
        )
        .await?;
    Ok(n == 1)
}

pub async fn delete_role(tx: &Tx, id: RoleId) -> Result<(), Fault> {
    tx.run("DELETE FROM role WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

/// How many assignments name the role, over ones included.
pub async fn role_uses(q: &impl Query, id: RoleId) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) AS n FROM role_assignment WHERE role_id = $1";
    let row: Option<CountRow> = q.row(sql, vec![id.into()]).await?;
    Ok(row.map_or(0, |r| r.n))
}

/// How many users can sign in and hold every right over everybody, today.
pub async fn administrators(q: &impl Query, today: LocalDate) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(DISTINCT u.id) AS n FROM app_user u \
               JOIN role_assignment a ON a.user_id = u.id JOIN role r ON r.id = a.role_id \
               WHERE r.code = 'admin' AND u.state = 'active' AND a.valid_from <= $1 \
                 AND (a.valid_to IS NULL OR a.valid_to >= $1) \
                 AND COALESCE(a.scope, u.scope) LIKE '%\"all\":true%'";
    let row: Option<CountRow> = q.row(sql, vec![today.into()]).await?;
    Ok(row.map_or(0, |r| r.n))
}

#[derive(Clone, Debug, FromQueryResult)]
pub struct AssignmentRow {
    pub user_id: UserId,
    pub role_id: RoleId,
    pub role_code: String,
    pub role_name: String,
    pub permissions: String,
    pub menus: String,
    /// Its own scope.
    pub scope: Option<String>,
    pub user_scope: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

/// Role assignments of the users with ids from `first` to `last`.
pub async fn assignments(
    q: &impl Query,
    first: UserId,
    last: UserId,
) -> Result<Vec<AssignmentRow>, Fault> {
    q.rows(
        "SELECT a.user_id, a.role_id, r.code AS role_code, r.name AS role_name, \
           r.permissions, r.menus, a.scope, u.scope AS user_scope, a.valid_from, a.valid_to \
         FROM role_assignment a JOIN role r ON r.id = a.role_id JOIN app_user u ON u.id = a.user_id \
         WHERE a.user_id BETWEEN $1 AND $2 ORDER BY a.user_id, a.id",
        vec![first.into(), last.into()],
    )
    .await
}

pub async fn clear_assignments(tx: &Tx, user: UserId) -> Result<(), Fault> {
    tx.run("DELETE FROM role_assignment WHERE user_id = $1", vec![user.into()]).await?;
    Ok(())
}

pub async fn insert_assignment(
    tx: &Tx,
    user: UserId,
    role: RoleId,
    scope: Option<String>,
    (from, to): (LocalDate, Option<LocalDate>),
) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO role_assignment (user_id, role_id, scope, valid_from, valid_to) \
         VALUES ($1, $2, $3, $4, $5)",
        vec![user.into(), role.into(), scope.into(), from.into(), to.into()],
    )
    .await?;
    Ok(())
}

/// What exists among the things scopes name.
#[derive(Default)]
pub struct Known {
    pub orgs: HashSet<OrgId>,
    pub positions: HashSet<PositionId>,
    pub values: HashMap<DimensionValueId, DimensionId>,
    pub persons: HashSet<PersonId>,
}

#[derive(FromQueryResult)]
struct NamedRow {
    kind: String,
    id: i64,
    of: i64,
}

/// Looks all up at once; `named` are kinds (`org`, `position`, `value`, `person`) and ids.
pub async fn known(q: &impl Query, named: &[(&str, i64)]) -> Result<Known, Fault> {
    let rows: Vec<_> = named.iter().map(|(k, id)| json!({ "kind": k, "id": id })).collect();
    let columns = [("kind", ColumnKind::Text), ("id", ColumnKind::Bigint)];
    let table = json_rows(q.dialect(), "w", 1, &columns);
    let of = |kind: &str, table: &str, of: &str| {
        format!(
            "SELECT w.kind, t.id, {of} AS of FROM w JOIN {table} t ON t.id = w.id AND w.kind = '{kind}'"
        )
    };
    let sql = format!(
        "WITH w AS (SELECT w.kind, w.id FROM {table}) {} UNION {} UNION {} UNION {}",
        of("org", "org_unit", "0"),
        of("position", "position", "0"),
        of("value", "dimension_value", "t.dimension_id"),
        of("person", "person", "0"),
    );
    let values = vec![serde_json::Value::Array(rows).to_string().into()];
    let rows: Vec<NamedRow> = q.rows(&sql, values).await?;
    let mut known = Known::default();
    for r in rows {
        match r.kind.as_str() {
            "org" => _ = known.orgs.insert(OrgId(r.id)),
            "position" => _ = known.positions.insert(PositionId(r.id)),
            "value" => _ = known.values.insert(DimensionValueId(r.id), DimensionId(r.of)),
            _ => _ = known.persons.insert(PersonId(r.id)),
        }
    }
    Ok(known)
}

#[derive(FromQueryResult)]
struct PairRow {
    kind: String,
    id: i64,
    above: i64,
}

/// What stands above departments today, and above values of dimensions; each stands above itself.
#[derive(Default)]
pub struct Above {
    pub orgs: HashSet<(OrgId, OrgId)>,
    pub values: HashSet<(DimensionValueId, DimensionValueId)>,
}

pub async fn above(
    q: &impl Query,
    orgs: &HashSet<OrgId>,
    values: &HashSet<DimensionValueId>,
    today: LocalDate,
) -> Result<Above, Fault> {
    let rows: Vec<_> = orgs
        .iter()
        .map(|o| json!({ "kind": "org", "id": o.0 }))
        .chain(values.iter().map(|v| json!({ "kind": "value", "id": v.0 })))
        .collect();
    let columns = [("kind", ColumnKind::Text), ("id", ColumnKind::Bigint)];
    let table = json_rows(q.dialect(), "w", 1, &columns);
    let sql = format!(
        "WITH RECURSIVE w AS (SELECT w.kind, w.id FROM {table}), \
         up(id, above) AS (SELECT v.id, v.id FROM w JOIN dimension_value v ON v.id = w.id \
             WHERE w.kind = 'value' \
           UNION SELECT up.id, v.parent_id FROM up JOIN dimension_value v ON v.id = up.above \
             WHERE v.parent_id IS NOT NULL) \
         SELECT 'value' AS kind, up.id, up.above FROM up \
         UNION SELECT 'org' AS kind, c.descendant_id AS id, c.ancestor_id AS above \
           FROM w JOIN org_closure c ON c.descendant_id = w.id WHERE w.kind = 'org' \
             AND c.valid_from <= $2 AND (c.valid_to IS NULL OR c.valid_to >= $2)"
    );
    let bound = vec![serde_json::Value::Array(rows).to_string().into(), today.into()];
    let rows: Vec<PairRow> = q.rows(&sql, bound).await?;
    let mut above = Above::default();
    for r in rows {
        if r.kind == "org" {
            above.orgs.insert((OrgId(r.id), OrgId(r.above)));
        } else {
            above.values.insert((DimensionValueId(r.id), DimensionValueId(r.above)));
        }
    }
    Ok(above)
}
