//! A store in memory that counts its operations and can be made to fail, for tests.

use crate::{CounterKey, RecordKey, Store, StoreError};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which half of an operation a fault takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never happens.
    Before,
    /// It happens, and its answer is lost.
    After,
}

/// Records and counters in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Clone, Default)]
struct State {
    records: BTreeMap<String, String>,
    counters: BTreeMap<String, i64>,
    operations: u64,
    fault: Option<(u64, Fault)>,
}

/// Another store with the same in it.
impl Clone for MemoryStore {
    fn clone(&self) -> MemoryStore {
        MemoryStore(Mutex::new(self.state().clone()))
    }
}

impl MemoryStore {
    /// How many operations there have been.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Makes one operation fail: the one after `skip` more have gone well.
    pub fn fail_after(&self, skip: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.operations + skip, fault));
    }

    /// Takes back a fault that has not happened yet, and says whether there was one.
    pub fn heal(&self) -> bool {
        self.state().fault.take().is_some()
    }

    /// Every key there is, to see that a store does not grow.
    pub fn keys(&self) -> Vec<String> {
        let state = self.state();
        state.records.keys().chain(state.counters.keys()).cloned().collect()
    }

    /// Every record there is, to see what is kept at rest.
    pub fn everything(&self) -> Vec<(String, String)> {
        self.state().records.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Forgets, as a real store does, whatever has expired at `now` (seconds since 1970).
    pub fn sweep(&self, now: u64) {
        let kept = |key: &String| match key.split('/').nth(1).and_then(|day| day.parse::<u64>().ok()) {
            Some(day) => crate::Day(day).end_seconds() > now,
            None => true,
        };
        let mut state = self.state();
        state.records.retain(|key, _| kept(key));
        state.counters.retain(|key, _| kept(key));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn operate<T>(&self, operation: impl FnOnce(&mut State) -> T) -> Result<T, StoreError> {
        let mut state = self.state();
        let number = state.operations;
        state.operations += 1;
        let fault = state.fault.take_if(|(at, _)| *at == number).map(|(_, fault)| fault);
        let lost = || StoreError::Unavailable("made to fail".to_string());
        if fault == Some(Fault::Before) {
            return Err(lost());
        }
        let result = operation(&mut state);
        if fault == Some(Fault::After) { Err(lost()) } else { Ok(result) }
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        self.operate(|state| state.records.get(key.text()).cloned())
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        self.operate(|state| {
            state.records.insert(key.text().to_string(), value.to_string());
        })
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        self.operate(|state| {
            state.records.remove(key.text());
        })
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        self.operate(|state| {
            state.counters.remove(key.text());
        })
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        self.operate(|state| {
            let counter = state.counters.entry(key.text().to_string()).or_insert(0);
            *counter = counter.wrapping_add(delta);
            *counter
        })
    }
}
