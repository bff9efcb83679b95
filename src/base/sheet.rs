//! Rows of one table, written by the fastest honest way of each database.

use sea_orm::Value;
use serde_json::{Map, Value as Json};
use vocabulary::LocalDate;

use super::copy::{Cells, CopyCells, copy_parts};
use super::{ColumnKind, Dialect, Fault, Query, Tx, json_rows};

/// Most parameters of one statement on SQLite.
const MAX_BINDS: usize = 32_766;

/// A table and the columns that are written; the first `key` of them are its key.
pub struct Layout {
    pub table: &'static str,
    pub columns: &'static [(&'static str, ColumnKind)],
    pub key: usize,
}

impl Layout {
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(n, _)| *n).collect();
        names.join(", ")
    }

    /// Deletes the rows with these keys, JSON objects of the key columns.
    pub async fn delete(&self, tx: &Tx, keys: Vec<Json>) -> Result<(), Fault> {
        if keys.is_empty() {
            return Ok(());
        }
        let columns = self.columns.get(..self.key).unwrap_or(self.columns);
        let table = json_rows(tx.dialect(), "k", 1, columns);
        let own: Vec<&str> = columns.iter().map(|(n, _)| *n).collect();
        let theirs: Vec<String> = own.iter().map(|n| format!("k.{n}")).collect();
        let sql = format!(
            "DELETE FROM {} WHERE ({}) IN (SELECT {} FROM {table})",
            self.table,
            own.join(", "),
            theirs.join(", ")
        );
        tx.run(&sql, vec![Json::Array(keys).to_string().into()]).await?;
        Ok(())
    }

    /// Appends rows that are encoded as COPY takes them. PostgreSQL only.
    pub async fn copy<'r>(
        &self,
        tx: &Tx,
        rows: impl IntoIterator<Item = &'r [u8]>,
    ) -> Result<(), Fault> {
        let sql = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.table, self.names());
        tx.copy_in(&sql, &copy_parts(rows)).await?;
        Ok(())
    }

    fn on_conflict(&self) -> String {
        let (key, rest) = self.columns.split_at(self.key.min(self.columns.len()));
        let key: Vec<&str> = key.iter().map(|(n, _)| *n).collect();
        let sets: Vec<String> = rest.iter().map(|(n, _)| format!("{n} = excluded.{n}")).collect();
        format!("ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), sets.join(", "))
    }
}

/// More rows than this go through COPY on PostgreSQL.
const FEW: usize = 64;

/// Rows that replace those with the same keys.
pub struct Sheet {
    layout: &'static Layout,
    form: Form,
    rows: usize,
}

enum Form {
    /// One JSON list, one statement: few rows on PostgreSQL.
    Objects(Vec<Json>),
    /// DELETE of the keys, then COPY: many rows on PostgreSQL.
    Copy { keys: Vec<Json>, cells: CopyCells },
    /// Multi-row statements: SQLite.
    Values(Vec<Value>),
}

impl Sheet {
    /// A sheet for about `rows` rows.
    pub fn new(dialect: Dialect, layout: &'static Layout, rows: usize) -> Self {
        let form = match dialect {
            Dialect::Postgres if rows <= FEW => Form::Objects(Vec::new()),
            Dialect::Postgres => Form::Copy { keys: Vec::new(), cells: CopyCells::default() },
            Dialect::Sqlite => Form::Values(Vec::new()),
        };
        Self { layout, form, rows: 0 }
    }

    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a row whose cells `fill` writes in the order of the columns.
    pub fn row(&mut self, fill: impl Fn(&mut dyn Cells)) {
        self.add(fill, true);
    }

    /// The same for a row whose key is known to be there, or known not to be: what is not there need not be deleted.
    pub fn known_row(&mut self, is_there: bool, fill: impl Fn(&mut dyn Cells)) {
        self.add(fill, is_there);
    }

    fn add(&mut self, fill: impl Fn(&mut dyn Cells), may_be_there: bool) {
        self.rows += 1;
        let columns = self.layout.columns;
        match &mut self.form {
            Form::Values(values) => fill(&mut ValueCells(values)),
            Form::Objects(list) => list.push(object(columns, &fill)),
            Form::Copy { keys, cells } => {
                cells.begin(i16::try_from(columns.len()).unwrap_or(i16::MAX));
                fill(cells);
                if !may_be_there {
                    return;
                }
                keys.push(object(columns.get(..self.layout.key).unwrap_or(columns), &fill));
            }
        }
    }

    /// Inserts the rows; those with a known key replace it.
    pub async fn upsert(self, tx: &Tx) -> Result<(), Fault> {
        let conflict = self.layout.on_conflict();
        self.write(tx, &conflict).await
    }

    /// Inserts rows of which none may be there.
    pub async fn insert(self, tx: &Tx) -> Result<(), Fault> {
        self.write(tx, "").await
    }

    async fn write(self, tx: &Tx, conflict: &str) -> Result<(), Fault> {
        if self.is_empty() {
            return Ok(());
        }
        let (layout, names) = (self.layout, self.layout.names());
        match self.form {
            Form::Objects(list) => {
                let table = json_rows(tx.dialect(), "r", 1, layout.columns);
                let sql = format!(
                    "INSERT INTO {} ({names}) SELECT {names} FROM {table} WHERE true {conflict}",
                    layout.table
                );
                tx.run(&sql, vec![Json::Array(list).to_string().into()]).await?;
            }
            Form::Copy { keys, cells } => {
                layout.delete(tx, keys).await?;
                layout.copy(tx, [cells.0.as_slice()]).await?;
            }
            Form::Values(mut values) => {
                let width = layout.columns.len();
                let most = MAX_BINDS / width * width;
                while !values.is_empty() {
                    let rest = values.split_off(values.len().min(most));
                    let sql = values_sql(layout, &names, values.len() / width, conflict);
                    tx.run(&sql, std::mem::replace(&mut values, rest)).await?;
                }
            }
        }
        Ok(())
    }
}

fn object(columns: &'static [(&'static str, ColumnKind)], fill: &impl Fn(&mut dyn Cells)) -> Json {
    let mut cells = ObjectCells { columns: columns.iter(), map: Map::new() };
    fill(&mut cells);
    Json::Object(cells.map)
}

fn values_sql(layout: &Layout, names: &str, rows: usize, conflict: &str) -> String {
    let row = format!("({})", vec!["?"; layout.columns.len()].join(","));
    let rows = vec![row.as_str(); rows].join(",");
    format!("INSERT INTO {} ({names}) VALUES {rows} {conflict}", layout.table)
}

struct ValueCells<'v>(&'v mut Vec<Value>);

impl Cells for ValueCells<'_> {
    fn int(&mut self, v: Option<i32>) {
        self.0.push(v.into());
    }

    fn big(&mut self, v: Option<i64>) {
        self.0.push(v.into());
    }

    fn text(&mut self, v: Option<&str>) {
        self.0.push(v.map(str::to_owned).into());
    }

    fn date(&mut self, v: LocalDate) {
        self.0.push(v.into());
    }
}

struct ObjectCells {
    columns: std::slice::Iter<'static, (&'static str, ColumnKind)>,
    map: Map<String, Json>,
}

impl ObjectCells {
    fn put(&mut self, v: Json) {
        if let Some((name, _)) = self.columns.next() {
            self.map.insert((*name).to_owned(), v);
        }
    }
}

impl Cells for ObjectCells {
    fn int(&mut self, v: Option<i32>) {
        self.put(v.into());
    }

    fn big(&mut self, v: Option<i64>) {
        self.put(v.into());
    }

    fn text(&mut self, v: Option<&str>) {
        self.put(v.into());
    }

    fn date(&mut self, v: LocalDate) {
        self.put(v.to_string().into());
    }
}
