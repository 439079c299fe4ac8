//! The answers that the harness gives itself.

use super::TraceId;
use super::envelope::Envelope;
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

    /// For programs, where the envelope has a place for it. The first is what the guest calls the same of its own.
    fn code(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::BodyTooSlow => "BODY_TOO_SLOW",
            Self::BodyBroken => "VALIDATION_ERROR",
            Self::Overloaded => "OVERLOADED",
            Self::Internal => "INTERNAL_ERROR",
        }
    }

    /// In the envelope of the API that `path` belongs to.
    pub(crate) fn answer(self, path: &str, trace: TraceId) -> Response<Bytes> {
        let body = Envelope::of(path).write(self.status(), self.code(), self.message(), trace);
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
