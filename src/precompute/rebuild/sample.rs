use sea_orm::FromQueryResult;
use vocabulary::{LocalDate, PersonId};
use xxhash_rust::xxh3::xxh3_64;

use super::check::{Checked, check_people};
use crate::base::{App, Fault, Query};
use crate::precompute::compute::chunk_size;

/// One person in so many is recomputed each night.
const ONE_IN: usize = 100;
/// Fewer people than this are all recomputed.
const AT_LEAST: usize = 10;
/// Dates back that are recomputed.
const DAYS: i32 = 62;

/// What a sample has seen.
#[derive(Clone, Debug)]
pub struct Sampled {
    pub from: LocalDate,
    pub to: LocalDate,
    pub checked: Checked,
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: PersonId,
}

/// Recomputes 1 % of the people, which ones the date decides, over the last two months up to the day before, and
/// compares. Writes nothing.
pub async fn check_sample(app: &App, on: LocalDate) -> Result<Sampled, Fault> {
    let all: Vec<PersonRow> = app.db.read().rows("SELECT id FROM person", vec![]).await?;
    let size = all.len().div_ceil(ONE_IN).max(AT_LEAST);
    let mut drawn: Vec<(u64, PersonId)> = all.iter().map(|p| (lot(p.id, on), p.id)).collect();
    drawn.sort_unstable();
    let mut people: Vec<PersonId> = drawn.into_iter().take(size).map(|(_, p)| p).collect();
    people.sort_unstable();
    let (from, to) = (on.plus(-DAYS), on.plus(-1));
    let mut checked = Checked::default();
    for chunk in people.chunks(chunk_size(DAYS)) {
        checked.add(check_people(app, chunk, from, to).await?);
    }
    Ok(Sampled { from, to, checked })
}

/// Which number a person draws on a date.
fn lot(person: PersonId, on: LocalDate) -> u64 {
    xxh3_64(format!("{on} {person}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_night_draws_other_people_and_the_same_ones_again() {
        let night = |d: i32| -> Vec<i64> {
            let on = LocalDate::from_days(d);
            let mut all: Vec<(u64, i64)> = (1..=1_000).map(|p| (lot(PersonId(p), on), p)).collect();
            all.sort_unstable();
            all.into_iter().take(10).map(|(_, p)| p).collect()
        };
        assert_eq!(night(20_000), night(20_000));
        assert_ne!(night(20_000), night(20_001));
    }
}
