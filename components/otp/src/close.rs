//! Closing what came before: the only way from one challenge of an entity to the next.
//!
//! One add takes all ranks and sets `closed`, so whoever comes later is beyond the limit. Ranks taken before it may still be
//! compared: they are waited for, a fence at most. Only then does the new generation write its slot. So there is no
//! moment at which a code counts for a request it was not sent for.

use crate::Core;
use crate::entity::{self, Slot};
use crate::environment::{Clock, Random};
use crate::error::Result;
use crate::names::Entity;
use crate::record::{self, Payload};
use crate::word::{Event, Word};
use core::time::Duration;
use stepgate_storage::{Store, Timestamp};

/// How long after a rank was taken its outcome may still be added. A rank older than that is dead.
pub const FENCE: Duration = Duration::from_secs(10);

/// How long a verifier gives itself from before it takes its rank until it adds the outcome. The rest of the fence is for
/// that add to arrive: a store must not carry an operation out later than that (docs/storage.md).
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before looking again whether ranks in flight have landed.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Where a call stands that waits. Handed back as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The generation it has claimed.
    pub generation: u64,
    /// How many ranks had been taken when it closed the challenge before.
    pub taken: u32,
    /// When it did.
    pub closed: Timestamp,
}

/// Come back with the ticket after this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// To be handed back.
    pub ticket: Ticket,
    /// How long to wait first.
    pub retry_in: Duration,
}

/// What became of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It is done.
    Done,
    /// Codes are being compared.
    Wait(Wait),
}

/// Everything below a generation, closed.
pub(crate) enum Closed {
    /// And settled: this will not change any more.
    Settled(Settled),
    /// And still in flight.
    Wait(Wait),
}

#[derive(Default)]
pub(crate) struct Settled {
    /// What was confirmed last.
    pub value: Option<Payload>,
    /// When a message was sent last.
    pub sent: Option<Timestamp>,
    /// How the challenge just closed ended, if there was one.
    pub previous: Option<Previous>,
}

pub(crate) struct Previous {
    pub taken: u32,
    pub word: Word,
}

impl<S: Store, C: Clock, R: Random> Core<S, C, R> {
    /// Closes every generation below `generation`, which the caller has claimed. With a ticket, goes on from there.
    pub(crate) fn close_below(
        &self,
        entity: &Entity,
        generation: u64,
        ticket: Option<Ticket>,
    ) -> Result<Closed> {
        match self.newest_below(entity, generation, ticket)? {
            Some((written, slot)) => self.close_written(entity, generation, written, &slot, ticket),
            None => Ok(Closed::Settled(Settled::default())),
        }
    }

    /// The newest written slot below `generation`, with every generation between the two closed.
    pub(crate) fn newest_below(
        &self,
        entity: &Entity,
        generation: u64,
        ticket: Option<Ticket>,
    ) -> Result<Option<(u64, Slot)>> {
        let mut newest = entity::newest_below(&self.store, entity, generation)?;
        let unwritten = newest.as_ref().map_or(0, |(written, _)| *written) + 1..generation;
        if ticket.is_none() && !unwritten.is_empty() {
            self.close_unwritten(entity, unwritten)?;
            // Between the look and the close, one of their issuers may have written its slot and sent its code. What
            // is written after this second look was closed before its code was known to anyone.
            newest = entity::newest_below(&self.store, entity, generation)?;
        }
        Ok(newest)
    }

    /// Closes generations that were claimed and have no slot. Their issuers are dead, or about to write one. An issuer
    /// settles on its day before it claims, and its clock may be a little off ours, hence three days.
    fn close_unwritten(&self, entity: &Entity, generations: core::ops::Range<u64>) -> Result<()> {
        let today = self.clock.now().day();
        for generation in generations {
            for day in [today.previous(), today, today.plus(1)] {
                record::add(&self.store, entity, generation, record::kept_until(day), Event::Close)?;
            }
        }
        Ok(())
    }

    /// Closes the challenge of a written slot, and says whether its outcome can still change.
    pub(crate) fn close_written(
        &self,
        entity: &Entity,
        generation: u64,
        written: u64,
        slot: &Slot,
        ticket: Option<Ticket>,
    ) -> Result<Closed> {
        let Some(change) = slot.challenge.as_ref().filter(|_| !slot.confirmed) else {
            return Ok(Closed::Settled(Settled {
                value: slot.value(slot.confirmed).cloned(),
                sent: slot.sent,
                previous: None,
            }));
        };
        let add = |event| {
            let kept_until = record::kept_until(change.id.issued().day());
            record::add(&self.store, entity, written, kept_until, event)
        };
        let (word, ticket, now) = match ticket {
            None => {
                // Ranks asked for after a close are not distinguished from those before it, so only the answer to the
                // close itself tells how many there were. The fence begins when the close is known to be done.
                let word = add(Event::Close)?;
                let now = self.clock.now();
                (word, Ticket { generation, taken: word.taken(change.limit), closed: now }, now)
            }
            Some(ticket) => {
                // Before the look: a fence that is over after it says nothing about what the look did not see yet.
                let now = self.clock.now();
                (add(Event::Look)?, ticket, now)
            }
        };
        let settled = word.right() > 0
            || word.in_flight(ticket.taken.min(word.taken(change.limit))) == 0
            || now.since(ticket.closed) >= FENCE;
        if !settled {
            return Ok(Closed::Wait(Wait { ticket, retry_in: LOOK_AGAIN }));
        }
        let value = slot.value(word.right() > 0).cloned();
        let previous = Previous { taken: ticket.taken, word };
        Ok(Closed::Settled(Settled { value, sent: slot.sent, previous: Some(previous) }))
    }
}
