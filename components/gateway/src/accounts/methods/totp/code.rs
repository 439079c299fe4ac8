//! Six digits, and the 30 seconds they belong to.

use crate::http::ApiError;
use core::time::Duration;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use stepgate_storage::{Day, Timestamp};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq as _};

const DIGITS: usize = 6;
const MODULUS: u32 = 1_000_000;
const STEP: Duration = Duration::from_secs(30);

/// Six digits. There is no `Debug`, and no `==`: they are compared in constant time.
pub(crate) struct Code(u32);

impl Code {
    /// Reads exactly six ASCII digits.
    pub(crate) fn parse(text: &str) -> Option<Code> {
        let digits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok().map(Code) } else { None }
    }

    /// The code with this number: HOTP (RFC 4226 §5.3).
    pub(super) fn numbered(secret: &[u8], number: u64) -> Result<Code, ApiError> {
        // HMAC takes keys of every length; the type does not know.
        let mut mac = Hmac::<Sha1>::new_from_slice(secret)
            .map_err(|_| ApiError::Internal("a secret of an app cannot be used".into()))?;
        mac.update(&number.to_be_bytes());
        Ok(Code(truncated(&mac.finalize().into_bytes().into()) % MODULUS))
    }

    pub(super) fn is(&self, other: &Code) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// 31 bits, from where the last four bits say. All places are looked at, so that memory tells nothing of where that is.
fn truncated(hash: &[u8; 20]) -> u32 {
    let place = hash[19] & 0x0f;
    let word = hash.windows(4).zip(0_u8..16).fold(0, |word, (window, at)| {
        let here = window.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        let mask = u32::from(at.ct_eq(&place).unwrap_u8()).wrapping_neg();
        word | here & mask
    });
    word & 0x7fff_ffff
}

/// Which 30 seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step(u64);

impl Step {
    pub(super) fn at(now: Timestamp) -> Step {
        Step(now.0 / 1000 / STEP.as_secs())
    }

    pub(super) fn before(self) -> Step {
        Step(self.0.saturating_sub(1))
    }

    /// Counted from 1970.
    pub(super) fn number(self) -> u64 {
        self.0
    }

    pub(super) fn day(self) -> Day {
        Timestamp(self.0.saturating_mul(STEP.as_secs() * 1000)).day()
    }
}

impl ConditionallySelectable for Step {
    fn conditional_select(one: &Step, other: &Step, choice: Choice) -> Step {
        Step(u64::conditional_select(&one.0, &other.0, choice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_of_rfc_4226_appendix_d() {
        let codes =
            [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (number, code) in (0..).zip(codes) {
            assert_eq!(Code::numbered(SECRET, number).unwrap().0, code, "{number}");
        }
    }

    #[test]
    fn the_codes_of_rfc_6238_appendix_b() {
        // Of eight digits; six of them are the last six.
        for (seconds, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = Step::at(Timestamp(seconds * 1000));
            assert_eq!(Code::numbered(SECRET, step.number()).unwrap().0, code % MODULUS, "{seconds}");
        }
    }

    #[test]
    fn a_step_is_thirty_seconds() {
        let step = Step::at(Timestamp(1_800_000_000_000));
        assert_eq!(Step::at(Timestamp(1_800_000_029_999)), step);
        assert_ne!(Step::at(Timestamp(1_800_000_030_000)), step);
        assert_eq!(Step::at(Timestamp(1_800_000_030_000)).before(), step);
        assert_eq!(step.day(), Timestamp(1_800_000_000_000).day());
        assert_eq!(Step(0).before(), Step(0));
    }

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert_eq!(Code::parse("000123").unwrap().0, 123);
        for wrong in ["", "12345", "1234567", "+12345", "12345 ", "123 456", "12345a", "١٢٣", "１２３４５６"]
        {
            assert!(Code::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in ".{0,9}") {
            let digits = text.chars().count() == 6 && text.chars().all(|digit| digit.is_ascii_digit());
            prop_assert_eq!(Code::parse(&text).is_some(), digits);
        }

        #[test]
        fn the_place_is_the_one_that_the_last_four_bits_say(hash in any::<[u8; 20]>()) {
            let place = usize::from(hash[19] & 15);
            let bytes = hash[place..place + 4].try_into().unwrap();
            prop_assert_eq!(truncated(&hash), u32::from_be_bytes(bytes) & 0x7fff_ffff);
        }
    }
}
