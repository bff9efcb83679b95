//! The evaluation of days on one core, beside a toy kernel.

use std::time::Instant;

use engine::bench_support::{DAYS, Months};

use super::report::{Line, Report, median};

/// Runs of which the median counts; product and floor take turns.
const ROUNDS: usize = 5;

pub fn run(report: &Report, people: usize) {
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
        for (measure, value) in [(name.to_owned(), result), (format!("{name}_traced"), traced)] {
            report.line(&Line {
                measure: format!("engine_{measure}"),
                value,
                unit: "employee-days/s",
                floor: toy,
                people,
                days: DAYS.unsigned_abs() as usize,
            });
        }
    }
}
