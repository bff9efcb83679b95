use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, RequestId, RuleId, UserId, WallTime};

use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

/// What makes a request the same as another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, FromQueryResult)]
pub(super) struct RequestKey {
    pub id: RequestId,
    pub person_id: PersonId,
    pub type_id: RuleId,
    pub start_wall: i64,
    pub end_wall: i64,
}

const KEY: [(&str, ColumnKind); 4] = [
    ("person_id", ColumnKind::Bigint),
    ("type_id", ColumnKind::Bigint),
    ("start_wall", ColumnKind::Bigint),
    ("end_wall", ColumnKind::Bigint),
];

/// Requests in force that are the same as one of `rows`.
pub(super) async fn same(tx: &Tx, rows: &str) -> Result<Vec<RequestKey>, Fault> {
    let sql = format!(
        "SELECT a.id, a.person_id, a.type_id, a.start_wall, a.end_wall FROM approved_request a \
         JOIN {} ON r.person_id = a.person_id AND r.type_id = a.type_id \
           AND r.start_wall = a.start_wall AND r.end_wall = a.end_wall \
         WHERE a.revoked_at IS NULL",
        json_rows(tx.dialect(), "r", 1, &KEY)
    );
    tx.rows(&sql, vec![rows.into()]).await
}

/// Writes requests that are not there yet; answers the ids of those it wrote.
pub(super) async fn insert(
    tx: &Tx,
    rows: &str,
    author: Option<UserId>,
    at: Instant,
) -> Result<Vec<RequestKey>, Fault> {
    let mut columns = KEY.to_vec();
    columns.extend([
        ("approved_wall", ColumnKind::Bigint),
        ("half_day", ColumnKind::Bool),
        ("overtime_date", ColumnKind::Date),
        ("breaks", ColumnKind::Json),
        ("break_minutes", ColumnKind::Int),
        ("reason", ColumnKind::Text),
    ]);
    let sql = format!(
        "INSERT INTO approved_request (person_id, type_id, start_wall, end_wall, approved_wall, \
           half_day, overtime_date, breaks, break_minutes, reason, author_id, at) \
         SELECT r.person_id, r.type_id, r.start_wall, r.end_wall, r.approved_wall, r.half_day, \
           r.overtime_date, r.breaks, r.break_minutes, r.reason, $2, $3 FROM {} \
         WHERE TRUE ORDER BY r.person_id, r.start_wall \
         ON CONFLICT (person_id, type_id, start_wall, end_wall) WHERE revoked_at IS NULL DO NOTHING \
         RETURNING id, person_id, type_id, start_wall, end_wall",
        json_rows(tx.dialect(), "r", 1, &columns)
    );
    tx.rows(&sql, vec![rows.into(), author.into(), at.into()]).await
}

/// Revokes a request that is not revoked yet; whether there was one.
pub(super) async fn revoke(tx: &Tx, id: RequestId, at: Instant) -> Result<bool, Fault> {
    let sql = "UPDATE approved_request SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.run(sql, vec![id.into(), at.into()]).await? == 1)
}

#[derive(FromQueryResult)]
struct Found {
    n: i64,
}

/// Whether an approved request that is no overtime lies on these minutes of a date.
pub(super) async fn leave_between(
    tx: &Tx,
    person: PersonId,
    date: LocalDate,
    start: i32,
    end: i32,
) -> Result<bool, Fault> {
    let wall = |minutes: i32| WallTime::on(date, i64::from(minutes) * 60).seconds();
    let sql = "SELECT count(*) AS n FROM approved_request r WHERE r.person_id = $1 \
                 AND r.revoked_at IS NULL AND r.start_wall < $3 AND r.end_wall > $2 \
                 AND NOT EXISTS (SELECT 1 FROM rule_version v WHERE v.rule_id = r.type_id \
                   AND v.body LIKE '%\"kind\":\"overtime\"%')";
    let values = vec![person.into(), wall(start).into(), wall(end).into()];
    let found: Option<Found> = tx.row(sql, values).await?;
    Ok(found.is_some_and(|f| f.n > 0))
}
