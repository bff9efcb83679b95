use serde::Serialize;
use serde_json::json;
use vocabulary::OrgId;

use super::{DemandRefusal, DemandTable, demand_table, store};
use crate::base::{
    Actor, App, Failure, Once, Scope, audit, begin_once, code_is_valid, finish_once, name_is_valid,
};
use crate::people;

/// A table as it is entered.
#[derive(Clone, Debug, Serialize)]
pub struct NewTable {
    pub code: String,
    pub name: String,
    pub org: OrgId,
    /// 15, 20, 30 or 60.
    pub slot_minutes: i32,
}

/// Makes a demand table without lines.
pub async fn create_table(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    new: &NewTable,
    once: &Once,
) -> Result<DemandTable, Failure> {
    if !code_is_valid(&new.code) {
        return Err(DemandRefusal::CodeInvalid.into());
    }
    if !name_is_valid(&new.name) {
        return Err(DemandRefusal::NameInvalid.into());
    }
    if ![15, 20, 30, 60].contains(&new.slot_minutes) {
        return Err(DemandRefusal::SlotInvalid.into());
    }
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "create_demand_table", once, at).await? {
        Some(done) => done,
        None => {
            let seen = people::orgs_visible_at(&tx, scope, &[(new.org, today)]).await?;
            if seen != [true] {
                return Err(DemandRefusal::OrgNotFound.into());
            }
            let names = (new.code.as_str(), new.name.trim());
            let made = store::insert_table(&tx, names, new.org, new.slot_minutes).await?;
            let id: i64 = made.ok_or(DemandRefusal::CodeTaken)?;
            let detail = json!({ "code": new.code, "name": new.name.trim(), "org_id": new.org,
                                 "slot_minutes": new.slot_minutes });
            audit(&tx, actor, at, "create", "demand_table", &id.to_string(), detail).await?;
            finish_once(&tx, actor, "create_demand_table", once, &id).await?;
            id
        }
    };
    let row = demand_table(&tx, scope, id, today).await?;
    tx.commit().await?;
    Ok(row.ok_or(DemandRefusal::TableNotFound)?)
}
