//! `kaoqin import org | positions | dimensions | teams | team-members | calendars`: a table becomes master data. Each
//! table is one transaction; a dry run takes it back.

use std::collections::BTreeMap;

use vocabulary::{CalendarId, DimensionId, LocalDate};

use super::item::{Rejection, RowCode};
use super::masters_file::{Names, Sheet, bad};
use super::report::{Report, Tally};
use super::stream::ImportError;
use super::table::TableRow;
use super::{FileError, Input};
use crate::base::{Actor, App, Failure, RowOutcome, Scope, Tx, retry};
use crate::calendars::{self, DateChange, NewCalendar};
use crate::people::{
    self, Master, MasterInput, OrgInput, OrgKind, TeamAssignment, ValueInput, ValuePlace,
};

/// A table of master data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum MasterTable {
    /// Units of the organisation; several rows of one code are its timeline
    Org,
    Positions,
    /// Dimensions with their values
    Dimensions,
    Teams,
    /// Who is in which team from when on
    TeamMembers,
    /// Calendars with their dates
    Calendars,
}

/// Columns of a table in the order of an export.
pub const fn columns(table: MasterTable) -> Names {
    match table {
        MasterTable::Org => &[
            ("code", &["code", "orgcode", "编号", "部门编号", "组织编号"]),
            ("valid_from", &["validfrom", "from", "生效日期", "启用日期"]),
            ("name", &["name", "orgname", "名称", "部门名称", "组织名称"]),
            ("short_name", &["shortname", "简称"]),
            ("kind", &["kind", "type", "类型", "组织类型"]),
            ("parent", &["parent", "parentcode", "上级", "上级编号"]),
            ("sort_order", &["sortorder", "order", "排序", "顺序"]),
            ("head", &["head", "headnumber", "负责人", "负责人工号"]),
            ("deputies", &["deputies", "deputynumbers", "副职", "副职工号"]),
            ("region", &["region", "区域", "地区"]),
            ("cost_centre", &["costcentre", "costcenter", "成本中心"]),
            ("last_day", &["lastday", "validto", "关闭日期", "失效日期"]),
        ],
        MasterTable::Positions => &[
            ("code", &["code", "编号", "岗位编号"]),
            ("name", &["name", "名称", "岗位", "岗位名称"]),
            ("grade", &["grade", "职级", "级别"]),
            ("active", &["active", "启用", "状态"]),
        ],
        MasterTable::Dimensions => &[
            ("dimension", &["dimension", "dimensioncode", "维度", "维度编号"]),
            ("dimension_name", &["dimensionname", "维度名称"]),
            ("code", &["code", "value", "编号", "值编号"]),
            ("name", &["name", "名称", "值名称"]),
            ("parent", &["parent", "parentcode", "上级", "上级编号"]),
            ("active", &["active", "启用", "状态"]),
        ],
        MasterTable::Teams => &[
            ("code", &["code", "编号", "班组编号"]),
            ("name", &["name", "名称", "班组", "班组名称"]),
            ("active", &["active", "启用", "状态"]),
        ],
        MasterTable::TeamMembers => &[
            ("number", &["number", "工号", "员工编号"]),
            ("valid_from", &["validfrom", "from", "生效日期"]),
            ("team", &["team", "teamcode", "班组", "班组编号"]),
        ],
        MasterTable::Calendars => &[
            ("calendar", &["calendar", "code", "日历", "编号", "日历编号"]),
            ("name", &["name", "calendarname", "名称", "日历名称"]),
            ("rest_weekdays", &["restweekdays", "休息日", "周休息日"]),
            ("date", &["date", "日期"]),
            ("kind", &["kind", "type", "类型"]),
            ("date_name", &["datename", "holiday", "日期名称", "节日"]),
        ],
    }
}

fn required(table: MasterTable) -> &'static [&'static str] {
    match table {
        MasterTable::Org => &["code", "valid_from"],
        MasterTable::Positions | MasterTable::Teams => &["code"],
        MasterTable::Dimensions => &["dimension", "code"],
        MasterTable::TeamMembers => &["number", "valid_from"],
        MasterTable::Calendars => &["calendar"],
    }
}

/// Imports a table. With `dry` everything is tried and nothing stays.
pub async fn import_masters(
    app: &App,
    actor: &Actor,
    input: &Input,
    sheet: Option<&str>,
    table: MasterTable,
    dry: bool,
) -> Result<Report, ImportError> {
    let (source, name) = (input.clone(), sheet.map(str::to_owned));
    let read = move || {
        Sheet::read(&source, name.as_deref(), columns(table), required(table), "this table")
    };
    let read = tokio::task::spawn_blocking(read).await;
    let sheet = read.map_err(|e| FileError::Io(std::io::Error::other(e)))??;
    let done =
        retry(|| store(app, actor, &sheet, table, dry)).await.map_err(ImportError::Failed)?;
    let mut tally = Tally::default();
    for (row, outcome) in sheet.rows.iter().zip(done) {
        match outcome {
            Ok(RowOutcome::Written { .. } | RowOutcome::Created { .. }) => tally.accepted(),
            Ok(RowOutcome::Unchanged { .. } | RowOutcome::Found { .. }) => tally.duplicate(),
            Ok(RowOutcome::Refused { en, .. }) => {
                tally.rejected(Rejection::new(row.line, RowCode::Conflict, en));
            }
            Err(rejection) => tally.rejected(rejection),
        }
    }
    Ok(tally.finish())
}

type Outcomes = Vec<Result<RowOutcome, Rejection>>;

async fn store(
    app: &App,
    actor: &Actor,
    sheet: &Sheet,
    table: MasterTable,
    dry: bool,
) -> Result<Outcomes, Failure> {
    let at = app.clock.now();
    let today = app.today();
    let everybody = Scope::everybody();
    let tx = app.db.begin().await?;
    let done = match table {
        MasterTable::Org => {
            let rows = parsed(sheet, org_row);
            let good: Vec<OrgInput> = rows.iter().flatten().cloned().collect();
            let done = people::write_units(&tx, actor, &everybody, &good, today, at).await?;
            woven(rows, done)
        }
        MasterTable::Positions | MasterTable::Teams => {
            let rows = parsed(sheet, master_row);
            let good: Vec<MasterInput> = rows.iter().flatten().cloned().collect();
            let kind = if table == MasterTable::Teams { Master::Team } else { Master::Position };
            woven(rows, people::write_masters(&tx, actor, kind, &good, at).await?)
        }
        MasterTable::Dimensions => dimensions(&tx, actor, sheet, at).await?,
        MasterTable::TeamMembers => {
            let numbers: Vec<String> = sheet
                .rows
                .iter()
                .filter_map(|r| sheet.text(r, "number").map(str::to_owned))
                .collect();
            let known = people::by_number(&tx, &numbers).await?;
            let rows = parsed(sheet, |sheet, row| {
                let number = sheet.needed(row, "number")?;
                let unknown = || {
                    let message = format!("nobody has number {number}");
                    Rejection::new(row.line, RowCode::UnknownReference, message)
                };
                Ok(TeamAssignment {
                    person: *known.get(number).ok_or_else(unknown)?,
                    valid_from: needed_date(sheet, row, "valid_from")?,
                    team: sheet.text(row, "team").map(str::to_owned),
                    removed: false,
                })
            });
            let good: Vec<TeamAssignment> = rows.iter().flatten().cloned().collect();
            let when = (today, at);
            woven(rows, people::put_team_members(&tx, actor, &everybody, &good, when).await?)
        }
        MasterTable::Calendars => calendars_of(&tx, actor, sheet, at).await?,
    };
    if dry {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
        app.wake.signal();
    }
    Ok(done)
}

/// Every row as what it says.
fn parsed<T>(
    sheet: &Sheet,
    one: impl Fn(&Sheet, &TableRow) -> Result<T, Rejection>,
) -> Vec<Result<T, Rejection>> {
    let row = |row: &TableRow| match row.fault {
        Some(code) => Err(Rejection::new(row.line, code, "the row cannot be trusted")),
        None => one(sheet, row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The outcomes of good rows at the places of their rows.
fn woven<T>(rows: Vec<Result<T, Rejection>>, done: Vec<RowOutcome>) -> Outcomes {
    let mut done = done.into_iter();
    let lost = || RowOutcome::Unchanged { version: 0 };
    rows.into_iter().map(|r| r.map(|_| done.next().unwrap_or_else(lost))).collect()
}

fn needed_date(sheet: &Sheet, row: &TableRow, column: &str) -> Result<LocalDate, Rejection> {
    sheet.needed(row, column)?;
    sheet.date(row, column)?.ok_or_else(|| bad(row, "", "a date"))
}

/// A column that is there says everything: a blank cell is an empty text.
fn said(sheet: &Sheet, row: &TableRow, column: &str) -> Option<String> {
    sheet.cell(row, column).map(str::to_owned)
}

fn place(sheet: &Sheet, row: &TableRow) -> ValuePlace {
    match sheet.cell(row, "parent") {
        None => ValuePlace::Kept,
        Some("") => ValuePlace::Top,
        Some(code) => ValuePlace::Below(code.to_owned()),
    }
}

fn org_row(sheet: &Sheet, row: &TableRow) -> Result<OrgInput, Rejection> {
    let kind = match sheet.text(row, "kind") {
        None => None,
        Some(text) => Some(kind(text).ok_or_else(|| bad(row, text, "a kind of unit"))?),
    };
    let deputies = sheet.cell(row, "deputies").map(|text| {
        let numbers = text.split([',', ';', '，', '；', '、']).map(str::trim);
        numbers.filter(|n| !n.is_empty()).map(str::to_owned).collect()
    });
    let last_day = match sheet.cell(row, "last_day") {
        None => None,
        Some(_) => Some(sheet.date(row, "last_day")?),
    };
    Ok(OrgInput {
        code: sheet.needed(row, "code")?.to_owned(),
        valid_from: needed_date(sheet, row, "valid_from")?,
        name: sheet.text(row, "name").map(str::to_owned),
        short_name: said(sheet, row, "short_name"),
        kind,
        place: place(sheet, row),
        sort_order: sheet.number(row, "sort_order")?,
        head: said(sheet, row, "head"),
        deputies,
        region: said(sheet, row, "region"),
        cost_centre: said(sheet, row, "cost_centre"),
        last_day,
    })
}

fn kind(text: &str) -> Option<OrgKind> {
    match text {
        "集团" => Some(OrgKind::Group),
        "公司" => Some(OrgKind::Company),
        "工厂" => Some(OrgKind::Plant),
        "部门" => Some(OrgKind::Department),
        "班组" => Some(OrgKind::Team),
        _ => OrgKind::parse(&text.to_lowercase()),
    }
}

fn master_row(sheet: &Sheet, row: &TableRow) -> Result<MasterInput, Rejection> {
    Ok(MasterInput {
        code: sheet.needed(row, "code")?.to_owned(),
        name: sheet.text(row, "name").map(str::to_owned),
        grade: sheet.number(row, "grade")?,
        active: sheet.flag(row, "active")?,
    })
}

async fn dimensions(
    tx: &Tx,
    actor: &Actor,
    sheet: &Sheet,
    at: vocabulary::Instant,
) -> Result<Outcomes, Failure> {
    let rows = parsed(sheet, |sheet, row| {
        let dimension = MasterInput {
            code: sheet.needed(row, "dimension")?.to_owned(),
            name: sheet.text(row, "dimension_name").map(str::to_owned),
            ..MasterInput::default()
        };
        let value = ValueInput {
            code: sheet.needed(row, "code")?.to_owned(),
            name: sheet.text(row, "name").map(str::to_owned),
            place: place(sheet, row),
            active: sheet.flag(row, "active")?,
        };
        Ok((dimension, value))
    });
    // Each dimension once, with the first name that is given.
    let mut wanted: BTreeMap<String, MasterInput> = BTreeMap::new();
    for (dimension, _) in rows.iter().flatten() {
        let known = wanted.entry(dimension.code.clone()).or_insert_with(|| dimension.clone());
        known.name = known.name.take().or_else(|| dimension.name.clone());
    }
    let inputs: Vec<MasterInput> = wanted.into_values().collect();
    let made = people::write_masters(tx, actor, Master::Dimension, &inputs, at).await?;
    let mut outcomes: Vec<Option<Result<RowOutcome, Rejection>>> = vec![None; rows.len()];
    for (input, made) in inputs.iter().zip(made) {
        let mine: Vec<(usize, &ValueInput)> = rows
            .iter()
            .enumerate()
            .filter_map(|(i, r)| r.as_ref().ok().map(|(d, v)| (i, d, v)))
            .filter(|(_, d, _)| d.code == input.code)
            .map(|(i, _, v)| (i, v))
            .collect();
        let done = match made {
            RowOutcome::Created { id } | RowOutcome::Found { id } => {
                let values: Vec<ValueInput> = mine.iter().map(|(_, v)| (*v).clone()).collect();
                people::write_values(tx, actor, DimensionId(id), &values, at).await?
            }
            refused => vec![refused; mine.len()],
        };
        for ((i, _), outcome) in mine.iter().zip(done) {
            if let Some(o) = outcomes.get_mut(*i) {
                *o = Some(Ok(outcome));
            }
        }
    }
    let lost = || Ok(RowOutcome::Unchanged { version: 0 });
    let row = |(r, o): (Result<_, Rejection>, Option<Result<RowOutcome, Rejection>>)| match r {
        Ok(_) => o.unwrap_or_else(lost),
        Err(rejection) => Err(rejection),
    };
    Ok(rows.into_iter().zip(outcomes).map(row).collect())
}

/// A row of the table of calendars.
#[derive(Clone)]
struct CalendarRow {
    calendar: NewCalendar,
    date: Option<DateChange>,
}

fn calendar_row(sheet: &Sheet, row: &TableRow) -> Result<CalendarRow, Rejection> {
    let code = sheet.needed(row, "calendar")?.to_owned();
    let weekdays = sheet.text(row, "rest_weekdays").unwrap_or_default();
    let weekday = |t: &str| t.parse::<u8>().map_err(|_| bad(row, t, "a weekday from 1 to 7"));
    let parts = weekdays.split([',', ';', '、', ' ']).map(str::trim).filter(|t| !t.is_empty());
    let rest_weekdays = parts.map(weekday).collect::<Result<Vec<u8>, Rejection>>()?;
    let name = sheet.text(row, "name").unwrap_or(&code).to_owned();
    let date = match sheet.date(row, "date")? {
        None => None,
        Some(date) => {
            let text = sheet.needed(row, "kind")?;
            let kind = match text {
                "法定节假日" => calendars::parse_kind("statutory"),
                "休息日" => calendars::parse_kind("rest"),
                "工作日" => calendars::parse_kind("workday"),
                _ => calendars::parse_kind(&text.to_lowercase()),
            };
            let kind = Some(kind.ok_or_else(|| bad(row, text, "a kind of date"))?);
            let name = sheet.text(row, "date_name").unwrap_or_default().to_owned();
            Some(DateChange { date, kind, name })
        }
    };
    Ok(CalendarRow { calendar: NewCalendar { code, name, rest_weekdays }, date })
}

async fn calendars_of(
    tx: &Tx,
    actor: &Actor,
    sheet: &Sheet,
    at: vocabulary::Instant,
) -> Result<Outcomes, Failure> {
    let rows = parsed(sheet, calendar_row);
    let mut codes: Vec<String> = rows.iter().flatten().map(|r| r.calendar.code.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut outcomes: Vec<Option<RowOutcome>> = vec![None; rows.len()];
    for code in codes {
        let mine: Vec<(usize, &CalendarRow)> = rows
            .iter()
            .enumerate()
            .filter_map(|(i, r)| r.as_ref().ok().map(|r| (i, r)))
            .filter(|(_, r)| r.calendar.code == code)
            .collect();
        let Some((_, first)) = mine.first() else { continue };
        let done = put_calendar(tx, actor, first, &mine, at).await?;
        for ((i, _), outcome) in mine.iter().zip(done) {
            if let Some(o) = outcomes.get_mut(*i) {
                *o = Some(outcome);
            }
        }
    }
    let lost = || RowOutcome::Unchanged { version: 0 };
    Ok(rows.into_iter().zip(outcomes).map(|(r, o)| r.map(|_| o.unwrap_or_else(lost))).collect())
}

async fn put_calendar(
    tx: &Tx,
    actor: &Actor,
    first: &CalendarRow,
    mine: &[(usize, &CalendarRow)],
    at: vocabulary::Instant,
) -> Result<Vec<RowOutcome>, Failure> {
    let known = calendars::calendar_codes(tx).await?;
    let is_new = !known.contains_key(&first.calendar.code);
    let made = calendars::put_calendars(tx, actor, std::slice::from_ref(&first.calendar), at).await;
    let id: CalendarId = match made {
        Ok(ids) => *ids.first().ok_or_else(|| crate::base::Fault::text("no calendar"))?,
        Err(Failure::Refused(r)) => {
            let refused = RowOutcome::Refused { code: r.code().to_owned(), zh: r.zh(), en: r.en() };
            return Ok(vec![refused; mine.len()]);
        }
        Err(fault) => return Err(fault),
    };
    let dates: Vec<DateChange> = mine.iter().filter_map(|(_, r)| r.date.clone()).collect();
    let changed = calendars::put_dates(tx, actor, id, &dates, at).await?;
    let row = |(_, r): &(usize, &CalendarRow)| match &r.date {
        Some(d) if changed.contains(&d.date) => RowOutcome::Written { version: 0 },
        Some(_) => RowOutcome::Unchanged { version: 0 },
        None if is_new => RowOutcome::Created { id: id.0 },
        None => RowOutcome::Found { id: id.0 },
    };
    Ok(mine.iter().map(row).collect())
}
