//! What is told, of what, and when.

use super::one_webhook;
use crate::testing::{OTHER_WALLET, SUB_PARTNER, TestPorts};
use core::time::Duration;
use serde_json::{Value, json};

const CHANGES: &str = "register_autoramp_status";

fn statuses(ports: &TestPorts, kind: &str) -> Vec<String> {
    ports.run_all();
    ports.received().into_iter().filter(|(of, _)| of == kind).map(|(_, status)| status).collect()
}

fn edit(ports: &TestPorts, customer: &str, autoramp: &str) {
    let body = json!({
        "customer_id": customer,
        "recipient_account": { "type": "Crypto", "chain": "Base", "address": OTHER_WALLET },
    });
    let answer = ports.send("PATCH", &format!("/api/autoramps/{autoramp}"), &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn autoramp(ports: &TestPorts) -> (String, String) {
    let customer = ports.customer("ann@example.com");
    let made = ports.autoramp(&customer)["id"].as_str().unwrap().to_owned();
    (customer, made)
}

/// "shape": type, timestamp, data with customer_id and message of id and status.
#[test]
fn an_event_has_the_documented_shape() {
    let (ports, _) = one_webhook();
    let (customer, made) = autoramp(&ports);
    ports.pass(Duration::from_millis(1_500));
    ports.send("DELETE", &format!("/api/autoramps/{made}"), "");
    ports.run_all();
    let posted = ports.posted.borrow();
    let body: Value = serde_json::from_str(&posted[0].body).unwrap();
    let expected = json!({
        "type": "register_autoramp_status",
        "timestamp": "2026-01-15T10:15:10.545000+00:00",
        "data": { "customer_id": customer, "message": { "id": made, "status": "Cancelled" } },
    });
    assert_eq!((posted.len(), body), (1, expected));
}

/// "sent on creation: no; creation is visible in the 201".
#[test]
fn what_is_made_is_told_to_nobody() {
    let (ports, _) = one_webhook();
    let (customer, _) = autoramp(&ports);
    ports.post("/api/addresses/fiat", &TestPorts::fiat_address_body(&customer, crate::testing::IBAN));
    let path = format!("/api/customers/{customer}/identifications/v2");
    assert_eq!(ports.post(&path, &json!({ "type": "Link" })).status, 201);
    ports.pass(Duration::from_secs(200));
    assert_eq!(ports.run_all(), (0, 0));
}

/// "sent on every status change": an edit that is confirmed, one that is refused, one that runs out, and one that is withdrawn.
#[test]
fn an_edit_is_told_when_it_waits_and_when_it_is_over_however_it_ends() {
    let (ports, _) = one_webhook();
    let (customer, made) = autoramp(&ports);
    edit(&ports, &customer, &made);
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired"]);
    ports.confirm(&made);
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired", "Authorized"]);

    ports.posted.take();
    let body = TestPorts::autoramp_body(&customer);
    let again = json!({ "customer_id": customer, "recipient_account": body["recipient_account"] });
    let back = || ports.send("PATCH", &format!("/api/autoramps/{made}"), &again.to_string());
    assert_eq!(back().status, 200);
    let code = ports.pending(&made)["id"].as_str().unwrap().to_owned();
    for wrong in 1..=5 {
        ports.submit(&code, 999_990 + wrong);
    }
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired", "Authorized"]);

    ports.posted.take();
    ports.pass(Duration::from_secs(1));
    assert_eq!(back().status, 200);
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired"]);
    // Nobody comes by when its time is over.
    ports.pass(Duration::from_secs(760));
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired", "Authorized"]);

    ports.posted.take();
    assert_eq!(back().status, 200);
    ports.send("DELETE", &format!("/api/autoramps/{made}"), "");
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired", "Cancelled"]);
}

/// Authentication-codes §5: both spellings are the same state, here too.
#[test]
fn statuses_are_spelled_as_the_setting_says() {
    let (ports, _) = one_webhook();
    ports.set_setting("autoramp_status_spelling", "published");
    let (customer, made) = autoramp(&ports);
    edit(&ports, &customer, &made);
    assert_eq!(statuses(&ports, CHANGES), ["EditPending"]);
}

#[test]
fn the_link_in_a_mail_is_told_like_a_code() {
    let (ports, _) = one_webhook();
    let (customer, made) = autoramp(&ports);
    edit(&ports, &customer, &made);
    let (_, link) = ports.newest_message();
    assert_eq!(ports.send_with(&[], "POST", &link, "").status, 200);
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired", "Authorized"]);
}

#[test]
fn an_address_is_told_from_its_authorization_to_its_registration() {
    let (ports, _) = one_webhook();
    let customer = ports.customer("ann@example.com");
    let mut body = TestPorts::fiat_address_body(&customer, crate::testing::IBAN);
    body["bank_details"]["is_third_party"] = json!(true);
    let made = ports.post("/api/addresses/fiat", &body).json()["id"].as_str().unwrap().to_owned();
    ports.confirm(&made);
    ports.send("PUT", &format!("/api/sandbox/fiat-verification/{made}"), "\"Registered\"");
    let kind = "register_fiat_address_status";
    assert_eq!(statuses(&ports, kind), ["RegistrationPending", "Registered"]);
    let other = TestPorts::fiat_address_body(&customer, "GB33BUKB20201555555555");
    let made = ports.post("/api/addresses/fiat", &other).json()["id"].as_str().unwrap().to_owned();
    ports.posted.take();
    for status in ["RegistrationFailed", "Registered", "RegistrationFailed"] {
        ports.send("PUT", &format!("/api/sandbox/fiat-verification/{made}"), &json!(status).to_string());
    }
    assert_eq!(statuses(&ports, kind), ["RegistrationFailed", "Registered", "RegistrationFailed"]);
}

/// "`customer_status` also sent when the customer moves, after the identification event"; it "carries the customer id in `message.id`".
#[test]
fn a_customer_that_moves_is_told_after_its_identification() {
    let (ports, _) = one_webhook();
    let customer = ports.customer("ann@example.com");
    let path = format!("/api/customers/{customer}/identifications/v2");
    let identify = || ports.post(&path, &json!({ "type": "Link" })).json()["id"].as_str().unwrap().to_owned();
    let review = |id: &str, approved: bool| {
        let body = json!({ "approved": approved });
        assert_eq!(ports.post(&format!("/api/sandbox/identification/{id}"), &body).status, 201);
    };
    let told = || {
        ports.run_all();
        let told = ports.received();
        ports.posted.take();
        told.into_iter().map(|(kind, status)| format!("{kind} {status}")).collect::<Vec<_>>()
    };
    let older = identify();
    let newest = identify();
    review(&newest, true);
    assert_eq!(told(), ["identification_status Approved", "customer_status Active"]);
    // An older one changes, and the customer does not.
    review(&older, false);
    assert_eq!(told(), ["identification_status Declined"]);
    // A new one while active.
    let third = identify();
    assert_eq!(told(), ["customer_status IdentificationRequired"]);
    review(&third, true);
    assert_eq!(told(), ["identification_status Approved", "customer_status Active"]);
    for suspended in [true, false] {
        let body = json!({ "suspended": suspended });
        let path = format!("/api/customers/{customer}/suspension");
        assert_eq!(ports.send_with(&[("x-api-key", "operator")], "PUT", &path, body.to_string()).status, 200);
    }
    assert_eq!(told(), ["customer_status Suspended", "customer_status Active"]);
    ports.send("PUT", &format!("/api/customers/{customer}/archive"), "");
    let archived = told();
    assert_eq!(archived.iter().filter(|told| *told == "identification_status Archived").count(), 3);
    assert_eq!(archived.iter().filter(|told| *told == "customer_status Archived").count(), 1);
    assert_eq!(archived.len(), 4, "{archived:?}");
    let ids = ports.written("customer_status");
    assert!(ids.iter().all(|(about, _)| *about == customer));
}

#[test]
fn what_waits_for_a_customer_that_is_archived_is_told_to_be_over() {
    let (ports, _) = one_webhook();
    let (customer, made) = autoramp(&ports);
    edit(&ports, &customer, &made);
    ports.send("PUT", &format!("/api/customers/{customer}/archive"), "");
    assert_eq!(statuses(&ports, CHANGES), ["AuthorizationRequired", "Authorized"]);
}

#[test]
fn a_webhook_is_told_what_it_asked_for_and_what_is_its_owners() {
    let (ports, _) = one_webhook();
    ports.webhook(json!({ "url": "https://deaf.example/", "topics": [] }));
    ports.webhook(json!({ "url": "https://disabled.example/", "enabled": false }));
    ports.webhook(json!({ "url": "https://others.example/", "topics": ["IdentificationStatus", "Ping"] }));
    let as_other = [("x-api-key", "other")];
    let body = json!({ "url": "https://stranger.example/", "topics": ["RegisterAutorampStatus"] });
    assert_eq!(ports.send_with(&as_other, "POST", "/api/webhooks", body.to_string()).status, 201);
    let as_sub = [("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER)];
    let body = json!({ "url": "https://sub.example/", "topics": ["RegisterAutorampStatus"] });
    assert_eq!(ports.send_with(&as_sub, "POST", "/api/webhooks", body.to_string()).status, 201);
    let urls = |ports: &TestPorts| {
        ports.run_all();
        let mut urls: Vec<_> = ports.posted.take().into_iter().map(|posted| posted.url).collect();
        urls.sort();
        urls
    };
    // The partner's own customer: not the sub-partner's business.
    let (_, made) = autoramp(&ports);
    ports.send("DELETE", &format!("/api/autoramps/{made}"), "");
    assert_eq!(urls(&ports), ["https://partner.example/hooks?a=b"]);
    // A customer of the sub-partner's: both are told.
    let body = json!({ "customer_type": "Person", "email": "bob@example.com", "name": "Bob" });
    let headers = [as_sub[0], as_sub[1], ("idempotency-key", "bob")];
    let customer = ports.send_with(&headers, "POST", "/api/customers", body.to_string()).json();
    let body = TestPorts::autoramp_body(customer["id"].as_str().unwrap()).to_string();
    let made = ports.send_with(&headers, "POST", "/api/autoramps", body).json();
    let path = format!("/api/autoramps/{}", made["id"].as_str().unwrap());
    assert_eq!(ports.send_with(&as_sub, "DELETE", &path, "").status, 204);
    assert_eq!(urls(&ports), ["https://partner.example/hooks?a=b", "https://sub.example/"]);
}

/// Whoever knows an id of somebody else's makes us do nothing about it.
#[test]
fn a_request_for_what_is_out_of_reach_notes_nothing() {
    let (ports, _) = one_webhook();
    let (_, made) = autoramp(&ports);
    let before = ports.store.everything();
    let path = format!("/api/autoramps/{made}");
    assert_eq!(ports.send_with(&[("x-api-key", "other")], "DELETE", &path, "").status, 404);
    assert_eq!(ports.store.everything(), before);
}

#[test]
fn where_webhooks_are_off_nothing_of_them_is_kept() {
    let (ports, _) = one_webhook();
    ports.set_setting("webhook_keys", "");
    let of_webhooks = |ports: &TestPorts| {
        let keys = ports.store.everything();
        keys.iter().filter(|(key, _)| key.contains("agenda") || key.contains("told")).count()
    };
    let before = (ports.store.everything().len(), of_webhooks(&ports));
    let (_, made) = autoramp(&ports);
    ports.send("DELETE", &format!("/api/autoramps/{made}"), "");
    assert!(ports.store.everything().len() > before.0);
    assert_eq!(of_webhooks(&ports), before.1);
    assert_eq!(ports.run().status, 404);
}
