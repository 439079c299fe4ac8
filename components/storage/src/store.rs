//! The port: four operations, as in `wit/store.wit`.

use crate::{CounterKey, RecordKey};
use alloc::string::String;
use core::fmt;

/// What a store gives. See `wit/store.wit` for what each operation promises.
pub trait Store {
    /// The record at `key`, if there is one.
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError>;

    /// Writes the record at `key`.
    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError>;

    /// Removes the record at `key`.
    fn delete(&self, key: &RecordKey) -> Result<(), StoreError>;

    /// Removes the counter at `key`. Only one that nobody adds to any more: the next `add` would begin at 0.
    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError>;

    /// Adds to the counter at `key` and answers its new value. Never repeat it after an error: it may have been done.
    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError>;
}

impl<S: Store + ?Sized> Store for &S {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        (**self).get(key)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        (**self).set(key, value)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        (**self).delete(key)
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        (**self).delete_counter(key)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        (**self).add(key, delta)
    }
}

/// Why an operation gave no answer. Whatever it was, the caller refuses what it was asked to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It could not be reached, or did not answer; the operation may or may not have happened.
    Unavailable(String),
    /// It answered that this cannot be done, now or later.
    Refused(String),
    /// What it holds at this key is not what was written there.
    Corrupt(&'static str),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Unavailable(why) => write!(f, "the store is unavailable: {why}"),
            StoreError::Refused(why) => write!(f, "the store refused: {why}"),
            StoreError::Corrupt(what) => write!(f, "the store holds an unreadable {what}"),
        }
    }
}

impl core::error::Error for StoreError {}
