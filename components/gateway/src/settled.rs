//! A question that is answered yes or no once and for ever, by whoever comes first.
//!
//! Counters alone cannot make more than two clients agree (docs/design.md), so one at a time has the right to answer: a
//! **turn**. Turns are numbered by the clock. A turn is taken by the `add` that answers 1 on its counter, and only while
//! the turns beside it are untouched, so that two hosts whose clocks disagree do not both have one. Whoever has it writes down
//! what belongs to the answer, under the turn's own number, and then gives the answer in one `add`. Nobody sees anything
//! before that `add`, and everybody sees all of it afterwards.
//!
//! Somebody who dies in between has answered nothing, and delays the next by two turns at most. Somebody who is slow gives up
//! ([`FENCE`]): a turn is over long before another can be taken.

use crate::http::ApiError;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, RecordKey, Store, StoreError, Timestamp};
use uuid::Uuid;

/// How long a turn lasts, in milliseconds.
const TURN_MILLIS: u64 = 30_000;

/// How soon after it took its turn one has to have answered. A store carries an `add` out within 5 s or never
/// (docs/storage.md), so after twice this time nothing more comes of it.
const FENCE: Duration = Duration::from_secs(5);

/// How long the next one waits for whoever has the turn.
const PATIENCE: Duration = Duration::from_secs(12);

/// The first pause between two looks; each is twice the one before it, up to [`LONGEST_PAUSE`].
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

const WHAT: &str = "settled question";

/// What belongs to an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry<T> {
    /// The piece of work that gave it. One that is begun again recognises its own.
    pub(crate) by: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) more: T,
}

/// An answer. It never changes.
#[derive(Debug)]
pub(crate) struct Settled<T> {
    pub(crate) yes: bool,
    /// None if two have answered in spite of all that, which takes clocks half a turn apart. Then it is yes only if both
    /// said so.
    pub(crate) entry: Option<Entry<T>>,
}

/// What became of a try to answer.
#[derive(Debug)]
pub(crate) enum Settling<T> {
    /// It is answered, by this.
    Now,
    /// It had been answered.
    Before(Settled<T>),
    /// It may not be answered any more.
    TooLate,
}

/// A question, by the path of its keys.
pub(crate) struct Question(String);

/// How often yes and no were given, and the turn they were given in: one word, so that one `add` gives all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word(i64);

impl Word {
    /// What to add for an answer.
    fn answer(yes: bool, turn: u64) -> Result<i64, StoreError> {
        let turn = i64::try_from(turn).ok().and_then(|turn| turn.checked_mul(1 << 16));
        let turn = turn.ok_or(StoreError::Corrupt("clock"))?;
        Ok(turn + if yes { 1 } else { 1 << 8 })
    }

    fn yes(self) -> i64 {
        self.0 & 0xff
    }

    fn no(self) -> i64 {
        self.0 >> 8 & 0xff
    }

    /// The turn it was answered in, if it was answered once.
    fn turn(self) -> Option<u64> {
        if self.yes() + self.no() == 1 { u64::try_from(self.0 >> 16).ok() } else { None }
    }
}

impl Question {
    pub(crate) fn new(path: String) -> Question {
        Question(path)
    }

    /// The answer, if there is one.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        store: &impl Store,
    ) -> Result<Option<Settled<T>>, StoreError> {
        let word = Word(store.add(&self.word(), 0)?);
        if word.yes() + word.no() == 0 {
            return Ok(None);
        }
        let entry = match word.turn() {
            Some(turn) => {
                let entry = stored::read(store, &self.entry(turn), WHAT)?;
                Some(entry.ok_or(StoreError::Corrupt(WHAT))?)
            }
            None => None,
        };
        Ok(Some(Settled { yes: word.no() == 0, entry }))
    }

    /// Whether there is one.
    pub(crate) fn is_answered(&self, store: &impl Store) -> Result<bool, StoreError> {
        let word = Word(store.add(&self.word(), 0)?);
        Ok(word.yes() + word.no() > 0)
    }

    /// Answers, unless it is answered already. Not from `until` on, if that is given.
    pub(crate) async fn settle<T: Serialize + DeserializeOwned>(
        &self,
        ports: &impl Ports,
        yes: bool,
        entry: &Entry<T>,
        until: Option<Timestamp>,
    ) -> Result<Settling<T>, ApiError> {
        let mut pause = SHORTEST_PAUSE;
        let mut waited = Duration::ZERO;
        let (turn, since) = loop {
            // Before the look: until the fence after it, whoever had an earlier turn is done and has been seen, and nobody has a
            // later one yet.
            let now = ports.now();
            if let Some(settled) = self.read(ports)? {
                return Ok(Settling::Before(settled));
            }
            match self.take_turn(ports, now)? {
                Some(turn) => break (turn, now),
                None if waited >= PATIENCE => {
                    return Err(ApiError::Internal("somebody died while settling this: try again".into()));
                }
                None => {
                    ports.sleep(pause).await;
                    waited += pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        };
        stored::write(ports, &self.entry(turn), entry, WHAT)?;
        let now = ports.now();
        if now.since(since) >= FENCE {
            return Err(ApiError::Internal("settling took too long".into()));
        }
        if until.is_some_and(|until| now >= until) {
            return Ok(Settling::TooLate);
        }
        let word = Word(ports.add(&self.word(), Word::answer(yes, turn)?)?);
        if word.turn() == Some(turn) {
            return Ok(Settling::Now);
        }
        // A store that was later than it may be: there was another answer by then.
        let settled = self.read(ports)?.ok_or(StoreError::Corrupt(WHAT))?;
        Ok(Settling::Before(settled))
    }

    /// Forgets what belongs to the answer; the answer itself stays.
    pub(crate) fn forget(&self, store: &impl Store) -> Result<(), StoreError> {
        match Word(store.add(&self.word(), 0)?).turn() {
            Some(turn) => store.delete(&self.entry(turn)),
            None => Ok(()),
        }
    }

    /// The turn of this moment; none if somebody has it, or had the one before.
    fn take_turn(&self, store: &impl Store, now: Timestamp) -> Result<Option<u64>, StoreError> {
        let turn = now.0 / TURN_MILLIS;
        let untouched = |turn: u64| Ok::<_, StoreError>(store.add(&self.turn(turn), 0)? == 0);
        // Whoever only waits must not touch anything, or waiting would never end.
        if !untouched(turn.saturating_sub(1))? || !untouched(turn)? {
            return Ok(None);
        }
        let first = store.add(&self.turn(turn), 1)? == 1;
        // A host whose clock is in the turn before or after this one may be here as well. Each has touched its own by now,
        // so the one that looks last sees the other. Perhaps both do; then both wait.
        let taken = first && untouched(turn.saturating_sub(1))? && untouched(turn.saturating_add(1))?;
        Ok(taken.then_some(turn))
    }

    fn word(&self) -> CounterKey {
        CounterKey::forever(&format!("{}/word", self.0))
    }

    /// Of a turn's own, so that nothing which is written late can get into what somebody else has answered.
    fn entry(&self, turn: u64) -> RecordKey {
        RecordKey::forever(&format!("{}/{turn}", self.0))
    }

    fn turn(&self, turn: u64) -> CounterKey {
        let began = Timestamp(turn.saturating_mul(TURN_MILLIS));
        CounterKey::until(began.day().plus(1), &format!("{}/turn/{turn}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestPorts, ready};
    use stepgate_storage::memory::Fault;

    const TURN: Duration = Duration::from_millis(TURN_MILLIS);

    fn question() -> Question {
        Question::new("q".into())
    }

    fn entry(n: u128) -> Entry<String> {
        Entry { by: Uuid::from_u128(n), at: Timestamp(0), more: format!("said by {n}") }
    }

    fn settle(ports: &TestPorts, yes: bool, by: u128) -> Result<Settling<String>, ApiError> {
        ready(question().settle(ports, yes, &entry(by), None))
    }

    fn answer(ports: &TestPorts) -> Option<(bool, String)> {
        let settled = question().read::<String>(ports).unwrap()?;
        Some((settled.yes, settled.entry.unwrap().more))
    }

    #[test]
    fn the_first_answer_stands() {
        let ports = TestPorts::default();
        assert_eq!(answer(&ports), None);
        assert!(matches!(settle(&ports, false, 1), Ok(Settling::Now)));
        for after in [0, 29, 31, 100] {
            ports.pass(Duration::from_secs(after));
            let Ok(Settling::Before(settled)) = settle(&ports, true, 2) else { panic!("settled twice") };
            assert_eq!((settled.yes, settled.entry.unwrap().by), (false, Uuid::from_u128(1)));
        }
        assert_eq!(answer(&ports), Some((false, "said by 1".into())));
        assert_eq!(ports.slept.get(), Duration::ZERO);
    }

    #[test]
    fn whoever_fails_anywhere_has_answered_or_not_and_does_not_block_for_ever() {
        for fault in [Fault::Before, Fault::After] {
            for skip in 0.. {
                let ports = TestPorts::default();
                ports.store.fail_after(skip, fault);
                let first = settle(&ports, true, 1);
                if ports.store.heal() {
                    assert!(matches!(first, Ok(Settling::Now)));
                    break;
                }
                assert!(first.is_err(), "{skip} {fault:?}");
                let seen = answer(&ports);
                ports.pass(2 * TURN);
                let second = settle(&ports, false, 2);
                match seen {
                    Some(seen) => {
                        assert!(matches!(second, Ok(Settling::Before(_))), "{skip} {fault:?}");
                        assert_eq!(answer(&ports), Some(seen));
                    }
                    None => {
                        assert!(matches!(second, Ok(Settling::Now)), "{skip} {fault:?}: {second:?}");
                        assert_eq!(answer(&ports), Some((false, "said by 2".into())));
                    }
                }
            }
        }
    }

    #[test]
    fn a_second_one_waits_for_the_first_and_hears_its_answer() {
        let ports = TestPorts::default();
        let turn = question().take_turn(&ports, ports.now.get()).unwrap().unwrap();
        *ports.while_asleep.borrow_mut() = Some(Box::new(move |ports| {
            stored::write(ports, &question().entry(turn), &entry(1), WHAT).unwrap();
            ports.add(&question().word(), Word::answer(true, turn).unwrap()).unwrap();
        }));
        let Ok(Settling::Before(settled)) = settle(&ports, false, 2) else { panic!("settled twice") };
        assert!(settled.yes && ports.slept.get() > Duration::ZERO);
    }

    #[test]
    fn a_turn_whose_holder_died_is_not_waited_for_for_ever() {
        let ports = TestPorts::default();
        question().take_turn(&ports, ports.now.get()).unwrap().unwrap();
        assert!(settle(&ports, true, 2).is_err());
        assert!(ports.slept.get() >= PATIENCE && ports.slept.get() < TURN);
        ports.pass(2 * TURN);
        assert!(matches!(settle(&ports, true, 2), Ok(Settling::Now)));
    }

    #[test]
    fn of_two_that_take_a_turn_at_once_at_most_one_has_it() {
        for behind in [0, 1, 2] {
            for at in 0.. {
                let ports = TestPorts::default();
                let now = ports.now.get() + TURN;
                let other = ports.now.get() + TURN * behind;
                let seen = std::rc::Rc::new(core::cell::Cell::new(None));
                let to = std::rc::Rc::clone(&seen);
                let elsewhere = move |ports: &TestPorts| {
                    to.set(question().take_turn(ports, other).unwrap());
                };
                *ports.before_operation.borrow_mut() = Some((at, Box::new(elsewhere)));
                let ours = question().take_turn(&ports, now).unwrap();
                if ports.before_operation.take().is_some() {
                    assert!(at >= 5 && ours.is_some());
                    break;
                }
                assert!(ours.is_none() || seen.get().is_none(), "{at} {behind}");
            }
        }
    }

    #[test]
    fn hosts_whose_clocks_differ_by_a_turn_do_not_both_have_one() {
        // Both have looked and seen nothing; then each touches its own turn, in either order, and looks again.
        for earlier_first in [true, false] {
            let ports = TestPorts::default();
            let now = ports.now.get();
            let (early, late) = (now, now + TURN);
            let (first, second) = if earlier_first { (early, late) } else { (late, early) };
            assert!(question().take_turn(&ports, first).unwrap().is_some());
            assert_eq!(question().take_turn(&ports, second).unwrap(), None);
        }
    }

    #[test]
    fn after_its_time_nothing_is_answered() {
        let ports = TestPorts::default();
        let now = ports.now.get();
        let late = ready(question().settle(&ports, true, &entry(1), Some(now)));
        assert!(matches!(late, Ok(Settling::TooLate)));
        assert_eq!(answer(&ports), None);
    }

    #[test]
    fn two_answers_in_spite_of_all_are_still_one_for_everybody() {
        let ports = TestPorts::default();
        for (yes, turn, together) in [(true, 7, true), (true, 9, true), (false, 11, false)] {
            ports.add(&question().word(), Word::answer(yes, turn).unwrap()).unwrap();
            stored::write(&ports, &question().entry(turn), &entry(1), WHAT).unwrap();
            let settled = question().read::<String>(&ports).unwrap().unwrap();
            assert_eq!((settled.yes, settled.entry.is_some()), (together, turn == 7));
        }
    }
}
