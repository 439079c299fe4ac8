//! A store that fails when it is told to.

use futures::future::{BoxFuture, FutureExt};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use stepgate_host::store::{Key, Seen, Store, StoreError, Value};

/// Whether the operation that fails has taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It has not: the store could not be reached.
    NotDone,
    /// It has: only the answer was lost.
    Done,
}

/// Which operations fail. Shared with the store.
#[derive(Default)]
pub struct Faults {
    operations: AtomicUsize,
    plan: Mutex<Option<(usize, Effect)>>,
    /// Every operation fails.
    down: Mutex<bool>,
}

impl Faults {
    /// Lets the `nth` operation from now on fail, counted from 1.
    pub fn fail_nth(&self, nth: usize, effect: Effect) {
        *lock(&self.plan) = Some((self.counted() + nth, effect));
    }

    /// The store is gone, or back.
    pub fn set_down(&self, down: bool) {
        *lock(&self.down) = down;
    }

    /// Operations so far, the wait for durability among them.
    pub fn counted(&self) -> usize {
        self.operations.load(Ordering::SeqCst)
    }

    fn next(&self) -> Option<Effect> {
        let number = self.operations.fetch_add(1, Ordering::SeqCst) + 1;
        if *lock(&self.down) {
            return Some(Effect::NotDone);
        }
        (*lock(&self.plan)).filter(|(nth, _)| *nth == number).map(|(_, effect)| effect)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Any store, with faults.
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    faults: Arc<Faults>,
}

impl FaultyStore {
    /// Puts `faults` before a store.
    pub fn new(inner: Arc<dyn Store>, faults: Arc<Faults>) -> FaultyStore {
        FaultyStore { inner, faults }
    }

    fn run<T>(&self, operation: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let fails = self.faults.next();
        match fails {
            None => operation(),
            Some(Effect::NotDone) => Err(broken()),
            Some(Effect::Done) => operation().and(Err(broken())),
        }
    }
}

fn broken() -> StoreError {
    StoreError::Unavailable("a test broke it".into())
}

impl Store for FaultyStore {
    fn get(&self, key: Key<'_>, seen: &mut Seen) -> Result<Option<String>, StoreError> {
        self.run(|| self.inner.get(key, seen))
    }

    fn set(
        &self,
        key: Key<'_>,
        value: Value<'_>,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<(), StoreError> {
        self.run(|| self.inner.set(key, value, expires, seen))
    }

    fn delete(&self, key: Key<'_>, seen: &mut Seen) -> Result<(), StoreError> {
        self.run(|| self.inner.delete(key, seen))
    }

    fn add(
        &self,
        key: Key<'_>,
        delta: i64,
        expires: Option<u64>,
        seen: &mut Seen,
    ) -> Result<i64, StoreError> {
        self.run(|| self.inner.add(key, delta, expires, seen))
    }

    fn durable(&self, seen: Seen) -> BoxFuture<'_, Result<(), StoreError>> {
        // Whatever it was asked to keep may have been kept: the answer is what is lost.
        let fails = self.faults.next().is_some();
        async move {
            self.inner.durable(seen).await?;
            if fails { Err(broken()) } else { Ok(()) }
        }
        .boxed()
    }
}
