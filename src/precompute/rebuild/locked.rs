//! Locked dates: what is stored must be what was archived, and adjustments what today's facts differ from it.

use std::collections::{BTreeMap, HashMap};

use engine::Evaluator;
use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId};

use super::check::{Checked, Found, Item, Of, What, items};
use super::expect;
use super::stored::Texts;
use crate::base::{Fault, Query, Tx, id_rows, id_value};
use crate::precompute::closing::{Replay, replays};
use crate::precompute::row::{Computed, DAY_RESULT, NUMBERS};

/// What is archived and adjusted of some people.
pub struct Archived {
    replays: Vec<Replay>,
    /// Sums of all lines of a date, by item.
    lines: HashMap<(PersonId, LocalDate), BTreeMap<String, i64>>,
}

#[derive(FromQueryResult)]
struct LineRow {
    person_id: PersonId,
    work_date: LocalDate,
    item: String,
    delta: i64,
}

impl Archived {
    pub async fn read(
        tx: &Tx,
        people: &[PersonId],
        from: LocalDate,
        to: LocalDate,
    ) -> Result<Self, Fault> {
        let replays = replays(tx, people, from, to).await?;
        let sql = format!(
            "SELECT j.person_id, j.work_date, j.item, CAST(SUM(j.delta) AS BIGINT) AS delta \
             FROM {} JOIN adjustment j ON j.person_id = k.id \
             WHERE j.work_date BETWEEN $2 AND $3 GROUP BY j.person_id, j.work_date, j.item",
            id_rows(tx.dialect(), "k", 1)
        );
        let values = vec![id_value(people.iter().map(|p| p.0)), from.into(), to.into()];
        let rows: Vec<LineRow> = tx.rows(&sql, values).await?;
        let mut lines: HashMap<(PersonId, LocalDate), BTreeMap<String, i64>> = HashMap::new();
        for r in rows {
            lines.entry((r.person_id, r.work_date)).or_default().insert(r.item, r.delta);
        }
        Ok(Self { replays, lines })
    }

    /// Results of a person as his archives give them, with the hash each had.
    fn results(&self, person: PersonId) -> BTreeMap<LocalDate, (Computed, Option<i64>)> {
        let mut out = BTreeMap::new();
        let mut evaluator = Evaluator::new();
        for r in &self.replays {
            for p in r.people().iter().filter(|p| p.id == person) {
                let results = r.results(p, &mut evaluator).into_iter();
                out.extend(results.map(|c| {
                    let hash = r.hash(person, c.date);
                    (c.date, (c, hash))
                }));
            }
        }
        out
    }
}

/// Stored rows, and what today's facts give.
type Sides<'s> = (&'s BTreeMap<LocalDate, Texts>, &'s BTreeMap<LocalDate, Computed>);

impl Of<'_> {
    /// Compares the locked dates of the span.
    pub fn locked_days(
        &self,
        archived: &Archived,
        (from, to): (LocalDate, LocalDate),
        (rows, today): Sides<'_>,
        checked: &mut Checked,
    ) {
        let mut dates = Vec::new();
        let mut date = from;
        while date <= to {
            let p = self.inputs.period(self.person, date);
            let end = p.to.min(to);
            if p.locked() {
                dates.extend(date.through(end));
            }
            date = end.plus(1);
        }
        if dates.is_empty() {
            return;
        }
        let results = archived.results(self.person.id);
        for date in dates {
            let (row, result) = (rows.get(&date), results.get(&date));
            if row.is_some() || result.is_some() {
                checked.locked_days += 1;
            }
            if let Some(found) = self.locked_day(date, row, result) {
                checked.put(found);
            }
            if !self.pending(date)
                && let Some(found) = self.adjustment(date, row, today.get(&date), archived)
            {
                checked.put(found);
            }
        }
    }

    fn locked_day(
        &self,
        date: LocalDate,
        row: Option<&Texts>,
        result: Option<&(Computed, Option<i64>)>,
    ) -> Option<Found> {
        let what = match (row, result) {
            (None, None) => return None,
            (None, Some(_)) => What::DayMissing,
            (Some(_), None) => What::DaySuperfluous,
            (Some(_), Some(_)) => What::DayDiffers,
        };
        let computed = result.map(|(c, _)| expect::row(c));
        let items = items(row, computed.as_ref(), &DAY_RESULT);
        let stored = row.and_then(|r| r.value::<i64>(&DAY_RESULT, "hash"));
        if what == What::DayDiffers && items.is_empty() {
            return None;
        }
        // The stored row is the one that was archived: the engine has changed since.
        let intact = result.is_some_and(|(c, hash)| {
            stored.is_some() && *hash == stored && c.engine != engine::ENGINE_VERSION
        });
        let what = if intact { What::EngineDiffers } else { what };
        let computed_hash = result.map(|(c, _)| c.hash());
        Some(Found { items, stored_hash: stored, computed_hash, ..self.found(what, date) })
    }

    /// The lines of a date must be what today's facts differ from what is locked. Not judged before they are final.
    fn adjustment(
        &self,
        date: LocalDate,
        row: Option<&Texts>,
        today: Option<&Computed>,
        archived: &Archived,
    ) -> Option<Found> {
        if today.is_some_and(|c| !c.is_final()) {
            return None;
        }
        let lines = archived.lines.get(&(self.person.id, date));
        let numbers = today.map(Computed::numbers).unwrap_or_default();
        let frozen = |item: &str| row.and_then(|r| r.value::<i64>(&DAY_RESULT, item)).unwrap_or(0);
        let mut items = Vec::new();
        for (item, now) in NUMBERS.into_iter().zip(numbers) {
            let must = i64::from(now) - frozen(item);
            let stored = lines.and_then(|l| l.get(item)).copied().unwrap_or(0);
            if must != stored {
                let (item, text) = (item.to_owned(), |n: i64| Some(n.to_string()));
                items.push(Item { item, stored: text(stored), computed: text(must) });
            }
        }
        (!items.is_empty()).then(|| Found { items, ..self.found(What::AdjustmentDiffers, date) })
    }
}
