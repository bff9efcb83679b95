//! Rosters as tables: people × dates with shifts in the cells, or one row per person and date.

use std::ops::ControlFlow;

use vocabulary::LocalDate;

use super::head::{self, GridHead, NUMBER_NAMES, Table, meaning};
use super::item::{Item, Rejection, RowCode, Sink, pin, shown};
use super::table::TableRow;
use super::when::{DateOrder, OrderEvidence, date};
use super::{FileError, Input, order_assumed};
use crate::shifts::{CELL_SEPARATORS, is_rest_word};

/// One cell of a roster as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    pub line: u64,
    /// Employee number.
    pub number: String,
    pub date: LocalDate,
    pub cell: RosterCell,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterCell {
    /// 休.
    Rest,
    /// Codes or names of shifts.
    Shifts(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    Date,
    Shift,
}

const NAMES: &[(Column, &[&str])] = &[
    (Column::Number, NUMBER_NAMES),
    (Column::Date, &["date", "workdate", "day", "日期", "排班日期", "归属日", "归属日期"]),
    (
        Column::Shift,
        &["shift", "shifts", "shiftcode", "shiftname", "班次", "班次编号", "班次代码", "排班"],
    ),
];

enum Head {
    Grid(GridHead),
    Long { columns: Vec<Option<Column>> },
}

impl Head {
    fn read(row: &TableRow, order: Option<DateOrder>) -> Option<Self> {
        let columns: Vec<_> = row.cells.iter().map(|c| meaning(NAMES, c)).collect();
        if [Column::Number, Column::Date, Column::Shift].iter().all(|c| columns.contains(&Some(*c)))
        {
            return Some(Self::Long { columns });
        }
        head::grid(row, order).map(|(grid, _)| Self::Grid(grid))
    }
}

/// Reads a roster cell by cell; empty cells say nothing and are no rows of the report.
pub fn read_roster(
    input: &Input,
    sheet: Option<&str>,
    order: Option<DateOrder>,
    sink: &mut Sink<RosterEntry>,
) -> Result<(), FileError> {
    let table = Table { input, kind: super::table_kind(input)?, sheet };
    let (order, assumed) = match order {
        Some(order) => (order, false),
        None => look_for_order(&table)?,
    };
    let mut warn = assumed;
    let found = table.below_head(
        true,
        |row| Head::read(row, Some(order)),
        |head, row| {
            if std::mem::take(&mut warn) {
                sink(order_assumed(row.line))?;
            }
            if let Some(code) = row.fault {
                let message = format!("not a whole row: {}", shown(&row.raw()));
                return sink(Item::Rejected(Rejection::new(row.line, code, message)));
            }
            match head {
                Head::Grid(grid) => grid_row(&row, grid, sink),
                Head::Long { columns } => sink(match long_row(&row, columns, order) {
                    Ok(entry) => Item::Row(entry),
                    Err(rejection) => Item::Rejected(rejection),
                }),
            }
        },
    )?;
    match found {
        true => Ok(()),
        false => {
            Err(FileError::MissingColumns { wanted: "number and dates, or number, date and shift" })
        }
    }
}

fn look_for_order(table: &Table) -> Result<(DateOrder, bool), FileError> {
    let mut evidence = OrderEvidence::default();
    table.below_head(
        false,
        |row| Head::read(row, None).map(|head| (head, row.clone())),
        |(head, names), row| match head {
            Head::Long { columns } => {
                evidence.see(long_cell(&row, columns, Column::Date));
                ControlFlow::Continue(())
            }
            Head::Grid(_) => {
                names.cells.iter().for_each(|c| evidence.see(c));
                ControlFlow::Break(())
            }
        },
    )?;
    Ok(evidence.order())
}

fn grid_row(row: &TableRow, head: &GridHead, sink: &mut Sink<RosterEntry>) -> ControlFlow<()> {
    let filled = head.dates.iter().filter_map(|(at, date)| Some((*date, cell(row.cell(*at))?)));
    match pin(row.line, row.cell(head.number)) {
        Ok(number) => {
            for (date, cell) in filled {
                let number = number.clone();
                sink(Item::Row(RosterEntry { line: row.line, number, date, cell }))?;
            }
            ControlFlow::Continue(())
        }
        // A row of totals or notes below the grid has no number; it matters only if it has shifts.
        Err(rejection) if filled.count() > 0 => sink(Item::Rejected(rejection)),
        Err(_) => ControlFlow::Continue(()),
    }
}

fn long_cell<'a>(row: &'a TableRow, columns: &[Option<Column>], wanted: Column) -> &'a str {
    columns.iter().position(|c| *c == Some(wanted)).map_or("", |at| row.cell(at))
}

fn long_row(
    row: &TableRow,
    columns: &[Option<Column>],
    order: DateOrder,
) -> Result<RosterEntry, Rejection> {
    let line = row.line;
    let said = long_cell(row, columns, Column::Date);
    let Some(date) = date(said, order) else {
        let message = format!("no such date: {}", shown(said));
        return Err(Rejection::new(line, RowCode::BadValue, message));
    };
    let shifts: Vec<&str> = columns
        .iter()
        .enumerate()
        .filter(|(_, c)| **c == Some(Column::Shift))
        .map(|(at, _)| row.cell(at))
        .collect();
    let Some(cell) = cell(&shifts.join("+")) else {
        return Err(Rejection::new(line, RowCode::BadValue, "the row names no shift"));
    };
    let number = pin(line, long_cell(row, columns, Column::Number))?;
    Ok(RosterEntry { line, number, date, cell })
}

/// Reads a cell: 休, or shifts joined by `+`, `/`, commas, semicolons or line ends.
pub fn cell(text: &str) -> Option<RosterCell> {
    let words: Vec<&str> =
        text.split(CELL_SEPARATORS).map(str::trim).filter(|w| !matches!(*w, "" | "-")).collect();
    match words[..] {
        [] => None,
        [word] if is_rest_word(word) => Some(RosterCell::Rest),
        _ => Some(RosterCell::Shifts(words.into_iter().map(str::to_owned).collect())),
    }
}
