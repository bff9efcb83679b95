//! What a punch did to its day, before any worker has looked at it.

use engine::Evaluator;
use vocabulary::{DateSpan, LocalDate, PersonId, PunchId};

use super::evaluate::Prepared;
use super::gather::gather;
use super::read::Day;
use super::row::Computed;
use crate::base::{App, Fault};

/// The day that counts a punch of local date `date`: the one whose points name it, else the date itself.
/// Computed from one snapshot, never stored.
pub async fn day_of_punch(
    app: &App,
    person: PersonId,
    punch: PunchId,
    date: LocalDate,
) -> Result<Option<Day>, Fault> {
    let now = app.clock.now();
    let (mut from, to) = (date.plus(-1), date.plus(1));
    let tx = app.db.snapshot().await?;
    let mut inputs = gather(&tx, &[(person, DateSpan::new(from, to))]).await?;
    let Some(found) = inputs.people.first() else { return Ok(None) };
    if Prepared::new(&inputs, found, from, to, now).carries() {
        // Missing points that go free are counted from the begin of the period.
        from = inputs.period(found, from).from.min(from);
        inputs = gather(&tx, &[(person, DateSpan::new(from, to))]).await?;
    }
    tx.rollback().await?;
    let Some(found) = inputs.people.first() else { return Ok(None) };
    let ready = Prepared::new(&inputs, found, from, to, now);
    let mut days = ready.results(from, to, &mut Evaluator::new());
    let named = |d: &Computed| d.result.points.iter().any(|p| p.punch == punch.0);
    let at = days.iter().position(named).or_else(|| days.iter().position(|d| d.date == date));
    Ok(at.map(|at| Day::Computed(Box::new(days.swap_remove(at)))))
}
