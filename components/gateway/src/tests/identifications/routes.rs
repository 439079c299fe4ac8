//! §1: the routes, and who may see what through them.

use super::{code, id, one_customer, without_request_id};
use crate::testing::{SUB_PARTNER, TestPorts};
use serde_json::{Value, json};

fn list(ports: &TestPorts, customer: &str, query: &str) -> Value {
    let answer =
        ports.call("reader", "GET", &format!("/api/customers/{customer}/identifications?{query}"), "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn ids(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[test]
fn the_list_is_a_customers_own_newest_first_in_pages() {
    let (ports, customer) = one_customer();
    assert_eq!(list(&ports, &customer, ""), json!({ "items": [], "prev_cursor": null }));
    let other = ports.customer("ben@example.com");
    let mut made: Vec<Value> = (0..12).map(|_| ports.identify(&customer)["id"].clone()).collect();
    ports.identify(&other);
    made.reverse();

    let first = list(&ports, &customer, "");
    assert_eq!(ids(&first), made[..10]);
    let cursor = first["cursor"].as_str().unwrap();
    // One that is made meanwhile is on no page after this one.
    ports.identify(&customer);
    let second = list(&ports, &customer, &format!("cursor={cursor}"));
    assert_eq!((ids(&second), second.get("cursor")), (made[10..].to_vec(), None));
    assert_eq!(second["prev_cursor"], Value::Null);
    assert_eq!(ids(&list(&ports, &customer, "page_size=100")).len(), 13);
    assert_eq!(list(&ports, &customer, "page_size=1")["items"][0], {
        let newest = ids(&list(&ports, &customer, ""))[0].clone();
        ports.identification(newest.as_str().unwrap())
    });
}

#[test]
fn a_page_that_is_not_there_is_refused_in_the_envelope() {
    let (ports, customer) = one_customer();
    let other = ports.customer("ben@example.com");
    let theirs = ports.identify(&other);
    for query in [
        "page_size=101",
        "page_size=x",
        "cursor=x",
        &format!("cursor={}", id(&theirs)),
        &format!("cursor={customer}"),
    ] {
        let path = format!("/api/customers/{customer}/identifications?{query}");
        let answer = ports.call("acme", "GET", &path, "");
        assert_eq!((answer.status, code(&answer).as_str()), (400, "invalid_request"), "{query}");
    }
}

/// Every route with an id of a customer or an identification in it, and what it answers where there is none.
fn every_route() -> Vec<(&'static str, &'static str, bool)> {
    vec![
        ("POST", "/api/customers/ID/identifications/v2", true),
        ("GET", "/api/customers/ID/identifications", true),
        ("GET", "/api/identifications/ID", false),
        ("PUT", "/api/identifications/ID/archive", false),
        ("POST", "/api/identifications/ID/review", false),
        ("GET", "/api/identifications/ID/answers", false),
        ("POST", "/api/sandbox/identification/ID", false),
        ("POST", "/sandbox/identification/ID", false),
    ]
}

#[test]
fn unknown_malformed_and_another_partners_are_the_same() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    let before = ports.identification(id(&made));
    let body = r#"{"type":"Link","approved":true}"#;
    for (method, path, of_customer) in every_route() {
        let for_operators = path.ends_with("/review") || path.ends_with("/answers");
        let (known, ours, theirs) = match (of_customer, for_operators) {
            (true, _) => (customer.as_str(), "acme", "other"),
            (false, true) => (id(&made), "operator", "other-operator"),
            (false, false) => (id(&made), "acme", "other"),
        };
        let expected = if of_customer { "customer_not_found" } else { "identification_not_found" };
        let send = |key: &str, id: &str| ports.call(key, method, &path.replace("ID", id), body);
        let not_ours = send(theirs, known);
        assert_eq!((not_ours.status, code(&not_ours).as_str()), (404, expected), "{method} {path}");
        let not_there = "01920000-0000-7000-8000-000000000000";
        let plain = known.replace('-', "");
        let wrong_kind = if of_customer { id(&made) } else { &customer };
        for id in [not_there, wrong_kind, "x", "%00", "%2F", "..", &plain, &"a".repeat(5_000)] {
            let answer = send(ours, id);
            assert_eq!(answer.status, 404, "{method} {path} {id}");
            assert_eq!(without_request_id(&answer), without_request_id(&not_ours), "{method} {path} {id}");
            assert_eq!(answer.headers.len(), not_ours.headers.len());
        }
        let headers = [("x-api-key", ours), ("x-sub-partner-id", SUB_PARTNER)];
        let answer = ports.send_with(&headers, method, &path.replace("ID", known), body);
        assert_eq!(without_request_id(&answer), without_request_id(&not_ours), "{method} {path}");
    }
    assert_eq!(ports.identification(id(&made)), before);
    assert_eq!(ports.announced(), []);
}

#[test]
fn a_sub_partners_is_reached_by_it_and_by_its_partner() {
    let (ports, _) = one_customer();
    let sub = [("x-api-key", "acme"), ("x-sub-partner-id", SUB_PARTNER), ("idempotency-key", "k")];
    let body = r#"{"customer_type":"Person","email":"sub@example.com"}"#;
    let customer =
        ports.send_with(&sub, "POST", "/api/customers", body).json()["id"].as_str().unwrap().to_owned();
    // Made by the partner, it is the sub-partner's all the same.
    let made = ports.identify(&customer);
    let path = format!("/api/identifications/{}", id(&made));
    assert_eq!(ports.send_with(&sub[..2], "GET", &path, "").json(), ports.identification(id(&made)));
    let other = [("x-api-key", "acme"), ("x-sub-partner-id", "dddddddd-0d44-4b50-8888-8dd25736052a")];
    assert_eq!(ports.send_with(&other, "GET", &path, "").status, 404);
}

#[test]
fn each_route_takes_its_methods_only_and_needs_a_key() {
    let (ports, customer) = one_customer();
    let made = ports.identify(&customer);
    for (right, path, of_customer) in every_route() {
        let path = path.replace("ID", if of_customer { &customer } else { id(&made) });
        let stranger = ports.send_with(&[], right, &path, "");
        assert_eq!((stranger.status, stranger.text()), (401, "authorization error"), "{path}");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if method != right {
                let answer = ports.call("acme", method, &path, "{}");
                assert_eq!(
                    (answer.status, code(&answer).as_str()),
                    (405, "method_not_allowed"),
                    "{method} {path}"
                );
                assert!(answer.header("allow").contains(right));
            }
        }
    }
}
