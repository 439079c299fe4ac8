//! Who is shown what was filled in: operators all of it, the partner the country alone (`contracts/identifications.md` §2).

use super::{BUSINESS, Browser, DAY, PERSON, archive, customer, identify, review};
use crate::testing::{Answer, TestPorts, with_operator};
use serde_json::{Value, json};

fn place(made: &Value) -> String {
    format!("/api/identifications/{}", made["id"].as_str().unwrap())
}

fn answers(ports: &TestPorts, key: &str, made: &Value) -> Answer {
    ports.call(key, "GET", &format!("{}/answers", place(made)), "")
}

/// A customer of this kind, and an identification of it that is filled in.
fn filled_in(ports: &TestPorts, kind: &str, email: &str, fields: &[(&str, &str)]) -> (String, Value) {
    let customer = customer(ports, kind, email);
    let made = identify(ports, &customer, false);
    fill_in(ports, &made, fields);
    (customer, made)
}

fn fill_in(ports: &TestPorts, made: &Value, fields: &[(&str, &str)]) {
    let browser = Browser::at(ports, made);
    browser.confirm();
    assert_eq!(browser.submit(fields).status, 303);
}

fn country(ports: &TestPorts, made: &Value) -> Option<Value> {
    ports.call("acme", "GET", &place(made), "").json().get("residence_country").cloned()
}

#[test]
fn an_operator_reads_what_was_filled_in_and_nobody_keeps_it() {
    let ports = with_operator();
    let (_, made) = filled_in(&ports, "Person", "ann@example.com", &PERSON);
    ports.pass(DAY);
    let shown = answers(&ports, "operator", &made);
    assert_eq!((shown.status, shown.header("cache-control")), (200, "no-store"), "{}", shown.text());
    let expected = json!({
        "submitted_at": "2026-01-15T10:15:09.045Z",
        "answers": {
            "customer_type": "Person", "given_name": "Ann", "family_name": "O'Lee-Müller",
            "date_of_birth": "1990-12-31", "nationality": "DE", "street": "1 Main St", "city": "Köln",
            "country": "DE", "occupation": "Pilot",
        },
    });
    assert_eq!(shown.json(), expected);
    // Also when it is decided, in production, and over.
    ports.set_setting("environment", "production");
    let body = r#"{"approved":false}"#;
    assert_eq!(ports.call("operator", "POST", &format!("{}/review", place(&made)), body).status, 200);
    assert_eq!(answers(&ports, "operator", &made).json(), expected);
    archive(&ports, &made);
    assert_eq!(answers(&ports, "operator", &made).json(), expected);
    let log = ports.log.borrow().join("\n");
    for secret in ["Lee", "Main St", "1990", "Pilot", "ln\""] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn nobody_else_reads_it() {
    let ports = with_operator();
    let (_, made) = filled_in(&ports, "Person", "ann@example.com", &PERSON);
    for (key, status, code) in [
        ("acme", 403, "forbidden"),
        ("reader", 403, "forbidden"),
        ("other", 403, "forbidden"),
        ("other-operator", 404, "identification_not_found"),
    ] {
        let answer = answers(&ports, key, &made);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (status, &json!(code)), "{key}");
        assert!(!answer.text().contains("Lee"));
    }
    assert_eq!(answers(&ports, "stranger", &made).status, 401);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let path = format!("{}/answers", place(&made));
        assert_eq!(ports.call("operator", method, &path, "{}").status, 405, "{method}");
    }
}

#[test]
fn where_nothing_was_submitted_there_is_nothing_to_read() {
    let ports = with_operator();
    let ann = customer(&ports, "Person", "ann@example.com");
    let made = identify(&ports, &ann, false);
    review(&ports, &made, true);
    let answer = answers(&ports, "operator", &made);
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!("answers_not_found")));
    assert_eq!(country(&ports, &made), None);
}

/// §2: "`residence_country` alpha-2 (only newest and Approved)".
#[test]
fn the_country_is_shown_of_the_newest_when_it_is_approved() {
    let ports = with_operator();
    let (ann, first) = filled_in(&ports, "Person", "ann@example.com", &PERSON);
    assert_eq!(country(&ports, &first), None);
    review(&ports, &first, true);
    assert_eq!(country(&ports, &first), Some(json!("DE")));
    let list = || ports.call("acme", "GET", &format!("/api/customers/{ann}/identifications"), "").json();
    assert_eq!(list()["items"][0]["residence_country"], "DE");

    let second = identify(&ports, &ann, false);
    assert_eq!((country(&ports, &first), country(&ports, &second)), (None, None));
    let moved = PERSON.map(|(name, value)| if name == "country" { (name, "at") } else { (name, value) });
    fill_in(&ports, &second, &moved);
    let body = r#"{"approved":true}"#;
    let reviewed = ports.call("operator", "POST", &format!("{}/review", place(&second)), body);
    assert_eq!(reviewed.json()["residence_country"], "AT");
    let shown: Vec<Value> =
        list()["items"].as_array().unwrap().iter().map(|it| it["residence_country"].clone()).collect();
    assert_eq!(shown, [json!("AT"), Value::Null]);
    archive(&ports, &second);
    assert_eq!((country(&ports, &first), country(&ports, &second)), (None, None));
}

#[test]
fn it_is_not_shown_of_one_that_was_declined_and_a_business_was_not_asked_for_it() {
    let ports = with_operator();
    let (_, declined) = filled_in(&ports, "Person", "ann@example.com", &PERSON);
    review(&ports, &declined, false);
    assert_eq!(country(&ports, &declined), None);
    let (_, business) = filled_in(&ports, "Business", "ben@example.com", &BUSINESS);
    review(&ports, &business, true);
    assert_eq!(country(&ports, &business), None);
}
