//! What `wit/store.wit` says, for every backend.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use std::sync::Arc;
use std::time::Duration;
use stepgate_host::store::{
    Key, MAX_KEY_BYTES, MAX_VALUE_BYTES, MemoryStore, RedbOptions, RedbStore, Seen, Store, StoreError, Value,
};
use support::TestClock;

/// A store under test, with short ways to call it.
struct Fixture {
    store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    _folder: Option<tempfile::TempDir>,
}

impl Fixture {
    fn memory() -> Self {
        let clock = Arc::new(TestClock::new());
        Self { store: Arc::new(MemoryStore::new(clock.clone())), clock, _folder: None }
    }

    fn redb() -> Self {
        let clock = Arc::new(TestClock::new());
        let folder = tempfile::tempdir().unwrap();
        let options = RedbOptions { sweep_every: Duration::from_millis(20), ..RedbOptions::default() };
        let store = RedbStore::open(&folder.path().join("store"), &options, clock.clone()).unwrap();
        Self { store: Arc::new(store), clock, _folder: Some(folder) }
    }

    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.store.get(Key::new(key)?, &mut Seen::default())
    }

    fn set(&self, key: &str, value: &str, expires: Option<u64>) -> Result<(), StoreError> {
        self.store.set(Key::new(key)?, Value::new(value)?, expires, &mut Seen::default())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store.delete(Key::new(key)?, &mut Seen::default())
    }

    fn add(&self, key: &str, delta: i64, expires: Option<u64>) -> Result<i64, StoreError> {
        self.store.add(Key::new(key)?, delta, expires, &mut Seen::default())
    }
}

fn is_refused<T: std::fmt::Debug>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Refused(_)))
}

fn a_record_reads_back_until_it_is_replaced_or_deleted(store: &Fixture) {
    assert_eq!(store.get("r"), Ok(None));
    store.set("r", "one é\n", None).unwrap();
    assert_eq!(store.get("r"), Ok(Some("one é\n".into())));
    store.set("r", "", None).unwrap();
    assert_eq!(store.get("r"), Ok(Some(String::new())));
    store.delete("r").unwrap();
    assert_eq!(store.get("r"), Ok(None));
    store.delete("r").unwrap();
}

fn a_counter_starts_at_nothing_and_adds_up(store: &Fixture) {
    assert_eq!(store.add("c", 0, None), Ok(0));
    assert_eq!(store.add("c", 5, None), Ok(5));
    assert_eq!(store.add("c", -7, None), Ok(-2));
    assert_eq!(store.add("c", 0, None), Ok(-2));
    store.delete("c").unwrap();
    assert_eq!(store.add("c", 1, None), Ok(1));
}

fn a_sum_that_does_not_fit_is_refused_and_changes_nothing(store: &Fixture) {
    assert_eq!(store.add("c", i64::MAX, None), Ok(i64::MAX));
    assert!(is_refused(store.add("c", 1, None)));
    assert_eq!(store.add("c", 0, None), Ok(i64::MAX));
}

fn records_and_counters_do_not_mix(store: &Fixture) {
    store.set("r", "1", None).unwrap();
    assert!(is_refused(store.add("r", 1, None)));
    assert!(is_refused(store.add("r", 0, None)));
    assert_eq!(store.get("r"), Ok(Some("1".into())));

    store.add("c", 1, None).unwrap();
    assert!(is_refused(store.get("c")));
    assert!(is_refused(store.set("c", "1", None)));
    assert_eq!(store.add("c", 0, None), Ok(1));
}

fn keys_are_1_to_200_bytes_of_printable_ascii(store: &Fixture) {
    for key in ["!", "~", "a/b:c.d-e_f", &"k".repeat(MAX_KEY_BYTES)] {
        store.set(key, key, None).unwrap();
        assert_eq!(store.get(key), Ok(Some(key.to_owned())));
    }
    for key in ["", " ", "a b", "a\n", "é", "\u{7f}", &"k".repeat(MAX_KEY_BYTES + 1)] {
        assert!(is_refused(store.get(key)), "{key:?}");
        assert!(is_refused(store.set(key, "", None)), "{key:?}");
        assert!(is_refused(store.delete(key)), "{key:?}");
        assert!(is_refused(store.add(key, 1, None)), "{key:?}");
    }
}

fn values_are_at_most_64_kib(store: &Fixture) {
    let largest = "v".repeat(MAX_VALUE_BYTES);
    store.set("r", &largest, None).unwrap();
    assert!(is_refused(store.set("r", &format!("{largest}v"), None)));
    assert_eq!(store.get("r"), Ok(Some(largest)));
}

fn keys_that_begin_alike_are_different_keys(store: &Fixture) {
    store.set("p1", "one", None).unwrap();
    store.set("p11", "eleven", None).unwrap();
    store.delete("p1").unwrap();
    assert_eq!(store.get("p1"), Ok(None));
    assert_eq!(store.get("p11"), Ok(Some("eleven".into())));
}

fn nothing_is_forgotten_before_it_expires(store: &Fixture) {
    let expires = Some(store.clock.seconds() + 10);
    store.set("r", "kept", expires).unwrap();
    store.add("c", 3, expires).unwrap();
    store.clock.advance(Duration::from_secs(9));
    // Time enough for a sweep, where there is one.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(store.get("r"), Ok(Some("kept".into())));
    assert_eq!(store.add("c", 1, expires), Ok(4));
}

fn what_has_expired_is_absent(store: &Fixture) {
    let expires = Some(store.clock.seconds() + 10);
    store.set("r", "gone", expires).unwrap();
    store.add("c", 3, expires).unwrap();
    store.set("kept", "kept", None).unwrap();
    store.clock.advance(Duration::from_secs(10));
    assert_eq!(store.get("r"), Ok(None));
    let later = Some(store.clock.seconds() + 10);
    assert_eq!(store.add("c", 1, later), Ok(1));
    assert_eq!(store.get("kept"), Ok(Some("kept".into())));
    // And what comes after it is not swept away with it.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(store.add("c", 1, later), Ok(2));
}

fn additions_from_many_threads_each_get_their_own_sum(store: &Fixture) {
    const THREADS: usize = 32;
    const ADDITIONS: usize = 200;
    let mut sums: Vec<i64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| (0..ADDITIONS).map(|_| store.add("c", 1, None).unwrap()).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    sums.sort_unstable();
    let expected: Vec<i64> = (1..=(THREADS * ADDITIONS) as i64).collect();
    assert_eq!(sums, expected);
}

fn an_answered_write_is_seen_by_every_other_thread(store: &Fixture) {
    let (told, hear) = std::sync::mpsc::sync_channel::<usize>(0);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for round in 0..2_000 {
                store.set("r", &round.to_string(), None).unwrap();
                told.send(round).unwrap();
            }
        });
        for round in hear {
            let seen: usize = store.get("r").unwrap().unwrap().parse().unwrap();
            assert!(seen >= round, "saw {seen} after {round} was answered");
        }
    });
}

fn waiting_for_durability_ends(store: &Fixture) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut seen = Seen::default();
        assert_eq!(store.store.durable(seen).await, Ok(()));
        let key = Key::new("c").unwrap();
        for expected in 1..=50 {
            assert_eq!(store.store.add(key, 1, None, &mut seen), Ok(expected));
            let waited = tokio::time::timeout(Duration::from_secs(10), store.store.durable(seen)).await;
            assert_eq!(waited, Ok(Ok(())));
        }
    });
}

macro_rules! for_every_store {
    ($($test:ident)*) => {
        mod memory {
            $(#[test] fn $test() { super::$test(&super::Fixture::memory()); })*
        }
        mod redb {
            $(#[test] fn $test() { super::$test(&super::Fixture::redb()); })*
        }
    };
}

for_every_store! {
    a_record_reads_back_until_it_is_replaced_or_deleted
    a_counter_starts_at_nothing_and_adds_up
    a_sum_that_does_not_fit_is_refused_and_changes_nothing
    records_and_counters_do_not_mix
    keys_are_1_to_200_bytes_of_printable_ascii
    values_are_at_most_64_kib
    keys_that_begin_alike_are_different_keys
    nothing_is_forgotten_before_it_expires
    what_has_expired_is_absent
    additions_from_many_threads_each_get_their_own_sum
    an_answered_write_is_seen_by_every_other_thread
    waiting_for_durability_ends
}
