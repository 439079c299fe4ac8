use super::Failures;
use super::client::Client;

/// Room for periods.
pub(crate) const PLACES: usize = 12;
pub(crate) const CLIENTS: usize = 4;
const ATTEMPTS: usize = 8;

/// The counter word of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    pub(crate) taken: u8,
    pub(crate) wrong: u8,
    pub(crate) right: u8,
}

/// A period as whoever walks has worked it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Period {
    pub(crate) number: u8,
    pub(crate) begins: u8,
    pub(crate) spent: u8,
}

impl Period {
    pub(crate) fn after_success(self) -> Period {
        Period { number: self.number + 1, begins: 0, spent: 0 }
    }

    pub(crate) fn after_lock(self, model: &Failures, full: u8) -> Period {
        Period {
            number: self.number + 1,
            begins: full + model.lock_after(self.spent),
            spent: self.spent + model.limit,
        }
    }
}

/// What is seen from outside and must not happen. Times are the world's, not those of any client's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// When each attempt since the last success was taken; nobody need be alive to use it.
    pub(crate) taken: [u8; ATTEMPTS],
    pub(crate) count: u8,
    /// More than `limit` attempts in less than a lock, with no success between them.
    pub(crate) crowded: bool,
    /// When it was first noted that a period is full.
    pub(crate) noted: [Option<u8>; PLACES],
    /// Periods somebody has concluded to have ended in a lock.
    pub(crate) locked: [bool; PLACES],
    /// Periods with a success.
    pub(crate) right: [bool; PLACES],
    /// A success came, or had come, to a period that somebody concluded to have ended in a lock.
    pub(crate) flipped: bool,
    /// Somebody was let in without an answer of the store's.
    pub(crate) failed_open: bool,
}

/// How the account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Open,
    /// What became of this period's attempts is open until then.
    Busy {
        period: u8,
        until: u8,
    },
    /// From the end of this period until then.
    Locked {
        after: u8,
        until: u8,
        /// Attempts in a row by then.
        spent: u8,
    },
    /// Full, and nobody has noted when: whoever comes next will.
    Unnoted,
    Blocked,
}

/// The store, the clients, and what the world has seen of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) now: u8,
    pub(crate) hint: Period,
    pub(crate) words: [Word; PLACES],
    /// When somebody found a period full.
    pub(crate) fulls: [Option<u8>; PLACES],
    pub(crate) clients: [Client; CLIENTS],
    pub(crate) to_come: u8,
    pub(crate) seen: Seen,
}

impl State {
    pub(crate) fn word(&mut self, period: Period) -> &mut Word {
        &mut self.words[usize::from(period.number)]
    }

    /// An attempt is taken, and its code may be compared.
    pub(crate) fn take(&mut self, model: &Failures) {
        let count = usize::from(self.seen.count);
        let limit = usize::from(model.limit);
        if count >= limit {
            // Not sooner than a lock after the one `limit` places before it; and the first of a new `limit` not sooner than
            // the lock that the one before it brought about, which may have been a longer one.
            let apart = |before: usize, lock: u8| self.now - self.seen.taken[before] + model.lag >= lock;
            let lock = model.lock_after((self.seen.count - 1) / model.limit * model.limit);
            let first = count.is_multiple_of(limit);
            self.seen.crowded |= !apart(count - limit, model.lock) || (first && !apart(count - 1, lock));
        }
        if count < ATTEMPTS {
            self.seen.taken[count] = self.now;
            self.seen.count += 1;
        }
    }

    /// A success is in the store: what was spent before does not count any more.
    pub(crate) fn succeed(&mut self, period: Period) {
        self.seen.taken = [0; ATTEMPTS];
        self.seen.count = 0;
        self.seen.right[usize::from(period.number)] = true;
        self.seen.flipped |= self.seen.locked[usize::from(period.number)];
    }

    /// What somebody would be told who sees everything at this instant.
    pub(crate) fn standing(&self, model: &Failures) -> Standing {
        let mut period = self.hint;
        loop {
            if period.spent + model.limit > model.in_a_row {
                return Standing::Blocked;
            }
            if self.now < period.begins {
                let after = period.number.saturating_sub(1);
                return Standing::Locked { after, until: period.begins, spent: period.spent };
            }
            let Some(word) = self.words.get(usize::from(period.number)) else { return Standing::Open };
            period = if word.right > 0 {
                period.after_success()
            } else if word.taken < model.limit {
                return Standing::Open;
            } else {
                match self.fulls[usize::from(period.number)] {
                    None => return Standing::Unnoted,
                    Some(full) if word.wrong < model.limit && self.now < full + model.wait() => {
                        return Standing::Busy { period: period.number, until: full + model.wait() };
                    }
                    Some(full) => period.after_lock(model, full),
                }
            };
        }
    }
}
