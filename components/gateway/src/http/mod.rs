//! HTTP, apart from what any one route means by it.

mod error;
mod headers;
mod request;
mod response;
mod trace;

pub(crate) use error::{ApiError, Errors};
pub(crate) use headers::{check_json, single};
pub use request::{Body, BodyError};
pub(crate) use request::{Verb, read_body};
pub(crate) use response::{Response, empty, html, json, stylesheet, text};
pub(crate) use trace::{TRACE_HEADER, TraceId};
