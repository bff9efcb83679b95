//! Punches of people who had left: kept as evidence, and told.

use serde_json::json;

use super::store::{NewAlert, Severity, raise, told};
use crate::base::{App, Failure};
use crate::precompute::{self, PunchedAfterLeaving};

/// Code of the alert.
const CODE: &str = "punch_after_leaving";
/// How far back is looked, in days.
const BACK: i32 = 62;
/// Most alerts of one look.
const MOST: u32 = 5_000;

/// Raises an alert per person and date on which somebody punched after he had left; how many are new. A date is told
/// once, also when the alert is resolved.
pub async fn watch_leavers(app: &App) -> Result<usize, Failure> {
    let from = app.today().plus(-BACK);
    let found = precompute::punched_after_leaving(app.db.read(), from, MOST).await?;
    if found.is_empty() {
        return Ok(0);
    }
    let told = told(app.db.read(), CODE).await?;
    let object = |f: &PunchedAfterLeaving| format!("person:{}:{}", f.person_id, f.work_date);
    let found: Vec<_> = found.into_iter().filter(|f| !told.contains(&object(f))).collect();
    if found.is_empty() {
        return Ok(0);
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let mut raised = 0;
    for f in &found {
        let object = object(f);
        let detail = json!({ "person_id": f.person_id, "number": f.number, "name": f.name,
                             "date": f.work_date });
        let severity = Severity::Warning;
        let new = NewAlert { code: CODE, severity, object: &object, detail };
        raised += usize::from(raise(&tx, &new, at).await?.is_some());
    }
    tx.commit().await?;
    Ok(raised)
}
