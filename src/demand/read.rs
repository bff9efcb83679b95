//! Demand tables with their lines, and who is away.

use std::collections::{HashMap, HashSet};

use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, OrgId, PersonId, PositionId, WallTime};

use crate::base::{Fault, Query, Scope, id_rows, id_value};
use crate::people;

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DemandTable {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub org_id: OrgId,
    pub org_name: String,
    /// 15, 20, 30 or 60.
    pub slot_minutes: i32,
    pub active: bool,
    pub version: i32,
}

/// Which tables are wanted.
#[derive(Clone, Debug)]
pub struct TableFilter {
    pub id: Option<i64>,
    pub org: Option<OrgId>,
    /// Also those that are not used any more.
    pub inactive: bool,
    /// Ids after this one.
    pub after: i64,
    pub limit: u32,
}

/// Tables of departments in scope on `today`, in the order of their ids.
pub async fn demand_tables(
    q: &impl Query,
    scope: &Scope,
    f: &TableFilter,
    today: LocalDate,
) -> Result<Vec<DemandTable>, Fault> {
    let mut values: Vec<Value> =
        vec![f.id.into(), f.org.into(), f.after.into(), i64::from(f.limit).into(), today.into()];
    let visible = people::org_within(scope, "$5", "t.org_id", &mut values);
    let active = if f.inactive { "TRUE" } else { "t.active" };
    let sql = format!(
        "SELECT t.id, t.code, t.name, t.org_id, o.name AS org_name, t.slot_minutes, t.active, \
           t.version FROM demand_table t JOIN org_unit o ON o.id = t.org_id \
         WHERE ($1 IS NULL OR t.id = $1) AND ($2 IS NULL OR t.org_id = $2) AND t.id > $3 \
           AND $5 IS NOT NULL AND {active} AND {visible} ORDER BY t.id LIMIT $4"
    );
    q.rows(&sql, values).await
}

/// One table.
pub async fn demand_table(
    q: &impl Query,
    scope: &Scope,
    id: i64,
    today: LocalDate,
) -> Result<Option<DemandTable>, Fault> {
    let filter = TableFilter { id: Some(id), org: None, inactive: true, after: 0, limit: 1 };
    Ok(demand_tables(q, scope, &filter, today).await?.pop())
}

/// So many people of a position in a stretch of a date or of a weekday.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct DemandLine {
    pub on_date: Option<LocalDate>,
    /// 1 = Monday … 7 = Sunday.
    pub weekday: Option<i32>,
    pub start_minute: i32,
    pub end_minute: i32,
    /// `None` = anybody.
    pub position_id: Option<PositionId>,
    pub required: i32,
}

/// The lines of a table, weekdays first.
pub async fn demand_lines(q: &impl Query, table: i64) -> Result<Vec<DemandLine>, Fault> {
    let sql = "SELECT on_date, weekday, start_minute, end_minute, position_id, required \
               FROM demand_line WHERE table_id = $1 \
               ORDER BY CASE WHEN on_date IS NULL THEN 0 ELSE 1 END, weekday, on_date, \
                 start_minute, id";
    q.rows(sql, vec![table.into()]).await
}

#[derive(FromQueryResult)]
struct PositionRow {
    id: PositionId,
}

/// Which of these positions exist.
pub(super) async fn known_positions(
    q: &impl Query,
    ids: impl IntoIterator<Item = PositionId>,
) -> Result<HashSet<PositionId>, Fault> {
    let sql =
        format!("SELECT p.id FROM position p JOIN {} ON p.id = k.id", id_rows(q.dialect(), "k", 1));
    let values = vec![id_value(ids.into_iter().map(|p| p.0))];
    let rows: Vec<PositionRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

#[derive(FromQueryResult)]
struct AbsenceRow {
    person_id: PersonId,
    start_wall: i64,
    end_wall: i64,
    body: String,
}

#[derive(Deserialize)]
struct KindOf {
    kind: String,
}

/// Stretches of approved leave and trips of these people that touch the dates, in seconds of the wall clock.
pub(super) async fn absences(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<HashMap<PersonId, Vec<(i64, i64)>>, Fault> {
    // A type stays of kind leave or of kind overtime.
    let sql = format!(
        "SELECT a.person_id, a.start_wall, a.end_wall, v.body FROM {} \
         JOIN approved_request a ON a.person_id = k.id \
         JOIN rule_version v ON v.rule_id = a.type_id AND v.version = 1 \
         WHERE a.revoked_at IS NULL AND a.end_wall > $2 AND a.start_wall < $3",
        id_rows(q.dialect(), "k", 1)
    );
    let values = vec![
        id_value(people.iter().map(|p| p.0)),
        WallTime::on(from, 0).seconds().into(),
        WallTime::on(to.plus(1), 0).seconds().into(),
    ];
    let rows: Vec<AbsenceRow> = q.rows(&sql, values).await?;
    let mut found: HashMap<PersonId, Vec<(i64, i64)>> = HashMap::new();
    for r in rows {
        let of: KindOf = serde_json::from_str(&r.body)?;
        if of.kind == "leave" {
            found.entry(r.person_id).or_default().push((r.start_wall, r.end_wall));
        }
    }
    Ok(found)
}
