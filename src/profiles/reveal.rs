use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::change_file::seen;
use super::{ArchiveRow, FileView, Group, ProfileRefusal, archives, file};
use crate::base::{Actor, App, Failure, Scope, audit};

/// The file of a person with these groups in the clear. He has to be in the scope of each; the view is logged.
pub async fn reveal(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    id: PersonId,
    on: LocalDate,
    groups: &[Group],
) -> Result<FileView, Failure> {
    let tx = app.db.begin().await?;
    seen(&tx, scopes, id, on).await?;
    let view = file(&tx, app.config.data_keys(), &Scope::everybody(), id, on).await?;
    let mut view = view.ok_or(ProfileRefusal::PersonNotFound)?;
    view.mask(groups);
    let names: Vec<&str> = groups.iter().map(|g| g.as_str()).collect();
    let detail = json!({ "groups": names });
    audit(&tx, actor, app.clock.now(), "reveal", "person_file", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(view)
}

/// The archives of a person with these groups in the clear; logged if there are any.
pub async fn reveal_archives(
    app: &App,
    actor: &Actor,
    scopes: &[Scope],
    id: PersonId,
    groups: &[Group],
) -> Result<Vec<ArchiveRow>, Failure> {
    let today = app.today();
    if groups.is_empty() {
        let q = app.db.snapshot().await?;
        seen(&q, scopes, id, today).await?;
        let mut rows = archives(&q, app.config.data_keys(), id).await?;
        rows.iter_mut().for_each(|r| r.mask(&[]));
        return Ok(rows);
    }
    let tx = app.db.begin().await?;
    seen(&tx, scopes, id, today).await?;
    let mut rows = archives(&tx, app.config.data_keys(), id).await?;
    rows.iter_mut().for_each(|r| r.mask(groups));
    let names: Vec<&str> = groups.iter().map(|g| g.as_str()).collect();
    let detail = json!({ "groups": names, "archives": rows.len() });
    audit(&tx, actor, app.clock.now(), "reveal", "person_file", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(rows)
}
