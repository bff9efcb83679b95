use contract::FieldProblem;
use serde_json::{Value, json};

use super::wording;

/// Most faults of one body that are reported.
const MAX_FAULTS: usize = 20;

/// The OpenAPI document as a judge: which operation a request belongs to, and where a body breaks its schema.
pub struct Document {
    paths: Value,
    /// Schemas of the document; objects that list properties admit no others.
    closed: Value,
    open: Value,
}

impl Document {
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut all: Value = serde_json::from_str(text)?;
        admit_null(&mut all);
        let open = all.pointer("/components/schemas").cloned().unwrap_or_else(|| json!({}));
        let mut closed = open.clone();
        for schema in closed.as_object_mut().into_iter().flat_map(|o| o.values_mut()) {
            let is_record =
                schema.get("properties").is_some() && schema.get("additionalProperties").is_none();
            if let (true, Some(o)) = (is_record, schema.as_object_mut()) {
                o.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        let paths = all.get_mut("paths").map(Value::take).unwrap_or_default();
        Ok(Self { paths, closed, open })
    }

    /// `(path template, METHOD, operation)` of everything in the document.
    pub fn operations(&self) -> Vec<(&str, String, &Value)> {
        let paths = self.paths.as_object().into_iter().flatten();
        paths
            .flat_map(|(path, item)| {
                let methods = item.as_object().into_iter().flatten();
                methods.map(move |(m, operation)| (path.as_str(), m.to_uppercase(), operation))
            })
            .collect()
    }

    /// The operation of a request; a literal path wins over a template.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        self.matching(method, path).map(|(_, operation)| operation)
    }

    /// The name of a variable part of a request's path, counted from 0.
    pub fn path_parameter(&self, method: &str, path: &str, at: usize) -> Option<&str> {
        let (template, _) = self.matching(method, path)?;
        let mut names = template.split('/').filter_map(|t| t.strip_prefix('{')?.strip_suffix('}'));
        names.nth(at)
    }

    fn matching(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let fits = |template: &str| {
            let mut parts = path.split('/');
            let same = template.split('/').all(|t| {
                parts.next().is_some_and(|p| t == p || (t.starts_with('{') && !p.is_empty()))
            });
            same && parts.next().is_none()
        };
        let hits = self.operations().into_iter().filter(|(p, m, _)| m == method && fits(p));
        let best = hits.min_by_key(|(p, _, _)| p.matches('{').count());
        best.map(|(template, _, operation)| (template, operation))
    }

    /// Where the body of a request breaks the schema of its operation.
    pub fn request_faults(&self, method: &str, path: &str, body: &Value) -> Vec<FieldProblem> {
        let schema = self
            .operation(method, path)
            .and_then(|o| o.pointer("/requestBody/content"))
            .and_then(Value::as_object)
            .and_then(|c| c.iter().find(|(kind, _)| kind.starts_with("application/json")))
            .and_then(|(_, media)| media.get("schema"));
        schema.map_or_else(Vec::new, |s| faults(s, &self.open, body))
    }

    /// Why an answer is not what the document says; empty if it is.
    pub fn answer_faults(
        &self,
        operation: &Value,
        status: u16,
        kind: &str,
        body: &Value,
    ) -> Vec<String> {
        let Some(response) = operation.pointer(&format!("/responses/{status}")) else {
            return vec![format!("status {status} is not documented")];
        };
        let content = response.get("content").and_then(Value::as_object);
        let media = content
            .and_then(|c| c.iter().find(|(k, _)| k.split(';').next() == Some(kind)))
            .and_then(|(_, media)| media.get("schema"));
        let Some(schema) = media else {
            return vec![format!("content type {kind} is not documented for {status}")];
        };
        let found = faults(schema, &self.closed, body);
        found.into_iter().map(|f| format!("{}: {}", f.path, f.message)).collect()
    }
}

/// OpenAPI says `nullable`, JSON Schema lists `null` among the types.
fn admit_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(admit_null),
        Value::Object(o) => {
            if o.get("nullable") == Some(&json!(true))
                && let Some(kind @ Value::String(_)) = o.get("type").cloned()
            {
                o.insert("type".to_owned(), json!([kind, "null"]));
            }
            o.values_mut().for_each(admit_null);
        }
        _ => {}
    }
}

fn faults(schema: &Value, components: &Value, body: &Value) -> Vec<FieldProblem> {
    let mut whole = schema.clone();
    if let Some(o) = whole.as_object_mut() {
        o.insert("components".to_owned(), json!({ "schemas": components }));
    }
    let Ok(validator) = jsonschema::draft4::new(&whole) else { return Vec::new() };
    validator
        .iter_errors(body)
        .take(MAX_FAULTS)
        .map(|e| {
            let mut path = dotted(&e.instance_path().to_string());
            let text = e.to_string();
            if let jsonschema::error::ValidationErrorKind::Required { property } = e.kind() {
                let name = property.as_str().unwrap_or_default();
                path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            }
            let message = short(&wording::of_schema(e.kind(), text));
            FieldProblem { path, code: "invalid".to_owned(), message }
        })
        .collect()
}

/// `/items/3/code` as `items[3].code`.
fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for part in pointer.split('/').skip(1) {
        if part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty() {
            out.push_str(&format!("[{part}]"));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&part.replace("~1", "/").replace("~0", "~"));
        }
    }
    out
}

/// The message may quote the value that was sent; a long one is cut.
fn short(text: &str) -> String {
    const MAX: usize = 200;
    if text.chars().count() <= MAX {
        return text.to_owned();
    }
    let tail: String =
        text.chars().rev().take(MAX / 2).collect::<Vec<_>>().into_iter().rev().collect();
    let head: String = text.chars().take(MAX / 2).collect();
    format!("{head} … {tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_paths_a_person_reads() {
        assert_eq!(dotted("/items/3/code"), "items[3].code");
        assert_eq!(dotted(""), "");
    }
}
