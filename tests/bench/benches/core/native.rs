//! The core as plain Rust, over a store of the harness.

use crate::fixture::{SystemClock, ThreadRandom};
use anyhow::{Result, bail};
use std::cell::Cell;
use std::sync::Arc;
use stepgate_host::store::{Key, Seen, Store as HostStore, Value};
use stepgate_otp::{Clock, Core, Issued, Issuing, Keys, Random, Request};
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError};

pub type Native = Core<Adapter, SystemClock, ThreadRandom>;

pub fn core(store: Arc<dyn HostStore>) -> Native {
    Core::new(Adapter::new(store), SystemClock::default(), ThreadRandom)
}

pub fn issue(
    core: &Core<impl Store, impl Clock, impl Random>,
    request: Request,
    keys: &Keys,
) -> Result<Issued> {
    match core.issue(request, keys, None)? {
        Issuing::Done(issued) => Ok(*issued),
        Issuing::Wait(_) => bail!("nothing was in flight, and yet it had to wait"),
    }
}

/// A store of the harness as the core sees it: what `host/src/guest/ports.rs` does, without WebAssembly in between.
pub struct Adapter {
    store: Arc<dyn HostStore>,
    seen: Cell<Seen>,
}

impl Adapter {
    pub fn new(store: Arc<dyn HostStore>) -> Self {
        Self { store, seen: Cell::new(Seen::NOTHING) }
    }

    /// What was written or seen since the last time this was asked.
    pub fn take_seen(&self) -> Seen {
        self.seen.take()
    }

    fn operate<T>(
        &self,
        operation: impl FnOnce(&dyn HostStore, &mut Seen) -> Result<T, stepgate_host::store::StoreError>,
    ) -> Result<T, StoreError> {
        let mut seen = self.seen.get();
        let result = operation(&*self.store, &mut seen);
        self.seen.set(seen);
        result.map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

impl Store for Adapter {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        self.operate(|store, seen| store.get(Key::new(key.text())?, seen))
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        self.operate(|store, seen| store.set(Key::new(key.text())?, Value::new(value)?, key.expires(), seen))
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        self.operate(|store, seen| store.delete(Key::new(key.text())?, seen))
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        self.operate(|store, seen| store.delete(Key::new(key.text())?, seen))
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        self.operate(|store, seen| store.add(Key::new(key.text())?, delta, key.expires(), seen))
    }
}
