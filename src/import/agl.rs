//! `AGL_001.TXT`, `GLG_001.TXT`: text exports of clone terminals. TAB-separated with a head that names
//! `EnNo` and `DateTime`; the head may have empty columns that the rows lack.

use super::item::{Item, Record, Rejection, RowCode, Sink, pin, shown};
use super::when::{DateOrder, OrderEvidence, date_time};
use super::{FileError, Input, MAX_RAW_CHARS, Options, input::Row};
use crate::punches::Flag;

/// How far down the head may stand.
const HEAD_ROWS: usize = 10;

/// Where the columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    /// Names in small letters and digits, empty ones included.
    names: Vec<String>,
}

impl Head {
    fn read(line: &str) -> Option<Self> {
        let plain = |name: &str| name.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
        let names: Vec<String> = line.split('\t').map(plain).collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        (has("enno") && has("datetime")).then_some(Self { names })
    }

    /// The cell of a column, whether or not the row has the empty columns of the head.
    fn cell<'a>(&self, fields: &[&'a str], name: &str) -> Option<&'a str> {
        let named = self.names.iter().filter(|n| !n.is_empty());
        let at = if fields.len() == named.clone().count() {
            named.clone().position(|n| n == name)
        } else {
            self.names.iter().position(|n| n == name)
        };
        at.and_then(|at| fields.get(at)).map(|f| f.trim())
    }

    fn fits(&self, fields: &[&str]) -> bool {
        let named = self.names.iter().filter(|n| !n.is_empty()).count();
        fields.len() == named || fields.len() == self.names.len()
    }
}

/// Whether the text begins like such a file.
pub fn is_agl(sample: &str) -> bool {
    sample.lines().take(HEAD_ROWS).any(|l| Head::read(l).is_some())
}

pub fn read(input: &Input, options: &Options, sink: &mut Sink<Record>) -> Result<(), FileError> {
    let (order, assumed) = match options.date_order {
        Some(order) => (order, false),
        None => look_for_order(input)?,
    };
    let mut head: Option<Head> = None;
    for row in input.rows(true)? {
        let row = row?;
        let Some(known) = &head else {
            head = Head::read(&row.text);
            if head.is_some() && assumed && sink(super::order_assumed(row.line)).is_break() {
                return Ok(());
            }
            continue;
        };
        let item = match record(&row, known, order, options) {
            Ok(record) => Item::Row(record),
            Err(rejection) => Item::Rejected(rejection),
        };
        if sink(item).is_break() {
            return Ok(());
        }
    }
    match head {
        Some(_) => Ok(()),
        None => Err(FileError::MissingColumns { wanted: "EnNo, DateTime" }),
    }
}

fn look_for_order(input: &Input) -> Result<(DateOrder, bool), FileError> {
    let mut seen = OrderEvidence::default();
    let mut head: Option<Head> = None;
    for row in input.rows(false)? {
        let row = row?;
        match &head {
            None => head = Head::read(&row.text),
            Some(head) => {
                let fields: Vec<&str> = row.text.split('\t').collect();
                seen.see(head.cell(&fields, "datetime").unwrap_or_default());
            }
        }
    }
    Ok(seen.order())
}

fn record(
    row: &Row,
    head: &Head,
    order: DateOrder,
    options: &Options,
) -> Result<Record, Rejection> {
    let line = row.line;
    if row.too_long {
        return Err(Rejection::new(line, RowCode::RowTooLong, "the row is too long"));
    }
    let fields: Vec<&str> = row.text.split('\t').collect();
    if !head.fits(&fields) || row.edges.hole_before == Some(false) {
        let code = if row.edges.torn() { RowCode::TornRow } else { RowCode::MissingColumns };
        return Err(Rejection::new(line, code, format!("not a whole row: {}", shown(&row.text))));
    }
    let time = head.cell(&fields, "datetime").unwrap_or_default();
    let Some(wall) = date_time(time, order, options.zone) else {
        let message = format!("no such time: {}", shown(time));
        return Err(Rejection::new(line, RowCode::ImpossibleTime, message));
    };
    let device = ["tmno", "itmno"].iter().find_map(|name| head.cell(&fields, name));
    let key = head.cell(&fields, "inout").unwrap_or_default();
    Ok(Record {
        line,
        pin: pin(line, head.cell(&fields, "enno").unwrap_or_default())?,
        wall,
        zone: None,
        device: device.filter(|d| !d.is_empty()).map(|d| d.chars().take(64).collect()),
        flag: if options.use_status { flag_of_key(key) } else { None },
        method: None,
        raw: row.text.trim_end().chars().take(MAX_RAW_CHARS).collect(),
    })
}

/// `E` and `S` are entry and exit (entrada, salida), `I` and `O` in and out; digits as in clock logs.
fn flag_of_key(key: &str) -> Option<Flag> {
    match key {
        "E" | "e" | "I" | "i" | "In" | "IN" => Some(Flag::In),
        "S" | "s" | "O" | "o" | "Out" | "OUT" => Some(Flag::Out),
        other => super::attlog::flag_of_status(other),
    }
}
