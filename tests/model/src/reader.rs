use crate::model::Protocol;
use crate::mutant::Mutant;
use crate::state::State;
use crate::word::{Generation, Word};

/// Asks for the status of a challenge in two steps: the clock and the slots first, then the word. In this
/// order whatever the first step saw is still true at the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    Absent,
    Ready,
    /// What the first step saw; a mutant reads the word in it, and something else in the second.
    Looked {
        target: Generation,
        at: u8,
        superseded: bool,
        word: Word,
        was_over: bool,
    },
}

impl Protocol {
    pub(crate) fn look(&self, state: &mut State, target: Generation) {
        state.reader = Reader::Looked {
            target,
            at: state.now,
            superseded: state.newest() > target,
            word: state.word(target),
            was_over: state.is_over(target),
        };
    }

    pub(crate) fn read_on(&self, state: &mut State) -> bool {
        let Reader::Looked { target, at, superseded, word, was_over } = state.reader else { return false };
        let Some(record) = state.record(target) else { return false };
        let told = if self.scenario.breaks(Mutant::ClockAfterWord) {
            self.status_of(word, record, state.now, superseded)
        } else if self.scenario.breaks(Mutant::SlotsAfterWord) {
            self.status_of(word, record, at, word.closed > 0 && state.newest() > target)
        } else {
            self.status_of(state.word(target), record, at, superseded)
        };
        let truth = self.status(state, target);
        state.tell(told, truth, was_over);
        state.reader = Reader::Ready;
        true
    }
}
