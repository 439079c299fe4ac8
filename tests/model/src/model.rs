use stateright::{Model, Property};

use crate::issuer::Issuer;
use crate::mutant::Mutant;
use crate::property;
use crate::reader::Reader;
use crate::scenario::{Codes, Scenario, Start, Task};
use crate::state::{PLACES, Record, Seal, Seen, Slot, State};
use crate::verifier::Verifier;
use crate::word::{Generation, Status, Word};

/// Within how many ticks of reading the clock, before it asked for its rank, a verifier may send an outcome.
pub(crate) const FENCE: u8 = 1;
/// Within how many ticks of being sent an outcome is in the store, or never will be.
pub(crate) const DELAY: u8 = 1;
/// How long a closer waits at most: until no outcome can arrive any more.
pub(crate) const WAIT: u8 = FENCE + DELAY;

/// What becomes of the store's answer to a write that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It arrives.
    Given,
    /// The caller sees an error and tells its own caller so.
    Lost,
}

/// One step of one participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Time passes.
    Tick,
    /// A client comes with a code (named by the generation it was sent for, 0 is nonsense) for a challenge.
    Ask {
        /// Which client.
        client: usize,
        /// The challenge.
        target: u8,
        /// The code.
        code: u8,
    },
    /// A client's next step.
    Verify(usize, Answer),
    /// A client dies, or its next store operation fails without having happened.
    KillVerifier(usize),
    /// An issuer takes its generation, to replace a challenge or (0) for a new one.
    Begin(usize, u8, Answer),
    /// An issuer's next step.
    Issue(usize, Answer),
    /// An issuer dies, or its next store operation fails without having happened.
    KillIssuer(usize),
    /// A reader begins to ask for a challenge's status.
    Look(u8),
    /// The reader goes on.
    ReadOn,
}

/// The protocol among the participants of a scenario.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Who takes part.
    pub scenario: Scenario,
}

impl Protocol {
    /// What a challenge's status is, from the word and from a clock and slots that were read before it.
    pub(crate) fn status_of(&self, word: Word, record: Record, at: u8, superseded: bool) -> Status {
        let breaks = |mutant| self.scenario.breaks(mutant);
        let grace = if breaks(Mutant::ExpiredWithoutGrace) { 0 } else { WAIT };
        let rejected = if breaks(Mutant::RejectedByRank) { word.attempts } else { word.wrong };
        if word.right > 0 {
            return Status::Confirmed;
        }
        if rejected >= record.limit {
            return Status::Rejected;
        }
        if superseded || at >= record.expires.saturating_add(grace) {
            return Status::Expired;
        }
        match self.scenario.early_after {
            Some(margin) if at >= record.expires.saturating_add(margin) => {
                let ranks = word.attempts - self.scenario.limit * word.closed;
                if ranks.min(record.limit) <= word.accounted() {
                    Status::Expired
                } else if breaks(Mutant::PendingInsteadOfNoAnswer) {
                    Status::Pending
                } else {
                    Status::Open
                }
            }
            _ => Status::Pending,
        }
    }

    /// What a reader would be told who sees everything at this instant; pending while there is no record.
    pub(crate) fn status(&self, state: &State, target: Generation) -> Status {
        match state.record(target) {
            Some(record) => self.status_of(state.word(target), record, state.now, state.newest() > target),
            None => Status::Pending,
        }
    }

    /// Holds what readers would be told now against what they could have been told before.
    fn watch(&self, state: &mut State) {
        for target in 1..PLACES as Generation {
            let is = self.status(state, target);
            let said = state.seen.said[usize::from(target)];
            if !said.is_over() {
                state.seen.said[usize::from(target)] = if is.is_over() { is } else { Status::Pending };
            } else if is == Status::Pending {
                state.seen.reopened = true;
            } else if is.is_over() && is != said {
                state.seen.flipped = true;
            }
        }
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let scenario = &self.scenario;
        let mut state = State {
            now: 0,
            generations: 0,
            words: [Word::default(); PLACES],
            records: [None; PLACES],
            slots: [None; PLACES],
            verifiers: [Verifier::Done; 3],
            issuers: [Issuer::Done; 2],
            reader: if scenario.reader { Reader::Ready } else { Reader::Absent },
            seen: Seen::default(),
        };
        if scenario.start == Start::Issued {
            state.generations = 1;
            state.records[1] = Some(Record {
                limit: scenario.limit,
                expires: scenario.lifetime.unwrap_or(u8::MAX),
                seal: Seal { challenge: 1, code: 1 },
                chain: 1,
            });
            state.slots[1] = Some(Slot { base: 0, live: true });
        }
        state.verifiers.iter_mut().take(scenario.verifiers).for_each(|it| *it = Verifier::Ready);
        for (issuer, &task) in state.issuers.iter_mut().zip(&scenario.issuers) {
            *issuer = Issuer::Ready(task);
        }
        state.verifiers.sort_unstable();
        state.issuers.sort_unstable();
        vec![state]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.now < self.scenario.horizon {
            actions.push(Action::Tick);
        }

        // Clients that have not come yet are all alike: the first of them stands for any.
        if let Some(client) = state.verifiers.iter().position(|it| *it == Verifier::Ready) {
            for target in state.sent() {
                let any = self.scenario.codes == Codes::Any;
                let codes = state.sent().filter(|&code| any || code == target);
                actions.extend(codes.chain([0]).map(|code| Action::Ask { client, target, code }));
            }
        }
        for (client, verifier) in state.verifiers.iter().enumerate().filter(|(_, it)| it.is_under_way()) {
            actions.push(Action::Verify(client, Answer::Given));
            if verifier.writes() {
                actions.push(Action::Verify(client, Answer::Lost));
            }
            actions.push(Action::KillVerifier(client));
        }

        let busy = self.scenario.in_turn && state.issuers.iter().any(|it| it.is_under_way());
        for (number, issuer) in state.issuers.iter().enumerate() {
            match issuer {
                Issuer::Ready(_) if busy => {}
                Issuer::Ready(task) => {
                    let olds: Vec<_> = if *task == Task::Issue { vec![0] } else { state.sent().collect() };
                    for old in olds {
                        actions.push(Action::Begin(number, old, Answer::Given));
                        actions.push(Action::Begin(number, old, Answer::Lost));
                    }
                }
                Issuer::Done => {}
                under_way => {
                    actions.push(Action::Issue(number, Answer::Given));
                    if under_way.writes() {
                        actions.push(Action::Issue(number, Answer::Lost));
                    }
                    actions.push(Action::KillIssuer(number));
                }
            }
        }

        match state.reader {
            Reader::Absent => {}
            Reader::Ready => actions.extend(state.sent().map(Action::Look)),
            Reader::Looked { .. } => actions.push(Action::ReadOn),
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        let stepped = match action {
            Action::Tick => {
                state.now += 1;
                true
            }
            Action::Ask { client, target, code } => {
                self.ask(&mut state, client, target, code);
                true
            }
            Action::Verify(client, answer) => self.verify_on(&mut state, client, answer),
            Action::KillVerifier(client) => {
                state.verifiers[client] = Verifier::Done;
                true
            }
            Action::Begin(issuer, old, answer) => {
                self.begin(&mut state, issuer, old, answer);
                true
            }
            Action::Issue(issuer, answer) => self.issue_on(&mut state, issuer, answer),
            Action::KillIssuer(issuer) => {
                state.issuers[issuer] = Issuer::Done;
                true
            }
            Action::Look(target) => {
                self.look(&mut state, target);
                true
            }
            Action::ReadOn => self.read_on(&mut state),
        };
        if !stepped {
            return None;
        }
        self.watch(&mut state);
        // Participants are interchangeable, so states that differ in their order only are one.
        state.verifiers.sort_unstable();
        state.issuers.sort_unstable();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        property::all()
    }
}
