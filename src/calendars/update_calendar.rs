use serde::Serialize;
use serde_json::json;
use vocabulary::CalendarId;

use super::read::{CalendarRow, calendar_row};
use super::{CalendarRefusal, store};
use crate::base::{Actor, App, Failure, Once, audit, begin_once, finish_once, name_is_valid};

/// A new name. The weekdays of rest never change.
#[derive(Clone, Debug, Serialize)]
pub struct CalendarChange {
    /// The version this is based on.
    pub version: i32,
    pub name: String,
}

/// Renames a calendar. No result changes by it.
pub async fn update_calendar(
    app: &App,
    actor: &Actor,
    id: CalendarId,
    change: &CalendarChange,
    once: &Once,
) -> Result<CalendarRow, Failure> {
    if !name_is_valid(&change.name) {
        return Err(CalendarRefusal::NameInvalid.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<CalendarId>(&tx, actor, "update_calendar", once, at).await?.is_none() {
        let before = calendar_row(&tx, id).await?.ok_or(CalendarRefusal::CalendarNotFound)?;
        if !store::next_version(&tx, id, change.version).await? {
            return Err(CalendarRefusal::VersionConflict { version: before.version }.into());
        }
        store::rename(&tx, id, change.name.trim()).await?;
        let detail = json!({ "before": before.name, "after": change.name });
        audit(&tx, actor, at, "update", "calendar", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "update_calendar", once, &id).await?;
    }
    let row = calendar_row(&tx, id).await?;
    tx.commit().await?;
    Ok(row.ok_or(CalendarRefusal::CalendarNotFound)?)
}
