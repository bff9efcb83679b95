use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{BatchId, DateSpan, Instant, LocalDate, PeriodSetId};

use super::period_line::{NamedPeriod, PeriodCut};
use super::period_list::{PeriodList, first_change, relisted};
use super::period_set_read::{begun_periods, cut_of, period_set};
use super::{CalendarRefusal, PeriodSetRefusal, period_store};
use crate::base::{Actor, App, Failure, Fault, Once, Tx, audit, begin_once, finish_once};
use crate::dirty::{self, Cause, Object};

/// What a change of the list has set in motion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedPeriods {
    /// The version of the set now.
    pub version: i32,
    /// First date that lies in another period than before.
    pub from: Option<LocalDate>,
    /// People who are computed again.
    pub marks: u64,
    /// The batch of these marks; none if no date changed.
    pub batches: Vec<BatchId>,
}

/// Lists the periods of a set from a date on. Periods that are closing or locked keep their dates; everybody
/// whose dates move to other periods is computed again.
pub async fn set_period_dates(
    app: &App,
    actor: &Actor,
    id: PeriodSetId,
    version: i32,
    list: &PeriodList,
    once: &Once,
) -> Result<ChangedPeriods, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "set_period_dates", once, at).await? {
        return Ok(done);
    }
    let set = period_set(&tx, id).await?.ok_or(PeriodSetRefusal::NotFound)?;
    if !period_store::next_version(&tx, id, version, list.from).await? {
        return Err(CalendarRefusal::VersionConflict { version: set.version }.into());
    }
    let old = cut_of(&tx, &set).await?;
    let new = relisted(&old, list)?;
    let from = first_change(&old, &new, list.from);
    let later: Vec<NamedPeriod> =
        new.listed.iter().filter(|p| p.from >= list.from).cloned().collect();
    if let Some(from) = from {
        for begun in begun_periods(&tx, id, from, true).await? {
            keeps(&new, begun)?;
        }
        let open = begun_periods(&tx, id, from, false).await?;
        let moved: Vec<NamedPeriod> = open.iter().filter_map(|p| new.named(&p.label)).collect();
        period_store::move_open(&tx, id, &moved).await?;
    }
    period_store::put_periods(&tx, id, list.from, &later).await?;
    let version = version + 1;
    let rows: Vec<Value> =
        later.iter().map(|p| json!([p.label.to_string(), p.from, p.to])).collect();
    let detail = json!({ "version": version, "from": list.from, "periods": rows });
    audit(&tx, actor, at, "set_dates", "period_set", &id.to_string(), detail).await?;
    let (marks, batches) = mark(&tx, actor, id, from, at).await?;
    let done = ChangedPeriods { version, from, marks, batches };
    finish_once(&tx, actor, "set_period_dates", once, &done).await?;
    tx.commit().await?;
    app.wake.signal();
    Ok(done)
}

/// Refuses if a period that has begun to close would have other dates or another name.
fn keeps(new: &PeriodCut, begun: NamedPeriod) -> Result<(), PeriodSetRefusal> {
    if new.period_of(begun.from) == begun {
        return Ok(());
    }
    let name = begun.label.to_string();
    Err(PeriodSetRefusal::NotOpen { name, from: begun.from, to: begun.to })
}

async fn mark(
    tx: &Tx,
    actor: &Actor,
    id: PeriodSetId,
    from: Option<LocalDate>,
    at: Instant,
) -> Result<(u64, Vec<BatchId>), Fault> {
    let Some(from) = from else { return Ok((0, Vec::new())) };
    // Other ends of periods move the dates on which people change sets: no end is known.
    let span = engine::reach_of_plan(DateSpan::since(from));
    let (batch, marks) =
        dirty::mark_concerned(tx, Object::PeriodSet(id), span, Cause::PeriodSet, actor, at).await?;
    Ok((marks, vec![batch]))
}
