//! What is read of a request.

use super::ApiError;
use core::future::Future;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method};

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// A body that has not been read yet, so that nobody is made to read one before it is known who sends it.
pub trait Body {
    /// Reads all of it, and no more than `limit` bytes.
    fn read(self, limit: usize) -> impl Future<Output = Result<Vec<u8>, BodyError>>;
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than the limit.
    TooLarge,
    /// It ended early, or the connection broke.
    Broken,
}

/// The methods that any route here knows. `HEAD` is a `GET` whose body the server leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    pub(crate) fn of(method: &Method) -> Option<Verb> {
        match *method {
            Method::GET | Method::HEAD => Some(Verb::Get),
            Method::POST => Some(Verb::Post),
            Method::PUT => Some(Verb::Put),
            Method::PATCH => Some(Verb::Patch),
            Method::DELETE => Some(Verb::Delete),
            _ => None,
        }
    }

    /// As the `Allow` header spells it.
    pub(crate) fn allowed_as(self) -> &'static str {
        match self {
            Verb::Get => "GET, HEAD",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }
}

/// Reads a body of at most [`MAX_BODY`] bytes. One that announces more is refused unread.
pub(crate) async fn read_body(headers: &HeaderMap, body: impl Body) -> Result<Vec<u8>, ApiError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(ApiError::TooLarge);
    }
    body.read(MAX_BODY).await.map_err(|error| match error {
        BodyError::TooLarge => ApiError::TooLarge,
        BodyError::Broken => ApiError::bad_request("The body could not be read to its end."),
    })
}
