use http::HeaderMap;
use std::fmt;

/// Names one request in the logs, in its answer, and to the guest: 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceId(u128);

impl TraceId {
    /// Takes over the id of the trace a request belongs to, where it carries a valid W3C `traceparent`; else makes
    /// one up.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        headers
            .get("traceparent")
            .and_then(|value| value.to_str().ok())
            .and_then(Self::from_traceparent)
            .unwrap_or_else(|| Self(rand::random_range(1..=u128::MAX)))
    }

    /// W3C Trace Context, version 00: `00-<32 hex>-<16 hex>-<2 hex>`, lower-case, neither id all zero.
    fn from_traceparent(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut hex = |digits: usize| {
            let part = parts.next()?;
            let valid = part.len() == digits
                && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            if valid { u128::from_str_radix(part, 16).ok() } else { None }
        };
        let (version, trace, parent, _flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        (version == 0 && trace != 0 && parent != 0 && parts.next().is_none()).then_some(Self(trace))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(traceparent: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", traceparent.parse().unwrap());
        TraceId::of(&headers).to_string()
    }

    #[test]
    fn a_valid_traceparent_is_taken_over() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(of(&format!("00-{id}-00f067aa0ba902b7-01")), id);
    }

    #[test]
    fn anything_else_gets_a_fresh_id() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let zero = "0".repeat(32);
        for traceparent in [
            String::new(),
            id.to_string(),
            format!("01-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{zero}-00f067aa0ba902b7-01"),
            format!("00-{id}-0000000000000000-01"),
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("00-+{}-00f067aa0ba902b7-01", &id[1..]),
        ] {
            let fresh = of(&traceparent);
            assert_eq!(fresh.len(), 32, "{traceparent}");
            assert_ne!(fresh, id, "{traceparent}");
            assert_ne!(fresh, zero, "{traceparent}");
            assert_ne!(fresh, of(&traceparent), "{traceparent}");
        }
    }
}
