//! Files come in here: punches of clocks, people, rosters.
//!
//! Owns no table. Promises: a file of any size is read in constant memory and row by row; a row that
//! cannot be used is reported and never stops the file; rows are stored in chunks, each chunk in one
//! transaction together with its marks, so that a crash loses nothing that was reported and a second
//! run changes nothing.
//!
//! - Reading, pure: [`Input`] (bytes → rows of text), [`read_punches`] (rows → records), tables of
//!   people and rosters.
//! - Actions: `punches`, `people`, `roster`, `masters`, and `grid` (a roster in the printed layout, over HTTP): one file
//!   each. `masters_export` writes what `masters` reads.
//! - `cli`: the command `kaoqin import`. `api` and `job`: tables of people over HTTP.

mod agl;
pub mod api;
mod api_masters;
mod api_rosters;
mod attlog;
mod cli;
mod default_shifts;
mod grid;
mod grid_file;
mod grid_refusal;
mod head;
mod input;
mod item;
mod job;
mod masters;
mod masters_export;
mod masters_file;
mod named;
mod orgs;
mod people;
mod people_file;
mod people_write;
mod punches;
mod read;
mod report;
mod roster;
mod roster_file;
mod stream;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
mod when;
mod wide;

pub use api_masters::ExportsApi;
pub use api_rosters::RosterFilesApi;
pub use cli::{Ended, ImportArgs, run};
pub use default_shifts::{TableReport, export_default_shifts, import_default_shifts};
pub use grid::{GridFault, GridOptions, GridReport, import_grid};
pub use grid_refusal::GridRefusal;
pub use input::Input;
pub use item::{Item, Record, Rejection, RowCode, Sink, WarningCode};
pub use job::{IMPORT_JOB, ImportPlan, ImportRefusal, plan_import, work_import};
pub use masters::{MasterTable, columns, import_masters};
pub use masters_export::{TableFormat, table_file, table_rows};
pub use people::{PeopleOptions, import_people};
pub use people_file::{PeopleColumns, PersonEntry, read_people};
pub use punches::import_punches;
pub use read::{detect, read_punches};
pub use report::Report;
pub use roster::import_roster;
pub use roster_file::{RosterCell, RosterEntry, read_roster};
pub use stream::{CHUNK_ROWS, ImportError};
pub use when::DateOrder;

use vocabulary::Zone;

use crate::punches::Flag;

/// As much of a row as is kept as evidence, in characters.
pub const MAX_RAW_CHARS: usize = 200;

/// The formats of punch files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `*_attlog.dat` of a USB stick: TAB-separated without a head.
    Attlog,
    /// `AGL_001.TXT` of clone terminals.
    Agl,
    /// Text with named columns or people × dates; comma, semicolon or TAB.
    Csv,
    /// A workbook with named columns or people × dates.
    Xlsx,
}

/// How a punch file is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    pub format: Option<Format>,
    /// The zone the clock showed.
    pub zone: Zone,
    /// Take this device for all rows, whatever the file says.
    pub device: Option<String>,
    /// Take the key pressed at the clock as direction.
    pub use_status: bool,
    /// `None`: find out from the file.
    pub date_order: Option<DateOrder>,
    /// Direction of rows that say nothing of their own.
    pub flag: Option<Flag>,
    /// Name of the sheet; `None` = the first.
    pub sheet: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: None,
            zone: Zone::SHANGHAI,
            device: None,
            use_status: false,
            date_order: None,
            flag: None,
            sheet: None,
        }
    }
}

/// The file as a whole cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("cannot read the file: {0}")]
    Io(#[from] std::io::Error),
    #[error("not a file")]
    NotAFile,
    #[error(
        "not a file of a known format; known are attlog (.dat), AGL text, CSV and XLSX \
         (--format names one)"
    )]
    Unknown,
    #[error("an old or protected Office file; save it as XLSX without a password")]
    OldSpreadsheet,
    #[error("the workbook cannot be read: {0}")]
    BrokenSpreadsheet(String),
    #[error("the workbook has no such sheet")]
    NoSheet,
    #[error("the first rows name no columns for {wanted}")]
    MissingColumns { wanted: &'static str },
}

fn order_assumed<T>(line: u64) -> Item<T> {
    Item::Warning {
        line,
        code: WarningCode::DateOrderAssumed,
        message: "dates were read as day-month-year; --date-order mdy reads month-day-year"
            .to_owned(),
    }
}

fn ignored<T>(line: u64, name: &str) -> Item<T> {
    let message = format!("column without meaning here: {name}");
    Item::Warning { line, code: WarningCode::IgnoredColumn, message }
}

/// The kind of a table of people or rosters.
fn table_kind(input: &Input) -> Result<table::TableKind, FileError> {
    if input.begins_with(read::ZIP) {
        return Ok(table::TableKind::Xlsx);
    }
    read::not_binary(input)?;
    Ok(table::TableKind::Csv(read::likely_delimiter(input.sample())))
}
