//! Whether a form was sent by a page of ours.

use crate::http::{ApiError, single};
use crate::settings::BaseUrl;
use http::HeaderMap;

/// Refuses a request that a browser says another site has made.
///
/// A page under `Referrer-Policy: no-referrer` sends its forms with the origin `null`, so `null` has to be taken; a browser that
/// is not of yesterday says in `Sec-Fetch-Site` who it was.
pub(super) fn check(headers: &HeaderMap, base_url: &BaseUrl) -> Result<(), ApiError> {
    let foreign = || ApiError::Forbidden("The form was sent by another site.");
    let site = single(headers, "sec-fetch-site").map_err(|_| foreign())?;
    if !matches!(site, None | Some("same-origin" | "none")) {
        return Err(foreign());
    }
    match single(headers, "origin").map_err(|_| foreign())? {
        None | Some("null") => Ok(()),
        Some(origin) if origin.eq_ignore_ascii_case(&base_url.origin()) => Ok(()),
        Some(_) => Err(foreign()),
    }
}
