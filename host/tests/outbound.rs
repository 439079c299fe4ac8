//! What the guest can send, and to whom: `tests/guests/probe` sends what it is told to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, pending, ready};
use http::{Request, StatusCode};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use stepgate_host::store::{Key, MemoryStore, Seen, Store, StoreError, Value};
use stepgate_host::{Harness, HarnessBuilder, Outbound, OutboundLimits, Resolve, RootsError};
use support::TestClock;
use support::receiver::{Authority, Receiver, Reply};
use support::server::compiled;
use tokio::io::AsyncWriteExt as _;

const PROHIBITED: &str = "ErrorCode::DestinationIpProhibited";
const TOTAL_TIME: Duration = Duration::from_millis(600);
/// Nothing here is waited for that long.
const LONG: Duration = Duration::from_secs(60);

fn probe() -> HarnessBuilder {
    Harness::builder().component(stepgate_artifacts::PROBE).cache(compiled())
}

fn sending(outbound: Outbound) -> Harness {
    probe().outbound(outbound).build().unwrap()
}

/// To this machine as well, one request at a time.
fn local() -> Outbound {
    limited(OutboundLimits { requests_per_host: 1, queue_time: LONG, ..OutboundLimits::default() })
}

/// The same, and nothing takes long.
fn brisk() -> Outbound {
    limited(OutboundLimits {
        requests_per_host: 1,
        queue_time: TOTAL_TIME / 6,
        connect_time: TOTAL_TIME,
        total_time: TOTAL_TIME,
        ..OutboundLimits::default()
    })
}

fn limited(limits: OutboundLimits) -> Outbound {
    Outbound::new(limits).allow(["127.0.0.0/8".parse().unwrap()])
}

async fn call(harness: &Harness, url: &str, read: &str) -> (StatusCode, String) {
    let request = Request::get("/send").header("host", "x").header("x-url", url).header("x-read", read);
    let answer = harness.handle(request.body(Bytes::new()).unwrap());
    let answer = tokio::time::timeout(Duration::from_secs(20), answer).await.unwrap();
    (answer.status(), String::from_utf8(answer.into_body().into()).unwrap())
}

/// What the guest tells of a request that it sent.
async fn send(harness: &Harness, url: &str) -> String {
    let (status, text) = call(harness, url, "yes").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    text
}

/// Finds these names only, and counts how often it is asked.
#[derive(Default)]
struct Names {
    known: Vec<(&'static str, Vec<IpAddr>)>,
    asked: AtomicUsize,
}

impl Names {
    fn with(name: &'static str, addresses: &[&str]) -> Arc<Self> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self { known: vec![(name, addresses)], ..Self::default() })
    }
}

impl Resolve for Names {
    fn resolve(&self, host: String) -> BoxFuture<'_, std::io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.known.iter().find(|(name, _)| *name == host);
        ready(found.map(|(_, addresses)| addresses.clone()).ok_or(std::io::ErrorKind::NotFound.into()))
            .boxed()
    }
}

#[tokio::test]
async fn without_being_told_so_the_guest_sends_nothing() {
    let receiver = Receiver::start(Reply::ok("")).await;
    let harness = probe().build().unwrap();
    for url in [receiver.url("/"), "https://example.com/".into()] {
        assert_eq!(send(&harness, &url).await, "ErrorCode::HttpRequestDenied", "{url}");
    }
    assert!(receiver.heard().is_empty());
}

#[tokio::test]
async fn a_request_arrives_as_it_is_and_its_answer_comes_back() {
    let receiver = Receiver::start(Reply::ok("pong")).await;
    let harness = sending(local());
    assert_eq!(send(&harness, &receiver.url("/a%20b?c=d")).await, "200 pong");
    let heard = receiver.heard().remove(0).to_ascii_lowercase();
    assert!(heard.starts_with("post /a%20b?c=d http/1.1\r\n"), "{heard}");
    assert!(heard.contains(&format!("host: {}\r\n", receiver.address)), "{heard}");
    assert!(heard.contains("connection: close\r\n"), "{heard}");
    assert!(heard.contains("ping"), "{heard}");
    receiver.deserted().await;
}

/// Guards against requests that somebody outside has made inside: of the clouds' metadata services, say.
#[tokio::test]
async fn what_is_not_public_is_not_reached_however_it_is_written() {
    let receiver = Receiver::start(Reply::ok("")).await;
    let port = receiver.address.port();
    let harness = sending(Outbound::default());
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "localhost",
        "LOCALHOST.",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[2002:7f00:1::]",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/");
            assert_eq!(send(&harness, &url).await, PROHIBITED, "{url}");
        }
    }
    assert!(receiver.heard().is_empty());
}

#[tokio::test]
async fn one_private_address_beside_public_ones_is_enough() {
    for addresses in
        [["192.0.0.9", "1.1.1.1"], ["1.1.1.1", "127.0.0.1"], ["2606:4700::1111", "::ffff:10.0.0.1"]]
    {
        let harness = sending(Outbound::default().resolver(Names::with("mixed.test", &addresses)));
        assert_eq!(send(&harness, "https://mixed.test/").await, PROHIBITED, "{addresses:?}");
    }
}

#[tokio::test]
async fn without_tls_only_allowed_networks_are_reached() {
    // Nobody is connected to: it is refused before that.
    let names = Names::with("public.test", &["127.0.0.1", "1.1.1.1"]);
    let harness = sending(local().resolver(names));
    assert_eq!(send(&harness, "http://public.test/").await, "ErrorCode::HttpRequestDenied");
    assert_eq!(send(&harness, "http://1.1.1.1/").await, "ErrorCode::HttpRequestDenied");
}

#[tokio::test]
async fn urls_with_user_info_and_other_schemes_are_refused() {
    let receiver = Receiver::start(Reply::ok("")).await;
    let harness = sending(local());
    let url = format!("http://user:pass@{}/", receiver.address);
    assert_eq!(send(&harness, &url).await, "ErrorCode::HttpRequestUriInvalid");
    let url = format!("ftp://{}/", receiver.address);
    assert_eq!(send(&harness, &url).await, "ErrorCode::HttpProtocolError");
    assert!(receiver.heard().is_empty());
}

/// Guards against a name that has one address when it is checked and another when it is connected to.
#[tokio::test]
async fn a_name_is_looked_up_once() {
    let receiver = Receiver::start(Reply::ok("pong")).await;
    // 127.0.0.2 is silent for there is nobody; the next one answers.
    let names = Names::with("receiver.test", &["127.0.0.2", "127.0.0.1"]);
    let harness = sending(local().resolver(names.clone()));
    let url = format!("http://Receiver.TEST:{}/", receiver.address.port());
    assert_eq!(send(&harness, &url).await, "200 pong");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert!(receiver.heard()[0].to_ascii_lowercase().contains("host: receiver.test:"));
}

#[tokio::test]
async fn a_server_shows_a_certificate_for_its_name_from_somebody_who_is_trusted() {
    let authority = Authority::new();
    let outbound = || {
        local().resolver(Arc::new(Names {
            known: ["receiver.test", "other.test"]
                .map(|name| (name, vec!["127.0.0.1".parse().unwrap()]))
                .into(),
            ..Names::default()
        }))
    };
    let trusting = sending(outbound().extra_roots(authority.pem().as_bytes()).unwrap());
    let receiver = Receiver::start_tls(Reply::ok("pong"), &authority, "receiver.test").await;
    let port = receiver.address.port();
    assert_eq!(send(&trusting, &format!("https://receiver.test:{port}/")).await, "200 pong");
    for (harness, host) in [
        (&trusting, "other.test"),
        (&trusting, "127.0.0.1"),
        (&sending(outbound()), "receiver.test"),
        (&sending(outbound().extra_roots(Authority::new().pem().as_bytes()).unwrap()), "receiver.test"),
    ] {
        let url = format!("https://{host}:{port}/");
        assert_eq!(send(harness, &url).await, "ErrorCode::TlsCertificateError", "{host}");
    }
    assert_eq!(receiver.heard().len(), 1);

    let by_address = Receiver::start_tls(Reply::ok("pong"), &authority, "127.0.0.1").await;
    assert_eq!(send(&trusting, &format!("https://{}/", by_address.address)).await, "200 pong");

    assert_eq!(by_address.heard().len(), 1);
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_nothing() {
    // It waits for the rest of what it takes for a request.
    let silent = Receiver::start(Reply::ok("")).await;
    let url = format!("https://{}/", silent.address);
    assert_eq!(send(&sending(brisk()), &url).await, "ErrorCode::ConnectionTimeout");
    assert!(silent.heard().is_empty());

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        tokio::time::sleep(LONG).await;
    });
    assert_eq!(send(&sending(local()), &url).await, "ErrorCode::TlsProtocolError");
}

#[test]
fn roots_that_are_none_are_refused() {
    assert!(matches!(Outbound::default().extra_roots(b""), Err(RootsError::Empty)));
    assert!(matches!(Outbound::default().extra_roots(b"no certificate"), Err(RootsError::Empty)));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(Outbound::default().extra_roots(broken.as_bytes()), Err(RootsError::Unusable(1))));
    let second = format!("{}{broken}", Authority::new().pem());
    assert!(matches!(Outbound::default().extra_roots(second.as_bytes()), Err(RootsError::Unusable(2))));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let inside = Receiver::start(Reply::ok("")).await;
    for status in [301, 302, 303, 307, 308] {
        let redirect =
            format!("HTTP/1.1 {status} x\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", inside.url("/"));
        let receiver = Receiver::start(Reply::Text(redirect)).await;
        assert_eq!(send(&sending(local()), &receiver.url("/")).await, format!("{status} "));
    }
    assert!(inside.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_end_holds_nothing() {
    let head = "HTTP/1.1 200 OK\r\n\r\n".to_owned();
    let receiver = Receiver::start(Reply::Endless(head, "x".repeat(4096))).await;
    let harness = sending(local());
    let told = send(&harness, &receiver.url("/")).await;
    assert_eq!(told, "ErrorCode::HttpResponseBodySize(Some(65536))");
    receiver.deserted().await;
    // There is room for one at a time, so each of these waits until the one before it has let go.
    for _ in 0..3 {
        assert_eq!(call(&harness, &receiver.url("/"), "no").await.1, "200");
    }
    receiver.deserted().await;
}

#[tokio::test]
async fn a_body_of_64_kib_is_read() {
    let receiver = Receiver::start(Reply::ok(&"x".repeat(65_536))).await;
    assert_eq!(send(&sending(local()), &receiver.url("/")).await.len(), 4 + 65_536);
}

#[tokio::test]
async fn who_takes_too_long_is_hung_up_on() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n".to_owned();
    for reply in [
        Reply::Silence,
        Reply::Slow("HTTP/1.1 200 OK\r\n".into(), LONG, "\r\n".into()),
        Reply::Slow(format!("{head}half"), LONG, "half".into()),
        // Neither a length nor an end.
        Reply::Slow("HTTP/1.1 200 OK\r\n\r\nhalf".into(), LONG, String::new()),
        Reply::Endless(String::new(), "HTTP/1.1 103 Early Hints\r\n\r\n".into()),
    ] {
        let receiver = Receiver::start(reply).await;
        let started = Instant::now();
        let told = send(&sending(brisk()), &receiver.url("/")).await;
        assert_eq!(told, "ErrorCode::HttpResponseTimeout");
        let took = started.elapsed();
        assert!((TOTAL_TIME..LONG / 4).contains(&took), "{took:?}");
        receiver.deserted().await;
    }
}

#[tokio::test]
async fn what_is_no_whole_answer_says_what_is_wrong_with_it() {
    let many: String = (0..100).map(|number| format!("h{number}: x\r\n")).collect();
    for (reply, told) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf".to_owned(), "HttpResponseIncomplete"),
        ("HTTP/1.1 200 OK\r\nContent-Le".into(), "HttpResponseIncomplete"),
        (String::new(), "HttpResponseIncomplete"),
        ("SSH-2.0-OpenSSH_9.9\r\n\r\n".into(), "HttpProtocolError"),
        (
            format!("HTTP/1.1 200 OK\r\nh: {}\r\n\r\n", "x".repeat(32 << 10)),
            "HttpResponseHeaderSectionSize(None)",
        ),
        (format!("HTTP/1.1 200 OK\r\n{many}\r\n"), "HttpResponseHeaderSectionSize(None)"),
    ] {
        let receiver = Receiver::start(Reply::Text(reply.clone())).await;
        let answer = send(&sending(local()), &receiver.url("/")).await;
        assert_eq!(answer, format!("ErrorCode::{told}"), "{reply:.40}");
    }
}

#[tokio::test]
async fn who_is_not_there_is_told_apart() {
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", receiver.local_addr().unwrap());
    drop(receiver);
    assert_eq!(send(&sending(local()), &url).await, "ErrorCode::ConnectionRefused");

    let nobody = sending(local().resolver(Arc::new(Names::default())));
    let told = send(&nobody, "https://nobody.test/").await;
    assert!(told.starts_with("ErrorCode::DnsError"), "{told}");

    struct Slow;
    impl Resolve for Slow {
        fn resolve(&self, _host: String) -> BoxFuture<'_, std::io::Result<Vec<IpAddr>>> {
            pending().boxed()
        }
    }
    let slow = sending(brisk().resolver(Arc::new(Slow)));
    assert_eq!(send(&slow, "https://slow.test/").await, "ErrorCode::DnsTimeout");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_host_takes_no_room_from_others() {
    let slow = Receiver::start(Reply::Silence).await;
    let quick = Receiver::start(Reply::ok("pong")).await;
    let names = Arc::new(Names {
        known: ["slow.test", "quick.test"].map(|name| (name, vec!["127.0.0.1".parse().unwrap()])).into(),
        ..Names::default()
    });
    let harness = sending(brisk().resolver(names));
    let url = format!("http://slow.test:{}/", slow.address.port());
    let waiting = tokio::spawn({
        let (harness, url) = (harness.clone(), url.clone());
        async move { send(&harness, &url).await }
    });
    while slow.open() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The same host, however it is written.
    let again = url.replace("slow.test", "SLOW.test.");
    assert_eq!(send(&harness, &again).await, "ErrorCode::ConnectionLimitReached");
    let url = format!("http://quick.test:{}/", quick.address.port());
    assert_eq!(send(&harness, &url).await, "200 pong");
    assert_eq!(waiting.await.unwrap(), "ErrorCode::HttpResponseTimeout");
    assert_eq!(slow.heard().len(), 1);
}

/// A store that loses everything.
struct Leaky(MemoryStore);

impl Store for Leaky {
    fn get(&self, key: Key<'_>, seen: &mut Seen) -> Result<Option<String>, StoreError> {
        self.0.get(key, seen)
    }

    fn set(
        &self,
        key: Key<'_>,
        value: Value<'_>,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<(), StoreError> {
        self.0.set(key, value, expires, seen)
    }

    fn delete(&self, key: Key<'_>, seen: &mut Seen) -> Result<(), StoreError> {
        self.0.delete(key, seen)
    }

    fn add(
        &self,
        key: Key<'_>,
        delta: i64,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<i64, StoreError> {
        self.0.add(key, delta, expires, seen)
    }

    fn durable(&self, _seen: Seen) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Err(StoreError::Unavailable("it is gone".into()))).boxed()
    }
}

#[tokio::test]
async fn nothing_leaves_before_what_it_rests_on_is_durable() {
    let receiver = Receiver::start(Reply::ok("")).await;
    let store = Leaky(MemoryStore::new(Arc::new(TestClock::new())));
    let harness = probe().outbound(local()).store(Arc::new(store)).build().unwrap();
    let (status, _) = call(&harness, &receiver.url("/"), "yes").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(receiver.heard().is_empty());
}

/// What it says to the log, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(feature = "program")]
#[tokio::test]
async fn the_log_names_the_host_and_never_the_path() {
    use tracing::level_filters::LevelFilter;
    use tracing_subscriber::layer::SubscriberExt as _;
    let lines = Lines::default();
    // Of everybody else the program takes warnings at the most.
    let filter = tracing_subscriber::filter::Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("stepgate_host", LevelFilter::TRACE)
        .with_target("stepgate", LevelFilter::TRACE);
    let sink = lines.clone();
    let log = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || sink.clone());
    let log = tracing_subscriber::registry().with(filter).with(log);
    let _guard = tracing::subscriber::set_default(log);
    let silent = Receiver::start(Reply::Silence).await;
    let harness = sending(brisk());
    for url in ["http://10.0.0.1/s3cret?s3cret".into(), silent.url("/s3cret?s3cret")] {
        assert!(send(&harness, &url).await.starts_with("ErrorCode::"), "{url}");
    }
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("an outbound request failed"), "{log}");
    assert!(log.contains("10.0.0.1") && log.contains("127.0.0.1"), "{log}");
    assert!(log.contains("trace_id"), "{log}");
    assert!(!log.contains("s3cret"), "{log}");
}
