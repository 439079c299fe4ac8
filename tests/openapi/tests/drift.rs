//! An exchange that is as described passes; one that differs in one thing does not.

#![allow(clippy::panic, clippy::unwrap_used, reason = "whatever is not as expected fails the test")]

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use stepgate_openapi_check::{Document, Drift, Exchange, committed};

const JSON: &str = "application/json; charset=utf-8";

/// A description with one thing that can be looked up and made.
fn document() -> Document {
    let thing = json!({ "$ref": "#/components/schemas/Thing" });
    let message = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Message" } } });
    let traced = json!({ "X-Trace-Id": { "schema": { "type": "string" } } });
    let shared = json!({
        "X-Trace-Id": { "schema": { "type": "string" } }, "Retry-After": { "schema": { "type": "string" } },
    });
    let description = json!({
        "openapi": "3.1.0",
        "paths": {
            "/api/things": {
                "post": {
                    "requestBody": { "content": { "application/json": { "schema": {
                        "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } },
                    } } } },
                    "responses": {
                        "201": { "headers": traced, "content": { "application/json": { "schema": thing } } },
                        "400": { "$ref": "#/components/responses/BadRequest" },
                    },
                },
            },
            "/api/things/{id}": {
                "get": { "responses": {
                    "200": { "headers": traced, "content": { "application/json": { "schema": thing } } },
                    "429": { "headers": shared, "content": message },
                } },
                "delete": { "responses": { "204": { "headers": traced } } },
            },
            "/api/things/{id}/name": { "get": { "responses": {} } },
            "/api/things/all": { "get": { "responses": { "200": {
                "headers": traced,
                "content": { "application/json": { "schema": { "type": "array", "items": thing } } },
            } } } },
        },
        "components": {
            "schemas": {
                "Message": { "type": "string" },
                "Refusal": { "type": "object", "required": ["error"], "properties": { "error": {} } },
                "Failure": {
                    "type": "object",
                    "required": ["message"],
                    "properties": { "message": { "type": "string" } },
                },
                "Named": {
                    "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } },
                },
                "Thing": {
                    "allOf": [
                        { "$ref": "#/components/schemas/Named" },
                        {
                            "type": "object",
                            "required": ["id", "inner"],
                            "properties": {
                                "id": { "type": "string", "format": "uuid" },
                                "inner": {
                                    "oneOf": [
                                        {
                                            "type": "object",
                                            "required": ["type"],
                                            "properties": { "type": { "const": "A" }, "a": { "type": "integer" } },
                                        },
                                        {
                                            "type": "object",
                                            "required": ["type"],
                                            "properties": { "type": { "const": "B" }, "b": { "type": "integer" } },
                                        },
                                    ],
                                },
                            },
                        },
                    ],
                },
            },
            "responses": {
                "BadRequest": { "headers": traced, "content": message },
                "Unauthorized": { "content": { "text/plain": { "schema": { "enum": ["authorization error"] } } } },
            },
        },
    });
    Document::parse(&description.to_string()).unwrap()
}

fn thing() -> Value {
    json!({ "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "name": "x", "inner": { "type": "A", "a": 1 } })
}

/// An exchange that can be changed in one thing.
struct Said {
    method: Method,
    path: &'static str,
    sent: String,
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
}

impl Said {
    fn get(path: &'static str, status: u16, body: &Value) -> Said {
        let headers = vec![("content-type", JSON), ("x-trace-id", "0123")];
        Said { method: Method::GET, path, sent: String::new(), status, headers, body: body.to_string() }
    }

    fn post(sent: &str, status: u16, body: &Value) -> Said {
        Said { method: Method::POST, sent: sent.to_owned(), ..Said::get("/api/things", status, body) }
    }

    fn check(&self) -> Result<(), Drift> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        document().check(&Exchange {
            method: &self.method,
            path: self.path,
            sent: self.sent.as_bytes(),
            status: StatusCode::from_u16(self.status).unwrap(),
            headers: &headers,
            body: self.body.as_bytes(),
        })
    }

    fn answer(&self) -> String {
        match self.check() {
            Err(Drift::Answer(_, why)) => why,
            other => panic!("{other:?}"),
        }
    }
}

const ONE: &str = "/api/things/7?x=y";

fn with(field: &str, value: Value) -> Value {
    let mut thing = thing();
    thing[field] = value;
    thing
}

#[test]
fn what_is_described_passes() {
    Said::get(ONE, 200, &thing()).check().unwrap();
    Said::get("/api/things/all", 200, &json!([thing(), thing()])).check().unwrap();
    Said::post(r#"{"name":"x","unknown":1}"#, 201, &thing()).check().unwrap();
    Said::post("", 400, &json!("no")).check().unwrap();
    let nothing =
        Said { body: String::new(), headers: vec![("x-trace-id", "0")], ..Said::get(ONE, 204, &json!(0)) };
    Said { method: Method::DELETE, ..nothing }.check().unwrap();
    Said { method: Method::HEAD, body: String::new(), ..Said::get(ONE, 200, &thing()) }.check().unwrap();
    Said::get("/a/page", 418, &json!({ "not": "ours" })).check().unwrap();
}

#[test]
fn a_status_that_is_not_described_is_drift() {
    for status in [201, 202, 404, 418, 500] {
        let said = Said::get(ONE, status, &thing());
        assert!(matches!(said.check(), Err(Drift::Status(_))), "{status}");
    }
}

#[test]
fn a_field_that_is_not_described_is_drift_wherever_it_is() {
    assert!(Said::get(ONE, 200, &with("extra", json!(1))).answer().contains("extra"));
    let inner = json!({ "type": "A", "a": 1, "extra": 1 });
    assert!(Said::get(ONE, 200, &with("inner", inner)).answer().contains("extra"));
    // It is described, but for the other kind.
    let other = json!({ "type": "A", "b": 1 });
    assert!(Said::get(ONE, 200, &with("inner", other)).answer().contains('b'));
    assert!(Said::get("/api/things/all", 200, &json!([with("extra", json!(1))])).answer().contains("extra"));
}

#[test]
fn a_value_of_another_type_is_drift() {
    assert!(Said::get(ONE, 200, &with("name", json!(7))).answer().contains("/name"));
    assert!(Said::get(ONE, 200, &with("id", json!("not-an-id"))).answer().contains("/id"));
    assert!(Said::get(ONE, 200, &with("name", Value::Null)).answer().contains("/name"));
    assert!(Said::get(ONE, 200, &json!([])).answer().contains("object"));
}

#[test]
fn a_field_that_is_missing_is_drift() {
    for field in ["id", "name", "inner"] {
        let mut thing = thing();
        thing.as_object_mut().unwrap().remove(field);
        assert!(Said::get(ONE, 200, &thing).answer().contains(field));
    }
}

#[test]
fn a_body_of_another_type_is_drift() {
    let plain = |kind| Said {
        headers: vec![("content-type", kind), ("x-trace-id", "0")],
        ..Said::get(ONE, 200, &thing())
    };
    assert!(matches!(plain("text/plain").check(), Err(Drift::MediaType(..))));
    assert!(matches!(plain("").check(), Err(Drift::MediaType(..))));
    plain("application/json").check().unwrap();
    let none = Said { body: String::new(), ..Said::get(ONE, 200, &thing()) };
    assert!(matches!(none.check(), Err(Drift::MediaType(..))));
    let some = Said { method: Method::DELETE, ..Said::get(ONE, 204, &thing()) };
    assert!(matches!(some.check(), Err(Drift::MediaType(..))));
    let broken = Said { body: "{".into(), ..Said::get(ONE, 200, &thing()) };
    assert!(matches!(broken.check(), Err(Drift::Answer(..))));
}

#[test]
fn a_place_or_a_method_that_is_not_described_may_only_be_refused() {
    for (path, status, passes) in [
        ("/api/nothing", 404, true),
        ("/sandbox/nothing", 404, true),
        ("/api/nothing", 200, false),
        ("/api/nothing", 405, false),
        ("/api/things", 405, true),
        ("/api/things", 404, true),
        ("/api/things", 200, false),
        ("/api/things", 403, false),
        ("/api/things/", 404, true),
        ("/api/nothing", 429, true),
        ("/api/nothing", 500, true),
    ] {
        let said = Said::get(path, status, &json!("no"));
        assert_eq!(said.check().is_ok(), passes, "{path} {status}");
        assert_eq!(matches!(said.check(), Err(Drift::Operation(_))), !passes, "{path} {status}");
    }
    assert!(Said::get("/api/nothing", 404, &json!({ "other": 1 })).answer().contains("anyOf"));
    let plain = Said { headers: vec![("content-type", "text/plain")], ..Said::get("/api", 401, &json!(0)) };
    Said { body: "authorization error".into(), ..plain }.check().unwrap();
}

#[test]
fn a_request_that_was_carried_out_has_to_be_as_described() {
    for sent in [r#"{"name":7}"#, "{}", "[]", "x"] {
        let carried_out = Said::post(sent, 201, &thing());
        assert!(matches!(carried_out.check(), Err(Drift::Request(..))), "{sent}");
        Said::post(sent, 400, &json!("no")).check().unwrap();
    }
}

#[test]
fn headers_of_ours_are_described_and_the_promised_ones_are_there() {
    let ok = || Said::get(ONE, 200, &thing());
    let with = |name, said: Said| Said { headers: [said.headers, vec![(name, "1")]].concat(), ..said };
    with("cache-control", ok()).check().unwrap();
    for name in ["location", "retry-after", "x-authentication-code-id"] {
        assert!(matches!(with(name, ok()).check(), Err(Drift::Header(..))), "{name}");
    }
    let without = Said { headers: vec![("content-type", JSON)], ..ok() };
    assert!(matches!(without.check(), Err(Drift::Header(..))));
    let limited = || Said::get(ONE, 429, &json!("later"));
    assert!(matches!(limited().check(), Err(Drift::Header(..))));
    with("retry-after", limited()).check().unwrap();
}

#[test]
fn what_is_no_description_is_refused() {
    for text in ["", "[]", "{}", r#"{"paths":{}}"#, r#"{"paths":{"/a/{b":{}},"components":{"schemas":{}}}"#] {
        assert!(matches!(Document::parse(text), Err(Drift::Unreadable(_))), "{text}");
    }
}

#[test]
fn the_examples_in_the_repository_are_as_their_schemas_say() {
    assert!(committed().unwrap().check_examples().unwrap() > 20);
}

#[test]
fn an_example_that_is_not_as_its_schema_says_is_found() {
    for (example, fits) in
        [(json!({ "a": 1 }), true), (json!({ "a": "1" }), false), (json!({ "b": 1 }), false)]
    {
        let schema =
            json!({ "type": "object", "properties": { "a": { "type": "integer" } }, "example": example });
        let text = json!({ "paths": {}, "components": { "schemas": { "One": schema } } }).to_string();
        let checked = Document::parse(&text).unwrap().check_examples();
        assert_eq!(checked.is_ok(), fits, "{checked:?}");
        assert!(fits || matches!(checked, Err(Drift::Example(..))), "{checked:?}");
    }
}
