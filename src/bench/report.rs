//! One line per measure: the product, its floor, and their ratio.

use serde_json::json;

/// A measure with the floor of the same run.
pub struct Line {
    pub measure: String,
    pub value: f64,
    pub unit: &'static str,
    pub floor: f64,
    pub people: usize,
    pub days: usize,
}

/// Where lines go: a table, or one JSON object per line.
pub struct Report {
    pub json: bool,
}

impl Report {
    pub fn head(&self) {
        if !self.json {
            println!(
                "{:<22}{:>14}{:>14}{:>9}  {:<16}{:>9}{:>6}",
                "measure", "value", "floor", "ratio", "unit", "people", "days"
            );
        }
    }

    pub fn line(&self, l: &Line) {
        let ratio = l.value / l.floor;
        if self.json {
            let round = |x: f64| (x * 1000.0).round() / 1000.0;
            println!(
                "{}",
                json!({ "measure": l.measure, "value": round(l.value), "unit": l.unit,
                        "floor": round(l.floor), "ratio": round(ratio), "people": l.people,
                        "days": l.days })
            );
        } else {
            println!(
                "{:<22}{:>14}{:>14}{ratio:>9.3}  {:<16}{:>9}{:>6}",
                l.measure,
                short(l.value),
                short(l.floor),
                l.unit,
                l.people,
                l.days
            );
        }
    }

    /// Something beside the table that a reader of the numbers wants to know.
    pub fn note(&self, text: &str) {
        eprintln!("{text}");
    }
}

fn short(x: f64) -> String {
    if x >= 1000.0 { format!("{x:.0}") } else { format!("{x:.3}") }
}

/// The value in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value below which `share` of all values lie, 0 … 1.
pub fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of a short list"
    )]
    let at = ((values.len().saturating_sub(1)) as f64 * share).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// Most memory this process ever held, in MiB; `None` where the system does not tell.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
