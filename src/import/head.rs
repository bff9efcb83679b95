//! The head of a table: which column means what. Names are compared without case, blanks and signs.

use std::ops::ControlFlow;

use vocabulary::LocalDate;

use super::table::{self, TableKind, TableRow};
use super::when::{DateOrder, OrderEvidence, date};
use super::{FileError, Input};
pub use crate::profiles::plain;

/// How far down the head may stand: spreadsheets begin with titles.
pub const HEAD_ROWS: usize = 10;

/// A table to be read.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    pub input: &'a Input,
    pub kind: TableKind,
    /// Name of the sheet; `None` = the first.
    pub sheet: Option<&'a str>,
}

impl Table<'_> {
    /// Looks for the head in the first rows, then hands on every row below it. `counted` drives the
    /// progress counter. Answers whether there was a head.
    pub fn below_head<H>(
        &self,
        counted: bool,
        mut recognise: impl FnMut(&TableRow) -> Option<H>,
        mut each: impl FnMut(&H, TableRow) -> ControlFlow<()>,
    ) -> Result<bool, FileError> {
        let mut head = None;
        let mut seen = 0;
        table::read(self.input, self.kind, self.sheet, counted, &mut |row| match &head {
            Some(head) => each(head, row),
            None if seen >= HEAD_ROWS => ControlFlow::Break(()),
            None => {
                seen += 1;
                head = recognise(&row);
                ControlFlow::Continue(())
            }
        })?;
        Ok(head.is_some())
    }
}

/// The meaning whose names hold this one.
pub fn meaning<C: Copy>(names: &[(C, &[&str])], name: &str) -> Option<C> {
    let name = plain(name);
    names.iter().find(|(_, known)| known.contains(&name.as_str())).map(|(c, _)| *c)
}

/// Names of the column that holds the number of a person.
pub const NUMBER_NAMES: &[&str] = &[
    "number",
    "no",
    "id",
    "pin",
    "userid",
    "user",
    "personid",
    "person",
    "personnelid",
    "badge",
    "badgenumber",
    "enrollnumber",
    "enno",
    "acno",
    "employee",
    "employeeid",
    "employeeno",
    "employeenumber",
    "employeecode",
    "empid",
    "empno",
    "empcode",
    "staffid",
    "staffno",
    "cardno",
    "工号",
    "人员工号",
    "员工工号",
    "员工号",
    "员工编号",
    "人员编号",
    "编号",
    "考勤号",
    "考勤号码",
    "考勤编号",
    "登记号",
    "登记号码",
    "卡号",
    "用户号",
    "用户编号",
    "用户id",
];

/// Names of columns that only help people read the table.
pub const DECORATION_NAMES: &[&str] =
    &["name", "fullname", "department", "dept", "姓名", "名字", "部门", "岗位", "职位", "序号"];

/// The head of a table of people × dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridHead {
    pub number: usize,
    /// Columns with their dates.
    pub dates: Vec<(usize, LocalDate)>,
}

/// Reads the head of a table of people × dates: one column with the number (named, or the first
/// without a meaning of its own) and only dates besides decoration.
pub fn grid(row: &TableRow, order: Option<DateOrder>) -> Option<(GridHead, bool)> {
    let mut seen = OrderEvidence::default();
    row.cells.iter().for_each(|c| seen.see(c));
    let (order, assumed) = order.map_or_else(|| seen.order(), |o| (o, false));
    let mut number = None;
    let mut dates = Vec::new();
    for (at, cell) in row.cells.iter().enumerate() {
        if let Some(date) = date(cell, order) {
            dates.push((at, date));
        } else if number.is_none() && NUMBER_NAMES.contains(&plain(cell).as_str()) {
            number = Some(at);
        } else if at > 0 && !cell.trim().is_empty() && !decoration(cell) {
            return None;
        }
    }
    let number = number.or_else(|| dates.iter().all(|(at, _)| *at > 0).then_some(0))?;
    (!dates.is_empty()).then_some((GridHead { number, dates }, assumed))
}

fn decoration(cell: &str) -> bool {
    DECORATION_NAMES.contains(&plain(cell).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(cells: &[&str]) -> Option<(GridHead, bool)> {
        let cells = cells.iter().map(|c| (*c).to_owned()).collect();
        grid(&TableRow { line: 1, cells, fault: None }, None)
    }

    #[test]
    fn a_grid_is_a_number_and_dates() {
        let day = |y, m, d| LocalDate::from_ymd(y, m, d).unwrap();
        let (got, assumed) = head(&["", "01/01/2015", "13/01/2015"]).unwrap();
        assert_eq!(got.dates, [(1, day(2015, 1, 1)), (2, day(2015, 1, 13))]);
        assert!(!assumed && got.number == 0);
        let (got, _) = head(&["姓名", "工号", "2017-01-14 [六]", ""]).unwrap();
        assert_eq!((got.number, got.dates.len()), (1, 1));
        assert_eq!(head(&["工号", "时间"]), None);
        assert_eq!(head(&["2017-01-14", "2017-01-15"]), None);
    }
}
