//! The OpenAPI document is what partners build against: it is checked in, complete and consistent in itself.

use std::collections::BTreeSet;

use serde_json::Value;

/// Operations that can refuse nobody: they read no input.
const NEVER_REFUSE: [&str; 8] =
    ["get_region_did", "get_jwks", "get_liveness", "get_readiness", "get_metrics", "get_openapi", "get_region", "get_bundle_manifests"];

fn document() -> Value {
    serde_json::from_str(&hufu::http::openapi::text()).expect("the document is JSON")
}

/// Every operation as (name of method and path, itself).
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        found.extend(item.as_object().unwrap().iter().map(|(method, operation)| (format!("{method} {path}"), operation)));
    }
    assert!(found.len() > 10, "only {} operations", found.len());
    found
}

/// Calls `f` on every object inside `value`.
fn walk<'a>(value: &'a Value, f: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            f(object);
            object.values().for_each(|v| walk(v, f));
        }
        Value::Array(items) => items.iter().for_each(|v| walk(v, f)),
        _ => {}
    }
}

#[test]
fn the_checked_in_document_is_the_generated_one() {
    const PATH: &str = "openapi/hufu.json";
    let text = hufu::http::openapi::text();
    if std::env::var_os("HUFU_UPDATE").is_some() {
        std::fs::write(PATH, &text).unwrap();
    }
    let kept = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(kept == text, "{PATH} is not what the code says; HUFU_UPDATE=1 cargo test --test openapi rewrites it");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut used = BTreeSet::new();
    walk(&document, &mut |object| {
        if let Some(Value::String(reference)) = object.get("$ref") {
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leaves the document"));
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
            used.insert(reference.rsplit('/').next().unwrap().to_owned());
        }
    });
    assert!(used.contains("Problem"));
}

#[test]
fn every_operation_has_a_name_of_its_own_a_known_tag_and_a_summary() {
    let document = document();
    let tags: BTreeSet<&str> = document["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no operationId"));
        assert!(names.insert(name), "{place}: {name} names two operations");
        let (verb, resource) = name.split_once('_').unwrap_or_else(|| panic!("{place}: {name} is not <verb>_<resource>"));
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(word(verb) && word(resource), "{place}: {name} is not <verb>_<resource>");
        let own = operation["tags"].as_array().unwrap_or_else(|| panic!("{place} has no tag"));
        assert!(!own.is_empty() && own.iter().all(|t| tags.contains(t.as_str().unwrap())), "{place}: tags {own:?} are not all declared");
        assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{place} has no summary");
    }
}

#[test]
fn every_operation_says_who_may_call_it() {
    let document = document();
    let scopes = |scheme: &str| document.pointer(&format!("/components/securitySchemes/{scheme}/flows/clientCredentials/scopes"));
    for (place, operation) in operations(&document) {
        let security = operation["security"].as_array().unwrap_or_else(|| panic!("{place} says nothing of security"));
        assert!(!security.is_empty(), "{place} says nothing of security");
        for (scheme, wanted) in security.iter().flat_map(|s| s.as_object().unwrap()) {
            assert!(document["components"]["securitySchemes"].get(scheme).is_some(), "{place}: there is no scheme {scheme}");
            for scope in wanted.as_array().unwrap() {
                assert!(scopes(scheme).is_some_and(|s| s.get(scope.as_str().unwrap()).is_some()), "{place}: there is no scope {scope}");
            }
        }
    }
}

#[test]
fn every_answer_is_described_and_every_operation_can_refuse() {
    let document = document();
    for (place, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|d| !d.is_empty()), "{place}: {status} has no description");
            let refuses = status.starts_with('4') && response.get("content").is_none();
            assert!(!refuses, "{place}: {status} does not say what its body is");
        }
        assert!(responses.keys().any(|s| s.starts_with('2')), "{place} never succeeds");
        let name = operation["operationId"].as_str().unwrap();
        let refuses = responses.keys().any(|s| s.starts_with('4'));
        assert_eq!(refuses, !NEVER_REFUSE.contains(&name), "{place}: 4xx answers, and the list of operations without");
    }
}

#[test]
fn every_example_has_the_type_of_its_schema() {
    let document = document();
    let mut seen = 0;
    walk(&document, &mut |object| {
        let (Some(example), Some(types)) = (object.get("example"), object.get("type")) else { return };
        let types: Vec<&str> = types.as_array().map_or_else(|| vec![types.as_str().unwrap()], |t| t.iter().map(|t| t.as_str().unwrap()).collect());
        let fits = types.iter().any(|t| match *t {
            "string" => example.is_string(),
            "integer" => example.is_i64() || example.is_u64(),
            "number" => example.is_number(),
            "boolean" => example.is_boolean(),
            "array" => example.is_array(),
            "object" => example.is_object(),
            _ => example.is_null(),
        });
        assert!(fits, "the example {example} is no {types:?}");
        seen += 1;
    });
    assert!(seen > 20, "only {seen} examples");
}
