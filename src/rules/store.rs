use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, RuleId, RuleVersionId, UserId};

use super::RuleKind;
use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// The row of a rule, made if absent. It stays locked until the end of the transaction, so that
/// versions are numbered one after the other.
pub(super) async fn put_rule(
    tx: &Tx,
    kind: RuleKind,
    code: &str,
    name: Option<&str>,
) -> Result<RuleId, Fault> {
    let keep = if name.is_some() { "excluded.name" } else { "rule.name" };
    let sql = format!(
        "INSERT INTO rule (kind, code, name) VALUES ($1, $2, $3) \
         ON CONFLICT (kind, code) DO UPDATE SET name = {keep} RETURNING id"
    );
    let values = vec![kind.as_str().into(), code.into(), name.unwrap_or(code).into()];
    let row: Option<IdRow> = tx.row(&sql, values).await?;
    row.map(|r| RuleId(r.id)).ok_or_else(|| Fault::text("no rule was written"))
}

#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct VersionRow {
    pub version: i32,
    pub effective_from: LocalDate,
    pub body: String,
}

/// Every version of a rule, oldest number first.
pub(super) async fn versions_of(tx: &Tx, id: RuleId) -> Result<Vec<VersionRow>, Fault> {
    let sql = "SELECT version, effective_from, body FROM rule_version \
               WHERE rule_id = $1 ORDER BY version";
    tx.rows(sql, vec![id.into()]).await
}

pub(super) struct NewVersionRow<'a> {
    pub rule_id: RuleId,
    pub version: i32,
    pub effective_from: LocalDate,
    pub body: &'a str,
    pub at: Instant,
    pub author: Option<UserId>,
    /// The rules a scheme names; empty for every other kind.
    pub uses: &'a [RuleId],
}

pub(super) async fn insert_version(tx: &Tx, v: &NewVersionRow<'_>) -> Result<RuleVersionId, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO rule_version (rule_id, version, effective_from, body, published_at, \
             published_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            vec![
                v.rule_id.into(),
                v.version.into(),
                v.effective_from.into(),
                v.body.into(),
                v.at.into(),
                v.author.into(),
            ],
        )
        .await?;
    let id = row.ok_or_else(|| Fault::text("no version was written"))?.id;
    if !v.uses.is_empty() {
        let rows: Vec<_> = v.uses.iter().map(|u| serde_json::json!({ "rule_id": u.0 })).collect();
        let input = json_rows(tx.dialect(), "r", 1, &[("rule_id", ColumnKind::Bigint)]);
        let sql = format!(
            "INSERT INTO rule_use (scheme_version_id, rule_id) SELECT $2, r.rule_id FROM {input}"
        );
        tx.run(&sql, vec![serde_json::Value::Array(rows).to_string().into(), id.into()]).await?;
    }
    Ok(RuleVersionId(id))
}

/// Writes entries of the timelines of schemes.
pub(super) async fn put_assignments(tx: &Tx, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[
            ("person_id", ColumnKind::Bigint),
            ("valid_from", ColumnKind::Date),
            ("scheme_id", ColumnKind::Bigint),
        ],
    );
    let sql = format!(
        "INSERT INTO scheme_assignment (person_id, valid_from, scheme_id) \
         SELECT r.person_id, r.valid_from, r.scheme_id FROM {input} WHERE TRUE \
         ORDER BY r.person_id, r.valid_from \
         ON CONFLICT (person_id, valid_from) DO UPDATE SET scheme_id = excluded.scheme_id"
    );
    tx.run(&sql, vec![rows.into()]).await
}

/// Removes entries of the timelines of schemes.
pub(super) async fn remove_assignments(tx: &Tx, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(
        tx.dialect(),
        "r",
        1,
        &[("person_id", ColumnKind::Bigint), ("valid_from", ColumnKind::Date)],
    );
    let sql = format!(
        "DELETE FROM scheme_assignment WHERE (person_id, valid_from) IN \
         (SELECT r.person_id, r.valid_from FROM {input})"
    );
    tx.run(&sql, vec![rows.into()]).await
}
