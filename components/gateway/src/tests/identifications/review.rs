//! §4 and §5: statuses, and who moves them.

use super::{DAY, code, id, one_customer, without_request_id};
use crate::identifications::{Status, Submitted};
use crate::testing::TestPorts;
use core::time::Duration;
use serde_json::{Value, json};

const TERMINAL: [&str; 4] = ["Approved", "Declined", "Expired", "Archived"];

/// An identification in each status, of a customer of its own.
fn in_status(ports: &TestPorts, status: &str) -> Value {
    let customer = ports.customer(&format!("{status}@example.com"));
    let made = ports.identify(&customer);
    match status {
        "Pending" => {}
        "PendingReview" => assert_eq!(ports.fill_in(&made), Submitted::Taken),
        "Approved" => assert_eq!(ports.sandbox_review(id(&made), true).status, 201),
        "Declined" => assert_eq!(ports.sandbox_review(id(&made), false).status, 201),
        "Expired" => ports.pass(30 * DAY),
        "Archived" => assert_eq!(archive(ports, id(&made)).0, 200),
        other => panic!("{other}"),
    }
    assert_eq!(ports.status(id(&made)), status);
    made
}

fn archive(ports: &TestPorts, id: &str) -> (u16, Value) {
    let answer = ports.call("acme", "PUT", &format!("/api/identifications/{id}/archive"), "");
    (answer.status, answer.json())
}

fn review(ports: &TestPorts, key: &str, id: &str, body: &Value) -> crate::testing::Answer {
    ports.call(key, "POST", &format!("/api/identifications/{id}/review"), &body.to_string())
}

#[test]
fn submitted_it_is_processed_and_then_waits_for_review() {
    let (ports, _) = one_customer();
    let made = in_status(&ports, "PendingReview");
    let steps = ports.announced();
    let of = |status: &str| (id(&made).to_owned(), status.to_owned());
    assert_eq!(steps, [of("Processed"), of("PendingReview")]);
    // Whether in time or not does not matter any more.
    ports.pass(365 * DAY);
    assert_eq!(ports.status(id(&made)), "PendingReview");
}

#[test]
fn the_sandbox_decides_any_that_is_not_terminal() {
    for (before, approved, after) in [
        ("Pending", true, "Approved"),
        ("Pending", false, "Declined"),
        ("PendingReview", true, "Approved"),
        ("PendingReview", false, "Declined"),
    ] {
        let (ports, _) = one_customer();
        let made = in_status(&ports, before);
        ports.pass(Duration::from_secs(1));
        let answer = ports.sandbox_review(id(&made), approved);
        assert_eq!((answer.status, answer.json()["status"].as_str()), (201, Some(after)));
        assert_eq!(answer.json(), ports.identification(id(&made)));
        assert_eq!(answer.json()["updated_at"], "2026-01-15T10:15:10.045Z");
        assert_eq!(ports.announced().last(), Some(&(id(&made).to_owned(), after.to_owned())));
    }
}

#[test]
fn a_terminal_one_is_not_found_by_the_sandbox_and_never_changes() {
    for status in TERMINAL {
        let (ports, _) = one_customer();
        let made = in_status(&ports, status);
        let before = ports.identification(id(&made));
        for approved in [true, false] {
            let answer = ports.sandbox_review(id(&made), approved);
            assert_eq!((answer.status, code(&answer).as_str()), (404, "identification_not_found"));
            let answer = review(&ports, "operator", id(&made), &json!({ "approved": approved }));
            assert_eq!((answer.status, code(&answer).as_str()), (409, "identification_terminal"));
        }
        let announced = ports.announced();
        ports.pass(31 * DAY);
        ports.run_all();
        assert_eq!(ports.identification(id(&made)), before, "{status}");
        assert_eq!(ports.announced(), announced, "{status}");
        assert_eq!(announced.last(), Some(&(id(&made).to_owned(), status.to_owned())));
    }
}

#[test]
fn any_can_be_archived_once_and_for_ever() {
    for status in ["Pending", "PendingReview", "Approved", "Declined", "Expired"] {
        let (ports, _) = one_customer();
        let made = in_status(&ports, status);
        let (first, shown) = archive(&ports, id(&made));
        assert_eq!((first, shown["status"].as_str()), (200, Some("Archived")));
        ports.pass(Duration::from_secs(5));
        assert_eq!(archive(&ports, id(&made)), (200, shown.clone()));
        assert_eq!(ports.identification(id(&made)), shown);
        let archived = ports.announced().into_iter().filter(|(_, status)| status == "Archived");
        assert_eq!(archived.count(), 1);
    }
}

#[test]
fn the_sandboxs_review_wants_a_boolean() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    let path = format!("/api/sandbox/identification/{}", id(&made));
    for body in
        ["{}", r#"{"approved":null}"#, r#"{"approved":"true"}"#, r#"{"approved":1}"#, "[true]", "true", ""]
    {
        let answer = ports.call("acme", "POST", &path, body);
        assert_eq!((answer.status, code(&answer).as_str()), (400, "invalid_request"), "{body}");
        assert!(
            body.len() < 3 || answer.text().contains("approved") || answer.text().contains("JSON object")
        );
    }
    assert_eq!(ports.status(id(&made)), "Pending");
}

#[test]
fn the_sandboxs_review_is_not_there_in_production_by_either_path() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    ports.set_setting("environment", "production");
    for prefix in ["", "/api"] {
        let path = |id: &str| format!("{prefix}/sandbox/identification/{id}");
        let answer = ports.call("acme", "POST", &path(id(&made)), r#"{"approved":true}"#);
        let nobody = ports.call("acme", "POST", &path("x"), "");
        assert_eq!((answer.status, code(&answer).as_str()), (404, "not_found"));
        assert_eq!(without_request_id(&answer), without_request_id(&nobody));
        let stranger = ports.send_with(&[], "POST", &path(id(&made)), "");
        assert_eq!((stranger.status, stranger.text()), (401, "authorization error"));
    }
    assert_eq!(ports.status(id(&made)), "Pending");
}

#[test]
fn an_operator_reviews_in_production_with_a_comment() {
    for (before, approved, after) in [("Pending", true, "Approved"), ("PendingReview", false, "Declined")] {
        let (ports, _) = one_customer();
        let made = in_status(&ports, before);
        ports.set_setting("environment", "production");
        let body = json!({ "approved": approved, "comment": " Passport is\nblurred. " });
        let answer = review(&ports, "operator", id(&made), &body);
        assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some(after)));
        assert_eq!(answer.json()["review_comment"], "Passport is\nblurred.");
        assert_eq!(answer.json(), ports.identification(id(&made)));
        assert!(!ports.log.borrow().join("\n").contains("Passport"));
    }
}

#[test]
fn a_comment_has_bounds() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    for comment in [json!("x".repeat(501)), json!(7), json!("a\u{0}b"), json!(["x"])] {
        let answer = review(&ports, "operator", id(&made), &json!({ "approved": true, "comment": comment }));
        assert_eq!((answer.status, code(&answer).as_str()), (400, "invalid_request"), "{comment}");
        assert!(answer.text().contains("comment must"));
    }
    assert_eq!(review(&ports, "operator", id(&made), &json!({ "comment": "x" })).status, 400);
    let longest = "ä".repeat(500);
    let answer = review(&ports, "operator", id(&made), &json!({ "approved": true, "comment": longest }));
    assert_eq!(answer.json()["review_comment"], json!(longest));
}

#[test]
fn only_an_operator_reviews_and_an_operator_does_nothing_else() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    for key in ["acme", "reader"] {
        let answer = review(&ports, key, id(&made), &json!({ "approved": true }));
        assert_eq!((answer.status, code(&answer).as_str()), (403, "forbidden"), "{key}");
    }
    // Another partner's operator does not even learn that it is there.
    let theirs = review(&ports, "other-operator", id(&made), &json!({ "approved": true }));
    let nobody = review(&ports, "other-operator", "x", &json!({ "approved": true }));
    assert_eq!((theirs.status, code(&theirs).as_str()), (404, "identification_not_found"));
    assert_eq!(without_request_id(&theirs), without_request_id(&nobody));
    for (method, path) in [
        ("POST", "/api/customers".to_owned()),
        ("PUT", format!("/api/customers/{customer}")),
        ("PUT", format!("/api/customers/{customer}/archive")),
        ("POST", format!("/api/customers/{customer}/signings")),
        ("POST", format!("/api/customers/{customer}/identifications/v2")),
        ("PUT", format!("/api/identifications/{}/archive", id(&made))),
        ("POST", format!("/api/sandbox/identification/{}", id(&made))),
        ("POST", "/api/sandbox/reset".to_owned()),
        ("PUT", "/api/authentication-codes/x".to_owned()),
    ] {
        let answer = ports.call("operator", method, &path, r#"{"approved":true,"type":"Link"}"#);
        assert_eq!(answer.status, 403, "{method} {path}");
    }
    for path in ["/api/customers".to_owned(), format!("/api/identifications/{}", id(&made))] {
        assert_eq!(ports.call("operator", "GET", &path, "").status, 200, "{path}");
    }
    assert_eq!(ports.status(id(&made)), "Pending");
}

#[test]
fn the_link_expires_when_its_time_is_over_and_the_time_is_a_setting() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    ports.pass(30 * DAY - Duration::from_millis(1));
    assert_eq!(ports.status(id(&made)), "Pending");
    ports.pass(Duration::from_millis(1));
    let expired = ports.identification(id(&made));
    assert_eq!(
        (expired["status"].as_str(), expired["updated_at"].as_str()),
        (Some("Expired"), Some("2026-02-14T10:15:09.045Z"))
    );
    ports.set_setting("identification_lifetime_days", "1");
    let short = ports.identify(&customer);
    ports.pass(DAY);
    assert_eq!(ports.status(id(&short)), "Expired");
    assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
}

#[test]
fn an_expiry_is_told_though_nobody_brings_it_about() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    ports.pass(30 * DAY);
    ports.run_all();
    assert_eq!(ports.announced(), []);
    ports.pass(Duration::from_secs(120));
    for _ in 0..2 {
        ports.run_all();
        assert_eq!(ports.announced(), [(id(&made).to_owned(), "Expired".to_owned())]);
    }
}

#[test]
fn in_its_last_moments_nothing_is_begun_that_could_end_after_expiry() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    ports.pass(30 * DAY - Duration::from_secs(30));
    assert_eq!(ports.sandbox_review(id(&made), true).status, 404);
    assert!(matches!(ports.open(&made), crate::identifications::Link::Over(_, Status::Expired)));
    ports.pass(Duration::from_secs(30));
    assert_eq!(ports.status(id(&made)), "Expired");
}
