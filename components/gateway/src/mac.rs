//! The keyed hash that secrets are made from and things are sealed with.

use crate::http::ApiError;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// HMAC-SHA-256 over the parts, one after the other. Nothing separates them: of parts whose lengths can differ, two lists can
/// come to the same.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], ApiError> {
    // HMAC takes keys of every length; the type does not know.
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| ApiError::Internal("a key of HMAC cannot be used".into()))?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}
