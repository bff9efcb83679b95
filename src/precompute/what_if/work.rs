//! The job that computes a run.

use std::collections::HashMap;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use vocabulary::{DateSpan, LocalDate, PersonId, WhatIfRunId};

use super::compare::{Difference, differences};
use super::draft::Drafted;
use super::read::{RunRow, runs};
use super::{MAX_ROWS, WhatIfRefusal, store};
use crate::base::{App, Failure, Fault, Tx};
use crate::jobs::{self, Held};
use crate::people;
use crate::precompute::compute::{Days, chunk_size, evaluated, widen};
use crate::precompute::gather::{Person, Wanted, gather};
use crate::precompute::pulse::waiting;
use crate::precompute::row::Computed;

/// How long to give way before looking again.
const REST: Duration = Duration::from_millis(50);
/// How often in a row; then the next chunk comes all the same.
const MAX_RESTS: u32 = 40;

/// The run a job is about.
pub(super) fn run_of(held: &Held) -> Result<WhatIfRunId, Fault> {
    let id = held.params.get("what_if_run_id").and_then(Value::as_str).and_then(|t| t.parse().ok());
    id.ok_or_else(|| Fault::text("a job names no what-if run"))
}

/// Works off a run from where it stands.
pub fn work_what_if<'a>(app: &'a App, held: &'a Held) -> BoxFuture<'a, Result<Value, Failure>> {
    work(app, held).boxed()
}

async fn work(app: &App, held: &Held) -> Result<Value, Failure> {
    let id = run_of(held)?;
    let found = runs(app.db.read(), Some(id), None, None, 1).await?.pop();
    let mut run = found.ok_or(WhatIfRefusal::RunNotFound)?;
    let mut drafted = Drafted::new(run.drafts()?)?;
    let total = store::count_people(app.db.read(), &run).await?;
    let days = run.to_date.days() - run.from_date.days() + 1;
    let size = i64::try_from(chunk_size(days)).unwrap_or(1);
    loop {
        let people = store::next_people(app.db.read(), &run, size).await?;
        let Some(last) = people.last() else { break };
        let found = chunk(app, &run, &mut drafted, &people).await?;
        run.after_person = *last;
        run.people += i64::try_from(people.len()).unwrap_or(0);
        save(app, held, &mut run, found, total).await?;
        give_way(app).await?;
    }
    Ok(json!({ "what_if_run_id": id }))
}

/// A run is bulk work: changes that somebody waits for go first.
async fn give_way(app: &App) -> Result<(), Fault> {
    for _ in 0..MAX_RESTS {
        if waiting(app).await? == 0 {
            break;
        }
        tokio::time::sleep(REST).await;
    }
    Ok(())
}

/// The differences of some people: one gather, two evaluations.
async fn chunk(
    app: &App,
    run: &RunRow,
    drafted: &mut Drafted,
    people: &[PersonId],
) -> Result<Vec<Difference>, Failure> {
    let now = app.clock.now();
    let span = DateSpan::new(run.from_date, run.to_date);
    let wanted: Vec<Wanted> = people.iter().map(|p| (*p, span)).collect();
    let tx = app.db.snapshot().await?;
    let mut inputs = gather(&tx, &wanted).await?;
    widen(&tx, &mut inputs, now).await?;
    let mut swap = drafted.swap(&tx, &inputs, now).await?;
    swap.with(&mut inputs);
    // The drafts may let points go free where nothing published does.
    widen(&tx, &mut inputs, now).await?;
    let after = evaluated(&inputs, now);
    swap.with(&mut inputs);
    let before = evaluated(&inputs, now);
    let persons: HashMap<PersonId, &Person> = inputs.people.iter().map(|p| (p.id, p)).collect();
    let mut after = by_person(run, after);
    let mut found = Vec::new();
    for (id, old) in by_person(run, before) {
        let new = after.remove(&id).unwrap_or_default();
        let person = persons.get(&id);
        let locked = |d: LocalDate| person.is_some_and(|p| inputs.period(p, d).locked());
        found.extend(differences(old, new, locked));
    }
    found.sort_unstable_by_key(|d| (d.person, d.date));
    let seen = seen(&tx, run, found).await?;
    tx.rollback().await?;
    Ok(seen)
}

fn by_person(run: &RunRow, days: Vec<Days>) -> HashMap<PersonId, Vec<Computed>> {
    let inside = |d: &LocalDate| (run.from_date..=run.to_date).contains(d);
    let results = |d: Days| d.results.into_iter().filter(|c| inside(&c.date)).collect();
    days.into_iter().map(|d| (d.person, results(d))).collect()
}

/// Those of the dates on which the person lay in the scope of the author and belongs to the target (DD-2).
async fn seen(tx: &Tx, run: &RunRow, mut found: Vec<Difference>) -> Result<Vec<Difference>, Fault> {
    for scope in [run.scope()?, run.target()?.scope()] {
        if scope.is_everybody() || found.is_empty() {
            continue;
        }
        let places: Vec<_> = found.iter().map(|d| (d.person, d.date)).collect();
        let mut seen = people::visible_at(tx, &scope, &places).await?.into_iter();
        found.retain(|_| seen.next().unwrap_or(false));
    }
    Ok(found)
}

/// Output and progress of a chunk in one transaction.
async fn save(
    app: &App,
    held: &Held,
    run: &mut RunRow,
    found: Vec<Difference>,
    total: i64,
) -> Result<(), Failure> {
    let mut totals = run.totals()?;
    for of_one in found.chunk_by(|a, b| a.person == b.person) {
        totals.add(of_one.iter().map(|d| (d.locked, &d.content)));
    }
    run.totals = serde_json::to_string(&totals)?;
    let room = usize::try_from(MAX_ROWS - run.day_rows).unwrap_or(0);
    let kept = found.get(..room).unwrap_or(&found);
    run.truncated |= kept.len() < found.len();
    run.day_rows += i64::try_from(kept.len()).unwrap_or(0);
    let tx = app.db.begin().await?;
    jobs::advance(&tx, app, held, run.people, total.max(run.people)).await?;
    store::insert_days(&tx, run.id, kept).await?;
    store::save_progress(&tx, run).await?;
    tx.commit().await?;
    Ok(())
}
