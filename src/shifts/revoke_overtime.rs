use serde_json::json;
use vocabulary::LocalDate;

use super::read::{Overtime, OvertimeFilter, overtime};
use super::{ShiftRefusal, marks, store};
use crate::base::{Actor, App, Failure, Scope, audit};
use crate::dirty::Cause;

/// Revokes a block of temporary overtime and answers it. Revoking it again changes nothing.
pub async fn revoke_overtime(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: i64,
) -> Result<Overtime, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let filter = OvertimeFilter {
        id: Some(id),
        person: None,
        from: LocalDate::MIN,
        to: LocalDate::MAX,
        revoked: true,
        after: 0,
        limit: 1,
    };
    let found = overtime(&tx, scope, &filter).await?;
    let mut block = found.into_iter().next().ok_or(ShiftRefusal::OvertimeNotFound)?;
    if store::revoke_overtime(&tx, id, at).await? {
        block.revoked_at = Some(at);
        let places = [(block.person, block.date)];
        marks::mark_days(&tx, &places, Cause::TemporaryOvertime, app.today(), at).await?;
        let detail = json!({ "person": block.person, "date": block.date });
        audit(&tx, actor, at, "revoke", "temporary_overtime", &id.to_string(), detail).await?;
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(block)
}
