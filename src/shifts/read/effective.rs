//! What people really work: the cell that counts on every date (domain 11.3).

use std::collections::HashMap;

use engine::DateKind;
use sea_orm::FromQueryResult;
use vocabulary::{DateSpan, LocalDate, PersonId, ShiftId};

use super::layered::{CellLayer, PlannedCell, planned_cells};
use crate::base::{Fault, Query, id_rows, id_value, span_rows, span_values};
use crate::calendars::{self, DateKinds};

/// The roster of some people between two dates.
pub struct EffectiveRoster {
    cells: HashMap<(PersonId, LocalDate), PlannedCell>,
    defaults: HashMap<PersonId, Vec<(LocalDate, Option<ShiftId>)>>,
    pub kinds: DateKinds,
}

impl EffectiveRoster {
    /// The cell that counts; `None` = nothing is planned (roster mode without a cell).
    pub fn cell(&self, person: PersonId, date: LocalDate) -> Option<PlannedCell> {
        if let Some(cell) = self.cells.get(&(person, date)) {
            return Some(cell.clone());
        }
        let line = self.defaults.get(&person)?;
        let (_, shift) = line.iter().rev().find(|(from, _)| *from <= date)?;
        let shift = (*shift)?;
        let works = self.kinds.kind(person, date) == DateKind::Workday;
        let shifts = if works { vec![shift] } else { Vec::new() };
        Some(PlannedCell { layer: CellLayer::Calendar, shifts })
    }
}

#[derive(FromQueryResult)]
struct DefaultRow {
    person_id: PersonId,
    valid_from: LocalDate,
    shift_id: Option<ShiftId>,
}

/// Reads it, in a fixed number of queries. It does not ask who may see whom.
pub async fn effective_roster(
    q: &impl Query,
    people: &[PersonId],
    from: LocalDate,
    to: LocalDate,
) -> Result<EffectiveRoster, Fault> {
    let spans: Vec<_> = people.iter().map(|p| (*p, DateSpan::new(from, to))).collect();
    let (w, bind) = (span_rows(q.dialect()), span_values(q.dialect(), &spans));
    let cells = planned_cells(q, &w, &bind).await?;
    let sql = format!(
        "SELECT d.person_id, d.valid_from, d.shift_id FROM {} \
         JOIN default_shift d ON d.person_id = k.id \
         WHERE d.valid_from <= $2 ORDER BY d.person_id, d.valid_from",
        id_rows(q.dialect(), "k", 1)
    );
    let ids = id_value(people.iter().map(|p| p.0));
    let rows: Vec<DefaultRow> = q.rows(&sql, vec![ids, to.into()]).await?;
    let mut defaults: HashMap<PersonId, Vec<(LocalDate, Option<ShiftId>)>> = HashMap::new();
    for r in rows {
        defaults.entry(r.person_id).or_default().push((r.valid_from, r.shift_id));
    }
    let kinds = calendars::date_kinds(q, people, from, to).await?;
    Ok(EffectiveRoster { cells, defaults, kinds })
}
