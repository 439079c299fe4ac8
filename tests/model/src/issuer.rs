use crate::model::{Answer, FENCE, Protocol, WAIT};
use crate::mutant::Mutant;
use crate::scenario::Task;
use crate::state::{PLACES, Record, Seal, Slot, State};
use crate::word::{Generation, Status};

/// Closing what lies below a new generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Closing {
    /// The challenge to replace; 0 for a new one.
    of: Generation,
    own: Generation,
    /// The newest slot found written, 0 if there is none.
    found: Generation,
    /// The value confirmed last, as far as known.
    base: Generation,
    /// The next word to close.
    next: Generation,
    /// Outcomes to wait for on each word before it is settled.
    owed: [u8; PLACES],
    /// Ranks taken on all of them.
    used: u8,
    /// When the last of them was closed.
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
    },
    Closing(Closing),
    Waiting(Closing),
    /// All is settled. A resend looks again whether what it replaces was superseded before it closed it.
    Checking {
        closing: Closing,
        at: Generation,
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
        matches!(self, Self::Closing(_) | Self::Recording { .. } | Self::Placing { .. })
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
            Answer::Given => Issuer::Scanning { of, own, next: own - 1 },
        };
    }

    /// The issuer's next step; false if there is none it can take.
    pub(crate) fn issue_on(&self, state: &mut State, issuer: usize, answer: Answer) -> bool {
        let next = match state.issuers[issuer] {
            Issuer::Ready(_) | Issuer::Done => return false,
            Issuer::Scanning { of, own, next } => match state.slot(next) {
                None if next > 0 => Issuer::Scanning { of, own, next: next - 1 },
                slot => self.start_closing(state, of, own, next, slot),
            },
            Issuer::Closing(closing) => self.close_next(state, closing),
            Issuer::Waiting(closing) => match self.poll(state, closing) {
                Some(next) => next,
                None => return false,
            },
            Issuer::Checking { closing, at } => self.check(state, closing, at),
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

    fn start_closing(
        &self,
        state: &State,
        of: Generation,
        own: Generation,
        found: Generation,
        slot: Option<Slot>,
    ) -> Issuer {
        if of != 0 && of != found {
            return Issuer::Done; // superseded already: the caller gets the status of `of`
        }
        let closing = Closing {
            of,
            own,
            found,
            base: slot.map_or(0, |slot| slot.base),
            next: found.max(1),
            owed: [0; PLACES],
            used: 0,
            since: state.now,
        };
        if closing.next < own { Issuer::Closing(closing) } else { self.settled(closing) }
    }

    /// One add closes a word, whether or not anything was ever issued under it.
    fn close_next(&self, state: &mut State, mut closing: Closing) -> Issuer {
        // What is closed may be unwritten, and its limit unknown: the largest there is will do for any.
        let all = self.scenario.limit;
        let target = closing.next;
        let by_flag_only = self.scenario.breaks(Mutant::CloseByFlagOnly);
        let word = state.word_mut(target);
        word.closed += 1;
        if !by_flag_only {
            word.attempts += all;
        }
        let word = *word;

        // Closers before this one took `all` each. Ranks refused since count as taken: too many is safe.
        let ranks = if by_flag_only {
            word.attempts
        } else if self.scenario.breaks(Mutant::ClosersCountAsVerifiers) {
            word.attempts - all
        } else {
            word.attempts - all * word.closed
        };
        let limit = match state.record(target) {
            Some(record) if target == closing.found => record.limit,
            _ => all,
        };
        let taken = ranks.min(limit);
        if !self.scenario.breaks(Mutant::ResendIgnoresGaps) || target == closing.found {
            closing.used += taken;
        }
        if word.right > 0 {
            closing.base = target;
        } else if taken > word.accounted() && !self.scenario.breaks(Mutant::CloseWithoutWait) {
            closing.owed[usize::from(target)] = taken;
        }
        if !self.scenario.breaks(Mutant::WaitFromBeforeClose) {
            closing.since = state.now;
        }

        closing.next += 1;
        let last = self.scenario.breaks(Mutant::GapsLeftOpen) || closing.next == closing.own;
        if last { self.wait_or_go_on(closing) } else { Issuer::Closing(closing) }
    }

    fn wait_or_go_on(&self, closing: Closing) -> Issuer {
        if closing.owed.iter().any(|&owed| owed > 0) {
            Issuer::Waiting(closing)
        } else {
            self.settled(closing)
        }
    }

    /// Reads the clock and then one word that is not settled yet.
    fn poll(&self, state: &State, mut closing: Closing) -> Option<Issuer> {
        let wait = if self.scenario.breaks(Mutant::WaitIsOnlyTheFence) { FENCE } else { WAIT };
        let over = state.now >= closing.since + wait;
        let target = closing.owed.iter().position(|&owed| owed > 0)?;
        let word = state.words[target];
        let unseen = over && self.scenario.breaks(Mutant::NoLastLook);
        if word.right > 0 && !unseen {
            closing.base = closing.base.max(target as Generation);
        } else if word.accounted() < closing.owed[target] && !over {
            return None;
        }
        closing.owed[target] = 0;
        Some(self.wait_or_go_on(closing))
    }

    fn settled(&self, closing: Closing) -> Issuer {
        let Closing { of, own, found, base, .. } = closing;
        if of == 0 {
            Issuer::Recording { own, base, chain: own, limit: self.scenario.limit }
        } else {
            let blind = self.scenario.breaks(Mutant::ResendIgnoresGaps);
            Issuer::Checking { closing, at: if blind { own } else { found + 1 } }
        }
    }

    /// A resend is void if another challenge got its slot before this one closed it, and if nothing is left.
    fn check(&self, state: &mut State, closing: Closing, at: Generation) -> Issuer {
        let Closing { of, own, base, used, .. } = closing;
        if at < own {
            return match state.slot(at) {
                Some(_) => Issuer::Done, // superseded: the caller gets the status of `of`
                None => Issuer::Checking { closing, at: at + 1 },
            };
        }
        let Some(record) = state.record(of) else { return Issuer::Done };
        if base == of {
            self.tell_over(state, of);
            return Issuer::Done;
        }
        let used = if self.scenario.breaks(Mutant::ResendRefills) { 0 } else { used };
        let limit = record.limit.saturating_sub(used);
        if limit > 0 {
            return Issuer::Recording { own, base, chain: record.chain, limit };
        }
        if self.scenario.breaks(Mutant::ResendRejectsByRank) {
            let truth = self.status(state, of);
            state.tell(Status::Rejected, truth, false);
            return Issuer::Done;
        }
        // An empty slot makes it true for every reader that the challenge is over; then it can be said.
        Issuer::Placing { own, base, live: false, of }
    }

    /// Answers with what became of a challenge that is settled and closed.
    fn tell_over(&self, state: &mut State, of: Generation) {
        let Some(record) = state.record(of) else { return };
        let told = self.status_of(state.word(of), record, state.now, true);
        let truth = self.status(state, of);
        state.tell(told, truth, false);
    }
}
