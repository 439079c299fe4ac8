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

/// One line of the log, as JSON. No code, token, key or address is ever in it.
pub(crate) fn log_line(event: &str, trace: &TraceId, details: impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, D> {
        event: &'a str,
        trace_id: &'a str,
        #[serde(flatten)]
        details: D,
    }
    // Writing a struct of texts and numbers cannot fail; and a line that is missing is better than an answer that is.
    serde_json::to_string(&Line { event, trace_id: trace.as_str(), details }).unwrap_or_default()
}

/// The line for a failure of ours. What was refused for a reason of the caller's has no reason to be in the log.
pub(crate) fn failure_line(trace: &TraceId, error: &ApiError) -> Option<String> {
    #[derive(Serialize)]
    struct Reason<'a> {
        reason: &'a str,
    }
    error.internal_reason().map(|reason| log_line("failure", trace, Reason { reason }))
}
