//! The description against the routes, the readers of bodies, and the file in the repository.

use super::document::{places, text};
use crate::routes::{TABLE, is_api};
use crate::{login_mfa, two_factor_sessions};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Set, it has the file written anew.
const UPDATE: &str = "UPDATE_OPENAPI";

#[test]
fn the_file_in_the_repository_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let made = text();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &made).unwrap();
        return;
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = there.lines().zip(made.lines()).position(|(there, made)| there != made);
    assert!(
        there == made,
        "docs/openapi.json is not what the code says (line {}). If the code is right: \
         {UPDATE}=1 cargo test -p stepgate-gateway openapi",
        differs.unwrap_or_default() + 1,
    );
}

#[test]
fn every_route_of_the_api_is_described_and_no_page_is() {
    let described: BTreeSet<&str> = places().into_iter().map(|(path, ..)| path).collect();
    let api = TABLE.iter().map(|(path, _)| *path).filter(|path| is_api(path));
    let api: BTreeSet<&str> = api
        .chain(login_mfa::TABLE.iter().map(|(path, _)| *path))
        .chain(two_factor_sessions::TABLE.iter().map(|(path, _)| *path))
        .collect();
    assert_eq!(described, api);
    for (path, route, place) in places() {
        let verbs: Vec<_> = place.ops.iter().map(|op| op.verb).collect();
        assert_eq!(verbs, route.verbs(), "{path}");
        assert_eq!(place.names.len(), path.matches('{').count(), "{path}");
        for (name, _) in &place.names {
            assert!(path.contains(name), "{path}");
        }
    }
}

#[test]
fn nothing_is_called_the_same_twice() {
    let document: Value = serde_json::from_str(&text()).unwrap();
    let mut seen = BTreeSet::new();
    for (path, place) in document["paths"].as_object().unwrap() {
        for operation in place.as_object().unwrap().values().filter(|value| value.is_object()) {
            let id = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(id), "{path}: {id}");
        }
    }
    assert_eq!(document["openapi"], "3.1.0");
    assert!(seen.contains("submitAuthenticationCode"));
}

/// What is described as the body of a request, and what reads it: each field that is described is read, whatever must be
/// there must be there, and whatever may be left out may be `null` too.
#[test]
fn bodies_are_read_as_they_are_described() {
    let document: Value = serde_json::from_str(&text()).unwrap();
    let mut seen = 0;
    for (path, _, place) in places() {
        for op in place.ops {
            let Some(body) = op.body else { continue };
            seen += 1;
            let name = op.id;
            let reads = |value: &Value| (body.reads)(value.to_string().as_bytes()).is_ok();
            for (_, example) in &body.more_examples {
                assert!(reads(example), "{name}: {example}");
            }
            assert!(reads(&body.example), "{name}");
            // Nothing that takes an object, a text or a flag takes this.
            let wrong = json!([[7]]);
            assert!(!reads(&wrong), "{name}");
            let described =
                &document["paths"][place_name(path, &document, name)][verb(op.verb)]["requestBody"];
            let schema = resolved(&document, &described["content"]["application/json"]["schema"]);
            let Some(fields) = schema["properties"].as_object() else { continue };
            let required: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            for field in fields.keys() {
                let with = |value: Option<Value>| {
                    let mut body = body.example.clone();
                    let fields = body.as_object_mut().unwrap();
                    assert!(fields.remove(field).is_some(), "{name}: the example lacks {field}");
                    value.map(|value| fields.insert(field.clone(), value));
                    body
                };
                let needed = required.contains(&field.as_str());
                assert!(!reads(&with(Some(wrong.clone()))), "{name}: {field} is not looked at");
                assert_eq!(reads(&with(None)), !needed, "{name}: {field} is left out");
                assert_eq!(reads(&with(Some(Value::Null))), !needed, "{name}: {field} is null");
            }
        }
    }
    assert!(seen > 10);
}

fn verb(verb: crate::http::Verb) -> String {
    format!("{verb:?}").to_lowercase()
}

/// The path under which an operation is described.
fn place_name(path: &str, document: &Value, id: &str) -> String {
    let is_it = |place: &Value| {
        let mut operations = place.as_object().unwrap().values();
        operations.any(|operation| operation["operationId"].as_str().is_some_and(|text| text.starts_with(id)))
    };
    let parts = path.matches('/').count();
    let paths = document["paths"].as_object().unwrap();
    let found = paths.iter().find(|(name, place)| name.matches('/').count() == parts && is_it(place));
    found.unwrap_or_else(|| panic!("{id} is not described")).0.clone()
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(name) => document.pointer(name.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}
