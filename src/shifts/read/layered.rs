//! Cells as they are stored in their layers, and which of them counts.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use vocabulary::{LocalDate, PersonId, ShiftId};

use super::read_shift_ids;
use crate::base::{ColumnKind, Fault, Query, json_rows};
use crate::shifts::layer::{Layer, Place, StoredCell};

/// Where the cell that counts comes from, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellLayer {
    /// The default shift by the calendar.
    Calendar,
    Team,
    Person,
    Swap,
}

impl CellLayer {
    pub const ALL: [Self; 4] = [Self::Calendar, Self::Team, Self::Person, Self::Swap];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Team => "team",
            Self::Person => "person",
            Self::Swap => "swap",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.as_str() == text)
    }
}

/// The cell that counts for a person on a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCell {
    pub layer: CellLayer,
    /// Empty = rest.
    pub shifts: Vec<ShiftId>,
}

#[derive(FromQueryResult)]
struct LayeredRow {
    layer: String,
    person_id: PersonId,
    work_date: LocalDate,
    shift_ids: String,
    no: i64,
}

/// Swaps and cells of teams of the people and spans `w`.
fn others(w: &str) -> String {
    format!(
        "SELECT 'swap' AS layer, s.person_id, s.work_date, s.shift_ids, s.swap_id AS no \
         FROM {w} JOIN swap_cell s ON s.person_id = w.person_id \
           AND s.work_date BETWEEN w.from_date AND w.to_date WHERE s.ended_at IS NULL \
         UNION ALL \
         SELECT 'team', m.person_id, c.work_date, c.shift_ids, CAST(0 AS BIGINT) \
         FROM (SELECT t.person_id, t.team_id, t.valid_from, w.from_date, w.to_date, \
             (SELECT min(n.valid_from) FROM team_member n WHERE n.person_id = t.person_id \
               AND n.valid_from > t.valid_from) AS next_from \
           FROM {w} JOIN team_member t ON t.person_id = w.person_id \
           WHERE t.team_id IS NOT NULL) m \
         JOIN team_cell c ON c.team_id = m.team_id AND c.work_date >= m.valid_from \
           AND c.work_date BETWEEN m.from_date AND m.to_date \
           AND (m.next_from IS NULL OR c.work_date < m.next_from)"
    )
}

/// A cell of a layer other than the person's own.
pub(in crate::shifts) struct OtherCell {
    pub person: PersonId,
    pub date: LocalDate,
    pub layer: CellLayer,
    pub shifts: Vec<ShiftId>,
}

/// The swaps and the cells of teams of these people and spans; of several swaps of a date the newest is the last.
pub(in crate::shifts) async fn other_cells(
    q: &impl Query,
    w: &str,
    bind: &[Value],
) -> Result<Vec<OtherCell>, Fault> {
    let sql = format!("{} ORDER BY 5", others(w));
    let rows: Vec<LayeredRow> = q.rows(&sql, bind.to_vec()).await?;
    let cell = |r: LayeredRow| {
        let layer = CellLayer::parse(&r.layer).unwrap_or(CellLayer::Team);
        let shifts = read_shift_ids(&r.shift_ids)?;
        Ok(OtherCell { person: r.person_id, date: r.work_date, layer, shifts })
    };
    rows.into_iter().map(cell).collect()
}

/// Of people and spans `w(person_id, from_date, to_date)`, bound first, the cells that count: swap before the person's
/// own before that of his team on the date (domain 11.3).
pub async fn planned_cells(
    q: &impl Query,
    w: &str,
    bind: &[Value],
) -> Result<HashMap<(PersonId, LocalDate), PlannedCell>, Fault> {
    let sql = format!(
        "SELECT 'person' AS layer, c.person_id, c.work_date, c.shift_ids, CAST(0 AS BIGINT) AS no \
         FROM {w} JOIN roster_cell c ON c.person_id = w.person_id \
           AND c.work_date BETWEEN w.from_date AND w.to_date UNION ALL {}",
        others(w)
    );
    let rows: Vec<LayeredRow> = q.rows(&sql, bind.to_vec()).await?;
    let mut best: HashMap<(PersonId, LocalDate), (CellLayer, i64, String)> =
        HashMap::with_capacity(rows.len());
    for r in rows {
        let Some(layer) = CellLayer::parse(&r.layer) else { continue };
        let place = (r.person_id, r.work_date);
        match best.get(&place) {
            Some((l, no, _)) if (*l, *no) > (layer, r.no) => {}
            _ => {
                best.insert(place, (layer, r.no, r.shift_ids));
            }
        }
    }
    best.into_iter()
        .map(|(place, (layer, _, ids))| {
            Ok((place, PlannedCell { layer, shifts: read_shift_ids(&ids)? }))
        })
        .collect()
}

#[derive(FromQueryResult)]
struct StoredRow {
    subject_id: i64,
    work_date: LocalDate,
    shift_ids: String,
    source: String,
    author_id: Option<i64>,
    at: i64,
    version: i32,
}

/// The cells of a layer that exist at these places; `rows` is a list of objects with `subject_id` and `work_date`.
pub(in crate::shifts) async fn stored_at(
    q: &impl Query,
    layer: Layer,
    rows: &str,
) -> Result<HashMap<Place, StoredCell>, Fault> {
    let (table, subject) = (layer.table(), layer.column());
    let input = json_rows(
        q.dialect(),
        "r",
        1,
        &[("subject_id", ColumnKind::Bigint), ("work_date", ColumnKind::Date)],
    );
    let sql = format!(
        "SELECT c.{subject} AS subject_id, c.work_date, c.shift_ids, c.source, c.author_id, c.at, \
           c.version FROM {table} c \
         JOIN {input} ON r.subject_id = c.{subject} AND r.work_date = c.work_date"
    );
    let rows: Vec<StoredRow> = q.rows(&sql, vec![rows.into()]).await?;
    rows.into_iter()
        .map(|r| {
            let cell = StoredCell {
                shifts: read_shift_ids(&r.shift_ids)?,
                version: r.version,
                source: r.source,
                author: r.author_id,
                at: r.at,
            };
            Ok(((r.subject_id, r.work_date), cell))
        })
        .collect()
}
