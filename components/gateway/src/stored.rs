//! Records as JSON.

use crate::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use stepgate_storage::{RecordKey, Store, StoreError};

/// The record at a key; none where there is none. `what` names the kind, should it not be readable.
pub(crate) fn read<T: DeserializeOwned>(
    store: &impl Store,
    key: &RecordKey,
    what: &'static str,
) -> Result<Option<T>, StoreError> {
    let Some(text) = store.get(key)? else { return Ok(None) };
    json::from_text(&text).map(Some).map_err(|_| StoreError::Corrupt(what))
}

/// Writes the record at a key.
pub(crate) fn write(
    store: &impl Store,
    key: &RecordKey,
    value: &impl Serialize,
    what: &'static str,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(value).map_err(|_| StoreError::Corrupt(what))?;
    store.set(key, &text)
}
