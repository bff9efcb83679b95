//! People as tables with named columns: one row per person.

use vocabulary::{LocalDate, Zone};

use super::head::{NUMBER_NAMES, Table, meaning};
use super::item::{Item, Rejection, RowCode, Sink, pin, shown};
use super::table::TableRow;
use super::when::{DateOrder, OrderEvidence, date};
use super::{FileError, Input, ignored, order_assumed};
use std::ops::ControlFlow;

/// One person as he stands in the file. `None` = the file says nothing about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonEntry {
    pub line: u64,
    /// Employee number.
    pub number: String,
    pub name: Option<String>,
    /// Code of a department, or its path of names from the top with `/` between them.
    pub org: Option<String>,
    pub hired_on: Option<LocalDate>,
    pub left_on: Option<LocalDate>,
    pub zone: Option<Zone>,
    /// Code of the scheme.
    pub scheme: Option<String>,
    /// Code of the calendar.
    pub calendar: Option<String>,
    /// Code of the default shift.
    pub shift: Option<String>,
    /// Number on devices, where it differs from the employee number.
    pub pin: Option<String>,
    /// The device of that number; `None` = all.
    pub device: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    Name,
    Org,
    HiredOn,
    LeftOn,
    Zone,
    Scheme,
    Calendar,
    Shift,
    Pin,
    Device,
}

const NAMES: &[(Column, &[&str])] = &[
    (Column::Pin, &["devicepin", "pin", "enrollnumber", "enno", "acno", "考勤号", "考勤号码"]),
    (Column::Device, &["device", "devicesn", "sn", "设备", "设备号"]),
    (Column::Number, NUMBER_NAMES),
    (Column::Name, &["name", "fullname", "employeename", "姓名", "名字", "员工姓名"]),
    (
        Column::Org,
        &[
            "org",
            "orgcode",
            "orgpath",
            "department",
            "dept",
            "departmentcode",
            "部门",
            "部门编号",
            "部门代码",
            "组织",
            "机构",
        ],
    ),
    (
        Column::HiredOn,
        &["hiredon", "hiredate", "hired", "joinedon", "startdate", "入职日期", "入职时间", "入职"],
    ),
    (Column::LeftOn, &["lefton", "leavedate", "enddate", "离职日期", "离职时间", "离职"]),
    (Column::Zone, &["zone", "timezone", "tz", "时区"]),
    (Column::Scheme, &["scheme", "schemecode", "考勤方案", "方案", "方案编号"]),
    (Column::Calendar, &["calendar", "calendarcode", "工作日历", "日历"]),
    (Column::Shift, &["defaultshift", "shift", "默认班次", "班次"]),
];

struct Head {
    columns: Vec<Option<Column>>,
    ignored: Vec<String>,
    line: u64,
}

impl Head {
    fn read(row: &TableRow) -> Option<Self> {
        let columns: Vec<_> = row.cells.iter().map(|c| meaning(NAMES, c)).collect();
        let known = columns.iter().flatten().count();
        if known < 2 || !columns.contains(&Some(Column::Number)) {
            return None;
        }
        let names = row.cells.iter().zip(&columns);
        let ignored = names.filter(|(c, m)| m.is_none() && !c.trim().is_empty());
        let ignored = ignored.map(|(c, _)| shown(c)).collect();
        Some(Self { columns, ignored, line: row.line })
    }

    fn cell<'a>(&self, row: &'a TableRow, wanted: Column) -> Option<&'a str> {
        let at = self.columns.iter().position(|c| *c == Some(wanted))?;
        Some(row.cell(at)).filter(|c| !c.is_empty())
    }
}

/// Reads people row by row.
pub fn read_people(
    input: &Input,
    sheet: Option<&str>,
    order: Option<DateOrder>,
    sink: &mut Sink<PersonEntry>,
) -> Result<(), FileError> {
    let table = Table { input, kind: super::table_kind(input)?, sheet };
    let (order, assumed) = match order {
        Some(order) => (order, false),
        None => look_for_order(&table)?,
    };
    let mut first = true;
    let found = table.below_head(true, Head::read, |head, row| {
        if std::mem::take(&mut first) {
            if assumed {
                sink(order_assumed(head.line))?;
            }
            for name in &head.ignored {
                sink(ignored(head.line, name))?;
            }
        }
        sink(match entry(&row, head, order) {
            Ok(entry) => Item::Row(entry),
            Err(rejection) => Item::Rejected(rejection),
        })
    })?;
    match found {
        true => Ok(()),
        false => Err(FileError::MissingColumns { wanted: "number and name" }),
    }
}

fn look_for_order(table: &Table) -> Result<(DateOrder, bool), FileError> {
    let mut evidence = OrderEvidence::default();
    table.below_head(false, Head::read, |head, row| {
        for column in [Column::HiredOn, Column::LeftOn] {
            evidence.see(head.cell(&row, column).unwrap_or_default());
        }
        ControlFlow::Continue(())
    })?;
    Ok(evidence.order())
}

/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 60;

fn entry(row: &TableRow, head: &Head, order: DateOrder) -> Result<PersonEntry, Rejection> {
    let line = row.line;
    if let Some(code) = row.fault {
        let message = format!("not a whole row: {}", shown(&row.raw()));
        return Err(Rejection::new(line, code, message));
    }
    let bad = |what: &str, said: &str| {
        Rejection::new(line, RowCode::BadValue, format!("{what}: {}", shown(said)))
    };
    let day = |column| match head.cell(row, column) {
        None => Ok(None),
        Some(said) => date(said, order).map(Some).ok_or_else(|| bad("no such date", said)),
    };
    let text = |column| head.cell(row, column).map(str::to_owned);
    let zone = match head.cell(row, Column::Zone) {
        None => None,
        Some(said) => Some(said.parse::<Zone>().map_err(|_| {
            let message = format!("unknown zone: {}", shown(said));
            Rejection::new(line, RowCode::UnknownZone, message)
        })?),
    };
    let name = text(Column::Name);
    if let Some(long) = name.as_ref().filter(|n| n.chars().count() > MAX_NAME_CHARS) {
        return Err(bad("the name is too long", long));
    }
    let (hired_on, left_on) = (day(Column::HiredOn)?, day(Column::LeftOn)?);
    if let (Some(hired), Some(left)) = (hired_on, left_on)
        && left < hired
    {
        return Err(bad("left before hired", &left.to_string()));
    }
    Ok(PersonEntry {
        line,
        number: pin(line, head.cell(row, Column::Number).unwrap_or_default())?,
        name,
        org: text(Column::Org),
        hired_on,
        left_on,
        zone,
        scheme: text(Column::Scheme),
        calendar: text(Column::Calendar),
        shift: text(Column::Shift),
        pin: head.cell(row, Column::Pin).map(|p| pin(line, p)).transpose()?,
        device: text(Column::Device),
    })
}
