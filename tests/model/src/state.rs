use crate::issuer::Issuer;
use crate::reader::Reader;
use crate::verifier::Verifier;
use crate::word::{Generation, Status, Word};

/// Room for generations 1 to 3; place 0 is never used.
pub(crate) const PLACES: usize = 4;

/// The keyed hash of a code, which covers the challenge it was sent for. Codes are told apart by the
/// generation they were sent for; 0 is nonsense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Seal {
    pub(crate) challenge: Generation,
    pub(crate) code: Generation,
}

/// The immutable part of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) limit: u8,
    pub(crate) expires: u8,
    pub(crate) seal: Seal,
    /// The first of the challenges that this one is a resend of; itself if it is none.
    pub(crate) chain: Generation,
}

/// A written slot of the entity's log: everything below is closed and settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    /// Whose payload was confirmed last, below this slot.
    pub(crate) base: Generation,
    /// Whether there is a challenge here; without one the log only says that those below are over.
    pub(crate) live: bool,
}

/// What is seen from outside and must not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// Comparisons per chain of resends.
    pub(crate) compared: [u8; PLACES],
    /// Callers told "confirmed".
    pub(crate) winners: [u8; PLACES],
    /// The first terminal status anyone could be told, pending before that.
    pub(crate) said: [Status; PLACES],
    /// A terminal status turned into another one.
    pub(crate) flipped: bool,
    /// "Pending" was said, or would be, after a terminal status.
    pub(crate) reopened: bool,
    /// "Confirmed" was said by a caller whom the store had failed.
    pub(crate) failed_open: bool,
    /// A challenge was confirmed by a code that was sent for another.
    pub(crate) foreign: bool,
    /// A code was compared on a rank taken after the time was over.
    pub(crate) late: bool,
}

/// The store, the participants, and what the world has seen of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) now: u8,
    /// The entity's generation counter.
    pub(crate) generations: u8,
    pub(crate) words: [Word; PLACES],
    pub(crate) records: [Option<Record>; PLACES],
    pub(crate) slots: [Option<Slot>; PLACES],
    pub(crate) verifiers: [Verifier; 3],
    pub(crate) issuers: [Issuer; 2],
    pub(crate) reader: Reader,
    pub(crate) seen: Seen,
}

impl State {
    pub(crate) fn word(&self, generation: Generation) -> Word {
        self.words[usize::from(generation)]
    }

    pub(crate) fn word_mut(&mut self, generation: Generation) -> &mut Word {
        &mut self.words[usize::from(generation)]
    }

    pub(crate) fn record(&self, generation: Generation) -> Option<Record> {
        self.records[usize::from(generation)]
    }

    pub(crate) fn slot(&self, generation: Generation) -> Option<Slot> {
        self.slots[usize::from(generation)]
    }

    /// The generations whose codes somebody may have.
    pub(crate) fn sent(&self) -> impl Iterator<Item = Generation> {
        (1..PLACES as u8).filter(|&generation| self.slot(generation).is_some_and(|slot| slot.live))
    }

    /// The newest written slot, 0 if there is none.
    pub(crate) fn newest(&self) -> Generation {
        (1..PLACES as u8).rev().find(|&generation| self.slot(generation).is_some()).unwrap_or(0)
    }

    /// The entity's value: whose payload it is.
    pub(crate) fn value(&self) -> Generation {
        let newest = self.newest();
        match self.slot(newest) {
            Some(_) if self.word(newest).right > 0 => newest,
            Some(slot) => slot.base,
            None => 0,
        }
    }

    /// Whether anyone could have been told by now that a challenge is over.
    pub(crate) fn is_over(&self, generation: Generation) -> bool {
        self.seen.said[usize::from(generation)].is_over()
    }

    /// Notes what a caller is told. `truth` is what a reader would be told now, `was_over` whether one could
    /// have been told a terminal status when the caller came.
    pub(crate) fn tell(&mut self, told: Status, truth: Status, was_over: bool) {
        if told.is_over() {
            self.seen.flipped |= told != truth;
        } else {
            self.seen.reopened |= told == Status::Pending && was_over;
        }
    }
}
