use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, UserId};

use crate::base::{ColumnKind, Fault, Query, Tx, id_rows, id_value, json_rows};

/// A check as it is stored.
pub(super) struct CheckRow<'a> {
    pub code: &'a str,
    pub severity: &'a str,
    pub limit: i32,
}

/// Writes a check that has the version given, 0 = none; whether it had.
pub(super) async fn put_check(
    tx: &Tx,
    row: &CheckRow<'_>,
    version: i32,
    author: Option<UserId>,
    at: Instant,
) -> Result<bool, Fault> {
    let sql = "INSERT INTO roster_check (code, severity, limit_value, version, author_id, at) \
               VALUES ($1, $2, $3, $4 + 1, $5, $6) ON CONFLICT (code) DO UPDATE SET \
               severity = excluded.severity, limit_value = excluded.limit_value, \
               version = excluded.version, author_id = excluded.author_id, at = excluded.at \
               WHERE roster_check.version = $4";
    let values = vec![
        row.code.into(),
        row.severity.into(),
        row.limit.into(),
        version.into(),
        author.into(),
        at.into(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

const PROTECTION: [(&str, ColumnKind); 4] = [
    ("person_id", ColumnKind::Bigint),
    ("kind", ColumnKind::Text),
    ("valid_from", ColumnKind::Date),
    ("valid_to", ColumnKind::Date),
];

/// Writes protected dates.
pub(super) async fn put_protections(tx: &Tx, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &PROTECTION);
    let sql = format!(
        "INSERT INTO person_protection (person_id, kind, valid_from, valid_to) \
         SELECT r.person_id, r.kind, r.valid_from, r.valid_to FROM {input} WHERE TRUE \
         ORDER BY r.person_id, r.kind, r.valid_from \
         ON CONFLICT (person_id, kind, valid_from) DO UPDATE SET valid_to = excluded.valid_to"
    );
    tx.run(&sql, vec![rows.into()]).await
}

/// Removes protected dates.
pub(super) async fn delete_protections(tx: &Tx, rows: &str) -> Result<u64, Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &PROTECTION);
    let sql = format!(
        "DELETE FROM person_protection WHERE (person_id, kind, valid_from) IN \
         (SELECT r.person_id, r.kind, r.valid_from FROM {input})"
    );
    tx.run(&sql, vec![rows.into()]).await
}

/// A finding that stands.
#[derive(FromQueryResult)]
pub(super) struct OpenFinding {
    pub id: i64,
    pub person_id: PersonId,
    pub code: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
}

/// The findings of these people that stand and reach a date or later ones.
pub(super) async fn open_findings(
    tx: &Tx,
    people: &[PersonId],
    from: LocalDate,
) -> Result<Vec<OpenFinding>, Fault> {
    let sql = format!(
        "SELECT f.id, f.person_id, f.code, f.from_date, f.to_date FROM {} \
         JOIN roster_finding f ON f.person_id = k.id \
         WHERE f.closed_at IS NULL AND f.to_date >= $2",
        id_rows(tx.dialect(), "k", 1)
    );
    tx.rows(&sql, vec![id_value(people.iter().map(|p| p.0)), from.into()]).await
}

/// Writes findings; one that stands already is only seen again.
pub(super) async fn put_findings(tx: &Tx, rows: &str, at: Instant) -> Result<u64, Fault> {
    let columns = [
        ("person_id", ColumnKind::Bigint),
        ("code", ColumnKind::Text),
        ("severity", ColumnKind::Text),
        ("from_date", ColumnKind::Date),
        ("to_date", ColumnKind::Date),
        ("value", ColumnKind::Int),
        ("limit_value", ColumnKind::Int),
    ];
    let input = json_rows(tx.dialect(), "r", 1, &columns);
    let sql = format!(
        "INSERT INTO roster_finding (person_id, code, severity, from_date, to_date, value, \
           limit_value, found_at, seen_at) \
         SELECT r.person_id, r.code, r.severity, r.from_date, r.to_date, r.value, r.limit_value, \
           $2, $2 FROM {input} WHERE TRUE ORDER BY r.person_id, r.code, r.from_date \
         ON CONFLICT (person_id, code, from_date, to_date) WHERE closed_at IS NULL DO UPDATE SET \
           severity = excluded.severity, value = excluded.value, \
           limit_value = excluded.limit_value, seen_at = excluded.seen_at"
    );
    tx.run(&sql, vec![rows.into(), at.into()]).await
}

/// Closes findings that are gone.
pub(super) async fn close_findings(tx: &Tx, ids: &[i64], at: Instant) -> Result<u64, Fault> {
    let sql = format!(
        "UPDATE roster_finding SET closed_at = $2 WHERE closed_at IS NULL \
         AND id IN (SELECT k.id FROM {})",
        id_rows(tx.dialect(), "k", 1)
    );
    tx.run(&sql, vec![id_value(ids.iter().copied()), at.into()]).await
}
