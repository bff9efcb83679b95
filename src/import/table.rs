//! Tables: CSV and XLSX as rows of cells, row by row.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use calamine::{Data, DataRef, Reader, Xlsx};

use super::input::{MAX_ROW_BYTES, Row, Rows};
use super::item::RowCode;
use super::{FileError, Input, MAX_RAW_CHARS};

/// What a table is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// Text with this delimiter.
    Csv(u8),
    Xlsx,
}

/// One row of a table. Cells are text; dates of a spreadsheet are `YYYY-MM-DD[ HH:MM:SS]`, its clock
/// times `HH:MM:SS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Line of the text file where the row begins, or row of the sheet, from 1.
    pub line: u64,
    pub cells: Vec<String>,
    /// The row cannot be trusted: it is too long or a hole of NULs cut it.
    pub fault: Option<RowCode>,
}

impl TableRow {
    /// The trimmed cell; empty where there is none.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |c| c.trim())
    }

    /// The row as one line of text, for the record.
    pub fn raw(&self) -> String {
        self.cells.join(",").chars().take(MAX_RAW_CHARS).collect()
    }
}

type Each<'a> = dyn FnMut(TableRow) -> ControlFlow<()> + 'a;

/// Reads all rows that are not blank. `counted` drives the progress counter.
pub fn read(
    input: &Input,
    kind: TableKind,
    sheet: Option<&str>,
    counted: bool,
    each: &mut Each,
) -> Result<(), FileError> {
    match kind {
        TableKind::Csv(delimiter) => csv(input, delimiter, counted, each),
        TableKind::Xlsx => xlsx(input, sheet, each),
    }
}

/// A quoted cell may go on over at most this many lines; beyond it a quote is an ordinary character,
/// so that one stray quote costs one row and not the rest of the file.
const MAX_QUOTED_LINES: usize = 20;

fn csv(input: &Input, delimiter: u8, counted: bool, each: &mut Each) -> Result<(), FileError> {
    let delimiter = char::from(delimiter);
    let mut rows = input.rows(counted)?;
    let mut ahead: VecDeque<Row> = VecDeque::new();
    loop {
        let Some(first) = ahead.pop_front().map(Ok).or_else(|| rows.next()).transpose()? else {
            return Ok(());
        };
        let cells = match fault(&first) {
            Some(_) => split(&first.text, delimiter, true).0,
            None => joined(&first, delimiter, &mut ahead, &mut rows)?,
        };
        let row = TableRow { line: first.line, cells, fault: fault(&first) };
        if each(row).is_break() {
            return Ok(());
        }
    }
}

/// The cells of the row that begins here, with the lines a quoted cell goes on over.
fn joined(
    first: &Row,
    delimiter: char,
    ahead: &mut VecDeque<Row>,
    rows: &mut Rows,
) -> Result<Vec<String>, FileError> {
    let mut text = first.text.clone();
    for used in 0..MAX_QUOTED_LINES {
        let (cells, open) = split(&text, delimiter, true);
        if !open {
            ahead.drain(..used);
            return Ok(cells);
        }
        if ahead.len() == used {
            let Some(next) = rows.next().transpose()? else { break };
            ahead.push_back(next);
        }
        match ahead.get(used) {
            Some(next) if fault(next).is_none() && text.len() < MAX_ROW_BYTES => {
                text.push('\n');
                text.push_str(&next.text);
            }
            _ => break,
        }
    }
    Ok(split(&first.text, delimiter, false).0)
}

/// Why the row cannot be trusted. NULs that begin a line took nothing from the row behind them.
fn fault(row: &Row) -> Option<RowCode> {
    match (row.too_long, row.edges.hole_after || row.edges.hole_before == Some(false)) {
        (true, _) => Some(RowCode::RowTooLong),
        (_, true) => Some(RowCode::TornRow),
        _ => None,
    }
}

/// The cells of one row, and whether its last cell is quoted without end. Quotes count only at the
/// beginning of a cell; a doubled quote is a quote. Without `quotes` they are ordinary characters.
fn split(text: &str, delimiter: char, quotes: bool) -> (Vec<String>, bool) {
    let mut cells = Vec::new();
    let (mut cell, mut quoted, mut fresh) = (String::new(), false, true);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if fresh && quotes => quoted = true,
            c if c == delimiter && !quoted => {
                cells.push(std::mem::take(&mut cell));
                fresh = true;
                continue;
            }
            c => cell.push(c),
        }
        fresh = false;
    }
    cells.push(cell);
    (cells, quoted)
}

fn xlsx(input: &Input, sheet: Option<&str>, each: &mut Each) -> Result<(), FileError> {
    let broken = |e: calamine::XlsxError| FileError::BrokenSpreadsheet(e.to_string());
    let mut book = Xlsx::new(input.raw()?).map_err(broken)?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(wanted) => names.iter().find(|n| *n == wanted).cloned().ok_or(FileError::NoSheet)?,
        None => names.first().cloned().ok_or(FileError::NoSheet)?,
    };
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut row = TableRow { line: 1, cells: Vec::new(), fault: None };
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (line, column) = cell.get_position();
        let line = u64::from(line) + 1;
        if line != row.line {
            let done = std::mem::replace(&mut row, TableRow { line, cells: vec![], fault: None });
            if !blank(&done) && each(done).is_break() {
                return Ok(());
            }
        }
        let at = column as usize;
        if at >= MAX_COLUMNS {
            row.fault = Some(RowCode::RowTooLong);
            continue;
        }
        if row.cells.len() <= at {
            row.cells.resize(at + 1, String::new());
        }
        if let Some(place) = row.cells.get_mut(at) {
            *place = text_of(cell.get_value());
        }
    }
    if !blank(&row) {
        let _ = each(row);
    }
    Ok(())
}

/// Columns of the widest sheet a spreadsheet program can write.
const MAX_COLUMNS: usize = 16_384;

fn blank(row: &TableRow) -> bool {
    row.cells.iter().all(|c| c.trim().is_empty())
}

/// A cell as the text a person sees in it.
fn text_of(cell: &DataRef) -> String {
    match Data::from(cell.clone()) {
        Data::Int(n) => n.to_string(),
        Data::Float(n) => number(n),
        Data::String(s) => s,
        Data::Bool(b) => b.to_string(),
        Data::DateTime(t) => moment(t),
        Data::DateTimeIso(s) | Data::DurationIso(s) => s,
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// Numbers of people are whole; spreadsheets store them as floats.
fn number(n: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if n.fract() == 0.0 && n.abs() < EXACT { format!("{n:.0}") } else { n.to_string() }
}

fn moment(t: calamine::ExcelDateTime) -> String {
    // Dates of spreadsheets end in the year 9999; far beyond it the conversion overflows.
    const LAST_DAY: f64 = 2_958_466.0;
    let value = t.as_f64();
    if !(0.0..LAST_DAY).contains(&value) {
        return String::new();
    }
    // The float is never exact: half a second makes whole seconds of 08:59:59.9999999.
    let rounded =
        t.as_datetime().and_then(|at| at.checked_add_signed(chrono::TimeDelta::milliseconds(500)));
    let Some(at) = rounded else { return String::new() };
    let form = match (value < 1.0, value.fract() == 0.0) {
        (true, _) => "%H:%M:%S",
        (_, true) => "%Y-%m-%d",
        _ => "%Y-%m-%d %H:%M:%S",
    };
    at.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, delimiter: u8) -> Vec<TableRow> {
        let input = Input::from_bytes(text.as_bytes()).unwrap();
        let mut out = Vec::new();
        read(&input, TableKind::Csv(delimiter), None, false, &mut |row| {
            out.push(row);
            ControlFlow::Continue(())
        })
        .unwrap();
        out
    }

    #[test]
    fn quoted_cells_may_hold_delimiters_quotes_and_line_ends() {
        let got = rows("a,\"b,\"\"c\"\"\",\"d\ne\"\r\n1,2,3\r\n", b',');
        assert_eq!(got[0].cells, ["a", "b,\"c\"", "d\ne"]);
        assert_eq!((got[1].line, got[1].cells.len()), (3, 3));
        assert_eq!(rows("x;\"y;z\"\n", b';')[0].cells, ["x", "y;z"]);
    }

    #[test]
    fn one_stray_quote_does_not_swallow_the_file() {
        let mut text = "1,\"torn\n".to_owned();
        for n in 0..100 {
            text.push_str(&format!("{n},ok\n"));
        }
        let got = rows(&text, b',');
        assert_eq!(got.len(), 101);
        assert_eq!(got[0].cells, ["1", "\"torn"]);
        assert_eq!(got[100].cells, ["99", "ok"]);
    }

    #[test]
    fn a_quote_inside_a_cell_is_a_character() {
        assert_eq!(rows("5\" nail,2\n", b',')[0].cells, ["5\" nail", "2"]);
    }
}
