//! Who may see what: `contracts/authentication-codes.md` §1.

use crate::testing::{SUB_PARTNER, TestPorts, sandbox};
use serde_json::json;

const OTHER_SUB_PARTNER: &str = "dddddddd-0d44-4b50-8888-8dd25736052a";

fn customer_of_sub_partner(ports: &TestPorts) -> String {
    let headers = [("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER), ("idempotency-key", "k")];
    let body = r#"{"customer_type":"Person","email":"sub@example.com","external_id":"s"}"#;
    let answer = ports.send_with(&headers, "POST", "/api/customers", body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_partner_reaches_its_sub_partners_and_a_sub_partner_only_itself() {
    let ports = sandbox();
    let theirs = customer_of_sub_partner(&ports);
    let direct = ports.customer("direct@example.com");
    ports.change_email(&theirs, "new@example.com");
    ports.change_email(&direct, "new@example.com");
    let code = ports.pending(&theirs);
    let code_path = format!("/api/authentication-codes/{}", code["id"].as_str().unwrap());
    let change = format!("/api/customers/{theirs}/email-changes/{}", code["entity_id"].as_str().unwrap());
    let paths = [
        format!("/api/customers/{theirs}"),
        "/api/customers/s/external".to_owned(),
        format!("/api/authentication-codes/entity/{theirs}"),
        format!("/api/authentication-codes/entity/{}", code["entity_id"].as_str().unwrap()),
        change,
    ];
    let status = |key, sub: Option<&str>, method, path: &str| {
        let mut headers = vec![("x-api-key", key)];
        headers.extend(sub.map(|sub| ("x-sub-partner-id", sub)));
        ports.send_with(&headers, method, path, r#"{"code":1,"email":"x@example.com"}"#).status
    };
    for path in &paths {
        assert_eq!(status("acme", None, "GET", path), 200, "{path}");
        assert_eq!(status("acme", Some(SUB_PARTNER), "GET", path), 200, "{path}");
        assert_eq!(status("acme", Some(OTHER_SUB_PARTNER), "GET", path), 404, "{path}");
        assert_eq!(status("other", None, "GET", path), 404, "{path}");
        assert_eq!(status("other", Some(SUB_PARTNER), "GET", path), 404, "{path}");
    }
    for path in [format!("/api/customers/{direct}"), format!("/api/authentication-codes/entity/{direct}")] {
        assert_eq!(status("acme", Some(SUB_PARTNER), "GET", &path), 404, "{path}");
    }
    for (key, sub) in [("acme", Some(OTHER_SUB_PARTNER)), ("other", None), ("other", Some(SUB_PARTNER))] {
        assert_eq!(status(key, sub, "PUT", &code_path), 404);
        assert_eq!(status(key, sub, "PUT", &format!("/api/customers/{theirs}")), 404);
    }
    assert_eq!(ports.pending(&theirs)["attempts"], 0);
    assert_eq!(status("acme", Some(SUB_PARTNER), "PUT", &code_path), 200);
}

#[test]
fn lists_hold_what_the_caller_reaches() {
    let ports = sandbox();
    let theirs = customer_of_sub_partner(&ports);
    let direct = ports.customer("direct@example.com");
    let ids = |headers: &[(&'static str, &str)]| {
        let page = ports.send_with(headers, "GET", "/api/customers", "").json();
        page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[("x-api-key", "acme")]), [json!(direct), json!(theirs)]);
    assert_eq!(ids(&[("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER)]), [json!(theirs)]);
    assert_eq!(ids(&[("x-api-key", "acme"), ("x-sub-partner-id", OTHER_SUB_PARTNER)]), [json!(null); 0]);
    assert_eq!(ids(&[("x-api-key", "other")]), [json!(null); 0]);
    let headers = [("x-api-key", "other")];
    let answer = ports.send_with(&headers, "GET", &format!("/api/customers?cursor={direct}"), "");
    assert_eq!(answer.status, 400);
}

#[test]
fn a_read_only_key_reads() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let code = ports.pending(&customer);
    let reader = [("x-api-key", "reader"), ("idempotency-key", "r")];
    let code_path = format!("/api/authentication-codes/{}", code["id"].as_str().unwrap());
    let customer_path = format!("/api/customers/{customer}");
    let body = r#"{"code":123456,"email":"c@example.com","customer_type":"Person"}"#;
    for (method, path) in [("PUT", code_path.as_str()), ("PUT", &customer_path), ("POST", "/api/customers")] {
        let answer = ports.send_with(&reader, method, path, body);
        assert_eq!(answer.status, 403);
        assert_eq!(answer.json()["message"], "This API key may only read.");
        assert_eq!(answer.json()["trace_id"], answer.header("x-trace-id"));
    }
    assert_eq!(ports.send_with(&reader, "GET", &customer_path, "").status, 200);
    assert_eq!(ports.pending(&customer), code);
}
