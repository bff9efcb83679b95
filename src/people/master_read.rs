//! Positions, dimensions and teams.

use sea_orm::FromQueryResult;

use super::Master;
use crate::base::{Fault, Query, json_rows};

/// A position, a dimension or a team.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MasterRow {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// Of a position.
    pub grade: i32,
    /// Nobody new is assigned to one that is not active.
    pub active: bool,
    pub version: i32,
}

/// Which are wanted.
#[derive(Clone, Debug, Default)]
pub struct MasterFilter {
    pub id: Option<i64>,
    /// Part of code or name.
    pub text: Option<String>,
    pub active: Option<bool>,
    /// Codes after this one.
    pub after: Option<String>,
    pub limit: u32,
}

fn columns(kind: Master) -> &'static str {
    match kind {
        Master::Position => "m.id, m.code, m.name, m.grade, m.active, m.version",
        Master::Team => "m.id, m.code, m.name, 0 AS grade, m.active, m.version",
        Master::Dimension => "m.id, m.code, m.name, 0 AS grade, TRUE AS active, m.version",
    }
}

/// The pattern that finds `text` anywhere, with escape `\`.
pub(super) fn like(text: &str) -> String {
    let safe = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{}%", safe.to_lowercase())
}

/// In the order of their codes.
pub async fn masters(
    q: &impl Query,
    kind: Master,
    f: &MasterFilter,
) -> Result<Vec<MasterRow>, Fault> {
    let active = match kind {
        Master::Dimension => "$5 IS NOT FALSE",
        Master::Position | Master::Team => "($5 IS NULL OR m.active = $5)",
    };
    let sql = format!(
        "SELECT {} FROM {} m WHERE ($1 IS NULL OR m.id = $1) AND ($2 IS NULL OR m.code > $2) \
           AND ($3 IS NULL OR lower(m.code) LIKE $3 ESCAPE '\\' OR lower(m.name) LIKE $3 ESCAPE '\\') \
           AND {active} ORDER BY m.code LIMIT $4",
        columns(kind),
        kind.table()
    );
    let values = vec![
        f.id.into(),
        f.after.clone().into(),
        f.text.as_deref().map(like).into(),
        i64::from(f.limit).into(),
        f.active.into(),
    ];
    q.rows(&sql, values).await
}

/// One of them.
pub async fn master(q: &impl Query, kind: Master, id: i64) -> Result<Option<MasterRow>, Fault> {
    let filter = MasterFilter { id: Some(id), limit: 1, ..MasterFilter::default() };
    Ok(masters(q, kind, &filter).await?.pop())
}

/// All of them.
pub async fn all_masters(q: &impl Query, kind: Master) -> Result<Vec<MasterRow>, Fault> {
    masters(q, kind, &MasterFilter { limit: u32::MAX, ..MasterFilter::default() }).await
}

/// Those with one of these codes.
pub(super) async fn masters_by_code(
    q: &impl Query,
    kind: Master,
    codes: &[&str],
) -> Result<Vec<MasterRow>, Fault> {
    let rows: Vec<_> = codes.iter().map(|c| serde_json::json!({ "code": c })).collect();
    let input = json_rows(q.dialect(), "k", 1, &[("code", crate::base::ColumnKind::Text)]);
    let sql = format!(
        "SELECT {} FROM {} m WHERE m.code IN (SELECT k.code FROM {input})",
        columns(kind),
        kind.table()
    );
    q.rows(&sql, vec![serde_json::Value::Array(rows).to_string().into()]).await
}
