//! `contracts/identifications.md` §5, as far as customers go.

use crate::testing::{PARTNER, TestPorts, sandbox};
use serde_json::{Value, json};
use stepgate_storage::memory::Fault;

#[test]
fn a_new_customer_has_every_required_field() {
    let ports = sandbox();
    let body =
        r#"{"customer_type":"Business","email":"ann@Example.com","name":"Ann Ltd","external_id":"a/1"}"#;
    let answer = ports.send("POST", "/api/customers", body);
    assert_eq!((answer.status, answer.header("content-type")), (201, "application/json; charset=utf-8"));
    let mut customer = answer.json();
    let id = customer["id"].take();
    let expected = json!({
        "id": null,
        "customer_type": "Business",
        "status": "IdentificationRequired",
        "name": "Ann Ltd",
        "email": "ann@example.com",
        "external_id": "a/1",
        "partner_id": PARTNER,
        "identification_ids": [],
        "signing_ids": [],
        "spending_limit_euro": null,
        "created_at": "2026-01-15T10:15:09.045Z",
        "updated_at": "2026-01-15T10:15:09.045Z",
    });
    assert_eq!(customer, expected);
    let by_id = ports.send("GET", &format!("/api/customers/{}", id.as_str().unwrap()), "");
    let by_external_id = ports.send("GET", "/api/customers/a%2F1/external", "");
    assert_eq!((by_id.status, by_external_id.status), (200, 200));
    assert_eq!(by_id.body, by_external_id.body);
    assert_eq!(by_id.body, answer.body);
}

#[test]
fn an_external_id_changes_without_a_code_and_leads_to_the_customer_at_once() {
    let ports = sandbox();
    let id = ports.customer("ann@example.com");
    let place = format!("/api/customers/{id}");
    let put = |external_id: &str| {
        let body = json!({ "email": "ann@example.com", "external_id": external_id }).to_string();
        let answer = ports.send("PUT", &place, &body);
        assert_eq!((answer.status, answer.header("location")), (204, ""));
    };
    put("one");
    put("two");
    assert_eq!(ports.send("PUT", &place, r#"{"email":"ann@example.com"}"#).status, 204);
    assert_eq!(ports.send("GET", "/api/customers/two/external", "").json()["id"], json!(id));
    assert_eq!(ports.send("GET", "/api/customers/one/external", "").status, 404);
    assert_eq!(ports.send("GET", "/api/customers/%FF/external", "").status, 404);
}

fn emails(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["email"].as_str().unwrap().replace("@example.com", "")).collect()
}

fn page(ports: &TestPorts, query: &str) -> Value {
    let answer = ports.send("GET", &format!("/api/customers?{query}"), "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_list_is_paged_forwards_and_backwards_newest_first() {
    let ports = sandbox();
    for n in 1..=5 {
        ports.customer(&format!("c{n}@example.com"));
    }
    let first = page(&ports, "page_size=2");
    assert_eq!((emails(&first), &first["prev_cursor"]), (vec!["c5".into(), "c4".into()], &Value::Null));
    let second = page(&ports, &format!("page_size=2&cursor={}", first["cursor"].as_str().unwrap()));
    assert_eq!(emails(&second), ["c3", "c2"]);
    let third = page(&ports, &format!("page_size=2&cursor={}", second["cursor"].as_str().unwrap()));
    assert_eq!((emails(&third), third.get("cursor")), (vec!["c1".into()], None));
    let back = page(&ports, &format!("page_size=2&prev_cursor={}", third["prev_cursor"].as_str().unwrap()));
    assert_eq!(back, second);
    let front = page(&ports, &format!("page_size=2&prev_cursor={}", second["prev_cursor"].as_str().unwrap()));
    assert_eq!(front, first);
    let oldest = page(&ports, "page_size=2&sort_order=asc");
    assert_eq!(emails(&oldest), ["c1", "c2"]);
    let next = page(&ports, &format!("sort_order=asc&cursor={}", oldest["cursor"].as_str().unwrap()));
    assert_eq!((emails(&next), next.get("cursor")), (vec!["c3".into(), "c4".into(), "c5".into()], None));
}

#[test]
fn an_empty_list_is_a_page_too() {
    assert_eq!(page(&sandbox(), ""), json!({ "items": [], "prev_cursor": null }));
}

#[test]
fn a_creation_that_died_half_way_is_not_in_the_list() {
    let ports = sandbox();
    ports.customer("a@example.com");
    for skip in 0.. {
        ports.store.fail_after(skip, Fault::Before);
        let body = json!({ "customer_type": "Person", "email": "b@example.com" }).to_string();
        let key = format!("try-{skip}");
        let headers = [("x-api-key", "acme"), ("idempotency-key", key.as_str())];
        let answer = ports.send_with(&headers, "POST", "/api/customers", body);
        if !ports.store.heal() {
            assert_eq!(answer.status, 500);
            assert_eq!(answer.json()["message"], "Internal Server Error");
        } else {
            assert_eq!(answer.status, 201);
            break;
        }
    }
    for item in page(&ports, "")["items"].as_array().unwrap() {
        let id = item["id"].as_str().unwrap();
        assert_eq!(ports.send("GET", &format!("/api/customers/{id}"), "").json(), *item);
    }
}

#[test]
fn an_external_id_belongs_to_one_customer_of_an_owner() {
    let ports = sandbox();
    let create = |headers: &[(&'static str, &str)], key: &str, external_id: &str| {
        let body = json!({ "customer_type": "Person", "email": "o@example.com", "external_id": external_id });
        let headers = [headers, &[("x-api-key", "acme"), ("idempotency-key", key)]].concat();
        ports.send_with(&headers, "POST", "/api/customers", body.to_string())
    };
    let first = create(&[], "1", "x");
    assert_eq!(first.status, 201);
    let taken = create(&[], "2", "x");
    assert_eq!((taken.status, taken.text()), (400, "\"external_id belongs to another customer.\""));
    // A sub-partner has ids of its own, and does not get between the partner and its customer.
    let sub_partner = [("x-sub-partner-id", crate::testing::SUB_PARTNER)];
    assert_eq!(create(&sub_partner, "3", "x").status, 201);
    assert_eq!(ports.send("GET", "/api/customers/x/external", "").json()["id"], first.json()["id"]);
    // An id given up is free again.
    let place = format!("/api/customers/{}", first.json()["id"].as_str().unwrap());
    assert_eq!(ports.send("PUT", &place, r#"{"email":"o@example.com","external_id":"y"}"#).status, 204);
    assert_eq!(create(&[], "4", "x").status, 201);
    let stolen = ports.send("PUT", &place, r#"{"email":"o@example.com","external_id":"x"}"#);
    assert_eq!(stolen.status, 400);
    assert_eq!(ports.send("GET", "/api/customers/y/external", "").json()["id"], first.json()["id"]);
}
