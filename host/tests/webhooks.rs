//! Having webhooks delivered, with a component (`tests/guests/probe`) whose runs a test server decides on: the probe asks
//! the URL in the token, and passes its answer on.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use std::time::{Duration, Instant};
use stepgate_host::{Harness, Limits, Outbound, WebhookRunToken};
use support::receiver::{Receiver, Reply};
use support::server::compiled;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

const IDLE: &str = r#"{"looked":0,"sent":0,"failed":0,"more":false}"#;
const MORE: &str = r#"{"looked":9,"sent":9,"failed":0,"more":true}"#;

struct Deliveries {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Deliveries {
    fn start(receiver: &Receiver, limits: Limits) -> Self {
        let outbound = Outbound::default().allow(["127.0.0.0/8".parse().unwrap()]);
        let harness = Harness::builder()
            .component(stepgate_artifacts::PROBE)
            .cache(compiled())
            .outbound(outbound)
            .limits(limits)
            .build()
            .unwrap();
        // Long enough for a token.
        let token = WebhookRunToken::new(receiver.url("/the-token-of-these-tests")).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            harness.deliver_webhooks(&token, async { drop(stopped.await) }).await;
        });
        Self { stop: Some(stop), task }
    }

    fn stop(&mut self) {
        self.stop.take();
    }

    async fn ended(self) {
        timeout(Duration::from_secs(10), self.task).await.expect("it does not end").unwrap();
    }
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_starts_every_second_until_the_end() {
    let receiver = Receiver::start(Reply::ok(IDLE)).await;
    let started = Instant::now();
    let mut deliveries = Deliveries::start(&receiver, Limits::default());
    until("no third run", || receiver.heard().len() >= 3).await;
    assert!(started.elapsed() >= Duration::from_secs(2), "{:?}", started.elapsed());
    deliveries.stop();
    deliveries.ended().await;
    let runs = receiver.heard().len();
    sleep(Duration::from_millis(1_200)).await;
    assert_eq!(receiver.heard().len(), runs, "a run started after the end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_more_to_do_the_next_run_starts_at_once() {
    let receiver = Receiver::start(Reply::ok(MORE)).await;
    let _deliveries = Deliveries::start(&receiver, Limits::default());
    until("no first run", || !receiver.heard().is_empty()).await;
    let started = Instant::now();
    until("no further runs", || receiver.heard().len() >= 20).await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_run_does_not_delay_the_next_and_a_quarter_of_the_instances_is_enough() {
    let receiver = Receiver::start(Reply::Silence).await;
    let _deliveries = Deliveries::start(&receiver, Limits { instances: 8, ..Limits::default() });
    until("no second run", || receiver.open() == 2).await;
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(receiver.open(), 2, "more than a quarter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_fails_stops_nothing() {
    for reply in [
        Reply::Text("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n".into()),
        Reply::Text("HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n".into()),
        Reply::ok("no report"),
        Reply::Text(String::new()),
    ] {
        let receiver = Receiver::start(reply).await;
        let _deliveries = Deliveries::start(&receiver, Limits::default());
        until("no second run", || receiver.heard().len() >= 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_without_the_route_is_asked_once() {
    let receiver = Receiver::start(Reply::Text("HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n".into())).await;
    Deliveries::start(&receiver, Limits::default()).ended().await;
    assert_eq!(receiver.heard().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_under_way_get_their_time_at_the_end_and_no_more() {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", IDLE.len());
    let slow = Receiver::start(Reply::Slow(head, Duration::from_millis(700), IDLE.into())).await;
    let mut deliveries = Deliveries::start(&slow, Limits::default());
    until("no run", || slow.open() == 1).await;
    deliveries.stop();
    deliveries.ended().await;
    slow.deserted().await;
    assert_eq!(slow.heard().len(), 1);

    let silent = Receiver::start(Reply::Silence).await;
    let limits = Limits { shutdown_time: Duration::from_millis(200), ..Limits::default() };
    let mut deliveries = Deliveries::start(&silent, limits);
    until("no run", || silent.open() == 1).await;
    let stopped = Instant::now();
    deliveries.stop();
    deliveries.ended().await;
    assert!(stopped.elapsed() < Duration::from_secs(3), "{:?}", stopped.elapsed());
}
