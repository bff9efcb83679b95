//! `kaoqin bench`: how fast the product is, beside a floor measured in the same run.
//!
//! Works on a scratch database of its own and fills it directly: the one place besides the rooms that writes
//! their tables, because a hundred thousand invented people need no audit. Product and floor take turns;
//! medians count.

mod data;
mod engine;
mod floor;
mod http;
mod intake;
mod mixed;
mod people;
mod query;
mod recompute;
mod report;
mod rows;
mod single;
mod users;

use clap::{Args, Subcommand};

use self::data::Size;
use self::report::Report;
use crate::base::{Config, Failure, Fault};

/// `kaoqin bench …`
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// One JSON object per line instead of a table
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

/// How large the invented company is.
#[derive(Args, Clone, Copy, Debug)]
struct SizeArgs {
    /// People of the invented company
    #[arg(long, default_value_t = 10_000)]
    people: u32,
    /// Days of March 2026 with four punches each, 1 to 31
    #[arg(long, default_value_t = 31, value_parser = clap::value_parser!(u8).range(1..=31))]
    days: u8,
    /// Runs of which the median counts
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The evaluation of days on one core, without a database
    Engine {
        /// People with a month each
        #[arg(long, default_value_t = 1000)]
        people: usize,
    },
    /// A month of everybody again: all results change, none change; the call that publishes the change
    Recompute(SizeArgs),
    /// Cost of an employee-day at 1,000, 10,000 … people up to --people
    Growth(SizeArgs),
    /// One punch until its result is committed
    Single(SizeArgs),
    /// A day and the month of one person over HTTP
    Query {
        #[command(flatten)]
        size: SizeArgs,
        #[command(flatten)]
        load: query::LoadArgs,
    },
    /// Everybody punches once over HTTP, at 32 and at 128 connections
    Intake(SizeArgs),
    /// A group of companies, departments and people by file
    People(people::PeopleArgs),
    /// Punches and queries over HTTP while a rule for everybody is recomputed, beside the idle ones
    Mixed {
        #[command(flatten)]
        size: SizeArgs,
        #[command(flatten)]
        stream: mixed::StreamArgs,
    },
}

impl BenchArgs {
    /// Runs without settings and database; true if that is all.
    pub fn needs_database(&self) -> bool {
        !matches!(self.what, What::Engine { .. })
    }
}

/// Runs a benchmark that needs no database.
pub fn run(args: &BenchArgs) {
    let report = Report { json: args.json };
    if let What::Engine { people } = args.what {
        report.head();
        engine::run(&report, people);
    }
}

/// Runs a benchmark on a scratch database beside the configured one.
pub async fn run_on(config: Config, args: &BenchArgs) -> Result<(), Failure> {
    let report = Report { json: args.json };
    match args.what {
        What::Engine { .. } => {}
        What::Growth(size) => {
            report.head();
            recompute::growth(config, &report, size).await?;
        }
        What::People(args) => {
            report.head();
            people::run(config, &report, args).await?;
        }
        What::Recompute(size) | What::Single(size) | What::Intake(size) => {
            let world = data::World::create(config, size.into()).await?;
            report.head();
            match args.what {
                What::Recompute(_) => recompute::run(&world, &report, size.rounds).await?,
                What::Single(_) => single::run(&world, &report).await?,
                _ => intake::run(&world, &report, size.rounds).await?,
            }
            world.drop().await?;
        }
        What::Query { size, load } => {
            let world = data::World::create(config, size.into()).await?;
            report.head();
            query::run(&world, &report, size.rounds, load).await?;
            world.drop().await?;
        }
        What::Mixed { size, stream } => {
            let world = data::World::create(config, size.into()).await?;
            report.head();
            mixed::run(&world, &report, size.rounds, stream).await?;
            world.drop().await?;
        }
    }
    if let Some(peak) = report::peak_memory() {
        report.note(&format!("peak memory of this process: {peak} MiB"));
    }
    Ok(())
}

impl From<SizeArgs> for Size {
    fn from(s: SizeArgs) -> Self {
        Self { people: s.people.max(1), days: i32::from(s.days) }
    }
}

/// A fault that a benchmark meets outside the database.
fn broken(what: &'static str, e: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new(what, e)
}
