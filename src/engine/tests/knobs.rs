//! No dead knobs: every setting of every rule, scheme, shift, calendar, request type and case changes some
//! result, and where it is missing its default counts.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it stands")]

use std::collections::BTreeSet;

use kaoqin_engine::Evaluator;
use kaoqin_engine::format::{Case, Definitions, result_json};
use serde_json::{Value, json};

/// One setting on the day that shows what it does.
struct Knob {
    setting: String,
    at: String,
    values: Vec<Value>,
    default: Option<Value>,
    case: Value,
}

fn knobs() -> Vec<Knob> {
    let mut lines = include_str!("../cases/knobs.jsonl")
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap());
    let base = lines.next().unwrap()["base"].clone();
    lines
        .map(|line| {
            let mut case = base.clone();
            merge(&mut case, &line["with"]);
            case["id"] = line["setting"].clone();
            Knob {
                setting: line["setting"].as_str().unwrap().to_owned(),
                at: line["at"].as_str().unwrap().to_owned(),
                values: line["values"].as_array().unwrap().clone(),
                default: line.get("default").cloned(),
                case,
            }
        })
        .collect()
}

/// `patch` over `target`: objects key by key, everything else whole; null takes the key away.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else { return };
    for (key, value) in patch {
        let own = target.as_object_mut().unwrap();
        match value {
            Value::Null => _ = own.remove(key),
            Value::Object(_) if own.get(key).is_some_and(Value::is_object) => {
                merge(&mut own[key], value);
            }
            _ => _ = own.insert(key.clone(), value.clone()),
        }
    }
}

/// The case with the setting at `value`; `None` leaves the setting out.
fn set(knob: &Knob, value: Option<&Value>) -> Value {
    let mut case = knob.case.clone();
    let (parent, key) = knob.at.rsplit_once('/').unwrap();
    let mut at = &mut case;
    for step in parent.split('/').skip(1) {
        at = match step.parse::<usize>() {
            Ok(i) => &mut at[i],
            Err(_) => &mut at[step],
        };
        if at.is_null() {
            *at = json!({});
        }
    }
    let own = at.as_object_mut().unwrap();
    match value {
        Some(v) => _ = own.insert(key.to_owned(), v.clone()),
        None => _ = own.remove(key),
    }
    case
}

fn read(case: &Value) -> Case {
    Definitions::new().read_case(case).unwrap_or_else(|e| panic!("{case}: {e:?}"))
}

/// What counts of a result: everything but the informative points.
fn result(case: &Value) -> Value {
    let case = read(case);
    let mut found = result_json(&case.id, &case.evaluate(&mut Evaluator::new()));
    found.as_object_mut().unwrap().remove("points");
    found
}

#[test]
fn every_value_of_every_setting_changes_the_result() {
    let mut dead = Vec::new();
    for knob in knobs() {
        let (first, others) = knob.values.split_first().unwrap();
        let usual = result(&set(&knob, Some(first)));
        assert!(!others.is_empty(), "{} has one value", knob.setting);
        for other in others {
            if result(&set(&knob, Some(other))) == usual {
                dead.push(format!("{}: {first} and {other} give the same", knob.setting));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn a_missing_setting_equals_its_default() {
    for knob in knobs() {
        let Some(default) = &knob.default else { continue };
        let (left_out, said) = (set(&knob, None), set(&knob, Some(default)));
        assert_eq!(result(&left_out), result(&said), "{} without its default", knob.setting);
        // Not only on this day: the objects are the same.
        let (left_out, said) = (read(&left_out).to_lines().0, read(&said).to_lines().0);
        assert_eq!(left_out, said, "{} reads differently", knob.setting);
    }
}

#[test]
fn a_setting_without_default_is_asked_for() {
    for knob in knobs().into_iter().filter(|k| k.default.is_none()) {
        let case = set(&knob, None);
        assert!(Definitions::new().read_case(&case).is_err(), "{} may be left out", knob.setting);
    }
}

/// The names under which `to_lines` writes what can be set, cut down to `object.setting`.
fn written(value: &Value, object: &str, into: &mut BTreeSet<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        match (object, key.as_str(), value) {
            (_, "note", _) => {}
            // Maps of names or dates, and lists, are one setting.
            ("calendar" | "shift", ..) => _ = into.insert(format!("{object}.{key}")),
            (_, "items", Value::Array(items)) => {
                for item in items {
                    written(item, &format!("{object}.items"), into);
                }
            }
            (_, "punch_rule" | "late_rule" | "early_rule" | "abnormal_rule", inner) => {
                into.insert(format!("{object}.{key}"));
                written(inner, key, into);
            }
            (_, "overtime_type", inner) => {
                into.insert(format!("{object}.{key}"));
                written(inner, "request_type", into);
            }
            ("scheme", "workday" | "weekday_ot" | "rest_ot" | "holiday_ot", inner) => {
                written(inner, key, into);
            }
            (_, _, Value::Object(_)) => written(value, &format!("{object}.{key}"), into),
            _ => _ = into.insert(format!("{object}.{key}")),
        }
    }
}

#[test]
fn no_setting_of_the_format_is_missing_here() {
    let mut all = BTreeSet::new();
    let mut turned = BTreeSet::new();
    for knob in knobs() {
        turned.insert(knob.setting.split(' ').next().unwrap().to_owned());
        for value in &knob.values {
            let (define, _) = read(&set(&knob, Some(value))).to_lines();
            for (kind, object) in [
                ("request_types", "request_type"),
                ("calendars", "calendar"),
                ("shifts", "shift"),
                ("schemes", "scheme"),
            ] {
                for body in define["define"][kind].as_object().unwrap().values() {
                    written(body, object, &mut all);
                }
            }
        }
    }
    // Stated by the format to have no meaning; kept so that the four sections look alike.
    assert!(all.remove("workday.application"));
    let missing: Vec<&String> = all.difference(&turned).collect();
    assert!(missing.is_empty(), "no line turns {missing:?}");
}

#[test]
fn an_application_means_nothing_on_the_workday_section() {
    let knob = Knob {
        setting: "workday.application".to_owned(),
        at: "/scheme/workday/application".to_owned(),
        values: Vec::new(),
        default: None,
        case: knobs().swap_remove(0).case,
    };
    let (off, on) = (set(&knob, Some(&json!(false))), set(&knob, Some(&json!(true))));
    assert_eq!(result(&off), result(&on));
}
