//! Punches as a table with named columns: one punch a row, or one row a day with columns for in and out.

use std::ops::ControlFlow;

use vocabulary::Zone;

use super::head::{DECORATION_NAMES, NUMBER_NAMES, meaning, plain};
use super::item::{Item, Record, Rejection, RowCode, Sink, WarningCode, pin, shown};
use super::table::TableRow;
use super::when::{DateOrder, OrderEvidence, clock, date, date_time};
use super::{MAX_RAW_CHARS, Options, attlog};
use crate::punches::{Flag, Method};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    Time(Option<Flag>),
    Date,
    Flag,
    Device,
    Zone,
    Method,
    Decoration,
}

const NAMES: &[(Column, &[&str])] = &[
    (Column::Number, NUMBER_NAMES),
    (
        Column::Time(None),
        &[
            "time",
            "datetime",
            "timestamp",
            "punchtime",
            "checktime",
            "clocktime",
            "logtime",
            "eventtime",
            "at",
            "时间",
            "日期时间",
            "打卡时间",
            "刷卡时间",
            "考勤时间",
            "出勤时间",
            "签到签退时间",
            "验证时间",
        ],
    ),
    (
        Column::Time(Some(Flag::In)),
        &[
            "in",
            "intime",
            "timein",
            "checkin",
            "clockin",
            "签到",
            "签到时间",
            "上班时间",
            "上班打卡",
        ],
    ),
    (
        Column::Time(Some(Flag::Out)),
        &[
            "out",
            "outtime",
            "timeout",
            "checkout",
            "clockout",
            "签退",
            "签退时间",
            "下班时间",
            "下班打卡",
        ],
    ),
    (
        Column::Date,
        &["date", "day", "punchdate", "workdate", "日期", "打卡日期", "考勤日期", "刷卡日期"],
    ),
    (
        Column::Flag,
        &[
            "flag",
            "direction",
            "inout",
            "status",
            "state",
            "type",
            "punchtype",
            "checktype",
            "方向",
            "状态",
            "进出",
            "签到签退",
            "打卡类型",
            "考勤状态",
            "类型",
        ],
    ),
    (
        Column::Device,
        &[
            "device",
            "deviceid",
            "deviceno",
            "devicesn",
            "terminal",
            "machine",
            "machineno",
            "sn",
            "serial",
            "serialnumber",
            "reader",
            "设备",
            "设备号",
            "设备编号",
            "设备名称",
            "机号",
            "机器号",
            "终端",
            "序列号",
            "设备序列号",
        ],
    ),
    (Column::Zone, &["zone", "timezone", "tz", "时区"]),
    (Column::Method, &["method", "verify", "verifymode", "verification", "验证方式", "打卡方式"]),
    (Column::Decoration, DECORATION_NAMES),
];

/// The columns of one table.
#[derive(Clone, Debug)]
pub struct Head {
    columns: Vec<Option<Column>>,
    /// Names that have no meaning here.
    pub ignored: Vec<String>,
}

impl Head {
    /// Recognises the head: it names a number and at least one time.
    pub fn read(row: &TableRow) -> Option<Self> {
        let columns: Vec<_> = row.cells.iter().map(|c| meaning(NAMES, c)).collect();
        let has_time = columns.iter().any(|c| matches!(c, Some(Column::Time(_))));
        if !has_time || !columns.contains(&Some(Column::Number)) {
            return None;
        }
        let unknown = row.cells.iter().zip(&columns).filter(|(c, m)| m.is_none() && !blank(c));
        let ignored = unknown.map(|(c, _)| shown(c)).collect();
        Some(Self { columns, ignored })
    }

    fn at(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|c| *c == Some(column))
    }

    fn cell<'a>(&self, row: &'a TableRow, column: Column) -> &'a str {
        self.at(column).map_or("", |at| row.cell(at))
    }

    fn times(&self) -> impl Iterator<Item = (usize, Option<Flag>)> + '_ {
        self.columns.iter().enumerate().filter_map(|(at, c)| match c {
            Some(Column::Time(flag)) => Some((at, *flag)),
            _ => None,
        })
    }

    /// Looks at the dates of a row for the order of day and month.
    pub fn see(&self, row: &TableRow, seen: &mut OrderEvidence) {
        seen.see(self.cell(row, Column::Date));
        self.times().for_each(|(at, _)| seen.see(row.cell(at)));
    }
}

fn blank(cell: &str) -> bool {
    matches!(plain(cell).as_str(), "" | "na" | "null" | "none" | "无")
}

/// Hands on the punches of one row.
pub fn row(
    row: &TableRow,
    head: &Head,
    order: DateOrder,
    options: &Options,
    sink: &mut Sink<Record>,
) -> ControlFlow<()> {
    if let Some(code) = row.fault {
        let message = format!("not a whole row: {}", shown(&row.raw()));
        return sink(Item::Rejected(Rejection::new(row.line, code, message)));
    }
    let common = match common(row, head, options) {
        Ok(common) => common,
        Err(rejection) => return sink(Item::Rejected(rejection)),
    };
    let said = head.cell(row, Column::Flag);
    let flag = direction(said, options);
    if flag.is_err() {
        let message = format!("unknown direction: {}", shown(said));
        let code = WarningCode::UnknownDirection;
        sink(Item::Warning { line: row.line, code, message })?;
    }
    let mut any = false;
    for (at, own) in head.times() {
        if blank(row.cell(at)) {
            continue;
        }
        any = true;
        let zone = common.zone.unwrap_or(options.zone);
        let Some(wall) = time(row.cell(at), head.cell(row, Column::Date), order, zone) else {
            let message = format!("no such time: {}", shown(row.cell(at)));
            sink(Item::Rejected(Rejection::new(row.line, RowCode::ImpossibleTime, message)))?;
            continue;
        };
        let flag = own.or(flag.unwrap_or(None)).or(options.flag);
        sink(Item::Row(Record { wall, flag, ..common.clone() }))?;
    }
    if !any {
        let rejection = Rejection::new(row.line, RowCode::ImpossibleTime, "the row has no time");
        return sink(Item::Rejected(rejection));
    }
    ControlFlow::Continue(())
}

/// All but the time.
fn common(row: &TableRow, head: &Head, options: &Options) -> Result<Record, Rejection> {
    let line = row.line;
    let zone = match head.cell(row, Column::Zone) {
        "" => None,
        name => Some(name.parse::<Zone>().map_err(|_| {
            let message = format!("unknown zone: {}", shown(name));
            Rejection::new(line, RowCode::UnknownZone, message)
        })?),
    };
    let device = head.cell(row, Column::Device);
    Ok(Record {
        line,
        pin: pin(line, head.cell(row, Column::Number))?,
        wall: vocabulary::WallTime::default(),
        zone,
        device: (!device.is_empty()).then(|| device.chars().take(64).collect()),
        flag: options.flag,
        method: method(head.cell(row, Column::Method)),
        raw: row.raw().chars().take(MAX_RAW_CHARS).collect(),
    })
}

/// A whole time, or a clock time beside a column with the date.
fn time(text: &str, day: &str, order: DateOrder, zone: Zone) -> Option<vocabulary::WallTime> {
    if let Some(seconds) = clock(text) {
        return Some(vocabulary::WallTime::on(date(day, order)?, seconds));
    }
    date_time(text, order, zone)
}

/// The direction of a word; digits mean what they mean in clock logs and count only on request.
fn direction(text: &str, options: &Options) -> Result<Option<Flag>, ()> {
    match plain(text).as_str() {
        "in" | "i" | "checkin" | "clockin" | "entry" | "签到" | "上班" | "上班签到" | "进"
        | "入" | "进门" => Ok(Some(Flag::In)),
        "out" | "o" | "checkout" | "clockout" | "exit" | "签退" | "下班" | "下班签退" | "出"
        | "出门" => Ok(Some(Flag::Out)),
        "" | "none" | "na" | "null" | "无" => Ok(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(options.use_status.then(|| attlog::flag_of_status(digits)).flatten())
        }
        _ => Err(()),
    }
}

fn method(text: &str) -> Option<Method> {
    match plain(text).as_str() {
        "face" | "人脸" => Some(Method::Face),
        "finger" | "fingerprint" | "fp" | "指纹" => Some(Method::Finger),
        "card" | "badge" | "rfid" | "刷卡" | "卡" => Some(Method::Card),
        "pin" | "password" | "密码" => Some(Method::Pin),
        "gps" | "位置" => Some(Method::Gps),
        "wifi" => Some(Method::Wifi),
        "manual" | "手工" | "补签" => Some(Method::Manual),
        _ => None,
    }
}
