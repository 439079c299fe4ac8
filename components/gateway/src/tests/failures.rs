//! A store, a mail server or a setting that is away: 500 with a trace id, and nothing confirmed.

use crate::testing::{TestPorts, sandbox};
use serde_json::Value;
use stepgate_storage::memory::Fault;

fn assert_failure(ports: &TestPorts, answer: &crate::testing::Answer) {
    assert_eq!(answer.status, 500, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["message"], "Internal Server Error");
    assert_eq!(body["trace_id"], answer.header("x-trace-id"));
    let log = ports.log.borrow();
    let line: Value = serde_json::from_str(log.last().unwrap()).unwrap();
    assert_eq!((&line["event"], &line["trace_id"]), (&Value::from("failure"), &body["trace_id"]));
}

#[test]
fn a_store_that_fails_anywhere_confirms_nothing_that_is_not_so() {
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            let ports = sandbox();
            let customer = ports.customer("ann@example.com");
            ports.change_email(&customer, "ben@example.org");
            let id = ports.pending(&customer)["id"].as_str().unwrap().to_owned();
            ports.store.fail_after(skip, fault);
            let answer = ports.submit(&id, 123_456);
            if ports.store.heal() {
                assert_eq!(answer.json()["status"], "Confirmed");
                break;
            }
            assert_failure(&ports, &answer);
            // Whatever was written, another try says what is true.
            let again = ports.submit(&id, 123_456).json();
            assert_eq!(again["status"], "Confirmed");
            assert_eq!(ports.email(&customer), "ben@example.org");
        }
    }
}

#[test]
fn a_change_that_could_not_be_announced_is_not_said_to_be() {
    for skip in 0.. {
        let ports = sandbox();
        let customer = ports.customer("ann@example.com");
        ports.store.fail_after(skip, Fault::Before);
        let answer =
            ports.send("PUT", &format!("/api/customers/{customer}"), r#"{"email":"ben@example.org"}"#);
        if ports.store.heal() {
            assert_eq!(answer.status, 204);
            break;
        }
        assert_failure(&ports, &answer);
        assert_eq!(ports.email(&customer), "ann@example.com");
        ports.change_email(&customer, "ben@example.org");
    }
}

#[test]
fn mail_that_is_refused_is_a_failure_and_its_address_is_not_in_the_log() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.set_setting("environment", "production");
    ports.delivery_fails.set(true);
    let place = format!("/api/customers/{customer}");
    assert_failure(&ports, &ports.send("PUT", &place, r#"{"email":"ben@example.org"}"#));
    assert!(!ports.log.borrow().join("\n").contains("example.com"));
    ports.delivery_fails.set(false);
    ports.pass(core::time::Duration::from_secs(30));
    ports.change_email(&customer, "ben@example.org");
    let sent = ports.sent.borrow();
    assert_eq!((sent.len(), sent[0].to.as_str()), (1, "ann@example.com"));
}

#[test]
fn in_production_the_static_code_is_like_any_other() {
    let ports = sandbox();
    ports.set_setting("environment", "production");
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let right = ports.sent.borrow()[0].text.contains("Your code: 123456");
    assert!(!right, "one in a million: change the seed");
    let answer = ports.submit(ports.pending(&customer)["id"].as_str().unwrap(), 123_456);
    assert_eq!(answer.json()["status"], "Pending");
    assert_eq!(answer.json()["attempts"], 1);
}

#[test]
fn a_code_of_the_sandbox_keeps_nothing_of_it_in_production() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    ports.set_setting("environment", "production");
    let answer = ports.submit(ports.pending(&customer)["id"].as_str().unwrap(), 123_456);
    assert_eq!(answer.json()["status"], "Pending");
}

#[test]
fn a_wrong_setting_fails_every_request_and_says_which_in_the_log_only() {
    for (name, value) in [("environment", "staging"), ("api_keys", "{"), ("mac_keys", "[]")] {
        let ports = sandbox();
        ports.set_setting(name, value);
        let answer = ports.send("GET", "/api/customers", "");
        assert_failure(&ports, &answer);
        assert!(ports.log.borrow().last().unwrap().contains(name));
        assert!(!answer.text().contains(name));
    }
}

#[test]
fn a_code_that_nobody_was_sent_cannot_be_guessed() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.set_setting("environment", "production");
    ports.delivery_fails.set(true);
    let answer = ports.send("PUT", &format!("/api/customers/{customer}"), r#"{"email":"ben@example.org"}"#);
    assert_failure(&ports, &answer);
    let path = format!("/api/authentication-codes/entity/{customer}");
    assert_eq!(ports.send("GET", &path, "").status, 404);
}

#[test]
fn a_creation_that_failed_anywhere_and_is_tried_again_makes_one_customer() {
    let body = r#"{"customer_type":"Person","email":"ann@example.com","name":"Ann","external_id":"x"}"#;
    for fault in [Fault::Before, Fault::After] {
        for skip in 0.. {
            let ports = sandbox();
            let create = || {
                let headers = [("x-api-key", "acme"), ("idempotency-key", "k")];
                ports.send_with(&headers, "POST", "/api/customers", body)
            };
            ports.store.fail_after(skip, fault);
            let first = create();
            if ports.store.heal() {
                assert_eq!(first.status, 201);
                break;
            }
            // At the latest when the lease of a claim whose answer was lost is over.
            let again = (0..6).map(|_| {
                ports.pass(core::time::Duration::from_secs(15));
                create()
            });
            let made = again.last().unwrap();
            assert_eq!(made.status, 201, "{skip} {fault:?}: {}", made.text());
            let list = ports.send("GET", "/api/customers", "").json();
            assert_eq!(list["items"].as_array().unwrap().len(), 1, "{skip} {fault:?}");
            assert_eq!(list["items"][0]["id"], made.json()["id"]);
        }
    }
}
