//! Readable cases with the expected output beside them. Only the fields of `expect` are compared: objects field
//! by field, counts and lists completely, exceptions in any order.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it stands")]

use kaoqin_engine::format::evaluate_lines;
use serde_json::Value;

/// Everything in `expected` stands in `found`.
fn holds(expected: &Value, found: &Value, path: &str, faults: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(e), Value::Object(f)) => {
            if path.ends_with("counts") && e.len() != f.len() {
                faults.push(format!("{path}: {found}, expected {expected}"));
            }
            for (key, value) in e {
                holds(value, f.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"), faults);
            }
        }
        (Value::Array(e), Value::Array(f)) => {
            let mut left: Vec<&Value> = f.iter().collect();
            for wanted in e {
                let fits = |v: &&Value| {
                    let mut none = Vec::new();
                    holds(wanted, v, path, &mut none);
                    none.is_empty()
                };
                match left.iter().position(fits) {
                    Some(i) => {
                        left.remove(i);
                    }
                    None => faults.push(format!("{path}: {wanted} is missing in {found}")),
                }
            }
            if !left.is_empty() {
                faults.push(format!("{path}: nobody expected {left:?}"));
            }
        }
        _ if expected == found => {}
        _ => faults.push(format!("{path}: {found}, expected {expected}")),
    }
}

fn check(name: &str, text: &str, least: usize) {
    let mut out = Vec::new();
    assert!(evaluate_lines(text.as_bytes(), &mut out).unwrap(), "{name}: a line was refused");
    let out = String::from_utf8(out).unwrap();
    let cases = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    let cases: Vec<Value> = cases.filter(|c| c.get("define").is_none()).collect();
    assert!(cases.len() >= least, "{name}: only {} cases", cases.len());
    let mut faults = Vec::new();
    for (case, line) in cases.iter().zip(out.lines()) {
        let found: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        assert_eq!(found["id"], case["id"]);
        holds(&case["expect"], &found, id, &mut faults);
    }
    assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
}

#[test]
fn the_worked_examples_of_the_specification_come_out_as_printed() {
    check("examples", include_str!("../cases/examples.jsonl"), 90);
}

#[test]
fn the_examples_of_the_evaluate_format_come_out_as_printed() {
    check("format", include_str!("../cases/format.jsonl"), 2);
}

#[test]
fn what_users_of_other_products_suffer_from_does_not_happen_here() {
    check("field", include_str!("../cases/field.jsonl"), 32);
}

#[test]
fn malformed_lines_are_refused_one_by_one_with_their_code() {
    let text = include_str!("../cases/refusals.jsonl");
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let input: Vec<&str> = lines.iter().map(|l| l["line"].as_str().unwrap()).collect();
    let mut out = Vec::new();
    assert!(!evaluate_lines(input.join("\n").as_bytes(), &mut out).unwrap());
    let out = String::from_utf8(out).unwrap();
    let wanted: Vec<&Value> = lines.iter().filter(|l| l.get("code").is_some()).collect();
    assert_eq!(out.lines().count(), wanted.len());
    for (wanted, line) in wanted.iter().zip(out.lines()) {
        let found: Value = serde_json::from_str(line).unwrap();
        assert_eq!(found["error"]["code"], wanted["code"], "{line} for {}", wanted["line"]);
        assert_eq!(found["id"], wanted["id"], "{line}");
    }
}
