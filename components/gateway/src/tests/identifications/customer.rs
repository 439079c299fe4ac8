//! §4, "Effect on the customer", and archiving one (§5).

use super::{DAY, code, id, one_customer};
use serde_json::{Value, json};

const DOCUMENTS: &str = r#"[{"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"https://example.com/terms","display_name":"Terms"}]"#;

#[test]
fn a_customer_begins_with_identification_required() {
    let (ports, customer) = one_customer();
    let shown = ports.customer_now(&customer);
    assert_eq!(
        (shown["status"].as_str(), &shown["identification_ids"]),
        (Some("IdentificationRequired"), &json!([]))
    );
    assert_eq!(shown.get("identification_status"), None);
}

#[test]
fn the_newest_approved_makes_it_active_where_nothing_is_to_be_signed() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    assert_eq!(ports.customer_now(&customer)["identification_status"], "Pending");
    ports.fill_in(&made);
    assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
    ports.sandbox_review(id(&made), true);
    let shown = ports.customer_now(&customer);
    assert_eq!((&shown["status"], &shown["identification_status"]), (&json!("Active"), &json!("Approved")));
    assert_eq!(shown["identification_ids"], json!([made["id"]]));
}

#[test]
fn the_newest_approved_leads_to_signings_where_there_are_any_and_then_to_active() {
    let (ports, customer) = one_customer();
    ports.set_setting("required_signings", DOCUMENTS);
    let made = ports.identify(&customer);
    assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
    ports.sandbox_review(id(&made), true);
    assert_eq!(ports.customer_status(&customer), "SigningsRequired");
    let body = r#"{"signed":true,"content_id":"11111111-0d44-4b50-8888-8dd25736052a"}"#;
    assert_eq!(ports.call("acme", "POST", &format!("/api/customers/{customer}/signings"), body).status, 201);
    assert_eq!(ports.customer_status(&customer), "Active");
}

#[test]
fn the_newest_declined_or_expired_leaves_identification_required() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    ports.sandbox_review(id(&made), false);
    let shown = ports.customer_now(&customer);
    assert_eq!(
        (&shown["status"], &shown["identification_status"]),
        (&json!("IdentificationRequired"), &json!("Declined"))
    );
    ports.identify(&customer);
    ports.pass(30 * DAY);
    let shown = ports.customer_now(&customer);
    assert_eq!(
        (&shown["status"], &shown["identification_status"]),
        (&json!("IdentificationRequired"), &json!("Expired"))
    );
}

#[test]
fn a_new_one_while_active_takes_that_away_until_it_is_approved() {
    let (ports, customer) = one_customer();
    let first = ports.identify(&customer);
    ports.sandbox_review(id(&first), true);
    let second = ports.identify(&customer);
    assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
    assert_eq!(ports.status(id(&first)), "Approved");
    assert_eq!(ports.customer_now(&customer)["identification_ids"], json!([second["id"], first["id"]]));
    ports.sandbox_review(id(&second), true);
    assert_eq!(ports.customer_status(&customer), "Active");
}

#[test]
fn an_older_one_changes_and_the_customer_does_not() {
    for approved in [true, false] {
        let (ports, customer) = one_customer();
        let older = ports.identify(&customer);
        let newer = ports.identify(&customer);
        ports.sandbox_review(id(&older), approved);
        assert_eq!(ports.status(id(&older)), if approved { "Approved" } else { "Declined" });
        assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
        ports.sandbox_review(id(&newer), !approved);
        let expected = if approved { "IdentificationRequired" } else { "Active" };
        assert_eq!(ports.customer_status(&customer), expected);
    }
}

#[test]
fn the_newest_is_the_one_made_last_whatever_the_clock_says() {
    let (ports, customer) = one_customer();
    let now = ports.now.get();
    ports.pass(DAY);
    let first = ports.identify(&customer);
    // Another host's clock is a day behind.
    ports.now.set(now);
    let second = ports.identify(&customer);
    assert!(second["created_at"].as_str() < first["created_at"].as_str());
    ports.sandbox_review(id(&first), true);
    assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
    ports.sandbox_review(id(&second), true);
    assert_eq!(ports.customer_status(&customer), "Active");
}

#[test]
fn with_the_newest_archived_an_older_approved_one_does_not_revive() {
    let (ports, customer) = one_customer();
    let first = ports.identify(&customer);
    ports.sandbox_review(id(&first), true);
    let second = ports.identify(&customer);
    assert_eq!(
        ports.call("acme", "PUT", &format!("/api/identifications/{}/archive", id(&second)), "").status,
        200
    );
    let shown = ports.customer_now(&customer);
    assert_eq!(
        (&shown["status"], &shown["identification_status"]),
        (&json!("IdentificationRequired"), &json!("Archived"))
    );
}

#[test]
fn an_archived_customer_stays_archived_and_so_do_its_identifications() {
    let (ports, customer) = one_customer();
    let made = [ports.identify(&customer), ports.identify(&customer)];
    ports.sandbox_review(id(&made[0]), true);
    ports.pass(DAY);
    let place = format!("/api/customers/{customer}");
    let answer = ports.call("acme", "PUT", &format!("{place}/archive"), "");
    assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("Archived")));
    assert_eq!(answer.json()["updated_at"], "2026-01-16T10:15:09.045Z");
    for made in &made {
        assert_eq!(ports.status(id(made)), "Archived");
        assert_eq!(ports.sandbox_review(id(made), true).status, 404);
    }
    let archived = ports.announced().into_iter().filter(|(_, status)| status == "Archived");
    assert_eq!(archived.count(), 2);
    ports.pass(DAY);
    assert_eq!(ports.call("acme", "PUT", &format!("{place}/archive"), "").text(), answer.text());
    assert_eq!(ports.customer_now(&customer), answer.json());

    let create = ports.call("acme", "POST", &format!("{place}/identifications/v2"), r#"{"type":"Link"}"#);
    assert_eq!((create.status, code(&create).as_str()), (403, "customer_archived"));
    // Elsewhere 403 has the shape that it has there.
    ports.set_setting("required_signings", DOCUMENTS);
    for (method, path, body) in [
        ("PUT", place.clone(), r#"{"email":"ben@example.org","external_id":"x"}"#),
        (
            "POST",
            format!("{place}/signings"),
            r#"{"signed":true,"content_id":"11111111-0d44-4b50-8888-8dd25736052a"}"#,
        ),
    ] {
        let answer = ports.call("acme", method, &path, body);
        assert_eq!((answer.status, &answer.json()["message"]), (403, &json!("The customer is archived.")));
        assert_eq!(answer.json()["trace_id"], answer.header("x-trace-id"));
    }
    assert_eq!(ports.customer_now(&customer)["external_id"], Value::Null);
}

#[test]
fn archiving_a_customer_withdraws_a_change_of_its_address() {
    let (ports, customer) = one_customer();
    ports.change_email(&customer, "ben@example.org");
    let code = ports.pending(&customer)["id"].as_str().unwrap().to_owned();
    assert_eq!(ports.call("acme", "PUT", &format!("/api/customers/{customer}/archive"), "").status, 200);
    assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
    assert_eq!(ports.email(&customer), "ann@example.com");
}

#[test]
fn archiving_is_for_whoever_reaches_the_customer() {
    let (ports, customer) = one_customer();
    for (key, id) in
        [("other", customer.as_str()), ("acme", "x"), ("acme", "01920000-0000-7000-8000-000000000000")]
    {
        let answer = ports.call(key, "PUT", &format!("/api/customers/{id}/archive"), "");
        assert_eq!((answer.status, answer.text()), (404, "\"Not Found\""));
    }
    assert_eq!(ports.customer_status(&customer), "IdentificationRequired");
}

#[test]
fn a_sandbox_reset_forgets_identifications_too() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    ports.fill_in(&made);
    ports.sandbox_review(id(&made), true);
    assert_eq!(ports.send("POST", "/api/sandbox/reset", "").status, 200);
    let answer = ports.call("acme", "GET", &format!("/api/identifications/{}", id(&made)), "");
    assert_eq!((answer.status, code(&answer).as_str()), (404, "identification_not_found"));
    assert_eq!(ports.open(&made), crate::identifications::Link::Unknown);
    assert!(!ports.store.everything().iter().any(|(_, value)| value.contains("\"name\":\"Ann\"")));
}
