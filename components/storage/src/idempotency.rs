//! Work that is done once, however often and from however many places at once it is asked for.
//!
//! A piece of work has a [`Name`] (who asks, for what, under which key) and a digest of what was asked. Whoever claims the
//! name does the work and keeps its answer; everybody else replays the answer, waits, or learns that the name was
//! used for something else.
//!
//! A claim is an `add` that answers 1 on a counter whose key holds the number of the current [`LEASE`], taken only while
//! the counter of the lease before is untouched. So a claimant that dies blocks the name for two leases at most,
//! and polling does not prolong that: who sees a claim adds nothing.

use crate::{CounterKey, Day, RecordKey, Store, StoreError, Timestamp};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Write as _;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How long an answer is replayed, from when it was kept.
pub const REPLAYED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Longer than any request may run: work that has taken longer is dead.
pub const LEASE: Duration = Duration::from_secs(30);

/// What a piece of work is called: a hash over who asks and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Each part is hashed with its length, so no two lists of parts give the same name by running into each other.
    pub fn new(parts: &[&str]) -> Name {
        Name(digest(parts))
    }
}

/// SHA-256 over `parts`, each preceded by its length, in hexadecimal.
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The right to do the work, held by one caller at a time.
#[derive(Debug)]
pub struct Claim {
    key: RecordKey,
    digest: String,
    /// How often the work was given up before.
    given_up: u32,
    seed: String,
}

impl Claim {
    /// What the first claimant of this work gave as `seed`. Whatever the work makes takes its identity from it, so that work
    /// begun twice makes one thing.
    pub fn seed(&self) -> &str {
        &self.seed
    }
}

/// What to do with a request.
#[derive(Debug)]
pub enum Begun {
    /// Do the work, then [`finish`] or [`give_up`].
    Do(Claim),
    /// It has been done; this was the answer.
    Replay(String),
    /// The name was used for other work.
    Conflict,
    /// Somebody is doing it, or died doing it. Ask again.
    Running,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    digest: String,
    seed: String,
    at: Timestamp,
    state: State,
}

#[derive(Serialize, Deserialize)]
enum State {
    Running,
    Done { answer: String },
    GivenUp { times: u32 },
}

/// Claims the work, or says why not. `digest` tells this work from other work under the same name. `seed` is kept with the
/// first claim and handed to every later one ([`Claim::seed`]).
pub fn begin(
    store: &impl Store,
    now: Timestamp,
    name: &Name,
    digest: &str,
    seed: &str,
) -> Result<Begun, StoreError> {
    let mut seed = seed.to_string();
    // An answer is kept under the day its work was claimed on, and is replayed for a day: it can only be in these two.
    for day in [now.day(), now.day().previous()] {
        let Some(text) = store.get(&answer_key(day, name))? else { continue };
        let entry: Entry =
            serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("idempotency entry"))?;
        let lives = if matches!(entry.state, State::Done { .. }) { REPLAYED_FOR } else { LEASE };
        if now.since(entry.at) >= lives {
            if entry.digest == digest && !matches!(entry.state, State::Done { .. }) {
                seed = entry.seed;
            }
            continue;
        }
        if entry.digest != digest {
            return Ok(Begun::Conflict);
        }
        return match entry.state {
            State::Done { answer } => Ok(Begun::Replay(answer)),
            State::Running => Ok(Begun::Running),
            State::GivenUp { times } => {
                let taken_up = store.add(&retry_key(day, name, times), 1)? == 1;
                if taken_up { start(store, now, name, digest, entry.seed, times) } else { Ok(Begun::Running) }
            }
        };
    }
    let lease_before = now - LEASE;
    if store.add(&claim_key(lease_before, name), 0)? != 0
        || store.add(&claim_key(now, name), 0)? != 0
        || store.add(&claim_key(now, name), 1)? != 1
    {
        return Ok(Begun::Running);
    }
    start(store, now, name, digest, seed, 0)
}

fn start(
    store: &impl Store,
    now: Timestamp,
    name: &Name,
    digest: &str,
    seed: String,
    given_up: u32,
) -> Result<Begun, StoreError> {
    let claim = Claim { key: answer_key(now.day(), name), digest: digest.into(), given_up, seed };
    put(store, &claim, now, State::Running)?;
    Ok(Begun::Do(claim))
}

/// Keeps the answer for whoever asks again.
pub fn finish(store: &impl Store, now: Timestamp, claim: &Claim, answer: &str) -> Result<(), StoreError> {
    put(store, claim, now, State::Done { answer: answer.into() })
}

/// Leaves the work undone, so that it can be asked for again at once.
pub fn give_up(store: &impl Store, now: Timestamp, claim: &Claim) -> Result<(), StoreError> {
    put(store, claim, now, State::GivenUp { times: claim.given_up.saturating_add(1) })
}

fn put(store: &impl Store, claim: &Claim, now: Timestamp, state: State) -> Result<(), StoreError> {
    let entry = Entry { digest: claim.digest.clone(), seed: claim.seed.clone(), at: now, state };
    let text = serde_json::to_string(&entry).map_err(|_| StoreError::Corrupt("idempotency entry"))?;
    store.set(&claim.key, &text)
}

fn answer_key(day: Day, name: &Name) -> RecordKey {
    RecordKey::until(day.plus(2), &format!("idempotency/{}", name.0))
}

fn retry_key(day: Day, name: &Name, times: u32) -> CounterKey {
    CounterKey::until(day.plus(2), &format!("idempotency/{}/retry/{times}", name.0))
}

fn claim_key(at: Timestamp, name: &Name) -> CounterKey {
    let lease = u128::from(at.0) / LEASE.as_millis();
    CounterKey::until(at.day().plus(1), &format!("idempotency/{}/{lease}", name.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Fault, MemoryStore};

    const T: Timestamp = Timestamp(1_800_000_000_000);

    fn begin_at(store: &MemoryStore, after: Duration, body: &str) -> Begun {
        begin(store, T + after, &Name::new(&["p", "k"]), body, &after.as_secs().to_string()).unwrap()
    }

    fn claim(begun: Begun) -> Claim {
        match begun {
            Begun::Do(claim) => claim,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_is_replayed_for_a_day_and_then_forgotten() {
        let store = MemoryStore::default();
        let first = claim(begin_at(&store, Duration::ZERO, "b"));
        finish(&store, T, &first, "answer").unwrap();
        for after in [Duration::ZERO, LEASE, REPLAYED_FOR - Duration::from_millis(1)] {
            assert!(matches!(begin_at(&store, after, "b"), Begun::Replay(a) if a == "answer"));
            assert!(matches!(begin_at(&store, after, "other"), Begun::Conflict));
        }
        claim(begin_at(&store, REPLAYED_FOR, "other"));
    }

    #[test]
    fn only_one_runs_and_the_others_wait_or_conflict_at_once() {
        let store = MemoryStore::default();
        claim(begin_at(&store, Duration::ZERO, "b"));
        assert!(matches!(begin_at(&store, Duration::ZERO, "b"), Begun::Running));
        assert!(matches!(begin_at(&store, Duration::ZERO, "other"), Begun::Conflict));
    }

    #[test]
    fn a_dead_claimant_blocks_for_two_leases_even_under_polling() {
        // It dies right after its claim, before anything tells when that was.
        let store = MemoryStore::default();
        store.fail_after(4, Fault::After);
        assert!(begin(&store, T, &Name::new(&["p", "k"]), "b", "s").is_err());
        let mut waited = Duration::ZERO;
        while matches!(begin_at(&store, waited, "b"), Begun::Running) {
            waited += Duration::from_secs(1);
            assert!(waited <= 2 * LEASE, "still blocked");
        }
        assert!(waited > Duration::ZERO);
    }

    #[test]
    fn a_claimant_that_began_and_died_is_replaced_when_its_lease_is_over() {
        let store = MemoryStore::default();
        claim(begin_at(&store, Duration::ZERO, "b"));
        claim(begin_at(&store, 2 * LEASE, "b"));
    }

    #[test]
    fn work_given_up_can_be_done_again_at_once_and_by_one() {
        let store = MemoryStore::default();
        let first = claim(begin_at(&store, Duration::ZERO, "b"));
        give_up(&store, T, &first).unwrap();
        let second = claim(begin_at(&store, Duration::ZERO, "b"));
        assert!(matches!(begin_at(&store, Duration::ZERO, "b"), Begun::Running));
        give_up(&store, T, &second).unwrap();
        let third = claim(begin_at(&store, Duration::ZERO, "b"));
        finish(&store, T, &third, "answer").unwrap();
        assert!(matches!(begin_at(&store, Duration::ZERO, "b"), Begun::Replay(_)));
    }

    #[test]
    fn work_begun_again_has_the_seed_of_the_first_claim() {
        let store = MemoryStore::default();
        let first = claim(begin_at(&store, Duration::ZERO, "b"));
        assert_eq!(first.seed(), "0");
        give_up(&store, T, &first).unwrap();
        assert_eq!(claim(begin_at(&store, Duration::from_secs(5), "b")).seed(), "0");
        // That one died. Whoever takes over when its lease is over goes on with the same.
        assert_eq!(claim(begin_at(&store, Duration::from_secs(5) + 2 * LEASE, "b")).seed(), "0");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab", "c"]), digest(&["ab", "c"]).to_string());
    }

    #[test]
    fn nothing_stays_in_the_store() {
        let store = MemoryStore::default();
        let first = claim(begin_at(&store, Duration::ZERO, "b"));
        finish(&store, T, &first, "answer").unwrap();
        store.sweep(T.0 / 1000 + 4 * 86_400);
        assert_eq!(store.keys(), [""; 0]);
    }
}
