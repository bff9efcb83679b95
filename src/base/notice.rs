use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{Instant, NoticeId, PersonId};

use super::{ColumnKind, Fault, Query, Tx, json_rows};

/// What a person is told.
#[derive(Clone, Debug)]
pub struct NewNotice {
    pub person: PersonId,
    pub payload: Value,
}

/// Writes one notice per row in the transaction of what they tell of; delivery comes after.
pub async fn notify(tx: &Tx, kind: &str, notices: &[NewNotice], at: Instant) -> Result<(), Fault> {
    if notices.is_empty() {
        return Ok(());
    }
    let columns = [("person_id", ColumnKind::Bigint), ("payload", ColumnKind::Text)];
    let rows: Vec<Value> = notices
        .iter()
        .map(|n| json!({ "person_id": n.person.0, "payload": n.payload.to_string() }))
        .collect();
    let sql = format!(
        "INSERT INTO notice (person_id, kind, payload, at) \
         SELECT r.person_id, $2, r.payload, $3 FROM {}",
        json_rows(tx.dialect(), "r", 1, &columns)
    );
    tx.run(&sql, vec![Value::Array(rows).to_string().into(), kind.into(), at.into()]).await?;
    Ok(())
}

/// A notice as it stands.
#[derive(Clone, Debug, FromQueryResult)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub kind: String,
    /// JSON.
    pub payload: String,
    pub at: Instant,
    pub read_at: Option<Instant>,
}

/// Notices of a person, the newest first.
pub async fn notices(
    q: &impl Query,
    person: PersonId,
    unread: bool,
    before: Option<NoticeId>,
    limit: u32,
) -> Result<Vec<NoticeRow>, Fault> {
    let sql = "SELECT id, kind, payload, at, read_at FROM notice WHERE person_id = $1 \
                 AND ($2 IS NULL OR id < $2) AND (read_at IS NULL OR NOT $3) \
               ORDER BY id DESC LIMIT $4";
    q.rows(sql, vec![person.into(), before.into(), unread.into(), i64::from(limit).into()]).await
}

/// Notes that a person has read his notices up to this one; how many were new.
pub async fn read_notices(
    tx: &Tx,
    person: PersonId,
    up_to: NoticeId,
    at: Instant,
) -> Result<u64, Fault> {
    let sql =
        "UPDATE notice SET read_at = $3 WHERE person_id = $1 AND id <= $2 AND read_at IS NULL";
    tx.run(sql, vec![person.into(), up_to.into(), at.into()]).await
}
