//! The steps people take: begin to close, lock, reopen.

use serde::Serialize;
use serde_json::json;
use vocabulary::{DateSpan, JobId, LocalDate, PeriodId, PeriodSetId};

use super::checks::{Obstacle, obstacles, sums};
use super::lock::JOB;
use super::refusal::{ClosingRefusal, MAX_TEXT};
use crate::base::{Actor, App, Failure, Fault, Once, Query, Tx, audit, begin_once, finish_once};
use crate::calendars::{
    PeriodLabel, PeriodRow, PeriodState, hold_period, insert_period, period_neighbours,
    set_period_job, set_period_state, shared_periods,
};
use crate::dirty::{self, Cause, Object};
use crate::identity::{IdentityRefusal, Permission};
use crate::jobs;

/// Begins to close a period. Results go on following the facts until it is locked.
pub async fn begin_closing(
    app: &App,
    actor: &Actor,
    set: PeriodSetId,
    name: &str,
    once: &Once,
) -> Result<PeriodId, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "create_attendance_period", once, at).await? {
        return Ok(done);
    }
    let label = PeriodLabel::of(name);
    let periods = shared_periods(&tx, LocalDate::MIN).await?;
    let cut = periods.cut(set).ok_or(ClosingRefusal::SetNotFound)?;
    let unknown = || ClosingRefusal::PeriodUnknown { period: name.to_owned() };
    let period = cut.named(&label).ok_or_else(unknown)?;
    if period.to >= app.today() {
        return Err(ClosingRefusal::NotOver { to: period.to }.into());
    }
    let id = match insert_period(&tx, set, &period, actor, at).await? {
        Some(id) => {
            // A change of the list may have been under way; the row waited for it.
            let now = shared_periods(&tx, LocalDate::MIN).await?;
            if now.cut(set).and_then(|c| c.named(&label)).as_ref() != Some(&period) {
                tx.rollback().await?;
                return Err(Fault::again("the list of periods changed").into());
            }
            id
        }
        None => {
            let known = periods.known.get(&(set, label)).map(|k| k.id);
            let row = held(&tx, known.ok_or(ClosingRefusal::AlreadyClosing)?).await?;
            match row.state() {
                PeriodState::Closing => return Err(ClosingRefusal::AlreadyClosing.into()),
                PeriodState::Locked => return Err(ClosingRefusal::AlreadyLocked.into()),
                PeriodState::Open => {}
            }
            set_period_state(&tx, row.id, PeriodState::Closing, None, actor, at).await?;
            row.id
        }
    };
    let detail = json!({ "period_set": set, "period": name, "from": period.from, "to": period.to });
    audit(&tx, actor, at, "close", "attendance_period", &id.to_string(), detail).await?;
    finish_once(&tx, actor, "create_attendance_period", once, &id).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) async fn held(tx: &Tx, id: PeriodId) -> Result<PeriodRow, Failure> {
    Ok(hold_period(tx, id).await?.ok_or(ClosingRefusal::PeriodNotFound)?)
}

/// Asks for a closing period to be locked; a job archives it and flips its state last. Refuses at once what no waiting
/// will mend.
pub async fn plan_lock(
    app: &App,
    actor: &Actor,
    id: PeriodId,
    once: &Once,
) -> Result<JobId, Failure> {
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(done) = begin_once(&tx, actor, "create_period_lock", once, at).await? {
        return Ok(done);
    }
    let row = held(&tx, id).await?;
    match row.state() {
        PeriodState::Open => return Err(ClosingRefusal::NotClosing.into()),
        PeriodState::Locked => return Err(ClosingRefusal::AlreadyLocked.into()),
        PeriodState::Closing => {}
    }
    if is_locking(&tx, &row).await? {
        return Err(ClosingRefusal::Locking.into());
    }
    let found = obstacles(&tx, &row, &sums(&tx, &row).await?).await?;
    if let Some((by, count)) = found.into_iter().find(|(by, _)| *by != Obstacle::PendingPeople) {
        return Err(ClosingRefusal::Obstructed { by, count }.into());
    }
    let job = jobs::enqueue(&tx, actor, JOB, &json!({ "attendance_period_id": id }), at).await?;
    set_period_job(&tx, id, job).await?;
    let detail = json!({ "period": row.period, "job": job });
    audit(&tx, actor, at, "plan_lock", "attendance_period", &id.to_string(), detail).await?;
    finish_once(&tx, actor, "create_period_lock", once, &job).await?;
    tx.commit().await?;
    Ok(job)
}

/// Whether a job is about to lock it.
async fn is_locking(q: &impl Query, row: &PeriodRow) -> Result<bool, Failure> {
    let Some(id) = row.job_id else { return Ok(false) };
    let job = jobs::job(q, id).await?;
    Ok(job.is_some_and(|j| matches!(j.state.as_str(), "queued" | "running")))
}

/// Why a period is opened again.
#[derive(Clone, Debug, Serialize)]
pub struct NewReopening {
    pub reason: String,
}

/// Opens a period again. `unlock`: whether the actor may reopen a locked one; then everybody who took part is computed
/// anew from the facts of now, and the adjustments of its dates are taken back.
pub async fn reopen(
    app: &App,
    actor: &Actor,
    id: PeriodId,
    new: &NewReopening,
    unlock: bool,
    once: &Once,
) -> Result<(), Failure> {
    let reason = new.reason.trim();
    if reason.is_empty()
        || reason.chars().count() > MAX_TEXT
        || reason.chars().any(char::is_control)
    {
        return Err(ClosingRefusal::ReasonInvalid.into());
    }
    let at = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(()) = begin_once(&tx, actor, "create_period_reopening", once, at).await? {
        return Ok(());
    }
    // Before the period: marks come before rows everywhere.
    dirty::hold_marks(&tx).await?;
    let row = held(&tx, id).await?;
    let was = row.state();
    match was {
        PeriodState::Open => return Err(ClosingRefusal::AlreadyOpen.into()),
        PeriodState::Closing if is_locking(&tx, &row).await? => {
            return Err(ClosingRefusal::Locking.into());
        }
        PeriodState::Locked if !unlock => {
            let permission = Permission::PeriodUnlock.code();
            return Err(IdentityRefusal::PermissionMissing { permission }.into());
        }
        PeriodState::Closing | PeriodState::Locked => {}
    }
    if was == PeriodState::Locked {
        check_unlock(&tx, &row).await?;
    }
    set_period_state(&tx, id, PeriodState::Open, Some(reason), actor, at).await?;
    let detail = json!({ "period": row.period, "was": row.state, "reason": reason });
    audit(&tx, actor, at, "reopen", "attendance_period", &id.to_string(), detail).await?;
    finish_once(&tx, actor, "create_period_reopening", once, &()).await?;
    if was == PeriodState::Locked {
        let span = DateSpan::new(row.from_date, row.to_date);
        for object in [Object::Period(id), Object::PeriodSet(row.period_set_id)] {
            dirty::mark_concerned(&tx, object, span, Cause::PeriodSet, actor, at).await?;
        }
        take_back(&tx, &row).await?;
    }
    tx.commit().await?;
    app.wake.signal();
    Ok(())
}

#[derive(sea_orm::FromQueryResult)]
struct CountRow {
    n: i64,
}

async fn check_unlock(tx: &Tx, row: &PeriodRow) -> Result<(), Failure> {
    if period_neighbours(tx, row).await?.later_locked > 0 {
        return Err(ClosingRefusal::NotLatest.into());
    }
    let sql = "SELECT COUNT(*) AS n FROM adjustment j JOIN attendance_period p \
                 ON p.period_set_id = j.period_set_id AND p.period = j.period \
               WHERE j.origin_set_id = $1 AND j.origin_period = $2 AND p.state = 'locked'";
    let values = vec![row.period_set_id.into(), row.period.as_str().into()];
    let locked: Option<CountRow> = tx.row(sql, values).await?;
    if locked.is_some_and(|c| c.n > 0) {
        return Err(ClosingRefusal::AdjustmentsLocked.into());
    }
    Ok(())
}

/// Removes the adjustments of a period whose own results follow the facts again.
async fn take_back(tx: &Tx, row: &PeriodRow) -> Result<(), Failure> {
    let sql = "DELETE FROM adjustment WHERE origin_set_id = $1 AND origin_period = $2";
    tx.run(sql, vec![row.period_set_id.into(), row.period.as_str().into()]).await?;
    Ok(())
}
