//! The plan of the house, read from its sources: who may know whom, who writes which table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms in the order in which they may know each other: a room knows those before it. `|` = side by side.
const ORDER: &[&[&str]] = &[
    &["base"],
    &["dirty"],
    &["identity"],
    &["jobs"],
    &["people"],
    &["profiles"],
    &["calendars"],
    &["shifts"],
    &["rules"],
    &["punches", "requests"],
    &["precompute"],
    &["employment"],
    &["demand"],
    &["alerts"],
    &["import"],
    &["demo"],
    &["house"],
    &["bench"],
];

/// Longest file, in lines.
const MAX_LINES: usize = 600;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// `(room, file inside the room, text)` of the application's sources.
fn rooms() -> Vec<(String, String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files
        .into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            if inside.starts_with("engine/") || inside.starts_with("vocabulary/") {
                return None;
            }
            let (room, file) = match inside.split_once('/') {
                Some((room, file)) => (room.to_owned(), file.to_owned()),
                None => (inside.trim_end_matches(".rs").to_owned(), inside.clone()),
            };
            Some((room, file, fs::read_to_string(&path).unwrap()))
        })
        .collect()
}

fn tier(room: &str) -> Option<usize> {
    ORDER.iter().position(|side| side.contains(&room))
}

/// The rooms a source names, with what it takes from them: `crate::people::within` is `(people, within)`;
/// `crate::{people, rules}` is `(people, "")` and `(rules, "")`.
fn uses(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    for rest in code.split("crate::").skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split('}').next().unwrap();
            for name in group.split(',').map(str::trim).filter(|n| !n.is_empty()) {
                let name = name.split([':', ' ']).next().unwrap();
                found.push((name.to_owned(), String::new()));
            }
            continue;
        }
        let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let room: String = word(rest);
        let after = rest[room.len()..].strip_prefix("::").map(word).unwrap_or_default();
        found.push((room, after));
    }
    found
}

fn import_faults(room: &str, file: &str, text: &str, modules: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(own) = tier(room) else { return faults };
    for (other, item) in uses(text) {
        let Some(theirs) = tier(&other) else { continue };
        if other == room {
            continue;
        }
        if theirs >= own {
            faults.push(format!("{room}/{file} knows {other}, which stands above or beside it"));
        }
        let open = matches!(
            item.as_str(),
            "api" | "context" | "failpoint" | "http" | "problem" | "telemetry"
        );
        if !open && modules.contains(&format!("{other}/{item}")) && item != room {
            faults.push(format!("{room}/{file} enters {other}::{item} past its mod.rs"));
        }
    }
    faults
}

#[test]
fn rooms_know_only_those_below_them_and_only_through_their_doors() {
    let all = rooms();
    // Private modules: a lower-case name that is a file and no re-exported function of the same name.
    let doors: BTreeMap<&str, &str> = all
        .iter()
        .filter(|(_, file, _)| file == "mod.rs")
        .map(|(room, _, text)| (room.as_str(), text.as_str()))
        .collect();
    let private: Vec<String> = all
        .iter()
        .filter_map(|(room, file, _)| {
            let name = file.strip_suffix(".rs")?;
            let door = doors.get(room.as_str())?;
            let exported = door.split(|c: char| !c.is_alphanumeric() && c != '_');
            let twice = exported.filter(|w| *w == name).count() > 1;
            (!name.contains('/') && !twice).then(|| format!("{room}/{name}"))
        })
        .collect();
    let faults: Vec<String> =
        all.iter().flat_map(|(r, f, t)| import_faults(r, f, t, &private)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_check_of_imports_finds_a_forbidden_one() {
    assert_eq!(import_faults("people", "x.rs", "use crate::rules::Book;", &[]).len(), 1);
    assert_eq!(import_faults("punches", "x.rs", "use crate::{requests, base};", &[]).len(), 1);
    assert_eq!(import_faults("rules", "x.rs", "use crate::people::within;", &[]).len(), 0);
    let private = ["people/store".to_owned()];
    assert_eq!(import_faults("rules", "x.rs", "use crate::people::store::put;", &private).len(), 1);
}

/// Tables a source writes.
fn written(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for verb in ["INSERT INTO ", "UPDATE ", "DELETE FROM "] {
        for rest in text.split(verb).skip(1) {
            let table: String =
                rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if table.len() > 2 && table != "set" {
                found.push(table);
            }
        }
    }
    found
}

#[test]
fn every_table_has_one_writing_room() {
    let map = fs::read_to_string(root().join("entities/README.md")).unwrap();
    let owners: BTreeMap<String, String> = map
        .lines()
        .filter_map(|l| {
            let mut cells = l.split('|').map(|c| c.trim().trim_matches('`'));
            let (table, room) = (cells.nth(1)?, cells.next()?);
            (!table.is_empty() && !room.is_empty()).then(|| (table.to_owned(), room.to_owned()))
        })
        .collect();
    let mut faults = Vec::new();
    let mut seen = 0;
    for (room, file, text) in rooms() {
        // The scratch company of a benchmark needs no audit: it is the one writer of foreign tables.
        if room == "bench" {
            continue;
        }
        for table in written(&text) {
            let Some(owner) = owners.get(&table) else { continue };
            seen += 1;
            // `setting` holds facts of the installation: the demo keeps how it was built there.
            if *owner != room && !(table == "setting" && room == "demo") {
                faults.push(format!("{room}/{file} writes {table}, which belongs to {owner}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(seen > 40, "the check saw only {seen} writes");
    assert_eq!(written("\"DELETE FROM punch WHERE\""), ["punch"]);
}

#[test]
fn punches_and_roots_of_time_are_never_changed() {
    let mut faults = Vec::new();
    for (room, file, text) in rooms() {
        for verb in
            ["UPDATE punch ", "DELETE FROM punch ", "UPDATE rule_version", "UPDATE shift_version"]
        {
            if text.contains(verb) {
                faults.push(format!("{room}/{file}: {verb}"));
            }
        }
        let clock = ["SystemTime::now", "Utc::now", "Local::now"].iter().any(|c| text.contains(c));
        if clock && (room.as_str(), file.as_str()) != ("base", "clock.rs") {
            faults.push(format!("{room}/{file} reads the wall clock"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn http_is_known_to_doors_only() {
    let mut faults = Vec::new();
    for (room, file, text) in rooms() {
        let door = file.starts_with("api") || matches!(room.as_str(), "house" | "main");
        let front = matches!(
            (room.as_str(), file.as_str()),
            ("base", "http.rs") | ("bench", "http.rs" | "query.rs")
        );
        if !door && !front && (text.contains("use poem::") || text.contains("poem_openapi")) {
            faults.push(format!("{room}/{file} knows poem"));
        }
        let shows = door || front || file.contains("view");
        let problems =
            room == "base" && matches!(file.as_str(), "problem.rs" | "document.rs" | "outcome.rs");
        if !shows && !problems && text.contains("use contract::") {
            faults.push(format!("{room}/{file} knows the types of the API"));
        }
        if text.contains("reqwest::") {
            faults.push(format!("{room}/{file} knows reqwest"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn files_stay_short_and_nothing_is_switched_off() {
    let mut files = Vec::new();
    for dir in ["src", "tests", "openapi/src", "entities/src", "migrations/src"] {
        sources(&root().join(dir), &mut files);
    }
    let (ignored, allowed) = (concat!("#[", "ignore"), concat!("#[", "allow("));
    let mut faults = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let limit = LONG.iter().find(|(n, _)| *n == name).map_or(MAX_LINES, |(_, l)| *l);
        if lines > limit {
            faults.push(format!("{name} has {lines} lines, at most {limit} are allowed"));
        }
        if text.contains(ignored) || text.contains(allowed) {
            faults.push(format!("{name} switches something off"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Files that are longer; these numbers only shrink.
const LONG: &[(&str, usize)] = &[];

#[test]
fn every_file_of_tests_is_part_of_the_program() {
    let main = fs::read_to_string(root().join("tests/main.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        // A folder with a `main.rs` is a program of its own.
        let own = path.join("main.rs").exists();
        let source = !own && (path.is_dir() || path.extension().is_some_and(|e| e == "rs"));
        if source && name != "main" {
            assert!(main.contains(&format!("mod {name};")), "tests/{name} is forgotten");
        }
    }
}
