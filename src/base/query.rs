use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde_json::json;
use vocabulary::{DateSpan, LocalDate, PersonId};

use super::{Dialect, Fault};

/// Portable SQL on a transaction or on the read side. Placeholders are `$1`, `$2` … on both databases.
pub trait Query: ConnectionTrait + Sized {
    fn dialect(&self) -> Dialect {
        match self.get_database_backend() {
            DbBackend::Postgres => Dialect::Postgres,
            _ => Dialect::Sqlite,
        }
    }

    /// Runs a statement; how many rows it touched.
    fn run(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64, Fault>> + Send {
        let stmt = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        async move { Ok(self.execute_raw(stmt).await?.rows_affected()) }
    }

    /// All rows.
    fn rows<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<T>, Fault>> + Send {
        let stmt = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        async move {
            let rows = self.query_all_raw(stmt).await?;
            rows.iter().map(|r| T::from_query_result(r, "").map_err(Fault::from)).collect()
        }
    }

    /// The first row.
    fn row<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, Fault>> + Send {
        let stmt = Statement::from_sql_and_values(self.get_database_backend(), sql, values);
        async move {
            let row = self.query_one_raw(stmt).await?;
            row.map(|r| T::from_query_result(&r, "").map_err(Fault::from)).transpose()
        }
    }
}

impl<C: ConnectionTrait> Query for C {}

/// Type of a column of [`json_rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Bigint,
    Int,
    Text,
    Date,
    Bool,
    /// Kept as JSON text.
    Json,
}

/// A table expression over one bound parameter: a JSON list of objects with these keys. The way to send
/// many rows in one statement on both databases.
pub fn json_rows(
    dialect: Dialect,
    alias: &str,
    param: usize,
    columns: &[(&str, ColumnKind)],
) -> String {
    match dialect {
        Dialect::Postgres => {
            let list: Vec<String> = columns
                .iter()
                .map(|(name, kind)| {
                    let ty = match kind {
                        ColumnKind::Bigint => "bigint",
                        ColumnKind::Int => "integer",
                        ColumnKind::Text | ColumnKind::Json => "text",
                        ColumnKind::Date => "date",
                        ColumnKind::Bool => "boolean",
                    };
                    format!("{name} {ty}")
                })
                .collect();
            format!("jsonb_to_recordset(${param}::jsonb) AS {alias}({})", list.join(", "))
        }
        Dialect::Sqlite => {
            let list: Vec<String> = columns
                .iter()
                .map(|(name, _)| format!("json_each.value ->> '{name}' AS {name}"))
                .collect();
            format!("(SELECT {} FROM json_each(${param})) AS {alias}", list.join(", "))
        }
    }
}

/// Rows `alias(id)` over the one parameter of [`id_value`].
pub fn id_rows(dialect: Dialect, alias: &str, param: usize) -> String {
    json_rows(dialect, alias, param, &[("id", ColumnKind::Bigint)])
}

/// Ids as one parameter.
pub fn id_value(ids: impl IntoIterator<Item = i64>) -> Value {
    let rows: Vec<String> = ids.into_iter().map(|id| format!("{{\"id\":{id}}}")).collect();
    format!("[{}]", rows.join(",")).into()
}

/// Rows `w(person_id, from_date, to_date)` over the parameters of [`span_values`], which come first.
pub fn span_rows(dialect: Dialect) -> String {
    let columns = [
        ("person_id", ColumnKind::Bigint),
        ("from_date", ColumnKind::Date),
        ("to_date", ColumnKind::Date),
    ];
    match dialect {
        Dialect::Postgres => {
            "unnest($1::bigint[], $2::date[], $3::date[]) AS w(person_id, from_date, to_date)"
                .to_owned()
        }
        Dialect::Sqlite => json_rows(dialect, "w", 1, &columns),
    }
}

/// People with spans of dates: three arrays, or one JSON list.
pub fn span_values(dialect: Dialect, spans: &[(PersonId, DateSpan)]) -> Vec<Value> {
    let to = |s: &DateSpan| s.to.unwrap_or(LocalDate::MAX);
    match dialect {
        Dialect::Postgres => {
            let array =
                |kind: ArrayType, values: Vec<Value>| Value::Array(kind, Some(Box::new(values)));
            vec![
                array(ArrayType::BigInt, spans.iter().map(|(p, _)| (*p).into()).collect()),
                array(ArrayType::ChronoDate, spans.iter().map(|(_, s)| s.from.into()).collect()),
                array(ArrayType::ChronoDate, spans.iter().map(|(_, s)| to(s).into()).collect()),
            ]
        }
        Dialect::Sqlite => {
            let row = |(p, s): &(PersonId, DateSpan)| json!({ "person_id": p.0, "from_date": s.from, "to_date": to(s) });
            let rows: Vec<serde_json::Value> = spans.iter().map(row).collect();
            vec![serde_json::Value::Array(rows).to_string().into()]
        }
    }
}

/// Seconds of the wall clock at the midnight that begins a date. `date` is an expression.
pub fn midnight_sql(dialect: Dialect, date: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("(({date} - DATE '1970-01-01')::bigint * 86400)"),
        Dialect::Sqlite => format!("unixepoch({date})"),
    }
}

/// So many days after a date. `date` is an expression.
pub fn plus_days_sql(dialect: Dialect, date: &str, days: i32) -> String {
    match dialect {
        Dialect::Postgres => format!("({date} + ({days}))"),
        Dialect::Sqlite => format!("date({date}, '{days} days')"),
    }
}
