//! The words of the protocol, each a type that can only hold what `wit/challenges.wit` allows.

use crate::environment::{Random, RandomError};
use crate::error::{Error, Result};
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Day, Timestamp};
use uuid::Uuid;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $field:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            /// Takes the text if it has the shape, or says which field has not.
            pub fn parse(text: &str) -> Result<$type> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok($type(text.to_string())) } else { Err(Error::Invalid($field)) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A tenant, as a path: `p1` holds `p1` and `p1/s2`.
    Scope, "scope",
    |text| bounded(text, 100) && text.split('/').all(|s| !s.is_empty() && s.bytes().all(is_word))
);

name!(
    /// Whatever has at most one challenge at a time. One whose text begins with `until-<day>/` is forgotten when that day
    /// is over.
    Entity, "entity",
    |text| {
        bounded(text, 120)
            && text.bytes().all(|b| is_word(b) || b == b'/' || b == b':')
            // What was meant to end and is misspelt would be kept for ever.
            && text.strip_prefix(UNTIL).is_none_or(|rest| last_day(rest).is_some())
    }
);

name!(
    /// Who is asked.
    Subject, "subject",
    |text| bounded(text, 320)
);

name!(
    /// What a code is for.
    Purpose, "purpose",
    |text| bounded(text, 64) && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
);

/// What the text of an entity that ends begins with.
const UNTIL: &str = "until-";

/// The day in `<day>/<more>`, in its one spelling.
fn last_day(text: &str) -> Option<Day> {
    let (digits, rest) = text.split_once('/')?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') && !rest.is_empty();
    // 32 bits, so that every store can count the seconds up to its end.
    let day: u32 = digits.parse().ok().filter(|_| plain)?;
    Some(Day(day.into()))
}

fn bounded(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

impl Scope {
    /// Whether `other` is this scope or lies below it.
    pub fn reaches(&self, other: &Scope) -> bool {
        match other.0.strip_prefix(&self.0) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }
}

impl Entity {
    /// The last day on which it is kept; none for ever.
    pub fn until(&self) -> Option<Day> {
        last_day(self.0.strip_prefix(UNTIL)?)
    }
}

/// A challenge's id: a UUID of version 7, so it tells when it was made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChallengeId(Uuid);

impl ChallengeId {
    pub(crate) fn new(at: Timestamp, random: &impl Random) -> core::result::Result<Self, RandomError> {
        let mut bytes = [0; 10];
        random.fill(&mut bytes)?;
        Ok(ChallengeId(uuid::Builder::from_unix_timestamp_millis(at.0, &bytes).into_uuid()))
    }

    /// Takes the one canonical spelling of a UUID. Anything else is no id of ours, so it is not found.
    pub fn parse(text: &str) -> Result<ChallengeId> {
        let uuid = Uuid::try_parse(text).map_err(|_| Error::NotFound)?;
        let id = ChallengeId(uuid);
        if id.to_string() == text { Ok(id) } else { Err(Error::NotFound) }
    }

    pub(crate) fn from_bytes(bytes: [u8; 16]) -> ChallengeId {
        ChallengeId(Uuid::from_bytes(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// When it was issued.
    pub fn issued(&self) -> Timestamp {
        let [a, b, c, d, e, f, ..] = *self.as_bytes();
        Timestamp(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }
}

impl fmt::Display for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Six decimal digits. Shown to nobody: it has no `Debug` and no `Display`.
#[derive(Clone, Copy)]
pub struct Code([u8; 6]);

impl Code {
    /// What confirms every challenge of a sandbox.
    pub const SANDBOX: Code = Code(*b"123456");

    /// Takes exactly six ASCII digits.
    pub fn parse(text: &str) -> Result<Code> {
        let digits: [u8; 6] = text.as_bytes().try_into().map_err(|_| Error::Invalid("code"))?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Code(digits)) } else { Err(Error::Invalid("code")) }
    }

    /// Uniform over all 10^6: numbers from the uneven end of the range are drawn again.
    pub(crate) fn random(random: &impl Random) -> core::result::Result<Code, RandomError> {
        const CODES: u32 = 1_000_000;
        const EVEN_END: u32 = u32::MAX - u32::MAX % CODES;
        let mut bytes = [0; 4];
        loop {
            random.fill(&mut bytes)?;
            let number = u32::from_le_bytes(bytes);
            if number < EVEN_END {
                return Ok(Code::from_number(number % CODES));
            }
        }
    }

    fn from_number(mut number: u32) -> Code {
        let mut digits = [b'0'; 6];
        for digit in digits.iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
        Code(digits)
    }

    /// The six digits, to be sent or compared and then forgotten.
    pub fn digits(&self) -> &[u8; 6] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reaches_itself_and_what_is_below_it_only() {
        let scope = |text| Scope::parse(text).unwrap();
        assert!(scope("p1").reaches(&scope("p1")));
        assert!(scope("p1").reaches(&scope("p1/s2")));
        assert!(!scope("p1").reaches(&scope("p11")));
        assert!(!scope("p1/s2").reaches(&scope("p1")));
        for bad in ["", "/", "p1/", "a//b", "a b", &"x".repeat(101)] {
            assert_eq!(Scope::parse(bad), Err(Error::Invalid("scope")), "{bad:?}");
        }
    }

    #[test]
    fn an_entity_says_in_one_spelling_when_it_ends() {
        let until = |text| Entity::parse(text).unwrap().until();
        assert_eq!(until("until-20834/sign-up/1"), Some(Day(20_834)));
        for for_ever in ["customer/1/email", "a/until-20834/x", "until/20834/x", "Until-20834/x", "until"] {
            assert_eq!(until(for_ever), None, "{for_ever:?}");
        }
        for bad in [
            "until-",
            "until-/x",
            "until-20834",
            "until-20834/",
            "until-020834/x",
            "until-0/x",
            "until--1/x",
            "until-2083x/x",
            "until-4294967296/x",
            "until-20834:x",
        ] {
            assert_eq!(Entity::parse(bad), Err(Error::Invalid("entity")), "{bad:?}");
        }
    }

    #[test]
    fn an_id_has_one_spelling_and_tells_its_time() {
        let text = "018f2f6e-7c00-7abc-8def-0123456789ab";
        let id = ChallengeId::parse(text).unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.issued(), Timestamp(0x018f_2f6e_7c00));
        for bad in ["018F2F6E-7C00-7ABC-8DEF-0123456789AB", "018f2f6e7c007abc8def0123456789ab", "x", ""] {
            assert_eq!(ChallengeId::parse(bad), Err(Error::NotFound), "{bad:?}");
        }
    }

    #[test]
    fn a_code_is_six_digits_with_its_zeros() {
        assert_eq!(Code::from_number(7).digits(), b"000007");
        assert_eq!(Code::from_number(999_999).digits(), b"999999");
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６", " 12345"] {
            assert!(Code::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_uneven_end_of_the_random_range_is_drawn_again() {
        struct Then(core::cell::Cell<u32>);
        impl Random for Then {
            fn fill(&self, bytes: &mut [u8]) -> core::result::Result<(), RandomError> {
                bytes.copy_from_slice(&self.0.get().to_le_bytes());
                self.0.set(41);
                Ok(())
            }
        }
        for refused in [4_294_000_000, u32::MAX] {
            let code = Code::random(&Then(core::cell::Cell::new(refused))).unwrap();
            assert_eq!(code.digits(), b"000041");
        }
        let code = Code::random(&Then(core::cell::Cell::new(4_293_999_999))).unwrap();
        assert_eq!(code.digits(), b"999999");
    }
}
