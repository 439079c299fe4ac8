//! A model of the failures per account (`components/storage/src/failures.rs`): the words of an account's periods, the
//! notes of when they were full, the hint, and clients that take attempts, compare, and may die at any step.

mod client;
mod mutant;
pub mod property;
mod state;

pub use mutant::Mutant;
pub use state::State;

use crate::Answer;
use client::Client;
use state::{CLIENTS, PLACES, Period, Seen, Word};
use stateright::{Model, Property};

/// Within how many ticks of reading the clock, before it asked for its attempt, a client may send a success.
pub(crate) const FENCE: u8 = 1;
/// Within how many ticks of being sent a success is in the store, or never will be.
pub(crate) const DELAY: u8 = 1;

/// The participants and the bounds of one exploration. All times are ticks.
#[derive(Clone, Debug)]
pub struct Failures {
    /// How many clients are at work at once, at most 4.
    pub clients: usize,
    /// How many attempts are asked for in all.
    pub attempts: u8,
    /// How many codes are compared before a lock.
    pub limit: u8,
    /// How long the first lock is.
    pub lock: u8,
    /// How long the longest is.
    pub longest: u8,
    /// How many codes are compared without a success.
    pub in_a_row: u8,
    /// The clock stops here.
    pub horizon: u8,
    /// How far the clock of some hosts is behind that of others.
    pub lag: u8,
    /// How long the wait for a success allows clocks to differ.
    pub margin: u8,
    /// The rule that is broken, if any.
    pub mutant: Option<Mutant>,
}

/// One step of one participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Time passes.
    Tick,
    /// Somebody wants to try a code, on a host whose clock is right or behind.
    Come {
        /// Whether it is behind.
        behind: bool,
    },
    /// A client's next step.
    Step(usize, Answer),
    /// A client that has an attempt compares its code.
    Compare(usize, bool),
    /// A client dies, or its next store operation fails without having happened.
    Kill(usize),
}

impl Failures {
    fn base() -> Failures {
        Failures {
            clients: 3,
            attempts: 3,
            limit: 2,
            lock: 3,
            longest: 3,
            in_a_row: 100,
            horizon: 3,
            lag: 0,
            margin: 0,
            mutant: None,
        }
    }

    /// Three clients at once, until the first lock and what succeeds beside it.
    pub fn one_lock() -> Failures {
        Failures::base()
    }

    /// Four clients at once.
    pub fn four_at_once() -> Failures {
        Failures { clients: 4, attempts: 4, ..Failures::base() }
    }

    /// Two clients at a time, until the lock is over and beyond.
    pub fn past_the_lock() -> Failures {
        Failures { clients: 2, attempts: 4, horizon: 4, ..Failures::base() }
    }

    /// One attempt to a period, so that there are many: three clients at a time.
    pub fn many_periods() -> Failures {
        Failures { attempts: 4, limit: 1, lock: 2, longest: 2, ..Failures::base() }
    }

    /// The same until all attempts in a row are spent; the second lock is twice the first.
    pub fn in_a_row() -> Failures {
        Failures { horizon: 4, clients: 2, attempts: 3, in_a_row: 2, longest: 4, ..Failures::many_periods() }
    }

    /// Hosts whose clocks differ, and a wait that allows for it.
    pub fn skewed_clocks() -> Failures {
        Failures { clients: 2, lag: 1, margin: 1, lock: 4, longest: 4, horizon: 5, ..Failures::base() }
    }

    /// The same with one rule broken.
    #[must_use]
    pub fn with(self, mutant: Mutant) -> Failures {
        Failures { mutant: Some(mutant), ..self }
    }

    pub(crate) fn breaks(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    /// How long the lock is after a period that began with so many attempts spent.
    pub(crate) fn lock_after(&self, spent: u8) -> u8 {
        (self.lock << (spent / self.limit).min(3)).min(self.longest)
    }

    /// How long a success may still come after the last attempt was taken.
    pub(crate) fn wait(&self) -> u8 {
        let delay = if self.breaks(Mutant::WaitIsOnlyTheFence) { 0 } else { DELAY };
        let margin = if self.breaks(Mutant::NoMarginForClocks) { 0 } else { self.margin };
        FENCE + delay + margin
    }
}

impl Model for Failures {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            now: self.lag,
            hint: Period::default(),
            words: [Word::default(); PLACES],
            fulls: [None; PLACES],
            clients: [Client::Absent; CLIENTS],
            to_come: self.attempts,
            seen: Seen::default(),
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.now < self.horizon {
            actions.push(Action::Tick);
        }
        let present = state.clients.iter().filter(|it| **it != Client::Absent).count();
        if state.to_come > 0 && present < self.clients {
            actions.push(Action::Come { behind: false });
            if self.lag > 0 {
                actions.push(Action::Come { behind: true });
            }
        }
        for (number, client) in state.clients.iter().enumerate() {
            match client {
                Client::Absent => continue,
                Client::Reserved { .. } => {
                    actions.push(Action::Compare(number, true));
                    actions.push(Action::Compare(number, false));
                }
                _ => actions.push(Action::Step(number, Answer::Given)),
            }
            if client.writes() {
                actions.push(Action::Step(number, Answer::Lost));
            }
            if client.matters() {
                actions.push(Action::Kill(number));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Tick => state.now += 1,
            Action::Come { behind } => {
                let place = state.clients.iter().position(|it| *it == Client::Absent)?;
                state.to_come -= 1;
                state.clients[place] = Client::Hinting { lag: if behind { self.lag } else { 0 } };
            }
            Action::Step(client, answer) => {
                let next = self.step(&mut state, client, answer)?;
                state.clients[client] =
                    if answer == Answer::Lost && next.dies() { Client::Absent } else { next };
            }
            Action::Compare(client, right) => state.clients[client] = self.compare(&state, client, right)?,
            Action::Kill(client) => state.clients[client] = Client::Absent,
        }
        // Participants are interchangeable, so states that differ in their order only are one.
        state.clients.sort_unstable();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        property::all()
    }
}
