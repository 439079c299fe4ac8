//! Answers. Each has all of its body at hand, so that each can name its length.

use super::ApiError;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

pub(crate) type Response = http::Response<Vec<u8>>;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const NO_STORE: &str = "no-store";

/// What every page is sent under. No script, no frame, nothing from elsewhere; and the address, which holds the link's
/// token, goes nowhere.
const PAGE_HEADERS: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// A value as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, ApiError> {
    written(status, serde_json::to_vec(value).ok())
}

/// Apart from [`json`], of which there is one for each type of answer.
#[inline(never)]
fn written(status: StatusCode, body: Option<Vec<u8>>) -> Result<Response, ApiError> {
    let body = body.ok_or_else(|| ApiError::Internal("an answer could not be written as JSON".into()))?;
    Ok(of(status, JSON, NO_STORE, body))
}

/// A status that says it all.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
    response
}

/// Plain text.
pub(crate) fn text(status: StatusCode, body: &str) -> Response {
    of(status, "text/plain; charset=utf-8", NO_STORE, body.into())
}

/// A page.
pub(crate) fn html(status: StatusCode, body: String) -> Response {
    protected(of(status, HTML, NO_STORE, body.into_bytes()))
}

fn protected(mut response: Response) -> Response {
    for (name, value) in PAGE_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What is the same for everybody, so it may be kept for an hour.
pub(crate) fn public(kind: &'static str, body: Vec<u8>) -> Response {
    of(StatusCode::OK, kind, "public, max-age=3600", body)
}

/// The same for what others must not believe for long once it has changed: the keys that verify tokens (docs/tokens.md).
pub(crate) fn public_briefly(kind: &'static str, body: Vec<u8>) -> Response {
    of(StatusCode::OK, kind, "public, max-age=300", body)
}

/// A page that is the same for everybody.
pub(crate) fn public_html(body: Vec<u8>) -> Response {
    protected(public(HTML, body))
}

fn of(status: StatusCode, kind: &'static str, caching: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}
