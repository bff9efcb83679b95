use serde_json::json;
use vocabulary::AlertId;

use super::read::{AlertRow, alert};
use super::{AlertRefusal, store};
use crate::base::{Actor, App, Failure, Once, Scope, audit, begin_once, finish_once};

/// Where an alert goes.
#[derive(Clone, Copy)]
enum Step {
    Acknowledge,
    Resolve,
}

/// Says that somebody looks after an alert.
pub async fn acknowledge(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: AlertId,
    comment: Option<&str>,
    once: &Once,
) -> Result<AlertRow, Failure> {
    step(app, actor, scope, id, (Step::Acknowledge, comment), once).await
}

/// Says that an alert is settled. The same thing may raise a new one afterwards.
pub async fn resolve(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: AlertId,
    comment: Option<&str>,
    once: &Once,
) -> Result<AlertRow, Failure> {
    step(app, actor, scope, id, (Step::Resolve, comment), once).await
}

async fn step(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: AlertId,
    (step, comment): (Step, Option<&str>),
    once: &Once,
) -> Result<AlertRow, Failure> {
    let name = match step {
        Step::Acknowledge => "acknowledge_alert",
        Step::Resolve => "resolve_alert",
    };
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let done: Option<AlertId> = begin_once(&tx, actor, name, once, at).await?;
    if done.is_none() {
        alert(&tx, scope, id).await?.ok_or(AlertRefusal::AlertNotFound)?;
        let moved = match step {
            Step::Acknowledge => store::acknowledge(&tx, id, actor.user, comment, at).await?,
            Step::Resolve => store::resolve(&tx, id, actor.user, comment, at).await?,
        };
        if !moved {
            return Err(AlertRefusal::AlertHandled.into());
        }
        let operation = name.trim_end_matches("_alert");
        let detail = json!({ "comment": comment });
        audit(&tx, actor, at, operation, "alert", &id.to_string(), detail).await?;
        finish_once(&tx, actor, name, once, &id).await?;
    }
    let row = alert(&tx, scope, id).await?.ok_or(AlertRefusal::AlertNotFound)?;
    tx.commit().await?;
    Ok(row)
}
