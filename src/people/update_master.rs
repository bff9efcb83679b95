use serde::Serialize;
use serde_json::json;

use super::master_read::{MasterRow, master, masters_by_code};
use super::put_masters::write_masters;
use super::{Master, MasterInput, MasterRefusal, master_store};
use crate::base::{
    Actor, App, Failure, Fault, Once, Tx, audit, begin_once, code_is_valid, finish_once,
};

/// What is `None` stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct MasterChange {
    /// The version this is based on.
    pub version: i32,
    pub code: Option<String>,
    pub name: Option<String>,
    pub grade: Option<i32>,
    pub active: Option<bool>,
}

/// Makes a position, a dimension or a team.
pub async fn create_master(
    app: &App,
    actor: &Actor,
    kind: Master,
    new: &MasterInput,
    once: &Once,
) -> Result<MasterRow, Failure> {
    let at = app.clock.now();
    let operation = format!("create_{}", kind.table());
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, &operation, once, at).await? {
        Some(done) => done,
        None => {
            new.check(true)?;
            if !masters_by_code(&tx, kind, &[&new.code]).await?.is_empty() {
                return Err(MasterRefusal::CodeTaken.into());
            }
            write_masters(&tx, actor, kind, std::slice::from_ref(new), at).await?;
            let made = masters_by_code(&tx, kind, &[&new.code]).await?.pop();
            let id = made.ok_or_else(|| Fault::text("a row was not written"))?.id;
            finish_once(&tx, actor, &operation, once, &id).await?;
            id
        }
    };
    finish(tx, kind, id).await
}

/// Changes a position, a dimension or a team. Its code may change too: everything refers to its id.
pub async fn update_master(
    app: &App,
    actor: &Actor,
    kind: Master,
    id: i64,
    change: &MasterChange,
    once: &Once,
) -> Result<MasterRow, Failure> {
    let at = app.clock.now();
    let operation = format!("update_{}", kind.table());
    let tx = app.db.begin().await?;
    if begin_once::<i64>(&tx, actor, &operation, once, at).await?.is_none() {
        let before = master(&tx, kind, id).await?.ok_or_else(|| kind.not_found())?;
        let code = change.code.clone().unwrap_or_else(|| before.code.clone());
        let name = change.name.clone().unwrap_or_else(|| before.name.clone());
        if !code_is_valid(&code) {
            return Err(MasterRefusal::CodeInvalid.into());
        }
        let after = MasterRow {
            id,
            code,
            name: name.trim().to_owned(),
            grade: change.grade.unwrap_or(before.grade),
            active: change.active.unwrap_or(before.active),
            version: change.version,
        };
        let (code, name) = (after.code.clone(), Some(after.name.clone()));
        let (grade, active) = (Some(after.grade), Some(after.active));
        MasterInput { code, name, grade, active }.check(false)?;
        if after.code != before.code
            && !masters_by_code(&tx, kind, &[&after.code]).await?.is_empty()
        {
            return Err(MasterRefusal::CodeTaken.into());
        }
        if !master_store::update(&tx, kind, &after).await? {
            return Err(MasterRefusal::VersionConflict { version: before.version }.into());
        }
        let old = json!({ "code": before.code, "name": before.name, "grade": before.grade,
                          "active": before.active });
        let detail = json!({ "before": old, "after": change });
        audit(&tx, actor, at, "update", kind.table(), &id.to_string(), detail).await?;
        finish_once(&tx, actor, &operation, once, &id).await?;
    }
    finish(tx, kind, id).await
}

async fn finish(tx: Tx, kind: Master, id: i64) -> Result<MasterRow, Failure> {
    let row = master(&tx, kind, id).await?;
    tx.commit().await?;
    Ok(row.ok_or_else(|| kind.not_found())?)
}
