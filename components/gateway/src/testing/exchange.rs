//! Requests and answers, without a server between.

use super::TestPorts;
use crate::http::{Body, BodyError};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) const PARTNER: &str = "aaaaaaaa-0d44-4b50-8888-8dd25736052a";
pub(crate) const SUB_PARTNER: &str = "bbbbbbbb-0d44-4b50-8888-8dd25736052a";

/// An entry of `api_keys`.
pub(crate) fn key(secret: &str, partner: &str, name: &str, role: &str) -> Value {
    let sha256 = base16ct::lower::encode_string(&Sha256::digest(secret));
    json!({ "sha256": sha256, "partner": partner, "name": name, "role": role })
}

/// A sandbox with three keys: `acme`, `reader` (read-only) of the same partner, and `other` of another.
pub(crate) fn sandbox() -> TestPorts {
    let ports = TestPorts::default();
    let keys = json!([
        key("acme", PARTNER, "Acme", "read-write"),
        key("reader", PARTNER, "Acme", "read-only"),
        key("other", "cccccccc-0d44-4b50-8888-8dd25736052a", "Other", "read-write"),
    ]);
    ports.set_setting("environment", "sandbox");
    ports.set_setting("api_keys", &keys.to_string());
    ports.set_setting("mac_keys", r#"[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#);
    ports.set_setting("base_url", "https://2fa.example.com");
    ports
}

/// The sandbox with an `operator` of Acme, and an `other-operator`, beside the usual keys.
pub(crate) fn with_operator() -> TestPorts {
    let ports = sandbox();
    let keys = json!([
        key("acme", PARTNER, "Acme", "read-write"),
        key("reader", PARTNER, "Acme", "read-only"),
        key("operator", PARTNER, "Acme", "operator"),
        key("other", "cccccccc-0d44-4b50-8888-8dd25736052a", "Other", "read-write"),
        key("other-operator", "cccccccc-0d44-4b50-8888-8dd25736052a", "Other", "operator"),
    ]);
    ports.set_setting("api_keys", &keys.to_string());
    ports
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(super) struct Sent(pub(super) Vec<u8>);

impl Body for Sent {
    async fn read(self, limit: usize) -> Result<Vec<u8>, BodyError> {
        if self.0.len() > limit { Err(BodyError::TooLarge) } else { Ok(self.0) }
    }
}

impl TestPorts {
    /// Sends a request as `acme`.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send_with(&[("x-api-key", "acme"), ("idempotency-key", "once")], method, path, body)
    }

    /// Sends without an idempotency key.
    pub(crate) fn call(&self, key: &str, method: &str, path: &str, body: &str) -> Answer {
        self.send_with(&[("x-api-key", key)], method, path, body)
    }

    /// Sends a request with these headers and no others.
    pub(crate) fn send_with(
        &self,
        headers: &[(&'static str, &str)],
        method: &str,
        path: &str,
        sent: impl AsRef<[u8]>,
    ) -> Answer {
        let mut request = Request::new(Sent(sent.as_ref().to_vec()));
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in headers {
            request
                .headers_mut()
                .append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let (head, body) = ready(crate::answer(self, request)).into_parts();
        let answer = Answer { status: head.status.as_u16(), headers: head.headers, body };
        #[cfg(test)]
        described(method, path, sent.as_ref(), &answer);
        let length = answer.headers.get("content-length").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(length, (answer.status != 204).then(|| answer.body.len().to_string()));
        assert_eq!(answer.header("x-trace-id").len(), 32);
        answer
    }

    /// Makes a customer and answers its id.
    pub(crate) fn customer(&self, email: &str) -> String {
        let body = json!({ "customer_type": "Person", "email": email, "name": "Ann" }).to_string();
        let key = format!("customer-{email}");
        let headers = [("x-api-key", "acme"), ("idempotency-key", key.as_str())];
        let answer = self.send_with(&headers, "POST", "/api/customers", body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Asks for a change of a customer's address and answers the place of the change.
    pub(crate) fn change_email(&self, customer: &str, email: &str) -> String {
        let body = json!({ "email": email }).to_string();
        let answer = self.send("PUT", &format!("/api/customers/{customer}"), &body);
        assert_eq!((answer.status, answer.text()), (204, ""));
        answer.header("location").to_owned()
    }

    /// The pending code of an entity.
    pub(crate) fn pending(&self, entity: &str) -> Value {
        let answer = self.send("GET", &format!("/api/authentication-codes/entity/{entity}"), "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Submits a code.
    pub(crate) fn submit(&self, id: &str, code: u32) -> Answer {
        self.send("PUT", &format!("/api/authentication-codes/{id}"), &json!({ "code": code }).to_string())
    }

    /// The address a customer has now.
    pub(crate) fn email(&self, customer: &str) -> String {
        let answer = self.send("GET", &format!("/api/customers/{customer}"), "");
        answer.json()["email"].as_str().unwrap().to_owned()
    }

    /// The code in the newest message in the inbox.
    pub(crate) fn newest_message_code(&self) -> u32 {
        let inbox = self.send_with(&[], "GET", "/inbox.json", "").json();
        let text = inbox["items"][0]["text"].as_str().unwrap();
        text.split("Your code: ").nth(1).unwrap()[..6].parse().unwrap()
    }

    /// The newest message in the inbox: its code and its link, as a path.
    pub(crate) fn newest_message(&self) -> (u32, String) {
        let inbox = self.send_with(&[], "GET", "/inbox.json", "").json();
        let code = self.newest_message_code();
        let link = inbox["items"][0]["link"].as_str().unwrap();
        (code, link.strip_prefix("https://2fa.example.com").unwrap().to_owned())
    }
}

/// Every exchange in the tests comes by here, and has to be as `docs/openapi.json` says.
#[cfg(test)]
fn described(method: &str, path: &str, sent: &[u8], answer: &Answer) {
    let exchange = stepgate_openapi_check::Exchange {
        method: &method.parse().unwrap(),
        path,
        sent,
        status: answer.status.try_into().unwrap(),
        headers: &answer.headers,
        body: &answer.body,
    };
    if let Err(drift) = stepgate_openapi_check::check(&exchange) {
        panic!("{drift}");
    }
}

/// The result of a future that never has to wait, as none does here: a sleep moves the clock.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}
