//! `IDEMPOTENCY-KEY` on `POST /api/customers`: `contracts/identifications.md` §3, `contracts/authentication-codes.md` §8.

use crate::support::{NEW, OLD, Pending};
use http::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use stepgate_tests::{Answer, App, Caller, Host};

stepgate_tests::suite! {
    a_repeated_request_gets_the_first_answer_and_makes_nothing,
    bodies_that_mean_the_same_are_the_same,
    another_body_under_the_same_key_is_a_conflict,
    each_new_key_makes_another_record,
    a_key_is_forgotten_after_a_day,
    a_key_belongs_to_its_caller,
    a_key_is_required,
    a_key_is_any_text_of_visible_characters,
    a_refusal_is_repeated_too,
    requests_at_once_make_one_record,
    other_bodies_at_once_make_one_record,
    a_change_of_address_needs_no_key,
}

fn body(email: &str) -> Value {
    json!({ "customer_type": "Person", "email": email, "name": "Ada" })
}

async fn create(caller: &Caller, key: &str, body: Value) -> Answer {
    caller.with("IDEMPOTENCY-KEY", key).json(Method::POST, "/api/customers", body).await
}

async fn count(caller: &Caller) -> usize {
    let page = caller.get("/api/customers?page_size=100").await.expect(200).json();
    page["items"].as_array().expect("items").len()
}

/// identifications.md §3: same key + same body; replay repeats status and body.
async fn a_repeated_request_gets_the_first_answer_and_makes_nothing(host: Host) {
    let app = App::sandbox(host).await;
    let first = create(&app.one(), "key-1", body(OLD)).await.expect(201);
    app.advance(Duration::from_secs(3600));
    for _ in 0..3 {
        let again = create(&app.one(), "key-1", body(OLD)).await.expect(201);
        assert_eq!(again.body, first.body, "byte for byte");
        assert_eq!(again.header("content-type"), first.header("content-type"));
    }
    assert_eq!(count(&app.one()).await, 1);
}

/// identifications.md §3: body comparison after parsing.
async fn bodies_that_mean_the_same_are_the_same(host: Host) {
    let app = App::sandbox(host).await;
    let send = async |text: &'static str| {
        let caller = app.one().with("idempotency-key", "key-1").with("content-type", "application/json");
        caller.send(Method::POST, "/api/customers", text).await.expect(201)
    };
    let first = send(r#"{"customer_type":"Person","email":"ada@old.example","name":"Ada"}"#).await;
    let again =
        send(" {\"name\": \"\\u0041da\",\n \"email\":\"ada@old.example\", \"customer_type\":\"Person\"}")
            .await;
    assert_eq!(again.body, first.body);
    assert_eq!(count(&app.one()).await, 1);
}

/// identifications.md §3: same key + different body.
async fn another_body_under_the_same_key_is_a_conflict(host: Host) {
    let app = App::sandbox(host).await;
    let first = create(&app.one(), "key-1", body(OLD)).await.expect(201);
    create(&app.one(), "key-1", body(NEW)).await.expect_string(409);
    assert_eq!(create(&app.one(), "key-1", body(OLD)).await.expect(201).body, first.body);
    assert_eq!(count(&app.one()).await, 1);
}

/// identifications.md §3: each new key makes another record.
async fn each_new_key_makes_another_record(host: Host) {
    let app = App::sandbox(host).await;
    let mut ids = HashSet::new();
    for key in ["key-1", "key-2", "KEY-1"] {
        let customer = create(&app.one(), key, body(OLD)).await.expect(201).json();
        ids.insert(customer["id"].to_string());
    }
    assert_eq!((ids.len(), count(&app.one()).await), (3, 3));
}

/// identifications.md §3: key forgotten after 24 h, counted from the first request's completion.
async fn a_key_is_forgotten_after_a_day(host: Host) {
    let app = App::sandbox(host).await;
    let first = create(&app.one(), "key-1", body(OLD)).await.expect(201);
    app.advance(Duration::from_secs(24 * 3600 - 240));
    assert_eq!(create(&app.one(), "key-1", body(OLD)).await.expect(201).body, first.body);
    app.advance(Duration::from_secs(240));
    let next = create(&app.one(), "key-1", body(NEW)).await.expect(201);
    assert_ne!(next.json()["id"], first.json()["id"]);
    assert_eq!(count(&app.one()).await, 2);
}

/// identifications.md §3: scope; security.md: a key is looked up together with its caller.
async fn a_key_belongs_to_its_caller(host: Host) {
    let app = App::sandbox(host).await;
    let callers = [
        app.one(),
        app.two(),
        app.one().for_sub_partner("0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9aaa"),
        app.one().for_sub_partner("0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9abb"),
    ];
    let mut ids = HashSet::new();
    for caller in &callers {
        let customer = create(caller, "key-1", body(OLD)).await.expect(201).json();
        ids.insert(customer["id"].to_string());
    }
    assert_eq!(ids.len(), callers.len());
}

/// authentication-codes.md §8: IDEMPOTENCY-KEY required on POST /customers.
async fn a_key_is_required(host: Host) {
    let app = App::sandbox(host).await;
    app.one().json(Method::POST, "/api/customers", body(OLD)).await.expect_string(400);
    let twice = app.one().with("IDEMPOTENCY-KEY", "a").with("Idempotency-Key", "b");
    twice.json(Method::POST, "/api/customers", body(OLD)).await.expect_string(400);
    assert_eq!(count(&app.one()).await, 0);
}

/// identifications.md §3: any 1–255 visible characters.
async fn a_key_is_any_text_of_visible_characters(host: Host) {
    let app = App::sandbox(host).await;
    for key in ["k", "3c90c3cc-0d44-4b50-8888-8dd25736052a", "~!@#$%^&*()/\\{}\"", &"k".repeat(255)] {
        create(&app.one(), key, body(OLD)).await.expect(201);
    }
    for key in ["", "two words", &"k".repeat(256)] {
        create(&app.one(), key, body(OLD)).await.expect_string(400);
    }
}

/// identifications.md §3: replay repeats status and body, stored 4xx included.
async fn a_refusal_is_repeated_too(host: Host) {
    let app = App::sandbox(host).await;
    let wrong = json!({ "customer_type": "Person", "email": "nobody" });
    let first = create(&app.one(), "key-1", wrong.clone()).await.expect(400);
    assert_eq!(create(&app.one(), "key-1", wrong).await.expect(400).body, first.body);
    create(&app.one(), "key-1", body(OLD)).await.expect_string(409);
}

/// identifications.md §3: two concurrent requests, same key: the second waits, then replays.
async fn requests_at_once_make_one_record(host: Host) {
    let app = App::sandbox(host).await;
    let one = app.one();
    let answers = futures::future::join_all((0..12).map(|_| create(&one, "key-1", body(OLD)))).await;
    let bodies: HashSet<_> = answers.into_iter().map(|answer| answer.expect(201).body).collect();
    assert_eq!(bodies.len(), 1);
    assert_eq!(count(&one).await, 1);
}

/// identifications.md §3: two concurrent requests, different body: 409.
async fn other_bodies_at_once_make_one_record(host: Host) {
    let app = App::sandbox(host).await;
    let one = app.one();
    let send = |n: usize| create(&one, "key-1", body(&format!("ada-{n}@old.example")));
    let answers = futures::future::join_all((0..12).map(send)).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((made, refused), (1, 11));
    assert_eq!(count(&one).await, 1);
}

/// authentication-codes.md §8: **not** on PUT customer and PUT authentication-codes. A key given there does nothing.
async fn a_change_of_address_needs_no_key(host: Host) {
    let app = App::sandbox(host).await;
    let pending = Pending::new(&app).await;
    let caller = app.one().with("IDEMPOTENCY-KEY", "key-1");
    let second = caller.change_email(&pending.customer, NEW).await;
    let third = caller.change_email(&pending.customer, NEW).await;
    let ids = HashSet::from([pending.change.code_id, second.code_id, third.code_id]);
    assert_eq!(ids.len(), 3, "each PUT is a request of its own");
}
