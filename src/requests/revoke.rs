use serde_json::json;
use vocabulary::{DateSpan, RequestId};

use super::read::{RequestRow, request};
use super::record_approved::mark;
use super::{RequestRefusal, store};
use crate::base::{Actor, App, Failure, Once, Scope, audit, begin_once, finish_once};

/// Characters of a reason.
const MAX_REASON: usize = 500;

/// Revokes a request (销假, cancellation): it does not count any more, from its first date on.
/// Revoking it again changes nothing.
pub async fn revoke(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: RequestId,
    reason: &str,
    once: &Once,
) -> Result<RequestRow, Failure> {
    if !(1..=MAX_REASON).contains(&reason.trim().chars().count()) {
        return Err(RequestRefusal::ReasonInvalid.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let mut row = request(&tx, scope, id).await?.ok_or(RequestRefusal::RequestNotFound)?;
    if begin_once::<RequestId>(&tx, actor, "revoke_request", once, at).await?.is_none() {
        if store::revoke(&tx, id, at).await? {
            row.revoked_at = Some(at);
            let span = touched(&row);
            mark(&tx, &[(row.person, span)], app.today(), at).await?;
            let detail = json!({ "person": row.person, "type": row.type_code, "from": span.from,
                                 "to": span.to, "reason": reason.trim() });
            audit(&tx, actor, at, "revoke", "approved_request", &id.to_string(), detail).await?;
        }
        finish_once(&tx, actor, "revoke_request", once, &id).await?;
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(row)
}

/// Dates a request touches.
fn touched(row: &RequestRow) -> DateSpan {
    let (mut from, mut to) = (row.start.date(), row.end.plus_seconds(-1).date());
    if let Some(date) = row.overtime_date {
        (from, to) = (from.min(date), to.max(date));
    }
    DateSpan::new(from, to)
}
