//! `contracts/authentication-codes.md` §5.3: what a bank says of an account, and §5: not before its customer.

use crate::testing::{IBAN, TestPorts, with_operator};
use serde_json::{Value, json};

const PATH: &str = "/api/addresses/fiat";

fn made(ports: &TestPorts, customer: &str, third_party: bool) -> String {
    let mut body = TestPorts::fiat_address_body(customer, IBAN);
    body["bank_details"]["is_third_party"] = json!(third_party);
    let made = ports.post(PATH, &body);
    assert_eq!(made.status, 200, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

fn status(ports: &TestPorts, customer: &str, id: &str) -> Value {
    ports.send("GET", &format!("{PATH}/{customer}/{id}"), "").json()["status"].take()
}

/// §5.3: "Registered", "RegistrationFailed", "RegistrationPending".
#[test]
fn a_bank_says_what_became_of_an_account() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer, false);
    ports.set_setting("environment", "production");
    let path = format!("{PATH}/{id}/status");
    for said in ["Registered", "RegistrationFailed", "RegistrationPending", "Registered"] {
        let answer = ports.decide(&path, said);
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!(said)), "{}", answer.text());
        assert_eq!(status(&ports, &customer, &id), said);
    }
    for body in [
        "\"AuthorizationRequired\"",
        "\"AuthorizationFailed\"",
        "\"registered\"",
        "{\"status\":\"Registered\"}",
        "null",
        "",
    ] {
        let answer = ports.call("operator", "PUT", &path, body);
        assert_eq!((answer.status, answer.json().is_string()), (400, true), "{body}: {}", answer.text());
    }
    assert_eq!(status(&ports, &customer, &id), "Registered");
    assert_eq!(ports.call("operator", "GET", &path, "").status, 405);
}

/// §5: AuthorizationRequired until it is confirmed; a bank has no say before.
#[test]
fn a_bank_has_no_say_before_the_customer() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer, true);
    let path = format!("{PATH}/{id}/status");
    let waiting = ports.pending(&id);
    for said in ["Registered", "RegistrationFailed", "RegistrationPending"] {
        let answer = ports.decide(&path, said);
        assert_eq!((answer.status, answer.json().is_string()), (409, true), "{}", answer.text());
    }
    assert_eq!(status(&ports, &customer, &id), "AuthorizationRequired");
    assert_eq!(ports.pending(&id), waiting);
    ports.confirm(&id);
    assert_eq!(ports.decide(&path, "Registered").json()["status"], "Registered");
}

/// §5: "On Expired/Rejected: AuthorizationFailed", which no bank takes back.
#[test]
fn a_bank_has_no_say_where_the_customer_said_no() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer, true);
    let code = ports.pending(&id)["id"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        ports.submit(&code, 0);
    }
    assert_eq!(ports.decide(&format!("{PATH}/{id}/status"), "Registered").status, 409);
    assert_eq!(status(&ports, &customer, &id), "AuthorizationFailed");
}

/// The bank speaks while a code is being asked for (which only the sandbox does of an account that is there): both hold.
#[test]
fn what_a_bank_says_while_a_code_is_sent_does_not_go_round_it() {
    for at in 0.. {
        let ports = with_operator();
        let customer = ports.customer("ann@example.com");
        let id = made(&ports, &customer, false);
        let sandbox = format!("/api/sandbox/fiat-verification/{id}");
        *ports.before_operation.borrow_mut() = Some((
            at,
            Box::new(move |ports| {
                ports.send("PUT", &sandbox, "\"AuthorizationRequired\"");
            }),
        ));
        let said = ports.decide(&format!("{PATH}/{id}/status"), "Registered").status;
        if ports.before_operation.take().is_some() {
            assert!(at > 3 && said == 200);
            break;
        }
        assert!(said == 200 || said == 409, "{at}: {said}");
        assert_eq!(status(&ports, &customer, &id), "AuthorizationRequired", "{at}");
        assert_eq!(ports.confirm(&id)["status"], "Confirmed", "{at}");
        let after = status(&ports, &customer, &id);
        // What the bank said counts from now on, unless the sandbox spoke after it.
        assert!(after == "RegistrationPending" || said == 200 && after == "Registered", "{at}: {after}");
    }
}

/// §6: the sandbox says last what it says.
#[test]
fn in_the_sandbox_whoever_says_something_last_is_heard() {
    let ports = with_operator();
    let customer = ports.customer("ann@example.com");
    let id = made(&ports, &customer, false);
    ports.decide(&format!("{PATH}/{id}/status"), "Registered");
    let set = ports.send("PUT", &format!("/api/sandbox/fiat-verification/{id}"), "\"RegistrationFailed\"");
    assert_eq!(set.json()["status"], "RegistrationFailed");
    assert_eq!(ports.decide(&format!("{PATH}/{id}/status"), "Registered").json()["status"], "Registered");
}
