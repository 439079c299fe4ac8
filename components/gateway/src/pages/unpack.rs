//! Unpacks LZMA, as build/ packs it: without a header, and with no context bits (`lc`, `lp` and `pb` are 0).
//!
//! The libraries for LZMA and for deflate weigh 16 to 20 KiB in the component, which has a budget; this one idea of them
//! weighs about 3. It reads nothing but what build/ has packed, and build/ reads it back with this file before it is
//! shipped. The format is that of the LZMA SDK's `lzma-specification.txt`.

/// Probabilities that a bit is 0, in 2048ths. All of them, one table after another: each of these is where one begins.
/// There are twelve states.
mod table {
    pub(super) const IS_MATCH: usize = 0;
    pub(super) const IS_REPEAT: usize = 12;
    pub(super) const IS_NOT_LAST: usize = 24;
    pub(super) const IS_NOT_SECOND: usize = 36;
    pub(super) const IS_NOT_THIRD: usize = 48;
    pub(super) const IS_LONG: usize = 60;
    /// By how long the match is: four trees of six bits.
    pub(super) const SLOT: usize = 72;
    pub(super) const DISTANCE: usize = SLOT + 4 * 64;
    pub(super) const ALIGN: usize = DISTANCE + 128;
    pub(super) const LENGTH: usize = ALIGN + 16;
    pub(super) const REPEAT_LENGTH: usize = LENGTH + 2 + 8 + 8 + 256;
    pub(super) const LITERAL: usize = REPEAT_LENGTH + 2 + 8 + 8 + 256;
    pub(super) const END: usize = LITERAL + 3 * 256;
}

/// The shortest match.
const SHORTEST: usize = 2;

/// The first `length` bytes of what was packed; none if `packed` is nothing of the kind.
pub(crate) fn unpack(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut bits = Bits::new(packed)?;
    let mut out: Vec<u8> = Vec::with_capacity(length);
    let mut state = 0;
    // How far back the last four matches were, less one.
    let mut back = [0_usize; 4];
    while out.len() < length {
        if bits.next(table::IS_MATCH + state)? == 0 {
            // After a match, the byte that would have continued it is a hint.
            let hint = if state < 7 { None } else { Some(before(&out, back[0])?) };
            out.push(bits.literal(hint)?);
            state = match state {
                0..4 => 0,
                4..10 => state - 3,
                _ => state - 6,
            };
            continue;
        }
        let after = |of_literal, of_match| if state < 7 { of_literal } else { of_match };
        let long = if bits.next(table::IS_REPEAT + state)? == 0 {
            let long = bits.length(table::LENGTH)?;
            back = [bits.distance(long)?, back[0], back[1], back[2]];
            state = after(7, 10);
            long
        } else {
            if bits.next(table::IS_NOT_LAST + state)? == 0 {
                if bits.next(table::IS_LONG + state)? == 0 {
                    out.push(before(&out, back[0])?);
                    state = after(9, 11);
                    continue;
                }
            } else if bits.next(table::IS_NOT_SECOND + state)? == 0 {
                back.swap(0, 1);
            } else if bits.next(table::IS_NOT_THIRD + state)? == 0 {
                back = [back[2], back[0], back[1], back[3]];
            } else {
                back.rotate_right(1);
            }
            let long = bits.length(table::REPEAT_LENGTH)?;
            state = after(8, 11);
            long
        };
        // A match may reach beyond what is wanted, and into what it is itself about to write.
        for _ in 0..(long + SHORTEST).min(length - out.len()) {
            out.push(before(&out, back[0])?);
        }
    }
    Some(out)
}

/// The byte that many bytes, and one, before the end.
fn before(out: &[u8], back: usize) -> Option<u8> {
    out.get(out.len().checked_sub(back)?.checked_sub(1)?).copied()
}

/// Bits, each as long in the packed form as it was unlikely.
struct Bits<'p> {
    rest: core::slice::Iter<'p, u8>,
    range: u32,
    code: u32,
    likely: [u16; table::END],
}

impl<'p> Bits<'p> {
    fn new(packed: &'p [u8]) -> Option<Bits<'p>> {
        let mut rest = packed.iter();
        // The first byte of five is always 0.
        let mut code = 0;
        for _ in 0..5 {
            code = code << 8 | u32::from(*rest.next()?);
        }
        Some(Bits { rest, range: u32::MAX, code, likely: [1 << 10; table::END] })
    }

    /// One bit, by the probability that stands there, which learns from it.
    fn next(&mut self, at: usize) -> Option<usize> {
        let likely = self.likely.get_mut(at)?;
        let bound = (self.range >> 11) * u32::from(*likely);
        let bit = if self.code < bound {
            self.range = bound;
            *likely += ((1 << 11) - *likely) >> 5;
            0
        } else {
            self.range -= bound;
            self.code -= bound;
            *likely -= *likely >> 5;
            1
        };
        self.refill();
        Some(bit)
    }

    fn refill(&mut self) {
        if self.range < 1 << 24 {
            self.range <<= 8;
            // The last bits may be there without a byte after them.
            self.code = self.code << 8 | u32::from(self.rest.next().copied().unwrap_or_default());
        }
    }

    /// A number of so many bits, the highest first. Each bit has a probability for every beginning of the number.
    fn tree(&mut self, at: usize, bits: u32) -> Option<usize> {
        let mut number = 1;
        for _ in 0..bits {
            number = number << 1 | self.next(at + number)?;
        }
        Some(number - (1 << bits))
    }

    /// The same, the lowest bit first.
    fn reverse_tree(&mut self, at: usize, bits: u32) -> Option<usize> {
        let (mut place, mut number) = (1, 0);
        for bit in 0..bits {
            let next = self.next(at + place)?;
            place = place << 1 | next;
            number |= next << bit;
        }
        Some(number)
    }

    /// As many bits that are as likely to be 0 as 1.
    fn even(&mut self, bits: u32) -> usize {
        let mut number = 0;
        for _ in 0..bits {
            self.range >>= 1;
            let bit = self.code >= self.range;
            if bit {
                self.code -= self.range;
            }
            number = number << 1 | usize::from(bit);
            self.refill();
        }
        number
    }

    fn literal(&mut self, hint: Option<u8>) -> Option<u8> {
        let mut byte = 1;
        let mut hint = hint.map(usize::from);
        while byte < 256 {
            let expected = hint.map(|hint| hint >> 7 & 1);
            let table = expected.map_or(0, |bit| (1 + bit) << 8);
            let bit = self.next(table::LITERAL + table + byte)?;
            byte = byte << 1 | bit;
            // The first bit that is not as expected ends the hint.
            hint = hint.filter(|_| expected == Some(bit)).map(|hint| hint << 1);
        }
        u8::try_from(byte & 255).ok()
    }

    /// The length of a match, less [`SHORTEST`].
    fn length(&mut self, at: usize) -> Option<usize> {
        if self.next(at)? == 0 {
            self.tree(at + 2, 3)
        } else if self.next(at + 1)? == 0 {
            Some(8 + self.tree(at + 10, 3)?)
        } else {
            Some(16 + self.tree(at + 18, 8)?)
        }
    }

    /// How far back a match is, less one.
    fn distance(&mut self, long: usize) -> Option<usize> {
        let slot = self.tree(table::SLOT + long.min(3) * 64, 6)?;
        if slot < 4 {
            return Some(slot);
        }
        // The slot has the two highest bits, and says how many come after them.
        let bits = u32::try_from(slot / 2 - 1).ok()?;
        let high = (2 | slot & 1) << bits;
        if slot < 14 {
            // Trees of several sizes, each from where the smallest distance of its slot would have it.
            return Some(high + self.reverse_tree(table::DISTANCE + high - slot, bits)?);
        }
        let middle = self.even(bits - 4) << 4;
        Some(high + middle + self.reverse_tree(table::ALIGN, 4)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is packed is read back when it is built, and by the tests of the pages. This is for everything else.
        #[test]
        fn whatever_is_no_such_thing_breaks_nothing(packed: Vec<u8>, length in 0..10_000_usize) {
            if let Some(bytes) = unpack(&packed, length) {
                prop_assert_eq!(bytes.len(), length);
            }
        }
    }
}
