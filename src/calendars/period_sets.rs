use engine::period::PeriodRule;
use serde::Serialize;
use serde_json::json;
use vocabulary::{Instant, LocalDate, PeriodSetId, PersonId};

use super::entries::{Entry, When, put};
use super::period_set_read::period_sets;
use super::store::Line;
use super::{CalendarRefusal, defaults, period_store};
use crate::base::{Actor, Failure, Fault, Tx, audit, code_is_valid, name_is_valid};

/// A period set to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewPeriodSet {
    pub code: String,
    pub name: String,
    /// 1…31.
    pub start_day: u8,
}

/// The rule of a new period set, if all is good.
pub(super) fn check(new: &NewPeriodSet) -> Result<PeriodRule, CalendarRefusal> {
    if !code_is_valid(&new.code) {
        return Err(CalendarRefusal::CodeInvalid);
    }
    if !name_is_valid(&new.name) {
        return Err(CalendarRefusal::NameInvalid);
    }
    PeriodRule::new(new.start_day).ok_or(CalendarRefusal::StartDayInvalid)
}

/// Makes the period sets that do not exist yet; the id of each. What exists keeps its start day.
pub async fn put_period_sets(
    tx: &Tx,
    actor: &Actor,
    sets: &[NewPeriodSet],
    at: Instant,
) -> Result<Vec<PeriodSetId>, Failure> {
    let mut made = Vec::new();
    for set in sets {
        check(set)?;
        let default = set.code == defaults::DEFAULT_PERIOD_SET;
        let inserted =
            period_store::insert_period_set(tx, &set.code, set.name.trim(), set.start_day, default);
        if inserted.await?.is_some() {
            made.push(json!([set.code, set.start_day]));
        }
    }
    if !made.is_empty() {
        let count = made.len().to_string();
        audit(tx, actor, at, "put", "period_set", &count, json!({ "sets": made })).await?;
    }
    let stored = period_sets(tx).await?;
    let id = |set: &NewPeriodSet| stored.iter().find(|s| s.code == set.code).map(|s| s.id);
    let ids: Option<Vec<PeriodSetId>> = sets.iter().map(id).collect();
    Ok(ids.ok_or_else(|| Fault::text("a period set was not written"))?)
}

/// A row of [`put_period_assignments`].
#[derive(Clone, Copy, Debug)]
pub struct PeriodEntry {
    pub person: PersonId,
    pub valid_from: LocalDate,
    /// `None` = the entry of this date is removed.
    pub set: Option<PeriodSetId>,
}

/// Writes entries whose people and period sets are known to be good, each place at most once, and
/// marks their dates. Says of each row whether it changed anything.
pub async fn put_period_assignments(
    tx: &Tx,
    actor: &Actor,
    rows: &[PeriodEntry],
    today: LocalDate,
    at: Instant,
) -> Result<Vec<bool>, Fault> {
    let entries: Vec<Entry> = rows
        .iter()
        .map(|r| Entry { person: r.person, valid_from: r.valid_from, object: r.set.map(|s| s.0) })
        .collect();
    put(tx, actor, Line::PeriodSet, &entries, When { today, at }).await
}
