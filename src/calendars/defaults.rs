use serde_json::{Value, json};

use super::{NATIONAL_YEARS, kind_code, national, period_store, store};
use crate::base::{Fault, Tx};

/// Code of the calendar of mainland China that every installation has from the start.
pub const DEFAULT_CALENDAR: &str = "cn";

/// Code of the natural month.
pub const DEFAULT_PERIOD_SET: &str = "month";

/// Makes the default calendar (rest on Saturday and Sunday, with the national data that come with
/// the program) and the natural month as default period set, where they do not exist yet.
pub async fn ensure_defaults(tx: &Tx) -> Result<(), Fault> {
    period_store::insert_period_set(tx, DEFAULT_PERIOD_SET, "自然月", 1, true).await?;
    let made = store::insert_calendar(tx, DEFAULT_CALENDAR, "国家日历（做五休二）", "[6,7]", true);
    let Some(id) = made.await? else { return Ok(()) };
    let rows: Vec<Value> = NATIONAL_YEARS
        .into_iter()
        .filter_map(national)
        .flatten()
        .map(|d| {
            json!({ "on_date": d.date, "kind": kind_code(d.kind), "name": d.name,
                    "source": "national" })
        })
        .collect();
    store::put_dates(tx, id, &Value::Array(rows).to_string()).await?;
    Ok(())
}
