//! The description of the API: for programs, as `docs/openapi.json` has it, and as a page for people.
//!
//! Neither says anything about this service in particular, so nobody needs a key, and other origins may read the file.
//! build/ has made the page and packed both; here they are only unpacked.

use super::unpack::unpack;
use crate::http::{ApiError, Response, public, public_html};
use http::HeaderValue;
use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;

include!(concat!(env!("OUT_DIR"), "/packed.rs"));

/// The bytes from `start` to `end` of what is packed.
fn unpacked(start: usize, end: usize) -> Result<Vec<u8>, ApiError> {
    let unreadable = || ApiError::Internal("the description could not be unpacked".into());
    let mut bytes = unpack(PACKED, end).ok_or_else(unreadable)?;
    bytes.drain(..start);
    Ok(bytes)
}

/// `GET /openapi.json`
pub(super) fn openapi() -> Result<Response, ApiError> {
    let mut response = public("application/json", unpacked(0, OPENAPI)?);
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

/// `GET /docs`
pub(super) fn page() -> Result<Response, ApiError> {
    Ok(public_html(unpacked(OPENAPI, OPENAPI + PAGE)?))
}
