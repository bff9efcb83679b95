use std::collections::HashSet;

use kaoqin::base::Document;
use kaoqin::house;

async fn document() -> Document {
    Document::parse(&house::document().unwrap()).unwrap()
}

#[tokio::test]
async fn the_committed_document_is_the_one_the_program_makes() {
    let committed = include_str!("../openapi/kaoqin.json");
    assert!(
        committed == house::document().unwrap(),
        "openapi/kaoqin.json is stale: run `cargo run -- openapi > openapi/kaoqin.json`"
    );
}

#[tokio::test]
async fn operation_ids_are_unique_and_named_verb_noun() {
    let document = document().await;
    let mut seen = HashSet::new();
    for (path, method, operation) in document.operations() {
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(seen.insert(id.to_owned()), "{id} stands twice");
        let words = id.split('_').count() >= 2 && id.chars().all(|c| c == '_' || c.is_lowercase());
        assert!(words, "{method} {path}: `{id}` is not <verb>_<noun>");
    }
}

#[tokio::test]
async fn every_operation_has_a_summary_a_tag_and_its_errors() {
    let document = document().await;
    for (path, method, operation) in document.operations() {
        assert!(operation["summary"].is_string(), "{method} {path} has no summary");
        assert!(operation["tags"].is_array(), "{method} {path} has no tag");
        for status in ["400", "401", "403", "404", "409", "413", "415", "422", "500"] {
            let problem = &operation["responses"][status]["content"];
            assert!(problem["application/problem+json"].is_object(), "{method} {path} {status}");
        }
    }
}

#[tokio::test]
async fn every_body_has_an_example_that_its_own_schema_admits() {
    let text = house::document().unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let document = Document::parse(&text).unwrap();
    for (path, method, operation) in document.operations() {
        let Some(content) = operation.pointer("/requestBody/content") else { continue };
        let (kind, schema) = content.as_object().unwrap().iter().next().unwrap();
        if kind == "application/octet-stream" {
            // A file has no example.
            continue;
        }
        let name = schema["schema"]["$ref"].as_str().unwrap();
        let example = all.pointer(&format!("{}/example", name.trim_start_matches('#')));
        let example = example.unwrap_or_else(|| panic!("{method} {path}: {name} has no example"));
        let faults = document.request_faults(&method, path, example);
        assert!(faults.is_empty(), "{method} {path}: {faults:?}");
    }
}

#[tokio::test]
async fn every_answer_has_an_example_that_its_own_schema_admits() {
    let text = house::document().unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let document = Document::parse(&text).unwrap();
    for (path, method, operation) in document.operations() {
        let content = &operation["responses"]["200"]["content"];
        let mut kinds = content.as_object().unwrap_or_else(|| panic!("{method} {path}")).iter();
        let Some((_, media)) = kinds.find(|(kind, _)| kind.starts_with("application/json")) else {
            continue;
        };
        let name = media["schema"]["$ref"].as_str().unwrap();
        let example = all.pointer(&format!("{}/example", name.trim_start_matches('#')));
        let example = example.unwrap_or_else(|| panic!("{method} {path}: {name} has no example"));
        let faults = document.answer_faults(operation, 200, "application/json", example);
        assert!(faults.is_empty(), "{method} {path}: {faults:?}");
    }
}

#[tokio::test]
async fn every_write_of_facts_may_be_repeated_with_its_key() {
    // Of what needs no key: sessions, users, evaluations.
    let without = ["/auth/", "/me/password", "/me/sessions", "/users", "/evaluations"];
    for (path, method, operation) in document().await.operations() {
        let harmless = method == "GET" || method == "DELETE";
        if harmless || without.iter().any(|w| path.contains(w)) {
            continue;
        }
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let has = parameters.any(|p| p["in"] == "header" && p["name"] == "Idempotency-Key");
        assert!(has, "{method} {path} takes no Idempotency-Key");
    }
}
