//! What Stepgate keeps, and how: three shapes over a store that can only `get`, `set`, `delete` and `add`.
//!
//! - a **record** is read and replaced whole ([`RecordKey`]);
//! - a **counter** is only ever added to ([`CounterKey`]);
//! - a [`Log`] claims slot `n` with an add and then writes slot `n`.
//!
//! [`idempotency`] builds on them: work that is done once however often it is asked for. So does [`failures`]: how many codes
//! are compared for an account before it is locked.
//!
//! The rules a store must keep are in `wit/store.wit`; how keys are made is in `docs/storage.md`.

#![no_std]

extern crate alloc;
#[cfg(feature = "memory")]
extern crate std;

pub mod failures;
pub mod idempotency;
mod key;
mod log;
#[cfg(feature = "memory")]
pub mod memory;
mod store;
mod time;

pub use key::{CounterKey, RecordKey};
pub use log::Log;
pub use store::{Store, StoreError};
pub use time::{Day, Timestamp};
