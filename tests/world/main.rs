//! The world simulator: random companies, random changes, random interleavings, crashes and restarts. Whatever
//! happens, what is stored in the end is what a computation from the facts gives.
//!
//! `cargo test` plays a few seeds and proves that built-in faults are found. The long run:
//! `cargo test --release --test world -- --seeds 1000 [--from 1] [--database sqlite|postgres] [--sabotage NAME]`

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it stands"
)]

mod apply;
mod chance;
mod change;
mod company;
mod ground;
mod locks;
mod oracle;
mod play;
#[path = "../support/postgres.rs"]
mod postgres;
mod reins;
mod sabotage;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use futures::FutureExt;
use ground::{Ground, Kind};
use kaoqin::base::failpoint::Sabotage;
use libtest_mimic::{Arguments, Failed, Trial};
use play::{Breach, Tally};

/// Longest time of one seed.
const PATIENCE: Duration = Duration::from_secs(900);
/// Seeds that `cargo test` plays on each database.
const SHORT: [(Kind, u64); 2] = [(Kind::Sqlite, 4), (Kind::Postgres, 3)];
/// Seeds within which a fault must be found.
const FOUND_WITHIN: u64 = 50;

/// The long run.
#[derive(Parser, Debug)]
struct Long {
    /// How many seeds to play
    #[arg(long)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// sqlite or postgres
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// A fault to build in; the run then succeeds when it is found
    #[arg(long)]
    sabotage: Option<String>,
    /// Seeds that are played side by side
    #[arg(long)]
    jobs: Option<usize>,
}

fn main() -> ExitCode {
    if std::env::args().any(|a| a.starts_with("--seeds")) {
        return long(&Long::parse());
    }
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = SHORT
        .into_iter()
        .map(|(kind, seeds)| {
            let name = format!("what_is_stored_is_what_the_facts_give::{}", kind.name());
            Trial::test(name, move || short(kind, seeds))
        })
        .collect();
    trials.extend(sabotage::ALL.into_iter().map(|(name, fault, kind)| {
        let title = format!("a_fault_is_found::{}", name.replace('-', "_"));
        Trial::test(title, move || found(name, fault, kind))
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// How a failing seed is played again.
fn command(kind: Kind, seed: u64) -> String {
    format!("cargo test --test world -- --seeds 1 --from {seed} --database {}", kind.name())
}

/// One seed; panics and endless ones are breaches too.
async fn seed(ground: &Ground, n: u64, fault: Option<Sabotage>) -> Result<Tally, Breach> {
    let game = std::panic::AssertUnwindSafe(play::play(ground, n, fault)).catch_unwind();
    match tokio::time::timeout(PATIENCE, game).await {
        Ok(Ok(done)) => done,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            Err(format!("panic: {}", text.unwrap_or_default()))
        }
        Err(_) => Err(format!("does not end within {PATIENCE:?}")),
    }
}

fn no_server(kind: Kind) -> Result<(), Failed> {
    let text = format!("SKIPPED {}: no server (set KAOQIN_TEST_POSTGRES_URL)", kind.name());
    eprintln!("{text}");
    match std::env::var("KAOQIN_REQUIRE_SERVERS").as_deref() {
        Ok("1") => Err(text.into()),
        _ => Ok(()),
    }
}

fn short(kind: Kind, seeds: u64) -> Result<(), Failed> {
    runtime().block_on(async {
        let Some(ground) = Ground::new(kind).await else { return no_server(kind) };
        for n in 1..=seeds {
            if let Err(breach) = seed(&ground, n, None).await {
                return Err(format!("seed {n}: {breach}\n{}", command(kind, n)).into());
            }
        }
        ground.close().await;
        Ok(())
    })
}

fn found(name: &str, fault: Sabotage, kind: Kind) -> Result<(), Failed> {
    runtime().block_on(async {
        let Some(ground) = Ground::new(kind).await else { return no_server(kind) };
        for n in 1..=FOUND_WITHIN {
            if let Err(breach) = seed(&ground, n, Some(fault)).await {
                println!("{name}: seed {n}: {}", breach.chars().take(200).collect::<String>());
                ground.close().await;
                return Ok(());
            }
        }
        Err(format!("{name} was not found within {FOUND_WITHIN} seeds").into())
    })
}

/// What a long run has seen so far.
#[derive(Default)]
struct Score {
    played: u64,
    failed: u64,
    sum: Tally,
}

fn long(args: &Long) -> ExitCode {
    let asked = args.sabotage.as_deref();
    let fault = asked.map(|name| match sabotage::named(name) {
        Some((fault, _)) => fault,
        None => {
            let names: Vec<&str> = sabotage::ALL.iter().map(|(n, ..)| *n).collect();
            eprintln!("--sabotage: one of {}", names.join(", "));
            std::process::exit(2)
        }
    });
    let kind = match args.database.as_str() {
        "sqlite" => Kind::Sqlite,
        "postgres" => Kind::Postgres,
        _ => {
            eprintln!("--database: sqlite or postgres");
            return ExitCode::from(2);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.unwrap_or(cores);
    let begun = Instant::now();
    let score = runtime().block_on(side_by_side(args, kind, fault, jobs));
    let Some(score) = score else {
        eprintln!("no server (set KAOQIN_TEST_POSTGRES_URL)");
        return ExitCode::from(2);
    };
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} seeds on {} in {seconds:.1} s, {:.2} seeds/s, {} failed",
        score.played,
        kind.name(),
        f64::from(u32::try_from(score.played).unwrap()) / seconds,
        score.failed
    );
    let t = &score.sum;
    println!(
        "{} changes, {} refused, {} drains, {} held, {} crashes, {} restarts, {} days compared, \
         {} locked",
        t.changes, t.refused, t.drains, t.held, t.crashes, t.restarts, t.days, t.locked
    );
    println!("refusals: {:?}", t.refusals);
    ExitCode::from(u8::from((score.failed > 0) != fault.is_some()))
}

async fn side_by_side(
    args: &Long,
    kind: Kind,
    fault: Option<Sabotage>,
    jobs: usize,
) -> Option<Score> {
    let ground = Arc::new(Ground::new(kind).await?);
    let next = Arc::new(AtomicU64::new(args.from));
    let end = args.from + args.seeds;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..jobs {
        let (ground, next) = (ground.clone(), next.clone());
        tasks.spawn(async move {
            let mut score = Score::default();
            loop {
                let n = next.fetch_add(1, Ordering::SeqCst);
                if n >= end {
                    return score;
                }
                score.played += 1;
                match seed(&ground, n, fault).await {
                    Ok(tally) => score.add(&tally),
                    Err(breach) => {
                        score.failed += 1;
                        println!("seed {n}: {breach}\n  {}", command(kind, n));
                        if fault.is_some() {
                            next.store(end, Ordering::SeqCst);
                        }
                    }
                }
            }
        });
    }
    let mut all = Score::default();
    while let Some(score) = tasks.join_next().await {
        let score = score.unwrap();
        all.played += score.played;
        all.failed += score.failed;
        all.add(&score.sum);
    }
    if let Some(ground) = Arc::into_inner(ground) {
        ground.close().await;
    }
    Some(all)
}

impl Score {
    fn add(&mut self, t: &Tally) {
        let s = &mut self.sum;
        s.changes += t.changes;
        s.refused += t.refused;
        s.drains += t.drains;
        s.crashes += t.crashes;
        s.held += t.held;
        s.restarts += t.restarts;
        s.days += t.days;
        s.locked += t.locked;
        let mut refusals: BTreeMap<&str, usize> = std::mem::take(&mut s.refusals);
        for (code, n) in &t.refusals {
            *refusals.entry(code).or_default() += n;
        }
        s.refusals = refusals;
    }
}
