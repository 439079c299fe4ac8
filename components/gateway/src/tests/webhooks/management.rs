//! The routes that manage webhooks.

use super::one_webhook;
use crate::testing::{RUN_TOKEN, TestPorts, with_operator};
use core::time::Duration;
use serde_json::{Value, json};

fn id(webhook: &Value) -> &str {
    webhook["id"].as_str().unwrap()
}

/// `GET /api/webhooks`: a page; the secret is shown once, at registration.
#[test]
fn a_webhook_is_listed_without_its_secret() {
    let (ports, mut made) = one_webhook();
    let secret = made["secret"].take();
    assert!(secret.as_str().unwrap().strip_prefix("whsec_").unwrap().len() == 44, "{secret}");
    made.as_object_mut().unwrap().remove("secret");
    let listed = ports.send_with(&[("x-api-key", "reader")], "GET", "/api/webhooks", "");
    assert_eq!((listed.status, listed.json()), (200, json!({ "items": [made], "prev_cursor": null })));
    let expected = json!({
        "id": null, "partner_id": crate::testing::PARTNER, "label": "Webhook",
        "url": "https://partner.example/hooks?a=b",
        "topics": ["IdentificationStatus", "CustomerStatus", "RegisterAutorampStatus", "RegisterFiatAddressStatus"],
        "enabled": true, "signature": "hex",
        "created_at": "2026-01-15T10:15:09.045Z", "updated_at": "2026-01-15T10:15:09.045Z",
    });
    made["id"].take();
    assert_eq!(made, expected);
    let stored: Vec<_> = ports.store.everything();
    let secret = secret.as_str().unwrap().strip_prefix("whsec_").unwrap();
    assert!(!stored.iter().any(|(_, value)| value.contains(secret)), "the store holds a secret");
    assert!(!ports.log.borrow().iter().any(|line| line.contains(secret)), "the log holds a secret");
}

/// "no create route in the API": ours is an operator's.
#[test]
fn only_an_operator_registers_in_production_and_only_for_its_partner() {
    let ports = with_operator();
    ports.turn_webhooks_on();
    ports.set_setting("environment", "production");
    let body = json!({ "url": "https://partner.example/", "topics": ["Ping"] }).to_string();
    for key in ["acme", "reader"] {
        let answer = ports.send_with(&[("x-api-key", key)], "POST", "/api/webhooks", &body);
        assert_eq!(answer.status, 403, "{key}");
    }
    let made = ports.send_with(&[("x-api-key", "operator")], "POST", "/api/webhooks", &body);
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("/api/webhooks/{}", id(&made.json()));
    for (method, path) in [
        ("PATCH", path.clone()),
        ("POST", format!("{path}/ping")),
        ("POST", format!("{path}/secret")),
        ("GET", format!("{path}/dead-letters")),
        ("POST", format!("{path}/dead-letters/1/retry")),
    ] {
        let headers = [("x-api-key", if path.ends_with("secret") { "other-operator" } else { "other" })];
        let answer = ports.send_with(&headers, method, &path, r#"{"enabled":false}"#);
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    let listed = ports.send_with(&[("x-api-key", "other")], "GET", "/api/webhooks", "");
    assert_eq!(listed.json()["items"], json!([]));
    let listed = ports.send_with(&[("x-api-key", "acme")], "GET", "/api/webhooks", "");
    assert_eq!(listed.json()["items"][0]["id"], made.json()["id"]);
}

/// `PATCH /api/webhooks/{id}` with `enabled?`, `label?`, `topics?`, `url?`.
#[test]
fn what_a_patch_names_is_changed_and_nothing_else() {
    let (ports, mut made) = one_webhook();
    made.as_object_mut().unwrap().remove("secret");
    let path = format!("/api/webhooks/{}", id(&made));
    ports.pass(Duration::from_secs(1));
    for (name, value) in [
        ("enabled", json!(false)),
        ("label", json!("Ours")),
        ("topics", json!(["Ping", "Transaction"])),
        ("url", json!("https://other.example:8443/x")),
        ("signature", json!("standard-webhooks")),
    ] {
        let answer = ports.send("PATCH", &path, &json!({ name: value }).to_string());
        made[name] = value;
        made["updated_at"] = json!("2026-01-15T10:15:10.045Z");
        assert_eq!((answer.status, answer.json()), (200, made.clone()), "{name}");
    }
    let answer = ports.send("PATCH", &path, "{}");
    assert_eq!(answer.json(), made);
}

#[test]
fn a_field_that_is_wrong_is_named() {
    let (ports, made) = one_webhook();
    let path = format!("/api/webhooks/{}", id(&made));
    for (name, value) in [
        ("enabled", json!("true")),
        ("enabled", json!(1)),
        ("label", json!("")),
        ("label", json!("a\nb")),
        ("label", json!("x".repeat(81))),
        ("topics", json!("Ping")),
        ("topics", json!(["ping"])),
        ("topics", json!([1])),
        ("url", json!("partner.example")),
        ("url", json!("/x")),
        ("url", json!("ftp://partner.example/")),
        ("url", json!("https://user:pass@partner.example/")),
        ("url", json!("https://partner.example/#x")),
        ("url", json!("https://partner.example/ü")),
        ("url", json!("https://partner.example/a b")),
        ("url", json!("https:///x")),
        ("url", json!(format!("https://partner.example/{}", "x".repeat(2_000)))),
        ("signature", json!("sha1")),
    ] {
        let answer = ports.send("PATCH", &path, &json!({ name: value }).to_string());
        assert_eq!(answer.status, 400, "{name} {value}");
        assert!(answer.json().as_str().unwrap().starts_with(name), "{}", answer.text());
    }
    for missing in ["url", "topics"] {
        let mut body = json!({ "url": "https://partner.example/", "topics": [] });
        body.as_object_mut().unwrap().remove(missing);
        let answer = ports.send_with(&[("x-api-key", "acme")], "POST", "/api/webhooks", body.to_string());
        assert_eq!(answer.json(), format!("{missing} must be given."));
    }
}

/// "https URL only": http is for trying things out.
#[test]
fn in_production_an_address_is_https() {
    let (ports, made) = one_webhook();
    let path = format!("/api/webhooks/{}", id(&made));
    let body = json!({ "url": "http://partner.example/" }).to_string();
    assert_eq!(ports.send("PATCH", &path, &body).status, 200);
    ports.set_setting("environment", "production");
    assert_eq!(ports.send("PATCH", &path, &body).status, 400);
}

/// `POST /api/webhooks/{id}/ping` with `{customer_id}` and an idempotency key answers `true`; a ping's message is `{id}`.
#[test]
fn a_ping_is_sent_once_for_each_key_whatever_the_topics() {
    let (ports, made) = one_webhook();
    let customer = ports.customer("ann@example.com");
    let path = format!("/api/webhooks/{}/ping", id(&made));
    let body = json!({ "customer_id": customer }).to_string();
    for _ in 0..2 {
        let answer = ports.send("POST", &path, &body);
        assert_eq!((answer.status, answer.json()), (200, json!(true)), "{}", answer.text());
    }
    assert_eq!(ports.run_all(), (1, 0));
    let sent: Value = serde_json::from_str(&ports.posted.borrow()[0].body).unwrap();
    assert_eq!((&sent["type"], &sent["data"]["customer_id"]), (&json!("ping"), &json!(customer)));
    let message = sent["data"]["message"].as_object().unwrap();
    assert!(message.len() == 1 && message["id"].is_string());
    for (body, status) in [("{}", 400), (r#"{"customer_id":"x"}"#, 400), (r#"{"customer_id":1}"#, 400)] {
        let headers = [("x-api-key", "acme")];
        assert_eq!(ports.send_with(&headers, "POST", &path, body).status, status, "{body}");
    }
    let unknown = json!({ "customer_id": id(&made) }).to_string();
    assert_eq!(ports.send_with(&[("x-api-key", "acme")], "POST", &path, unknown).status, 404);
    ports.send("PATCH", &format!("/api/webhooks/{}", id(&made)), r#"{"enabled":false}"#);
    assert_eq!(ports.send_with(&[("x-api-key", "acme")], "POST", &path, body).status, 409);
}

#[test]
fn a_registration_tried_again_with_its_key_is_one_and_shows_the_same_secret() {
    let (ports, _) = one_webhook();
    let body = json!({ "url": "https://partner.example/", "topics": [] }).to_string();
    let register = || ports.send("POST", "/api/webhooks", &body).json();
    let first = register();
    assert_eq!(register(), first);
    assert_eq!(ports.send("GET", "/api/webhooks", "").json()["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_new_secret_signs_from_now_on() {
    let (ports, made) = one_webhook();
    let path = format!("/api/webhooks/{}/secret", id(&made));
    let renewed = ports.send("POST", &path, "").json();
    assert_ne!(renewed["secret"], made["secret"]);
    assert_eq!(renewed["id"], made["id"]);
}

#[test]
fn there_is_an_end_to_registering() {
    let ports = with_operator();
    ports.turn_webhooks_on();
    for _ in 0..50 {
        ports.webhook(json!({}));
    }
    let body = json!({ "url": "https://partner.example/", "topics": [] }).to_string();
    let answer = ports.send_with(&[("x-api-key", "acme")], "POST", "/api/webhooks", body);
    assert_eq!(answer.status, 409, "{}", answer.text());
}

#[test]
fn a_reset_forgets_webhooks_and_what_is_on_its_way() {
    let (ports, made) = one_webhook();
    let customer = ports.customer("ann@example.com");
    ports.send(
        "POST",
        &format!("/api/webhooks/{}/ping", id(&made)),
        &json!({ "customer_id": customer }).to_string(),
    );
    assert_eq!(ports.send("POST", "/api/sandbox/reset", "").status, 200);
    assert_eq!(ports.run_all(), (0, 0));
    assert_eq!(ports.send("GET", "/api/webhooks", "").json()["items"], json!([]));
}

/// The route that runs is nobody's who does not know the token.
#[test]
fn a_run_takes_its_token_and_nothing_else() {
    let (ports, _) = one_webhook();
    assert_eq!(ports.run().json(), json!({ "looked": 0, "sent": 0, "failed": 0, "more": false }));
    let path = "/internal/webhooks/run";
    let other = RUN_TOKEN.replace('0', "1");
    for header in ["", "Bearer ", RUN_TOKEN, &format!("bearer {RUN_TOKEN}"), &format!("Bearer {other}")] {
        let answer =
            ports.send_with(&[("authorization", header), ("x-api-key", "operator")], "POST", path, "");
        assert_eq!(answer.status, 404, "{header}");
    }
    let right = format!("Bearer {RUN_TOKEN}");
    assert_eq!(ports.send_with(&[("authorization", &right)], "GET", path, "").status, 405);
    for weak in ["", "short"] {
        ports.set_setting("webhook_run_token", weak);
        let header = format!("Bearer {weak}");
        assert_eq!(ports.send_with(&[("authorization", &header)], "POST", path, "").status, 404);
    }
}

#[test]
fn a_key_that_is_gone_or_the_sandboxs_in_production_signs_nothing() {
    let (ports, made) = one_webhook();
    let customer = ports.customer("ann@example.com");
    ports.send(
        "POST",
        &format!("/api/webhooks/{}/ping", id(&made)),
        &json!({ "customer_id": customer }).to_string(),
    );
    ports.set_setting(
        "webhook_keys",
        r#"[{"id":"w2","secret":"BBBBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#,
    );
    assert_eq!(ports.run_all(), (0, 0));
    let said = ports.log.borrow().iter().any(|line| line.contains("webhook_keys"));
    assert!(said && ports.posted.borrow().is_empty());
    ports.turn_webhooks_on();
    ports.pass(Duration::from_secs(40));
    assert_eq!(ports.run_all(), (1, 0));
    ports.set_setting("environment", "production");
    let known = r#"[{"id":"sandbox-only","secret":"c3RlcGdhdGUgc2FuZGJveCBrZXksIG5vIHNlY3JldCE="}]"#;
    ports.set_setting("webhook_keys", known);
    let answer = ports.send_with(
        &[("x-api-key", "operator")],
        "POST",
        "/api/webhooks",
        "{\"url\":\"https://a.example/\",\"topics\":[]}",
    );
    assert_eq!(answer.status, 500);
}

impl TestPorts {
    /// The dead letters of a webhook.
    pub(super) fn dead_letters(&self, webhook: &Value, query: &str) -> Value {
        let answer = self.send("GET", &format!("/api/webhooks/{}/dead-letters{query}", id(webhook)), "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}
