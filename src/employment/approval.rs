use serde_json::json;

use crate::base::{
    Actor, App, Failure, Fault, Once, Query, Tx, audit, begin_once, finish_once, put_setting,
    setting,
};
use crate::people::{EventKind, PeopleRefusal};

/// Kinds of events that wait for a decision: a JSON list.
const KEY: &str = "employment_approval";

/// Kinds of events that wait for a decision before they take effect.
pub async fn approval(q: &impl Query) -> Result<Vec<EventKind>, Fault> {
    match setting(q, KEY).await? {
        Some(list) => Ok(serde_json::from_str(&list)?),
        None => Ok(Vec::new()),
    }
}

/// Says which kinds of events wait for a decision. Events that wait already go on waiting.
pub async fn set_approval(
    app: &App,
    actor: &Actor,
    kinds: &[EventKind],
    once: &Once,
) -> Result<Vec<EventKind>, Failure> {
    if kinds.iter().any(|k| matches!(k, EventKind::Hire | EventKind::Reversal)) {
        return Err(PeopleRefusal::EventKindReserved.into());
    }
    let mut kinds = kinds.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    let at = app.clock.now();
    let tx: Tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_employment_approval", once, at).await? {
        return Ok(done);
    }
    let before = approval(&tx).await?;
    if before != kinds {
        put_setting(&tx, KEY, &serde_json::to_string(&kinds)?).await?;
        let detail = json!({ "before": before, "after": kinds });
        audit(&tx, actor, at, "set", "setting", KEY, detail).await?;
    }
    finish_once(&tx, actor, "set_employment_approval", once, &kinds).await?;
    tx.commit().await?;
    Ok(kinds)
}
