//! `contracts/identifications.md` §3, on `POST /api/customers`.

use crate::testing::{Answer, PARTNER, SUB_PARTNER, TestPorts, sandbox};
use core::time::Duration;
use stepgate_storage::idempotency::{Begun, Claim, LEASE, Name, begin, digest, finish};
use stepgate_storage::memory::Fault;

const BODY: &str = r#"{"customer_type":"Person","email":"ann@example.com","name":"Ann"}"#;

fn create(ports: &TestPorts, key: &str, body: &str) -> Answer {
    ports.send_with(&[("x-api-key", "acme"), ("idempotency-key", key)], "POST", "/api/customers", body)
}

#[test]
fn the_same_key_and_body_answer_the_same_and_make_nothing_new() {
    let ports = sandbox();
    let first = create(&ports, "k", BODY);
    let again = r#" { "name":"Ann", "email":"ann@example.com" , "customer_type":"Person"}"#;
    for answer in [create(&ports, "k", BODY), create(&ports, "k", again)] {
        assert_eq!((answer.status, &answer.body), (201, &first.body));
        assert_eq!(answer.header("content-type"), first.header("content-type"));
    }
    let list = ports.send("GET", "/api/customers", "").json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    ports.pass(Duration::from_secs(86_401));
    assert_ne!(create(&ports, "k", BODY).body, first.body);
}

#[test]
fn another_body_conflicts_and_another_caller_does_not() {
    let ports = sandbox();
    let first = create(&ports, "k", BODY);
    let other = create(&ports, "k", &BODY.replace("Ann", "Ben"));
    assert_eq!(other.status, 409);
    assert!(other.json().is_string());
    let headers = [("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER), ("idempotency-key", "k")];
    let sub_partner = ports.send_with(&headers, "POST", "/api/customers", BODY);
    let partner =
        ports.send_with(&[("x-api-key", "other"), ("idempotency-key", "k")], "POST", "/api/customers", BODY);
    for answer in [sub_partner, partner] {
        assert_eq!(answer.status, 201);
        assert_ne!(answer.json()["id"], first.json()["id"]);
    }
}

#[test]
fn a_refusal_is_replayed_and_a_failure_is_not() {
    let ports = sandbox();
    let refused = create(&ports, "k", "{}");
    assert_eq!(refused.status, 400);
    assert_eq!(create(&ports, "k", "{}").body, refused.body);
    assert_eq!(create(&ports, "k", BODY).status, 409);
    // The claim is made of six operations; the seventh is the first of the work.
    ports.store.fail_after(6, Fault::Before);
    assert_eq!(create(&ports, "l", BODY).status, 500);
    assert!(!ports.store.heal());
    assert_eq!(create(&ports, "l", BODY).status, 201);
    assert_eq!(ports.slept.get(), Duration::ZERO);
}

/// A first request that has claimed the key and is still at work.
fn claimed(ports: &TestPorts) -> Claim {
    let name = Name::new(&[PARTNER, "POST", "/api/customers", "k"]);
    let digest = digest(&[&crate::json::canonical(BODY.as_bytes()).unwrap()]);
    match begin(ports, ports.now.get(), &name, &digest, "018f2f6e-7c00-7abc-8def-0123456789ab").unwrap() {
        Begun::Do(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_second_request_waits_for_the_first_and_answers_what_it_answered() {
    let ports = sandbox();
    let claim = claimed(&ports);
    *ports.while_asleep.borrow_mut() = Some(Box::new(move |ports| {
        finish(ports, ports.now.get(), &claim, r#"{"status":400,"body":"the first"}"#).unwrap();
    }));
    let second = create(&ports, "k", BODY);
    assert_eq!((second.status, second.text()), (400, r#""the first""#));
    assert!(ports.slept.get() > Duration::ZERO);
}

#[test]
fn a_second_request_does_not_wait_for_ever_or_for_another_body() {
    let ports = sandbox();
    claimed(&ports);
    assert_eq!(create(&ports, "k", "{}").status, 409);
    assert_eq!(ports.slept.get(), Duration::ZERO);
    assert_eq!(create(&ports, "k", BODY).status, 409);
    assert!(ports.slept.get() >= Duration::from_secs(12));
    // The first is dead when its lease is over.
    ports.pass(2 * LEASE);
    assert_eq!(create(&ports, "k", BODY).status, 201);
}

#[test]
fn the_key_is_required_and_may_be_any_visible_text() {
    let ports = sandbox();
    let long = "k".repeat(256);
    for key in ["", "a b", &long] {
        let answer = create(&ports, key, BODY);
        assert_eq!(answer.status, 400, "{key}");
        assert!(answer.json().as_str().unwrap().starts_with("IDEMPOTENCY-KEY"));
    }
    assert_eq!(ports.send_with(&[("x-api-key", "acme")], "POST", "/api/customers", BODY).status, 400);
    for key in ["1", "~!#/\"\\", &long[..255]] {
        assert_eq!(create(&ports, key, BODY).status, 201, "{key}");
    }
}
