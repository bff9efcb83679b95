use serde::Serialize;
use serde_json::json;

use super::{DemandRefusal, DemandTable, demand_table, store};
use crate::base::{
    Actor, App, Failure, Once, Scope, audit, begin_once, finish_once, name_is_valid,
};

/// What shall change.
#[derive(Clone, Debug, Serialize)]
pub struct TableChange {
    pub name: Option<String>,
    pub active: Option<bool>,
    pub version: i32,
}

/// Renames a demand table, or takes it out of use or back.
pub async fn update_table(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: i64,
    change: &TableChange,
    once: &Once,
) -> Result<DemandTable, Failure> {
    if change.name.as_deref().is_some_and(|n| !name_is_valid(n)) {
        return Err(DemandRefusal::NameInvalid.into());
    }
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    let done: Option<i64> = begin_once(&tx, actor, "update_demand_table", once, at).await?;
    let table = demand_table(&tx, scope, id, today).await?;
    let table = table.ok_or(DemandRefusal::TableNotFound)?;
    if done.is_none() {
        let name = change.name.as_deref().map_or(table.name.as_str(), str::trim);
        let active = change.active.unwrap_or(table.active);
        if !store::update_table(&tx, id, change.version, name, active).await? {
            return Err(DemandRefusal::VersionConflict { version: table.version }.into());
        }
        let detail = json!({ "before": [table.name, table.active], "after": [name, active] });
        audit(&tx, actor, at, "update", "demand_table", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "update_demand_table", once, &id).await?;
    }
    let row = demand_table(&tx, scope, id, today).await?;
    tx.commit().await?;
    Ok(row.ok_or(DemandRefusal::TableNotFound)?)
}
