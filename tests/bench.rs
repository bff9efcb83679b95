//! Every benchmark runs in miniature and prints what it promises. Its numbers are nobody's business here.

use serde_json::Value;

use crate::both;

/// Runs `kaoqin bench` beside the database of a test; the measures it prints.
fn measures(url: &str, args: &[&str]) -> Vec<String> {
    run(url, args, &["--people", "12", "--days", "3"], 3)
}

fn run(url: &str, args: &[&str], size: &[&str], days: u32) -> Vec<String> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kaoqin"));
    command.arg("bench").args(args).args(["--json", "--database-url", url]);
    let out = command.args(size).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {errors}");
    let text = String::from_utf8(out.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for line in &lines {
        for key in ["value", "floor", "ratio"] {
            // Thousandths are printed: a tiny company may need less.
            assert!(line[key].as_f64().is_some_and(|n| n >= 0.0), "{key} of {line}");
        }
        assert!(line["unit"].is_string() && line["days"] == days && line["people"] == 12, "{line}");
    }
    lines.iter().map(|l| l["measure"].as_str().unwrap().to_owned()).collect()
}

fn with_shares(names: &[&str], shares: &[&str]) -> Vec<String> {
    names.iter().flat_map(|n| shares.iter().map(move |s| format!("{n}{s}"))).collect()
}

both!(the_benchmarks_of_the_drain_print_their_floors, |world| async move {
    let url = &world.app.config.database_url;
    let found = measures(url, &["recompute", "--rounds", "1"]);
    assert_eq!(found, ["recompute_full", "recompute_same", "rule_publish"]);
    let found = measures(url, &["single"]);
    assert_eq!(found, ["single_change_p50", "single_change_p95", "single_change_sql"]);
});

both!(the_benchmarks_over_http_print_their_floors, |world| async move {
    let url = &world.app.config.database_url;
    let (rates, shares) = (["", "_p50", "_p99"], ["_p50", "_p95"]);
    let found = measures(url, &["query", "--rounds", "1", "--requests", "60"]);
    assert_eq!(found, with_shares(&["query_day", "query_month"], &rates));
    let found = measures(url, &["intake", "--rounds", "1"]);
    assert_eq!(found, with_shares(&["intake_32", "intake_128"], &rates));
    let mixed = ["mixed", "--rounds", "1", "--punches", "6", "--rate", "50"];
    let names = ["change_http", "mixed_change", "mixed_punch", "mixed_query"];
    assert_eq!(measures(url, &mixed), with_shares(&names, &shares));
});

both!(the_benchmark_of_people_prints_its_floor, |world| async move {
    let url = &world.app.config.database_url;
    let size = ["--people", "12", "--departments", "4", "--companies", "2", "--rounds", "1"];
    let found = run(url, &["people"], &size, 0);
    assert_eq!(found, ["people_import", "people_import_same"]);
});
