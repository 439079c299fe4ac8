//! Families of refresh tokens: each token once, whatever runs at the same time and whatever dies.

use crate::ids;
use crate::ports::Surroundings;
use crate::testing::TestPorts;
use crate::tokens::refresh::{Rotation, begin, rotate};
use core::future::Future;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use proptest::prelude::*;
use stepgate_storage::memory::{Fault, MemoryStore};
use stepgate_storage::{CounterKey, Day, RecordKey, Store, StoreError, Timestamp};
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(86_400);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

fn session(ports: &TestPorts) -> (Uuid, String) {
    let session = ids::new(ports, ports.now.get());
    let token = begin(ports, session, ports.now.get(), MONTH).unwrap();
    (session, token.text().to_owned())
}

/// What came of it in a word, and the next token.
fn outcome(rotation: Rotation, of: Uuid) -> (&'static str, String) {
    match rotation {
        Rotation::Rotated { session, token } => {
            assert_eq!(session, of);
            ("rotated", token.text().to_owned())
        }
        Rotation::Reused { session } => {
            assert_eq!(session, of);
            ("reused", String::new())
        }
        Rotation::Unknown => ("unknown", String::new()),
        Rotation::Expired { .. } => ("expired", String::new()),
    }
}

fn use_token(ports: &TestPorts, of: Uuid, token: &str) -> (&'static str, String) {
    outcome(rotate(ports, token, ports.now.get(), MONTH).unwrap(), of)
}

#[test]
fn a_token_is_used_once_and_replaced() {
    let ports = TestPorts::default();
    let (session, first) = session(&ports);
    let (what, second) = use_token(&ports, session, &first);
    assert_eq!((what, second.len()), ("rotated", first.len()));
    assert_ne!(first, second);
    let before = ports.store.operations();
    assert_eq!(use_token(&ports, session, &second).0, "rotated");
    assert_eq!(ports.store.operations() - before, 3);
}

/// `security.md`: token reuse after rotation. The whole family ends: the thief's newer token with the owner's older one.
#[test]
fn a_token_that_comes_again_ends_the_family_in_the_same_step() {
    for generation in 0..5 {
        let ports = TestPorts::default();
        let (session, first) = session(&ports);
        let mut tokens = vec![first];
        for _ in 0..5 {
            let (what, next) = use_token(&ports, session, tokens.last().unwrap());
            assert_eq!(what, "rotated");
            tokens.push(next);
        }
        assert_eq!(use_token(&ports, session, &tokens[generation]).0, "reused", "{generation}");
        // Nothing was revoked by whoever called; the newest is worthless nevertheless.
        for token in tokens.iter().rev() {
            assert_eq!(use_token(&ports, session, token).0, "reused");
        }
    }
}

/// The session's id is in every access token.
#[test]
fn who_knows_the_session_only_can_end_nothing() {
    let ports = TestPorts::default();
    let (session, first) = session(&ports);
    let (_, second) = use_token(&ports, session, &first);
    let (_, third) = use_token(&ports, session, &second);
    let forged = |seed: u8, generation: u32| {
        use base64::Engine as _;
        let bytes: Vec<u8> = session
            .as_bytes()
            .iter()
            .copied()
            .chain([seed; 20])
            .chain(generation.to_be_bytes())
            .chain([seed; 32])
            .collect();
        format!("rt_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
    };
    assert_eq!(forged(0, 0).len(), third.len());
    let before = ports.store.everything();
    for generation in 0..5 {
        for seed in [0, 1, 255] {
            assert_eq!(use_token(&ports, session, &forged(seed, generation)).0, "unknown");
        }
    }
    // The half that says the family, of another family; and the other way round.
    let (_, other) = self::session(&ports);
    let mixed =
        [format!("{}{}", &other[..51], &third[51..]), format!("{}{}", &forged(1, 2)[..51], &third[51..])];
    for mixed in mixed {
        let rotation = rotate(&ports, &mixed, ports.now.get(), MONTH).unwrap();
        assert!(!matches!(rotation, Rotation::Rotated { .. }));
        assert!(!matches!(rotation, Rotation::Reused { session: ended } if ended == session));
    }
    assert!(before.iter().all(|entry| ports.store.everything().contains(entry)));
    assert_eq!(use_token(&ports, session, &third).0, "rotated");
}

/// What was once a token is told from a guess by its first half, so a guess by who has held one ends the family.
#[test]
fn who_has_held_a_token_cannot_guess_the_next() {
    let ports = TestPorts::default();
    let (session, first) = session(&ports);
    let guess = format!("{}{}", &first[..55], first[55..].chars().rev().collect::<String>());
    assert_eq!(use_token(&ports, session, &guess).0, "reused");
    assert_eq!(use_token(&ports, session, &first).0, "reused");
}

#[test]
fn a_text_that_is_no_token_reads_nothing() {
    let ports = TestPorts::default();
    let (_, token) = session(&ports);
    let before = ports.store.operations();
    let long = token.repeat(1000);
    for text in [
        "",
        "rt_",
        &token[1..],
        &token[..token.len() - 1],
        &format!("{token}="),
        &token.replace("rt_", "RT_"),
        &token.replace("rt_", "ses"),
        &long,
        &format!("rt_{}", "ä".repeat(48)),
        // Its halves meet within a character.
        &format!("{}a", "ä".repeat(49)),
        // Of another version than 7: it has no time.
        &format!("rt_{}", "A".repeat(96)),
    ] {
        let rotation = rotate(&ports, text, ports.now.get(), MONTH).unwrap();
        assert!(matches!(rotation, Rotation::Unknown), "{text}");
    }
    assert_eq!(ports.store.operations(), before);
}

/// A moved clock: `refresh_token_days` from the last use.
#[test]
fn a_token_that_nobody_uses_expires_and_is_not_used_up_by_that() {
    let ports = TestPorts::default();
    let began = ports.now.get();
    let (session, first) = session(&ports);
    ports.pass(MONTH - Duration::from_millis(1));
    let (what, second) = use_token(&ports, session, &first);
    assert_eq!(what, "rotated");
    let end = ports.now.get() + MONTH;
    for later in [MONTH, Duration::from_secs(1)] {
        ports.pass(later);
        let Rotation::Expired { at } = rotate(&ports, &second, ports.now.get(), MONTH).unwrap() else {
            panic!("it works after {later:?}");
        };
        assert_eq!(at, end);
    }
    assert!(end > began + MONTH);
    // One that was used is not old, but used.
    assert_eq!(use_token(&ports, session, &first).0, "reused");
}

#[test]
fn a_family_ends_after_ninety_days_however_often_it_is_renewed() {
    let ports = TestPorts::default();
    let began = ports.now.get();
    let (session, mut token) = session(&ports);
    for _ in 0..89 {
        ports.pass(DAY);
        ports.store.sweep(ports.now.get().0 / 1000);
        let (what, next) = use_token(&ports, session, &token);
        assert_eq!(what, "rotated");
        token = next;
    }
    ports.pass(DAY);
    ports.store.sweep(ports.now.get().0 / 1000);
    let Rotation::Expired { at } = rotate(&ports, &token, ports.now.get(), MONTH).unwrap() else {
        panic!("it works on the last day");
    };
    assert_eq!(at, began + DAY * 90);
}

#[test]
fn a_family_does_not_grow_and_is_forgotten() {
    let ports = TestPorts::default();
    let (session, mut token) = session(&ports);
    for _ in 0..100 {
        token = use_token(&ports, session, &token).1;
        assert_eq!(ports.store.keys().len(), 2);
    }
    ports.pass(DAY * 93);
    ports.store.sweep(ports.now.get().0 / 1000);
    assert_eq!(ports.store.keys(), Vec::<String>::new());
    assert_eq!(use_token(&ports, session, &token).0, "unknown");
}

#[test]
fn nothing_of_a_token_is_kept_but_its_hash() {
    let ports = TestPorts::default();
    let (session, token) = session(&ports);
    let (_, next) = use_token(&ports, session, &token);
    let kept = format!("{:?} {:?}", ports.store.everything(), ports.store.keys());
    for token in [token, next] {
        for part in [&token[3..51], &token[24..51], &token[51..], &token[57..]] {
            assert!(!kept.contains(part), "{part}");
        }
    }
    assert!(kept.contains(&session.to_string()));
}

/// Another uses the same token before the nth operation, and a third one while that one does.
#[test]
fn of_three_who_use_a_token_at_once_one_has_the_next() {
    let mut met = 0;
    for outer in 0..4 {
        for inner in 0..4 {
            let ports = TestPorts::default();
            let (session, token) = session(&ports);
            let all = std::rc::Rc::new(core::cell::RefCell::new(Vec::new()));
            let (second, third) = (all.clone(), all.clone());
            let theirs = token.clone();
            *ports.before_operation.borrow_mut() = Some((
                outer,
                Box::new(move |ports: &TestPorts| {
                    let again = theirs.clone();
                    *ports.before_operation.borrow_mut() = Some((
                        inner,
                        Box::new(move |ports: &TestPorts| {
                            let it = use_token(ports, session, &again);
                            third.borrow_mut().push(it);
                        }),
                    ));
                    let it = use_token(ports, session, &theirs);
                    second.borrow_mut().push(it);
                }),
            ));
            let first = use_token(&ports, session, &token);
            all.borrow_mut().push(first);
            ports.before_operation.take();
            let all = all.borrow();
            let rotated: Vec<_> = all.iter().filter(|(what, _)| *what == "rotated").collect();
            assert_eq!(rotated.len(), 1, "{outer} {inner}: {all:?}");
            if all.len() > 1 {
                met += 1;
                assert!(all.iter().all(|(what, _)| matches!(*what, "rotated" | "reused")), "{all:?}");
                // The winner's next token is worthless: its family has ended.
                assert_eq!(use_token(&ports, session, &rotated[0].1).0, "reused", "{outer} {inner}");
            }
        }
    }
    assert!(met >= 12, "{met}");
}

/// A slow user of an old token meets its owner's next uses: the counter was not begun anew meanwhile.
#[test]
fn who_stops_before_the_claim_and_comes_back_generations_later_wins_nothing() {
    for at in 0..3 {
        let ports = TestPorts::default();
        let (session, token) = session(&ports);
        let theirs = token.clone();
        *ports.before_operation.borrow_mut() = Some((
            at,
            Box::new(move |ports: &TestPorts| {
                let mut token = theirs;
                for _ in 0..4 {
                    let (what, next) = use_token(ports, session, &token);
                    if what == "rotated" {
                        token = next;
                    }
                }
            }),
        ));
        let slow = use_token(&ports, session, &token).0;
        // Before the last operation, which writes, it has claimed already; then the others are refused.
        assert_eq!(slow, if at == 2 { "rotated" } else { "reused" }, "{at}");
    }
}

/// Any operation may fail, and may have been done or not. Nobody gets two tokens out of one.
#[test]
fn a_store_that_fails_gives_no_second_token() {
    for fault in [Fault::Before, Fault::After] {
        for at in 0..3 {
            let ports = TestPorts::default();
            let (session, token) = session(&ports);
            ports.store.fail_after(at, fault);
            assert!(rotate(&ports, &token, ports.now.get(), MONTH).is_err(), "{fault:?} {at}");
            let untouched = at == 0 || (at == 1 && fault == Fault::Before);
            let again = use_token(&ports, session, &token).0;
            assert_eq!(again, if untouched { "rotated" } else { "reused" }, "{fault:?} {at}");
        }
    }
}

#[test]
fn an_id_without_a_time_begins_no_family() {
    let ports = TestPorts::default();
    assert!(begin(&ports, Uuid::from_u128(7), ports.now.get(), MONTH).is_err());
    assert_eq!(ports.store.operations(), 0);
}

/// What threads can share.
#[derive(Default)]
struct Shared {
    store: MemoryStore,
    random: AtomicU64,
}

impl Store for Shared {
    fn get(&self, key: &RecordKey) -> Result<Option<String>, StoreError> {
        self.store.get(key)
    }

    fn set(&self, key: &RecordKey, value: &str) -> Result<(), StoreError> {
        self.store.set(key, value)
    }

    fn delete(&self, key: &RecordKey) -> Result<(), StoreError> {
        self.store.delete(key)
    }

    fn delete_counter(&self, key: &CounterKey) -> Result<(), StoreError> {
        self.store.delete_counter(key)
    }

    fn add(&self, key: &CounterKey, delta: i64) -> Result<i64, StoreError> {
        self.store.add(key, delta)
    }
}

impl Surroundings for Shared {
    fn now(&self) -> Timestamp {
        Timestamp(1_768_472_109_045)
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let number = self.random.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        core::array::from_fn(|at| number[at % 8])
    }

    fn sleep(&self, _: Duration) -> impl Future<Output = ()> {
        core::future::ready(())
    }

    fn log(&self, _: &str) {}
}

#[test]
fn of_many_threads_one_has_the_next() {
    const THREADS: usize = 8;
    let shared = Shared::default();
    let now = shared.now();
    for _ in 0..200 {
        let session = ids::new(&shared, now);
        let token = begin(&shared, session, now, MONTH).unwrap();
        let together = std::sync::Barrier::new(THREADS);
        let winners: usize = std::thread::scope(|scope| {
            let use_it = || {
                together.wait();
                let rotation = rotate(&shared, token.text(), now, MONTH).unwrap();
                usize::from(matches!(rotation, Rotation::Rotated { .. }))
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(use_it)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn the_keys_end_with_the_family() {
    let ports = TestPorts::default();
    let day = ports.now.get().day();
    let (session, token) = session(&ports);
    use_token(&ports, session, &token);
    let Day(until) = day.plus(92);
    assert_eq!(
        ports.store.keys(),
        [format!("r/{until}/refresh/{session}"), format!("c/{until}/refresh/{session}/uses")]
    );
}

proptest! {
    #[test]
    fn any_text_is_unknown_and_nothing_panics(text in "(rt_)?\\PC*") {
        let ports = TestPorts::default();
        let (session, token) = session(&ports);
        prop_assert!(matches!(rotate(&ports, &text, ports.now.get(), MONTH).unwrap(), Rotation::Unknown));
        prop_assert_eq!(use_token(&ports, session, &token).0, "rotated");
    }

    #[test]
    fn a_token_with_a_byte_changed_gets_nothing(at in 0_usize..99, to in "[A-Za-z0-9_=.-]") {
        let ports = TestPorts::default();
        let (_, token) = session(&ports);
        let mut changed = token.clone();
        changed.replace_range(at..at + 1, &to);
        prop_assume!(changed != token);
        let rotation = rotate(&ports, &changed, ports.now.get(), MONTH).unwrap();
        let rotated = matches!(rotation, Rotation::Rotated { .. });
        prop_assert!(!rotated);
    }
}
