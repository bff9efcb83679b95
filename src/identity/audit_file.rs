use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::Workbook;
use serde_json::json;

use super::read::{AuditFilter, AuditRow, audit_entries};
use crate::base::{Actor, App, Failure, Fault, Scope, audit_alone};

/// Most entries of a file.
const MOST: usize = 200_000;

const HEADING: [&str; 9] =
    ["id", "at", "user_id", "login", "channel", "operation", "object", "object_id", "detail"];

/// The entries somebody may see as a file at its beginning; writes an entry about it.
pub async fn export_audit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    mut filter: AuditFilter,
    workbook: bool,
) -> Result<File, Failure> {
    let asked = json!({
        "object": filter.object, "object_id": filter.object_id, "operation": filter.operation,
        "channel": filter.channel, "user_id": filter.user, "from": filter.from, "to": filter.to,
    });
    let mut lines: Vec<[String; 9]> = Vec::new();
    loop {
        let rows = audit_entries(app.db.read(), scope, &filter).await?;
        filter.before = rows.last().map(|r| r.id);
        let full = rows.len() as u64 == u64::from(filter.limit);
        lines.extend(rows.into_iter().take(MOST - lines.len()).map(line));
        if !full || lines.len() >= MOST {
            break;
        }
    }
    let count = lines.len();
    let file =
        tokio::task::spawn_blocking(move || if workbook { xlsx(&lines) } else { csv(&lines) });
    let file = file.await.map_err(|e| Fault::new("writing a file", e))??;
    let detail = json!({ "filter": asked, "entries": count });
    audit_alone(app, actor, "export", "audit", "", detail).await?;
    Ok(file)
}

fn line(r: AuditRow) -> [String; 9] {
    let user = r.user_id.map(|u| u.to_string()).unwrap_or_default();
    [
        r.id.to_string(),
        r.at.to_string(),
        user,
        r.login.unwrap_or_default(),
        r.channel,
        r.operation,
        r.object,
        r.object_id,
        r.detail,
    ]
    .map(harmless)
}

/// What a spreadsheet would take for a formula begins with an apostrophe.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

fn csv(lines: &[[String; 9]]) -> Result<File, Fault> {
    let mut file = tempfile::tempfile()?;
    file.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::Writer::from_writer(BufWriter::new(file));
    let wrong = |e| Fault::new("writing a file", e);
    csv.write_record(HEADING).map_err(wrong)?;
    for l in lines {
        csv.write_record(l).map_err(wrong)?;
    }
    let buffer = csv.into_inner().map_err(|e| Fault::text(e.to_string()))?;
    let mut file = buffer.into_inner().map_err(|e| Fault::text(e.to_string()))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Most characters of a cell of a workbook.
const MAX_CELL: usize = 32_000;

fn xlsx(lines: &[[String; 9]]) -> Result<File, Fault> {
    let mut book = Workbook::new();
    let wrong = |e| Fault::new("writing a workbook", e);
    let sheet = book.add_worksheet_with_constant_memory().map_err(wrong)?;
    for (at, text) in HEADING.iter().enumerate() {
        sheet.write_string(0, column(at), *text).map_err(wrong)?;
    }
    for (row, l) in lines.iter().enumerate() {
        let row = u32::try_from(row + 1).unwrap_or(u32::MAX);
        for (at, text) in l.iter().enumerate() {
            let text: String = text.chars().take(MAX_CELL).collect();
            sheet.write_string(row, column(at), text).map_err(wrong)?;
        }
    }
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file).map_err(wrong)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
