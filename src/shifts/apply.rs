//! What generators and copies propose becomes cells: shown first, then written into the roster or into a draft.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use vocabulary::{DraftId, Instant, LocalDate, PersonId, ShiftId, TeamId, TemplateId};

use super::layer::{Layer, LayerRow, Place, StoredCell};
use super::set_cells::put_person_cells;
use super::set_team_cells::put_team_cells;
use super::{CellSource, ShiftRefusal, drafts, read};
use crate::base::{Actor, Failure, Fault, Tx};

/// Cells of one call.
pub const MAX_PROPOSED: usize = 120_000;

/// Conflicts that are listed.
const MAX_CONFLICTS: usize = 200;

/// A cell as a generator proposes it.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub subject: i64,
    pub date: LocalDate,
    /// Empty = rest.
    pub shifts: Vec<ShiftId>,
    /// These shifts are added to those of the cell that is there.
    pub added: bool,
    pub template: Option<TemplateId>,
}

/// How proposals are applied.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ApplyOptions {
    /// Cells that somebody entered or imported stay.
    pub keep_manual: bool,
    /// Nothing is written.
    pub dry_run: bool,
    /// Into this draft; `None` = into the roster that counts.
    pub draft: Option<DraftId>,
}

/// A cell that says something else than what is proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellConflict {
    pub person: Option<PersonId>,
    pub team: Option<TeamId>,
    pub date: LocalDate,
    pub before: Vec<ShiftId>,
    pub after: Vec<ShiftId>,
    /// Where the cell comes from.
    pub source: String,
    /// It stays as it is.
    pub kept: bool,
}

/// What was or would be written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Applied {
    pub written: i64,
    pub unchanged: i64,
    pub kept: i64,
    /// Cells that say something else, kept ones included.
    pub conflicts: i64,
    pub first_conflicts: Vec<CellConflict>,
}

pub(super) async fn apply(
    tx: &Tx,
    actor: &Actor,
    layer: Layer,
    proposals: Vec<Proposal>,
    o: &ApplyOptions,
    (today, at): (LocalDate, Instant),
) -> Result<Applied, Failure> {
    if proposals.len() > MAX_PROPOSED {
        return Err(ShiftRefusal::TooManyRows { max: MAX_PROPOSED }.into());
    }
    let ot = overtime_shifts(tx).await?;
    let places: Vec<Place> = proposals.iter().map(|p| (p.subject, p.date)).collect();
    let mut stored = read::stored_places(tx, layer, &places).await?;
    let versions: HashMap<Place, i32> = stored.iter().map(|(p, c)| (*p, c.version)).collect();
    if let Some(draft) = o.draft {
        drafts::overlay(tx, draft, layer, &places, &mut stored).await?;
    }
    let mut done = Applied::default();
    let mut rows = Vec::new();
    for p in proposals {
        let place = (p.subject, p.date);
        let before = stored.get(&place);
        let shifts = if p.added { added(before, &p.shifts, &ot) } else { p.shifts };
        match before {
            Some(c) if c.shifts == shifts => {
                done.unchanged += 1;
                continue;
            }
            Some(c) => {
                let kept = o.keep_manual && c.source != CellSource::Generated.as_str();
                done.conflicts += 1;
                if done.first_conflicts.len() < MAX_CONFLICTS {
                    done.first_conflicts.push(conflict(layer, place, c, &shifts, kept));
                }
                if kept {
                    done.kept += 1;
                    continue;
                }
            }
            None => {}
        }
        done.written += 1;
        rows.push(LayerRow {
            subject: p.subject,
            date: p.date,
            shifts: Some(shifts),
            expected_version: Some(versions.get(&place).copied().unwrap_or(0)),
            source: CellSource::Generated,
            template: p.template,
        });
    }
    if o.dry_run || rows.is_empty() {
        return Ok(done);
    }
    match (o.draft, layer) {
        (Some(draft), _) => drafts::put_rows(tx, draft, layer, &rows).await?,
        (None, Layer::Person) => {
            put_person_cells(tx, actor, &rows, today, at).await?;
        }
        (None, Layer::Team) => {
            put_team_cells(tx, actor, &rows, today, at).await?;
        }
    }
    Ok(done)
}

fn conflict(
    layer: Layer,
    (subject, date): Place,
    c: &StoredCell,
    after: &[ShiftId],
    kept: bool,
) -> CellConflict {
    CellConflict {
        person: (layer == Layer::Person).then_some(PersonId(subject)),
        team: (layer == Layer::Team).then_some(TeamId(subject)),
        date,
        before: c.shifts.clone(),
        after: after.to_vec(),
        source: c.source.clone(),
        kept,
    }
}

/// The cell without its overtime shifts, with these.
fn added(before: Option<&StoredCell>, new: &[ShiftId], ot: &HashSet<ShiftId>) -> Vec<ShiftId> {
    let main = before.into_iter().flat_map(|c| c.shifts.iter().copied());
    main.filter(|s| !ot.contains(s)).chain(new.iter().copied()).collect()
}

async fn overtime_shifts(tx: &Tx) -> Result<HashSet<ShiftId>, Fault> {
    let codes = read::shift_codes(tx).await?;
    Ok(codes.into_values().filter(|s| s.overtime).map(|s| s.id).collect())
}
