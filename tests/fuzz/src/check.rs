//! What holds after every exchange, whatever was sent.

use crate::contract::{self, Family, Place};
use crate::request::Sent;
use crate::world::{self, World};
use http::HeaderMap;
use serde_json::Value;
use std::rc::Rc;
use stepgate_gateway::testing::TestPorts;

/// The most operations that a request may ask of the store. A page of a list looks at 200 entries at most, and each entry
/// takes several.
const MOST_OPERATIONS: u64 = 200;
const MOST_OPERATIONS_OF_LISTS: u64 = 2_500;

/// The longest record (wit/store.wit), in bytes.
const LONGEST_RECORD: usize = 64 * 1024;

/// A copy of the world that an input is sent to.
pub struct Visit<'w> {
    /// Where it started from.
    pub world: &'w World,
    /// The gateway.
    pub ports: TestPorts,
    codes: Vec<String>,
    /// How things stand, if nothing has been done since they were looked at.
    seen: Option<Seen>,
    /// What was sent so far: a secret that was in it may be answered.
    sent: Vec<Sent>,
}

/// How things stand: what a refused request must leave as it is.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The records but for the answers that are kept to be repeated, and the notes when to look at a thing again for its
    /// webhooks, which come before whatever may end it.
    records: Rc<Vec<(String, String)>>,
    /// The code that waits for the change of an address.
    waiting: Value,
}

impl Seen {
    /// Looks at a gateway that has this customer.
    #[must_use]
    pub fn of(ports: &TestPorts, customer: &str) -> Seen {
        let path = format!("/api/authentication-codes/entity/{customer}");
        let sent = Sent::new("GET", &path).with("x-api-key", world::WRITER);
        let answer = ports.exchange(sent.request().expect("it is a request"));
        let mut records = ports.records();
        records.retain(|(key, _)| !key.contains("/idempotency/") && !key.contains("/agenda/"));
        Seen {
            records: Rc::new(records),
            waiting: serde_json::from_slice(answer.body()).expect("it is JSON"),
        }
    }

    /// The keys of what is not the same later.
    fn changed<'s>(&'s self, later: &'s Seen) -> Vec<&'s str> {
        if self.records == later.records {
            return Vec::new();
        }
        let before = self.records.iter().filter(|record| !later.records.contains(record));
        let after = later.records.iter().filter(|record| !self.records.contains(record));
        before.chain(after).map(|(key, _)| key.as_str()).collect()
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Of HTTP.
    pub status: u16,
    /// All of them.
    pub headers: HeaderMap,
    /// Any bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("it is JSON")
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("it is text")
    }

    /// A header, empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }

    /// What people read of a refusal by the API.
    #[must_use]
    pub fn message(&self) -> String {
        let body = self.json();
        let message =
            [&body, &body["message"], &body["error"]["message"]].into_iter().find_map(Value::as_str);
        message.expect("a refusal says why").to_owned()
    }
}

/// Does something with a copy of the world.
pub fn visit<T>(work: impl FnOnce(&mut Visit<'_>) -> T) -> T {
    world::with(|world| {
        let (codes, seen) = (world.codes().to_vec(), Some(world.seen().clone()));
        work(&mut Visit { world, ports: world.fork(), codes, seen, sent: Vec::new() })
    })
}

impl Visit<'_> {
    /// Sends a request, and checks everything that can be said of any answer. None if it is no request at all.
    pub fn send(&mut self, sent: &Sent) -> Option<Answer> {
        let request = sent.request()?;
        let path = request.uri().path().to_owned();
        let before = self.seen.take().unwrap_or_else(|| self.look());
        let (operations, lines) = (self.ports.operations(), self.ports.log_lines().len());
        let (head, body) = self.ports.exchange(request).into_parts();
        let answer = Answer { status: head.status.as_u16(), headers: head.headers, body };
        let operations = self.ports.operations() - operations;
        self.sent.push(sent.clone());
        let place = contract::place(&sent.method, &path);
        check_status(&place, sent, &path, &answer);
        check_head(&path, &answer);
        check_family(&place, &path, &answer);
        let lines: Vec<String> = self.ports.log_lines().split_off(lines);
        check_log(&lines);
        self.check_secrets(&place, sent, &answer, &lines);
        let most = if place.lists { MOST_OPERATIONS_OF_LISTS } else { MOST_OPERATIONS };
        let is_reset = path == "/api/sandbox/reset";
        assert!(
            is_reset || operations <= most,
            "{} {path}: {operations} operations of the store",
            sent.method
        );
        if answer.status >= 400 || matches!(&*sent.method, "GET" | "HEAD") {
            let after = self.look();
            let changed = before.changed(&after);
            assert!(
                changed.is_empty(),
                "{} {path} was answered {} and changed {changed:?}",
                sent.method,
                answer.status
            );
            assert_eq!(before.waiting, after.waiting, "a refused request spent an attempt, or ended a code");
            self.seen = Some(after);
        } else {
            for (key, value) in self.ports.records() {
                assert!(value.len() <= LONGEST_RECORD, "{key} has {} bytes", value.len());
            }
        }
        Some(answer)
    }

    /// Sends a request, and checks nothing.
    #[must_use]
    pub fn exchange(&self, sent: &Sent) -> Option<Answer> {
        let (head, body) = self.ports.exchange(sent.request()?).into_parts();
        Some(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    /// Lets answers repeat no code of these messages either.
    pub fn learn_code(&mut self, code: &str) {
        self.codes.push(code.to_owned());
    }

    fn look(&self) -> Seen {
        Seen::of(&self.ports, self.world.id("CUSTOMER"))
    }

    fn was_sent(&self, secret: &str) -> bool {
        self.sent.iter().any(|sent| sent.mentions(secret))
    }

    fn check_secrets(&self, place: &Place, sent: &Sent, answer: &Answer, lines: &[String]) {
        let body = String::from_utf8_lossy(&answer.body);
        let heads: Vec<String> = answer
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        for secret in self.world.secrets() {
            assert!(!lines.iter().any(|line| line.contains(secret)), "the log has a secret");
            let repeated = body.contains(secret.as_str()) || heads.iter().any(|head| head.contains(secret));
            assert!(
                !repeated || place.shows_secrets || self.was_sent(secret),
                "an answer has a secret: {heads:?} {body}"
            );
        }
        for code in &self.codes {
            assert!(!lines.iter().any(|line| stands_alone(line, code)), "the log has a code");
            let repeated = !place.shows_secrets && stands_alone(&body, code);
            assert!(!repeated || self.was_sent(code), "an answer has a code: {body}");
        }
        if answer.status >= 400 && contract::is_api(sent.path()) {
            assert!(!body.contains("sesame"), "a refusal repeats what was sent: {body}");
        }
    }
}

/// Whether the digits are there as a number of their own and not a part of an id or a time.
fn stands_alone(text: &str, digits: &str) -> bool {
    text.match_indices(digits).any(|(at, _)| {
        let outside =
            |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.' | '_'));
        outside(text[..at].chars().next_back()) && outside(text[at + digits.len()..].chars().next())
    })
}

fn check_status(place: &Place, sent: &Sent, path: &str, answer: &Answer) {
    let (method, status) = (&sent.method, answer.status);
    assert!(status < 500, "{method} {path} was answered {status}: {}", String::from_utf8_lossy(&answer.body));
    assert!(
        place.allows(method, path, status),
        "{method} {path} was answered {status}, which the contract does not have: {}",
        String::from_utf8_lossy(&answer.body)
    );
    match status {
        405 => {
            let allow = answer.header("allow");
            assert!(
                !allow.is_empty() && !allow.split(", ").any(|verb| verb == method),
                "{method}: Allow is {allow}"
            );
        }
        429 if contract::is_api(path) => {
            let wait: u64 = answer.header("retry-after").parse().expect("Retry-After says how many seconds");
            assert!(wait >= 1);
        }
        303 => assert!(answer.header("location").starts_with("/identify/")),
        _ => {}
    }
}

fn check_head(path: &str, answer: &Answer) {
    if answer.status == 204 {
        assert!(answer.body.is_empty() && !answer.headers.contains_key("content-length"));
    } else {
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    }
    let trace = answer.header("x-trace-id");
    assert!(trace.len() == 32 && is_hex(trace), "{trace}");
    if path != "/style.css" {
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for name in answer.headers.keys() {
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{name} came twice");
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_family(place: &Place, path: &str, answer: &Answer) {
    let kind = answer.header("content-type");
    if place.family == Family::Page {
        match answer.status {
            303 => assert!(answer.body.is_empty()),
            200 if path == "/inbox.json" => assert!(answer.json()["items"].is_array()),
            200 if path == "/style.css" || path == "/healthz" => {}
            _ => {
                assert_eq!(kind, "text/html; charset=utf-8");
                assert!(
                    answer.text().starts_with("<!doctype html>")
                        || answer.text().starts_with("<!DOCTYPE html>")
                );
                assert!(!answer.text().contains("<script"), "{}", answer.text());
                assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
                assert_eq!(answer.header("referrer-policy"), "no-referrer");
            }
        }
        return;
    }
    if place.family == Family::Account {
        assert!(answer.json().is_object());
        return;
    }
    match answer.status {
        204 => return,
        401 => {
            assert_eq!((kind, answer.text()), ("text/plain; charset=utf-8", "authorization error"));
            return;
        }
        _ => assert_eq!(kind, "application/json; charset=utf-8"),
    }
    let body = answer.json();
    if answer.status < 400 {
        return;
    }
    let fields = body.as_object();
    match (place.family, answer.status) {
        (Family::Envelope, _) | (Family::EnvelopeBut403, 400..403 | 404..) => {
            let error = body["error"].as_object().expect("the envelope has an error");
            assert_eq!((fields.map(|fields| fields.len()), error.len()), (Some(1), 3), "{body}");
            let id =
                error["request_id"].as_str().and_then(|id| id.strip_prefix("req_")).expect("it has an id");
            assert!(id.len() == 12 && is_hex(id), "{body}");
            let code = error["code"].as_str().expect("it has a code");
            assert!(!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        }
        (_, 403) => {
            assert_eq!(fields.map(|fields| fields.len()), Some(2), "{body}");
            assert!(body["message"].is_string() && body["trace_id"].is_string(), "{body}");
        }
        _ => assert!(body.as_str().is_some_and(|text| !text.is_empty()), "{body}"),
    }
}

/// A line is one JSON object, on one line, and names nobody.
fn check_log(lines: &[String]) {
    for line in lines {
        let read: Value = serde_json::from_str(line).expect("a line of the log is JSON");
        assert!(read.is_object() && !line.contains('\n'), "{line}");
        assert!(!line.contains('@') && !line.contains("sesame"), "{line}");
        assert_ne!(read["event"], "failure", "{line}");
    }
}
