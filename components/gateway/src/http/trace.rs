//! Trace ids: what ties an answer to the log.

use crate::ports::Surroundings;
use core::fmt;
use http::HeaderMap;
use serde::{Serialize, Serializer};

/// The header it comes in, if the host gave the request one, and goes out in.
pub(crate) const TRACE_HEADER: &str = "x-trace-id";

/// Sixteen bytes in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceId(String);

impl TraceId {
    /// The one the host gave, or a new one.
    pub(crate) fn of(headers: &HeaderMap, surroundings: &impl Surroundings) -> TraceId {
        match headers.get(TRACE_HEADER).and_then(|value| value.to_str().ok()) {
            Some(given) if is_trace_id(given) => TraceId(given.to_owned()),
            _ => TraceId(base16ct::lower::encode_string(&surroundings.random::<16>())),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_trace_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for TraceId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;
    use http::HeaderValue;

    fn given(value: &'static str) -> TraceId {
        let mut headers = HeaderMap::new();
        headers.insert(TRACE_HEADER, HeaderValue::from_static(value));
        TraceId::of(&headers, &TestPorts::default())
    }

    #[test]
    fn the_hosts_trace_id_is_kept_and_anything_else_is_replaced() {
        let good = "0123456789abcdef0123456789abcdef";
        assert_eq!(given(good).as_str(), good);
        for bad in ["", "0123456789ABCDEF0123456789ABCDEF", "0123", "0123456789abcdef0123456789abcde\""] {
            assert_ne!(given(bad).as_str(), bad);
            assert!(is_trace_id(given(bad).as_str()));
        }
    }
}
