//! Attendance periods that have begun to close: their rows, and the moves that change their state.

use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, JobId, LocalDate, PeriodId, PeriodSetId, UserId};

use super::period_line::{NamedPeriod, PeriodState};
use crate::base::{Actor, Dialect, Fault, Query, Tx};

/// A period that has a row.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PeriodRow {
    pub id: PeriodId,
    pub period_set_id: PeriodSetId,
    pub period: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub state: String,
    /// Of the last reopening.
    pub reason: Option<String>,
    pub changed_at: Instant,
    pub changed_by: Option<UserId>,
    /// The job that locks it, or did so last.
    pub job_id: Option<JobId>,
}

impl PeriodRow {
    pub fn state(&self) -> PeriodState {
        PeriodState::of(&self.state)
    }
}

const ROW: &str = "SELECT p.id, p.period_set_id, p.period, p.from_date, p.to_date, p.state, \
     p.reason, p.changed_at, p.changed_by, p.job_id FROM attendance_period p";

pub async fn period_row(q: &impl Query, id: PeriodId) -> Result<Option<PeriodRow>, Fault> {
    q.row(&format!("{ROW} WHERE p.id = $1"), vec![id.into()]).await
}

/// The same, kept as it is until the transaction ends.
pub async fn hold_period(tx: &Tx, id: PeriodId) -> Result<Option<PeriodRow>, Fault> {
    let lock = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => "FOR UPDATE",
    };
    tx.row(&format!("{ROW} WHERE p.id = $1 {lock}"), vec![id.into()]).await
}

/// Periods with a row that touch the dates, of one set or of all.
pub async fn period_rows(
    q: &impl Query,
    set: Option<PeriodSetId>,
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<PeriodRow>, Fault> {
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    let of_set = set.map_or(String::new(), |set| {
        values.push(set.into());
        "AND p.period_set_id = $3".to_owned()
    });
    let sql = format!(
        "{ROW} WHERE p.to_date >= $1 AND p.from_date <= $2 {of_set} \
         ORDER BY p.period_set_id, p.from_date"
    );
    q.rows(&sql, values).await
}

/// What other rows of its set say about a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Neighbours {
    /// Periods before it that have begun to close and are not locked.
    pub earlier_unlocked: i64,
    /// Locked periods behind it.
    pub later_locked: i64,
}

pub async fn period_neighbours(q: &impl Query, row: &PeriodRow) -> Result<Neighbours, Fault> {
    let sql = "SELECT \
         COUNT(CASE WHEN from_date < $2 AND state <> 'locked' THEN 1 END) AS earlier_unlocked, \
         COUNT(CASE WHEN from_date > $2 AND state = 'locked' THEN 1 END) AS later_locked \
       FROM attendance_period WHERE period_set_id = $1";
    let found = q.row(sql, vec![row.period_set_id.into(), row.from_date.into()]).await?;
    Ok(found.unwrap_or_default())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: PeriodId,
}

/// Makes the row of a period that begins to close; `None` if it has one.
pub async fn insert_period(
    tx: &Tx,
    set: PeriodSetId,
    period: &NamedPeriod,
    actor: &Actor,
    at: Instant,
) -> Result<Option<PeriodId>, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO attendance_period (period_set_id, period, from_date, to_date, state, \
               changed_at, changed_by) VALUES ($1, $2, $3, $4, 'closing', $5, $6) \
             ON CONFLICT (period_set_id, period) DO NOTHING RETURNING id",
            vec![
                set.into(),
                period.label.to_string().into(),
                period.from.into(),
                period.to.into(),
                at.into(),
                actor.user.into(),
            ],
        )
        .await?;
    Ok(row.map(|r| r.id))
}

/// Changes the state of a period that [`hold_period`] holds. A reason is kept until the next one.
pub async fn set_period_state(
    tx: &Tx,
    id: PeriodId,
    state: PeriodState,
    reason: Option<&str>,
    actor: &Actor,
    at: Instant,
) -> Result<(), Fault> {
    let sql = "UPDATE attendance_period SET state = $2, reason = COALESCE($3, reason), \
               changed_at = $4, changed_by = $5 WHERE id = $1";
    let reason: Option<String> = reason.map(str::to_owned);
    let values =
        vec![id.into(), state.as_str().into(), reason.into(), at.into(), actor.user.into()];
    tx.run(sql, values).await?;
    Ok(())
}

/// Names the job that locks it.
pub async fn set_period_job(tx: &Tx, id: PeriodId, job: JobId) -> Result<(), Fault> {
    let sql = "UPDATE attendance_period SET job_id = $2 WHERE id = $1";
    tx.run(sql, vec![id.into(), job.into()]).await?;
    Ok(())
}
