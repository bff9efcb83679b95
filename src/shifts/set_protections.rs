use engine::legality::Protection;
use serde::Serialize;
use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::{ShiftRefusal, check_store as store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Once, RowOutcome, Scope, audit, begin_once, finish_once,
};
use crate::people;

/// Rows of one call.
pub const MAX_PROTECTIONS: usize = 1_000;

/// A protected stretch of dates of a person.
#[derive(Clone, Debug, Serialize)]
pub struct ProtectionChange {
    pub person: PersonId,
    pub kind: &'static str,
    pub valid_from: LocalDate,
    /// `None` = until further notice.
    pub valid_to: Option<LocalDate>,
    /// Takes the entry away instead.
    pub remove: bool,
}

/// Writes or removes protected dates. Every row has its own outcome. No computed result depends on them: they only
/// change what the checks of rosters find.
pub async fn set_protections(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    changes: &[ProtectionChange],
    once: &Once,
) -> Result<Vec<RowOutcome>, Failure> {
    if changes.len() > MAX_PROTECTIONS {
        return Err(ShiftRefusal::TooManyRows { max: MAX_PROTECTIONS }.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_protections", once, at).await? {
        return Ok(done);
    }
    let today = app.today();
    let places: Vec<_> = changes.iter().map(|c| (c.person, today)).collect();
    let visible = people::visible_at(&tx, scope, &places).await?;
    let mut outcomes = Vec::with_capacity(changes.len());
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    let mut seen = std::collections::HashSet::new();
    for (c, visible) in changes.iter().zip(visible) {
        let wrong = c.valid_to.is_some_and(|to| to < c.valid_from)
            || !EFFECTIVE_RANGE.contains(&c.valid_from)
            || c.valid_to.is_some_and(|to| !EFFECTIVE_RANGE.contains(&to))
            || Protection::parse(c.kind).is_none();
        outcomes.push(if !visible {
            RowOutcome::refused(&ShiftRefusal::PersonNotFound)
        } else if wrong {
            RowOutcome::refused(&ShiftRefusal::ProtectionInvalid)
        } else if !seen.insert((c.person, c.kind, c.valid_from)) {
            RowOutcome::refused(&ShiftRefusal::RowRepeated)
        } else {
            let row = json!({ "person_id": c.person.0, "kind": c.kind,
                              "valid_from": c.valid_from, "valid_to": c.valid_to });
            if c.remove {
                gone.push(row)
            } else {
                put.push(row)
            }
            RowOutcome::Written { version: 0 }
        });
    }
    store::put_protections(&tx, &json!(put).to_string()).await?;
    store::delete_protections(&tx, &json!(gone).to_string()).await?;
    if !put.is_empty() || !gone.is_empty() {
        let count = (put.len() + gone.len()).to_string();
        let detail = json!({ "put": put, "removed": gone });
        audit(&tx, actor, at, "set", "person_protection", &count, detail).await?;
    }
    finish_once(&tx, actor, "set_protections", once, &outcomes).await?;
    tx.commit().await?;
    Ok(outcomes)
}
