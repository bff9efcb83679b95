//! Differences as a file: one line per item and per exception that differs, so that a pivot table can be made of it.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Workbook, XlsxError};
use vocabulary::WhatIfRunId;

use super::compare::Found;
use super::read::{DifferenceFilter, DifferenceRow, what_if_differences};
use crate::base::context::{Lang, lang};
use crate::base::{App, Failure, Fault, Scope, guarded};
use crate::precompute::view::finding_text;

/// Lines of a sheet below its heading.
const MAX_LINES: u32 = 1_048_575;

/// One line.
struct Line {
    texts: [String; 8],
    /// Before, after, difference.
    numbers: [i32; 3],
}

const ZH: [&str; 11] =
    ["工号", "姓名", "部门", "归属日", "已锁定", "类别", "项目", "说明", "之前", "之后", "差额"];
const EN: [&str; 11] = [
    "number",
    "name",
    "department",
    "date",
    "locked",
    "kind",
    "item",
    "text",
    "before",
    "after",
    "difference",
];

fn heading() -> [&'static str; 11] {
    if lang() == Lang::Zh { ZH } else { EN }
}

fn lines(r: &DifferenceRow) -> Result<Vec<Line>, Fault> {
    let content = r.content()?;
    let line = |kind: &str, item: &str, text: String, numbers| Line {
        texts: [
            guarded(&r.number),
            guarded(&r.name),
            guarded(r.org_name.as_deref().unwrap_or_default()),
            r.work_date.to_string(),
            if r.locked { "1" } else { "0" }.to_owned(),
            kind.to_owned(),
            item.to_owned(),
            text,
        ],
        numbers,
    };
    let mut out: Vec<Line> = content
        .moved()
        .map(|(item, a, b)| line("item", item, String::new(), [a, b, b - a]))
        .collect();
    let mut exceptions = |found: &[Found], numbers: [i32; 3]| {
        out.extend(
            found.iter().map(|f| line("exception", &f.code, finding_text(&f.code), numbers)),
        );
    };
    exceptions(&content.added, [0, 1, 1]);
    exceptions(&content.removed, [1, 0, -1]);
    if out.is_empty() {
        let what = r.changed.trim_matches(',').to_owned();
        out.push(line("other", &what, String::new(), [0, 0, 0]));
    }
    Ok(out)
}

/// Where lines go.
trait Sink {
    fn line(&mut self, line: Line) -> Result<(), Fault>;
}

struct Csv(csv::Writer<BufWriter<File>>);

impl Sink for Csv {
    fn line(&mut self, line: Line) -> Result<(), Fault> {
        let numbers = line.numbers.map(|n| n.to_string());
        let cells = line.texts.iter().chain(&numbers);
        self.0.write_record(cells).map_err(|e| Fault::new("writing a file", e))
    }
}

struct Xlsx {
    book: Workbook,
    /// The next row of the last sheet.
    row: u32,
}

fn sheet(e: XlsxError) -> Fault {
    Fault::new("writing a workbook", e)
}

impl Xlsx {
    fn begin_sheet(&mut self) -> Result<(), Fault> {
        let sheet_of = self.book.add_worksheet_with_constant_memory().map_err(sheet)?;
        for (column, text) in (0u16..).zip(heading()) {
            sheet_of.write(0, column, text).map_err(sheet)?;
        }
        self.row = 1;
        Ok(())
    }
}

impl Sink for Xlsx {
    fn line(&mut self, line: Line) -> Result<(), Fault> {
        if self.row > MAX_LINES {
            self.begin_sheet()?;
        }
        let last = self.book.worksheets().len().saturating_sub(1);
        let page = self.book.worksheet_from_index(last).map_err(sheet)?;
        for (column, text) in (0u16..).zip(&line.texts) {
            page.write(self.row, column, text).map_err(sheet)?;
        }
        for (column, n) in (8u16..).zip(line.numbers) {
            page.write(self.row, column, n).map_err(sheet)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// What is exported.
struct Asked<'a> {
    app: &'a App,
    scope: &'a Scope,
    id: WhatIfRunId,
}

impl Asked<'_> {
    /// Every difference the reader may see, page by page.
    async fn pour(&self, sink: &mut (impl Sink + Send)) -> Result<(), Failure> {
        let mut filter = DifferenceFilter::all();
        loop {
            let q = self.app.db.read();
            let rows = what_if_differences(q, self.scope, self.id, &filter).await?;
            for r in &rows {
                for line in lines(r)? {
                    sink.line(line)?;
                }
            }
            filter.after = rows.last().map(|r| (r.person_id, r.work_date));
            if rows.len() as u64 != u64::from(filter.limit) {
                return Ok(());
            }
        }
    }
}

/// A file of CSV, at its beginning.
pub async fn csv_file(app: &App, scope: &Scope, id: WhatIfRunId) -> Result<File, Failure> {
    let mut file = tempfile::tempfile()?;
    file.write_all("\u{feff}".as_bytes())?;
    let mut csv = Csv(csv::Writer::from_writer(BufWriter::new(file)));
    csv.0.write_record(heading()).map_err(|e| Fault::new("writing a file", e))?;
    Asked { app, scope, id }.pour(&mut csv).await?;
    let buffer = csv.0.into_inner().map_err(|e| Fault::text(e.to_string()))?;
    let mut file = buffer.into_inner().map_err(|e| Fault::text(e.to_string()))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// A workbook, at its beginning.
pub async fn xlsx_file(app: &App, scope: &Scope, id: WhatIfRunId) -> Result<File, Failure> {
    let mut xlsx = Xlsx { book: Workbook::new(), row: 0 };
    xlsx.begin_sheet()?;
    Asked { app, scope, id }.pour(&mut xlsx).await?;
    let mut file = tempfile::tempfile()?;
    xlsx.book.save_to_writer(&mut file).map_err(sheet)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
