use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use vocabulary::Instant;

use super::master_read::{MasterRow, masters_by_code};
use super::{Master, MasterInput, MasterRefusal, master_store};
use crate::base::{
    Actor, App, Failure, Fault, Once, RowOutcome, Tx, audit, begin_once, finish_once,
};

/// Rows of one call.
const MAX_ROWS: usize = 5_000;

/// Makes and changes positions, dimensions or teams by their codes. Every row has its own outcome, in the order
/// given; doing it again changes nothing.
pub async fn put_masters(
    app: &App,
    actor: &Actor,
    kind: Master,
    rows: &[MasterInput],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if rows.len() > MAX_ROWS {
        return Err(MasterRefusal::TooManyRows { max: MAX_ROWS }.into());
    }
    let at = app.clock.now();
    let operation = format!("put_{}", kind.table());
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, &operation, once, at).await? {
        return Ok(done);
    }
    let outcomes = write_masters(&tx, actor, kind, rows, at).await?;
    finish_once(&tx, actor, &operation, once, &outcomes).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// The move of [`put_masters`].
pub async fn write_masters(
    tx: &Tx,
    actor: &Actor,
    kind: Master,
    rows: &[MasterInput],
    at: Instant,
) -> Result<Vec<RowOutcome>, Fault> {
    let codes: Vec<&str> = rows.iter().map(|r| r.code.as_str()).collect();
    let stored = masters_by_code(tx, kind, &codes).await?;
    let stored: HashMap<&str, &MasterRow> = stored.iter().map(|m| (m.code.as_str(), m)).collect();
    let mut seen = HashSet::new();
    let mut new = Vec::new();
    let mut planned = Vec::new();
    for row in rows {
        let known = stored.get(row.code.as_str()).copied();
        planned.push(if seen.insert(row.code.as_str()) {
            row.check(known.is_none()).map(|()| plan(row, known, &mut new))
        } else {
            Err(MasterRefusal::RowRepeated)
        });
    }
    if !new.is_empty() {
        master_store::put(tx, kind, &Value::Array(new.clone()).to_string()).await?;
        let count = new.len().to_string();
        audit(tx, actor, at, "put", kind.table(), &count, json!({ "rows": new })).await?;
    }
    let written = masters_by_code(tx, kind, &codes).await?;
    let ids: HashMap<&str, i64> = written.iter().map(|m| (m.code.as_str(), m.id)).collect();
    let outcome = |(row, p): (&MasterInput, Result<bool, MasterRefusal>)| match p {
        Ok(changed) => {
            let id = ids.get(row.code.as_str()).copied();
            let id = id.ok_or_else(|| Fault::text("a row was not written"))?;
            Ok(if changed { RowOutcome::Created { id } } else { RowOutcome::Found { id } })
        }
        Err(refusal) => Ok(RowOutcome::refused(&refusal)),
    };
    rows.iter().zip(planned).map(outcome).collect()
}

/// Whether the row changes anything; what has to be written is appended.
fn plan(row: &MasterInput, known: Option<&MasterRow>, new: &mut Vec<Value>) -> bool {
    let name = row.name.as_deref().map(str::trim);
    let name = name.or(known.map(|k| k.name.as_str())).unwrap_or_default();
    let grade = row.grade.or(known.map(|k| k.grade)).unwrap_or_default();
    let active = row.active.or(known.map(|k| k.active)).unwrap_or(true);
    if known.is_some_and(|k| (k.name.as_str(), k.grade, k.active) == (name, grade, active)) {
        return false;
    }
    new.push(json!({ "code": row.code, "name": name, "grade": grade, "active": active }));
    true
}

/// The positions of the sample people (domain 2), where they do not exist yet.
pub async fn ensure_positions(tx: &Tx, at: Instant) -> Result<(), Fault> {
    let seeds = [
        ("staff", "普通员工", 10),
        ("leader", "组长", 20),
        ("supervisor", "主管", 30),
        ("manager", "经理", 40),
        ("hr", "HR", 10),
    ];
    let codes = seeds.map(|(code, _, _)| code);
    let known = masters_by_code(tx, Master::Position, &codes).await?;
    let row = |(code, name, grade): &(&str, &str, i32)| MasterInput {
        code: (*code).to_owned(),
        name: Some((*name).to_owned()),
        grade: Some(*grade),
        active: None,
    };
    let missing = |(code, _, _): &&(&str, &str, i32)| known.iter().all(|k| k.code != *code);
    let rows: Vec<MasterInput> = seeds.iter().filter(missing).map(row).collect();
    write_masters(tx, &Actor::system(), Master::Position, &rows, at).await?;
    Ok(())
}
