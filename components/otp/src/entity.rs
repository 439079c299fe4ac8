//! The log of an entity: one slot for each generation, that is each challenge it was given or had cancelled.
//!
//! Claiming a slot puts issuers in order. Writing slot `g` says that every generation below `g` is closed and settled, so
//! the slot can carry the outcome of all of them: the value confirmed last. Whoever reads the newest written slot and the
//! word of its challenge knows the entity's value; no record is ever read, changed and written back.
//!
//! The log of an entity that ends is forgotten with its last day. Its generations would then begin anew and meet the words of
//! the old ones, which are kept longer. They never do: no challenge is issued that lives on the last day or after it.

use crate::codec;
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Entity, Scope};
use crate::record::Payload;
use alloc::format;
use alloc::string::ToString;
use core::ops::Range;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Log, Store, Timestamp};

/// How many slots below the newest are kept, for readers that looked up the newest a moment ago.
const KEPT_SLOTS: u64 = 16;

/// How many issuers may die in a row before an entity needs a hand.
const MOST_HOLES: u64 = 1_000;

/// How many days ahead the last day of an entity may be. Further than that it is a mistake in the caller's reckoning, or no end.
const FURTHEST_END: u64 = 400;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Slot {
    pub scope: Scope,
    /// None for a cancellation.
    pub challenge: Option<Change>,
    /// When a message was sent last, in this generation or before it. A cancellation keeps it, so that withdrawing a
    /// change is no way round the cool-down.
    pub sent: Option<Timestamp>,
    /// What was confirmed last before this generation.
    pub base: Option<Payload>,
    /// Set once it is known that this generation's challenge was confirmed, so that it stays known when the challenge
    /// is forgotten. Every writer of a slot writes the same but for this, and it is set only once true.
    pub confirmed: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Change {
    pub id: ChallengeId,
    pub limit: u32,
    pub payload: Payload,
}

impl Slot {
    /// The entity's value, if the challenge of this slot is over and `confirmed` says how.
    pub(crate) fn value(&self, confirmed: bool) -> Option<&Payload> {
        match &self.challenge {
            Some(change) if confirmed || self.confirmed => Some(&change.payload),
            _ => self.base.as_ref(),
        }
    }
}

/// Refuses an entity that would be forgotten before, or on the day on which, a challenge issued now for so long ends. That
/// leaves a whole day for clocks that differ and for what is still being compared.
pub(crate) fn outlives(entity: &Entity, now: Timestamp, lifetime: Duration) -> Result<()> {
    let Some(end) = entity.until() else { return Ok(()) };
    let first = (now + lifetime).day().plus(1);
    if end < first || end > now.day().plus(FURTHEST_END) { Err(Error::Invalid("entity")) } else { Ok(()) }
}

/// Claims the next generation.
pub(crate) fn claim(store: &impl Store, entity: &Entity) -> Result<u64> {
    Ok(log(entity).claim(store)?)
}

/// The generation claimed last; 0 if none was.
pub(crate) fn last(store: &impl Store, entity: &Entity) -> Result<u64> {
    Ok(log(entity).last(store)?)
}

/// The newest written slot below `generation`, which the caller has claimed, and that slot's generation.
pub(crate) fn newest_below(
    store: &impl Store,
    entity: &Entity,
    generation: u64,
) -> Result<Option<(u64, Slot)>> {
    newest_of(store, entity, 1..generation, generation)
}

/// The newest written slot, and its generation.
pub(crate) fn newest(store: &impl Store, entity: &Entity) -> Result<Option<(u64, Slot)>> {
    let last = last(store, entity)?;
    newest_of(store, entity, 1..last.saturating_add(1), last)
}

/// The newest written slot among `slots`, when `last` was the one claimed last.
fn newest_of(
    store: &impl Store,
    entity: &Entity,
    slots: Range<u64>,
    last_seen: u64,
) -> Result<Option<(u64, Slot)>> {
    let log = log(entity);
    let lowest = slots.end.saturating_sub(MOST_HOLES).max(slots.start);
    for number in (lowest..slots.end).rev() {
        if let Some(text) = log.read(store, number)? {
            let slot = codec::decode(&text, "entity slot")?;
            return Ok(Some((number, slot)));
        }
    }
    if slots.is_empty() {
        return Ok(None);
    }
    // Nothing there: either nothing was ever written, or what was is no longer kept, because others have written many
    // slots since `last_seen` was looked up. To take the second for the first would forget a confirmed value.
    let last = last(store, entity)?;
    if lowest > slots.start || (last != last_seen && last > KEPT_SLOTS) {
        return Err(Error::Unavailable("the entity changes too fast to be read".to_string()));
    }
    Ok(None)
}

/// Writes a slot, and drops the one that fell out of those kept.
pub(crate) fn write(store: &impl Store, entity: &Entity, generation: u64, slot: &Slot) -> Result<()> {
    rewrite(store, entity, generation, slot)?;
    if generation > KEPT_SLOTS {
        log(entity).forget(store, generation - KEPT_SLOTS)?;
    }
    Ok(())
}

/// Writes a slot that has been written before.
pub(crate) fn rewrite(store: &impl Store, entity: &Entity, generation: u64, slot: &Slot) -> Result<()> {
    Ok(log(entity).write(store, generation, &codec::encode(slot, "entity slot")?)?)
}

fn log(entity: &Entity) -> Log {
    let log = Log::keeping_all(&format!("otp/entity/{entity}"));
    match entity.until() {
        Some(day) => log.until(day),
        None => log,
    }
}
