//! The roster as a grid of people and dates.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{LocalDate, OrgId, PersonId, TeamId};

use crate::Item;
use crate::calendars::DateKind;
use crate::examples::march;
use crate::rosters::RosterLayer;
use crate::shifts::CellKind;

/// Whether somebody works for the employer on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ServiceState {
    InService,
    Frozen,
    NotEmployed,
}

/// What is planned for a person on a date.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct GridCellView {
    pub date: LocalDate,
    /// What the calendar of the person says of the date.
    pub date_kind: DateKind,
    pub service: ServiceState,
    pub kind: CellKind,
    /// Codes of shifts.
    pub shifts: Vec<String>,
    /// Their names, as the grid shows them.
    pub names: Vec<String>,
    /// Absent = no layer says anything.
    pub layer: Option<RosterLayer>,
    /// Where a written cell comes from.
    pub source: Option<String>,
    /// Version of the person's own cell, 0 = there is none.
    pub version: i32,
}

/// One row of the grid. Dates on which the person is out of scope are left out.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct GridRowView {
    pub person_id: PersonId,
    pub number: String,
    pub name: String,
    /// Department on the first date.
    pub org_id: Option<OrgId>,
    pub org: Option<String>,
    /// Team on the first date.
    pub team_id: Option<TeamId>,
    pub team: Option<String>,
    pub cells: Vec<GridCellView>,
}

impl Example for GridRowView {
    fn example() -> Self {
        let cell = |day: i32, date_kind, kind, shifts: &[(&str, &str)]| GridCellView {
            date: march(day),
            date_kind,
            service: ServiceState::InService,
            kind,
            shifts: shifts.iter().map(|(code, _)| (*code).to_owned()).collect(),
            names: shifts.iter().map(|(_, name)| (*name).to_owned()).collect(),
            layer: Some(RosterLayer::Person),
            source: Some("manual".to_owned()),
            version: 1,
        };
        Self {
            person_id: PersonId(1),
            number: "E00421".to_owned(),
            name: "李娜".to_owned(),
            org_id: Some(OrgId(3)),
            org: Some("一车间".to_owned()),
            team_id: None,
            team: None,
            cells: vec![
                cell(13, DateKind::Workday, CellKind::Shifts, &[("D1", "早班")]),
                cell(14, DateKind::Rest, CellKind::Rest, &[]),
            ],
        }
    }
}

impl Item for GridRowView {}

/// A roster file in the printed layout: rows people, columns dates.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct GridImportCreate {
    /// The file (CSV or XLSX) in base64. Columns: the number of the person, what helps people read, and one per date
    /// (`2017-01-14 [六]`). Cells hold shifts by name or code, several joined by `+`, `休` for rest.
    #[oai(validator(min_length = 4, max_length = 8000000))]
    pub content_base64: String,
    /// Name of the sheet; absent = the first.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub sheet: Option<String>,
    /// Say what would happen and change nothing.
    #[oai(default)]
    pub dry_run: bool,
    /// An empty cell removes the cell of the person; else it changes nothing.
    #[oai(default)]
    pub clear_empty: bool,
}

impl Example for GridImportCreate {
    fn example() -> Self {
        Self {
            // 工号,2026-03-13,2026-03-14 / E00421,早班,休
            content_base64: "5bel5Y+3LDIwMjYtMDMtMTMsMjAyNi0wMy0xNApFMDA0MjEs5pep54+tLOS8kQo="
                .to_owned(),
            sheet: None,
            dry_run: true,
            clear_empty: false,
        }
    }
}

/// A place of a file that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct FileFault {
    /// Row of the sheet or line of the text, from 1.
    pub line: u64,
    /// Column, from 1; absent = the whole row.
    pub column: Option<u32>,
    pub code: String,
    pub message: String,
}

/// What an import of a roster did, or would do.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct GridImportView {
    pub dry_run: bool,
    /// People of the file.
    pub people: u32,
    /// Cells that were, or would be, changed.
    pub changed: u32,
    /// Cells that say what is so already.
    pub unchanged: u32,
    /// Cells and rows that were not used.
    pub refused: u32,
    /// The first 1,000 of them.
    pub faults: Vec<FileFault>,
}

impl Example for GridImportView {
    fn example() -> Self {
        let fault = FileFault {
            line: 3,
            column: Some(5),
            code: "shift_unknown".to_owned(),
            message: "没有编号为 夜班9 的班次".to_owned(),
        };
        Self {
            dry_run: true,
            people: 2,
            changed: 1,
            unchanged: 60,
            refused: 1,
            faults: vec![fault],
        }
    }
}

/// A table of default shifts as a file.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TableImportCreate {
    /// The file (CSV or XLSX) in base64.
    #[oai(validator(min_length = 4, max_length = 8000000))]
    pub content_base64: String,
    /// Name of the sheet; absent = the first.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub sheet: Option<String>,
    /// Say what would happen and change nothing.
    #[oai(default)]
    pub dry_run: bool,
}

impl Example for TableImportCreate {
    fn example() -> Self {
        Self {
            // 工号,生效日期,班次 / E00421,2026-03-01,D1
            content_base64: "5bel5Y+3LOeUn+aViOaXpeacnyznj63mrKEKRTAwNDIxLDIwMjYtMDMtMDEsRDEK"
                .to_owned(),
            sheet: None,
            dry_run: true,
        }
    }
}

/// What an import of a table did, or would do.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TableImportView {
    pub dry_run: bool,
    pub rows: u32,
    pub changed: u32,
    /// Rows that say what is so already.
    pub unchanged: u32,
    pub refused: u32,
    /// The first 1,000 rows that were not used.
    pub faults: Vec<FileFault>,
}

impl Example for TableImportView {
    fn example() -> Self {
        Self { dry_run: true, rows: 1, changed: 1, unchanged: 0, refused: 0, faults: Vec::new() }
    }
}
