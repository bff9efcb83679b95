use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::RoleId;

use super::role_store::{self, RoleRow};
use super::{Caller, IdentityRefusal, Permission};
use crate::base::{
    App, Failure, Fault, Once, Tx, audit, begin_once, changed, code_is_valid, finish_once,
    name_is_valid,
};

/// Most characters of a menu.
const MAX_MENU: usize = 60;

/// A role to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewRole {
    pub code: String,
    pub name: String,
    pub menus: Vec<String>,
    pub permissions: Vec<String>,
}

/// What is `None` stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct RoleChange {
    pub version: i32,
    pub name: Option<String>,
    pub menus: Option<Vec<String>>,
    pub permissions: Option<Vec<String>>,
}

/// Makes a role out of operations the caller has for everybody.
pub async fn create_role(
    app: &App,
    caller: &Caller,
    new: &NewRole,
    once: &Once,
) -> Result<RoleId, Failure> {
    let tx = app.db.begin().await?;
    let (actor, now) = (caller.actor(), app.clock.now());
    if let Some(id) = begin_once(&tx, &actor, "create_role", once, now).await? {
        return Ok(id);
    }
    if !code_is_valid(&new.code) {
        return Err(IdentityRefusal::RoleCodeInvalid.into());
    }
    let row = RoleRow {
        id: RoleId(0),
        code: new.code.clone(),
        name: name(&new.name)?,
        permissions: permissions(caller, &new.permissions, &BTreeSet::new())?,
        menus: menus(&new.menus)?,
        seed: false,
        version: 1,
    };
    let id = role_store::insert_role(&tx, &row.code, &row.name, &row.permissions, &row.menus)
        .await?
        .ok_or(IdentityRefusal::RoleCodeTaken)?;
    let detail = json!({ "new": told(&row)? });
    audit(&tx, &actor, now, "create_role", "role", &id.to_string(), detail).await?;
    finish_once(&tx, &actor, "create_role", once, &id).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a role; counts for all holders on their next request. What is added must be an operation the caller has
/// for everybody, for it goes to holders with any scope.
pub async fn update_role(
    app: &App,
    caller: &Caller,
    id: RoleId,
    change: &RoleChange,
    once: &Once,
) -> Result<RoleId, Failure> {
    let tx = app.db.begin().await?;
    let (actor, now) = (caller.actor(), app.clock.now());
    if let Some(id) = begin_once(&tx, &actor, "update_role", once, now).await? {
        return Ok(id);
    }
    let role = own_role(&tx, id).await?;
    let mut after = role.clone();
    if let Some(text) = &change.name {
        after.name = name(text)?;
    }
    if let Some(list) = &change.menus {
        after.menus = menus(list)?;
    }
    if let Some(list) = &change.permissions {
        let known: BTreeSet<String> = serde_json::from_str(&role.permissions)?;
        after.permissions = permissions(caller, list, &known)?;
    }
    if !role_store::update_role(&tx, &after, change.version).await? {
        return Err(IdentityRefusal::VersionConflict.into());
    }
    let detail = changed(told(&role)?, told(&after)?);
    audit(&tx, &actor, now, "update_role", "role", &id.to_string(), detail).await?;
    finish_once(&tx, &actor, "update_role", once, &id).await?;
    tx.commit().await?;
    Ok(id)
}

/// Deletes a role that nobody holds or held.
pub async fn delete_role(app: &App, caller: &Caller, id: RoleId) -> Result<(), Failure> {
    let tx = app.db.begin().await?;
    let role = own_role(&tx, id).await?;
    if role_store::role_uses(&tx, id).await? > 0 {
        return Err(IdentityRefusal::RoleInUse.into());
    }
    role_store::delete_role(&tx, id).await?;
    let detail = json!({ "old": told(&role)? });
    let now = app.clock.now();
    audit(&tx, &caller.actor(), now, "delete_role", "role", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// A role that may be changed, locked until the transaction ends.
async fn own_role(tx: &Tx, id: RoleId) -> Result<RoleRow, Failure> {
    let role = role_store::lock_role(tx, id).await?.ok_or(IdentityRefusal::NoSuchRole)?;
    if role.seed { Err(IdentityRefusal::RoleOfProgram.into()) } else { Ok(role) }
}

fn name(text: &str) -> Result<String, IdentityRefusal> {
    if name_is_valid(text) {
        Ok(text.trim().to_owned())
    } else {
        Err(IdentityRefusal::RoleNameInvalid)
    }
}

fn menus(list: &[String]) -> Result<String, Failure> {
    let good = |m: &String| {
        (1..=MAX_MENU).contains(&m.chars().count()) && !m.chars().any(char::is_control)
    };
    if !list.iter().all(good) {
        return Err(IdentityRefusal::MenuInvalid.into());
    }
    let list: BTreeSet<&String> = list.iter().collect();
    Ok(serde_json::to_string(&list).map_err(Fault::from)?)
}

/// The column of these operations. Those that are not `known` are given by the caller.
fn permissions(
    caller: &Caller,
    list: &[String],
    known: &BTreeSet<String>,
) -> Result<String, Failure> {
    let list: BTreeSet<&String> = list.iter().collect();
    for code in &list {
        let unknown = || IdentityRefusal::PermissionUnknown { code: (*code).clone() };
        let permission: Permission = code.parse().map_err(|_| unknown())?;
        if !known.contains(*code) && !caller.everywhere(permission) {
            return Err(IdentityRefusal::RightsExceedYours { permission: permission.code() }.into());
        }
    }
    Ok(serde_json::to_string(&list).map_err(Fault::from)?)
}

fn told(r: &RoleRow) -> Result<Value, Fault> {
    Ok(json!({
        "code": r.code, "name": r.name,
        "permissions": serde_json::from_str::<Value>(&r.permissions)?,
        "menus": serde_json::from_str::<Value>(&r.menus)?,
    }))
}
