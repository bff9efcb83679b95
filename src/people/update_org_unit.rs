use serde::Serialize;
use serde_json::json;
use vocabulary::OrgId;

use super::read::{OrgRow, org_unit};
use super::{OrgKind, PeopleRefusal, store};
use crate::base::{
    Actor, App, Failure, Once, Scope, audit, begin_once, finish_once, name_is_valid,
};

/// What is `None` stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct OrgChange {
    /// The version this is based on.
    pub version: i32,
    pub name: Option<String>,
    pub kind: Option<OrgKind>,
}

/// Renames a unit. No result changes by it.
pub async fn update_org_unit(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: OrgId,
    change: &OrgChange,
    once: &Once,
) -> Result<OrgRow, Failure> {
    if !change.name.as_deref().is_none_or(name_is_valid) {
        return Err(PeopleRefusal::NameInvalid.into());
    }
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    if begin_once::<OrgId>(&tx, actor, "update_org_unit", once, at).await?.is_none() {
        let before = org_unit(&tx, scope, id, today).await?.ok_or(PeopleRefusal::OrgNotFound)?;
        let name = change.name.as_deref().map_or(before.name.as_str(), str::trim);
        let kind = change.kind.or_else(|| OrgKind::parse(&before.kind));
        let kind = kind.unwrap_or(OrgKind::Department);
        if !store::rename_org(&tx, id, change.version, name, kind).await? {
            return Err(PeopleRefusal::VersionConflict { version: before.version }.into());
        }
        let before = json!({ "name": before.name, "kind": before.kind });
        let detail = json!({ "before": before, "after": change });
        audit(&tx, actor, at, "update", "org_unit", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "update_org_unit", once, &id).await?;
    }
    let after = org_unit(&tx, &Scope::everybody(), id, today).await?;
    tx.commit().await?;
    Ok(after.ok_or(PeopleRefusal::OrgNotFound)?)
}
