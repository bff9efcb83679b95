use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, OrgId};

use super::org_book::OrgBook;
use super::org_change::{check_date, close, open};
use super::org_read::{OrgFilter, OrgRow, org_units};
use super::{OrgRefusal, org_store};
use crate::base::{Actor, App, Failure, Once, Scope, begin_once, finish_once};

/// The last date of a unit.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OrgClosing {
    /// The version this is based on.
    pub version: i32,
    /// `None` = it is open again.
    pub last_day: Option<LocalDate>,
}

/// Closes a unit, or opens it again. A unit with people, with open units below it or with changes after the date cannot
/// be closed.
pub async fn close_org_unit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: OrgId,
    closing: OrgClosing,
    once: &Once,
) -> Result<OrgRow, Failure> {
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<OrgId>(&tx, actor, "close_org_unit", once, at).await?.is_none() {
        org_store::hold_unit(&tx, id).await?;
        let before = open(&tx, scope, id, closing.version, today).await?;
        let mut after = before.clone();
        if let Some(day) = closing.last_day {
            may_close(&before, id, day, org_store::staff_after(&tx, id, day).await?)?;
        }
        let unit = after.units.get_mut(&id).ok_or(OrgRefusal::NotFound)?;
        let was = std::mem::replace(&mut unit.valid_to, closing.last_day);
        let detail = json!({ "before": was, "after": closing.last_day });
        close(&tx, actor, &before, after, at, ("close", &id.to_string(), detail)).await?;
        finish_once(&tx, actor, "close_org_unit", once, &id).await?;
    }
    let filter = OrgFilter { closed: true, ..OrgFilter::one(id, today) };
    let row = org_units(&tx, &Scope::everybody(), &filter).await?.pop();
    tx.commit().await?;
    app.wake.signal();
    Ok(row.ok_or(OrgRefusal::NotFound)?)
}

/// Refuses to close what is in use after a date.
pub(super) fn may_close(
    book: &OrgBook,
    id: OrgId,
    day: LocalDate,
    staff: i64,
) -> Result<(), OrgRefusal> {
    check_date(day)?;
    let unit = book.units.get(&id).ok_or(OrgRefusal::NotFound)?;
    if day < unit.valid_from {
        return Err(OrgRefusal::OutsideUnit { from: unit.valid_from });
    }
    if let Some(event) = unit.versions.iter().find(|v| v.valid_from > day) {
        return Err(OrgRefusal::HasEvents { from: event.valid_from });
    }
    if let Some(child) = book.open_child(id, day) {
        return Err(OrgRefusal::HasChild { code: child.code.clone() });
    }
    if staff > 0 { Err(OrgRefusal::HasStaff { count: staff }) } else { Ok(()) }
}
