//! Punches as a table of people × dates: every cell holds the times of one person on one date, or
//! nothing (`NA`, `-`). Each time is one record of the report.

use std::ops::ControlFlow;

use vocabulary::{LocalDate, WallTime, Zone};

use super::Options;
use super::head::{GridHead, plain};
use super::item::{Item, Record, Rejection, RowCode, Sink, pin, shown};
use super::table::TableRow;
use super::when::{DateOrder, clock, date_time};

/// Hands on the punches of one row.
pub fn row(
    row: &TableRow,
    head: &GridHead,
    order: DateOrder,
    options: &Options,
    sink: &mut Sink<Record>,
) -> ControlFlow<()> {
    let line = row.line;
    if let Some(code) = row.fault {
        let message = format!("not a whole row: {}", shown(&row.raw()));
        return sink(Item::Rejected(Rejection::new(line, code, message)));
    }
    let pin = match pin(line, row.cell(head.number)) {
        Ok(pin) => pin,
        Err(rejection) => return sink(Item::Rejected(rejection)),
    };
    for (at, day) in &head.dates {
        let cell = row.cell(*at);
        if matches!(plain(cell).as_str(), "" | "na" | "null" | "none" | "无") {
            continue;
        }
        let Some(times) = times(cell, *day, order, options.zone) else {
            let message = format!("no such time on {day}: {}", shown(cell));
            sink(Item::Rejected(Rejection::new(line, RowCode::ImpossibleTime, message)))?;
            continue;
        };
        for wall in times {
            sink(Item::Row(Record {
                line,
                pin: pin.clone(),
                wall,
                zone: None,
                device: None,
                flag: options.flag,
                method: None,
                raw: format!("{pin},{}", shown(cell)),
            }))?;
        }
    }
    ControlFlow::Continue(())
}

/// One whole time, or clock times of the column's date separated by blanks, commas or line ends.
fn times(cell: &str, day: LocalDate, order: DateOrder, zone: Zone) -> Option<Vec<WallTime>> {
    if let Some(wall) = date_time(cell, order, zone) {
        return Some(vec![wall]);
    }
    if let Some(seconds) = clock(cell) {
        return Some(vec![WallTime::on(day, seconds)]);
    }
    let parts = cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '\u{3001}'));
    let parts = parts.filter(|p| !p.is_empty());
    parts.map(|p| clock(p).map(|s| WallTime::on(day, s))).collect()
}
