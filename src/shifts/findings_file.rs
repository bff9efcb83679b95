//! Findings as a file, and the run that finds them.

use std::fs::File;

use serde_json::json;
use vocabulary::JobId;

use super::ROSTER_CHECK_JOB;
use super::read::{FindingFilter, roster_findings};
use crate::base::context::{Lang, lang};
use crate::base::{
    Actor, App, Failure, Fault, Once, Scope, TableFile, audit, begin_once, finish_once,
};
use crate::jobs;

const ZH: [&str; 9] =
    ["工号", "姓名", "检查", "级别", "开始日期", "结束日期", "数值", "限值", "说明"];
const EN: [&str; 9] =
    ["number", "name", "check", "severity", "from", "to", "value", "limit", "text"];

/// Writes all findings of the filter into a file.
pub async fn export_findings(
    app: &App,
    scope: &Scope,
    mut filter: FindingFilter,
    start: fn(Vec<String>) -> Result<TableFile, Fault>,
) -> Result<File, Failure> {
    let heading = if lang() == Lang::Zh { ZH } else { EN };
    let mut file = start(heading.iter().map(ToString::to_string).collect())?;
    let snapshot = app.db.snapshot().await?;
    loop {
        let rows = roster_findings(&snapshot, scope, &filter).await?;
        for r in &rows {
            let f = &r.finding;
            file.line(&[
                f.number.clone(),
                f.name.clone(),
                f.code.clone(),
                f.severity.clone(),
                f.from.to_string(),
                f.to.to_string(),
                f.value.to_string(),
                f.limit.to_string(),
                f.text(lang()),
            ])?;
        }
        match rows.last() {
            Some(last) if rows.len() as u64 == u64::from(filter.limit) => filter.after = last.id,
            _ => return Ok(file.finish()?),
        }
    }
}

/// Asks for a check of all rosters as of today.
pub async fn start_check_run(app: &App, actor: &Actor, once: &Once) -> Result<JobId, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "start_check_run", once, at).await? {
        return Ok(done);
    }
    let on = app.today();
    let job = jobs::enqueue(&tx, actor, ROSTER_CHECK_JOB, &json!({ "on": on }), at).await?;
    audit(&tx, actor, at, "start", "roster_check", &job.to_string(), json!({ "on": on })).await?;
    finish_once(&tx, actor, "start_check_run", once, &job).await?;
    tx.commit().await?;
    Ok(job)
}
