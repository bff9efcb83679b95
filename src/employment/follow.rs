//! What follows from events in rooms above `people`.

use std::collections::HashMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use vocabulary::{EventId, Instant, LocalDate, PersonId, RequestId};

use crate::base::{Actor, Fault, Tx};
use crate::people::{Follow, Followed, Undone};
use crate::requests::{restore_requests, withdraw_requests};
use crate::rules::{AssignmentEdit, edit_assignments};
use crate::shifts::{HeldCell, restore_cells, withdraw_cells};

/// Registered with [`crate::people::register`].
pub fn follow<'a>(
    tx: &'a Tx,
    actor: &'a Actor,
    what: &'a Follow,
    today: LocalDate,
    at: Instant,
) -> BoxFuture<'a, Result<Followed, Fault>> {
    work(tx, actor, what, today, at).boxed()
}

async fn work(
    tx: &Tx,
    actor: &Actor,
    what: &Follow,
    today: LocalDate,
    at: Instant,
) -> Result<Followed, Fault> {
    let edits: Vec<AssignmentEdit> = what
        .schemes
        .iter()
        .map(|s| AssignmentEdit { person: s.person, valid_from: s.on, entry: s.entry })
        .collect();
    let schemes = edit_assignments(tx, actor, &edits, today, at).await?;
    if !what.back.is_empty() {
        let cells: Vec<HeldCell> = what
            .back
            .iter()
            .flat_map(|(p, u)| u.cells.iter().map(|(d, s)| (*p, *d, s.clone())))
            .collect();
        let requests: Vec<RequestId> =
            what.back.iter().flat_map(|(_, u)| u.requests.iter().copied()).collect();
        restore_cells(tx, actor, &cells, today, at).await?;
        restore_requests(tx, actor, &requests, today, at).await?;
    }
    let mut withdrawn: HashMap<PersonId, Vec<(EventId, Undone)>> = HashMap::new();
    if !what.gone.is_empty() {
        let spans: Vec<_> = what.gone.iter().map(|d| (d.person, d.span)).collect();
        let cells = withdraw_cells(tx, actor, &spans, today, at).await?;
        let requests = withdraw_requests(tx, actor, &spans, today, at).await?;
        // Somebody leaves once in a ledger; what he had belongs to that event.
        for d in &what.gone {
            let of = |p: &PersonId| *p == d.person;
            let undone = Undone {
                scheme: None,
                cells: cells
                    .iter()
                    .filter(|(p, date, _)| of(p) && d.span.contains(*date))
                    .map(|(_, date, shifts)| (*date, shifts.clone()))
                    .collect(),
                requests: requests.iter().filter(|(p, _)| of(p)).map(|(_, id)| *id).collect(),
            };
            if undone != Undone::default() {
                withdrawn.entry(d.person).or_default().push((d.event, undone));
            }
        }
    }
    Ok(Followed { schemes, withdrawn: withdrawn.into_values().flatten().collect() })
}
