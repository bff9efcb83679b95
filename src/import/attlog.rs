//! `*_attlog.dat`: what a clock writes to a USB stick. TAB-separated, no head.
//!
//! Six columns (or more): number right-justified with blanks to nine characters, time, device number,
//! status, verify mode, work code. Five columns: number, name, time, two values without known meaning.

use std::ops::ControlFlow;

use super::item::{Item, Record, Rejection, RowCode, Sink, WarningCode, pin, shown};
use super::when::device_time;
use super::{FileError, Input, MAX_RAW_CHARS, Options, input::Row};
use crate::punches::{Flag, Method};

/// Blanks fill the number up to this width where the device fills at all.
const PADDED_WIDTH: usize = 9;

/// Columns of rows with a name.
const NAMED_COLUMNS: usize = 5;

/// How the rows of one file look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of a whole row.
    columns: usize,
    /// Column of the time.
    time: usize,
    /// Every number is filled with blanks, so that a cut one shows.
    padded: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { columns: 6, time: 1, padded: false }
    }
}

/// The layout most whole rows of the sample have, and how many those are.
pub fn layout(sample: &str) -> (Layout, usize) {
    let mut seen: Vec<(Layout, usize)> = Vec::new();
    let mut padded = true;
    for line in sample.lines() {
        let fields: Vec<&str> = line.trim_end().split('\t').collect();
        let time = match fields.len() {
            _ if time_at(&fields, 1) => 1,
            NAMED_COLUMNS if time_at(&fields, 2) => 2,
            _ => continue,
        };
        padded &= fields.first().is_some_and(|f| f.len() >= PADDED_WIDTH);
        let found = Layout { columns: fields.len(), time, padded: false };
        match seen.iter_mut().find(|(l, _)| *l == found) {
            Some((_, n)) => *n += 1,
            None => seen.push((found, 1)),
        }
    }
    let whole = seen.iter().map(|(_, n)| n).sum();
    let most = seen.into_iter().max_by_key(|(l, n)| (*n, l.columns));
    (most.map_or(Layout::default(), |(l, _)| Layout { padded, ..l }), whole)
}

fn time_at(fields: &[&str], at: usize) -> bool {
    fields.get(at).is_some_and(|f| device_time(f.trim()).is_some())
}

pub fn read(input: &Input, options: &Options, sink: &mut Sink<Record>) -> Result<(), FileError> {
    let (layout, _) = layout(input.sample());
    for row in input.rows(true)? {
        let row = row?;
        if row.edges.torn() {
            let message = "NUL bytes stand beside this row".to_owned();
            let code = WarningCode::NulBytes;
            if sink(Item::Warning { line: row.line, code, message }).is_break() {
                return Ok(());
            }
        }
        let item = match record(&row, layout, options) {
            Ok(record) => Item::Row(record),
            Err(rejection) => Item::Rejected(rejection),
        };
        if let ControlFlow::Break(()) = sink(item) {
            return Ok(());
        }
    }
    Ok(())
}

fn record(row: &Row, layout: Layout, options: &Options) -> Result<Record, Rejection> {
    let line = row.line;
    let reject = |code, message: String| Err(Rejection::new(line, code, message));
    if row.too_long {
        return reject(RowCode::RowTooLong, "the row is too long".to_owned());
    }
    let fields: Vec<&str> = row.text.split('\t').collect();
    let field = |at: usize| fields.get(at).map_or("", |f| f.trim());
    if cut_in_front(row, layout, field(0), fields.first().map_or(0, |f| f.len())) {
        return reject(RowCode::TornRow, torn(&row.text));
    }
    if fields.len() < layout.columns {
        return reject(RowCode::TornRow, torn(&row.text));
    }
    let Some(wall) = device_time(field(layout.time)) else {
        let said = shown(field(layout.time));
        return match row.edges.torn() {
            true => reject(RowCode::TornRow, torn(&row.text)),
            false => reject(RowCode::ImpossibleTime, format!("no such time: {said}")),
        };
    };
    let six = layout.time == 1;
    let (device, status, verify) = match (six, layout.columns) {
        (true, 6..) => (field(2), field(3), field(4)),
        (true, _) => ("", field(2), field(3)),
        _ => ("", "", ""),
    };
    Ok(Record {
        line,
        pin: pin(line, field(0))?,
        wall,
        zone: None,
        device: (!device.is_empty()).then(|| device.chars().take(64).collect()),
        flag: if options.use_status { flag_of_status(status) } else { None },
        method: method_of_verify(verify),
        raw: row.text.trim_end().chars().take(MAX_RAW_CHARS).collect(),
    })
}

/// Whether the beginning of a row behind a hole may be lost. Half a number would be somebody else's.
fn cut_in_front(row: &Row, layout: Layout, number: &str, width: usize) -> bool {
    let Some(hole_began_the_line) = row.edges.hole_before else { return false };
    if number.is_empty() {
        return true;
    }
    if layout.padded { width < PADDED_WIDTH } else { !hole_began_the_line }
}

fn torn(text: &str) -> String {
    format!("not a whole row: {}", shown(text))
}

/// The key pressed at the clock: 0 in, 1 out, 2 leaving for a break, 3 back from it, 4 and 5 overtime
/// in and out. 255 and all else: none.
pub fn flag_of_status(status: &str) -> Option<Flag> {
    match status {
        "0" | "3" | "4" => Some(Flag::In),
        "1" | "2" | "5" => Some(Flag::Out),
        _ => None,
    }
}

/// Only the numbers that mean the same in every generation of devices; the row itself is kept.
pub fn method_of_verify(verify: &str) -> Option<Method> {
    match verify {
        "1" => Some(Method::Finger),
        "15" => Some(Method::Face),
        _ => None,
    }
}
