//! How often each code of a set was used, in one counter.

use super::COUNT;

/// Bits per code. A code that was used is not added to again, but by those who looked before it was: no more than the attempts
/// that an account has at once, which are far fewer than 63.
const WIDTH: usize = 6;

// All of it is to the right of the sign.
const _: () = assert!(COUNT * WIDTH < 63);

/// The counter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(pub(super) i64);

impl Word {
    /// What a use of a code adds. `place` is less than [`COUNT`].
    pub(super) fn one(place: u8) -> i64 {
        1 << (usize::from(place) * WIDTH)
    }

    /// How often a code was used. `place` is less than [`COUNT`].
    pub(super) fn uses(self, place: u8) -> i64 {
        self.0 >> (usize::from(place) * WIDTH) & ((1 << WIDTH) - 1)
    }

    /// How many were not.
    pub(super) fn unused(self) -> usize {
        (0..).take(COUNT).filter(|place| self.uses(*place) == 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_counted_apart() {
        let mut word = Word(0);
        assert_eq!(word.unused(), 10);
        for (place, times) in (0..10).zip([1, 0, 63, 2, 0, 0, 1, 1, 0, 63]) {
            for _ in 0..times {
                word = Word(word.0 + Word::one(place));
            }
            assert_eq!(word.uses(place), times);
        }
        let uses: Vec<i64> = (0..10).map(|place| word.uses(place)).collect();
        assert_eq!(uses, [1, 0, 63, 2, 0, 0, 1, 1, 0, 63]);
        assert_eq!(word.unused(), 4);
        assert!(word.0 > 0);
    }
}
