//! `contracts/authentication-codes.md` §6.

use crate::testing::{SUB_PARTNER, sandbox};

#[test]
fn a_reset_forgets_the_callers_customers_and_nobody_elses() {
    let ports = sandbox();
    let body = r#"{"customer_type":"Person","email":"o@example.com","external_id":"o"}"#;
    let other = [("x-api-key", "other"), ("idempotency-key", "k")];
    assert_eq!(ports.send_with(&other, "POST", "/api/customers", body).status, 201);
    let sub = [("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER), ("idempotency-key", "k")];
    assert_eq!(ports.send_with(&sub, "POST", "/api/customers", body).status, 201);
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let (code, link) = ports.newest_message();
    let id = ports.pending(&customer)["id"].as_str().unwrap().to_owned();

    let answer = ports.send("POST", "/api/sandbox/reset", "");
    assert_eq!((answer.status, answer.text()), (200, "true"));
    assert_eq!(ports.submit(&id, code).json()["status"], "Expired");
    assert_eq!(ports.send_with(&[], "POST", &link, "").status, 410);
    for path in [&format!("/api/customers/{customer}"), "/api/customers/o/external"] {
        assert_eq!(ports.send("GET", path, "").status, 404, "{path}");
    }
    for headers in [&[("x-api-key", "acme")][..], &sub] {
        let list = ports.send_with(headers, "GET", "/api/customers", "").json();
        assert_eq!(list["items"].as_array().unwrap().len(), 0);
    }
    assert_eq!(ports.send_with(&other, "GET", "/api/customers/o/external", "").status, 200);
}

#[test]
fn a_reset_is_done_once_for_each_key_and_only_here() {
    let ports = sandbox();
    let reset = |key: &str, headers: &[(&'static str, &str)]| {
        let mut headers = headers.to_vec();
        headers.push(("x-api-key", key));
        ports.send_with(&headers, "POST", "/api/sandbox/reset", "").status
    };
    assert_eq!(reset("acme", &[]), 400);
    assert_eq!(reset("reader", &[("idempotency-key", "k")]), 403);
    assert_eq!(reset("acme", &[("idempotency-key", "k")]), 200);
    let customer = ports.customer("ann@example.com");
    assert_eq!(reset("acme", &[("idempotency-key", "k")]), 200);
    assert_eq!(ports.email(&customer), "ann@example.com");
    ports.set_setting("environment", "production");
    assert_eq!(reset("acme", &[("idempotency-key", "l")]), 404);
    assert_eq!(ports.send("GET", "/api/sandbox/reset", "").status, 404);
    assert_eq!(ports.email(&customer), "ann@example.com");
}
