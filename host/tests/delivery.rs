//! A mail server that does not answer stops what is mailed, and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, pending};
use http::{Method, Request, Response, StatusCode};
use sha2::Digest as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use stepgate_host::delivery::{Delivery, DeliveryError, Message};
use stepgate_host::{FixedSettings, Harness, Limits};
use support::server::compiled;

const KEY: &str = "a-key";

/// Takes messages and never says so.
#[derive(Default)]
struct BlackHole {
    inside: AtomicUsize,
}

impl Delivery for BlackHole {
    fn send(&self, _message: Message) -> BoxFuture<'_, Result<(), DeliveryError>> {
        self.inside.fetch_add(1, Ordering::SeqCst);
        pending().boxed()
    }
}

fn production(delivery: Arc<BlackHole>, limits: Limits) -> Harness {
    let hash: String = sha2::Sha256::digest(KEY).iter().map(|byte| format!("{byte:02x}")).collect();
    let api_keys = format!(
        r#"[{{"sha256":"{hash}","partner":"3c90c3cc-0d44-4b50-8888-8dd25736052a","name":"Acme","role":"read-write"}}]"#
    );
    let settings = [
        ("environment", "production".to_owned()),
        ("base_url", "https://confirm.example".to_owned()),
        ("api_keys", api_keys),
        ("mac_keys", r#"[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#.to_owned()),
    ];
    Harness::builder()
        .component(stepgate_artifacts::APP)
        .cache(compiled())
        .settings(Arc::new(FixedSettings::from_iter(settings)))
        .delivery(delivery)
        .limits(limits)
        .build()
        .unwrap()
}

async fn call(harness: &Harness, method: Method, path: &str, body: String, once: usize) -> Response<Bytes> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "x")
        .header("x-api-key", KEY)
        .header("content-type", "application/json")
        .header("idempotency-key", format!("0194a5d0-7c1e-7b3a-9f52-{once:012}"));
    harness.handle(request.body(Bytes::from(body)).unwrap()).await
}

async fn customer(harness: &Harness, number: usize) -> String {
    let body = format!(r#"{{"customer_type":"Person","email":"ada{number}@example.com","name":"Ada"}}"#);
    let answer = call(harness, Method::POST, "/api/customers", body, number).await;
    let text = std::str::from_utf8(answer.body()).unwrap().to_owned();
    assert!(answer.status().is_success(), "{text}");
    let id = text.split(r#""id":""#).nth(1).unwrap_or_else(|| panic!("no id: {text}"));
    format!("/api/customers/{}", id.split('"').next().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_does_not_answer_stops_no_other_request() {
    let black_hole = Arc::new(BlackHole::default());
    let harness = production(black_hole.clone(), Limits { instances: 4, ..Limits::default() });
    let mut customers = Vec::new();
    for number in 0..24 {
        customers.push(customer(&harness, number).await);
    }
    let asking = customers.clone().into_iter().enumerate().map(|(number, path)| {
        let harness = harness.clone();
        tokio::spawn(async move {
            let body = format!(r#"{{"email":"ada{number}@new.example"}}"#);
            call(&harness, Method::PUT, &path, body, 100 + number).await.status()
        })
    });
    let asking: Vec<_> = asking.collect();
    let sent = async {
        while black_hole.inside.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), sent).await.expect("nothing is sent");
    for path in &customers {
        let answer = call(&harness, Method::GET, path, String::new(), 0).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(black_hole.inside.load(Ordering::SeqCst), 1, "a quarter of all instances sends");
    for request in asking {
        // None of them may say that its message is on its way.
        let status = request.await.unwrap();
        assert!(status.is_server_error(), "{status}");
    }
}
