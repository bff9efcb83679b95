//! The nightly check of rosters as a job: what is serious raises an alert.

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use vocabulary::LocalDate;

use super::store::{NewAlert, Severity, raise};
use crate::base::{App, Failure, Fault};
use crate::jobs::Held;
use crate::shifts;

/// Code of the alert.
const CODE: &str = "roster_findings";

/// Checks all rosters as of the date of the job.
pub fn work_roster_check<'a>(
    app: &'a App,
    held: &'a Held,
) -> BoxFuture<'a, Result<Value, Failure>> {
    work(app, held).boxed()
}

async fn work(app: &App, held: &Held) -> Result<Value, Failure> {
    let on = held.params.get("on").and_then(Value::as_str).and_then(|t| t.parse().ok());
    let on: LocalDate = on.ok_or_else(|| Fault::text("a check of rosters has no date"))?;
    let done = shifts::check_rosters(app, held, on).await?;
    if done.new > 0 && !done.serious.is_empty() {
        let at = app.clock.now();
        let tx = app.db.begin().await?;
        let object = format!("roster_check:{on}");
        let detail = json!({ "people": done.people, "findings": done.findings, "new": done.new,
                             "serious": done.serious });
        let alert = NewAlert { code: CODE, severity: Severity::Warning, object: &object, detail };
        raise(&tx, &alert, at).await?;
        tx.commit().await?;
    }
    Ok(serde_json::to_value(&done)?)
}
