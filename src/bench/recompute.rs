//! A month of everybody again.

use std::time::{Duration, Instant};

use super::SizeArgs;
use super::data::{Size, World};
use super::floor::Floor;
use super::report::{Line, Report, median};
use crate::base::{App, Config, Failure, Fault};
use crate::dirty;
use crate::precompute;

/// Tasks that drain: one a core.
const WORKERS: usize = 2;
/// How long a worker rests when others hold what is left.
const OTHERS: Duration = Duration::from_millis(2);

/// Works off all marks with as many workers as the product has; how long it took and what was written.
pub async fn drain(app: &App) -> Result<(f64, usize), Fault> {
    let workers = if app.config.embedded() { 1 } else { WORKERS };
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..workers {
        let app = app.clone();
        tasks.spawn(async move {
            let mut written = 0;
            loop {
                match precompute::drain(&app).await? {
                    Some(done) => written += done.settled.written,
                    None if dirty::is_empty(app.db.read()).await? => {
                        return Ok::<_, Fault>(written);
                    }
                    None => tokio::time::sleep(OTHERS).await,
                }
            }
        });
    }
    let mut written = 0;
    while let Some(done) = tasks.join_next().await {
        written += done.map_err(|e| super::broken("a worker ended", e))??;
    }
    let took = started.elapsed().as_secs_f64();
    // As a process does every second: batches that are done are looked at no more.
    let tx = app.db.begin().await?;
    dirty::watch_batches(&tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok((took, written))
}

/// Product and floor in turns: everything changes, nothing changes, and the call that publishes.
pub async fn run(world: &World, report: &Report, rounds: u32) -> Result<(), Failure> {
    let (first, written) = drain(&world.app).await?;
    report.note(&format!("first computation: {written} results in {first:.1} s"));
    world.vacuum().await?;
    let floor = Floor::prepare(world).await?;
    let [mut full, mut full_floor, mut same, mut same_floor] = [const { Vec::new() }; 4];
    let [mut publish, mut publish_floor] = [const { Vec::new() }; 2];
    for round in 1..=rounds {
        publish_floor.push(floor.mark_everybody().await?);
        let started = Instant::now();
        world.publish(round).await?;
        publish.push(started.elapsed().as_secs_f64());
        let (seconds, written) = drain(&world.app).await?;
        full.push(seconds);
        if written != world.results() {
            let all = world.results();
            report.note(&format!("{written} of {all} results were written"));
        }
        full_floor.push(floor.replace_everything().await?);
        world.mark_everybody().await?;
        let (seconds, written) = drain(&world.app).await?;
        same.push(seconds);
        if written != 0 {
            report.note(&format!("{written} results were written although nothing changed"));
        }
        same_floor.push(floor.read_everything().await?);
    }
    let line = |measure: &str, value: Vec<f64>, floor: Vec<f64>| {
        world.line(report, measure, median(value), median(floor), "s");
    };
    line("recompute_full", full, full_floor);
    line("recompute_same", same, same_floor);
    line("rule_publish", publish, publish_floor);
    Ok(())
}

/// What an employee-day costs in companies of growing size.
pub async fn growth(config: Config, report: &Report, size: SizeArgs) -> Result<(), Failure> {
    let mut first = None;
    let mut people = size.people.min(1_000);
    loop {
        let days = i32::from(size.days);
        let world = World::create(config.clone(), Size { people, days }).await?;
        drain(&world.app).await?;
        world.vacuum().await?;
        let mut times = Vec::new();
        for round in 1..=size.rounds {
            world.publish(round).await?;
            times.push(drain(&world.app).await?.0);
        }
        let cost = median(times) * 1e6 / f64::from(people) / f64::from(days);
        report.line(&Line {
            measure: "growth".to_owned(),
            value: cost,
            unit: "us/employee-day",
            floor: *first.get_or_insert(cost),
            people: people as usize,
            days: days.unsigned_abs() as usize,
        });
        world.drop().await?;
        if people >= size.people {
            return Ok(());
        }
        people = (people * 10).min(size.people);
    }
}
