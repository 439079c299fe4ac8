//! `security.md`, "Bad input": each case is answered in the API's own shape and spends nothing.

use crate::testing::{IBAN, sandbox, with_operator};
use serde_json::json;

const ACME: (&str, &str) = ("x-api-key", "acme");

#[test]
fn without_a_key_there_is_only_one_answer() {
    let ports = sandbox();
    let wrong = [("x-api-key", "nonsense"), ("x-api-version", "1999-01-01"), ("x-sub-partner-id", "x")];
    for (method, path) in [
        ("GET", "/api"),
        ("GET", "/api/"),
        ("GET", "/api/nothing"),
        ("PATCH", "/api/customers"),
        ("POST", "/api/customers"),
        ("PUT", "/api/authentication-codes/x"),
        ("GET", "/api/authentication-codes/entity/x"),
    ] {
        for headers in [&[][..], &wrong] {
            let answer = ports.send_with(headers, method, path, "x".repeat(100_000));
            assert_eq!((answer.status, answer.text()), (401, "authorization error"), "{method} {path}");
            assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        }
    }
    assert_eq!(ports.store.operations(), 0);
}

#[test]
fn a_wrong_submission_is_400_and_costs_no_attempt() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let code = ports.pending(&customer);
    let path = format!("/api/authentication-codes/{}", code["id"].as_str().unwrap());
    let digits = format!("{{\"code\":{}}}", "9".repeat(10_000));
    let bodies: [&[u8]; 9] = [
        b"",
        b"{}",
        b"{\"code\":\"123456\"}",
        b"{\"code\":123456.0}",
        b"{\"code\":1000000}",
        b"{\"code\":null}",
        b"{\"code\":123456,\"code\":123456}",
        b"{\"code\":123456,\"\xff\":1}",
        digits.as_bytes(),
    ];
    let before = ports.store.operations();
    for body in bodies {
        let answer = ports.send_with(&[ACME], "PUT", &path, body);
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(body));
        assert_eq!(answer.json(), json!("code must be an integer from 0 to 999999."));
    }
    let large = ports.send_with(&[ACME], "PUT", &path, format!("{{\"code\":123456}}{}", " ".repeat(65_536)));
    assert_eq!(large.status, 413);
    assert!(large.json().is_string());
    let headers = [ACME, ("content-length", "999999999999")];
    assert_eq!(ports.send_with(&headers, "PUT", &path, "{}").status, 413);
    let headers = [ACME, ("content-type", "text/plain")];
    let typed = ports.send_with(&headers, "PUT", &path, r#"{"code":123456}"#);
    assert_eq!(typed.status, 415);
    assert!(typed.json().is_string());
    assert_eq!(ports.store.operations(), before);
    assert_eq!(ports.pending(&customer), code);
}

#[test]
fn headers_are_checked() {
    let ports = sandbox();
    let long = "a".repeat(10_000);
    for (header, value, status) in [
        ("x-api-version", "2026-07-01", 200),
        ("x-api-version", "", 200),
        ("x-api-version", "2026-07-02", 400),
        ("x-api-version", &long, 400),
        ("x-sub-partner-id", "not-a-uuid", 400),
        ("x-sub-partner-id", "", 200),
    ] {
        let answer = ports.send_with(&[ACME, (header, value)], "GET", "/api/customers", "");
        assert_eq!(answer.status, status, "{header}: {value}");
        assert!(status == 200 || answer.json().is_string());
    }
    assert_eq!(ports.send_with(&[("x-api-key", &long)], "GET", "/api/customers", "").status, 401);
}

#[test]
fn unknown_paths_and_methods_have_the_apis_shape() {
    let ports = sandbox();
    for path in ["/api", "/api/", "/api/nothing", "/api/customers/", "/api/sandbox/nothing"] {
        let answer = ports.send("GET", path, "");
        assert_eq!((answer.status, answer.text()), (404, "\"Not Found\""), "{path}");
    }
    for (method, path, allow) in [
        ("DELETE", "/api/customers", "GET, HEAD, POST"),
        ("PATCH", "/api/customers/x", "GET, HEAD, PUT"),
        ("BREW", "/api/authentication-codes/x", "PUT"),
        ("GET", "/api/authentication-codes/x", "PUT"),
    ] {
        let answer = ports.send(method, path, "{}");
        assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {path}");
        assert!(answer.json().is_string());
    }
}

#[test]
fn a_customer_update_needs_an_address() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    for body in
        ["{}", r#"{"email":7}"#, r#"{"email":"x"}"#, r#"{"email":"a@b.com","external_id":""}"#, "[]", "\"\""]
    {
        let answer = ports.send("PUT", &format!("/api/customers/{customer}"), body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json().is_string());
    }
    for id in ["01920000-0000-7000-8000-000000000000", "x", "%2F"] {
        let answer = ports.send("PUT", &format!("/api/customers/{id}"), r#"{"email":"a@b.com"}"#);
        assert_eq!((answer.status, answer.text()), (404, "\"Not Found\""));
    }
}

/// serde reads a word also as an object with the word for its one field.
#[test]
fn a_word_is_a_string_and_no_object() {
    let ports = with_operator();
    let typed = r#"{"customer_type":{"Person":null},"email":"a@b.com"}"#;
    let answer = ports.send("POST", "/api/customers", typed);
    assert_eq!((answer.status, answer.text()), (400, "\"customer_type must be Business or Person.\""));
    let customer = ports.customer("ann@example.com");
    let autoramp = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    let address = ports.registered(&customer, IBAN);
    for path in
        [format!("/api/sandbox/autoramp/{autoramp}"), format!("/api/sandbox/fiat-verification/{address}")]
    {
        for body in
            [r#"{"Approved":null}"#, r#"{"RegistrationFailed":null}"#, "[\"Approved\"]", "Approved", ""]
        {
            assert_eq!(ports.send("PUT", &path, body).status, 400, "{path} {body}");
        }
    }
    for (path, body) in [
        (format!("/api/autoramps/{autoramp}/status"), r#"{"Approved":null}"#),
        (format!("/api/addresses/fiat/{address}/status"), r#"{"RegistrationFailed":null}"#),
    ] {
        assert_eq!(ports.send_with(&[("x-api-key", "operator")], "PUT", &path, body).status, 400, "{path}");
    }
}

/// Rust reads a number also with a plus before it.
#[test]
fn a_page_size_is_digits_only() {
    let ports = sandbox();
    ports.turn_webhooks_on();
    let webhook = ports.webhook(json!({}))["id"].as_str().unwrap().to_owned();
    let letters = format!("/api/webhooks/{webhook}/dead-letters");
    for path in ["/api/customers", "/api/autoramps", "/api/addresses/fiat", &letters] {
        let answer = ports.send("GET", &format!("{path}?page_size=%2B5"), "");
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
    }
}

/// A message too soon after the last is refused, and then nothing of the request is done.
#[test]
fn a_throttled_request_changes_nothing() {
    let ports = sandbox();
    ports.set_setting("resend_cooldown_seconds", "60");
    let customer = ports.customer("ann@example.com");
    let address = ports.registered(&customer, IBAN);
    let autoramp = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    for (path, first, second) in [
        (
            format!("/api/customers/{customer}"),
            json!({ "email": "ben@example.org" }),
            json!({ "email": "cy@example.org", "external_id": "c-1" }),
        ),
        (
            format!("/api/sandbox/fiat-verification/{address}"),
            json!("AuthorizationRequired"),
            json!("AuthorizationRequired"),
        ),
        (format!("/api/sandbox/autoramp/{autoramp}"), json!("EditPending"), json!("EditPending")),
    ] {
        assert!(ports.send("PUT", &path, &first.to_string()).status < 300, "{path}");
        if first.is_string() {
            let ended = if path.contains("autoramp") { "\"Rejected\"" } else { "\"Registered\"" };
            assert_eq!(ports.send("PUT", &path, ended).status, 200, "{path}");
        }
        let before = ports.store.everything();
        let answer = ports.send("PUT", &path, &second.to_string());
        assert_eq!(answer.status, 429, "{path}: {}", answer.text());
        assert!(ports.store.everything() == before, "{path}");
    }
}
