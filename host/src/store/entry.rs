//! What every backend does with an entry, apart from where it keeps it: shapes, expiry, and addition.

use super::{StoreError, Value};
use std::sync::Arc;

/// A key holds a record or a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Record(Arc<str>),
    Counter(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) content: Content,
    /// Seconds since 1970; from then on the entry counts as absent.
    pub(super) expires: Option<u64>,
}

/// What an addition comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) value: i64,
    /// None where the addition changed nothing, so that reading a counter costs no write.
    pub(super) write: Option<Entry>,
}

impl Entry {
    /// How many bytes its text has.
    pub(super) fn bytes(&self) -> usize {
        match &self.content {
            Content::Record(text) => text.len(),
            Content::Counter(_) => size_of::<i64>(),
        }
    }

    pub(super) fn is_live(&self, now: u64) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

fn live(entry: Option<&Entry>, now: u64) -> Option<&Entry> {
    entry.filter(|entry| entry.is_live(now))
}

pub(super) fn read(entry: Option<&Entry>, now: u64) -> Result<Option<String>, StoreError> {
    match live(entry, now).map(|entry| &entry.content) {
        None => Ok(None),
        Some(Content::Record(text)) => Ok(Some(text.as_ref().to_owned())),
        Some(Content::Counter(_)) => Err(is_a_counter()),
    }
}

pub(super) fn write(
    old: Option<&Entry>,
    now: u64,
    value: Value<'_>,
    expires: Option<u64>,
) -> Result<Entry, StoreError> {
    match live(old, now).map(|entry| &entry.content) {
        Some(Content::Counter(_)) => Err(is_a_counter()),
        None | Some(Content::Record(_)) => {
            Ok(Entry { content: Content::Record(value.as_str().into()), expires })
        }
    }
}

pub(super) fn add(
    old: Option<&Entry>,
    now: u64,
    delta: i64,
    expires: Option<u64>,
) -> Result<Sum, StoreError> {
    let before = match live(old, now).map(|entry| &entry.content) {
        None => 0,
        Some(Content::Counter(value)) => *value,
        Some(Content::Record(_)) => {
            return Err(StoreError::Refused("the key is a record and no counter".into()));
        }
    };
    let value = before
        .checked_add(delta)
        .ok_or_else(|| StoreError::Refused("the sum does not fit the counter".into()))?;
    let write = (delta != 0).then_some(Entry { content: Content::Counter(value), expires });
    Ok(Sum { value, write })
}

fn is_a_counter() -> StoreError {
    StoreError::Refused("the key is a counter and no record".into())
}
