//! One punch until its result is committed, on an idle machine.

use std::time::Instant;

use vocabulary::{LocalDate, PersonId};

use super::data::World;
use super::recompute;
use super::report::{Report, percentile};
use crate::base::{Failure, Query, statements};
use crate::precompute;
use crate::punches::{self, NewPunch, Source, Urgency};

/// How many punches are made.
const TIMES: u32 = 400;

#[derive(sea_orm::FromQueryResult)]
struct One {
    hash: i64,
}

pub async fn run(world: &World, report: &Report) -> Result<(), Failure> {
    recompute::drain(&world.app).await?;
    world.vacuum().await?;
    let (mut product, mut floor, mut count) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..TIMES {
        let person = PersonId(i64::from(n * 37 % world.size.people) + 1);
        floor.push(bare(world, person, n).await?);
        let before = statements();
        let seconds = one(world, person, n).await?;
        product.push(seconds);
        #[expect(clippy::cast_precision_loss, reason = "a few statements")]
        count.push((statements() - before) as f64);
    }
    for (name, share) in [("single_change_p50", 0.5), ("single_change_p95", 0.95)] {
        let ms = |v: &[f64]| percentile(v.to_vec(), share) * 1000.0;
        world.line(report, name, ms(&product), ms(&floor), "ms");
    }
    world.line(report, "single_change_sql", percentile(count, 0.5), 20.0, "statements");
    Ok(())
}

/// A punch is committed with its mark; then the clock runs until its result is.
async fn one(world: &World, person: PersonId, n: u32) -> Result<f64, Failure> {
    let app = &world.app;
    let punch = NewPunch {
        person,
        at: app.clock.now().plus_seconds(-86_400 * i64::from(n % 20) - i64::from(n)),
        flag: None,
        source: Source::Web,
        method: None,
        device: "bench".to_owned(),
        reason: None,
        raw: None,
        author: None,
    };
    let tx = app.db.begin().await?;
    punches::insert(&tx, &[punch], Urgency::Now, app.clock.now()).await?;
    tx.commit().await?;
    let started = Instant::now();
    precompute::drain(app).await?;
    Ok(started.elapsed().as_secs_f64())
}

/// One read and one small commit.
pub async fn bare(world: &World, person: PersonId, n: u32) -> Result<f64, Failure> {
    let started = Instant::now();
    let date: LocalDate = world.last.plus(-(i32::try_from(n % 20).unwrap_or(0)));
    let db = &world.app.db;
    let keys = vec![person.into(), date.into()];
    let sql = "SELECT hash FROM day_result WHERE person_id = $1 AND work_date = $2";
    let row: Option<One> = db.read().row(sql, keys).await?;
    let tx = db.begin().await?;
    tx.run(
        "INSERT INTO setting (key, value) VALUES ('bench', $1) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        vec![format!("{}", row.map_or(0, |r| r.hash) + i64::from(n)).into()],
    )
    .await?;
    tx.commit().await?;
    Ok(started.elapsed().as_secs_f64())
}
