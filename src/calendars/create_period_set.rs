use serde_json::json;
use vocabulary::PeriodSetId;

use super::period_set_read::{PeriodSetRow, period_set};
use super::period_sets::{NewPeriodSet, check};
use super::{CalendarRefusal, PeriodSetRefusal, period_store};
use crate::base::{Actor, App, Failure, Once, audit, begin_once, finish_once};

/// Makes a period set without a list.
pub async fn create_period_set(
    app: &App,
    actor: &Actor,
    new: &NewPeriodSet,
    once: &Once,
) -> Result<PeriodSetRow, Failure> {
    let rule = check(new)?;
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "create_period_set", once, at).await? {
        Some(done) => done,
        None => {
            let name = new.name.trim();
            let day = rule.start_day();
            let made = period_store::insert_period_set(&tx, &new.code, name, day, false).await?;
            let id: PeriodSetId = made.ok_or(CalendarRefusal::CodeTaken)?;
            let detail = json!({ "code": new.code, "name": name, "start_day": day });
            audit(&tx, actor, at, "create", "period_set", &id.to_string(), detail).await?;
            finish_once(&tx, actor, "create_period_set", once, &id).await?;
            id
        }
    };
    let row = period_set(&tx, id).await?;
    tx.commit().await?;
    Ok(row.ok_or(PeriodSetRefusal::NotFound)?)
}
