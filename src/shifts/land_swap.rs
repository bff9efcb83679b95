use serde_json::json;
use vocabulary::{Instant, LocalDate, PersonId, ShiftId, SwapId};

use super::notices::{Concerned, tell};
use super::{marks, store_swaps};
use crate::base::{Actor, Fault, Tx, audit};
use crate::dirty::Cause;

/// What a swap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwapKind {
    Exchange,
    Change,
}

impl SwapKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Change => "change",
        }
    }
}

/// A cell of a swap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwapCell {
    pub person: PersonId,
    pub date: LocalDate,
    /// What counted before; `None` = nothing was planned.
    pub before: Option<Vec<ShiftId>>,
    /// Empty = rest.
    pub after: Vec<ShiftId>,
}

/// Lands a swap that was checked: its cells count above all others, their days are marked, whoever is part of it is
/// told.
pub async fn land_swap(
    tx: &Tx,
    actor: &Actor,
    kind: SwapKind,
    cells: &[SwapCell],
    reason: &str,
    today: LocalDate,
    at: Instant,
) -> Result<SwapId, Fault> {
    let id = store_swaps::insert(tx, kind.as_str(), reason, actor.user, at).await?;
    store_swaps::insert_cells(tx, id, cells).await?;
    let ids = |list: &[ShiftId]| list.iter().map(|s| s.0).collect::<Vec<_>>();
    let list: Vec<_> = cells
        .iter()
        .map(|c| json!([c.person.0, c.date, c.before.as_deref().map(ids), ids(&c.after)]))
        .collect();
    let detail = json!({ "kind": kind.as_str(), "cells": list, "reason": reason });
    audit(tx, actor, at, "land", "roster_swap", &id.to_string(), detail).await?;
    let places: Vec<_> = cells.iter().map(|c| (c.person, c.date)).collect();
    concern(tx, "roster_swapped", id, &places, today, at).await?;
    Ok(id)
}

/// Ends a swap; what counted before counts again. `false` if it had ended, or a later swap stands on its cells.
pub async fn end_swap(
    tx: &Tx,
    actor: &Actor,
    id: SwapId,
    reason: &str,
    today: LocalDate,
    at: Instant,
) -> Result<bool, Fault> {
    if !store_swaps::cancel(tx, id, reason, actor.user, at).await? {
        return Ok(false);
    }
    let places: Vec<_> = store_swaps::end_cells(tx, id, at).await?;
    let places: Vec<_> = places.into_iter().map(|k| (k.person_id, k.work_date)).collect();
    let detail = json!({ "reason": reason });
    audit(tx, actor, at, "cancel", "roster_swap", &id.to_string(), detail).await?;
    concern(tx, "roster_swap_cancelled", id, &places, today, at).await?;
    Ok(true)
}

async fn concern(
    tx: &Tx,
    kind: &str,
    id: SwapId,
    places: &[(PersonId, LocalDate)],
    today: LocalDate,
    at: Instant,
) -> Result<(), Fault> {
    let mut concerned = Concerned::new();
    for (person, date) in places {
        concerned.entry(*person).or_default().insert(*date);
    }
    tell(tx, kind, &concerned, &json!({ "swap_id": id }), today, at).await?;
    marks::mark_days(tx, places, Cause::Swap, today, at).await
}
