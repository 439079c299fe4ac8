//! The record of a challenge: written once, before anyone can know its code, and never again.

use crate::codec;
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Entity, Purpose, Scope, Subject};
use crate::secret::Seal;
use crate::word::{Event, MOST_ATTEMPTS, Word};
use alloc::format;
use alloc::string::{String, ToString};
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, Day, RecordKey, Store, Timestamp};

/// How long a challenge can be asked about, from its issue. Longer than it can live by far, so that a confirmation
/// whose answer was lost is found and made permanent by whoever reads its entity next (`Core::current`).
const KEPT_DAYS: u64 = 31;

/// The longest life a challenge may have.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The change that waits for a confirmation. Opaque here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payload(String);

impl Payload {
    /// Takes up to 16 KiB: a slot holds two of them, and its value is base64 of at most 64 KiB.
    pub fn parse(text: &str) -> Result<Payload> {
        if text.len() <= 16 * 1024 { Ok(Payload(text.to_string())) } else { Err(Error::Invalid("payload")) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a challenge is issued under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    lifetime: u32,
    limit: u8,
    cooldown: u32,
    sandbox: bool,
}

impl Policy {
    /// Lifetime and cool-down in seconds; see `policy` in `wit/challenges.wit` for the bounds.
    pub fn new(lifetime: u32, attempts: u8, cooldown: u32, sandbox: bool) -> Result<Policy> {
        let longest = LONGEST_LIFE.as_secs();
        if lifetime == 0 || u64::from(lifetime) > longest {
            return Err(Error::Invalid("lifetime-seconds"));
        }
        if attempts == 0 || attempts > MOST_ATTEMPTS {
            return Err(Error::Invalid("attempts"));
        }
        if u64::from(cooldown) > longest {
            return Err(Error::Invalid("cooldown-seconds"));
        }
        Ok(Policy { lifetime, limit: attempts, cooldown, sandbox })
    }

    /// The same with fewer attempts; none if none are left.
    pub(crate) fn less(self, used: u32) -> Option<Policy> {
        let left = u32::from(self.limit).saturating_sub(used);
        let limit = u8::try_from(left).ok().filter(|left| *left > 0)?;
        Some(Policy { limit, ..self })
    }

    pub(crate) fn lifetime(self) -> Duration {
        Duration::from_secs(self.lifetime.into())
    }

    pub(crate) fn cooldown(self) -> Duration {
        Duration::from_secs(self.cooldown.into())
    }

    pub(crate) fn limit(self) -> u32 {
        self.limit.into()
    }

    pub(crate) fn sandbox(self) -> bool {
        self.sandbox
    }
}

/// What a challenge is asked for with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The tenant it belongs to.
    pub scope: Scope,
    /// What it is about.
    pub entity: Entity,
    /// Who is asked.
    pub subject: Subject,
    /// What the code is for.
    pub purpose: Purpose,
    /// What waits for it.
    pub payload: Payload,
    /// Its bounds.
    pub policy: Policy,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub request: Request,
    pub generation: u64,
    pub sent: Timestamp,
    pub code: Seal,
    pub link: Seal,
}

impl Record {
    pub(crate) fn expires(&self) -> Timestamp {
        self.sent + self.request.policy.lifetime()
    }

    pub(crate) fn limit(&self) -> u32 {
        self.request.policy.limit()
    }

    pub(crate) fn read(store: &impl Store, id: ChallengeId) -> Result<Record> {
        let text = store.get(&record_key(id))?.ok_or(Error::NotFound)?;
        Ok(codec::decode(&text, "challenge")?)
    }

    /// The record, if `scope` reaches it. Another tenant's is as unknown as one that never was.
    pub(crate) fn read_in(store: &impl Store, scope: &Scope, id: ChallengeId) -> Result<Record> {
        let record = Record::read(store, id)?;
        if scope.reaches(&record.request.scope) { Ok(record) } else { Err(Error::NotFound) }
    }

    pub(crate) fn write(&self, store: &impl Store, id: ChallengeId) -> Result<()> {
        Ok(store.set(&record_key(id), &codec::encode(self, "challenge")?)?)
    }

    pub(crate) fn add(&self, store: &impl Store, id: ChallengeId, event: Event) -> Result<Word> {
        add(store, &self.request.entity, self.generation, kept_until(id.issued().day()), event)
    }
}

/// Adds to the word of an entity's challenge of one generation. The word is found by generation and not by id, so
/// that it can be closed before anyone knows the id.
pub(crate) fn add(
    store: &impl Store,
    entity: &Entity,
    generation: u64,
    kept_until: Day,
    event: Event,
) -> Result<Word> {
    let key = CounterKey::until(kept_until, &format!("otp/word/{entity}/{generation}"));
    Ok(Word::new(store.add(&key, event.delta())?))
}

/// The last day on which what was issued on `day` is kept.
pub(crate) fn kept_until(day: Day) -> Day {
    day.plus(KEPT_DAYS)
}

fn record_key(id: ChallengeId) -> RecordKey {
    RecordKey::until(kept_until(id.issued().day()), &format!("otp/challenge/{id}"))
}
