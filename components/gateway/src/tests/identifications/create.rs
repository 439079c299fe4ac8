//! §2: create.

use super::{code, one_customer, token, with_operator};
use crate::testing::PARTNER;
use serde_json::json;

#[test]
fn a_link_is_made_with_every_field_of_the_contract() {
    let (ports, customer) = one_customer();
    let path = format!("/api/customers/{customer}/identifications/v2");
    let answer = ports.call("acme", "POST", &path, r#"{"type":"Link","with_edd":true,"extra":[1]}"#);
    assert_eq!((answer.status, answer.header("content-type")), (201, "application/json; charset=utf-8"));
    let mut made = answer.json();
    let token = token(&made).to_owned();
    assert!(token.len() == 32 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    let id = made["id"].take();
    assert!(crate::ids::parse(id.as_str().unwrap()).is_some());
    let expected = json!({
        "id": null,
        "customer_id": customer,
        "partner_id": PARTNER,
        "status": "Pending",
        "url": format!("https://2fa.example.com/identify/{token}"),
        "with_edd": true,
        "created_at": "2026-01-15T10:15:09.045Z",
        "updated_at": "2026-01-15T10:15:09.045Z",
    });
    assert_eq!(made, expected);
    // Read again it is the same, but for the link: nothing is kept that it could be made of.
    let mut read = ports.identification(id.as_str().unwrap());
    read["id"].take();
    read["url"] = expected["url"].clone();
    assert_eq!(read, expected);
}

#[test]
fn with_edd_is_false_unless_it_is_asked_for() {
    let (ports, customer) = one_customer();
    let path = format!("/api/customers/{customer}/identifications/v2");
    for body in
        [r#"{"type":"Link"}"#, r#"{"type":"Link","with_edd":null}"#, r#"{"type":"Link","with_edd":false}"#]
    {
        assert_eq!(ports.call("acme", "POST", &path, body).json()["with_edd"], false);
    }
}

#[test]
fn the_other_types_are_not_supported_and_other_bodies_are_wrong() {
    let (ports, customer) = one_customer();
    let path = format!("/api/customers/{customer}/identifications/v2");
    ports.set_setting("webhook_keys", "");
    let before = ports.store.everything();
    for (body, expected) in [
        (r#"{"type":"Token","token":"t","intended_use":"x"}"#, "unsupported_identification_type"),
        (r#"{"type":"Person"}"#, "unsupported_identification_type"),
        (r#"{"type":"Business"}"#, "unsupported_identification_type"),
        ("{}", "invalid_request"),
        (r#"{"type":null}"#, "invalid_request"),
        (r#"{"type":"link"}"#, "invalid_request"),
        (r#"{"type":["Link"]}"#, "invalid_request"),
        (r#"{"type":"Link","with_edd":"true"}"#, "invalid_request"),
        (r#"{"type":"Link","with_edd":1}"#, "invalid_request"),
        (r#"{"type":"Link","type":"Link"}"#, "invalid_request"),
        ("", "invalid_request"),
        ("[]", "invalid_request"),
        ("null", "invalid_request"),
        ("{\"type\":\"Link\"", "invalid_request"),
    ] {
        let answer = ports.call("acme", "POST", &path, body);
        assert_eq!((answer.status, code(&answer).as_str()), (400, expected), "{body}");
    }
    assert_eq!(ports.store.everything(), before);
    assert_eq!(ports.customer_now(&customer)["identification_ids"], json!([]));
}

#[test]
fn the_errors_have_the_envelope_but_for_401_and_500() {
    let (ports, customer) = one_customer();
    let path = format!("/api/customers/{customer}/identifications/v2");
    let body = r#"{"type":"Link"}"#;
    let trace = "0123456789abcdef0123456789abcdef";
    let nobody = "/api/customers/01920000-0000-7000-8000-000000000000/identifications/v2";
    let answer = ports.send_with(&[("x-api-key", "acme"), ("x-trace-id", trace)], "POST", nobody, body);
    let expected = r#"{"error":{"code":"customer_not_found","message":"No customer exists with the provided ID.","request_id":"req_0123456789ab"}}"#;
    assert_eq!((answer.status, answer.text()), (404, expected));

    let unknown = ports.call("nobody", "POST", &path, body);
    assert_eq!((unknown.status, unknown.text()), (401, "authorization error"));
    assert_eq!(unknown.header("content-type"), "text/plain; charset=utf-8");

    let reader = ports.call("reader", "POST", &path, body);
    assert_eq!((reader.status, code(&reader).as_str()), (403, "forbidden"));
    let wrong = ports.call("acme", "GET", &path, "");
    assert_eq!(
        (wrong.status, code(&wrong).as_str(), wrong.header("allow")),
        (405, "method_not_allowed", "POST")
    );
    let typed = [("x-api-key", "acme"), ("content-type", "text/plain")];
    let typed = ports.send_with(&typed, "POST", &path, body);
    assert_eq!((typed.status, code(&typed).as_str()), (415, "unsupported_media_type"));
    let large = ports.call("acme", "POST", &path, &" ".repeat(65_537));
    assert_eq!((large.status, code(&large).as_str()), (413, "body_too_large"));
    let version = [("x-api-key", "acme"), ("x-api-version", "1999-01-01")];
    let version = ports.send_with(&version, "POST", &path, body);
    assert_eq!((version.status, code(&version).as_str()), (400, "invalid_request"));

    ports.set_setting("identification_lifetime_days", "0");
    let failed = ports.call("acme", "POST", &path, body);
    assert_eq!((failed.status, failed.json()["message"].as_str()), (500, Some("Internal Server Error")));
    assert_eq!(failed.json()["trace_id"], failed.header("x-trace-id"));
}

#[test]
fn a_key_that_makes_too_many_is_told_how_long_to_wait() {
    let (ports, customer) = one_customer();
    let mut slow = crate::testing::key("slow", PARTNER, "Acme", "read-write");
    slow["requests_per_minute"] = json!(1);
    ports.set_setting("api_keys", &json!([slow]).to_string());
    let path = format!("/api/customers/{customer}/identifications/v2");
    assert_eq!(ports.call("slow", "POST", &path, r#"{"type":"Link"}"#).status, 201);
    let limited = ports.call("slow", "POST", &path, r#"{"type":"Link"}"#);
    assert_eq!((limited.status, code(&limited).as_str()), (429, "rate_limited"));
    assert_eq!(limited.header("retry-after"), "51");
}

#[test]
fn a_second_one_in_flight_is_no_conflict() {
    let (ports, customer) = one_customer();
    let (first, second) = (ports.identify(&customer), ports.identify(&customer));
    assert_ne!(first["id"], second["id"]);
    assert_ne!(token(&first), token(&second));
    for made in [&first, &second] {
        assert_eq!(ports.status(super::id(made)), "Pending");
    }
}

#[test]
fn creation_is_not_announced() {
    let (ports, customer) = one_customer();
    ports.identify(&customer);
    assert_eq!(ports.announced(), []);
}

#[test]
fn the_first_version_of_the_route_is_gone() {
    let (ports, customer) = one_customer();
    let path = format!("/api/customers/{customer}/identifications");
    assert_eq!(ports.call("acme", "POST", &path, r#"{"type":"Link"}"#).status, 405);
}

#[test]
fn a_link_begins_with_the_base_url_whatever_the_request_says() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let path = format!("/api/customers/{customer}/identifications/v2");
    let headers = [("x-api-key", "acme"), ("host", "evil.example"), ("x-forwarded-host", "evil.example")];
    let made = ports.send_with(&headers, "POST", &path, r#"{"type":"Link"}"#).json();
    assert!(made["url"].as_str().unwrap().starts_with("https://2fa.example.com/identify/"));
}
