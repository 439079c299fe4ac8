//! A log: slots with rising numbers, each claimed by an add and written once.

use crate::{CounterKey, Day, RecordKey, Store, StoreError};
use alloc::format;
use alloc::string::{String, ToString};

/// A list that any number of writers append to at once.
///
/// A writer that dies between claiming its slot and writing it leaves a hole; readers skip holes. In a log that keeps
/// only its newest slots, slot `n` overwrites slot `n - newest`.
#[derive(Clone, Debug)]
pub struct Log {
    path: String,
    newest: Option<u64>,
    keep: Option<Day>,
}

impl Log {
    /// A log that keeps every slot.
    pub fn keeping_all(path: &str) -> Log {
        Log { path: path.to_string(), newest: None, keep: None }
    }

    /// A log that keeps only its `newest` slots.
    pub fn keeping(newest: u64, path: &str) -> Log {
        Log { path: path.to_string(), newest: Some(newest.max(1)), keep: None }
    }

    /// The same, but all of it may be forgotten when `day` is over. Part of where the log is found: with another day it is
    /// another log.
    pub fn until(self, day: Day) -> Log {
        Log { keep: Some(day), ..self }
    }

    /// Claims the next slot and answers its number. The first is 1.
    pub fn claim(&self, store: &impl Store) -> Result<u64, StoreError> {
        self.add(store, 1)
    }

    /// The number of the slot claimed last; 0 in an empty log.
    pub fn last(&self, store: &impl Store) -> Result<u64, StoreError> {
        self.add(store, 0)
    }

    /// Writes a slot that the caller has claimed.
    pub fn write(&self, store: &impl Store, slot: u64, value: &str) -> Result<(), StoreError> {
        store.set(&self.slot_key(slot), &format!("{slot} {value}"))
    }

    /// Claims a slot, writes it and answers its number.
    pub fn append(&self, store: &impl Store, value: &str) -> Result<u64, StoreError> {
        let slot = self.claim(store)?;
        self.write(store, slot, value)?;
        Ok(slot)
    }

    /// What slot `slot` holds; none if it was never written or is no longer kept.
    pub fn read(&self, store: &impl Store, slot: u64) -> Result<Option<String>, StoreError> {
        let Some(text) = store.get(&self.slot_key(slot))? else { return Ok(None) };
        let (number, value) = text.split_once(' ').ok_or(StoreError::Corrupt("log slot"))?;
        let number: u64 = number.parse().map_err(|_| StoreError::Corrupt("log slot"))?;
        Ok((number == slot).then(|| value.to_string()))
    }

    /// Removes a slot. Readers take it for a hole.
    pub fn forget(&self, store: &impl Store, slot: u64) -> Result<(), StoreError> {
        store.delete(&self.slot_key(slot))
    }

    /// The lowest slot that can still be there when `last` is the newest.
    pub fn first_kept(&self, last: u64) -> u64 {
        match self.newest {
            Some(newest) => last.saturating_sub(newest - 1).max(1),
            None => 1,
        }
    }

    fn add(&self, store: &impl Store, delta: i64) -> Result<u64, StoreError> {
        let path = format!("{}/last", self.path);
        let key = match self.keep {
            Some(day) => CounterKey::until(day, &path),
            None => CounterKey::forever(&path),
        };
        let value = store.add(&key, delta)?;
        u64::try_from(value).map_err(|_| StoreError::Corrupt("log counter"))
    }

    fn slot_key(&self, slot: u64) -> RecordKey {
        let place = self.newest.map_or(slot, |newest| slot % newest);
        let path = format!("{}/{place}", self.path);
        match self.keep {
            Some(day) => RecordKey::until(day, &path),
            None => RecordKey::forever(&path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;

    #[test]
    fn slots_rise_from_one_and_a_claimed_slot_never_written_is_a_hole() {
        let store = MemoryStore::default();
        let log = Log::keeping_all("l");
        assert_eq!(log.last(&store), Ok(0));
        assert_eq!(log.append(&store, "a"), Ok(1));
        assert_eq!(log.claim(&store), Ok(2));
        assert_eq!(log.append(&store, "c d"), Ok(3));
        assert_eq!(log.read(&store, 2), Ok(None));
        assert_eq!(log.read(&store, 3), Ok(Some("c d".into())));
    }

    #[test]
    fn a_log_that_ends_leaves_nothing_and_takes_no_other_with_it() {
        let store = MemoryStore::default();
        let day = Day(20_000);
        let (ends, ends_later, stays) = (
            Log::keeping_all("l").until(day),
            Log::keeping(4, "l").until(day.plus(1)),
            Log::keeping_all("l"),
        );
        for log in [&ends, &ends_later, &stays] {
            assert_eq!(log.append(&store, "a"), Ok(1));
            assert_eq!(log.claim(&store), Ok(2));
        }
        store.sweep(day.end_seconds() - 1);
        assert_eq!(ends.read(&store, 1), Ok(Some("a".into())));
        store.sweep(day.end_seconds());
        assert_eq!((ends.read(&store, 1), ends.last(&store)), (Ok(None), Ok(0)));
        for log in [&ends_later, &stays] {
            assert_eq!((log.read(&store, 1), log.last(&store)), (Ok(Some("a".into())), Ok(2)));
        }
        store.sweep(day.plus(1).end_seconds());
        assert_eq!(store.keys().len(), 2);
        assert_eq!(stays.read(&store, 1), Ok(Some("a".into())));
    }

    #[test]
    fn a_bounded_log_does_not_grow_and_never_shows_another_slot() {
        let store = MemoryStore::default();
        let log = Log::keeping(4, "l");
        for n in 1..=100 {
            assert_eq!(log.append(&store, &format!("v{n}")), Ok(n));
        }
        assert_eq!(store.keys().len(), 5);
        assert_eq!(log.first_kept(100), 97);
        for n in 1..=100 {
            let kept = (n >= 97).then(|| format!("v{n}"));
            assert_eq!(log.read(&store, n), Ok(kept));
        }
    }
}
