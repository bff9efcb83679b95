//! The SQL that writes period sets, their lists and the sets of departments.

use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use vocabulary::{LocalDate, PeriodSetId};

use super::period_line::NamedPeriod;
use crate::base::{ColumnKind, Dialect, Fault, Query, Tx, json_rows};

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// `None` if the code is taken.
pub(super) async fn insert_period_set(
    tx: &Tx,
    code: &str,
    name: &str,
    start_day: u8,
    is_default: bool,
) -> Result<Option<PeriodSetId>, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO period_set (code, name, start_day, is_default) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING RETURNING id",
            vec![code.into(), name.into(), i32::from(start_day).into(), is_default.into()],
        )
        .await?;
    Ok(row.map(|r| PeriodSetId(r.id)))
}

/// Keeps a set to oneself until the end of the transaction: nobody begins to close a period of it or changes
/// the state of one that ends on the date or later. Counts its version up; `false` if it has another one.
pub(super) async fn next_version(
    tx: &Tx,
    id: PeriodSetId,
    version: i32,
    from: LocalDate,
) -> Result<bool, Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT id FROM period_set WHERE id = $1 FOR UPDATE", vec![id.into()]).await?;
        // One that changes its state now is waited for.
        let sql = "SELECT id FROM attendance_period WHERE period_set_id = $1 AND to_date >= $2 \
                   ORDER BY id FOR UPDATE";
        tx.run(sql, vec![id.into(), from.into()]).await?;
    }
    let sql = "UPDATE period_set SET version = version + 1 WHERE id = $1 AND version = $2";
    Ok(tx.run(sql, vec![id.into(), version.into()]).await? == 1)
}

fn rows_json(periods: &[NamedPeriod]) -> String {
    let row = |p: &NamedPeriod| json!({ "period": p.label.to_string(), "from_date": p.from, "to_date": p.to });
    Value::Array(periods.iter().map(row).collect()).to_string()
}

const PERIOD: [(&str, ColumnKind); 3] =
    [("period", ColumnKind::Text), ("from_date", ColumnKind::Date), ("to_date", ColumnKind::Date)];

/// Lists these periods instead of those from the date on.
pub(super) async fn put_periods(
    tx: &Tx,
    id: PeriodSetId,
    from: LocalDate,
    periods: &[NamedPeriod],
) -> Result<(), Fault> {
    let sql = "DELETE FROM period_date WHERE period_set_id = $1 AND from_date >= $2";
    tx.run(sql, vec![id.into(), from.into()]).await?;
    if periods.is_empty() {
        return Ok(());
    }
    let input = json_rows(tx.dialect(), "r", 1, &PERIOD);
    let sql = format!(
        "INSERT INTO period_date (period_set_id, from_date, to_date, period) \
         SELECT $2, r.from_date, r.to_date, r.period FROM {input} WHERE TRUE"
    );
    tx.run(&sql, vec![rows_json(periods).into(), id.into()]).await?;
    Ok(())
}

/// Gives periods that are open again the dates they have now.
pub(super) async fn move_open(
    tx: &Tx,
    id: PeriodSetId,
    periods: &[NamedPeriod],
) -> Result<(), Fault> {
    if periods.is_empty() {
        return Ok(());
    }
    let input = json_rows(tx.dialect(), "r", 1, &PERIOD);
    let sql = format!(
        "UPDATE attendance_period SET from_date = r.from_date, to_date = r.to_date FROM {input} \
         WHERE attendance_period.period_set_id = $2 AND attendance_period.period = r.period \
           AND attendance_period.state = 'open'"
    );
    tx.run(&sql, vec![rows_json(periods).into(), id.into()]).await?;
    Ok(())
}

/// Columns of rows for [`put_group_entries`].
pub(super) const GROUP_ENTRY: [(&str, ColumnKind); 4] = [
    ("subject", ColumnKind::Text),
    ("subject_id", ColumnKind::Bigint),
    ("valid_from", ColumnKind::Date),
    ("period_set_id", ColumnKind::Bigint),
];

/// Writes entries of the timelines of departments and groups.
pub(super) async fn put_group_entries(tx: &Tx, rows: &str) -> Result<(), Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &GROUP_ENTRY);
    let sql = format!(
        "INSERT INTO period_set_assignment (subject, subject_id, valid_from, period_set_id) \
         SELECT r.subject, r.subject_id, r.valid_from, r.period_set_id FROM {input} \
         WHERE TRUE ORDER BY r.subject, r.subject_id, r.valid_from \
         ON CONFLICT (subject, subject_id, valid_from) \
         DO UPDATE SET period_set_id = excluded.period_set_id"
    );
    tx.run(&sql, vec![rows.into()]).await?;
    Ok(())
}
