use sea_orm::FromQueryResult;
use vocabulary::OrgId;

use crate::base::{ColumnKind, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// Makes a table; `None` if its code is taken.
pub(super) async fn insert_table(
    tx: &Tx,
    (code, name): (&str, &str),
    org: OrgId,
    slot: i32,
) -> Result<Option<i64>, Fault> {
    let sql = "INSERT INTO demand_table (code, name, org_id, slot_minutes) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (code) DO NOTHING RETURNING id";
    let values = vec![code.into(), name.into(), org.into(), slot.into()];
    let row: Option<IdRow> = tx.row(sql, values).await?;
    Ok(row.map(|r| r.id))
}

/// Changes a table that has the version given; whether it had.
pub(super) async fn update_table(
    tx: &Tx,
    id: i64,
    version: i32,
    name: &str,
    active: bool,
) -> Result<bool, Fault> {
    let sql = "UPDATE demand_table SET name = $3, active = $4, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let values = vec![id.into(), version.into(), name.into(), active.into()];
    Ok(tx.run(sql, values).await? == 1)
}

/// Replaces all lines of a table.
pub(super) async fn replace_lines(tx: &Tx, table: i64, rows: &str) -> Result<u64, Fault> {
    tx.run("DELETE FROM demand_line WHERE table_id = $1", vec![table.into()]).await?;
    let columns = [
        ("on_date", ColumnKind::Date),
        ("weekday", ColumnKind::Int),
        ("start_minute", ColumnKind::Int),
        ("end_minute", ColumnKind::Int),
        ("position_id", ColumnKind::Bigint),
        ("required", ColumnKind::Int),
    ];
    let input = json_rows(tx.dialect(), "r", 2, &columns);
    let sql = format!(
        "INSERT INTO demand_line (table_id, on_date, weekday, start_minute, end_minute, \
           position_id, required) \
         SELECT $1, r.on_date, r.weekday, r.start_minute, r.end_minute, r.position_id, r.required \
         FROM {input}"
    );
    tx.run(&sql, vec![table.into(), rows.into()]).await
}
