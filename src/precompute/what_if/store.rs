//! The only SQL that writes runs and their differences.

use std::collections::HashSet;

use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use vocabulary::{Instant, JobId, PersonId, UserId, WhatIfRunId};

use super::compare::{Difference, Totals};
use super::plan::NewWhatIf;
use super::read::RunRow;
use crate::base::{
    Actor, ColumnKind, Dialect, Fault, Query, Scope, Tx, id_rows, id_value, json_rows,
};
use crate::people;

/// Differing dates in one statement.
const ROWS: usize = 2_000;

#[derive(FromQueryResult)]
struct CountRow {
    n: i64,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: WhatIfRunId,
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: PersonId,
}

/// Runs of a user whose job has not ended.
pub async fn open_runs(q: &impl Query, author: Option<UserId>) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) AS n FROM what_if_run r JOIN job j ON j.id = r.job_id \
               WHERE r.author_id = $1 AND j.state IN ('queued', 'running')";
    let row: Option<CountRow> = q.row(sql, vec![author.into()]).await?;
    Ok(row.map_or(0, |r| r.n))
}

pub async fn insert_run(
    tx: &Tx,
    actor: &Actor,
    new: &NewWhatIf,
    scope: &Scope,
    at: Instant,
) -> Result<WhatIfRunId, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO what_if_run (job_id, name, from_date, to_date, drafts, target, scope, \
               after_person, people, day_rows, truncated, totals, author_id, created_at) \
             VALUES (0, $1, $2, $3, $4, $5, $6, 0, 0, 0, false, $7, $8, $9) RETURNING id",
            vec![
                new.name.as_str().into(),
                new.from.into(),
                new.to.into(),
                serde_json::to_string(&new.drafts)?.into(),
                serde_json::to_string(&new.target)?.into(),
                serde_json::to_string(scope)?.into(),
                serde_json::to_string(&Totals::default())?.into(),
                actor.user.into(),
                at.into(),
            ],
        )
        .await?;
    row.map(|r| r.id).ok_or_else(|| Fault::text("no what-if run was written"))
}

pub async fn set_job(tx: &Tx, id: WhatIfRunId, job: JobId) -> Result<(), Fault> {
    let sql = "UPDATE what_if_run SET job_id = $2 WHERE id = $1";
    tx.run(sql, vec![id.into(), job.into()]).await?;
    Ok(())
}

/// Which of these people lie in the scope on some date of the span.
pub async fn people_between(
    q: &impl Query,
    scope: &Scope,
    new: &NewWhatIf,
    ids: &[PersonId],
) -> Result<HashSet<PersonId>, Fault> {
    let mut values: Vec<Value> =
        vec![id_value(ids.iter().map(|p| p.0)), new.from.into(), new.to.into()];
    let within = people::within_span(q.dialect(), scope, ("$2", "$3"), "p.id", &mut values);
    let input = id_rows(q.dialect(), "k", 1);
    let sql = format!(
        "SELECT DISTINCT p.id FROM {input} JOIN person p ON p.id = k.id \
         WHERE $2 <= $3 AND {within}"
    );
    let found: Vec<PersonRow> = q.rows(&sql, values).await?;
    Ok(found.into_iter().map(|r| r.id).collect())
}

/// The condition that a person belongs to a run on some date of it; `$1` and `$2` are its dates.
fn belongs(dialect: Dialect, run: &RunRow, values: &mut Vec<Value>) -> Result<String, Fault> {
    values.extend([run.from_date.into(), run.to_date.into()]);
    let days = ("$1", "$2");
    let seen = people::within_span(dialect, &run.scope()?, days, "p.id", values);
    let asked = people::within_span(dialect, &run.target()?.scope(), days, "p.id", values);
    Ok(format!(
        "p.hired_on <= $2 AND (p.left_on IS NULL OR p.left_on >= $1) AND {seen} AND {asked}"
    ))
}

/// How many people a run covers.
pub async fn count_people(q: &impl Query, run: &RunRow) -> Result<i64, Fault> {
    let mut values = Vec::new();
    let belongs = belongs(q.dialect(), run, &mut values)?;
    let sql = format!("SELECT COUNT(*) AS n FROM person p WHERE {belongs}");
    let row: Option<CountRow> = q.row(&sql, values).await?;
    Ok(row.map_or(0, |r| r.n))
}

/// The next people of a run, in the order of their ids.
pub async fn next_people(q: &impl Query, run: &RunRow, limit: i64) -> Result<Vec<PersonId>, Fault> {
    let mut values = Vec::new();
    let belongs = belongs(q.dialect(), run, &mut values)?;
    values.extend([run.after_person.into(), limit.into()]);
    let n = values.len();
    let sql = format!(
        "SELECT p.id FROM person p WHERE {belongs} AND p.id > ${} ORDER BY p.id LIMIT ${n}",
        n - 1
    );
    let rows: Vec<PersonRow> = q.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// Writes what a chunk of people has given.
pub async fn save_progress(tx: &Tx, run: &RunRow) -> Result<(), Fault> {
    let sql = "UPDATE what_if_run SET after_person = $2, people = $3, day_rows = $4, \
               truncated = $5, totals = $6 WHERE id = $1";
    let values = vec![
        run.id.into(),
        run.after_person.into(),
        run.people.into(),
        run.day_rows.into(),
        run.truncated.into(),
        run.totals.as_str().into(),
    ];
    tx.run(sql, values).await?;
    Ok(())
}

pub async fn insert_days(tx: &Tx, id: WhatIfRunId, days: &[Difference]) -> Result<(), Fault> {
    let columns = [
        ("person_id", ColumnKind::Bigint),
        ("work_date", ColumnKind::Date),
        ("org_id", ColumnKind::Bigint),
        ("position_id", ColumnKind::Bigint),
        ("employment_kind", ColumnKind::Text),
        ("locked", ColumnKind::Bool),
        ("exceptions", ColumnKind::Int),
        ("changed", ColumnKind::Text),
        ("content", ColumnKind::Json),
    ];
    let input = json_rows(tx.dialect(), "r", 1, &columns);
    let sql = format!(
        "INSERT INTO what_if_day (run_id, person_id, work_date, org_id, position_id, \
           employment_kind, locked, exceptions, changed, content) \
         SELECT $2, r.person_id, r.work_date, r.org_id, r.position_id, \
           r.employment_kind, r.locked, r.exceptions, r.changed, r.content FROM {input}"
    );
    for piece in days.chunks(ROWS) {
        let rows: Result<Vec<_>, Fault> = piece.iter().map(row).collect();
        let rows = serde_json::Value::Array(rows?).to_string();
        tx.run(&sql, vec![rows.into(), id.into()]).await?;
    }
    Ok(())
}

fn row(d: &Difference) -> Result<serde_json::Value, Fault> {
    Ok(json!({
        "person_id": d.person.0, "work_date": d.date, "org_id": d.org.map(|o| o.0),
        "position_id": d.position.map(|p| p.0), "employment_kind": d.kind,
        "locked": d.locked, "exceptions": d.content.added.len() + d.content.removed.len(),
        "changed": format!(",{},", d.changed.join(",")),
        "content": serde_json::to_string(&d.content)?,
    }))
}

/// Hides a run before it is deleted; `false` if it is hidden already.
pub async fn hide(tx: &Tx, id: WhatIfRunId, at: Instant) -> Result<bool, Fault> {
    let sql = "UPDATE what_if_run SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
    Ok(tx.run(sql, vec![id.into(), at.into()]).await? == 1)
}

/// Hides runs that were made before an instant and have ended.
pub async fn hide_old(tx: &Tx, before: Instant, at: Instant) -> Result<Vec<WhatIfRunId>, Fault> {
    let sql = "UPDATE what_if_run SET deleted_at = $2 \
               WHERE created_at < $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM job j \
                 WHERE j.id = what_if_run.job_id AND j.state IN ('queued', 'running')) \
               RETURNING id";
    let rows: Vec<IdRow> = tx.rows(sql, vec![before.into(), at.into()]).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// Deletes some differences of a run; how many there were.
pub async fn delete_days(tx: &Tx, id: WhatIfRunId, limit: i64) -> Result<u64, Fault> {
    let sql = "DELETE FROM what_if_day WHERE run_id = $1 AND (person_id, work_date) IN \
               (SELECT d.person_id, d.work_date FROM what_if_day d WHERE d.run_id = $1 \
                ORDER BY d.person_id, d.work_date LIMIT $2)";
    tx.run(sql, vec![id.into(), limit.into()]).await
}

/// Deletes a hidden run.
pub async fn delete_run(tx: &Tx, id: WhatIfRunId) -> Result<(), Fault> {
    let sql = "DELETE FROM what_if_run WHERE id = $1 AND deleted_at IS NOT NULL";
    tx.run(sql, vec![id.into()]).await?;
    Ok(())
}
