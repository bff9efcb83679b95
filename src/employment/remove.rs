use serde::Serialize;
use vocabulary::{EventId, LocalDate};

use super::enter::when;
use crate::base::{Actor, App, Failure, Once, Query, Scope, begin_once, finish_once};
use crate::people::{self, EventFilter, EventKind, EventRow, Ledger, PeopleRefusal};
use crate::precompute;

/// Why an event is taken back.
#[derive(Clone, Debug, Serialize)]
pub struct Removal {
    /// The version of the event this is based on.
    pub version: i32,
    pub reason: String,
}

/// Dates before an event whose results it can reach: a plan that changes reaches two dates back.
const REACH: i32 = 2;

/// Takes an event back (移除): the timelines are as if it had never been. One that something later followed, or that
/// reaches into a locked period, stays and is reversed by an event of its own.
pub async fn remove_event(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: EventId,
    removal: &Removal,
    once: &Once,
) -> Result<EventRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<EventId>(&tx, actor, "remove_event", once, at).await?.is_none() {
        let person = found(&tx, scope, id).await?.person_id;
        let mut ledger = Ledger::open(&tx, &[person]).await?;
        let event = found(&tx, scope, id).await?;
        if event.version != removal.version {
            return Err(PeopleRefusal::VersionConflict { version: event.version }.into());
        }
        let locked = precompute::is_locked_from(&tx, person, reached(&event)?).await?;
        let reversing = locked || ledger.is_followed(person, id);
        ledger.take_back(person, id, reversing, removal.reason.trim())?;
        ledger.close(&tx, actor, when(app)).await?;
        finish_once(&tx, actor, "remove_event", once, &id).await?;
    }
    let event = found(&tx, &Scope::everybody(), id).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(event)
}

/// The first date whose result an event can change.
fn reached(event: &EventRow) -> Result<LocalDate, Failure> {
    let content = event.content()?;
    let place = matches!(
        EventKind::parse(&event.kind),
        Some(EventKind::Transfer | EventKind::Promotion | EventKind::Correction)
    );
    let back = if place && content.scheme.is_none() { 0 } else { REACH };
    Ok(event.on_date.plus(-back))
}

/// An event that somebody may see.
pub(super) async fn found(q: &impl Query, scope: &Scope, id: EventId) -> Result<EventRow, Failure> {
    let found = people::events(q, scope, &EventFilter::one(id)).await?.pop();
    Ok(found.ok_or(PeopleRefusal::EventNotFound)?)
}
