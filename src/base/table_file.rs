//! Tables as files: CSV with a byte order mark, or a workbook.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Workbook, XlsxError};

use super::Fault;

/// Lines of a sheet below its heading.
const MAX_LINES: u32 = 1_048_575;

/// A table that is written line by line. Memory stays constant.
pub struct TableFile {
    heading: Vec<String>,
    form: Form,
}

enum Form {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    /// The next row of the last sheet.
    Xlsx(Box<Workbook>, u32),
}

fn sheet(e: XlsxError) -> Fault {
    Fault::new("writing a workbook", e)
}

/// A text that a spreadsheet would take for a formula is quoted.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

impl TableFile {
    pub fn csv(heading: Vec<String>) -> Result<Self, Fault> {
        let mut file = tempfile::tempfile()?;
        file.write_all("\u{feff}".as_bytes())?;
        let writer = Box::new(csv::Writer::from_writer(BufWriter::new(file)));
        let mut table = Self { heading: heading.clone(), form: Form::Csv(writer) };
        table.line(&heading)?;
        Ok(table)
    }

    pub fn xlsx(heading: Vec<String>) -> Result<Self, Fault> {
        let mut table = Self { heading, form: Form::Xlsx(Box::new(Workbook::new()), 0) };
        table.begin_sheet()?;
        Ok(table)
    }

    fn begin_sheet(&mut self) -> Result<(), Fault> {
        let Form::Xlsx(book, row) = &mut self.form else { return Ok(()) };
        let page = book.add_worksheet_with_constant_memory().map_err(sheet)?;
        for (column, text) in (0u16..).zip(&self.heading) {
            page.write(0, column, text).map_err(sheet)?;
        }
        *row = 1;
        Ok(())
    }

    /// Writes the next line.
    pub fn line(&mut self, cells: &[String]) -> Result<(), Fault> {
        if matches!(self.form, Form::Xlsx(_, row) if row > MAX_LINES) {
            self.begin_sheet()?;
        }
        match &mut self.form {
            Form::Csv(writer) => {
                let cells = cells.iter().map(|c| plain(c));
                writer.write_record(cells).map_err(|e| Fault::new("writing a file", e))
            }
            Form::Xlsx(book, row) => {
                let last = book.worksheets().len().saturating_sub(1);
                let page = book.worksheet_from_index(last).map_err(sheet)?;
                for (column, text) in (0u16..).zip(cells) {
                    if !text.is_empty() {
                        page.write(*row, column, text).map_err(sheet)?;
                    }
                }
                *row += 1;
                Ok(())
            }
        }
    }

    /// The file, at its beginning.
    pub fn finish(self) -> Result<File, Fault> {
        let mut file = match self.form {
            Form::Csv(writer) => {
                let buffer = writer.into_inner().map_err(|e| Fault::text(e.to_string()))?;
                buffer.into_inner().map_err(|e| Fault::text(e.to_string()))?
            }
            Form::Xlsx(mut book, _) => {
                let mut file = tempfile::tempfile()?;
                book.save_to_writer(&mut file).map_err(sheet)?;
                file
            }
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}
