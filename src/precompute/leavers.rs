use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId};

use crate::base::{Fault, Query};

/// Punches of somebody on a date after he had left.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PunchedAfterLeaving {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    pub work_date: LocalDate,
}

/// Who punched on dates since `from` on which he had left, as far as it is an open exception.
pub async fn punched_after_leaving(
    q: &impl Query,
    from: LocalDate,
    limit: u32,
) -> Result<Vec<PunchedAfterLeaving>, Fault> {
    let sql = "SELECT DISTINCT e.person_id, p.number, p.name, e.work_date FROM day_exception e \
               JOIN person p ON p.id = e.person_id \
               WHERE e.work_date >= $1 AND e.code = 'punch_not_employed' AND e.closed_at IS NULL \
                 AND (p.left_on < e.work_date OR EXISTS (SELECT 1 FROM person_gap g \
                   WHERE g.person_id = p.id AND e.work_date BETWEEN g.valid_from AND g.valid_to)) \
               ORDER BY e.work_date, e.person_id LIMIT $2";
    q.rows(sql, vec![from.into(), i64::from(limit).into()]).await
}
