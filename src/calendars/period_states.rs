//! The states of attendance periods. Moves: who may do what and what belongs to it is decided above.

use sea_orm::FromQueryResult;
use vocabulary::{Instant, PeriodId, PeriodSetId};

use super::period_line::{NamedPeriod, PeriodState};
use super::period_read::{PeriodRow, period_row};
use crate::base::{Actor, Dialect, Fault, Query, Tx};

#[derive(FromQueryResult)]
struct IdRow {
    id: PeriodId,
}

/// The period as closing; makes its row if it has none. `None` if it is closing or locked already.
pub async fn open_to_closing(
    tx: &Tx,
    actor: &Actor,
    set: PeriodSetId,
    period: &NamedPeriod,
    at: Instant,
) -> Result<Option<PeriodId>, Fault> {
    let row: Option<IdRow> = tx
        .row(
            "INSERT INTO attendance_period \
               (period_set_id, period, from_date, to_date, state, changed_at, changed_by) \
             VALUES ($1, $2, $3, $4, 'closing', $5, $6) \
             ON CONFLICT (period_set_id, period) DO UPDATE SET state = 'closing', \
               from_date = excluded.from_date, to_date = excluded.to_date, \
               changed_at = excluded.changed_at, changed_by = excluded.changed_by \
             WHERE attendance_period.state = 'open' RETURNING id",
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

/// A period with its row kept for this transaction: nobody else changes its state, and a drain that
/// relies on the state waits.
pub async fn hold_period(tx: &Tx, id: PeriodId) -> Result<Option<PeriodRow>, Fault> {
    if tx.dialect() == Dialect::Postgres {
        let sql = "SELECT id FROM attendance_period WHERE id = $1 FOR UPDATE";
        let _held: Option<IdRow> = tx.row(sql, vec![id.into()]).await?;
    }
    period_row(tx, id).await
}

/// Changes the state of a held period.
pub async fn set_period_state(
    tx: &Tx,
    actor: &Actor,
    id: PeriodId,
    state: PeriodState,
    reason: Option<&str>,
    at: Instant,
) -> Result<(), Fault> {
    tx.run(
        "UPDATE attendance_period SET state = $2, reason = $3, changed_at = $4, changed_by = $5 \
         WHERE id = $1",
        vec![id.into(), state.as_str().into(), reason.into(), at.into(), actor.user.into()],
    )
    .await?;
    Ok(())
}
