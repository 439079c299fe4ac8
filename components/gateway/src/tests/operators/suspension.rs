//! `contracts/identifications.md` §4: Suspended, which identifications never change; `contracts/authentication-codes.md` §5.1,
//! §5.3: 403 for its autoramps and accounts.

use crate::testing::{Answer, IBAN, OTHER_WALLET, TestPorts, with_operator};
use core::time::Duration;
use serde_json::{Value, json};

fn suspend(ports: &TestPorts, customer: &str, suspended: bool) -> Answer {
    let body = json!({ "suspended": suspended }).to_string();
    ports.call("operator", "PUT", &format!("/api/customers/{customer}/suspension"), &body)
}

fn status(ports: &TestPorts, customer: &str) -> Value {
    ports.send("GET", &format!("/api/customers/{customer}"), "").json()["status"].take()
}

fn identify(ports: &TestPorts, customer: &str) -> Answer {
    let path = format!("/api/customers/{customer}/identifications/v2");
    ports.call("acme", "POST", &path, r#"{"type":"Link"}"#)
}

fn review(ports: &TestPorts, identification: &str) -> u16 {
    let path = format!("/api/identifications/{identification}/review");
    ports.call("operator", "POST", &path, r#"{"approved":true}"#).status
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

fn third_party(customer: &str) -> Value {
    let mut body = TestPorts::fiat_address_body(customer, IBAN);
    body["bank_details"]["is_third_party"] = json!(true);
    body
}

fn edit(ports: &TestPorts, customer: &str, autoramp: &str) -> Answer {
    let account = json!({ "type": "Crypto", "chain": "Base", "address": OTHER_WALLET });
    let body = json!({ "customer_id": customer, "recipient_account": account });
    ports.send("PATCH", &format!("/api/autoramps/{autoramp}"), &body.to_string())
}

/// §4, last row.
#[test]
fn what_becomes_of_identifications_does_not_change_a_suspended_customer() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let made = id(&identify(&ports, &customer).json());
    let answer = suspend(&ports, &customer, true);
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("Suspended")), "{}", answer.text());
    assert_eq!(review(&ports, &made), 200);
    assert_eq!(status(&ports, &customer), "Suspended");
    let page = ports.send("GET", "/api/customers?status=Suspended", "").json();
    assert_eq!(page["items"][0]["id"], json!(customer));
    // Lifted, it stands as its identifications say.
    assert_eq!(suspend(&ports, &customer, false).json()["status"], "Active");
    ports.set_setting("required_signings", r#"[{"id":"11111111-0d44-4b50-8888-8dd25736052a","url":"https://example.com/terms","display_name":"Terms"}]"#);
    assert_eq!(status(&ports, &customer), "SigningsRequired");
}

/// Identifications §2: 403 `customer_suspended`; codes §5.1, §5.3: 403 with message and trace id; §7: else the route's own.
#[test]
fn nothing_is_made_for_a_suspended_customer_and_nothing_of_it_changed() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let autoramp = id(&ports.autoramp(&customer));
    suspend(&ports, &customer, true);
    let traced = |answer: &Answer| {
        let expected =
            json!({ "message": "The customer is suspended.", "trace_id": answer.header("x-trace-id") });
        assert_eq!((answer.status, answer.json()), (403, expected));
    };
    let enveloped = |answer: &Answer, code: &str| {
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (403, &json!(code)),
            "{}",
            answer.text()
        );
    };
    enveloped(&identify(&ports, &customer), "customer_suspended");
    enveloped(&ports.post("/api/autoramps", &TestPorts::autoramp_body(&customer)), "forbidden");
    traced(&edit(&ports, &customer, &autoramp));
    traced(&ports.post("/api/addresses/fiat", &third_party(&customer)));
    for body in [
        r#"{"email":"ben@example.org"}"#,
        r#"{"email":"ann@example.com"}"#,
        r#"{"email":"ann@example.com","external_id":"x"}"#,
    ] {
        traced(&ports.send("PUT", &format!("/api/customers/{customer}"), body));
    }
    // Rehearsing a code is asking for one.
    enveloped_or_traced(&ports.send("PUT", &format!("/api/sandbox/autoramp/{autoramp}"), "\"EditPending\""));
    let unchanged = ports.send("GET", &format!("/api/customers/{customer}"), "");
    assert_eq!((unchanged.status, unchanged.json().get("external_id")), (200, None));
    let shown = ports.send("GET", &format!("/api/autoramps/{autoramp}"), "");
    assert_eq!((shown.status, &shown.json()["status"]), (200, &json!("Authorized")));
    assert_eq!(ports.send("GET", &format!("/api/customers/{customer}/identifications"), "").status, 200);
    let inbox = ports.send_with(&[], "GET", "/inbox.json", "").json();
    assert_eq!(inbox["items"], json!([]));
    // What makes less of it is not barred.
    assert_eq!(ports.send("DELETE", &format!("/api/autoramps/{autoramp}"), "").status, 204);

    suspend(&ports, &customer, false);
    assert_eq!(identify(&ports, &customer).status, 201);
    assert_eq!(ports.post("/api/autoramps", &TestPorts::autoramp_body(&customer)).status, 201);
    assert_eq!(ports.post("/api/addresses/fiat", &third_party(&customer)).status, 200);
    ports.change_email(&customer, "ben@example.org");
}

fn enveloped_or_traced(answer: &Answer) {
    assert_eq!(answer.status, 403, "{}", answer.text());
}

/// Codes §4: what waits expires, and is not there again when the suspension is lifted.
#[test]
fn what_waits_is_withdrawn_for_good_and_can_be_asked_for_again_afterwards() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let autoramp = id(&ports.autoramp(&customer));
    edit(&ports, &customer, &autoramp);
    let address = id(&ports.post("/api/addresses/fiat", &third_party(&customer)).json());
    ports.change_email(&customer, "ben@example.org");
    let codes: Vec<String> =
        [&autoramp, &address, &customer].into_iter().map(|entity| id(&ports.pending(entity))).collect();
    assert_eq!(suspend(&ports, &customer, true).status, 200);
    for suspended in [true, false] {
        suspend(&ports, &customer, suspended);
        for code in &codes {
            assert_eq!(ports.submit(code, 123_456).json()["status"], "Expired");
        }
    }
    assert_eq!(ports.email(&customer), "ann@example.com");
    assert_eq!(edit(&ports, &customer, &autoramp).json()["status"], "AuthorizationRequired");
    assert_eq!(ports.confirm(&autoramp)["status"], "Confirmed");
    let retry = format!("/api/autoramps/{autoramp}/retry-auth");
    suspend(&ports, &customer, true);
    assert_eq!(ports.post(&retry, &Value::Null).status, 404);
}

/// A suspension of its own each time: what was withdrawn for the first says nothing about the second.
#[test]
fn each_suspension_withdraws_what_waits_then() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let autoramp = id(&ports.autoramp(&customer));
    for _ in 0..3 {
        edit(&ports, &customer, &autoramp);
        let code = id(&ports.pending(&autoramp));
        suspend(&ports, &customer, true);
        assert_eq!(ports.submit(&code, 123_456).json()["status"], "Expired");
        suspend(&ports, &customer, false);
    }
}

/// §4: "archived goes over it"; the time of the last change never goes back.
#[test]
fn an_archived_customer_is_archived_whatever_is_said_of_a_suspension() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let mut updated =
        ports.send("GET", &format!("/api/customers/{customer}"), "").json()["updated_at"].take();
    for suspended in [false, true, true, false, true] {
        ports.pass(Duration::from_secs(60));
        let now = suspend(&ports, &customer, suspended).json()["updated_at"].take();
        assert!(now.as_str() >= updated.as_str(), "{now} {updated}");
        updated = now;
    }
    assert_eq!(updated, "2026-01-15T10:20:09.045Z");
    ports.send("PUT", &format!("/api/customers/{customer}/archive"), "");
    for suspended in [true, false] {
        assert_eq!(suspend(&ports, &customer, suspended).json()["status"], "Archived");
    }
    let answer = ports.send("PUT", &format!("/api/customers/{customer}"), r#"{"email":"ben@example.org"}"#);
    assert_eq!(answer.json()["message"], "The customer is archived.");
}

#[test]
fn a_body_that_does_not_say_it_is_refused() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let path = format!("/api/customers/{customer}/suspension");
    for body in ["", "true", "{}", r#"{"suspended":"true"}"#, r#"{"suspended":null}"#, r#"{"suspended":1}"#] {
        let answer = ports.call("operator", "PUT", &path, body);
        assert_eq!((answer.status, answer.json().is_string()), (400, true), "{body}");
    }
    let twice = ports.call("operator", "PUT", &path, r#"{"suspended":false,"suspended":true}"#);
    assert_eq!(twice.status, 400);
    assert_eq!(status(&ports, &customer), "IdentificationRequired");
}

#[test]
fn a_reset_forgets_a_suspension() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    suspend(&ports, &customer, true);
    assert_eq!(ports.send("POST", "/api/sandbox/reset", "").status, 200);
    assert!(!ports.store.everything().iter().any(|(key, _)| key.contains("/suspension")));
}
