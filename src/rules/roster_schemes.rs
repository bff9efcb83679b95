//! What rosters ask about schemes: who has which on a date, and whose roster is made for another one.

use std::collections::HashMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use vocabulary::{LocalDate, PersonId, RuleId};

use super::read::CellRow;
use crate::base::{App, ColumnKind, Fault, Query, Scope, json_rows};
use crate::people;

#[derive(FromQueryResult)]
struct IdRow {
    id: RuleId,
}

/// A scheme by its code.
pub fn scheme_by_code<'a>(
    app: &'a App,
    code: &'a str,
) -> BoxFuture<'a, Result<Option<RuleId>, Fault>> {
    async move {
        let sql = "SELECT id FROM rule WHERE kind = 'scheme' AND code = $1";
        let row: Option<IdRow> = app.db.read().row(sql, vec![code.into()]).await?;
        Ok(row.map(|r| r.id))
    }
    .boxed()
}

#[derive(FromQueryResult)]
struct SchemeRow {
    person_id: PersonId,
    on_date: LocalDate,
    scheme_id: Option<RuleId>,
}

/// The schemes of people on dates.
pub async fn schemes_at(
    q: &impl Query,
    places: &[(PersonId, LocalDate)],
) -> Result<HashMap<(PersonId, LocalDate), Option<RuleId>>, Fault> {
    let rows: Vec<_> =
        places.iter().map(|(p, d)| json!({ "person_id": p.0, "on_date": d })).collect();
    let columns = [("person_id", ColumnKind::Bigint), ("on_date", ColumnKind::Date)];
    let sql = format!(
        "SELECT r.person_id, r.on_date, (SELECT a.scheme_id FROM scheme_assignment a \
           WHERE a.person_id = r.person_id AND a.valid_from <= r.on_date \
           ORDER BY a.valid_from DESC LIMIT 1) AS scheme_id FROM {}",
        json_rows(q.dialect(), "r", 1, &columns)
    );
    let rows: Vec<SchemeRow> = q.rows(&sql, vec![serde_json::to_string(&rows)?.into()]).await?;
    Ok(rows.into_iter().map(|r| ((r.person_id, r.on_date), r.scheme_id)).collect())
}

/// People with cells from `from` to `to` of a template of another scheme than theirs; the first such date of each.
pub(super) async fn rosters_of_other_schemes(
    q: &impl Query,
    scope: &Scope,
    from: LocalDate,
    to: LocalDate,
    limit: usize,
) -> Result<Vec<CellRow>, Fault> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![from.into(), to.into(), limit.into()];
    let within = people::within(scope, "x.work_date", "x.person_id", &mut values);
    let sql = format!(
        "SELECT p.id, p.number, min(x.work_date) AS work_date, t.code FROM ( \
           SELECT c.person_id, c.work_date, c.template_id FROM roster_cell c \
           WHERE c.work_date BETWEEN $1 AND $2 \
           UNION ALL SELECT m.person_id, c.work_date, c.template_id FROM team_cell c \
             JOIN team_member m ON m.team_id = c.team_id AND m.valid_from = ( \
               SELECT max(n.valid_from) FROM team_member n \
               WHERE n.person_id = m.person_id AND n.valid_from <= c.work_date) \
           WHERE c.work_date BETWEEN $1 AND $2) x \
         JOIN roster_template t ON t.id = x.template_id \
         JOIN person p ON p.id = x.person_id \
         WHERE t.scheme_id IS NOT NULL AND {within} AND NOT EXISTS ( \
           SELECT 1 FROM scheme_assignment a WHERE a.person_id = x.person_id \
             AND a.scheme_id = t.scheme_id AND a.valid_from = ( \
               SELECT max(b.valid_from) FROM scheme_assignment b \
               WHERE b.person_id = a.person_id AND b.valid_from <= x.work_date)) \
         GROUP BY p.id, p.number, t.code ORDER BY work_date, p.id LIMIT $3"
    );
    q.rows(&sql, values).await
}
