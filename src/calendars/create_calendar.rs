use serde::Serialize;
use vocabulary::{CalendarId, Instant};

use super::read::{CalendarRow, calendar_codes, calendar_row};
use super::{CalendarRefusal, store};
use crate::base::{
    Actor, App, Failure, Fault, Once, Tx, audit, begin_once, code_is_valid, finish_once,
    name_is_valid,
};

/// A calendar to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewCalendar {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    pub code: String,
    pub name: String,
    /// 1 = Monday … 7 = Sunday, each at most once. Never changes.
    pub rest_weekdays: Vec<u8>,
}

/// Makes a calendar without dates.
pub async fn create_calendar(
    app: &App,
    actor: &Actor,
    new: &NewCalendar,
    once: &Once,
) -> Result<CalendarRow, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    let id = match begin_once(&tx, actor, "create_calendar", once, at).await? {
        Some(done) => done,
        None => {
            let id = insert(&tx, actor, new, at).await?.ok_or(CalendarRefusal::CodeTaken)?;
            finish_once(&tx, actor, "create_calendar", once, &id).await?;
            id
        }
    };
    let row = calendar_row(&tx, id).await?;
    tx.commit().await?;
    Ok(row.ok_or(CalendarRefusal::CalendarNotFound)?)
}

/// `None` if the code is taken.
async fn insert(
    tx: &Tx,
    actor: &Actor,
    new: &NewCalendar,
    at: Instant,
) -> Result<Option<CalendarId>, Failure> {
    let rest = check(new)?;
    let rest = serde_json::to_string(&rest)?;
    let Some(id) = store::insert_calendar(tx, &new.code, new.name.trim(), &rest, false).await?
    else {
        return Ok(None);
    };
    let detail = serde_json::to_value(new)?;
    audit(tx, actor, at, "create", "calendar", &id.to_string(), detail).await?;
    Ok(Some(id))
}

/// Weekdays of rest in order.
fn check(new: &NewCalendar) -> Result<Vec<u8>, CalendarRefusal> {
    if !code_is_valid(&new.code) {
        return Err(CalendarRefusal::CodeInvalid);
    }
    if !name_is_valid(&new.name) {
        return Err(CalendarRefusal::NameInvalid);
    }
    let mut rest = new.rest_weekdays.clone();
    rest.sort_unstable();
    rest.dedup();
    if rest.len() != new.rest_weekdays.len() || !rest.iter().all(|d| (1..=7).contains(d)) {
        return Err(CalendarRefusal::RestWeekdaysInvalid);
    }
    Ok(rest)
}

/// Makes the calendars that do not exist yet; the id of each. What exists stays as it is.
pub async fn put_calendars(
    tx: &Tx,
    actor: &Actor,
    new: &[NewCalendar],
    at: Instant,
) -> Result<Vec<CalendarId>, Failure> {
    for calendar in new {
        insert(tx, actor, calendar, at).await?;
    }
    let codes = calendar_codes(tx).await?;
    let ids: Option<Vec<CalendarId>> = new.iter().map(|c| codes.get(&c.code).copied()).collect();
    Ok(ids.ok_or_else(|| Fault::text("a calendar was not written"))?)
}
