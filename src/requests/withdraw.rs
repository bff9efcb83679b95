use sea_orm::FromQueryResult;
use serde_json::json;
use vocabulary::{DateSpan, Instant, LocalDate, PersonId, RequestId, WallTime};

use super::record_approved::mark;
use crate::base::{
    Actor, Fault, Query, Tx, audit, id_rows, id_value, midnight_sql, span_rows, span_values,
};

#[derive(FromQueryResult)]
struct Row {
    id: RequestId,
    person_id: PersonId,
    start_wall: i64,
    end_wall: i64,
    overtime_date: Option<LocalDate>,
}

impl Row {
    fn touched(&self) -> (PersonId, DateSpan) {
        let date = |wall| WallTime::from_seconds(wall).date();
        let (mut from, mut to) = (date(self.start_wall), date(self.end_wall - 1));
        if let Some(on) = self.overtime_date {
            (from, to) = (from.min(on), to.max(on));
        }
        (self.person_id, DateSpan::new(from, to))
    }
}

const COLUMNS: &str = "a.id, a.person_id, a.start_wall, a.end_wall, a.overtime_date";

/// Revokes the requests of people that begin on dates on which they are gone; which ones. One that began before
/// stays: it counts up to the last day.
pub async fn withdraw_requests(
    tx: &Tx,
    actor: &Actor,
    spans: &[(PersonId, DateSpan)],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<(PersonId, RequestId)>, Fault> {
    let midnight = |date| midnight_sql(tx.dialect(), date);
    let (from, to) = (midnight("w.from_date"), midnight("w.to_date"));
    let sql = format!(
        "SELECT {COLUMNS} FROM {} JOIN approved_request a ON a.person_id = w.person_id \
           AND a.start_wall >= {from} AND a.start_wall < {to} + 86400 \
         WHERE a.revoked_at IS NULL AND (a.overtime_date IS NULL OR a.overtime_date >= w.from_date)",
        span_rows(tx.dialect())
    );
    let rows: Vec<Row> = tx.rows(&sql, span_values(tx.dialect(), spans)).await?;
    let sql = format!(
        "UPDATE approved_request SET revoked_at = $2 WHERE revoked_at IS NULL \
         AND id IN (SELECT k.id FROM {})",
        id_rows(tx.dialect(), "k", 1)
    );
    change(tx, actor, "withdraw", &rows, &sql, today, at).await?;
    Ok(rows.into_iter().map(|r| (r.person_id, r.id)).collect())
}

/// Lets withdrawn requests count again, unless the same was entered anew since.
pub async fn restore_requests(
    tx: &Tx,
    actor: &Actor,
    ids: &[RequestId],
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM approved_request a WHERE a.revoked_at IS NOT NULL \
           AND a.id IN (SELECT k.id FROM {}) AND NOT EXISTS (SELECT 1 FROM approved_request n \
             WHERE n.person_id = a.person_id AND n.type_id = a.type_id \
               AND n.start_wall = a.start_wall AND n.end_wall = a.end_wall \
               AND n.revoked_at IS NULL)",
        id_rows(tx.dialect(), "k", 1)
    );
    let rows: Vec<Row> = tx.rows(&sql, vec![id_value(ids.iter().map(|r| r.0))]).await?;
    let sql = format!(
        "UPDATE approved_request SET revoked_at = NULL WHERE revoked_at <= $2 \
         AND id IN (SELECT k.id FROM {})",
        id_rows(tx.dialect(), "k", 1)
    );
    change(tx, actor, "restore", &rows, &sql, today, at).await
}

async fn change(
    tx: &Tx,
    actor: &Actor,
    what: &str,
    rows: &[Row],
    sql: &str,
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    tx.run(sql, vec![id_value(rows.iter().map(|r| r.id.0)), at.into()]).await?;
    let spans: Vec<_> = rows.iter().map(Row::touched).collect();
    mark(tx, &spans, today, at).await?;
    let ids: Vec<RequestId> = rows.iter().map(|r| r.id).collect();
    let count = rows.len().to_string();
    audit(tx, actor, at, what, "approved_request", &count, json!({ "ids": ids })).await
}
