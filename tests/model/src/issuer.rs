use crate::model::{Answer, FENCE, Protocol, WAIT};
use crate::mutant::Mutant;
use crate::scenario::Task;
use crate::state::{Record, Seal, Slot, State};
use crate::word::{Generation, Status, Word};

/// Closing the newest challenge below a new generation. Everything further below is settled, since its slot is
/// written; what was claimed since and has no slot is closed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Closing {
    /// The challenge to replace; 0 for a new one.
    of: Generation,
    own: Generation,
    /// The newest slot found written.
    found: Generation,
    /// The value confirmed last, as far as known.
    base: Generation,
    /// Ranks taken before the close.
    taken: u8,
    /// When it was closed.
    since: u8,
}

/// Somebody who issues one challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Issuer {
    Ready(Task),
    /// Has its generation and reads the slots downwards from `next`.
    Scanning {
        of: Generation,
        own: Generation,
        next: Generation,
        again: bool,
    },
    /// Closes the words of generations without a slot, upwards from `next`. Their issuers are dead or about to write one.
    Gaps {
        of: Generation,
        own: Generation,
        found: Generation,
        next: Generation,
    },
    Closing(Closing),
    Waiting(Closing),
    /// Has looked at the word, and reads the clock only now (a mutant).
    Polled {
        closing: Closing,
        right: bool,
    },
    Recording {
        own: Generation,
        base: Generation,
        chain: Generation,
        limit: u8,
    },
    /// Writes the slot, and tells what became of the challenge `of` where that is the answer.
    Placing {
        own: Generation,
        base: Generation,
        live: bool,
        of: Generation,
    },
    Done,
}

impl Issuer {
    /// Whether the next step writes to the store, so that its answer can be lost.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Gaps { .. } | Self::Closing(_) | Self::Recording { .. } | Self::Placing { .. })
    }

    /// Whether it waits for outcomes that will not come any more.
    pub(crate) fn has_waited(self, now: u8) -> bool {
        matches!(self, Self::Waiting(closing) if now >= closing.since + WAIT)
    }

    pub(crate) fn is_under_way(self) -> bool {
        !matches!(self, Self::Ready(_) | Self::Done)
    }
}

impl Protocol {
    /// The issuer takes its generation.
    pub(crate) fn begin(&self, state: &mut State, issuer: usize, of: Generation, answer: Answer) {
        state.generations += 1;
        let own = state.generations;
        state.issuers[issuer] = match answer {
            Answer::Lost => Issuer::Done,
            Answer::Given => Issuer::Scanning { of, own, next: own - 1, again: false },
        };
    }

    /// The issuer's next step; false if there is none it can take.
    pub(crate) fn issue_on(&self, state: &mut State, issuer: usize, answer: Answer) -> bool {
        let next = match state.issuers[issuer] {
            Issuer::Ready(_) | Issuer::Done => return false,
            Issuer::Scanning { of, own, next, again } => match state.slot(next) {
                None if next > 0 => Issuer::Scanning { of, own, next: next - 1, again },
                _ if again || next + 1 == own || self.scenario.breaks(Mutant::GapsLeftOpen) => {
                    self.close(state, of, own, next)
                }
                _ => Issuer::Gaps { of, own, found: next, next: next + 1 },
            },
            Issuer::Gaps { of, own, found, next } => {
                self.add_close(state, next);
                if next + 1 < own {
                    Issuer::Gaps { of, own, found, next: next + 1 }
                } else if self.scenario.breaks(Mutant::GapsUnseen) {
                    self.close(state, of, own, found)
                } else {
                    // A slot written before its word was closed counts. One written later is dead from the start.
                    Issuer::Scanning { of, own, next: own - 1, again: true }
                }
            }
            Issuer::Closing(closing) => self.close_found(state, closing),
            Issuer::Waiting(closing) => match self.poll(state, closing) {
                Some(next) => next,
                None => return false,
            },
            Issuer::Polled { closing, right } => {
                let over = state.now >= closing.since + WAIT;
                if right || over { self.settled(state, closing, right) } else { Issuer::Waiting(closing) }
            }
            Issuer::Recording { own, base, chain, limit } => {
                let sealed = if self.scenario.transplant { own - 1 } else { own };
                state.records[usize::from(own)] = Some(Record {
                    limit,
                    expires: self.scenario.lifetime.map_or(u8::MAX, |lifetime| state.now + lifetime),
                    seal: Seal { challenge: sealed, code: sealed },
                    chain,
                });
                Issuer::Placing { own, base, live: true, of: 0 }
            }
            Issuer::Placing { own, base, live, of } => {
                state.slots[usize::from(own)] = Some(Slot { base, live });
                if of > 0 && answer == Answer::Given {
                    self.tell_over(state, of);
                }
                Issuer::Done
            }
        };
        state.issuers[issuer] = if answer == Answer::Lost { Issuer::Done } else { next };
        true
    }

    fn close(&self, state: &mut State, of: Generation, own: Generation, found: Generation) -> Issuer {
        if of != 0 && of != found {
            return Issuer::Done; // superseded: the caller gets the status of `of`
        }
        let base = state.slot(found).map_or(0, |slot| slot.base);
        let closing = Closing { of, own, found, base, taken: 0, since: state.now };
        if found > 0 { Issuer::Closing(closing) } else { self.settled(state, closing, false) }
    }

    /// One add closes a word, whether or not anything was ever issued under it.
    fn add_close(&self, state: &mut State, target: Generation) -> Word {
        let word = state.word_mut(target);
        word.closed += 1;
        if !self.scenario.breaks(Mutant::CloseByFlagOnly) {
            // The limit may be unknown as yet: the largest there is will do for any.
            word.attempts += self.scenario.limit;
        }
        *word
    }

    fn close_found(&self, state: &mut State, mut closing: Closing) -> Issuer {
        let all = self.scenario.limit;
        let word = self.add_close(state, closing.found);
        // Closers before this one took `all` each. Ranks refused since count as taken: too many is safe.
        let ranks = if self.scenario.breaks(Mutant::CloseByFlagOnly) {
            word.attempts
        } else if self.scenario.breaks(Mutant::ClosersCountAsVerifiers) {
            word.attempts - all
        } else {
            word.attempts - all * word.closed
        };
        closing.taken = ranks.min(state.record(closing.found).map_or(all, |record| record.limit));
        if !self.scenario.breaks(Mutant::WaitFromBeforeClose) {
            closing.since = state.now;
        }
        let right = word.right > 0;
        let in_flight = closing.taken > word.accounted();
        if !right && in_flight && !self.scenario.breaks(Mutant::CloseWithoutWait) {
            Issuer::Waiting(closing)
        } else {
            self.settled(state, closing, right)
        }
    }

    /// Reads the clock and then the word.
    fn poll(&self, state: &mut State, closing: Closing) -> Option<Issuer> {
        let wait = if self.scenario.breaks(Mutant::WaitIsOnlyTheFence) { FENCE } else { WAIT };
        let over = state.now >= closing.since + wait;
        let word = state.word(closing.found);
        let right = word.right > 0;
        if self.scenario.breaks(Mutant::ClockAfterLastLook) {
            return Some(Issuer::Polled { closing, right });
        }
        if over && self.scenario.breaks(Mutant::NoLastLook) {
            return Some(self.settled(state, closing, false));
        }
        if right || over || word.accounted() >= closing.taken {
            Some(self.settled(state, closing, right))
        } else {
            None
        }
    }

    /// Nothing below can change any more.
    fn settled(&self, state: &mut State, closing: Closing, right: bool) -> Issuer {
        let Closing { of, own, found, taken, .. } = closing;
        let base = if right { found } else { closing.base };
        if of == 0 {
            return Issuer::Recording { own, base, chain: own, limit: self.scenario.limit };
        }
        let Some(record) = state.record(of) else { return Issuer::Done };
        if right {
            self.tell_over(state, of);
            return Issuer::Done;
        }
        let used = if self.scenario.breaks(Mutant::ResendRefills) { 0 } else { taken };
        let limit = record.limit.saturating_sub(used);
        if limit > 0 {
            return Issuer::Recording { own, base, chain: record.chain, limit };
        }
        if self.scenario.breaks(Mutant::ResendRejectsByRank) {
            let truth = self.status(state, of);
            state.tell(Status::Rejected, truth, false);
            return Issuer::Done;
        }
        if self.scenario.breaks(Mutant::ResendExpiresWithoutSlot) {
            self.tell_over(state, of);
            return Issuer::Done;
        }
        // An empty slot makes it true for every reader that the challenge is over; then it can be said.
        Issuer::Placing { own, base, live: false, of }
    }

    /// Answers with what became of a challenge that is closed and settled.
    fn tell_over(&self, state: &mut State, of: Generation) {
        let Some(record) = state.record(of) else { return };
        let told = self.status_of(state.word(of), record, state.now, true);
        let truth = self.status(state, of);
        state.tell(told, truth, false);
    }
}
