//! A punch is declared void, for a reason. The punch itself stays as it is.

use serde_json::json;
use vocabulary::PunchId;

use super::insert::{Urgency, mark};
use super::store::{self, PunchKey};
use super::{PunchRefusal, read, record};
use crate::base::{Actor, App, Failure, Once, Scope, audit, begin_once, finish_once};
use crate::dirty::Cause;

/// Voids a punch of somebody within scope. A punch is voided once.
pub async fn void(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: PunchId,
    reason: &str,
    once: &Once,
) -> Result<(), Failure> {
    if !record::reason_is_valid(reason) {
        return Err(PunchRefusal::ReasonInvalid.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let operation = "void_punch";
    if let Some(()) = begin_once(&tx, actor, operation, once, at).await? {
        return Ok(());
    }
    let punch = read::punch(&tx, scope, id).await?.ok_or(PunchRefusal::PunchNotFound)?;
    let (person, punched_at) = (punch.person_id, punch.at);
    let reason = reason.trim();
    if !store::insert_void(&tx, id, person, punched_at, reason, actor.user, at).await? {
        return Err(PunchRefusal::AlreadyVoid.into());
    }
    let key =
        PunchKey { person_id: person, at: punched_at, source: punch.source, device: punch.device };
    mark(&tx, &key, Cause::PunchVoid, Urgency::Now, at).await?;
    let detail = json!({ "person_id": person, "at": punched_at, "reason": reason });
    audit(&tx, actor, at, "void", "punch", &id.to_string(), detail).await?;
    finish_once(&tx, actor, operation, once, &()).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(())
}
