use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use engine::{Code, RequestType, Shift, VersionRef};
use serde::{Deserialize, Serialize};
use vocabulary::{LocalDate, RuleId, ShiftId};

use super::RuleKind;
use super::body;
use super::book::Book;
use super::draft::{Draft, Part, PartVersion, Parts};
use super::read::{self, BookKey, RuleVersionRow};
use super::timeline::Timeline;
use crate::base::{Fault, Query};
use crate::shifts::{self, ShiftVersionRow};

/// Books kept in the process. One database needs one, and another one while versions are published.
const KEPT: usize = 4;

static CACHE: Mutex<Vec<(BookKey, Arc<Book>)>> = Mutex::new(Vec::new());

impl Book {
    /// The book of the versions that `q` shows; from the process' own memory if it was made before.
    /// Do not call it in a transaction that has published: what is rolled back must not be
    /// remembered.
    pub async fn load(q: &impl Query) -> Result<Arc<Self>, Fault> {
        let key = read::book_key(q).await?;
        if let Some(book) = kept(&key) {
            return Ok(book);
        }
        let book = Arc::new(read_book(q).await?);
        // Without a snapshot a version can have come between the two statements.
        if read::book_key(q).await? == key {
            keep(key, &book);
        }
        Ok(book)
    }
}

/// Every published version, to be kept where what is published later must not reach.
#[derive(Debug, Serialize, Deserialize)]
pub struct BookFacts {
    rules: Vec<RuleVersionRow>,
    shifts: Vec<ShiftVersionRow>,
}

impl BookFacts {
    /// The versions that `q` shows and that can matter up to a date.
    pub async fn load(q: &impl Query, until: LocalDate) -> Result<Self, Fault> {
        let mut rules = read::all_versions(q).await?;
        rules.retain(|v| v.effective_from <= until);
        let mut shifts = shifts::all_versions(q).await?;
        shifts.retain(|v| v.effective_from <= until);
        Ok(Self { rules, shifts })
    }

    /// The book of these versions.
    pub fn book(&self) -> Result<Book, Fault> {
        build(&self.rules, &self.shifts)
    }
}

fn kept(key: &BookKey) -> Option<Arc<Book>> {
    let cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.iter().find(|(k, _)| k == key).map(|(_, book)| book.clone())
}

fn keep(key: BookKey, book: &Arc<Book>) {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(k, _)| *k != key);
    cache.insert(0, (key, book.clone()));
    cache.truncate(KEPT);
}

async fn read_book(q: &impl Query) -> Result<Book, Fault> {
    build(&read::all_versions(q).await?, &shifts::all_versions(q).await?)
}

/// The book of these versions.
pub(super) fn build(
    rows: &[RuleVersionRow],
    shift_rows: &[ShiftVersionRow],
) -> Result<Book, Fault> {
    let shifts = shift_lines(shift_rows)?;
    let ids = ids(rows)?;
    let mut parts: HashMap<RuleId, Vec<(LocalDate, i32, PartVersion)>> = HashMap::new();
    let mut drafts: HashMap<RuleId, Vec<(LocalDate, i32, Arc<Draft>)>> = HashMap::new();
    for row in rows {
        let place = (row.effective_from, row.version);
        match kind(row)? {
            RuleKind::Scheme => {
                let draft = Arc::new(body::read_draft(row, &ids)?);
                drafts.entry(row.rule_id).or_default().push((place.0, place.1, draft));
            }
            kind => {
                let part = part(row, kind)?;
                parts.entry(row.rule_id).or_default().push((place.0, place.1, part));
            }
        }
    }
    let parts: Parts = parts.into_iter().map(|(id, v)| (id, Timeline::new(v))).collect();
    let drafts = drafts.into_iter().map(|(id, v)| (id, Timeline::new(v))).collect();
    Ok(Book::new(shifts, parts, drafts))
}

fn kind(row: &RuleVersionRow) -> Result<RuleKind, Fault> {
    row.kind.parse().map_err(|e| Fault::new("kind of a rule", e))
}

fn part(row: &RuleVersionRow, kind: RuleKind) -> Result<PartVersion, Fault> {
    let value = match body::read_part(kind, row)? {
        Part::Request(t) => {
            Part::Request(Arc::new(RequestType { version: row.version, ..t.as_ref().clone() }))
        }
        other => other,
    };
    let code: Code = Code::from(row.code.as_str());
    Ok(PartVersion { origin: VersionRef { code: Some(code), version: row.version }, value })
}

fn ids(rows: &[RuleVersionRow]) -> Result<HashMap<(RuleKind, &str), RuleId>, Fault> {
    rows.iter().map(|r| Ok(((kind(r)?, r.code.as_str()), r.rule_id))).collect()
}

fn shift_lines(rows: &[ShiftVersionRow]) -> Result<HashMap<ShiftId, Timeline<Arc<Shift>>>, Fault> {
    let mut lines: HashMap<ShiftId, Vec<(LocalDate, i32, Arc<Shift>)>> = HashMap::new();
    for row in rows {
        let shift = Arc::new(shifts::parse(row)?);
        let line = lines.entry(row.shift_id).or_default();
        line.push((row.effective_from, row.version, shift));
    }
    Ok(lines.into_iter().map(|(id, v)| (id, Timeline::new(v))).collect())
}
