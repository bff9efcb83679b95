//! Rows of a SQLite table in memory, as multi-row statements write them.

use std::time::{Duration, Instant};

use sea_orm::sqlx::sqlite::SqliteRow;
use sea_orm::sqlx::{self, Row, TypeInfo, ValueRef};
use sea_orm::{DbBackend, Statement, Value};

use crate::base::{Fault, Query, Tx};

/// Most parameters of one statement.
const MAX_BINDS: usize = 32_766;

/// Rows on their way into `floor_…`.
pub struct Rows {
    table: &'static str,
    width: usize,
    values: Vec<Value>,
}

impl Rows {
    /// Reads the rows of a table that lie in a range.
    pub async fn read(q: &impl Query, table: &'static str, range: &str) -> Result<Self, Fault> {
        let sql = format!("SELECT * FROM {table} WHERE {range}");
        let found = q.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        let mut rows = Self { table, width: 0, values: Vec::new() };
        for row in &found {
            let row = row.try_as_sqlite_row().ok_or_else(|| Fault::text("a row of SQLite"))?;
            rows.width = row.len();
            for place in 0..row.len() {
                rows.values.push(value(row, place)?);
            }
        }
        Ok(rows)
    }

    /// Inserts all rows again; how long the statements took.
    pub async fn insert(&self, tx: &Tx) -> Result<Duration, Fault> {
        let mut took = Duration::ZERO;
        for values in self.values.chunks(MAX_BINDS / self.width.max(1) * self.width.max(1)) {
            let row = format!("({})", vec!["?"; self.width].join(","));
            let rows = vec![row.as_str(); values.len() / self.width].join(",");
            let sql = format!("INSERT INTO floor_{} VALUES {rows}", self.table);
            let values = values.to_vec();
            let started = Instant::now();
            tx.run(&sql, values).await?;
            took += started.elapsed();
        }
        Ok(took)
    }
}

fn value(row: &SqliteRow, place: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(place)?;
    if raw.is_null() {
        return Ok(Value::String(None));
    }
    if raw.type_info().name() == "TEXT" {
        return Ok(row.try_get_unchecked::<String, _>(place)?.into());
    }
    Ok(row.try_get_unchecked::<i64, _>(place)?.into())
}
