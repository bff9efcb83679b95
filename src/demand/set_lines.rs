use std::collections::{HashMap, HashSet};

use serde_json::json;
use vocabulary::{LocalDate, PositionId};

use super::read::known_positions;
use super::refusal::LineFault;
use super::{DemandLine, DemandRefusal, DemandTable, demand_table, store};
use crate::base::{
    Actor, App, EFFECTIVE_RANGE, Failure, Once, Scope, audit, begin_once, finish_once,
};

/// Lines of one table.
pub const MAX_LINES: usize = 5_000;

/// Most people of a line.
const MAX_REQUIRED: i32 = 10_000;

/// Minutes of a date.
const DAY: i32 = 1_440;

/// Replaces all lines of a table; a wrong one leaves everything as it was.
pub async fn set_lines(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    id: i64,
    (version, lines): (i32, &[DemandLine]),
    once: &Once,
) -> Result<DemandTable, Failure> {
    if lines.len() > MAX_LINES {
        return Err(DemandRefusal::TooManyLines { max: MAX_LINES }.into());
    }
    let (at, today) = (app.clock.now(), app.today());
    let tx = app.db.begin().await?;
    let done: Option<i64> = begin_once(&tx, actor, "set_demand_lines", once, at).await?;
    let table = demand_table(&tx, scope, id, today).await?;
    let table = table.ok_or(DemandRefusal::TableNotFound)?;
    if done.is_none() {
        let known = known_positions(&tx, lines.iter().filter_map(|l| l.position_id)).await?;
        let faults = faults(lines, table.slot_minutes, &known);
        if !faults.is_empty() {
            return Err(DemandRefusal::LinesInvalid { faults }.into());
        }
        if !store::update_table(&tx, id, version, &table.name, table.active).await? {
            return Err(DemandRefusal::VersionConflict { version: table.version }.into());
        }
        store::replace_lines(&tx, id, &serde_json::to_string(lines)?).await?;
        let detail = json!({ "lines": lines.len() });
        audit(&tx, actor, at, "set_lines", "demand_table", &id.to_string(), detail).await?;
        finish_once(&tx, actor, "set_demand_lines", once, &id).await?;
    }
    let row = demand_table(&tx, scope, id, today).await?;
    tx.commit().await?;
    Ok(row.ok_or(DemandRefusal::TableNotFound)?)
}

/// What is wrong, by line.
fn faults(lines: &[DemandLine], slot: i32, known: &HashSet<PositionId>) -> Vec<(usize, LineFault)> {
    type Day = (Option<LocalDate>, Option<i32>, Option<PositionId>);
    let mut found = Vec::new();
    let mut days: HashMap<Day, Vec<(i32, i32)>> = HashMap::new();
    for (index, l) in lines.iter().enumerate() {
        let day = match (l.on_date, l.weekday) {
            (Some(date), None) => EFFECTIVE_RANGE.contains(&date),
            (None, Some(weekday)) => (1..=7).contains(&weekday),
            _ => false,
        };
        let (start, end) = (l.start_minute, l.end_minute);
        let times = (0..end).contains(&start) && end <= DAY && start % slot == 0 && end % slot == 0;
        let spans = days.entry((l.on_date, l.weekday, l.position_id)).or_default();
        let fault = if !day {
            LineFault::Day
        } else if !times {
            LineFault::Times
        } else if !(1..=MAX_REQUIRED).contains(&l.required) {
            LineFault::Required
        } else if l.position_id.is_some_and(|p| !known.contains(&p)) {
            LineFault::Position
        } else if spans.iter().any(|(s, e)| start < *e && *s < end) {
            LineFault::Overlap
        } else {
            spans.push((start, end));
            continue;
        };
        found.push((index, fault));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_line_is_named() {
        let line = |weekday, start_minute, end_minute, required| DemandLine {
            on_date: None,
            weekday,
            start_minute,
            end_minute,
            position_id: None,
            required,
        };
        let mut both = line(Some(1), 0, 60, 1);
        both.on_date = Some(LocalDate::from_days(20_000));
        let mut unknown = line(Some(2), 0, 60, 1);
        unknown.position_id = Some(PositionId(9));
        let lines = [
            line(Some(1), 480, 720, 2),
            both,
            line(Some(8), 0, 60, 1),
            line(Some(1), 490, 500, 1),
            line(Some(1), 600, 600, 1),
            line(Some(2), 0, 60, 0),
            unknown,
            line(Some(1), 690, 780, 1),
            line(Some(1), 720, 1_440, 1),
        ];
        let found = faults(&lines, 30, &HashSet::new());
        use LineFault as F;
        let wanted = [
            (1, F::Day),
            (2, F::Day),
            (3, F::Times),
            (4, F::Times),
            (5, F::Required),
            (6, F::Position),
            (7, F::Overlap),
        ];
        assert_eq!(found, wanted);
    }
}
