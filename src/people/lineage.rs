//! Which departments stand above others on which dates, in memory.

use std::collections::HashMap;

use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, OrgId};

use crate::base::{Fault, Query, id_rows, id_value};

/// A department above another, or itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Above {
    pub ancestor: OrgId,
    pub from: LocalDate,
    pub to: Option<LocalDate>,
    /// Steps up; 0 = the department itself.
    pub distance: i32,
}

/// What stands above some departments.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    /// By the department below, the nearest first.
    above: HashMap<OrgId, Vec<Above>>,
}

impl Lineage {
    pub fn new(rows: impl IntoIterator<Item = (OrgId, Above)>) -> Self {
        let mut above: HashMap<OrgId, Vec<Above>> = HashMap::new();
        for (descendant, row) in rows {
            above.entry(descendant).or_default().push(row);
        }
        for rows in above.values_mut() {
            rows.sort_by_key(|r| (r.distance, r.from));
        }
        Self { above }
    }

    /// Everything above a department on some date, the nearest first.
    pub fn above(&self, org: OrgId) -> &[Above] {
        self.above.get(&org).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the nearest department that says anything says on a date.
    pub fn nearest<T>(
        &self,
        org: OrgId,
        date: LocalDate,
        says: impl Fn(OrgId) -> Option<T>,
    ) -> Option<T> {
        let holds = |a: &&Above| a.from <= date && a.to.is_none_or(|to| date <= to);
        self.above(org).iter().filter(holds).find_map(|a| says(a.ancestor))
    }

    /// Dates on which something else stands above a department than the day before.
    pub fn changes(&self, org: OrgId) -> impl Iterator<Item = LocalDate> + '_ {
        let ends = |a: &Above| [Some(a.from), a.to.map(|to| to.plus(1))];
        self.above(org).iter().flat_map(ends).flatten()
    }
}

#[derive(FromQueryResult)]
struct Row {
    descendant_id: OrgId,
    ancestor_id: OrgId,
    valid_from: LocalDate,
    valid_to: Option<LocalDate>,
    distance: i32,
}

/// What stands above these departments, in one query.
pub async fn lineage(
    q: &impl Query,
    orgs: impl IntoIterator<Item = OrgId>,
) -> Result<Lineage, Fault> {
    let mut ids: Vec<i64> = orgs.into_iter().map(|o| o.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let sql = format!(
        "SELECT c.descendant_id, c.ancestor_id, c.valid_from, c.valid_to, c.distance FROM {} \
         JOIN org_closure c ON c.descendant_id = o.id",
        id_rows(q.dialect(), "o", 1)
    );
    let rows: Vec<Row> = q.rows(&sql, vec![id_value(ids)]).await?;
    let above = |r: Row| {
        let (ancestor, from, to) = (r.ancestor_id, r.valid_from, r.valid_to);
        (r.descendant_id, Above { ancestor, from, to, distance: r.distance })
    };
    Ok(Lineage::new(rows.into_iter().map(above)))
}
