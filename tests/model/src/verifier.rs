use crate::model::{Answer, DELAY, FENCE, Protocol};
use crate::mutant::Mutant;
use crate::state::{Seal, State};
use crate::word::{Generation, Word};

/// A client that verifies one code. A crash, an error and an answer all end in `Done`; what was answered is
/// noted where it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Verifier {
    Ready,
    /// The record and the clock are read, in this order, and the attempt is about to be added.
    Asked {
        target: Generation,
        code: Generation,
        at: u8,
        was_over: bool,
    },
    /// The rank is within the limit; the clock and the code come next.
    Ranked {
        target: Generation,
        word: Generation,
        code: Generation,
        at: u8,
        late: bool,
        was_over: bool,
    },
    /// The outcome is known and about to be added.
    Compared {
        target: Generation,
        word: Generation,
        right: bool,
        foreign: bool,
        checked: u8,
        was_over: bool,
    },
    /// The rank came to nothing, and that is about to be added.
    Voided {
        target: Generation,
        word: Generation,
        at: Option<u8>,
        was_over: bool,
    },
    /// Refused on a closed word: is there a later slot?
    Refused {
        target: Generation,
        was_over: bool,
    },
    /// The slots are read, and the word is about to be read again.
    Looked {
        target: Generation,
        at: u8,
        superseded: bool,
        was_over: bool,
    },
    Done,
}

impl Verifier {
    /// Whether the next step writes to the store, so that its answer can be lost.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Asked { .. } | Self::Compared { .. } | Self::Voided { .. })
    }

    pub(crate) fn is_under_way(self) -> bool {
        !matches!(self, Self::Ready | Self::Done)
    }
}

impl Protocol {
    fn verifier_clock(&self, state: &State) -> u8 {
        state.now.saturating_sub(self.scenario.lag)
    }

    /// The client comes with a code.
    pub(crate) fn ask(&self, state: &mut State, client: usize, target: Generation, code: Generation) {
        if self.scenario.breaks(Mutant::CompareBeforeAttempt) {
            self.count_comparison(state, target);
        }
        state.verifiers[client] =
            Verifier::Asked { target, code, at: self.verifier_clock(state), was_over: state.is_over(target) };
    }

    /// The client's next step; false if there is none it can take.
    pub(crate) fn verify_on(&self, state: &mut State, client: usize, answer: Answer) -> bool {
        let next = match state.verifiers[client] {
            Verifier::Ready | Verifier::Done => return false,
            Verifier::Asked { target, code, at, was_over } => {
                let Some(record) = state.record(target) else { return false };
                if at >= record.expires {
                    let seen = state.word(target);
                    self.refuse(state, target, seen, at, was_over)
                } else {
                    let word =
                        if self.scenario.breaks(Mutant::RankOnNewestWord) { state.newest() } else { target };
                    state.word_mut(word).attempts += 1;
                    let seen = state.word(word);
                    let late = state.now >= record.expires.saturating_add(self.scenario.lag);
                    if answer == Answer::Lost {
                        Verifier::Done
                    } else if seen.right > 0 || seen.attempts > record.limit {
                        self.refuse(state, target, seen, at, was_over)
                    } else {
                        Verifier::Ranked { target, word, code, at, late, was_over }
                    }
                }
            }
            Verifier::Ranked { target, word, code, at, late, was_over } => {
                self.compare(state, target, word, code, at, late, was_over)
            }
            Verifier::Compared { target, word, right, foreign, checked, was_over } => {
                let unfenced = if right { Mutant::RightAfterFence } else { Mutant::WrongAfterFence };
                if state.now > checked + DELAY && !self.scenario.breaks(unfenced) {
                    return false; // the store's own deadline: it happens within DELAY or never
                }
                self.add_outcome(state, target, word, right, foreign, checked, was_over, answer)
            }
            Verifier::Voided { target, word, at, was_over } => {
                state.word_mut(word).void += 1;
                let seen = state.word(word);
                match at {
                    Some(at) if answer == Answer::Given => self.refuse(state, target, seen, at, was_over),
                    _ => Verifier::Done, // told "unavailable"
                }
            }
            Verifier::Refused { target, was_over } => Verifier::Looked {
                target,
                at: self.verifier_clock(state),
                superseded: state.newest() > target,
                was_over,
            },
            Verifier::Looked { target, at, superseded, was_over } => {
                let Some(record) = state.record(target) else { return false };
                let told = self.status_of(state.word(target), record, at, superseded);
                let truth = self.status(state, target);
                state.tell(told, truth, was_over);
                Verifier::Done
            }
        };
        state.verifiers[client] = next;
        true
    }

    /// Nothing is compared. The status comes from the word just seen, and from the clock read before it.
    fn refuse(&self, state: &mut State, target: Generation, seen: Word, at: u8, was_over: bool) -> Verifier {
        let Some(record) = state.record(target) else { return Verifier::Done };
        let told = self.status_of(seen, record, at, false);
        if !told.is_over() && seen.closed > 0 && !self.scenario.breaks(Mutant::StatusWithoutSlots) {
            return Verifier::Refused { target, was_over };
        }
        let truth = self.status(state, target);
        state.tell(told, truth, was_over);
        Verifier::Done
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one variant of Verifier")]
    fn compare(
        &self,
        state: &mut State,
        target: Generation,
        word: Generation,
        code: Generation,
        at: u8,
        late: bool,
        was_over: bool,
    ) -> Verifier {
        let Some(record) = state.record(target) else { return Verifier::Done };
        let now = self.verifier_clock(state);
        if now >= record.expires && !self.scenario.breaks(Mutant::NoSecondClock) {
            return Verifier::Voided { target, word, at: Some(now), was_over };
        }
        if !self.scenario.breaks(Mutant::CompareBeforeAttempt) {
            self.count_comparison(state, target);
        }
        state.seen.late |= late;
        let right = if self.scenario.breaks(Mutant::UnboundCode) {
            record.seal.code == code
        } else {
            record.seal == Seal { challenge: target, code }
        };
        let unfenced = self.scenario.breaks(Mutant::FenceFromAnswer)
            || self.scenario.breaks(if right { Mutant::RightAfterFence } else { Mutant::WrongAfterFence });
        if now - at >= FENCE && !unfenced {
            return Verifier::Voided { target, word, at: None, was_over };
        }
        let foreign = right && code != word;
        Verifier::Compared { target, word, right, foreign, checked: state.now, was_over }
    }

    fn count_comparison(&self, state: &mut State, target: Generation) {
        if let Some(record) = state.record(target) {
            let compared = &mut state.seen.compared[usize::from(record.chain)];
            *compared = (*compared + 1).min(self.scenario.limit + 1);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one variant of Verifier")]
    fn add_outcome(
        &self,
        state: &mut State,
        target: Generation,
        word: Generation,
        right: bool,
        foreign: bool,
        checked: u8,
        was_over: bool,
        answer: Answer,
    ) -> Verifier {
        let Some(record) = state.record(target) else { return Verifier::Done };
        if right {
            state.word_mut(word).right += 1;
            state.seen.foreign |= foreign;
        } else {
            state.word_mut(word).wrong += 1;
        }
        let seen = state.word(word);
        if answer == Answer::Lost {
            if right && self.scenario.breaks(Mutant::LostMeansYes) {
                state.seen.failed_open = true;
                state.seen.winners[usize::from(target)] += 1;
            }
            return Verifier::Done;
        }
        if right && (seen.right == 1 || self.scenario.breaks(Mutant::EveryRightWins)) {
            state.seen.winners[usize::from(target)] += 1;
        }
        let told = self.status_of(seen, record, checked.saturating_sub(self.scenario.lag), false);
        let truth = self.status(state, target);
        state.tell(told, truth, was_over);
        Verifier::Done
    }
}
