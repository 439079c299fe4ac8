//! What the server does with clients of every kind, whatever the guest is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, ready};
use http::{Request, StatusCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use stepgate_host::Limits;
use stepgate_host::store::{Key, Seen, Store, StoreError, Value};
use support::server::{Server, hello, read};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

fn is_trace_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[tokio::test]
async fn the_guest_answers_with_length_and_trace_id() {
    let server = Server::hello(Limits::default()).await;
    let answer = server.send(GET).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.body(), "hello");
    assert_eq!(answer.header("content-length"), Some("5"));
    assert!(is_trace_id(answer.header("x-trace-id").unwrap()));
}

#[tokio::test]
async fn trace_ids_are_ours_or_of_the_trace_the_request_belongs_to() {
    let server = Server::hello(Limits::default()).await;
    let theirs = "4bf92f3577b34da6a3ce929d0e0e4736";
    let forged = server
        .send(format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Trace-Id: {theirs}\r\n\r\n"));
    assert_ne!(forged.await.header("x-trace-id"), Some(theirs));
    let traced = server.send(format!(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\ntraceparent: 00-{theirs}-00f067aa0ba902b7-01\r\n\r\n"
    ));
    assert_eq!(traced.await.header("x-trace-id"), Some(theirs));
}

#[tokio::test]
async fn unknown_methods_and_odd_targets_reach_the_guest() {
    let server = Server::hello(Limits::default()).await;
    for start in ["BREW /", "PROPFIND /a/b?c=d", "OPTIONS *", "GET http://elsewhere/x", "GET //double//slash"]
    {
        let answer = server.send(format!("{start} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(answer.status(), 200, "{start}");
    }
    let answer = server.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!((answer.status(), answer.body()), (200, ""));
}

#[tokio::test]
async fn what_is_no_http_is_answered_400() {
    let server = Server::hello(Limits::default()).await;
    for bytes in [&b"\x16\x03\x01 hello tls\r\n\r\n"[..], b"GET / HTTP/1.1\r\nno colon\r\n\r\n"] {
        assert_eq!(server.send(bytes).await.status(), 400);
    }
    assert_eq!(server.send(GET).await.status(), 200);
}

#[tokio::test]
async fn header_bombs_are_answered_431() {
    let server = Server::hello(Limits::default()).await;
    let many: String = (0..1_000).map(|number| format!("h{number}: x\r\n")).collect();
    let large = format!("h: {}\r\n", "x".repeat(1 << 20));
    for bomb in [many, large] {
        let answer = server.send(format!("GET / HTTP/1.1\r\nHost: x\r\n{bomb}\r\n")).await;
        assert_eq!(answer.status(), 431);
    }
    assert_eq!(server.send(GET).await.status(), 200);
}

#[tokio::test]
async fn bodies_over_128_kib_are_answered_413_in_json() {
    // The server waits that long for the rest of a body it has refused, and `send` for the end of the connection.
    let limits = Limits { receive_time: Duration::from_millis(300), ..Limits::default() };
    let server = Server::hello(limits).await;
    let post = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let said = server.send(format!("{post}Content-Length: 131073\r\n\r\n")).await;
    let chunk = format!("8000\r\n{}\r\n", "x".repeat(0x8000));
    let unsaid = server.send(format!("{post}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(5))).await;
    for answer in [said, unsaid] {
        assert_eq!(answer.status(), 413);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let trace = answer.header("x-trace-id").unwrap();
        assert!(is_trace_id(trace));
        let body = format!(r#"{{"message":"the request body is too large","trace_id":"{trace}"}}"#);
        assert_eq!(answer.body(), body);
    }
    let full = "x".repeat(131_072);
    let fits = server.send(format!("{post}Content-Length: 131072\r\n\r\n{full}")).await;
    assert_eq!(fits.status(), 200);
}

#[tokio::test]
async fn each_api_is_refused_in_its_own_envelope() {
    let server = Server::hello(Limits::default()).await;
    for (path, holds) in [
        (
            "/reg/v1/auth/token",
            r#"{"status":"PAYLOAD_TOO_LARGE","message":"the request body is too large","traceId":""#,
        ),
        (
            "/auth/login",
            r#"{"success":false,"error":"the request body is too large","code":"BODY_TOO_LARGE""#,
        ),
        ("/api/customers", r#"{"message":"the request body is too large","trace_id":""#),
    ] {
        let head = format!("POST {path}?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        let answer = server.send(format!("{head}Content-Length: 131073\r\n\r\n")).await;
        assert_eq!(answer.status(), 413, "{path}");
        assert!(answer.body().starts_with(holds), "{path}: {}", answer.body());
    }
}

#[tokio::test]
async fn half_sent_requests_do_not_stay() {
    let limits = Limits { receive_time: Duration::from_millis(300), ..Limits::default() };
    let server = Server::hello(limits).await;
    let started = Instant::now();
    let body = server.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf").await;
    assert_eq!(body.status(), 408);
    let head = server.send("GET / HTTP/1.1\r\nHost: x\r\nX-Half: ").await;
    assert!(head.0.is_empty() || head.status() == 408, "{head:?}");
    let silent = server.send("").await;
    assert!(silent.0.is_empty() || silent.status() == 408, "{silent:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_slow_sender_keeps_nobody_else_waiting() {
    let limits = Limits { instances: 1, requests: 1, ..Limits::default() };
    let server = Server::hello(limits).await;
    let mut slow = server.connect().await;
    slow.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nsl")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.send(GET).await.status(), 200);
    slow.write_all(b"ow").await.unwrap();
    assert_eq!(read(&mut slow).await.status(), 200);
}

#[tokio::test]
async fn requests_beyond_the_limit_are_answered_503_with_retry_after() {
    let store = Arc::new(Held::default());
    let limits = Limits { requests: 2, ..Limits::default() };
    let harness = hello().store(store.clone()).limits(limits).build().unwrap();
    let server = Server::start(harness.clone()).await;
    // Two that wait for the disk take all the room there is.
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let harness = harness.clone();
            tokio::spawn(async move { harness.handle(Request::new(Bytes::new())).await })
        })
        .collect();
    while store.waiting() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let refused = server.send(GET).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(refused.body().contains("trace_id"));

    store.release();
    for request in waiting {
        assert_eq!(request.await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(server.send(GET).await.status(), 200);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_answered_503_with_retry_after() {
    let server = Server::hello(Limits { connections: 2, ..Limits::default() }).await;
    let idle = [server.connect().await, server.connect().await];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = server.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("connection"), Some("close"));
    drop(idle);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.send(GET).await.status(), 200);
}

/// Guards against clients that ask and never read: once the buffers between are full, such a connection was kept for
/// ever, and with enough of them there was no room for anybody else.
#[tokio::test]
async fn clients_that_never_read_do_not_stay() {
    let limits = Limits { connections: 1, receive_time: Duration::from_millis(300), ..Limits::default() };
    let socket = TcpSocket::new_v4().unwrap();
    // Small buffers are full soon.
    socket.set_send_buffer_size(8 << 10).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let server = Server::start_on(socket.listen(16).unwrap(), hello().limits(limits).build().unwrap());
    let client = TcpSocket::new_v4().unwrap();
    client.set_recv_buffer_size(4 << 10).unwrap();
    let mut deaf = client.connect(server.address).await.unwrap();
    let asking = tokio::spawn(async move {
        let requests = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
        while deaf.write_all(requests.as_bytes()).await.is_ok() {}
        // Still open at this end, still unread.
        deaf
    });
    let cut_off = tokio::time::timeout(Duration::from_secs(20), asking).await;
    let deaf = cut_off.expect("the connection stays").unwrap();
    assert_eq!(server.send(GET).await.status(), 200);
    drop(deaf);
}

/// Guards against an accept loop that waits for a place among the refused.
#[tokio::test]
async fn connections_beyond_all_limits_are_closed_and_keep_nobody_waiting() {
    let server = Server::hello(Limits { connections: 1, ..Limits::default() }).await;
    let served = server.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = server.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let closed = tokio::time::timeout(Duration::from_secs(5), server.send(GET)).await.expect("it waits");
    assert_eq!(closed.0, "");
    drop(served);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = tokio::time::timeout(Duration::from_secs(5), server.send(GET)).await.expect("it waits");
    assert_eq!(answer.status(), 200);
    drop(refused);
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let server = Server::hello(Limits { requests_per_instance: 3, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    stream.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(9).as_bytes()).await.unwrap();
    stream.write_all(GET.as_bytes()).await.unwrap();
    let answers = read(&mut stream).await;
    assert_eq!(answers.0.matches("HTTP/1.1 200 OK").count(), 10);
}

#[tokio::test]
async fn healthz_is_about_the_store() {
    let store = Arc::new(Held::default());
    let server = Server::start(hello().store(store.clone()).build().unwrap()).await;
    let health = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let healthy = server.send(health).await;
    assert_eq!((healthy.status(), healthy.body()), (200, "ok"));
    assert_eq!(healthy.header("content-length"), Some("2"));
    store.broken.store(true, Ordering::SeqCst);
    assert_eq!(server.send(health).await.status(), 503);
    store.broken.store(false, Ordering::SeqCst);
    assert_eq!(server.send(health).await.status(), 200);
}

#[tokio::test]
async fn an_answer_the_store_cannot_stand_for_is_withheld() {
    let store = Arc::new(Held::default());
    store.release();
    let harness = hello().store(store.clone()).build().unwrap();
    store.broken.store(true, Ordering::SeqCst);
    let answer = harness.handle(Request::new(Bytes::new())).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = std::str::from_utf8(answer.body()).unwrap();
    assert!(body.starts_with(r#"{"message":"internal error","trace_id":""#), "{body}");
}

#[tokio::test]
async fn shutdown_lets_requests_in_flight_finish_and_takes_no_new_ones() {
    let store = Arc::new(Held::default());
    let mut server = Server::start(hello().store(store.clone()).build().unwrap()).await;
    let mut in_flight = server.connect().await;
    in_flight.write_all(GET.as_bytes()).await.unwrap();
    let mut idle = server.connect().await;
    while store.waiting() < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stop();
    assert!(read(&mut idle).await.0.is_empty(), "an idle connection is closed");
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err());
    store.release();
    assert_eq!(read(&mut in_flight).await.status(), 200);
    let started = Instant::now();
    server.stopped().await;
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let store = Arc::new(Held::default());
    let limits = Limits { shutdown_time: Duration::from_millis(200), ..Limits::default() };
    let mut server = Server::start(hello().store(store.clone()).limits(limits).build().unwrap()).await;
    let mut in_flight = server.connect().await;
    in_flight.write_all(GET.as_bytes()).await.unwrap();
    while store.waiting() < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stop();
    tokio::time::timeout(Duration::from_secs(5), server.stopped()).await.unwrap();
}

#[tokio::test]
async fn a_client_that_hangs_up_makes_no_room_before_its_request_is_over() {
    let store = Arc::new(Held::default());
    let limits = Limits { requests: 1, ..Limits::default() };
    let server = Server::start(hello().store(store.clone()).limits(limits).build().unwrap()).await;
    let mut gone = server.connect().await;
    gone.write_all(GET.as_bytes()).await.unwrap();
    while store.waiting() < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(gone);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.send(GET).await.status(), 503);
    store.release();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.send(GET).await.status(), 200);
}

/// A store whose disk can be held and broken.
struct Held {
    broken: AtomicBool,
    waiting: std::sync::atomic::AtomicUsize,
    released: tokio::sync::Semaphore,
}

impl Default for Held {
    fn default() -> Self {
        Self { broken: AtomicBool::default(), waiting: 0.into(), released: tokio::sync::Semaphore::new(0) }
    }
}

impl Held {
    fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    fn release(&self) {
        self.released.close();
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.broken.load(Ordering::SeqCst) {
            Err(StoreError::Unavailable("broken".into()))
        } else {
            Ok(())
        }
    }
}

impl Store for Held {
    fn get(&self, _: Key<'_>, _: &mut Seen) -> Result<Option<String>, StoreError> {
        self.check().map(|()| None)
    }

    fn set(&self, _: Key<'_>, _: Value<'_>, _: Option<u64>, _: &mut Seen) -> Result<(), StoreError> {
        self.check()
    }

    fn delete(&self, _: Key<'_>, _: &mut Seen) -> Result<(), StoreError> {
        self.check()
    }

    fn add(&self, _: Key<'_>, delta: i64, _: Option<u64>, _: &mut Seen) -> Result<i64, StoreError> {
        self.check().map(|()| delta)
    }

    fn durable(&self, _: Seen) -> BoxFuture<'_, Result<(), StoreError>> {
        if self.released.is_closed() {
            return ready(self.check()).boxed();
        }
        async {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            // Ends with an error when it is closed.
            let _ = self.released.acquire().await;
            self.check()
        }
        .boxed()
    }
}
