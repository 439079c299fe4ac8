//! §3: `IDEMPOTENCY-KEY`.

use super::{DAY, code, id, one_customer, token, without_request_id};
use crate::testing::{Answer, PARTNER, SUB_PARTNER, TestPorts, key};
use core::time::Duration;
use serde_json::json;
use stepgate_storage::idempotency::{Begun, Claim, LEASE, Name, begin, digest, give_up};
use stepgate_storage::memory::Fault;

const BODY: &str = r#"{"type":"Link","with_edd":false}"#;

fn create(ports: &TestPorts, customer: &str, key: &str, body: &str) -> Answer {
    let path = format!("/api/customers/{customer}/identifications/v2");
    ports.send_with(&[("x-api-key", "acme"), ("idempotency-key", key)], "POST", &path, body)
}

fn count(ports: &TestPorts, customer: &str) -> usize {
    ports.customer_now(customer)["identification_ids"].as_array().unwrap().len()
}

#[test]
fn the_same_key_and_body_answer_the_same_link_for_a_day_and_make_nothing_new() {
    let (ports, customer) = one_customer();
    let first = create(&ports, &customer, "k", BODY);
    assert_eq!(first.status, 201);
    ports.sandbox_review(id(&first.json()), true);
    ports.pass(DAY - Duration::from_secs(1));
    // The original answer, though it has been approved since.
    let again = create(&ports, &customer, "k", r#" { "with_edd" : false , "type" : "Link" } "#);
    assert_eq!((again.status, again.text()), (201, first.text()));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(count(&ports, &customer), 1);
    ports.pass(Duration::from_secs(2));
    let forgotten = create(&ports, &customer, "k", BODY);
    assert_eq!(forgotten.status, 201);
    assert_ne!(forgotten.json()["id"], first.json()["id"]);
    assert_eq!(count(&ports, &customer), 2);
}

#[test]
fn each_new_key_makes_another_and_so_does_none() {
    let (ports, customer) = one_customer();
    for key in ["a", "b"] {
        assert_eq!(create(&ports, &customer, key, BODY).status, 201);
    }
    ports.identify(&customer);
    ports.identify(&customer);
    assert_eq!(count(&ports, &customer), 4);
}

#[test]
fn another_body_conflicts() {
    let (ports, customer) = one_customer();
    create(&ports, &customer, "k", BODY);
    for body in [r#"{"type":"Link","with_edd":true}"#, r#"{"type":"Link"}"#, "{}"] {
        let other = create(&ports, &customer, "k", body);
        assert_eq!((other.status, code(&other).as_str()), (409, "idempotency_key_conflict"));
    }
    assert_eq!(count(&ports, &customer), 1);
    assert_eq!(ports.slept.get(), Duration::ZERO);
}

#[test]
fn the_key_may_be_any_visible_text_and_left_out_unless_it_is_required() {
    let (ports, customer) = one_customer();
    let long = "k".repeat(256);
    for key in ["a b", "a\tb", &long] {
        let wrong = create(&ports, &customer, key, BODY);
        assert_eq!((wrong.status, code(&wrong).as_str()), (400, "invalid_request"), "{key}");
    }
    let path = format!("/api/customers/{customer}/identifications/v2");
    let twice = [("x-api-key", "acme"), ("idempotency-key", "a"), ("idempotency-key", "b")];
    assert_eq!(ports.send_with(&twice, "POST", &path, BODY).status, 400);
    for key in ["1", "~!#/\"\\", &long[..255], ""] {
        assert_eq!(create(&ports, &customer, key, BODY).status, 201, "{key}");
    }
    ports.set_setting("idempotency_key_required", "true");
    let strict = ports.call("acme", "POST", &path, BODY);
    assert_eq!((strict.status, code(&strict).as_str()), (400, "invalid_request"));
    assert!(strict.text().contains("IDEMPOTENCY-KEY"));
    assert_eq!(create(&ports, &customer, "2", BODY).status, 201);
    ports.set_setting("idempotency_key_required", "yes");
    assert_eq!(ports.call("acme", "POST", &path, BODY).status, 500);
}

#[test]
fn a_key_counts_for_its_caller_and_path() {
    let (ports, customer) = one_customer();
    let other_customer = ports.customer("ben@example.com");
    let first = create(&ports, &customer, "k", BODY);
    let second = create(&ports, &other_customer, "k", BODY);
    assert_eq!((first.status, second.status), (201, 201));
    assert_ne!(first.json()["id"], second.json()["id"]);

    let body = r#"{"customer_type":"Person","email":"sub@example.com"}"#;
    let sub = [("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER), ("idempotency-key", "k")];
    let theirs = ports.send_with(&sub, "POST", "/api/customers", body).json();
    let theirs = theirs["id"].as_str().unwrap();
    let path = format!("/api/customers/{theirs}/identifications/v2");
    let as_sub_partner = ports.send_with(&sub, "POST", &path, BODY);
    let as_partner = create(&ports, theirs, "k", BODY);
    assert_eq!((as_sub_partner.status, as_partner.status), (201, 201));
    assert_ne!(as_sub_partner.json()["id"], as_partner.json()["id"]);
    assert_eq!(as_sub_partner.json()["partner_id"], PARTNER);
}

#[test]
fn refusals_are_repeated_and_what_may_pass_is_not() {
    let (ports, customer) = one_customer();
    let refused = create(&ports, &customer, "k", r#"{"type":"Person"}"#);
    let again = create(&ports, &customer, "k", r#"{"type":"Person"}"#);
    // Byte for byte: with the request id of the first.
    assert_eq!((again.status, again.text()), (400, refused.text()));
    let nobody = "01920000-0000-7000-8000-000000000000";
    let missing = create(&ports, nobody, "k", BODY);
    assert_eq!((missing.status, create(&ports, nobody, "k", BODY).text()), (404, missing.text()));

    // 401: the same key works for whoever may use it afterwards.
    let path = format!("/api/customers/{customer}/identifications/v2");
    let stranger = [("x-api-key", "stranger"), ("idempotency-key", "l")];
    assert_eq!(ports.send_with(&stranger, "POST", &path, BODY).status, 401);
    assert_eq!(create(&ports, &customer, "l", BODY).status, 201);

    // 429.
    let mut slow = key("slow", PARTNER, "Acme", "read-write");
    slow["requests_per_minute"] = json!(1);
    let keys = json!([slow, key("acme", PARTNER, "Acme", "read-write")]);
    ports.set_setting("api_keys", &keys.to_string());
    let as_slow = [("x-api-key", "slow"), ("idempotency-key", "m")];
    ports.send_with(&as_slow, "GET", &path, "");
    assert_eq!(ports.send_with(&as_slow, "POST", &path, BODY).status, 429);
    assert_eq!(create(&ports, &customer, "m", BODY).status, 201);

    // 5xx. The claim is made of six operations; the seventh is the first of the work.
    ports.store.fail_after(6, Fault::Before);
    assert_eq!(create(&ports, &customer, "n", BODY).status, 500);
    assert!(!ports.store.heal());
    assert_eq!(create(&ports, &customer, "n", BODY).status, 201);
    assert_eq!(ports.slept.get(), Duration::ZERO);
}

/// A first request that has claimed the key and is still at work.
fn claimed(ports: &TestPorts, customer: &str) -> Claim {
    let path = format!("/api/customers/{customer}/identifications/v2");
    let name = Name::new(&[PARTNER, "POST", &path, "k"]);
    let digest = digest(&[&crate::json::canonical(BODY.as_bytes()).unwrap()]);
    match begin(ports, ports.now.get(), &name, &digest, "018f2f6e-7c00-7abc-8def-0123456789ab").unwrap() {
        Begun::Do(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_two_at_once_the_second_waits_and_another_body_does_not() {
    let (ports, customer) = one_customer();
    let claim = claimed(&ports, &customer);
    let other = create(&ports, &customer, "k", "{\"type\":\"Link\"}");
    assert_eq!((other.status, code(&other).as_str()), (409, "idempotency_key_conflict"));
    assert_eq!(ports.slept.get(), Duration::ZERO);
    // The first comes to its end while the second waits.
    *ports.while_asleep.borrow_mut() = Some(Box::new(move |ports| {
        give_up(ports, ports.now.get(), &claim).unwrap();
    }));
    let second = create(&ports, &customer, "k", BODY);
    assert_eq!(second.status, 201);
    assert!(ports.slept.get() > Duration::ZERO);
    assert_eq!(second.json()["id"], "018f2f6e-7c00-7abc-8def-0123456789ab");
}

#[test]
fn a_claimant_that_died_blocks_its_key_for_a_while_only() {
    let (ports, customer) = one_customer();
    claimed(&ports, &customer);
    let waiting = create(&ports, &customer, "k", BODY);
    assert_eq!((waiting.status, code(&waiting).as_str()), (409, "idempotency_key_in_use"));
    assert!(ports.slept.get() >= Duration::from_secs(12));
    ports.pass(2 * LEASE);
    let made = create(&ports, &customer, "k", BODY);
    assert_eq!(made.status, 201);
    assert_eq!(create(&ports, &customer, "k", BODY).text(), made.text());
    assert_eq!(count(&ports, &customer), 1);
}

#[test]
fn neither_the_token_nor_anything_it_can_be_made_of_is_kept() {
    let (ports, customer) = one_customer();
    let key = "7f0f2b7e-44a5-4a3c-9d5c-3a57d1a3a9f1";
    let tokens = [create(&ports, &customer, key, BODY).json(), ports.identify(&customer)];
    for made in &tokens {
        let token = token(made);
        for (name, value) in ports.store.everything() {
            assert!(!name.contains(token) && !value.contains(token), "{name}");
            // What would open the sealed one is not there either.
            assert!(!name.contains(key) && !value.contains(key), "{name}");
        }
        assert!(!ports.log.borrow().join("\n").contains(token));
    }
}

#[test]
fn a_sandbox_review_is_done_once_for_each_key_by_either_path() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    let review = |prefix: &str, key: &str, body: &str| {
        let path = format!("{prefix}/sandbox/identification/{}", id(&made));
        ports.send_with(&[("x-api-key", "acme"), ("idempotency-key", key)], "POST", &path, body)
    };
    let first = review("/api", "k", r#"{"approved":true}"#);
    assert_eq!((first.status, first.json()["status"].as_str()), (201, Some("Approved")));
    for prefix in ["/api", ""] {
        let again = review(prefix, "k", r#"{ "approved": true }"#);
        assert_eq!((again.status, again.text()), (201, first.text()));
        let other = review(prefix, "k", r#"{"approved":false}"#);
        assert_eq!((other.status, code(&other).as_str()), (409, "idempotency_key_conflict"));
        assert_eq!(review(prefix, "l", r#"{"approved":true}"#).status, 404);
    }
    ports.set_setting("idempotency_key_required", "true");
    let strict = ports.sandbox_review(id(&made), true);
    assert_eq!((strict.status, without_request_id(&strict).contains("IDEMPOTENCY-KEY")), (400, true));
    assert_eq!(ports.announced().len(), 1);
}
