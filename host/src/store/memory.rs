//! A store that lives as long as its process: for tests, and for trying things out.

use super::entry::{self, Entry};
use super::{Key, Seen, Store, StoreError, Value};
use crate::clock::Clock;
use futures::future::{BoxFuture, FutureExt, ready};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many expired entries an operation that writes removes on its way. Two, so that a store that is written to
/// shrinks faster than it grows.
const SWEPT_PER_WRITE: usize = 2;

/// Keeps everything in memory. Nothing survives the process, and nothing is promised to.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_key: HashMap<Arc<str>, Entry>,
    by_expiry: BTreeSet<(u64, Arc<str>)>,
}

impl MemoryStore {
    /// An empty store; `clock` says when an entry has expired.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, entries: Mutex::default() }
    }

    /// How many entries are held, expired ones that have not been swept among them.
    pub fn len(&self) -> usize {
        self.lock().by_key.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Every change below is made by calls that cannot panic half-way, so a poisoned map is a whole one.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.clock.now().as_secs()
    }
}

impl Entries {
    fn put(&mut self, key: Key<'_>, new: Entry) {
        self.remove(key.as_str());
        let key: Arc<str> = key.as_str().into();
        if let Some(expires) = new.expires {
            self.by_expiry.insert((expires, key.clone()));
        }
        self.by_key.insert(key, new);
    }

    fn remove(&mut self, key: &str) {
        if let Some((key, old)) = self.by_key.remove_entry(key)
            && let Some(expires) = old.expires
        {
            self.by_expiry.remove(&(expires, key));
        }
    }

    fn sweep(&mut self, now: u64) {
        for _ in 0..SWEPT_PER_WRITE {
            match self.by_expiry.first() {
                Some((expires, _)) if *expires <= now => {}
                _ => return,
            }
            if let Some((_, key)) = self.by_expiry.pop_first() {
                self.by_key.remove(&key);
            }
        }
    }
}

impl Store for MemoryStore {
    fn get(&self, key: Key<'_>, _seen: &mut Seen) -> Result<Option<String>, StoreError> {
        entry::read(self.lock().by_key.get(key.as_str()), self.now())
    }

    fn set(
        &self,
        key: Key<'_>,
        value: Value<'_>,
        expires: Option<u64>,
        _seen: &mut Seen,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut entries = self.lock();
        let new = entry::write(entries.by_key.get(key.as_str()), now, value, expires)?;
        entries.put(key, new);
        entries.sweep(now);
        Ok(())
    }

    fn delete(&self, key: Key<'_>, _seen: &mut Seen) -> Result<(), StoreError> {
        let now = self.now();
        let mut entries = self.lock();
        entries.remove(key.as_str());
        entries.sweep(now);
        Ok(())
    }

    fn add(
        &self,
        key: Key<'_>,
        delta: i64,
        expires: Option<u64>,
        _seen: &mut Seen,
    ) -> Result<i64, StoreError> {
        let now = self.now();
        let mut entries = self.lock();
        let sum = entry::add(entries.by_key.get(key.as_str()), now, delta, expires)?;
        if let Some(new) = sum.write {
            entries.put(key, new);
            entries.sweep(now);
        }
        Ok(sum.value)
    }

    fn durable(&self, _seen: Seen) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(())).boxed()
    }
}
