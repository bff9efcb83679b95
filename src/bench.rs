//! `kaoqin bench`: how fast the product is, beside a floor measured in the same run.

use std::time::Instant;

use clap::{Args, Subcommand};
use engine::bench_support::{DAYS, Months};
use serde_json::json;

/// `kaoqin bench …`
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// One JSON object per line instead of a table
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The evaluation of days on one core, without a database
    Engine {
        /// People with a month each
        #[arg(long, default_value_t = 1000)]
        people: usize,
    },
}

/// Runs of which the median counts; product and floor take turns.
const ROUNDS: usize = 5;

/// Runs a benchmark and prints it.
pub fn run(args: &BenchArgs) {
    let What::Engine { people } = args.what;
    if !args.json {
        println!("{:<16}{:>14}{:>14}{:>10}", "measure", "days/s", "floor/s", "ratio");
    }
    let sets = [("plain", Months::plain(people)), ("hard", Months::hard(people))];
    for (name, months) in sets {
        let Some(months) = months else { continue };
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            let works: [&dyn Fn() -> i64; 3] =
                [&|| months.toy(), &|| months.evaluate(false), &|| months.evaluate(true)];
            for (work, times) in works.iter().zip(&mut times) {
                let started = Instant::now();
                std::hint::black_box(work());
                times.push(started.elapsed().as_secs_f64());
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "days are far below 2^52")]
        let days = months.days() as f64;
        let [toy, result, traced] = times.map(|t| days / median(t));
        line(args.json, name, result, toy, people);
        line(args.json, &format!("{name}_traced"), traced, toy, people);
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn line(as_json: bool, measure: &str, value: f64, floor: f64, people: usize) {
    let ratio = value / floor;
    if as_json {
        let line = json!({
            "measure": format!("engine_{measure}"), "value": value.round(),
            "unit": "employee-days/s and core", "floor": floor.round(), "ratio": ratio,
            "people": people, "days": DAYS,
        });
        println!("{line}");
    } else {
        println!("{measure:<16}{value:>14.0}{floor:>14.0}{ratio:>10.4}");
    }
}
