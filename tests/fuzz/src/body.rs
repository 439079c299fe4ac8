//! Requests with a JSON body: what holds for each of them.

use crate::check::{Answer, Visit, visit};
use crate::json::{self, Body};
use crate::request::Sent;
use crate::world::WRITER;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// An integer that is not negative.
    Integer,
    /// An object.
    Object,
    /// A list.
    List,
    /// A string or an object.
    TextOrObject,
}

/// One request type.
pub struct Target {
    /// Of HTTP.
    pub method: &'static str,
    /// With names of the world in it. Inputs choose among them with their first byte, if there are several.
    pub paths: &'static [&'static str],
    /// Whose request it is.
    pub key: &'static str,
    /// Settings that differ from the world's.
    pub settings: &'static [(&'static str, &'static str)],
    /// Bodies that are taken.
    pub valid: fn() -> Vec<Value>,
    /// The fields of the body at its top, and what each has to be.
    pub fields: &'static [(&'static str, Kind)],
    /// Whether it is done once for each `IDEMPOTENCY-KEY`.
    pub once: bool,
    /// Pairs of fields that have to fit each other: an edit of the first may be answered with the name of the second.
    pub pairs: &'static [(&'static str, &'static str)],
    /// What holds besides, where the request was done: with the path and the body as they were sent.
    pub done: fn(&mut Visit<'_>, &str, &Value, &Answer),
}

impl Target {
    /// Sends an input, and checks what came of it.
    pub fn run(&self, input: &[u8]) {
        let (path, input) = match (self.paths, input.split_first()) {
            ([path], _) => (*path, input),
            (paths, Some((which, rest))) => (paths[usize::from(*which) % paths.len()], rest),
            (_, None) => return,
        };
        let valid = (self.valid)();
        let Body { bytes, edits } = json::body(input, &valid);
        visit(|visit| {
            let path = String::from_utf8(visit.world.fill_in(path.as_bytes())).expect("paths are text");
            let body = visit.world.fill_in(&bytes);
            let sent = Sent::new(self.method, &path)
                .with("x-api-key", self.key)
                .with("content-type", "application/json; charset=utf-8")
                .with("idempotency-key", "fuzz-1")
                .with_body(body);
            for (name, value) in self.settings {
                visit.ports.set(name, value);
            }
            let Some(answer) = visit.send(&sent) else { return };
            self.check(visit, &sent, &answer, edits.as_deref());
            if self.once && !matches!(answer.status, 401 | 429) {
                let again = visit.send(&sent).expect("it was a request before");
                assert_eq!(
                    (again.status, repeatable(&again)),
                    (answer.status, repeatable(&answer)),
                    "another answer"
                );
            }
        });
    }

    /// What is known of a body that was taken. The fields that nobody knows may hold what a value of ours cannot, as long as
    /// it is JSON.
    fn read(&self, body: &[u8]) -> Value {
        if self.fields.is_empty() {
            return serde_json::from_slice(body).expect("what is done was JSON");
        }
        let text = without_surrogates(str::from_utf8(body).expect("what is done was UTF-8"));
        let fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(&text).expect("what is done was a JSON object");
        let known = fields.into_iter().filter(|(name, _)| self.fields.iter().any(|(field, _)| field == name));
        let known = known.map(|(name, value)| {
            let value = serde_json::from_str(value.get()).expect("what is known was JSON");
            (name, value)
        });
        Value::Object(known.collect())
    }

    fn check(&self, visit: &mut Visit<'_>, sent: &Sent, answer: &Answer, edits: Option<&[json::Done]>) {
        let known = |done: &json::Done| {
            done.path.first().is_some_and(|top| self.fields.iter().any(|(name, _)| name == top))
        };
        match answer.status {
            200..300 => {
                let body = self.read(&sent.body);
                for (name, kind) in self.fields {
                    assert!(kind.takes(&body[name]), "{name} was taken as {}", body[name]);
                }
                if let Some([done]) = edits {
                    assert!(!(done.doubled && known(done)), "a field that came twice was taken: {done:?}");
                }
                (self.done)(visit, sent.path(), &body, answer);
            }
            400 => {
                let message = answer.message();
                let named = named(&message);
                if named == "The" || named == "IDEMPOTENCY-KEY" || named == "Identifications" {
                    return;
                }
                assert!(
                    self.fields.iter().any(|(name, _)| *name == named),
                    "{message} names no field of the body"
                );
                if let Some([done]) = edits
                    && let Some(top) = done.path.first()
                {
                    let fits = top == named || self.pairs.contains(&(top, named));
                    assert!(fits, "{} was edited, and the answer is: {message}", done.path.join("."));
                }
            }
            _ => {}
        }
        if edits.is_some_and(<[_]>::is_empty) {
            // An unedited body is fine, so nothing is wrong with it.
            assert!(
                !matches!(answer.status, 400 | 413 | 415),
                "a valid body was refused: {}",
                String::from_utf8_lossy(&answer.body)
            );
        }
    }
}

impl Kind {
    /// Absent and `null` are the same everywhere, and whether a field must be there is not asked here.
    fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Null)
            | (Kind::Text | Kind::TextOrObject, Value::String(_))
            | (Kind::Flag, Value::Bool(_))
            | (Kind::Object | Kind::TextOrObject, Value::Object(_))
            | (Kind::List, Value::Array(_)) => true,
            (Kind::Integer, Value::Number(number)) => number.is_u64(),
            _ => false,
        }
    }
}

/// JSON may have halves of characters, as escapes, and Rust's texts may not: each is made another character.
fn without_surrogates(text: &str) -> String {
    let mut whole = text.to_owned();
    for (at, _) in text.match_indices("\\u") {
        let hex = text.get(at + 2..at + 4).unwrap_or_default().to_ascii_lowercase();
        if hex.starts_with('d') && hex.as_str() > "d7" {
            whole.replace_range(at + 2..at + 3, "1");
        }
    }
    whole
}

/// The field that a refusal begins with, at the top of the body.
fn named(message: &str) -> &str {
    let word = message.split(' ').next().unwrap_or_default();
    word.split(['.', '[']).next().unwrap_or_default()
}

/// An answer without what is another each time: the id that leads to the log, where the answer was not kept.
fn repeatable(answer: &Answer) -> String {
    let text = answer.text();
    let mark = ["\"req_", "\"trace_id\":\""].into_iter().find_map(|mark| text.split_once(mark));
    mark.map_or(text.to_owned(), |(before, _)| before.to_owned())
}

/// What most request types are.
pub const USUAL: Target = Target {
    method: "POST",
    paths: &[],
    key: WRITER,
    settings: &[],
    valid: Vec::new,
    fields: &[],
    once: false,
    pairs: &[],
    done: nothing,
};

/// Nothing besides.
pub fn nothing(_: &mut Visit<'_>, _: &str, _: &Value, _: &Answer) {}

/// What was made can be read back, and is what was answered.
pub fn reads_back(visit: &mut Visit<'_>, at: &str, answer: &Answer) {
    let made = answer.json();
    let id = made["id"].as_str().expect("it has an id");
    let read = Sent::new("GET", &format!("{at}/{id}")).with("x-api-key", WRITER);
    let read = visit.send(&read).expect("it is a request");
    assert_eq!((read.status, read.json()), (200, made));
}

/// Every one of these fields is there.
pub fn has_fields(answer: &Answer, fields: &[&str]) {
    let body = answer.json();
    for field in fields {
        assert!(body.get(field).is_some(), "{field} is missing: {body}");
    }
}
