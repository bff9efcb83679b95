//! Employee files as a table that the import of people reads back without a difference.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::json;
use vocabulary::LocalDate;

use super::fields::{CARD, FIELDS, Field, FieldKind, Group, ID_CONFIRMED};
use super::load::{field_is_on, items, optional_fields};
use super::{CustomItem, FileFilter, FileView, files};
use crate::base::context::{Lang, lang};
use crate::base::{Actor, App, Failure, Fault, Scope, audit, guarded};

/// People read at a time.
const PAGE: u32 = 500;
/// Rows of a sheet below its heading.
const MAX_ROWS: u32 = 1_048_575;

/// What is exported.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// Groups in the clear; the columns of others are left out.
    pub groups: Vec<Group>,
    pub xlsx: bool,
}

/// One column.
enum Column {
    Number,
    Name,
    Org,
    OrgName,
    HiredOn,
    LeftOn,
    State,
    Zone,
    Card,
    IdConfirmed,
    Field(&'static Field),
    Custom(CustomItem),
}

impl Column {
    fn heading(&self, lang: Lang) -> String {
        let (en, zh) = match self {
            Self::Number => ("number", "员工编号"),
            Self::Name => ("name", "姓名"),
            Self::Org => ("org_code", "部门编号"),
            Self::OrgName => ("org_name", "部门名称"),
            Self::HiredOn => ("hired_on", "入职日期"),
            Self::LeftOn => ("left_on", "离职日期"),
            Self::State => ("state", "在职状态"),
            Self::Zone => ("zone", "时区"),
            Self::Card => CARD,
            Self::IdConfirmed => ID_CONFIRMED,
            Self::Field(f) => (f.name, f.zh),
            Self::Custom(i) => (i.code.as_str(), i.name.as_str()),
        };
        if lang == Lang::Zh { zh } else { en }.to_owned()
    }

    fn cell(&self, f: &FileView, on: LocalDate, lang: Lang) -> String {
        let p = &f.person;
        match self {
            Self::Number => p.number.clone(),
            Self::Name => p.name.clone(),
            Self::Org => p.org_code.clone().unwrap_or_default(),
            Self::OrgName => p.org_name.clone().unwrap_or_default(),
            Self::HiredOn => p.hired_on.to_string(),
            Self::LeftOn => p.left_on.map(|d| d.to_string()).unwrap_or_default(),
            Self::State => p.state.clone(),
            Self::Zone => p.zone.clone(),
            Self::Card => f.card_on(on).unwrap_or_default().to_owned(),
            Self::IdConfirmed if !f.id_confirmed => String::new(),
            Self::IdConfirmed => if lang == Lang::Zh { "是" } else { "yes" }.to_owned(),
            Self::Field(field) => {
                let value = f.values.get(field.name).map_or("", String::as_str);
                match field.kind {
                    FieldKind::Choice(of) if lang == Lang::Zh => {
                        of.iter().find(|c| c.code == value).map_or(value, |c| c.zh).to_owned()
                    }
                    _ => value.to_owned(),
                }
            }
            Self::Custom(item) => f.custom.get(&item.code).cloned().unwrap_or_default(),
        }
    }
}

/// Where rows go.
enum Sheet {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx { book: Box<Workbook>, row: u32 },
}

fn broken(e: XlsxError) -> Fault {
    Fault::new("writing a workbook", e)
}

impl Sheet {
    fn begin(xlsx: bool) -> Result<Self, Fault> {
        if xlsx {
            let mut book = Box::new(Workbook::new());
            book.add_worksheet_with_constant_memory().map_err(broken)?;
            return Ok(Self::Xlsx { book, row: 0 });
        }
        let mut file = tempfile::tempfile()?;
        file.write_all("\u{feff}".as_bytes())?;
        Ok(Self::Csv(Box::new(csv::Writer::from_writer(BufWriter::new(file)))))
    }

    fn row(&mut self, cells: Vec<String>) -> Result<(), Fault> {
        match self {
            Self::Csv(csv) => csv
                .write_record(cells.iter().map(|c| guarded(c)))
                .map_err(|e| Fault::new("writing a file", e)),
            Self::Xlsx { book, row } => {
                if *row > MAX_ROWS {
                    return Err(Fault::text("the sheet is full"));
                }
                let page = book.worksheet_from_index(0).map_err(broken)?;
                for (column, text) in (0u16..).zip(&cells) {
                    if !text.is_empty() {
                        page.write_string(*row, column, text).map_err(broken)?;
                    }
                }
                *row += 1;
                Ok(())
            }
        }
    }

    /// The file, at its beginning.
    fn end(self) -> Result<File, Fault> {
        let mut file = match self {
            Self::Csv(csv) => {
                let buffer = (*csv).into_inner().map_err(|e| Fault::text(e.to_string()))?;
                buffer.into_inner().map_err(|e| Fault::text(e.to_string()))?
            }
            Self::Xlsx { mut book, .. } => {
                let mut file = tempfile::tempfile()?;
                book.save_to_writer(&mut file).map_err(broken)?;
                file
            }
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// Writes the files of a list into a table. Everybody in it has to be in the scope of each group that is shown; the
/// export is logged.
pub async fn export(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    also: &[Scope],
    filter: &FileFilter,
    options: &ExportOptions,
) -> Result<File, Failure> {
    let q = app.db.snapshot().await?;
    let columns = columns(&q, &options.groups).await?;
    let (lang, on) = (lang(), filter.on);
    let mut sheet = Sheet::begin(options.xlsx)?;
    sheet.row(columns.iter().map(|c| c.heading(lang)).collect())?;
    let mut filter = FileFilter { limit: PAGE, also: also.to_vec(), ..filter.clone() };
    let mut people = 0_u64;
    loop {
        let rows = files(&q, app.config.data_keys(), scope, &filter).await?;
        for f in &rows {
            sheet.row(columns.iter().map(|c| c.cell(f, on, lang)).collect())?;
        }
        people += rows.len() as u64;
        match rows.last() {
            Some(last) if rows.len() as u64 == u64::from(PAGE) => filter.after = last.person.id,
            _ => break,
        }
    }
    q.rollback().await?;
    let tx = app.db.begin().await?;
    let groups: Vec<&str> = options.groups.iter().map(|g| g.as_str()).collect();
    let detail = json!({ "people": people, "groups": groups, "xlsx": options.xlsx });
    audit(&tx, actor, app.clock.now(), "export", "person_file", "", detail).await?;
    tx.commit().await?;
    Ok(sheet.end()?)
}

async fn columns(q: &impl crate::base::Query, groups: &[Group]) -> Result<Vec<Column>, Fault> {
    use Column as C;
    let optional = optional_fields(q).await?;
    let mut all = vec![
        C::Number,
        C::Name,
        C::Org,
        C::OrgName,
        C::HiredOn,
        C::LeftOn,
        C::State,
        C::Zone,
        C::Card,
    ];
    let seen = |f: &&Field| f.group.is_none_or(|g| groups.contains(&g));
    all.extend(FIELDS.iter().filter(|f| field_is_on(f, &optional)).filter(seen).map(C::Field));
    if groups.contains(&Group::IdNumber) {
        all.push(C::IdConfirmed);
    }
    all.extend(items(q).await?.into_iter().map(C::Custom));
    Ok(all)
}
