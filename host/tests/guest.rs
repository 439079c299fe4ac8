//! A guest that misbehaves costs one request, and nothing else: `tests/guests/probe` has the ways to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use stepgate_host::{Harness, HarnessBuilder, Limits};
use support::server::compiled;

const REQUEST_TIME: Duration = Duration::from_millis(500);

fn probe(limits: Limits) -> HarnessBuilder {
    let limits = Limits { request_time: REQUEST_TIME, ..limits };
    Harness::builder().component(stepgate_artifacts::PROBE).cache(compiled()).limits(limits)
}

async fn get(harness: &Harness, path: &str) -> Response<Bytes> {
    let request = Request::get(path).header("host", "x").body(Bytes::new()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), harness.handle(request)).await.unwrap()
}

async fn text(harness: &Harness, path: &str) -> String {
    let answer = get(harness, path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    String::from_utf8(answer.into_body().into()).unwrap()
}

fn assert_internal_error(answer: &Response<Bytes>) {
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let trace = answer.headers()["x-trace-id"].to_str().unwrap();
    let body = format!(r#"{{"message":"internal error","trace_id":"{trace}"}}"#);
    assert_eq!(answer.body(), &body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_traps_costs_one_request() {
    let harness = probe(Limits::default()).build().unwrap();
    for path in ["/trap", "/memory"] {
        assert_internal_error(&get(&harness, path).await);
        assert_eq!(text(&harness, "/").await, "1", "a fresh instance follows {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_takes_too_long_is_ended_whether_it_waits_or_computes() {
    let harness = probe(Limits::default()).build().unwrap();
    for path in ["/sleep", "/spin"] {
        let started = Instant::now();
        assert_internal_error(&get(&harness, path).await);
        let took = started.elapsed();
        assert!((REQUEST_TIME..REQUEST_TIME * 10).contains(&took), "{path} took {took:?}");
    }
    assert_eq!(text(&harness, "/").await, "1");
}

/// Guards against a computing guest that keeps a thread, and with it everything else on that thread.
#[tokio::test(flavor = "current_thread")]
async fn a_guest_that_computes_lets_others_run() {
    let harness = probe(Limits { instances: 4, ..Limits::default() }).build().unwrap();
    text(&harness, "/").await;
    let spinning = tokio::spawn({
        let harness = harness.clone();
        async move { get(&harness, "/spin").await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    text(&harness, "/").await;
    assert!(started.elapsed() < REQUEST_TIME / 2, "took {:?}", started.elapsed());
    assert_internal_error(&spinning.await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_end_is_cut_off() {
    let harness = probe(Limits::default()).build().unwrap();
    assert_internal_error(&get(&harness, "/large").await);
    text(&harness, "/").await;
}

/// Asks for a hash that takes this much memory, and about two thousand passes over a mebibyte a second.
async fn hash(harness: &Harness, kibibytes: u32, passes: u32) -> StatusCode {
    let request = Request::get("/hash").header("host", "x").header("x-kibibytes", kibibytes);
    harness.handle(request.header("x-passes", passes).body(Bytes::new()).unwrap()).await.status()
}

#[tokio::test]
async fn an_instance_that_has_grown_large_serves_no_further_request() {
    let harness = probe(Limits::default()).build().unwrap();
    assert_eq!(hash(&harness, 64, 1).await, StatusCode::OK);
    assert_eq!(text(&harness, "/").await, "2", "a little memory is nobody's loss");
    assert_eq!(hash(&harness, 7_168, 1).await, StatusCode::OK);
    assert_eq!(text(&harness, "/").await, "1");
}

/// Guards against sign-ins that take every instance, and with it every other request's turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_need_much_memory_leave_instances_to_the_others() {
    let limits = Limits {
        instances: 4,
        spare_instances: 1,
        request_time: Duration::from_secs(20),
        ..Limits::default()
    };
    let harness = Harness::builder().component(stepgate_artifacts::PROBE).cache(compiled()).limits(limits);
    let harness = harness.build().unwrap();
    let hashes = (0..3).map(|_| {
        let harness = harness.clone();
        tokio::spawn(async move { hash(&harness, 7_168, 100).await })
    });
    let hashes: Vec<_> = hashes.collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(hash(&harness, 7_168, 1).await, StatusCode::SERVICE_UNAVAILABLE, "the guest's own answer");
    text(&harness, "/").await;
    assert!(hashes.iter().all(|hash| !hash.is_finished()), "this machine is too fast for this test");
    for hash in hashes {
        assert_eq!(hash.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(hash(&harness, 7_168, 1).await, StatusCode::OK, "there is room again");
}

#[tokio::test]
async fn an_instance_serves_many_requests_and_then_no_more() {
    let harness = probe(Limits { requests_per_instance: 3, ..Limits::default() }).build().unwrap();
    let mut counts = Vec::new();
    for _ in 0..7 {
        counts.push(text(&harness, "/").await);
    }
    assert_eq!(counts, ["1", "2", "3", "1", "2", "3", "1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_than_instances_wait_their_turn_and_then_are_refused() {
    let limits = Limits { instances: 1, queue_time: Duration::from_millis(100), ..Limits::default() };
    let harness = probe(limits).build().unwrap();
    text(&harness, "/").await;
    let sleeping = tokio::spawn({
        let harness = harness.clone();
        async move { get(&harness, "/sleep").await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let refused = get(&harness, "/").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_internal_error(&sleeping.await.unwrap());
    text(&harness, "/").await;
}

#[tokio::test]
async fn the_guest_gets_our_trace_id_and_the_answer_a_length() {
    let harness = probe(Limits::default()).build().unwrap();
    let forged = "f".repeat(32);
    let request = Request::get("/head").header("x-trace-id", &forged).header("x-other", "kept");
    let answer = harness.handle(request.body(Bytes::new()).unwrap()).await;
    let head = std::str::from_utf8(answer.body()).unwrap();
    let trace = answer.headers()["x-trace-id"].to_str().unwrap();
    assert!(head.contains(&format!("x-trace-id: {trace}\n")) && !head.contains(&forged), "{head}");
    assert!(head.contains("x-other: kept\n"), "{head}");
    assert_eq!(answer.headers()["content-length"], answer.body().len().to_string().as_str());
}

#[tokio::test]
async fn what_the_guest_logs_is_handed_over_in_lines() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = lines.clone();
    let harness = probe(Limits::default())
        .guest_log(move |line| sink.lock().unwrap().push(line.to_owned()))
        .build()
        .unwrap();
    get(&harness, "/memory").await;
    let lines = lines.lock().unwrap();
    assert!(lines.iter().any(|line| line.contains("memory allocation")), "{lines:?}");
}
