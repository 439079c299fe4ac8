//! How records are written: a version, then postcard in base64.
//!
//! Values must be text (`wit/store.wit`). Postcard and not JSON, because a JSON parser with its messages and its floats would
//! be half of the component.

use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use stepgate_storage::StoreError;

/// Raised when a type written here changes its fields; the reader then keeps the old type for the old version.
const VERSION: char = '1';

pub(crate) fn encode(value: &impl Serialize, what: &'static str) -> Result<String, StoreError> {
    let bytes = postcard::to_allocvec(value).map_err(|_| StoreError::Corrupt(what))?;
    let mut text = String::with_capacity(1 + bytes.len().div_ceil(3) * 4);
    text.push(VERSION);
    STANDARD_NO_PAD.encode_string(bytes, &mut text);
    Ok(text)
}

pub(crate) fn decode<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    let corrupt = StoreError::Corrupt(what);
    let Some(encoded) = text.strip_prefix(VERSION) else { return Err(corrupt) };
    let Ok(bytes) = STANDARD_NO_PAD.decode(encoded) else { return Err(corrupt) };
    postcard::from_bytes(&bytes).map_err(|_| corrupt)
}
