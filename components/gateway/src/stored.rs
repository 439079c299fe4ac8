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
    let Some(text) = text(store, key)? else { return Ok(None) };
    json::from_text(&text).map(Some).map_err(|_| StoreError::Corrupt(what))
}

/// Writes the record at a key.
pub(crate) fn write(
    store: &impl Store,
    key: &RecordKey,
    value: &impl Serialize,
    what: &'static str,
) -> Result<(), StoreError> {
    written(store, key, serde_json::to_string(value).ok(), what)
}

// Apart from the two above, of which there is one for each type of record.

#[inline(never)]
fn text(store: &impl Store, key: &RecordKey) -> Result<Option<String>, StoreError> {
    store.get(key)
}

#[inline(never)]
fn written(
    store: &impl Store,
    key: &RecordKey,
    text: Option<String>,
    what: &'static str,
) -> Result<(), StoreError> {
    store.set(key, &text.ok_or(StoreError::Corrupt(what))?)
}
