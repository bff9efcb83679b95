//! Master data as a table that can be imported again without a difference.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Workbook, XlsxError};
use vocabulary::{CalendarId, DimensionId, LocalDate, PersonId};

use super::masters::{MasterTable, columns};
use crate::base::{Fault, Query, Scope};
use crate::calendars;
use crate::people::{self, Master, OrgRow, TeamEntryFilter};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum TableFormat {
    /// UTF-8 with a byte order mark, commas
    Csv,
    Xlsx,
}

/// The rows of a table, in the order of their codes and dates, without a head. Of units and team members only those in
/// scope.
pub async fn table_rows(
    q: &impl Query,
    scope: &Scope,
    table: MasterTable,
    today: LocalDate,
) -> Result<Vec<Vec<String>>, Fault> {
    match table {
        MasterTable::Org => org_rows(q, scope, today).await,
        MasterTable::Positions => {
            let rows = people::all_masters(q, Master::Position).await?;
            let row =
                |m: people::MasterRow| vec![m.code, m.name, m.grade.to_string(), flag(m.active)];
            Ok(rows.into_iter().map(row).collect())
        }
        MasterTable::Teams => {
            let rows = people::all_masters(q, Master::Team).await?;
            Ok(rows.into_iter().map(|m| vec![m.code, m.name, flag(m.active)]).collect())
        }
        MasterTable::Dimensions => dimension_rows(q).await,
        MasterTable::TeamMembers => {
            let filter = TeamEntryFilter { limit: u32::MAX, ..TeamEntryFilter::default() };
            let rows = people::team_entries(q, scope, &filter).await?;
            let row = |e: people::TeamEntry| {
                vec![e.number, e.valid_from.to_string(), e.team.unwrap_or_default()]
            };
            Ok(rows.into_iter().map(row).collect())
        }
        MasterTable::Calendars => calendar_rows(q).await,
    }
}

fn flag(active: bool) -> String {
    if active { "1" } else { "0" }.to_owned()
}

async fn org_rows(
    q: &impl Query,
    scope: &Scope,
    today: LocalDate,
) -> Result<Vec<Vec<String>>, Fault> {
    let rows = people::org_versions(q, scope, today).await?;
    let ids: Vec<PersonId> =
        rows.iter().flat_map(|r| r.head_id.into_iter().chain(r.deputies())).collect();
    let numbers = people::numbers(q, &ids).await?;
    let codes = people::org_codes_of(q).await?;
    let number = |p: PersonId| numbers.get(&p).cloned().unwrap_or_default();
    let row = |r: OrgRow| {
        let deputies: Vec<String> = r.deputies().into_iter().map(number).collect();
        let parent = r.parent_id.and_then(|p| codes.get(&p).cloned()).unwrap_or_default();
        vec![
            r.code,
            r.valid_from.to_string(),
            r.name,
            r.short_name,
            r.kind,
            parent,
            r.sort_order.to_string(),
            r.head_id.map(number).unwrap_or_default(),
            deputies.join(";"),
            r.region,
            r.cost_centre,
            r.valid_to.map(|d| d.to_string()).unwrap_or_default(),
        ]
    };
    Ok(rows.into_iter().map(row).collect())
}

async fn dimension_rows(q: &impl Query) -> Result<Vec<Vec<String>>, Fault> {
    let mut out = Vec::new();
    for dimension in people::all_masters(q, Master::Dimension).await? {
        let values = people::values_of(q, DimensionId(dimension.id)).await?;
        let code = |id| values.iter().find(|v| Some(v.id) == id).map(|v| v.code.clone());
        for v in &values {
            out.push(vec![
                dimension.code.clone(),
                dimension.name.clone(),
                v.code.clone(),
                v.name.clone(),
                code(v.parent_id).unwrap_or_default(),
                flag(v.active),
            ]);
        }
    }
    Ok(out)
}

async fn calendar_rows(q: &impl Query) -> Result<Vec<Vec<String>>, Fault> {
    let filter = calendars::CalendarFilter { id: None, after: None, limit: u32::MAX };
    let mut out = Vec::new();
    for c in calendars::calendars(q, &filter).await? {
        let weekdays: Vec<String> = c.rest_weekdays.iter().map(u8::to_string).collect();
        let head = vec![c.code.clone(), c.name.clone(), weekdays.join(";")];
        let blank = || vec![String::new(); 3];
        out.push([head.clone(), blank()].concat());
        let id: CalendarId = c.id;
        for d in calendars::dates(q, id, LocalDate::MIN, LocalDate::MAX).await? {
            let date = vec![d.on_date.to_string(), d.kind, d.name];
            out.push([head.clone(), date].concat());
        }
    }
    Ok(out)
}

/// The table as a file, at its beginning. Cells of a text file that a spreadsheet would take for a formula are not
/// changed: the file must come back as it went.
pub fn table_file(
    table: MasterTable,
    rows: &[Vec<String>],
    format: TableFormat,
) -> Result<File, Fault> {
    let head: Vec<&str> = columns(table).iter().map(|(name, _)| *name).collect();
    match format {
        TableFormat::Csv => csv_file(&head, rows),
        TableFormat::Xlsx => xlsx_file(&head, rows),
    }
}

fn csv_file(head: &[&str], rows: &[Vec<String>]) -> Result<File, Fault> {
    let wrong = |e: csv::Error| Fault::new("writing a file", e);
    let mut file = tempfile::tempfile()?;
    file.write_all("\u{feff}".as_bytes())?;
    let mut out = csv::Writer::from_writer(BufWriter::new(file));
    out.write_record(head).map_err(wrong)?;
    for row in rows {
        out.write_record(row).map_err(wrong)?;
    }
    let buffer = out.into_inner().map_err(|e| Fault::text(e.to_string()))?;
    let mut file = buffer.into_inner().map_err(|e| Fault::text(e.to_string()))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn xlsx_file(head: &[&str], rows: &[Vec<String>]) -> Result<File, Fault> {
    let wrong = |e: XlsxError| Fault::new("writing a workbook", e);
    let mut book = Workbook::new();
    let page = book.add_worksheet_with_constant_memory().map_err(wrong)?;
    for (column, text) in (0u16..).zip(head) {
        page.write(0, column, *text).map_err(wrong)?;
    }
    for (line, row) in (1u32..).zip(rows) {
        for (column, text) in (0u16..).zip(row) {
            // As text, so that 001 stays 001.
            page.write_string(line, column, text).map_err(wrong)?;
        }
    }
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file).map_err(wrong)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
