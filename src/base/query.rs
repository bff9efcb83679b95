use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

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
