//! Tables of master data as named columns of text.

use std::collections::HashMap;
use std::ops::ControlFlow;

use vocabulary::LocalDate;

use super::head::{Table, meaning};
use super::item::{Rejection, RowCode, shown};
use super::table::TableRow;
use super::when::{DateOrder, date};
use super::{FileError, Input};

/// A column: what it means, and how it may be called.
pub type Names = &'static [(&'static str, &'static [&'static str])];

/// A table in memory. Master data are small: a hundred thousand rows at most.
pub struct Sheet {
    head: HashMap<&'static str, usize>,
    pub rows: Vec<TableRow>,
}

/// Most rows of one table.
const MAX_ROWS: usize = 100_000;

impl Sheet {
    /// Reads a table whose first rows name at least these columns.
    pub fn read(
        input: &Input,
        sheet: Option<&str>,
        names: Names,
        required: &[&'static str],
        wanted: &'static str,
    ) -> Result<Self, FileError> {
        let table = Table { input, kind: super::table_kind(input)?, sheet };
        let recognise = |row: &TableRow| {
            let columns = row.cells.iter().enumerate();
            let mut head = HashMap::new();
            for (at, cell) in columns {
                if let Some(name) = meaning(names, cell) {
                    head.entry(name).or_insert(at);
                }
            }
            required.iter().all(|r| head.contains_key(r)).then_some(head)
        };
        let mut found = Self { head: HashMap::new(), rows: Vec::new() };
        let has_head = table.below_head(true, recognise, |head, row| {
            if found.head.is_empty() {
                found.head.clone_from(head);
            }
            found.rows.push(row);
            if found.rows.len() >= MAX_ROWS {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        if has_head { Ok(found) } else { Err(FileError::MissingColumns { wanted }) }
    }

    /// The cell; `None` where the table has no such column.
    pub fn cell<'r>(&self, row: &'r TableRow, column: &str) -> Option<&'r str> {
        self.head.get(column).map(|at| row.cell(*at))
    }

    /// The cell if something stands in it.
    pub fn text<'r>(&self, row: &'r TableRow, column: &str) -> Option<&'r str> {
        self.cell(row, column).filter(|c| !c.is_empty())
    }

    /// A date; blank = none.
    pub fn date(&self, row: &TableRow, column: &str) -> Result<Option<LocalDate>, Rejection> {
        let Some(text) = self.text(row, column) else { return Ok(None) };
        date(text, DateOrder::Dmy).map(Some).ok_or_else(|| bad(row, text, "a date"))
    }

    pub fn number(&self, row: &TableRow, column: &str) -> Result<Option<i32>, Rejection> {
        let Some(text) = self.text(row, column) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| bad(row, text, "a number"))
    }

    pub fn flag(&self, row: &TableRow, column: &str) -> Result<Option<bool>, Rejection> {
        let Some(text) = self.text(row, column) else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "1" | "true" | "yes" | "y" | "是" | "启用" => Ok(Some(true)),
            "0" | "false" | "no" | "n" | "否" | "停用" => Ok(Some(false)),
            _ => Err(bad(row, text, "yes or no")),
        }
    }

    /// What must stand there.
    pub fn needed<'r>(&self, row: &'r TableRow, column: &str) -> Result<&'r str, Rejection> {
        self.text(row, column).ok_or_else(|| {
            Rejection::new(row.line, RowCode::BadValue, format!("nothing stands in {column}"))
        })
    }
}

/// A cell that cannot be used.
pub fn bad(row: &TableRow, text: &str, wanted: &str) -> Rejection {
    Rejection::new(row.line, RowCode::BadValue, format!("{} is not {wanted}", shown(text)))
}
