//! Webhooks on every host and store: `contracts/identifications.md` §6.
//!
//! What is told, when, and in what form is tested row by row in `components/gateway/src/tests/webhooks`; here are real requests to a
//! real receiver, many at once, and what only a host can show.

use base64::Engine as _;
use futures::future::join_all;
use hmac::{Hmac, Mac as _};
use http::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashSet;
use std::time::Duration;
use stepgate_tests::{App, Caller, Customer, Effect, Host, ONE_READ_ONLY, Receiver};

stepgate_tests::suite! {
    a_review_is_told_signed_and_once,
    a_standard_webhooks_receiver_can_check_it,
    nothing_is_sent_to_an_address_that_is_not_allowed_or_by_a_redirect,
    a_slow_receiver_delays_neither_the_others_nor_the_api,
    runs_at_once_send_each_message_once,
    a_hundred_codes_at_once_are_told_once,
    a_store_that_fails_anywhere_in_a_run_loses_nothing,
    an_expiry_is_told_though_nobody_looks,
    the_run_is_closed_to_whoever_has_no_token,
}

const TOPICS: [&str; 4] =
    ["IdentificationStatus", "CustomerStatus", "RegisterAutorampStatus", "RegisterFiatAddressStatus"];

/// Registers a webhook and answers it, with its secret.
async fn register(caller: &Caller, url: &str) -> Value {
    caller.post("/api/webhooks", json!({ "url": url, "topics": TOPICS })).await.expect(201).json()
}

async fn identify(caller: &Caller, customer: &Customer) -> String {
    let path = format!("/api/customers/{}/identifications/v2", customer.id);
    let made = caller.post(&path, json!({ "type": "Link" })).await.expect(201).json();
    made["id"].as_str().expect("an id").to_owned()
}

async fn approve(caller: &Caller, identification: &str) {
    let path = format!("/api/sandbox/identification/{identification}");
    caller.post(&path, json!({ "approved": true })).await.expect(201);
}

/// Runs until nothing is left that is due.
async fn run(app: &App) {
    loop {
        let done = app.run_webhooks().await.expect(200).json();
        if done["more"] == false {
            return;
        }
    }
}

/// Type and status of what came.
fn told(receiver: &Receiver) -> Vec<String> {
    receiver
        .received()
        .iter()
        .map(|received| {
            let (kind, _, status) = received.told();
            format!("{kind} {status}")
        })
        .collect()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key)
        .expect("any length")
        .chain_update(text)
        .finalize()
        .into_bytes()
        .to_vec()
}

/// "headers", "signature", "shape", and "customer_status … after the identification event".
async fn a_review_is_told_signed_and_once(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver) = (app.one(), Receiver::open().await);
    let webhook = register(&caller, &receiver.url()).await;
    let customer = caller.customer("ada@pay.example").await;
    let identification = identify(&caller, &customer).await;
    approve(&caller, &identification).await;
    run(&app).await;
    run(&app).await;
    assert_eq!(told(&receiver), ["identification_status Approved", "customer_status Active"]);
    let received = receiver.received();
    let body = received[0].json();
    assert_eq!(body["data"]["customer_id"], customer.id.as_str());
    assert_eq!(body["data"]["message"], json!({ "id": identification, "status": "Approved" }));
    let signed = format!("{}{}", received[0].header("webhook-timestamp"), received[0].body);
    let mac: String = mac(webhook["secret"].as_str().expect("a secret").as_bytes(), &signed)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(received[0].header("webhook-signature"), format!("v1={mac}"));
    assert_eq!(received[0].header("content-type"), "application/json");
    assert_eq!(received[0].header("content-length"), received[0].body.len().to_string());
    assert_ne!(received[0].header("webhook-id"), received[1].header("webhook-id"));
}

async fn a_standard_webhooks_receiver_can_check_it(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver) = (app.one(), Receiver::open().await);
    let webhook = register(&caller, &receiver.url()).await;
    let path = format!("/api/webhooks/{}", webhook["id"].as_str().expect("an id"));
    caller.json(Method::PATCH, &path, json!({ "signature": "standard-webhooks" })).await.expect(200);
    let customer = caller.customer("ada@pay.example").await;
    let ping = caller.post(&format!("{path}/ping"), json!({ "customer_id": customer.id })).await.expect(200);
    assert_eq!(ping.json(), json!(true));
    run(&app).await;
    let received = &receiver.received()[0];
    let (id, timestamp) = (received.header("webhook-id"), received.header("webhook-timestamp"));
    let base64 = base64::engine::general_purpose::STANDARD;
    let secret = webhook["secret"].as_str().expect("a secret").trim_start_matches("whsec_");
    let mac = mac(&base64.decode(secret).expect("base64"), &format!("{id}.{timestamp}.{}", received.body));
    assert_eq!(received.header("webhook-signature"), format!("v1,{}", base64.encode(mac)));
}

/// SSRF: the hosts here allow this machine's own addresses and the public ones.
async fn nothing_is_sent_to_an_address_that_is_not_allowed_or_by_a_redirect(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver, inside) = (app.one(), Receiver::open().await, Receiver::open().await);
    receiver.redirect(&inside.url());
    let customer = caller.customer("ada@pay.example").await;
    let ping = async |url: &str| {
        let webhook = register(&caller, url).await;
        let path = format!("/api/webhooks/{}/ping", webhook["id"].as_str().expect("an id"));
        caller.post(&path, json!({ "customer_id": customer.id })).await.expect(200);
        run(&app).await;
        let listed = caller.get("/api/webhooks").await.expect(200).json();
        listed["items"][0]["last_failure_reason"].as_str().expect("it failed").to_owned()
    };
    for url in [
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[::1]:9/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
    ] {
        let reason = ping(url).await;
        assert_eq!(reason, "the receiver's address is not one that may be sent to", "{url}");
    }
    assert_eq!(ping(&receiver.url()).await, "the receiver answered 307: redirects are not followed");
    assert_eq!((receiver.received().len(), inside.received().len()), (1, 0));
}

/// "one slow receiver never delays another or the API".
async fn a_slow_receiver_delays_neither_the_others_nor_the_api(host: Host) {
    let app = App::sandbox(host).await;
    let caller = app.one();
    let (slow, quick) = (Receiver::open().await, Receiver::open().await);
    slow.take_so_long(Duration::from_secs(60));
    register(&caller, &slow.url()).await;
    register(&caller, &quick.url()).await;
    let customer = caller.customer("ada@pay.example").await;
    app.deliver_webhooks();
    for n in 0..6 {
        let identification = identify(&caller, &customer).await;
        approve(&caller, &identification).await;
        // Long before the slow one is given up.
        let came = tokio::time::timeout(Duration::from_secs(8), async {
            while told(&quick).iter().filter(|told| *told == "identification_status Approved").count() <= n {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        assert!(came.await.is_ok(), "{n}: {:?} {:?}", told(&quick), app.events("webhook-attempt"));
        caller.get("/api/customers").await.expect(200);
    }
    // It is left alone while it does not answer.
    assert!(slow.received().len() <= 4, "{}", slow.received().len());
}

async fn runs_at_once_send_each_message_once(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver) = (app.one(), Receiver::open().await);
    register(&caller, &receiver.url()).await;
    run(&app).await;
    let customer = caller.customer("ada@pay.example").await;
    let mut all = HashSet::new();
    for _ in 0..10 {
        let identification = identify(&caller, &customer).await;
        approve(&caller, &identification).await;
        all.insert(identification);
        join_all((0..5).map(|_| app.run_webhooks())).await;
    }
    app.advance(Duration::from_secs(30));
    run(&app).await;
    let told: Vec<_> = receiver.received().iter().map(|received| received.told()).collect();
    let of: Vec<_> = told.iter().filter(|(kind, ..)| kind == "identification_status").collect();
    assert_eq!(of.len(), 10, "{told:?}");
    assert_eq!(of.into_iter().map(|(_, id, _)| id.clone()).collect::<HashSet<_>>(), all);
}

async fn a_hundred_codes_at_once_are_told_once(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver) = (app.one(), Receiver::open().await);
    register(&caller, &receiver.url()).await;
    let customer = caller.customer("ada@pay.example").await;
    let body = |to: u64| {
        json!({
            "customer_id": customer.id,
            "source_currencies": [{ "type": "Fiat", "code": "EUR" }],
            "destination_currency": { "type": "Crypto", "token": "USDC", "blockchain": "Base" },
            "recipient_account": { "type": "Crypto", "chain": "Base", "address": format!("0x{to:040x}") },
        })
    };
    let made = caller.post("/api/autoramps", body(1)).await.expect(201).json();
    let id = made["id"].as_str().expect("an id");
    caller.json(Method::PATCH, &format!("/api/autoramps/{id}"), body(2)).await.expect(200);
    let code = caller.code_of(id).await.expect(200).json();
    let code = code["id"].as_str().expect("an id");
    join_all((0..100).map(|_| caller.submit(code, 123_456))).await;
    run(&app).await;
    app.advance(Duration::from_secs(200));
    run(&app).await;
    let expected = ["register_autoramp_status AuthorizationRequired", "register_autoramp_status Authorized"];
    assert_eq!(told(&receiver), expected);
}

async fn a_store_that_fails_anywhere_in_a_run_loses_nothing(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver) = (app.one(), Receiver::open().await);
    register(&caller, &receiver.url()).await;
    run(&app).await;
    let customer = caller.customer("ada@pay.example").await;
    let mut all = HashSet::new();
    for (n, effect) in (1..=24).zip([Effect::NotDone, Effect::Done].into_iter().cycle()) {
        let identification = identify(&caller, &customer).await;
        approve(&caller, &identification).await;
        all.insert(identification);
        app.fail_nth(n, effect);
        app.run_webhooks().await;
    }
    app.fail_nth(1_000_000, Effect::NotDone);
    for _ in 0..8 {
        app.advance(Duration::from_secs(25));
        run(&app).await;
    }
    let came: HashSet<_> = receiver
        .received()
        .iter()
        .map(stepgate_tests::Received::told)
        .filter(|(kind, _, status)| kind == "identification_status" && status == "Approved")
        .map(|(_, id, _)| id)
        .collect();
    assert_eq!(came, all);
}

async fn an_expiry_is_told_though_nobody_looks(host: Host) {
    let app = App::sandbox(host).await;
    let (caller, receiver) = (app.one(), Receiver::open().await);
    register(&caller, &receiver.url()).await;
    app.set("identification_lifetime_days", "1");
    let customer = caller.customer("ada@pay.example").await;
    identify(&caller, &customer).await;
    run(&app).await;
    app.advance(Duration::from_secs(86_400 + 120));
    run(&app).await;
    assert_eq!(told(&receiver), ["identification_status Expired"]);
}

async fn the_run_is_closed_to_whoever_has_no_token(host: Host) {
    let app = App::sandbox(host).await;
    let path = "/internal/webhooks/run";
    app.visitor().send(Method::POST, path, &[], "").await.expect(404);
    let wrong = [("authorization", "Bearer the-token-that-runs-webhooks-in-test!")];
    app.visitor().send(Method::POST, path, &wrong, "").await.expect(404);
    app.one().send(Method::POST, path, "").await.expect(404);
    app.caller(ONE_READ_ONLY)
        .post("/api/webhooks", json!({ "url": "https://a.example/", "topics": [] }))
        .await
        .expect(403);
    app.run_webhooks().await.expect(200);
}
