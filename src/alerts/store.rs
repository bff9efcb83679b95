use std::collections::HashSet;

use sea_orm::FromQueryResult;
use serde_json::Value;
use vocabulary::{AlertId, Instant, JobId, LocalDate, UserId};

use crate::base::{Fault, Query, Tx};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// Something somebody has to look at.
#[derive(Clone, Debug)]
pub struct NewAlert<'a> {
    pub code: &'a str,
    pub severity: Severity,
    /// What it is about; with the code it makes the alert one.
    pub object: &'a str,
    pub detail: Value,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: AlertId,
}

/// Opens an alert unless the same one stands already; its id if it was opened.
pub async fn raise(tx: &Tx, new: &NewAlert<'_>, at: Instant) -> Result<Option<AlertId>, Fault> {
    let sql = "INSERT INTO alert (code, severity, object, detail, state, opened_at, version) \
               VALUES ($1, $2, $3, $4, 'open', $5, 1) \
               ON CONFLICT (code, object) WHERE state <> 'resolved' DO NOTHING RETURNING id";
    let values = vec![
        new.code.into(),
        new.severity.as_str().into(),
        new.object.into(),
        new.detail.to_string().into(),
        at.into(),
    ];
    let row: Option<IdRow> = tx.row(sql, values).await?;
    Ok(row.map(|r| r.id))
}

/// Takes an alert from one of the states before; whether it was in one.
pub(super) async fn acknowledge(
    tx: &Tx,
    id: AlertId,
    by: Option<UserId>,
    comment: Option<&str>,
    at: Instant,
) -> Result<bool, Fault> {
    let sql = "UPDATE alert SET state = 'acknowledged', acknowledged_at = $2, \
               acknowledged_by = $3, comment = COALESCE($4, comment), version = version + 1 \
               WHERE id = $1 AND state = 'open'";
    Ok(tx.run(sql, vec![id.into(), at.into(), by.into(), comment.into()]).await? == 1)
}

pub(super) async fn resolve(
    tx: &Tx,
    id: AlertId,
    by: Option<UserId>,
    comment: Option<&str>,
    at: Instant,
) -> Result<bool, Fault> {
    let sql = "UPDATE alert SET state = 'resolved', resolved_at = $2, resolved_by = $3, \
               comment = COALESCE($4, comment), version = version + 1 \
               WHERE id = $1 AND state <> 'resolved'";
    Ok(tx.run(sql, vec![id.into(), at.into(), by.into(), comment.into()]).await? == 1)
}

/// Takes the sample of a date; `false` if somebody has it already.
pub(super) async fn take_night(
    tx: &Tx,
    on: LocalDate,
    job: JobId,
    at: Instant,
) -> Result<bool, Fault> {
    let sql = "INSERT INTO nightly_sample (on_date, job_id, at) VALUES ($1, $2, $3) \
               ON CONFLICT (on_date) DO NOTHING";
    Ok(tx.run(sql, vec![on.into(), job.into(), at.into()]).await? == 1)
}

#[derive(FromQueryResult)]
struct DateRow {
    on_date: LocalDate,
}

/// Whether the sample of a date is taken.
pub(super) async fn night_taken(q: &impl Query, on: LocalDate) -> Result<bool, Fault> {
    let sql = "SELECT on_date FROM nightly_sample WHERE on_date = $1";
    let row: Option<DateRow> = q.row(sql, vec![on.into()]).await?;
    Ok(row.is_some_and(|r| r.on_date == on))
}

#[derive(FromQueryResult)]
struct ObjectRow {
    object: String,
}

/// What was ever told with this code.
pub(super) async fn told(q: &impl Query, code: &str) -> Result<HashSet<String>, Fault> {
    let sql = "SELECT object FROM alert WHERE code = $1";
    let rows: Vec<ObjectRow> = q.rows(sql, vec![code.into()]).await?;
    Ok(rows.into_iter().map(|r| r.object).collect())
}
