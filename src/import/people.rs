//! `kaoqin import people`: a table becomes people with their files, departments, schemes, shifts and numbers.

use std::collections::HashSet;
use std::sync::Arc;

use vocabulary::LocalDate;

use super::item::{Item, Rejection, RowCode, WarningCode, shown};
use super::people_file::{PeopleColumns, read_people};
use super::people_write::{Deferred, store, write_managers};
use super::report::{Report, Tally};
use super::stream::{CHUNK_ROWS, Chunks, ImportError};
use super::{DateOrder, Input};
use crate::base::{Actor, App, retry};
use crate::profiles::{self, Group};

/// How a file of people is to be read.
#[derive(Clone, Debug, Default)]
pub struct PeopleOptions {
    pub sheet: Option<String>,
    pub date_order: Option<DateOrder>,
    /// Make departments that do not exist yet.
    pub create_orgs: bool,
    /// From when schemes, shifts and calendars hold; `None` = from the first day in service.
    pub from: Option<LocalDate>,
    /// Say what would happen and write nothing.
    pub dry_run: bool,
    /// Groups of fields that are read; `None` = all.
    pub groups: Option<Vec<Group>>,
}

/// Imports people in chunks, each one transaction with its marks. New ones are made, known ones changed
/// where the file says something else; a row that changes nothing is a duplicate.
pub async fn import_people(
    app: &App,
    actor: &Actor,
    input: &Input,
    options: &PeopleOptions,
) -> Result<Report, ImportError> {
    let (source, sheet, order) = (input.clone(), options.sheet.clone(), options.date_order);
    let q = app.db.read();
    let known = PeopleColumns {
        items: profiles::items(q).await?,
        optional: profiles::optional_fields(q).await?,
        groups: options.groups.clone(),
        numbers: Arc::default(),
    };
    let numbers = known.numbers.clone();
    let mut chunks =
        Chunks::start(move |sink| read_people(&source, sheet.as_deref(), order, &known, sink));
    let mut deferred: Vec<Deferred> = Vec::new();
    let mut tally = Tally::default();
    let mut seen: HashSet<String> = HashSet::new();
    let nobody = HashSet::new();
    while let Some(chunk) = chunks.next().await? {
        let mut entries = Vec::with_capacity(chunk.len());
        for item in chunk {
            match item {
                Item::Row(entry) if seen.insert(entry.number.clone()) => entries.push(entry),
                Item::Row(entry) => {
                    let message = format!("{} stands in the file twice", shown(&entry.number));
                    tally.rejected(Rejection::new(entry.line, RowCode::Conflict, message));
                }
                Item::Rejected(rejection) => tally.rejected(rejection),
                Item::Warning { line, code, message } => tally.warning(line, code, message),
            }
        }
        let numbers = numbers.get().unwrap_or(&nobody);
        let done = retry(|| store(app, actor, &entries, options, numbers)).await?;
        deferred.extend(done.deferred);
        for outcome in done.outcomes {
            match outcome {
                Ok(true) => tally.accepted(),
                Ok(false) => tally.duplicate(),
                Err(rejection) => tally.rejected(rejection),
            }
        }
    }
    for piece in deferred.chunks(CHUNK_ROWS) {
        for (line, message) in retry(|| write_managers(app, actor, piece)).await? {
            tally.warning(line, WarningCode::ManagerLeftOut, message);
        }
    }
    Ok(tally.finish())
}
