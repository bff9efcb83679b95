use engine::period::PeriodRule;
use serde_json::json;
use vocabulary::{Instant, LocalDate, PeriodSetId, PersonId};

use super::entries::{Entry, When, put};
use super::read::period_sets;
use super::store::{self, Line};
use super::{CalendarRefusal, defaults};
use crate::base::{Actor, Failure, Fault, Tx, audit, code_is_valid, name_is_valid};

/// A period set to be made.
#[derive(Clone, Debug)]
pub struct NewPeriodSet {
    pub code: String,
    pub name: String,
    /// 1…31.
    pub start_day: u8,
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
        if !code_is_valid(&set.code) {
            return Err(CalendarRefusal::CodeInvalid.into());
        }
        if !name_is_valid(&set.name) {
            return Err(CalendarRefusal::NameInvalid.into());
        }
        if PeriodRule::new(set.start_day).is_none() {
            return Err(CalendarRefusal::StartDayInvalid.into());
        }
        let default = set.code == defaults::DEFAULT_PERIOD_SET;
        let inserted =
            store::insert_period_set(tx, &set.code, set.name.trim(), set.start_day, default);
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
