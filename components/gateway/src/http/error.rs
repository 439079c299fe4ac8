//! What the API says when it does not do what it was asked: `contracts/authentication-codes.md` §7.

use super::{Response, TraceId, empty, json, text};
use crate::ports::challenges;
use crate::{login_mfa, two_factor_sessions};
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use stepgate_storage::StoreError;

/// How a route says no: the families of 4xx answers that the contracts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errors {
    /// A bare JSON string; 403 has message and trace id.
    Text,
    /// `{"error":{"code","message","request_id"}}`: `contracts/identifications.md` §2.
    Envelope,
    /// The same, but 403 has message and trace id: `contracts/authentication-codes.md` §5.1.
    EnvelopeBut403,
    /// `{"status","message","traceId","errors"}`, whatever the status: `contracts/login-mfa.md` §1.
    LoginMfa,
    /// `{"success":false,"error","code"}`, whatever the status: `contracts/two-factor-sessions.md` §1.
    TwoFactorSessions,
}

/// A refusal or failure. What it looks like is for the route to say ([`Errors`]); 401 and 500 are the same everywhere.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// 401 in plain text, whatever was wrong with the key.
    Unauthorized,
    /// 400. The text names what is wrong and never repeats what was sent.
    BadRequest(Cow<'static, str>),
    /// 403.
    Forbidden(&'static str),
    /// 404: unknown, malformed and somebody else's are the same.
    NotFound,
    /// 405, with the methods that are there.
    MethodNotAllowed(String),
    /// 409: the `IDEMPOTENCY-KEY` stands for another body.
    Conflict(&'static str),
    /// 413.
    TooLarge,
    /// 415.
    UnsupportedMediaType,
    /// 429 for a message too soon after the last, with the seconds to wait.
    Throttled(u64),
    /// 429 for a key that made too many requests, with the seconds to wait.
    TooManyRequests(u64),
    /// Any other, with a code for programs and a text for people.
    Refused(StatusCode, &'static str, &'static str),
    /// 500, message and trace id. The reason goes to the log only, and holds no secret and no address.
    Internal(String),
}

/// What 403 and 500 say, and whatever the host of the component answers itself.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = Failure))]
pub(crate) struct Traced<'a> {
    /// For people.
    message: &'a str,
    /// The same as in the header `X-Trace-Id`. Quote it when you ask for help.
    #[cfg_attr(test, schema(value_type = String))]
    trace_id: &'a TraceId,
}

/// What 4xx say where they have a code.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = Refusal))]
pub(crate) struct Envelope<'a> {
    #[cfg_attr(test, schema(inline))]
    error: Enveloped<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
struct Enveloped<'a> {
    /// For programs.
    code: &'a str,
    /// For people.
    message: &'a str,
    /// `req_` and the beginning of the trace id.
    request_id: String,
}

impl ApiError {
    pub(crate) fn bad_request(what: impl Into<Cow<'static, str>>) -> ApiError {
        ApiError::BadRequest(what.into())
    }

    /// Why this is a failure of ours, if it is one.
    pub(crate) fn internal_reason(&self) -> Option<&str> {
        match self {
            ApiError::Internal(reason) => Some(reason),
            _ => None,
        }
    }

    /// What is wrong where a [`ApiError::NotFound`] is about this kind of thing: the envelope names it.
    pub(crate) fn or_not_found(self, code: &'static str, message: &'static str) -> ApiError {
        match self {
            ApiError::NotFound => ApiError::Refused(StatusCode::NOT_FOUND, code, message),
            other => other,
        }
    }

    /// The answer where 4xx are bare strings.
    pub(crate) fn response(&self, trace: &TraceId) -> Response {
        self.response_as(Errors::Text, trace)
    }

    /// The answer in the shape of its route.
    pub(crate) fn response_as(&self, errors: Errors, trace: &TraceId) -> Response {
        let (status, code, what) = match self {
            ApiError::Unauthorized if errors == Errors::LoginMfa => {
                (StatusCode::UNAUTHORIZED, "", "This needs an API key, in the header X-API-KEY.")
            }
            ApiError::Internal(_) if matches!(errors, Errors::LoginMfa | Errors::TwoFactorSessions) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Internal Server Error")
            }
            ApiError::Unauthorized if errors == Errors::TwoFactorSessions => {
                (StatusCode::UNAUTHORIZED, "session_invalid", "Invalid or expired session")
            }
            ApiError::Unauthorized => return text(StatusCode::UNAUTHORIZED, "authorization error"),
            ApiError::Internal(_) => {
                return traced(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", trace);
            }
            ApiError::Forbidden(what) | ApiError::Refused(StatusCode::FORBIDDEN, _, what)
                if !matches!(errors, Errors::Envelope | Errors::LoginMfa | Errors::TwoFactorSessions) =>
            {
                return traced(StatusCode::FORBIDDEN, what, trace);
            }
            ApiError::BadRequest(what) => (StatusCode::BAD_REQUEST, "invalid_request", what.as_ref()),
            ApiError::Forbidden(what) => (StatusCode::FORBIDDEN, "forbidden", *what),
            ApiError::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not Found"),
            ApiError::MethodNotAllowed(_) => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method Not Allowed")
            }
            ApiError::Conflict(what) => (StatusCode::CONFLICT, "idempotency_key_conflict", *what),
            ApiError::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body may have 65536 bytes at most.")
            }
            ApiError::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be of type application/json in UTF-8.",
            ),
            ApiError::Throttled(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                "Too soon after the last message. Nothing was sent.",
            ),
            ApiError::TooManyRequests(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests with this key.")
            }
            ApiError::Refused(status, code, what) => (*status, *code, *what),
        };
        let mut response = match errors {
            Errors::Text => message(status, what),
            Errors::LoginMfa => login_mfa::refusal(status, what, &[], trace.as_str()),
            Errors::TwoFactorSessions => two_factor_sessions::refusal(status, what, code, trace.as_str()),
            Errors::Envelope | Errors::EnvelopeBut403 => envelope(status, code, what, trace),
        };
        match self {
            ApiError::MethodNotAllowed(allowed) => {
                if let Ok(value) = HeaderValue::from_str(allowed) {
                    response.headers_mut().insert(ALLOW, value);
                }
            }
            ApiError::Throttled(seconds) | ApiError::TooManyRequests(seconds) => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            _ => {}
        }
        response
    }
}

/// The bare JSON string that most 4xx answers are.
fn message(status: StatusCode, what: &str) -> Response {
    json(status, &what).unwrap_or_else(|_| empty(status))
}

/// The request id is the beginning of the trace id, in the contract's form: who has one finds the other in the log.
fn envelope(status: StatusCode, code: &str, message: &str, trace: &TraceId) -> Response {
    let request_id = format!("req_{}", trace.as_str().get(..12).unwrap_or_default());
    json(status, &Envelope { error: Enveloped { code, message, request_id } })
        .unwrap_or_else(|_| empty(status))
}

fn traced(status: StatusCode, message: &str, trace_id: &TraceId) -> Response {
    json(status, &Traced { message, trace_id }).unwrap_or_else(|_| empty(status))
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        ApiError::Internal(error.to_string())
    }
}

impl From<challenges::Error> for ApiError {
    fn from(error: challenges::Error) -> ApiError {
        match error {
            challenges::Error::NotFound => ApiError::NotFound,
            challenges::Error::Throttled(millis) => ApiError::Throttled(millis.div_ceil(1000).max(1)),
            // Arguments are checked before the core sees them, and nothing here replaces a challenge that is over.
            challenges::Error::Invalid(field) => ApiError::Internal(format!("the core refused {field}")),
            challenges::Error::Over(status) => {
                ApiError::Internal(format!("the challenge is over: {status:?}"))
            }
            challenges::Error::Unavailable(why) => {
                ApiError::Internal(format!("the core is unavailable: {why}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;
    use http::HeaderMap;

    fn sent(error: ApiError) -> (u16, String, String) {
        let trace = TraceId::of(&HeaderMap::new(), &TestPorts::default());
        let response = error.response(&trace);
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let body = String::from_utf8(response.into_body()).unwrap().replace(trace.as_str(), "TRACE");
        let status = error.response(&trace).status().as_u16();
        (status, kind, body)
    }

    #[test]
    fn a_bad_key_is_answered_in_nineteen_bytes_of_plain_text() {
        let (status, kind, body) = sent(ApiError::Unauthorized);
        assert_eq!((status, kind.as_str(), body.len()), (401, "text/plain; charset=utf-8", 19));
        assert_eq!(body, "authorization error");
    }

    #[test]
    fn each_family_has_its_shape() {
        let json = "application/json; charset=utf-8";
        assert_eq!(sent(ApiError::NotFound), (404, json.into(), "\"Not Found\"".into()));
        assert_eq!(sent(ApiError::bad_request("x")), (400, json.into(), "\"x\"".into()));
        let (status, _, body) = sent(ApiError::Internal("the store is away".into()));
        assert_eq!(
            (status, body.as_str()),
            (500, r#"{"message":"Internal Server Error","trace_id":"TRACE"}"#)
        );
        let (status, _, body) = sent(ApiError::Forbidden("no"));
        assert_eq!((status, body.as_str()), (403, r#"{"message":"no","trace_id":"TRACE"}"#));
    }

    #[test]
    fn the_envelope_has_a_code_and_a_request_id_that_leads_to_the_log() {
        let trace = TraceId::of(&HeaderMap::new(), &TestPorts::default());
        let sent = |error: ApiError| {
            let response = error.response_as(Errors::Envelope, &trace);
            (response.status().as_u16(), String::from_utf8(response.into_body()).unwrap())
        };
        let envelope = |code: &str, message: &str| {
            let id = &trace.as_str()[..12];
            format!(r#"{{"error":{{"code":"{code}","message":"{message}","request_id":"req_{id}"}}}}"#)
        };
        assert_eq!(sent(ApiError::bad_request("x")), (400, envelope("invalid_request", "x")));
        assert_eq!(sent(ApiError::Forbidden("x")), (403, envelope("forbidden", "x")));
        assert_eq!(sent(ApiError::Conflict("x")), (409, envelope("idempotency_key_conflict", "x")));
        let refused = ApiError::NotFound.or_not_found("customer_not_found", "x");
        assert_eq!(sent(refused), (404, envelope("customer_not_found", "x")));
        assert_eq!(sent(ApiError::Unauthorized), (401, "authorization error".into()));
        assert!(sent(ApiError::Internal("x".into())).1.contains("trace_id"));
        let limited = ApiError::TooManyRequests(3).response_as(Errors::Envelope, &trace);
        assert_eq!(limited.status(), 429);
        assert_eq!(limited.headers()["retry-after"], "3");
    }

    #[test]
    fn a_throttled_call_says_how_long_to_wait_in_whole_seconds() {
        let trace = TraceId::of(&HeaderMap::new(), &TestPorts::default());
        for (millis, seconds) in [(1, "1"), (1000, "1"), (1001, "2"), (0, "1")] {
            let response = ApiError::from(challenges::Error::Throttled(millis)).response(&trace);
            assert_eq!(response.status(), 429);
            assert_eq!(response.headers()["retry-after"], seconds);
        }
    }
}
