use super::state::{PLACES, Period, State};
use super::{DELAY, FENCE, Failures, Mutant};
use crate::Answer;

/// What a walk is about to add to the word of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Event {
    Attempt,
    Wrong,
}

/// Somebody with one code. A crash, an error, a refusal and an answer all end in `Absent`; what was seen from outside is noted
/// where it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Client {
    Absent,
    /// Reads the hint.
    Hinting {
        lag: u8,
    },
    /// Reads the clock, and is refused if the period has not begun.
    Checking {
        lag: u8,
        period: Period,
    },
    /// Adds to the word.
    Adding {
        lag: u8,
        period: Period,
        at: u8,
        event: Event,
    },
    /// Has seen that there is an attempt left, and takes one (a mutant).
    Taking {
        lag: u8,
        period: Period,
        at: u8,
    },
    /// Notes when the period was full: with the last attempt in hand, or to see how it ended.
    Noting {
        lag: u8,
        period: Period,
        at: u8,
        full: u8,
        wrong: Option<u8>,
    },
    /// Reads when the period was full.
    Reading {
        lag: u8,
        period: Period,
        at: u8,
        wrong: u8,
    },
    /// Moves the hint, and goes on with an attempt if there is one to make.
    Entering {
        lag: u8,
        period: Period,
        on: bool,
    },
    Reserved {
        lag: u8,
        period: Period,
        at: u8,
    },
    /// Has compared a right code.
    Right {
        lag: u8,
        period: Period,
        checked: u8,
    },
}

impl Client {
    /// Whether the next step writes to the store and reads something from the answer.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Client::Adding { .. } | Client::Right { .. })
    }

    /// Whether it matters that it may die here: not where it has nothing that others could wait for or miss.
    pub(crate) fn matters(self) -> bool {
        !matches!(
            self,
            Client::Absent
                | Client::Hinting { .. }
                | Client::Checking { .. }
                | Client::Reading { .. }
                | Client::Adding { event: Event::Attempt, .. }
        )
    }

    /// Whether a lost answer ends it before it is here.
    pub(crate) fn dies(self) -> bool {
        !matches!(self, Client::Reserved { .. })
    }
}

impl Failures {
    fn clock(&self, state: &State, lag: u8) -> u8 {
        state.now - lag
    }

    /// The client's next step; none if there is none it can take.
    pub(crate) fn step(&self, state: &mut State, client: usize, answer: Answer) -> Option<Client> {
        Some(match state.clients[client] {
            Client::Absent | Client::Reserved { .. } => return None,
            Client::Hinting { lag } => Client::Checking { lag, period: state.hint },
            Client::Checking { lag, period } => {
                let at = self.clock(state, lag);
                if period.spent + self.limit > self.in_a_row {
                    return Some(Client::Absent); // told that it is blocked
                }
                if at < period.begins {
                    if self.breaks(Mutant::AskingProlongs) {
                        state.hint = Period { begins: at + self.lock_after(0), ..period };
                    }
                    return Some(Client::Absent); // told that it is locked
                }
                Client::Adding { lag, period, at, event: Event::Attempt }
            }
            Client::Adding { lag, period, at, event: Event::Attempt } => {
                self.attempt(state, lag, period, at, answer)?
            }
            Client::Adding { lag, period, at, event: Event::Wrong } => {
                let word = state.word(period);
                word.wrong += 1;
                let word = *word;
                if word.right > 0 {
                    Client::Entering { lag, period: period.after_success(), on: false }
                } else if word.taken < self.limit {
                    Client::Absent
                } else {
                    Client::Reading { lag, period, at, wrong: word.wrong }
                }
            }
            Client::Taking { lag, period, at } => {
                state.word(period).taken += 1;
                state.take(self);
                Client::Reserved { lag, period, at }
            }
            Client::Noting { lag, period, at, full, wrong } => {
                let place = usize::from(period.number);
                state.fulls[place] = Some(full);
                state.seen.noted[place].get_or_insert(state.now);
                match wrong {
                    None => Client::Reserved { lag, period, at },
                    Some(wrong) => self.conclude(state, lag, period, at, full, wrong),
                }
            }
            Client::Reading { lag, period, at, wrong } => match state.fulls[usize::from(period.number)] {
                Some(full) => self.conclude(state, lag, period, at, full, wrong),
                None => {
                    let old = self.breaks(Mutant::FullBeforeSeen);
                    let full = if old { at } else { self.clock(state, lag) };
                    Client::Noting { lag, period, at, full, wrong: Some(wrong) }
                }
            },
            Client::Entering { lag, period, on } => {
                let number = if self.breaks(Mutant::NextFromTheHint) && period.number > 0 {
                    state.hint.number + 1
                } else {
                    period.number
                };
                let period = Period { number, ..period };
                if usize::from(number) >= PLACES {
                    return None;
                }
                state.hint = period;
                if self.breaks(Mutant::ForgottenAtOnce) && number > 0 {
                    state.words[usize::from(number) - 1] = Default::default();
                }
                if on { Client::Checking { lag, period } } else { Client::Absent }
            }
            Client::Right { lag, period, checked } => {
                if state.now > checked + DELAY && !self.breaks(Mutant::RightAfterFence) {
                    return None; // the store's own deadline: it happens within DELAY or never
                }
                if answer == Answer::Lost && self.breaks(Mutant::LostMeansSuccess) {
                    state.seen.failed_open = true;
                }
                if self.breaks(Mutant::SuccessIsOnlyTheHint) {
                    state.succeed(period);
                    state.hint = period.after_success();
                    return Some(Client::Absent);
                }
                let word = state.word(period);
                word.right += 1;
                if word.right == 1 {
                    state.succeed(period);
                    Client::Entering { lag, period: period.after_success(), on: false }
                } else {
                    Client::Absent
                }
            }
        })
    }

    fn attempt(&self, state: &mut State, lag: u8, period: Period, at: u8, answer: Answer) -> Option<Client> {
        if self.breaks(Mutant::ReadThenTake) {
            let word = *state.word(period);
            if word.right == 0 && word.taken < self.limit {
                return Some(Client::Taking { lag, period, at });
            }
        }
        let word = state.word(period);
        word.taken += 1;
        let word = *word;
        let over = word.right > 0 && !self.breaks(Mutant::SuccessUnseen);
        let ranked = !over && word.taken <= self.limit;
        if ranked {
            state.take(self);
        }
        if answer == Answer::Lost && self.breaks(Mutant::LostMeansReserved) {
            if !ranked {
                state.take(self);
            }
            return Some(Client::Reserved { lag, period, at });
        }
        Some(if answer == Answer::Lost {
            Client::Absent
        } else if over || (word.right > 0 && !ranked) {
            Client::Entering { lag, period: period.after_success(), on: true }
        } else if ranked && word.taken < self.limit {
            Client::Reserved { lag, period, at }
        } else if ranked {
            let full = if self.breaks(Mutant::FullBeforeSeen) { at } else { self.clock(state, lag) };
            Client::Noting { lag, period, at, full, wrong: None }
        } else {
            Client::Reading { lag, period, at, wrong: word.wrong }
        })
    }

    /// How a full period ended, from the clock, the word and the note, read in this order.
    fn conclude(&self, state: &mut State, lag: u8, period: Period, at: u8, full: u8, wrong: u8) -> Client {
        let now = self.clock(state, lag);
        let seen_at = if self.breaks(Mutant::ClockAfterWord) { now } else { at };
        let waited = seen_at >= full + self.wait() || self.breaks(Mutant::LockWithoutWait);
        if wrong < self.limit && !waited {
            return Client::Absent; // told that it is busy
        }
        let place = usize::from(period.number);
        state.seen.locked[place] = true;
        state.seen.flipped |= state.seen.right[place];
        let mut next = period.after_lock(self, full);
        if self.breaks(Mutant::DeadGivenBack) && wrong < self.limit {
            next = Period { begins: 0, ..next };
        }
        if self.breaks(Mutant::LockFromNow) {
            next.begins = now + self.lock_after(period.spent);
        }
        if self.breaks(Mutant::NamedByTime) {
            next.begins = now + self.lock_after(period.spent);
            next.number = next.begins;
        }
        if self.breaks(Mutant::RowEndsWithLock) {
            next.spent = 0;
        }
        if self.breaks(Mutant::LocksDoNotGrow) {
            next.begins = full + self.lock;
        }
        Client::Entering { lag, period: next, on: true }
    }

    /// The client compares its code.
    pub(crate) fn compare(&self, state: &State, client: usize, right: bool) -> Option<Client> {
        let Client::Reserved { lag, period, at } = state.clients[client] else { return None };
        let now = self.clock(state, lag);
        Some(if !right {
            Client::Adding { lag, period, at: now, event: Event::Wrong }
        } else if now - at >= FENCE && !self.breaks(Mutant::RightAfterFence) {
            Client::Absent // told that it was too late
        } else {
            Client::Right { lag, period, checked: state.now }
        })
    }
}
