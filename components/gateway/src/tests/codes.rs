//! `contracts/authentication-codes.md` §2 to §4 and §6.

use crate::testing::{TestPorts, sandbox};
use core::time::Duration;
use serde_json::{Value, json};

fn held() -> (TestPorts, String, Value) {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    ports.change_email(&customer, "ben@example.org");
    let code = ports.pending(&customer);
    (ports, customer, code)
}

fn wrong(right: u32) -> u32 {
    // Neither the right one nor the sandbox's own.
    [111_111, 222_222].into_iter().find(|code| *code != right).unwrap()
}

#[test]
fn a_pending_code_is_shown_without_its_secret() {
    let (ports, _, code) = held();
    let fields: Vec<&str> = code.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["attempts", "entity_id", "expires_at", "id", "status"]);
    assert_eq!((&code["status"], &code["attempts"]), (&json!("Pending"), &json!(0)));
    assert_eq!(code["expires_at"], "2026-01-15T10:25:09.045Z");
    let change = code["entity_id"].as_str().unwrap();
    assert_eq!(ports.pending(change), code);
}

#[test]
fn the_right_code_confirms_and_says_so_again_without_counting() {
    let (ports, customer, code) = held();
    let id = code["id"].as_str().unwrap();
    let (right, _) = ports.newest_message();
    for _ in 0..2 {
        let answer = ports.submit(id, right);
        assert_eq!(answer.status, 200);
        assert_eq!((&answer.json()["status"], &answer.json()["attempts"]), (&json!("Confirmed"), &json!(1)));
    }
    assert_eq!(ports.submit(id, wrong(right)).json()["status"], "Confirmed");
    assert_eq!(ports.email(&customer), "ben@example.org");
    let gone = ports.send("GET", &format!("/api/authentication-codes/entity/{customer}"), "");
    assert_eq!((gone.status, gone.text()), (404, "\"Not Found\""));
}

#[test]
fn the_static_code_confirms_in_the_sandbox() {
    let (ports, customer, code) = held();
    assert_eq!(ports.submit(code["id"].as_str().unwrap(), 123_456).json()["status"], "Confirmed");
    assert_eq!(ports.email(&customer), "ben@example.org");
}

#[test]
fn wrong_codes_are_200_and_the_fifth_rejects_at_once_and_for_ever() {
    let (ports, customer, code) = held();
    let id = code["id"].as_str().unwrap();
    let (right, _) = ports.newest_message();
    for attempts in 1..=5 {
        let answer = ports.submit(id, wrong(right));
        assert_eq!((answer.status, &answer.json()["attempts"]), (200, &json!(attempts)));
        assert_eq!(answer.json()["status"], if attempts < 5 { "Pending" } else { "Rejected" });
    }
    let late = ports.submit(id, right).json();
    assert_eq!((&late["status"], &late["attempts"]), (&json!("Rejected"), &json!(5)));
    assert_eq!(ports.email(&customer), "ann@example.com");
    assert_eq!(ports.send("GET", &format!("/api/authentication-codes/entity/{customer}"), "").status, 404);
}

#[test]
fn a_code_past_its_time_is_expired_and_costs_nothing() {
    let (ports, customer, code) = held();
    let (right, _) = ports.newest_message();
    ports.pass(Duration::from_secs(600));
    let entity = format!("/api/authentication-codes/entity/{customer}");
    assert_eq!(ports.send("GET", &entity, "").status, 404);
    let answer = ports.submit(code["id"].as_str().unwrap(), right);
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("Expired")));
    assert_eq!(answer.json()["attempts"], 0);
    assert_eq!(ports.email(&customer), "ann@example.com");
}

#[test]
fn unknown_malformed_and_other_partners_ids_are_one_answer() {
    let (ports, customer, code) = held();
    let id = code["id"].as_str().unwrap();
    let unknown = "01920000-0000-7000-8000-000000000000";
    let old = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
    for id in [unknown, old, "x", "%00", "123456", &customer, code["entity_id"].as_str().unwrap()] {
        let answer = ports.submit(id, 123_456);
        assert_eq!((answer.status, answer.text()), (404, "\"Not Found\""), "{id}");
    }
    let path = format!("/api/authentication-codes/{id}");
    let other = ports.send_with(&[("x-api-key", "other")], "PUT", &path, r#"{"code":123456}"#);
    assert_eq!((other.status, other.text()), (404, "\"Not Found\""));
    for entity in [&customer, code["entity_id"].as_str().unwrap(), unknown, old, "x", id] {
        let path = format!("/api/authentication-codes/entity/{entity}");
        let other = ports.send_with(&[("x-api-key", "other")], "GET", &path, "");
        assert_eq!((other.status, other.text()), (404, "\"Not Found\""), "{entity}");
    }
    assert_eq!(ports.pending(&customer)["attempts"], 0);
}

#[test]
fn every_attempt_is_in_the_log_and_no_code_is() {
    let (ports, _, code) = held();
    let (right, link) = ports.newest_message();
    let id = code["id"].as_str().unwrap();
    ports.submit(id, wrong(right));
    ports.submit(id, right);
    ports.send_with(&[], "POST", &link, "");
    let log = ports.log.borrow().join("\n");
    let attempts: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<&str> = attempts.iter().filter_map(|line| line["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["wrong", "confirmed", "confirmed-already"]);
    let token = link.strip_prefix("/confirm/").unwrap();
    for secret in [&format!("{right:06}"), token, "example.com", "example.org", "acme"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// The core's share is what `wit/challenges.wit` promises at most; the rest is ours and is exact.
#[test]
fn store_operations_stay_few() {
    let ports = sandbox();
    let customer = ports.customer("ann@example.com");
    let count = |work: &dyn Fn()| {
        let before = ports.store.operations();
        work();
        ports.store.operations() - before
    };
    let (issue, verify, current) = (5, 3, 5);
    // The customer, where its address stands, the code, what its id stands for, and two for the inbox; and whether it is
    // archived or suspended, before the code is made and after that.
    let change = 1 + current + issue + 1 + 2 + 2 * 2;
    assert!(count(&|| drop(ports.change_email(&customer, "ben@example.org"))) <= change);
    let code = ports.pending(&customer);
    // What the id stands for, and the challenge with its word.
    assert!(count(&|| drop(ports.pending(code["entity_id"].as_str().unwrap()))) <= 3);
    let id = code["id"].as_str().unwrap();
    let (right, _) = ports.newest_message();
    assert!(count(&|| drop(ports.submit(id, wrong(right)))) <= verify);
    // A confirmation is made permanent before anybody hears of it.
    assert!(count(&|| drop(ports.submit(id, right))) <= verify + current);
    assert!(count(&|| drop(ports.change_email(&customer, "cleo@example.net"))) <= change);
}
