use serde_json::Value;

/// One place where two bodies differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// For example `workday.late_rule` or `items[2].limit_minutes`.
    pub path: String,
    /// `None` = not there.
    pub before: Option<Value>,
    /// `None` = not there.
    pub after: Option<Value>,
}

/// Every place where two bodies differ, in the order of their paths.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let dot = if path.is_empty() { "" } else { "." };
                compare(&format!("{path}{dot}{key}"), a.get(key), b.get(key), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for i in 0..a.len().max(b.len()) {
                compare(&format!("{path}[{i}]"), a.get(i), b.get(i), found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => {
            found.push(Difference { path: path.to_owned(), before: a.cloned(), after: b.cloned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_places_that_differ_are_named() {
        let a = json!({ "x": 1, "list": [{ "k": 1 }, { "k": 2 }], "gone": null });
        let b = json!({ "x": 1, "list": [{ "k": 1 }, { "k": 3 }, 5] });
        let found = differences(&a, &b);
        let paths: Vec<&str> = found.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["gone", "list[1].k", "list[2]"]);
        assert!(differences(&a, &a).is_empty());
    }
}
