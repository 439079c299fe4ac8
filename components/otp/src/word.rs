//! The word of a challenge: one counter, five lanes, and nothing but adds.
//!
//! ```text
//! bits 32..62  attempts  handed out by add; the number you get is your rank
//! bits 24..31  closed    how often it was closed: cancelled, or superseded by a newer challenge
//! bits 16..23  wrong     codes compared that did not match
//! bits  8..15  void      ranks whose holder says it will never compare
//! bits  0..7   right     codes compared that matched
//! ```
//!
//! Lanes only grow. Attempts sit on top, so that a flood of them carries into nothing; the others are bounded by the
//! limit (at most 100), and `closed` by how many issuers die in a row.

/// The most ranks a challenge may have.
pub(crate) const MOST_ATTEMPTS: u8 = 100;

const ATTEMPT: i64 = 1 << 32;
const CLOSED: i64 = 1 << 24;

/// How many ranks one close takes: more than any limit, so that whoever comes later is beyond it.
const RANKS_PER_CLOSE: u32 = 128;

/// What can be added to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Nothing: reads it.
    Look,
    /// Takes a rank.
    Attempt,
    /// Takes all ranks there are.
    Close,
    /// The code of a rank did not match.
    Wrong,
    /// A rank that will never be compared.
    Void,
    /// The code of a rank matched.
    Right,
}

impl Event {
    /// What to add for it.
    pub(crate) fn delta(self) -> i64 {
        match self {
            Event::Look => 0,
            Event::Attempt => ATTEMPT,
            Event::Close => i64::from(RANKS_PER_CLOSE) * ATTEMPT + CLOSED,
            Event::Wrong => 1 << 16,
            Event::Void => 1 << 8,
            Event::Right => 1,
        }
    }
}

/// A word as an add answered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(i64);

impl Word {
    pub(crate) fn new(value: i64) -> Word {
        Word(value)
    }

    /// The rank just taken, if this answered an [`Event::Attempt`].
    pub(crate) fn rank(self) -> u32 {
        // A word never turns negative: 2^31 attempts do not fit in the life of a challenge.
        u32::try_from(self.0 >> 32).unwrap_or(u32::MAX)
    }

    pub(crate) fn right(self) -> u32 {
        self.lane(0)
    }

    pub(crate) fn void(self) -> u32 {
        self.lane(8)
    }

    pub(crate) fn wrong(self) -> u32 {
        self.lane(16)
    }

    pub(crate) fn closes(self) -> u32 {
        self.lane(24)
    }

    /// How many codes were compared.
    pub(crate) fn compared(self) -> u32 {
        self.wrong() + self.right()
    }

    /// How many ranks within `limit` were taken before any close; never less than that, and more only if ranks
    /// were asked for after it.
    pub(crate) fn taken(self, limit: u32) -> u32 {
        self.rank().saturating_sub(self.closes() * RANKS_PER_CLOSE).min(limit)
    }

    /// How many of `taken` ranks are not accounted for: they may yet turn out right.
    pub(crate) fn in_flight(self, taken: u32) -> u32 {
        taken.saturating_sub(self.compared() + self.void())
    }

    fn lane(self, shift: u32) -> u32 {
        ((self.0 >> shift) & 0xff) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lanes_count_their_events_and_nothing_else(
            attempts in 0..1_000_000_i64, closes in 0..200_u32, wrong in 0..100_u32, void in 0..100_u32, right in 0..100_u32,
        ) {
            let add = |event: Event, n: i64| event.delta() * n;
            let word = Word::new(
                add(Event::Attempt, attempts) + add(Event::Close, closes.into()) + add(Event::Wrong, wrong.into())
                    + add(Event::Void, void.into()) + add(Event::Right, right.into()),
            );
            prop_assert_eq!(word.closes(), closes);
            prop_assert_eq!((word.wrong(), word.void(), word.right()), (wrong, void, right));
            prop_assert_eq!(i64::from(word.taken(u32::MAX)), attempts);
            prop_assert_eq!(word.taken(5), u32::try_from(attempts).unwrap().min(5));
        }
    }
}
