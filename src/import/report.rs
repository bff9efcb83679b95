//! What an import did, for people and for scripts.

use std::collections::BTreeMap;

use serde::Serialize;

use super::item::{Rejection, WarningCode};

/// Most rejections a report lists; `rejections_left_out` counts the others.
pub const MAX_REJECTIONS: usize = 10_000;

/// The report of one import. `rows` = `accepted` + `duplicate` + `unassigned` + `rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Records of the file: its rows without head and blank ones; of a table of people × dates its
    /// filled cells.
    pub rows: u64,
    /// Stored.
    pub accepted: u64,
    /// Stored before; nothing changed.
    pub duplicate: u64,
    /// Punches of nobody we know, kept in the unassigned list.
    pub unassigned: u64,
    /// Not used.
    pub rejected: u64,
    pub rejections: Vec<RejectedRow>,
    /// Rejections beyond the limit of the list.
    pub rejections_left_out: u64,
    pub warnings: Vec<Warning>,
}

/// A row that was not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    /// Line of the file, row of the sheet.
    pub line: u64,
    pub code: &'static str,
    pub message: String,
}

/// Something worth knowing, once per code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub code: &'static str,
    /// How often.
    pub count: u64,
    /// Where first.
    pub first_line: u64,
    /// What was said there.
    pub message: String,
}

/// Collects a report row by row.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    report: Report,
    warnings: BTreeMap<WarningCode, Warning>,
}

impl Tally {
    pub fn accepted(&mut self) {
        self.report.rows += 1;
        self.report.accepted += 1;
    }

    pub fn duplicate(&mut self) {
        self.report.rows += 1;
        self.report.duplicate += 1;
    }

    pub fn unassigned(&mut self) {
        self.report.rows += 1;
        self.report.unassigned += 1;
    }

    pub fn rejected(&mut self, rejection: Rejection) {
        self.report.rows += 1;
        self.report.rejected += 1;
        if self.report.rejections.len() >= MAX_REJECTIONS {
            self.report.rejections_left_out += 1;
            return;
        }
        let Rejection { line, code, message } = rejection;
        self.report.rejections.push(RejectedRow { line, code: code.as_str(), message });
    }

    pub fn warning(&mut self, line: u64, code: WarningCode, message: String) {
        let known = self.warnings.entry(code).or_insert_with(|| Warning {
            code: code.as_str(),
            count: 0,
            first_line: line,
            message,
        });
        known.count += 1;
    }

    /// The report; rejections in the order of the file.
    pub fn finish(mut self) -> Report {
        self.report.rejections.sort_by_key(|r| r.line);
        self.report.warnings = self.warnings.into_values().collect();
        self.report
    }
}
