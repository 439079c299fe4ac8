//! One call to the API, as its handler gets it.

use crate::auth::Caller;
use crate::http::{ApiError, Errors, TraceId};
use crate::settings::ApiSettings;
use http::HeaderMap;
use serde::Serialize;
use stepgate_storage::Timestamp;

/// Everything a handler may need to know.
pub(crate) struct Call<'a, P> {
    pub(crate) ports: &'a P,
    pub(crate) settings: &'a ApiSettings,
    pub(crate) caller: &'a Caller,
    pub(crate) headers: &'a HeaderMap,
    /// The query, without its question mark.
    pub(crate) query: &'a str,
    /// The path, as it was sent.
    pub(crate) path: &'a str,
    pub(crate) trace: &'a TraceId,
    /// How its route says no.
    pub(crate) errors: Errors,
    /// When the call came.
    pub(crate) now: Timestamp,
}

/// One line of the log, as JSON. No code, token, key or address is ever in it. `details` is a struct: its fields stand in the line.
pub(crate) fn log_line(event: &str, trace: &TraceId, details: impl Serialize) -> String {
    // Writing a struct of texts and numbers cannot fail; and a line that is missing is better than an answer that is.
    line(event, trace, &serde_json::to_string(&details).unwrap_or_default()).unwrap_or_default()
}

/// Apart from [`log_line`], of which there is one for each type of details. The two objects become one by their text.
#[inline(never)]
fn line(event: &str, trace: &TraceId, details: &str) -> Option<String> {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        trace_id: &'a str,
    }
    let mut line = serde_json::to_string(&Line { event, trace_id: trace.as_str() }).ok()?;
    line.pop();
    line.push(',');
    line.push_str(details.strip_prefix('{')?);
    Some(line)
}

/// The line for a failure of ours. What was refused for a reason of the caller's has no reason to be in the log.
pub(crate) fn failure_line(trace: &TraceId, error: &ApiError) -> Option<String> {
    #[derive(Serialize)]
    struct Reason<'a> {
        reason: &'a str,
    }
    error.internal_reason().map(|reason| log_line("failure", trace, Reason { reason }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    #[test]
    fn a_line_is_one_object() {
        #[derive(Serialize)]
        struct Details<'a> {
            outcome: &'a str,
            at: u8,
        }
        let trace = TraceId::of(&HeaderMap::new(), &TestPorts::default());
        let line = log_line("a \"b\"", &trace, Details { outcome: "{\n}", at: 1 });
        let rest = r#""outcome":"{\n}","at":1}"#;
        assert_eq!(line, format!(r#"{{"event":"a \"b\"","trace_id":"{}",{rest}"#, trace.as_str()));
    }
}
