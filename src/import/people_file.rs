//! People as tables with named columns: one row per person.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use vocabulary::{CustomItemId, LocalDate, Zone};

use super::head::{NUMBER_NAMES, Table, meaning, plain};
use super::item::{Item, Rejection, RowCode, Sink, pin, shown};
use super::table::TableRow;
use super::when::{DateOrder, OrderEvidence, date};
use super::{FileError, Input, ignored, order_assumed};
use crate::base::{Refusal, unguarded};
use crate::profiles::{
    CARD, CustomItem, Field, FieldKind, Group, ID_CONFIRMED, MANAGER, field_is_on, field_of_heading,
};
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
    pub card: Option<String>,
    /// Employee number of the direct manager.
    pub manager: Option<String>,
    /// Fields of the employee file, in their stored form.
    pub fields: Vec<(&'static Field, String)>,
    /// Birth date and sex differ from the identity card, and that is right.
    pub id_confirmed: bool,
    /// Custom items as they stand in the file.
    pub custom: Vec<(CustomItemId, String)>,
}

impl PersonEntry {
    /// The row says something about the employee file.
    pub fn has_file(&self) -> bool {
        self.card.is_some()
            || self.manager.is_some()
            || self.id_confirmed
            || !self.fields.is_empty()
            || !self.custom.is_empty()
    }
}

/// What else a table of people may name, and what is learnt from it before the first row comes.
#[derive(Clone, Debug, Default)]
pub struct PeopleColumns {
    pub items: Vec<CustomItem>,
    /// Optional fields that are in use.
    pub optional: HashSet<String>,
    /// Groups of fields that are read; `None` = all.
    pub groups: Option<Vec<Group>>,
    /// The employee numbers of the file, if it names managers.
    pub numbers: Arc<OnceLock<HashSet<String>>>,
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
    Card,
    IdConfirmed,
    Field(&'static Field),
    Custom(CustomItemId),
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
            "所在部门",
            "部门编码",
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

/// Headings of exported files that only help people read them.
const SHOWN_ONLY: &[&str] =
    &["state", "在职状态", "orgname", "部门名称", "managername", "直属领导姓名"];

/// What a heading stands for.
fn column(heading: &str, known: &PeopleColumns) -> Option<Column> {
    let name = plain(heading);
    if name == plain(CARD.0) || name == CARD.1 {
        return Some(Column::Card);
    }
    if name == plain(ID_CONFIRMED.0) || name == ID_CONFIRMED.1 {
        return Some(Column::IdConfirmed);
    }
    if let Some(column) = meaning(NAMES, heading) {
        return Some(column);
    }
    if let Some(field) = field_of_heading(&name) {
        let groups = known.groups.as_ref();
        let read = field.group.is_none_or(|g| groups.is_none_or(|all| all.contains(&g)));
        return (read && field_is_on(field, &known.optional)).then_some(Column::Field(field));
    }
    let heading = heading.trim();
    let item = |i: &&CustomItem| i.name == heading || i.code.eq_ignore_ascii_case(heading);
    known.items.iter().find(item).map(|i| Column::Custom(i.id))
}

impl Head {
    fn read(row: &TableRow, known: &PeopleColumns) -> Option<Self> {
        let mut columns: Vec<_> = row.cells.iter().map(|c| column(c, known)).collect();
        if !columns.contains(&Some(Column::Number)) {
            // A list that knows people by their cards alone.
            let card = columns.iter_mut().find(|c| **c == Some(Column::Card))?;
            *card = Some(Column::Number);
        }
        if columns.iter().flatten().count() < 2 {
            return None;
        }
        let names = row.cells.iter().zip(&columns);
        let ignored = names.filter(|(c, m)| m.is_none() && !c.trim().is_empty());
        let ignored = ignored.filter(|(c, _)| !SHOWN_ONLY.contains(&plain(c).as_str()));
        let ignored = ignored.map(|(c, _)| shown(c)).collect();
        Some(Self { columns, ignored, line: row.line })
    }

    fn has(&self, wanted: Column) -> bool {
        self.columns.contains(&Some(wanted))
    }

    fn cell<'a>(&self, row: &'a TableRow, wanted: Column) -> Option<&'a str> {
        let at = self.columns.iter().position(|c| *c == Some(wanted))?;
        Some(unguarded(row.cell(at))).filter(|c| !c.is_empty())
    }

    /// The filled cells of the employee file, with their columns.
    fn others<'a>(&self, row: &'a TableRow) -> impl Iterator<Item = (Column, &'a str)> {
        let columns = self.columns.iter().enumerate();
        let file = columns.filter_map(|(at, c)| Some((at, (*c)?)));
        let file = file.filter(|(_, c)| matches!(c, Column::Field(_) | Column::Custom(_)));
        file.map(|(at, c)| (c, unguarded(row.cell(at)))).filter(|(_, cell)| !cell.is_empty())
    }
}

/// Reads people row by row.
pub fn read_people(
    input: &Input,
    sheet: Option<&str>,
    order: Option<DateOrder>,
    known: &PeopleColumns,
    sink: &mut Sink<PersonEntry>,
) -> Result<(), FileError> {
    let table = Table { input, kind: super::table_kind(input)?, sheet };
    let (order, assumed) = look_ahead(&table, known, order)?;
    let mut first = true;
    let found = table.below_head(
        true,
        |row| Head::read(row, known),
        |head, row| {
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
        },
    )?;
    match found {
        true => Ok(()),
        false => Err(FileError::MissingColumns { wanted: "number and name" }),
    }
}

/// Reads the file once before its rows are handed on: for the order of its dates, and for the numbers that its managers
/// may be.
fn look_ahead(
    table: &Table,
    known: &PeopleColumns,
    order: Option<DateOrder>,
) -> Result<(DateOrder, bool), FileError> {
    let mut evidence = OrderEvidence::default();
    let mut numbers = HashSet::new();
    let manager = field_of_heading(MANAGER).map(Column::Field);
    table.below_head(
        false,
        |row| Head::read(row, known),
        |head, row| {
            let managed = manager.is_some_and(|m| head.has(m));
            if managed && let Some(number) = head.cell(&row, Column::Number) {
                numbers.insert(number.to_owned());
            }
            for (at, column) in head.columns.iter().enumerate() {
                let date = match column {
                    Some(Column::HiredOn | Column::LeftOn) => true,
                    Some(Column::Field(f)) => f.kind == FieldKind::Date,
                    _ => false,
                };
                if date {
                    evidence.see(row.cell(at));
                }
            }
            // Nothing more is to be learnt.
            let done = order.is_some() && !managed;
            if done { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )?;
    // Whoever waits for the numbers waits for these: they are set once.
    known.numbers.set(numbers).ok();
    Ok(order.map_or_else(|| evidence.order(), |o| (o, false)))
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
    let (mut fields, mut custom, mut manager) = (Vec::new(), Vec::new(), None);
    for (column, said) in head.others(row) {
        match column {
            Column::Custom(item) => custom.push((item, said.to_owned())),
            Column::Field(field) => {
                let value = match field.kind {
                    FieldKind::Date => date(said, order).map(|d| d.to_string()),
                    _ => None,
                };
                let value = field
                    .normal(value.as_deref().unwrap_or(said))
                    .map_err(|refusal| Rejection::new(line, RowCode::BadValue, refusal.en()))?;
                match field.name {
                    MANAGER => manager = Some(value),
                    _ => fields.push((field, value)),
                }
            }
            _ => {}
        }
    }
    let id_confirmed = match head.cell(row, Column::IdConfirmed) {
        None => false,
        Some(said) => crate::profiles::yes_or_no(said).ok_or_else(|| bad("not yes or no", said))?,
    };
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
        card: text(Column::Card),
        manager,
        fields,
        id_confirmed,
        custom,
    })
}
