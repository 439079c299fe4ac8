//! Account numbers in payments over SWIFT, where each country has its own.

use super::text::{capitals_and_digits, hidden_in_debug, stored_as_text};
use super::{Iban, Text, Why, mask};
use core::fmt;

/// The shortest IBAN there is.
const SHORTEST_IBAN: usize = 15;

/// 4 to 34 digits and capital letters; what looks like an IBAN must be one.
///
/// The contract says nothing of its form. 34 is the room for an account in a SWIFT message (field 59 of MT103), and
/// as long as the longest IBAN, which is the account number wherever a country has them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SwiftAccountNumber(String);

impl SwiftAccountNumber {
    /// `**** 6789`, or an IBAN's mask.
    pub(crate) fn masked(&self) -> String {
        if looks_like_an_iban(&self.0) { mask::ends(&self.0) } else { mask::tail(&self.0) }
    }
}

impl Text for SwiftAccountNumber {
    const IS: &'static str = "an account number";
    /// That of an IBAN as it is printed.
    const LONGEST: usize = Iban::LONGEST;

    fn check(text: &str) -> Result<SwiftAccountNumber, Why> {
        if looks_like_an_iban(text) {
            return Iban::parse(text).map(|iban| SwiftAccountNumber(iban.as_str().to_owned()));
        }
        if !(4..=34).contains(&text.len()) || !capitals_and_digits(text) {
            return Err("must be an account number of 4 to 34 digits and capital letters, or an IBAN".into());
        }
        Ok(SwiftAccountNumber(text.to_owned()))
    }
}

/// Two letters, two digits, and long enough.
fn looks_like_an_iban(text: &str) -> bool {
    text.len() >= SHORTEST_IBAN
        && text.bytes().take(2).all(|byte| byte.is_ascii_alphabetic())
        && text.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for SwiftAccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(SwiftAccountNumber);
stored_as_text!(SwiftAccountNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_its_country_or_an_iban_is_read() {
        for text in ["1234567890", "0123", "6222021234567890123", "AB1234"] {
            assert_eq!(SwiftAccountNumber::parse(text).unwrap().to_string(), text);
        }
        let iban = SwiftAccountNumber::parse("de89 3704 0044 0532 0130 00").unwrap();
        assert_eq!(iban.to_string(), "DE89370400440532013000");
        assert_eq!(iban.masked(), "DE89 **** 3000");
        assert_eq!(SwiftAccountNumber::parse("1234567890").unwrap().masked(), "**** 7890");
    }

    #[test]
    fn what_looks_like_an_iban_is_checked_like_one() {
        let why = SwiftAccountNumber::parse("DE89370400440532013001").unwrap_err();
        assert!(why.contains("check digits"), "{why}");
        for text in
            ["", "123", "12 3456", "ab1234", "1234\u{0}", "１２３４５", &"1".repeat(35), &"1".repeat(100_000)]
        {
            assert!(SwiftAccountNumber::parse(text).is_err());
        }
    }
}
