//! That webhooks get to their receivers through what the host gives, on every host: outbound HTTP, its settings, and
//! somebody who starts the runs. What is told, and when, is tested in `components/gateway/src/tests/webhooks`.

use http::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use stepgate_tests::{App, Host, Receiver};

stepgate_tests::suite! {
    a_run_delivers_what_is_due,
    without_the_token_there_is_no_such_route,
    where_a_webhook_may_not_go_it_does_not_go,
    the_loop_delivers_by_itself,
}

const RUN: &str = "/internal/webhooks/run";

/// Registers a webhook to that address, and has a ping on its way there.
async fn pinged(app: &App, url: &str) {
    let customer = app.one().customer("ada@hooks.example").await;
    let made = app.one().post("/api/webhooks", json!({ "url": url, "topics": [] })).await.expect(201).json();
    let ping = format!("/api/webhooks/{}/ping", made["id"].as_str().expect("an id"));
    app.one().post(&ping, json!({ "customer_id": customer.id })).await.expect(200);
}

async fn a_run_delivers_what_is_due(host: Host) {
    let (app, receiver) = (App::sandbox(host).await, Receiver::start().await);
    pinged(&app, &receiver.url()).await;
    assert!(receiver.deliveries().is_empty(), "nothing is delivered by itself");
    assert_eq!(app.settle_webhooks().await, (1, 0));
    let deliveries = receiver.deliveries();
    assert_eq!(deliveries.len(), 1);
    let delivery = &deliveries[0];
    assert_eq!((&delivery.method, delivery.target.as_str()), (&Method::POST, "/hooks?from=stepgate"));
    assert!(delivery.headers.contains_key("webhook-signature"), "{:?}", delivery.headers);
    assert_eq!(delivery.json()["type"], "ping");
    assert_eq!(app.settle_webhooks().await, (0, 0));
    assert_eq!(receiver.deliveries().len(), 1);
}

async fn without_the_token_there_is_no_such_route(host: Host) {
    let (app, receiver) = (App::sandbox(host).await, Receiver::start().await);
    pinged(&app, &receiver.url()).await;
    for headers in [&[][..], &[("authorization", "Bearer 0123456789abcdef0123456789abcdef")][..]] {
        app.visitor().send(Method::POST, RUN, headers, "").await.expect(404);
    }
    app.set("webhook_run_token", "");
    app.run_webhooks().await.expect(404);
    assert!(receiver.deliveries().is_empty());
}

/// Guards against requests that a partner has made inside of the operator's network.
async fn where_a_webhook_may_not_go_it_does_not_go(host: Host) {
    let app = App::sandbox(host).await;
    pinged(&app, "http://169.254.169.254/latest/meta-data").await;
    assert_eq!(app.settle_webhooks().await, (0, 1));
    let webhooks = app.one().get("/api/webhooks").await.expect(200);
    assert!(webhooks.text().contains("not one that may be sent to"), "{}", webhooks.text());
}

async fn the_loop_delivers_by_itself(host: Host) {
    let (app, receiver) = (App::sandbox(host).await, Receiver::start().await);
    receiver.answer(StatusCode::OK);
    app.deliver_webhooks();
    pinged(&app, &receiver.url()).await;
    let delivered = async {
        while receiver.deliveries().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), delivered).await.expect("nothing is delivered");
    assert_eq!(receiver.deliveries().len(), 1);
}
