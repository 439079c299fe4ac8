//! Where challenges and counters are kept: the host's side of `wit/store.wit`.
//!
//! One backend per file. Every backend passes the same suite, `tests/store_contract.rs`.

mod entry;
mod key;
mod memory;
#[cfg(feature = "redb")]
mod redb;
mod seen;

pub use key::{Key, MAX_KEY_BYTES, MAX_VALUE_BYTES, Value};
pub use memory::MemoryStore;
#[cfg(feature = "redb")]
pub use redb::{OpenError, RedbOptions, RedbStore};
pub use seen::Seen;

use futures::future::BoxFuture;

/// What can go wrong in a store. Whoever gets one of these refuses what it was asked to allow: the operation may
/// or may not have happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store did not do it now. Trying again later may help.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store will never do it: the key has the other shape, or a limit is exceeded.
    #[error("the store refused: {0}")]
    Refused(String),
}

/// The four operations of `stepgate:otp/store`, and the wait that makes them durable.
///
/// The operations are quick and may block for a disk read. Each sees at once what every operation before it did,
/// whether or not that is durable yet. What an operation wrote or saw is noted in `seen`, and **no answer that
/// rests on it may leave the process before [`durable`](Self::durable) has been waited for**. So a request costs
/// one sync, however many operations it makes, and requests that run at the same time share it.
///
/// `expires` is in seconds since 1970-01-01T00:00:00Z; from that instant on the entry is treated as absent.
pub trait Store: Send + Sync + 'static {
    /// The record at `key`, none where there is none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the key is a counter.
    fn get(&self, key: Key<'_>, seen: &mut Seen) -> Result<Option<String>, StoreError>;

    /// Writes the record at `key`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the key is a counter.
    fn set(
        &self,
        key: Key<'_>,
        value: Value<'_>,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<(), StoreError>;

    /// Removes whatever is at `key`. Removing nothing succeeds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] only.
    fn delete(&self, key: Key<'_>, seen: &mut Seen) -> Result<(), StoreError>;

    /// Adds `delta` to the counter at `key` in one atomic step and returns the sum. An absent counter is 0.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the key is a record, or the sum does not fit.
    fn add(&self, key: Key<'_>, delta: i64, expires: Option<u64>, seen: &mut Seen)
    -> Result<i64, StoreError>;

    /// Waits until everything noted in `seen` would survive a crash and loss of power, as far as this store
    /// promises that.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if any of it was, or may have been, lost.
    fn durable(&self, seen: Seen) -> BoxFuture<'_, Result<(), StoreError>>;
}
