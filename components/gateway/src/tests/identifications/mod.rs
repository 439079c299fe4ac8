//! `contracts/identifications.md`, row by row, from request to answer.

mod create;
mod customer;
mod failures;
mod filters;
mod idempotency;
mod link;
mod review;
mod routes;
mod signings;

use crate::http::TraceId;
use crate::identifications::{Link, Submitted, by_token, submit};
use crate::testing::{Answer, TestPorts, ready, with_operator};
use http::HeaderMap;
use serde_json::{Value, json};

const DAY: core::time::Duration = core::time::Duration::from_secs(86_400);

/// A sandbox with one customer in it.
fn one_customer() -> (TestPorts, String) {
    let ports = with_operator();
    ports.turn_webhooks_on();
    ports.webhook(json!({}));
    let customer = ports.customer("ann@example.com");
    (ports, customer)
}

impl TestPorts {
    /// Makes an identification.
    fn identify(&self, customer: &str) -> Value {
        let path = format!("/api/customers/{customer}/identifications/v2");
        let answer = self.call("acme", "POST", &path, r#"{"type":"Link"}"#);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    fn sandbox_review(&self, id: &str, approved: bool) -> Answer {
        let path = format!("/api/sandbox/identification/{id}");
        self.call("acme", "POST", &path, &json!({ "approved": approved }).to_string())
    }

    fn identification(&self, id: &str) -> Value {
        let answer = self.call("acme", "GET", &format!("/api/identifications/{id}"), "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    fn status(&self, id: &str) -> String {
        self.identification(id)["status"].as_str().unwrap().to_owned()
    }

    fn customer_now(&self, id: &str) -> Value {
        let answer = self.call("acme", "GET", &format!("/api/customers/{id}"), "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    fn customer_status(&self, id: &str) -> String {
        self.customer_now(id)["status"].as_str().unwrap().to_owned()
    }

    /// Submits what was filled in through the link.
    fn fill_in(&self, identification: &Value) -> Submitted {
        let Link::Open(open) = self.open(identification) else { panic!("the link is not open") };
        ready(submit(self, &trace(self), &open, r#"{"name":"Ann"}"#)).unwrap()
    }

    fn open(&self, identification: &Value) -> Link {
        by_token(self, token(identification)).unwrap()
    }

    /// What partners were told, as pairs of identification and status.
    fn announced(&self) -> Vec<(String, String)> {
        self.written("identification_status")
    }
}

fn trace(ports: &TestPorts) -> TraceId {
    TraceId::of(&HeaderMap::new(), ports)
}

fn id(identification: &Value) -> &str {
    identification["id"].as_str().unwrap()
}

fn token(identification: &Value) -> &str {
    identification["url"].as_str().unwrap().rsplit('/').next().unwrap()
}

/// The code in the envelope, after a look at the rest of it.
fn code(answer: &Answer) -> String {
    let body = answer.json();
    let error = &body["error"];
    assert_eq!(error.as_object().map(serde_json::Map::len), Some(3), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{body}");
    assert!(!error["message"].as_str().unwrap().is_empty());
    let request_id = error["request_id"].as_str().unwrap().strip_prefix("req_").unwrap();
    assert!(request_id.len() == 12 && request_id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    error["code"].as_str().unwrap().to_owned()
}

/// A body without what is different each time.
fn without_request_id(answer: &Answer) -> String {
    let text = answer.text();
    match text.split_once("\"req_") {
        Some((before, after)) => format!("{before}{}", &after[12..]),
        None => text.to_owned(),
    }
}
