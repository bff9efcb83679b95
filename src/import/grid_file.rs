//! A roster in the printed layout, with every fault of a row, a column or a place kept apart.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use vocabulary::LocalDate;

use super::grid_refusal::GridRefusal;
use super::head::{DECORATION_NAMES, HEAD_ROWS, NUMBER_NAMES, plain};
use super::item::pin;
use super::roster_file::{RosterCell, cell};
use super::table::{self, TableRow};
use super::when::{DateOrder, OrderEvidence, date};
use super::{FileError, Input};

/// People of one file.
pub const MAX_ROWS: usize = 5_000;

/// A cell of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCell {
    /// Column, from 0.
    pub column: usize,
    pub date: LocalDate,
    /// `None` = empty.
    pub cell: Option<RosterCell>,
}

/// A row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub line: u64,
    pub number: String,
    pub cells: Vec<FileCell>,
}

/// What cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    pub line: u64,
    /// From 0; `None` = the whole row.
    pub column: Option<usize>,
    pub why: GridRefusal,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridFile {
    pub rows: Vec<FileRow>,
    pub faults: Vec<FileFault>,
    /// There are more people than a file may have.
    pub too_long: bool,
}

struct Head {
    number: usize,
    dates: Vec<(usize, LocalDate)>,
}

/// Reads the file; only one that is no roster at all is an error.
pub fn read_grid(input: &Input, sheet: Option<&str>) -> Result<GridFile, FileError> {
    let kind = super::table_kind(input)?;
    let mut file = GridFile::default();
    let mut head: Option<Head> = None;
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut looked = 0;
    table::read(input, kind, sheet, false, &mut |row| {
        let Some(head) = &head else {
            looked += 1;
            head = file.head(&row);
            let go_on = head.is_some() || looked < HEAD_ROWS;
            return if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        };
        if file.rows.len() >= MAX_ROWS {
            file.too_long = true;
            return ControlFlow::Break(());
        }
        file.row(&row, head, &mut lines);
        ControlFlow::Continue(())
    })?;
    match head {
        Some(_) => Ok(file),
        None => Err(FileError::MissingColumns { wanted: "number and dates" }),
    }
}

impl GridFile {
    /// A row that names the number and some date is the head. Columns whose name is neither a date nor for people
    /// to read are faults of their own.
    fn head(&mut self, row: &TableRow) -> Option<Head> {
        let number = row.cells.iter().position(|c| NUMBER_NAMES.contains(&plain(c).as_str()))?;
        let mut seen = OrderEvidence::default();
        row.cells.iter().for_each(|c| seen.see(c));
        let (order, _): (DateOrder, bool) = seen.order();
        let mut dates = Vec::new();
        let mut faults = Vec::new();
        let mut known = HashSet::new();
        for (at, text) in row.cells.iter().enumerate() {
            let decoration = DECORATION_NAMES.contains(&plain(text).as_str());
            if at == number || decoration || text.trim().is_empty() {
                continue;
            }
            let fault = |why| FileFault { line: row.line, column: Some(at), why };
            match date(text, order) {
                Some(d) if known.insert(d) => dates.push((at, d)),
                Some(d) => faults.push(fault(GridRefusal::DateRepeated { date: d })),
                None => faults.push(fault(GridRefusal::HeadInvalid { text: text.clone() })),
            }
        }
        if dates.is_empty() {
            return None;
        }
        self.faults.extend(faults);
        Some(Head { number, dates })
    }

    fn row(&mut self, row: &TableRow, head: &Head, lines: &mut HashMap<String, u64>) {
        let line = row.line;
        let cells: Vec<FileCell> = head
            .dates
            .iter()
            .map(|(at, date)| FileCell { column: *at, date: *date, cell: cell(row.cell(*at)) })
            .collect();
        let mut whole = |why| self.faults.push(FileFault { line, column: None, why });
        if row.fault.is_some() {
            return whole(GridRefusal::RowTorn);
        }
        let Ok(number) = pin(line, row.cell(head.number)) else {
            // Totals and notes below the grid have no number; they matter only if they have shifts.
            if cells.iter().any(|c| c.cell.is_some()) {
                whole(GridRefusal::NumberMissing);
            }
            return;
        };
        if let Some(first) = lines.get(&number) {
            return whole(GridRefusal::PersonRepeated { line: *first });
        }
        lines.insert(number.clone(), line);
        self.rows.push(FileRow { line, number, cells });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> GridFile {
        read_grid(&Input::from_bytes(text.as_bytes().to_vec()).unwrap(), None).unwrap()
    }

    #[test]
    fn every_fault_has_its_place() {
        let file = read(
            "工号,姓名,2026-03-13 [五],2026-02-30 [一],2026-03-13 [五],2026-03-14 [六]\n\
             1001,李娜,早班,x,y,休\n1001,李娜,早班,,,\n,,早班,,,\n合计,,,,,\n1002,王伟,早班+加班,,,\n",
        );
        let faults: Vec<_> =
            file.faults.iter().map(|f| (f.line, f.column, f.why.code_text())).collect();
        assert_eq!(
            faults,
            [
                (1, Some(3), "head_invalid"),
                (1, Some(4), "date_repeated"),
                (3, None, "person_repeated"),
                (4, None, "number_missing"),
            ]
        );
        let row = &file.rows[0];
        assert_eq!((row.line, row.number.as_str(), row.cells.len()), (2, "1001", 2));
        assert_eq!(row.cells[1].cell, Some(RosterCell::Rest));
        let several = vec!["早班".to_owned(), "加班".to_owned()];
        let last = file.rows.last().unwrap();
        assert_eq!(last.cells[0].cell, Some(RosterCell::Shifts(several)));
        assert_eq!(last.cells[1].cell, None);
    }

    #[test]
    fn what_is_no_roster_is_refused_as_a_whole() {
        let input = Input::from_bytes("a,b\n1,2\n".as_bytes().to_vec()).unwrap();
        assert!(matches!(read_grid(&input, None), Err(FileError::MissingColumns { .. })));
    }
}
