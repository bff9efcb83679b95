use futures::future::BoxFuture;
use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, PersonId, RuleId};

use super::{SchemeChange, put_assignments};
use crate::base::{Actor, Fault, Query, Tx};

#[derive(FromQueryResult)]
struct SchemeRow {
    scheme_id: Option<RuleId>,
}

/// Gives a new person the scheme that another has today, from his first day on.
pub fn copy_scheme<'a>(
    tx: &'a Tx,
    actor: &'a Actor,
    (from, to): (PersonId, PersonId),
    first: LocalDate,
    today: LocalDate,
    at: Instant,
) -> BoxFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        let sql = "SELECT scheme_id FROM scheme_assignment WHERE person_id = $1 AND valid_from <= $2 \
                   ORDER BY valid_from DESC LIMIT 1";
        let row: Option<SchemeRow> = tx.row(sql, vec![from.into(), today.into()]).await?;
        let Some(scheme) = row.and_then(|r| r.scheme_id) else { return Ok(()) };
        let change = SchemeChange { person: to, valid_from: first, scheme: Some(scheme) };
        put_assignments(tx, actor, &[change], today, at).await?;
        Ok(())
    })
}
