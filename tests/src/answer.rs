//! An answer, as it came over the wire.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// Status, headers and all of the body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Bytes,
}

impl Answer {
    /// The body as text.
    ///
    /// # Panics
    /// If it is none.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("a body is UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none, or is not said to be.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json; charset=utf-8", "{}", self.shown());
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.shown()))
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    /// Expects a status and answers itself.
    ///
    /// # Panics
    /// If it has another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.shown());
        self
    }

    /// Expects one of the API's bare strings under this status.
    ///
    /// # Panics
    /// If it is anything else.
    #[track_caller]
    pub fn expect_string(self, status: u16) -> String {
        let answer = self.expect(status);
        match answer.json() {
            Value::String(text) => text,
            other => panic!("no string: {other}"),
        }
    }

    /// Expects the shape `{message, trace_id}` and nothing beside it, and the same trace id in the header.
    ///
    /// # Panics
    /// If it is anything else.
    #[track_caller]
    pub fn expect_traced(self, status: u16) -> Answer {
        let answer = self.expect(status);
        assert!(answer.header("content-type").starts_with("application/json"), "{}", answer.shown());
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let fields = body.as_object().expect("an object");
        assert_eq!(fields.len(), 2, "{body}");
        assert!(fields["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        let trace = fields["trace_id"].as_str().expect("a trace id");
        assert!(!trace.is_empty());
        assert_eq!(answer.header("x-trace-id"), trace);
        answer
    }

    /// What two answers must have in common to be told apart by nobody: all but the instant and the trace.
    pub fn indistinguishable(&self) -> (StatusCode, Vec<(String, Vec<u8>)>, Bytes) {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-trace-id"].contains(&name.as_str()))
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()))
            .collect();
        headers.sort();
        (self.status, headers, self.body.clone())
    }

    fn shown(&self) -> String {
        format!("{} {:?} {}", self.status, self.headers, String::from_utf8_lossy(&self.body))
    }
}
