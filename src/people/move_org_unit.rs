use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, OrgId};

use super::OrgRefusal;
use super::org_book::Fields;
use super::org_change::{check_date, close, open, parent};
use super::org_read::{OrgRow, org_unit};
use crate::base::{Actor, App, Failure, Once, Scope, begin_once, finish_once};

/// Another place in the tree from a date on.
#[derive(Clone, Debug, Serialize)]
pub struct OrgMove {
    /// The version this is based on.
    pub version: i32,
    pub valid_from: LocalDate,
    /// Code of the unit above; `None` = at the top.
    pub parent: Option<String>,
}

/// Moves a unit with everything below it, up to its next move. The days before keep the old place; everybody below is
/// computed again from the date on, because other departments say his defaults.
pub async fn move_org_unit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: OrgId,
    to: &OrgMove,
    once: &Once,
) -> Result<OrgRow, Failure> {
    check_date(to.valid_from)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if begin_once::<OrgId>(&tx, actor, "move_org_unit", once, at).await?.is_none() {
        let before = open(&tx, scope, id, to.version, to.valid_from).await?;
        let above = match &to.parent {
            Some(code) => Some(parent(&tx, scope, code, to.valid_from).await?.id),
            None if scope.is_everybody() => None,
            None => return Err(OrgRefusal::ParentRequired.into()),
        };
        let mut after = before.clone();
        let unit = after.units.get_mut(&id).ok_or(OrgRefusal::NotFound)?;
        if to.valid_from < unit.valid_from || unit.valid_to.is_some_and(|end| to.valid_from > end) {
            return Err(OrgRefusal::OutsideUnit { from: unit.valid_from }.into());
        }
        let was = unit.on(to.valid_from).and_then(|v| v.fields.parent);
        unit.set(to.valid_from, &Fields::from_iter([("parent".to_owned(), json!(above))]));
        let detail = json!({ "before": was, "after": above, "from": to.valid_from });
        close(&tx, actor, &before, after, at, ("move", &id.to_string(), detail)).await?;
        finish_once(&tx, actor, "move_org_unit", once, &id).await?;
    }
    let after = org_unit(&tx, &Scope::everybody(), id, to.valid_from).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(after.ok_or(OrgRefusal::NotFound)?)
}
