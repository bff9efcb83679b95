use serde::Serialize;
use vocabulary::EventId;

use super::enter::when;
use super::remove::found;
use crate::base::{Actor, App, Failure, Once, Scope, begin_once, finish_once};
use crate::people::{EventRow, Ledger, PeopleRefusal};

/// What is decided of an event that waits.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    /// The version of the event this is based on.
    pub version: i32,
    pub approved: bool,
    pub remark: String,
}

/// Decides an event that waits. Approved, it takes effect from its date on, if it still can; nobody decides what he has
/// entered himself.
pub async fn decide_event(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: EventId,
    decision: &Decision,
    once: &Once,
) -> Result<EventRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<EventId>(&tx, actor, "decide_event", once, at).await?.is_none() {
        let person = found(&tx, scope, id).await?.person_id;
        let mut ledger = Ledger::open(&tx, &[person]).await?;
        let event = found(&tx, scope, id).await?;
        if event.version != decision.version {
            return Err(PeopleRefusal::VersionConflict { version: event.version }.into());
        }
        if event.author_id.is_some() && event.author_id == actor.user {
            return Err(PeopleRefusal::OwnEvent.into());
        }
        ledger.decide(person, id, decision.approved, &decision.remark)?;
        ledger.close(&tx, actor, when(app)).await?;
        finish_once(&tx, actor, "decide_event", once, &id).await?;
    }
    let event = found(&tx, &Scope::everybody(), id).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(event)
}
