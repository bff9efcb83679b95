//! Any punch file as records: finds out what it is and reads it.

use std::ops::ControlFlow;

use super::head::{self, HEAD_ROWS, Table};
use super::item::{Record, Sink};
use super::table::{TableKind, TableRow};
use super::when::{DateOrder, OrderEvidence};
use super::{FileError, Format, Input, Options, agl, attlog, named, wide};

/// How a workbook begins.
pub const ZIP: &[u8] = b"PK\x03\x04";
const OLD_OFFICE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];

/// Reads the whole file row by row into `sink`. Only a file that is nothing we know is an error;
/// rows that cannot be used are items.
pub fn read_punches(
    input: &Input,
    options: &Options,
    sink: &mut Sink<Record>,
) -> Result<Format, FileError> {
    let format = match options.format {
        Some(format) => format,
        None => detect(input)?,
    };
    match format {
        Format::Attlog => attlog::read(input, options, sink)?,
        Format::Agl => agl::read(input, options, sink)?,
        Format::Csv | Format::Xlsx => read_table(input, format, options, sink)?,
    }
    Ok(format)
}

/// What the content says the file is.
pub fn detect(input: &Input) -> Result<Format, FileError> {
    if input.begins_with(ZIP) {
        return Ok(Format::Xlsx);
    }
    not_binary(input)?;
    let sample = input.sample();
    if agl::is_agl(sample) {
        return Ok(Format::Agl);
    }
    let (_, whole) = attlog::layout(sample);
    let lines = sample.lines().filter(|l| !l.trim().is_empty()).count();
    if lines == 0 {
        // An empty file is an empty log.
        return Ok(Format::Attlog);
    }
    let csv = punch_delimiter(sample).is_some();
    match (whole, csv) {
        (1.., false) => Ok(Format::Attlog),
        (n, true) if n * 2 > lines && delimiter_is_tab_without_head(sample) => Ok(Format::Attlog),
        (_, true) => Ok(Format::Csv),
        (0, false) => Err(FileError::Unknown),
    }
}

/// Refuses what is no text and no workbook we read.
pub fn not_binary(input: &Input) -> Result<(), FileError> {
    if input.begins_with(OLD_OFFICE) {
        return Err(FileError::OldSpreadsheet);
    }
    let odd = |c: &char| {
        (c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{1A}')) || *c == '\u{FFFD}'
    };
    let sample = input.sample();
    // A few broken characters are a torn row, many are another kind of file.
    const ODD_PER_HUNDRED: usize = 10;
    if sample.chars().filter(odd).count() * 100 > sample.chars().count() * ODD_PER_HUNDRED {
        return Err(FileError::Unknown);
    }
    Ok(())
}

fn delimiter_is_tab_without_head(sample: &str) -> bool {
    punch_delimiter(sample) == Some(b'\t') && !sample.lines().take(1).any(|l| is_head(l, b'\t'))
}

fn is_head(line: &str, delimiter: u8) -> bool {
    let cells = line.split(char::from(delimiter)).map(unquoted).collect();
    let row = TableRow { line: 1, cells, fault: None };
    named::Head::read(&row).is_some() || head::grid(&row, None).is_some()
}

fn unquoted(cell: &str) -> String {
    cell.trim().trim_matches('"').to_owned()
}

/// The delimiter with which one of the first rows is a head of punches.
fn punch_delimiter(sample: &str) -> Option<u8> {
    [b',', b';', b'\t']
        .into_iter()
        .find(|d| sample.lines().take(HEAD_ROWS).any(|line| is_head(line, *d)))
}

/// The delimiter that occurs most in the first rows.
pub fn likely_delimiter(sample: &str) -> u8 {
    let first: String = sample.lines().take(HEAD_ROWS).collect();
    let count = |d: u8| first.bytes().filter(|b| *b == d).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|d| count(*d)).unwrap_or(b',')
}

/// Which kind of table the head announced.
enum Head {
    Named(named::Head),
    Wide(head::GridHead),
}

fn read_head(row: &TableRow, order: Option<DateOrder>) -> Option<Head> {
    if let Some(named) = named::Head::read(row) {
        return Some(Head::Named(named));
    }
    head::grid(row, order).map(|(grid, _)| Head::Wide(grid))
}

fn read_table(
    input: &Input,
    format: Format,
    options: &Options,
    sink: &mut Sink<Record>,
) -> Result<(), FileError> {
    let sample = input.sample();
    let kind = match format {
        Format::Xlsx => TableKind::Xlsx,
        _ => TableKind::Csv(punch_delimiter(sample).unwrap_or_else(|| likely_delimiter(sample))),
    };
    let table = Table { input, kind, sheet: options.sheet.as_deref() };
    let (order, assumed) = match options.date_order {
        Some(order) => (order, false),
        None => look_for_order(&table)?,
    };
    // The head's own warnings go before the first row.
    let mut first = true;
    let found = table.below_head(
        true,
        |row| read_head(row, Some(order)).map(|head| (head, row.line)),
        |(head, line), row| {
            if std::mem::take(&mut first) {
                warn(head, *line, assumed, sink)?;
            }
            match head {
                Head::Named(head) => named::row(&row, head, order, options, sink),
                Head::Wide(head) => wide::row(&row, head, order, options, sink),
            }
        },
    )?;
    match found {
        true => Ok(()),
        false => Err(FileError::MissingColumns { wanted: "number and time, or number and dates" }),
    }
}

fn warn(head: &Head, line: u64, assumed: bool, sink: &mut Sink<Record>) -> ControlFlow<()> {
    if assumed {
        sink(super::order_assumed(line))?;
    }
    if let Head::Named(named) = head {
        for name in &named.ignored {
            sink(super::ignored(line, name))?;
        }
    }
    ControlFlow::Continue(())
}

fn look_for_order(table: &Table) -> Result<(DateOrder, bool), FileError> {
    let evidence = std::cell::RefCell::new(OrderEvidence::default());
    table.below_head(
        false,
        |row| {
            let head = read_head(row, None)?;
            if let Head::Wide(_) = head {
                // The dates of the head decide for the whole table.
                row.cells.iter().for_each(|c| evidence.borrow_mut().see(c));
            }
            Some(head)
        },
        |head, row| match head {
            Head::Named(head) => {
                head.see(&row, &mut evidence.borrow_mut());
                ControlFlow::Continue(())
            }
            Head::Wide(_) => ControlFlow::Break(()),
        },
    )?;
    Ok(evidence.into_inner().order())
}
