//! What the checks say of cells before they are saved (domain 11.4).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use engine::legality::{Finding, Severity};
use vocabulary::{LocalDate, PersonId};

use super::plans::{Plans, judged};
use super::read::person_names;
use super::{CellRow, LegalFinding, ShiftRefusal};
use crate::base::{Fault, Query};

/// Findings that are told of one save.
pub const MAX_FINDINGS: usize = 500;

/// What the checks say of a save.
#[derive(Clone, Debug, Default)]
pub struct Reviewed {
    /// Rows that must not be saved, by index.
    pub refused: HashMap<usize, ShiftRefusal>,
    /// What is found of the people and dates of the save once it is done.
    pub findings: Vec<LegalFinding>,
}

/// Checks cells as if they were saved. What a check of severity BLOCK finds refuses the cells it is about, unless it was
/// as bad before: what hurts already may be mended step by step.
pub async fn review(q: &impl Query, rows: &[CellRow]) -> Result<Reviewed, Fault> {
    let mut people: BTreeMap<PersonId, Vec<(usize, &CellRow)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        people.entry(row.person).or_default().push((index, row));
    }
    let dates = || rows.iter().map(|r| r.date);
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else {
        return Ok(Reviewed::default());
    };
    let (from, to) = judged(first, last);
    let ids: Vec<PersonId> = people.keys().copied().collect();
    let mut plans = Plans::read(q, &ids, from, to).await?;
    let mut refused: HashMap<usize, (PersonId, Finding)> = HashMap::new();
    let mut found: Vec<(PersonId, Finding)> = Vec::new();
    for (person, own) in people {
        let span = own_span(&own);
        let before = plans.findings(person, span.0, span.1);
        // Without changes nothing is asked of the person.
        let changes: Vec<(usize, &CellRow)> = own
            .into_iter()
            .filter(|(_, r)| {
                let now = plans.cells.on(person, r.date);
                r.shifts.is_none() || now.planned != super::Planned::of(r.shifts.as_deref())
            })
            .collect();
        for (_, row) in &changes {
            plans.cells.put(person, row.date, row.shifts.as_deref());
        }
        let dates: BTreeSet<LocalDate> = changes.iter().map(|(_, r)| r.date).collect();
        let mut left = changes;
        let after = loop {
            let after = plans.findings(person, span.0, span.1);
            let blocking = |f: &&Finding| f.severity == Severity::Block && !f.was_there(&before);
            let blocked = after.iter().filter(blocking).find_map(|f| {
                let about: HashSet<usize> =
                    left.iter().filter(|(_, r)| f.touches(r.date)).map(|(i, _)| *i).collect();
                (!about.is_empty()).then_some((*f, about))
            });
            let Some((finding, about)) = blocked else { break after };
            left.retain(|(index, row)| {
                if !about.contains(index) {
                    return true;
                }
                refused.insert(*index, (person, finding));
                plans.cells.restore(person, row.date);
                false
            });
        };
        let touched = |f: &Finding| dates.iter().any(|d| f.touches(*d));
        found.extend(after.into_iter().filter(touched).map(|f| (person, f)));
    }
    tell(q, refused, found).await
}

/// The dates to be judged for the changes of one person.
fn own_span(own: &[(usize, &CellRow)]) -> (LocalDate, LocalDate) {
    let dates = || own.iter().map(|(_, r)| r.date);
    let (first, last) = (dates().min().unwrap_or_default(), dates().max().unwrap_or_default());
    judged(first, last)
}

async fn tell(
    q: &impl Query,
    refused: HashMap<usize, (PersonId, Finding)>,
    mut found: Vec<(PersonId, Finding)>,
) -> Result<Reviewed, Fault> {
    if refused.is_empty() && found.is_empty() {
        return Ok(Reviewed::default());
    }
    // The worst first.
    found.sort_by_key(|(p, f)| (std::cmp::Reverse(f.severity), *p, f.from, f.check));
    found.truncate(MAX_FINDINGS);
    let ids: BTreeSet<PersonId> =
        refused.values().map(|(p, _)| *p).chain(found.iter().map(|(p, _)| *p)).collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let names = person_names(q, &ids).await?;
    let name = |p: &PersonId| names.get(p).cloned().unwrap_or_default();
    let refusal = |(p, f): &(PersonId, Finding)| ShiftRefusal::CheckBlocks {
        finding: Box::new(LegalFinding::new(*p, name(p), f)),
    };
    Ok(Reviewed {
        refused: refused.iter().map(|(i, of)| (*i, refusal(of))).collect(),
        findings: found.iter().map(|(p, f)| LegalFinding::new(*p, name(p), f)).collect(),
    })
}
