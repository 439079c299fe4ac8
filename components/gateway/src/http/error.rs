//! What the API says when it does not do what it was asked: `contracts/authentication-codes.md` §7.

use super::{Response, TraceId, empty, json, text};
use crate::ports::challenges;
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use std::borrow::Cow;
use stepgate_storage::StoreError;

/// A refusal or failure, in one of the API's error shapes.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// 401 in plain text, whatever was wrong with the key.
    Unauthorized,
    /// 400, a JSON string. The text names what is wrong and never repeats what was sent.
    BadRequest(Cow<'static, str>),
    /// 403, message and trace id.
    Forbidden(&'static str),
    /// 404, a JSON string: unknown, malformed and somebody else's are the same.
    NotFound,
    /// 405, with the methods that are there.
    MethodNotAllowed(String),
    /// 409, a JSON string.
    Conflict(&'static str),
    /// 413.
    TooLarge,
    /// 415.
    UnsupportedMediaType,
    /// 422: understood, and at odds with what is there.
    Unprocessable(&'static str),
    /// 429 for a message too soon after the last, with the seconds to wait.
    Throttled(u64),
    /// 429 for a key that made too many requests, with the seconds to wait.
    TooManyRequests(u64),
    /// 500, message and trace id. The reason goes to the log only, and holds no secret and no address.
    Internal(String),
}

#[derive(Serialize)]
struct Traced<'a> {
    message: &'a str,
    trace_id: &'a TraceId,
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

    /// The answer.
    pub(crate) fn response(&self, trace: &TraceId) -> Response {
        match self {
            ApiError::Unauthorized => text(StatusCode::UNAUTHORIZED, "authorization error"),
            ApiError::BadRequest(what) => message(StatusCode::BAD_REQUEST, what),
            ApiError::Forbidden(what) => traced(StatusCode::FORBIDDEN, what, trace),
            ApiError::NotFound => message(StatusCode::NOT_FOUND, "Not Found"),
            ApiError::MethodNotAllowed(allowed) => {
                let mut response = message(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
                if let Ok(value) = HeaderValue::from_str(allowed) {
                    response.headers_mut().insert(ALLOW, value);
                }
                response
            }
            ApiError::Conflict(what) => message(StatusCode::CONFLICT, what),
            ApiError::TooLarge => {
                message(StatusCode::PAYLOAD_TOO_LARGE, "The body may have 65536 bytes at most.")
            }
            ApiError::UnsupportedMediaType => message(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be of type application/json in UTF-8.",
            ),
            ApiError::Unprocessable(what) => traced(StatusCode::UNPROCESSABLE_ENTITY, what, trace),
            ApiError::Throttled(seconds) => {
                wait("Too soon after the last message. Nothing was sent.", *seconds)
            }
            ApiError::TooManyRequests(seconds) => wait("Too many requests with this key.", *seconds),
            ApiError::Internal(_) => {
                traced(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", trace)
            }
        }
    }
}

/// The bare JSON string that most 4xx answers are.
fn message(status: StatusCode, what: &str) -> Response {
    json(status, &what).unwrap_or_else(|_| empty(status))
}

fn wait(what: &str, seconds: u64) -> Response {
    let mut response = message(StatusCode::TOO_MANY_REQUESTS, what);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
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
    fn a_throttled_call_says_how_long_to_wait_in_whole_seconds() {
        let trace = TraceId::of(&HeaderMap::new(), &TestPorts::default());
        for (millis, seconds) in [(1, "1"), (1000, "1"), (1001, "2"), (0, "1")] {
            let response = ApiError::from(challenges::Error::Throttled(millis)).response(&trace);
            assert_eq!(response.status(), 429);
            assert_eq!(response.headers()["retry-after"], seconds);
        }
    }
}
