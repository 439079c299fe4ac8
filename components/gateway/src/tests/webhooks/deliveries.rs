//! How messages are sent, and what becomes of those that nobody takes.

use super::one_webhook;
use crate::ports::NoAnswer;
use crate::testing::{Posted, TestPorts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

fn ping(ports: &TestPorts, webhook: &Value) {
    let customer = ports.customer("ann@example.com");
    let path = format!("/api/webhooks/{}/ping", webhook["id"].as_str().unwrap());
    let answer = ports.post(&path, &json!({ "customer_id": customer }));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

/// "headers" and "signature": `webhook-id` a UUIDv4 per attempt, `webhook-timestamp`, `webhook-signature: v1=<hex>` over timestamp and body
/// under the secret.
#[test]
fn a_delivery_is_signed_as_documented() {
    let (ports, webhook) = one_webhook();
    ping(&ports, &webhook);
    ports.receive(Ok(500));
    assert_eq!(ports.run_all(), (0, 1));
    ports.pass(Duration::from_secs(30));
    ports.receive(Ok(204));
    assert_eq!(ports.run_all(), (1, 0));
    let posted: Vec<Posted> = ports.posted.take();
    for posted in &posted {
        assert_eq!(posted.url, "https://partner.example/hooks?a=b");
        assert_eq!(posted.header("content-type"), "application/json");
        let id = uuid::Uuid::parse_str(posted.header("webhook-id")).unwrap();
        assert_eq!(id.get_version_num(), 4);
        let text = format!("{}{}", posted.header("webhook-timestamp"), posted.body);
        let secret = webhook["secret"].as_str().unwrap();
        let expected = base16ct::lower::encode_string(&hmac(secret.as_bytes(), &text));
        assert_eq!(posted.header("webhook-signature"), format!("v1={expected}"));
    }
    assert_eq!(posted[0].header("webhook-timestamp"), "1768472109");
    assert_eq!(posted[0].body, posted[1].body);
    assert_ne!(posted[0].header("webhook-id"), posted[1].header("webhook-id"));
    assert_ne!(posted[0].header("webhook-timestamp"), posted[1].header("webhook-timestamp"));
}

/// The vector of <https://github.com/standard-webhooks/standard-webhooks>: what every library of it checks.
#[test]
fn a_standard_webhooks_delivery_is_signed_as_that_says() {
    let (ports, webhook) = one_webhook();
    let path = format!("/api/webhooks/{}", webhook["id"].as_str().unwrap());
    ports.send("PATCH", &path, r#"{"signature":"standard-webhooks"}"#);
    ping(&ports, &webhook);
    ports.receive(Ok(500));
    ports.run_all();
    ports.pass(Duration::from_secs(30));
    ports.receive(Ok(200));
    assert_eq!(ports.run_all(), (1, 0));
    let posted: Vec<Posted> = ports.posted.take();
    for posted in &posted {
        let (id, timestamp) = (posted.header("webhook-id"), posted.header("webhook-timestamp"));
        let key =
            STANDARD.decode(webhook["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap()).unwrap();
        let expected = STANDARD.encode(hmac(&key, &format!("{id}.{timestamp}.{}", posted.body)));
        assert_eq!(posted.header("webhook-signature"), format!("v1,{expected}"));
    }
    // There a message keeps its id, so that receivers know it again.
    assert_eq!(posted[0].header("webhook-id"), posted[1].header("webhook-id"));
}

/// "success = any 2xx within 10 s; retry with backoff up to 24 h".
#[test]
fn only_a_2xx_in_time_is_taken_and_the_reason_is_shown() {
    for (answer, reason) in [
        (Ok(302), "the receiver answered 302: redirects are not followed"),
        (Ok(404), "the receiver answered 404"),
        (Ok(503), "the receiver answered 503"),
        (Err(NoAnswer::NotAllowed), "the receiver's address is not one that may be sent to"),
        (Err(NoAnswer::Failed), "the receiver could not be reached"),
        (Err(NoAnswer::TooLate), "the receiver did not answer within 10 seconds"),
    ] {
        let (ports, webhook) = one_webhook();
        ping(&ports, &webhook);
        ports.receive(answer);
        assert_eq!(ports.run_all(), (0, 1), "{answer:?}");
        let listed = ports.send("GET", "/api/webhooks", "").json();
        assert_eq!(listed["items"][0]["last_failure_reason"], reason);
        assert!(listed["items"][0]["last_failure"].is_string());
        ports.receive(Ok(299));
        ports.pass(Duration::from_secs(30));
        assert_eq!(ports.run_all(), (1, 0));
        assert_eq!(ports.run_all(), (0, 0));
    }
}

/// Eleven attempts within a day, further and further apart; then it is a dead letter, which can be read and sent again.
#[test]
fn what_nobody_takes_for_a_day_is_a_dead_letter() {
    let (ports, webhook) = one_webhook();
    ping(&ports, &webhook);
    ports.receive(Ok(500));
    let began = ports.now.get();
    let mut at = Vec::new();
    while ports.dead_letters(&webhook, "")["items"] == json!([]) {
        let (sent, failed) = ports.run_all();
        assert_eq!(sent, 0);
        if failed > 0 {
            at.push(ports.now.get().since(began).as_secs());
        }
        ports.pass(Duration::from_secs(10));
        assert!(ports.now.get().since(began) < Duration::from_secs(90_000), "{at:?}");
    }
    assert!((10..=11).contains(&at.len()), "{at:?}");
    assert!(at.windows(3).take(8).all(|at| at[2] - at[1] > at[1] - at[0]), "{at:?}");
    assert!((70_000..=86_430).contains(at.last().unwrap()), "{at:?}");
    let letters = ports.dead_letters(&webhook, "");
    let letter = &letters["items"][0];
    assert_eq!((&letter["number"], &letter["topic"]), (&json!(1), &json!("Ping")));
    assert_eq!(letter["attempts"], json!(at.len()));
    assert_eq!(
        (&letter["body"]["type"], &letter["reason"]),
        (&json!("ping"), &json!("the receiver answered 500"))
    );
    // Sent again, once.
    ports.posted.take();
    ports.receive(Ok(200));
    let path = format!("/api/webhooks/{}/dead-letters/1/retry", webhook["id"].as_str().unwrap());
    assert_eq!(ports.send("POST", &path, "").json(), json!(true));
    assert_eq!(ports.send("POST", &path, "").status, 404);
    ports.pass(Duration::from_secs(700));
    assert_eq!(ports.run_all(), (1, 0));
    assert_eq!(serde_json::from_str::<Value>(&ports.posted.borrow()[0].body).unwrap(), letter["body"]);
    assert_eq!(ports.dead_letters(&webhook, "")["items"], json!([]));
}

/// Also what was never tried, because the receiver was left alone: nothing is dropped for being old.
#[test]
fn what_waits_behind_a_receiver_that_is_down_is_a_dead_letter_too() {
    let (ports, webhook) = one_webhook();
    ports.receive(Ok(500));
    for _ in 0..900 {
        ping(&ports, &webhook);
        ports.pass(Duration::from_millis(100));
    }
    for _ in 0..5 * 144 {
        ports.run_all();
        ports.pass(Duration::from_secs(600));
        ports.store.sweep(ports.now.get().0 / 1_000);
    }
    let mut letters = 0;
    let mut query = "?page_size=100".to_owned();
    loop {
        let page = ports.dead_letters(&webhook, &query);
        letters += page["items"].as_array().unwrap().len();
        let Some(cursor) = page["cursor"].as_str() else { break };
        query = format!("?page_size=100&cursor={cursor}");
    }
    assert_eq!(letters, 900);
}

/// "If runs stop for more than eight days, what was due then is forgotten": and not before.
#[test]
fn what_was_due_before_runs_stopped_for_a_week_is_sent() {
    let (ports, webhook) = one_webhook();
    ping(&ports, &webhook);
    ports.pass(Duration::from_secs(7 * 86_400));
    ports.store.sweep(ports.now.get().0 / 1_000);
    assert_eq!(ports.run_all(), (1, 0));
}

#[test]
fn dead_letters_come_newest_first_and_page_by_page() {
    let (ports, webhook) = one_webhook();
    ports.receive(Ok(500));
    for _ in 0..5 {
        ping(&ports, &webhook);
        ports.pass(Duration::from_secs(1));
    }
    for _ in 0..200 {
        ports.run_all();
        ports.pass(Duration::from_secs(600));
    }
    let (mut query, mut seen) = ("?page_size=2".to_owned(), Vec::new());
    loop {
        let page = ports.dead_letters(&webhook, &query);
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|letter| letter["number"].as_u64().unwrap()),
        );
        let Some(cursor) = page["cursor"].as_str() else { break };
        query = format!("?page_size=2&cursor={cursor}");
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    for wrong in ["?page_size=0", "?page_size=101", "?page_size=x", "?cursor=x"] {
        let path = format!("/api/webhooks/{}/dead-letters{wrong}", webhook["id"].as_str().unwrap());
        assert_eq!(ports.send("GET", &path, "").status, 400, "{wrong}");
    }
}

/// "one slow receiver never delays another": nor one that fails.
#[test]
fn a_receiver_that_does_not_answer_costs_the_others_nothing() {
    let (ports, slow) = one_webhook();
    let quick = ports.webhook(json!({ "url": "https://quick.example/" }));
    for _ in 0..20 {
        // In this order, because here time stands still but for whoever waits: the quick one is polled first.
        ping(&ports, &quick);
        ping(&ports, &slow);
    }
    *ports.receiver.borrow_mut() =
        Some(Box::new(
            |_, posted| if posted.url.contains("quick") { Ok(200) } else { Err(NoAnswer::TooLate) },
        ));
    let began = ports.now.get();
    ports.run();
    let quick = |ports: &TestPorts| {
        ports.posted.borrow().iter().filter(|posted| posted.url.contains("quick")).count()
    };
    assert_eq!(quick(&ports), 20);
    // The slow one was tried once, and is left alone for a while from its second failure on.
    assert_eq!(ports.posted.borrow().len(), 21);
    assert!(ports.now.get().since(began) < Duration::from_secs(11));
    let mut tried = Vec::new();
    for second in 0..600 {
        let before = ports.posted.borrow().len();
        ports.run_all();
        tried.extend((ports.posted.borrow().len() > before).then_some(second));
        ports.pass(Duration::from_secs(1));
    }
    assert!((3..20).contains(&tried.len()), "{tried:?}");
    // Whatever it did not take is still there for it.
    ports.receive(Ok(200));
    let mut taken = 0;
    for _ in 0..200 {
        ports.pass(Duration::from_secs(10));
        taken += ports.run_all().0;
    }
    assert_eq!(taken, 20);
}

#[test]
fn that_the_host_is_busy_is_not_held_against_the_receiver() {
    let (ports, webhook) = one_webhook();
    for _ in 0..3 {
        ping(&ports, &webhook);
    }
    ports.receive(Err(NoAnswer::Busy));
    assert_eq!(ports.run_all(), (0, 0));
    assert_eq!(ports.posted.take().len(), 1);
    let listed = ports.send("GET", "/api/webhooks", "").json();
    assert!(listed["items"][0].get("last_failure").is_none(), "{listed}");
    ports.receive(Ok(200));
    ports.pass(Duration::from_secs(30));
    assert_eq!(ports.run_all(), (3, 0));
}

#[test]
fn a_disabled_webhook_is_sent_nothing_and_gets_it_when_it_is_enabled() {
    let (ports, webhook) = one_webhook();
    ping(&ports, &webhook);
    let path = format!("/api/webhooks/{}", webhook["id"].as_str().unwrap());
    ports.send("PATCH", &path, r#"{"enabled":false}"#);
    assert_eq!(ports.run_all(), (0, 1));
    assert!(ports.posted.borrow().is_empty());
    ports.send("PATCH", &path, r#"{"enabled":true,"url":"https://new.example/"}"#);
    ports.pass(Duration::from_secs(30));
    assert_eq!(ports.run_all(), (1, 0));
    assert_eq!(ports.posted.borrow()[0].url, "https://new.example/");
}

#[test]
fn a_burst_goes_out_in_order_in_few_runs() {
    let (ports, webhook) = one_webhook();
    for _ in 0..350 {
        ping(&ports, &webhook);
    }
    let mut runs = 0;
    while ports.posted.borrow().len() < 350 {
        ports.run();
        ports.pass(Duration::from_secs(1));
        runs += 1;
        assert!(runs < 10, "{}", ports.posted.borrow().len());
    }
    ports.pass(Duration::from_secs(100));
    assert_eq!(ports.run_all(), (0, 0));
}

/// Where the store is slow and there is much to be done, a run still sends.
#[test]
fn a_run_that_finds_much_has_time_left_to_send() {
    let (ports, webhook) = one_webhook();
    for _ in 0..1_000 {
        ping(&ports, &webhook);
    }
    ports.operation_takes.set(Duration::from_millis(2));
    let began = ports.now.get();
    let done = ports.run().json();
    assert!(done["sent"].as_u64().unwrap() > 0 && done["more"] == true, "{done}");
    assert!(ports.now.get().since(began) < Duration::from_secs(4));
    ports.operation_takes.set(Duration::ZERO);
    ports.run_all();
    assert_eq!(ports.posted.borrow().len(), 1_000);
}

/// A store that runs for a month must not grow: what was delivered leaves nothing but what expires.
#[test]
fn what_was_taken_leaves_nothing_that_stays() {
    let (ports, webhook) = one_webhook();
    let customer = ports.customer("ann@example.com");
    let lasting = |ports: &TestPorts| {
        let mut keys: Vec<_> = ports.store.keys().into_iter().filter(|key| key.contains("/-/")).collect();
        keys.sort();
        keys
    };
    let path = format!("/api/webhooks/{}/ping", webhook["id"].as_str().unwrap());
    let send = || ports.post(&path, &json!({ "customer_id": customer }));
    send();
    ports.run_all();
    let before = lasting(&ports);
    for _ in 0..50 {
        send();
        ports.run_all();
        ports.pass(Duration::from_secs(60));
    }
    assert_eq!(lasting(&ports), before);
}
