//! HTTP, apart from what any one route means by it.

mod error;
mod headers;
mod request;
mod response;
mod trace;

pub(crate) use error::{ApiError, Errors};
#[cfg(test)]
pub(crate) use error::{Envelope, Traced};
pub(crate) use headers::{check_json, single, user_agent};
pub use request::{Body, BodyError};
pub(crate) use request::{Verb, read_body};
pub(crate) use response::{Response, empty, html, json, public, public_briefly, public_html, text};
pub(crate) use trace::{TRACE_HEADER, TraceId};
