//! What a password may be.

use core::fmt;
use zeroize::Zeroizing;

/// The fewest characters, in both APIs.
const FEWEST: usize = 8;

/// The most bytes a new password may have: 32 characters of four bytes each.
const MOST_BYTES: usize = 128;

/// The most bytes that are looked at when somebody signs in.
const MOST_TYPED_BYTES: usize = 256;

/// What an API asks of a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// 8 to 32 characters, among them a lower-case letter, an upper-case letter, a digit and a symbol:
    /// `contracts/login-mfa.md` §6.
    Mixed,
    /// 8 characters or more, at most 128 bytes: `contracts/two-factor-sessions.md` §3.
    Length,
}

/// Why a text cannot be a password. Says what to change and never what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Fewer than 8 characters.
    TooShort,
    /// More characters or bytes than the rule takes.
    TooLong,
    /// A control character, such as the end of a line.
    Control,
    /// No lower-case letter.
    NoLower,
    /// No upper-case letter.
    NoUpper,
    /// No digit.
    NoDigit,
    /// Nothing but letters and digits.
    NoSymbol,
}

/// A new password that keeps to its API's rule. It can be hashed, and nothing else: it is never shown or copied, and is
/// overwritten when it is dropped.
pub(crate) struct Password(Zeroizing<String>);

/// What somebody typed to be let in. Any text that is not absurdly long: which rule the password was made under is not to
/// be told from the answer.
pub(crate) struct Typed(Zeroizing<String>);

impl Password {
    /// Reads a new password.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(crate) fn parse(text: impl Into<String>, rule: Rule) -> Result<Password, Unfit> {
        let text = Zeroizing::new(text.into());
        let characters = text.chars().count();
        if characters < FEWEST {
            return Err(Unfit::TooShort);
        }
        if text.len() > MOST_BYTES || rule == Rule::Mixed && characters > 32 {
            return Err(Unfit::TooLong);
        }
        let lacks = |kind: fn(char) -> bool| !text.chars().any(kind);
        if !lacks(char::is_control) {
            return Err(Unfit::Control);
        }
        if rule == Rule::Mixed {
            if lacks(char::is_lowercase) {
                return Err(Unfit::NoLower);
            }
            if lacks(char::is_uppercase) {
                return Err(Unfit::NoUpper);
            }
            if lacks(|one| one.is_ascii_digit()) {
                return Err(Unfit::NoDigit);
            }
            if lacks(|one| !one.is_alphanumeric()) {
                return Err(Unfit::NoSymbol);
            }
        }
        Ok(Password(text))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// To be compared with what is kept of one.
impl From<Password> for Typed {
    fn from(password: Password) -> Typed {
        Typed(password.0)
    }
}

impl Typed {
    /// Takes what was typed; none if it has more than 256 bytes, which no password has.
    pub(crate) fn parse(text: impl Into<String>) -> Option<Typed> {
        let text = Zeroizing::new(text.into());
        (text.len() <= MOST_TYPED_BYTES).then_some(Typed(text))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Unfit {
    /// For people, as one sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Unfit::TooShort => "Password must be at least 8 characters",
            Unfit::TooLong => "The password is too long",
            Unfit::Control => "The password has a character in it that cannot be typed",
            Unfit::NoLower => "The password must have a lower-case letter",
            Unfit::NoUpper => "The password must have an upper-case letter",
            Unfit::NoDigit => "The password must have a digit",
            Unfit::NoSymbol => "The password must have a symbol, such as ! or -",
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfit(text: &str, rule: Rule) -> Option<Unfit> {
        Password::parse(text, rule).err()
    }

    #[test]
    fn a_mixed_password_has_8_to_32_characters_of_four_kinds() {
        let longest = format!("Aa1-{}", "x".repeat(28));
        for text in ["Passw0rd!", "Aa1-Aa1-", "Pass word 1", "Äß1…Äß1…", &longest] {
            assert_eq!(unfit(text, Rule::Mixed), None, "{text}");
        }
        for (text, why) in [
            ("", Unfit::TooShort),
            ("Aa1-Aa1", Unfit::TooShort),
            ("Äß1…Äß1", Unfit::TooShort),
            (&format!("{longest}x"), Unfit::TooLong),
            ("Passw0rd!\n", Unfit::Control),
            ("Passw0rd!\0", Unfit::Control),
            ("PASSW0RD!", Unfit::NoLower),
            ("passw0rd!", Unfit::NoUpper),
            ("Password!", Unfit::NoDigit),
            ("Passw0rd", Unfit::NoSymbol),
            ("Passw0rdé", Unfit::NoSymbol),
        ] {
            assert_eq!(unfit(text, Rule::Mixed), Some(why), "{text}");
        }
    }

    #[test]
    fn a_password_by_length_has_8_characters_and_128_bytes_at_most() {
        for text in ["password", "        ", "пароль12", &"x".repeat(128), &"😀".repeat(32)] {
            assert_eq!(unfit(text, Rule::Length), None, "{text}");
        }
        assert_eq!(unfit("😀😀😀😀😀😀😀", Rule::Length), Some(Unfit::TooShort));
        assert_eq!(unfit(&"x".repeat(129), Rule::Length), Some(Unfit::TooLong));
        assert_eq!(unfit(&"😀".repeat(33), Rule::Length), Some(Unfit::TooLong));
        assert_eq!(unfit("pass\tword", Rule::Length), Some(Unfit::Control));
    }

    #[test]
    fn the_longest_mixed_password_is_not_too_long_in_bytes() {
        let longest = format!("Aa1{}", "😀".repeat(29));
        assert_eq!(longest.chars().count(), 32);
        assert_eq!(unfit(&longest, Rule::Mixed), None);
    }

    #[test]
    fn whatever_could_be_a_password_may_be_typed() {
        for text in ["", "x", "a\nb", &"x".repeat(256)] {
            assert!(Typed::parse(text).is_some(), "{text}");
        }
        assert!(Typed::parse("x".repeat(257)).is_none());
    }
}
