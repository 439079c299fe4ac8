//! The answers that the harness gives itself.

use super::TraceId;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};

/// Why the harness answers in the guest's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Failure {
    /// The request's body is too large.
    BodyTooLarge,
    /// The body did not come in time.
    BodyTooSlow,
    /// The body broke off, or its framing is wrong.
    BodyBroken,
    /// Everything is taken.
    Overloaded,
    /// The guest or the store failed. Nothing is said about which.
    Internal,
}

impl Failure {
    fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "the request body is too large",
            Self::BodyTooSlow => "the request body did not arrive in time",
            Self::BodyBroken => "the request body is incomplete",
            Self::Overloaded => "too many requests at once",
            Self::Internal => "internal error",
        }
    }

    pub(crate) fn answer(self, trace: TraceId) -> Response<Bytes> {
        // None of the messages needs escaping.
        let body = format!(r#"{{"message":"{}","trace_id":"{trace}"}}"#, self.message());
        let mut answer = plain(self.status(), "application/json", Bytes::from(body));
        if self == Self::Overloaded {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer
    }
}

pub(crate) fn plain(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let length = body.len();
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    answer
}
