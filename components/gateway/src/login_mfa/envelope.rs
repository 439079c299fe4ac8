//! The shape of everything that is not a success: `contracts/login-mfa.md` §1.

use crate::http::{Response, empty, json};
use http::StatusCode;
use serde::Serialize;

/// What is said whenever something is not done.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = LoginMfaRefusal))]
pub(crate) struct Envelope<'a> {
    /// For programs: the name of the HTTP status.
    status: String,
    /// For people.
    message: &'a str,
    /// The same as in the header `X-Trace-Id`, or `TraceId unavailable`. Quote it when you ask for help.
    #[serde(rename = "traceId")]
    trace_id: &'a str,
    /// The fields that are wrong, where it is fields that are.
    errors: &'a [FieldError],
}

/// What is wrong with one field or header.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct FieldError {
    pub(super) field: &'static str,
    /// For people. Never what was sent.
    pub(super) message: &'static str,
}

/// `404` is `NOT_FOUND`.
pub(crate) fn refusal(status: StatusCode, message: &str, errors: &[FieldError], trace_id: &str) -> Response {
    let name = status.canonical_reason().unwrap_or_default().to_ascii_uppercase().replace(' ', "_");
    json(status, &Envelope { status: name, message, trace_id, errors }).unwrap_or_else(|_| empty(status))
}
