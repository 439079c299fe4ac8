//! The shape of everything that is not a success: `contracts/two-factor-sessions.md` §1.

use crate::http::{Response, empty, json};
use http::StatusCode;
use serde::Serialize;

/// What is said whenever something is not done.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = SessionsRefusal))]
pub(crate) struct Envelope<'a> {
    /// Always false.
    success: bool,
    /// For people.
    error: &'a str,
    /// For programs.
    code: &'a str,
    /// How many wrong codes there may still be, where a code was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    attempts_remaining: Option<u32>,
    /// Where the failure is ours: the same as in the header `X-Trace-Id`. Quote it when you ask for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    trace_id: Option<&'a str>,
}

/// Something was not done, for this reason.
pub(super) fn said(status: StatusCode, error: &str, code: &str, attempts_remaining: Option<u32>) -> Response {
    sent(status, &Envelope { success: false, error, code, attempts_remaining, trace_id: None })
}

/// The same for what the other APIs have in common with this one, whose codes are in lower case.
pub(crate) fn refusal(status: StatusCode, error: &str, code: &str, trace_id: &str) -> Response {
    let code =
        if code == "invalid_request" { "VALIDATION_ERROR".to_owned() } else { code.to_ascii_uppercase() };
    let trace_id = Some(trace_id).filter(|_| status.is_server_error());
    sent(status, &Envelope { success: false, error, code: &code, attempts_remaining: None, trace_id })
}

fn sent(status: StatusCode, envelope: &Envelope<'_>) -> Response {
    json(status, envelope).unwrap_or_else(|_| empty(status))
}
