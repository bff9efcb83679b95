use serde_json::json;
use vocabulary::{LocalDate, OrgId};

use super::OrgRefusal;
use super::org_change::{close, open};
use super::org_read::{OrgRow, org_unit};
use crate::base::{Actor, App, Failure, Scope};

/// Takes back what changes about a unit on a date: a move, a new name. Each field keeps its old value up to its own
/// next change.
pub async fn remove_org_event(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: OrgId,
    date: LocalDate,
    version: i32,
) -> Result<OrgRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let before = open(&tx, scope, id, version, date).await?;
    let mut after = before.clone();
    let unit = after.units.get_mut(&id).ok_or(OrgRefusal::NotFound)?;
    let events = unit.versions.iter().skip(1);
    let event = events.filter(|v| v.valid_from == date).map(|v| v.fields.clone()).next();
    let event = event.ok_or(OrgRefusal::EventNotFound)?;
    unit.unset(date);
    let detail = json!({ "from": date, "before": event });
    close(&tx, actor, &before, after, at, ("remove_event", &id.to_string(), detail)).await?;
    let row = org_unit(&tx, &Scope::everybody(), id, date).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(row.ok_or(OrgRefusal::NotFound)?)
}
