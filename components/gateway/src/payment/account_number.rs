//! Account numbers at banks in the United States.

use super::text::{capitals_and_digits, hidden_in_debug, stored_as_text};
use super::{Text, Why, mask};
use core::fmt;

/// `^[0-9A-Z]{4,17}$`, from the contract's §5.2. There is no check digit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccountNumber(String);

impl AccountNumber {
    /// `**** 6789`
    pub(crate) fn masked(&self) -> String {
        mask::tail(&self.0)
    }
}

impl Text for AccountNumber {
    const IS: &'static str = "an account number";
    const LONGEST: usize = 17;

    fn check(text: &str) -> Result<AccountNumber, Why> {
        if text.len() < 4 || !capitals_and_digits(text) {
            return Err("must be an account number of 4 to 17 digits and capital letters".into());
        }
        Ok(AccountNumber(text.to_owned()))
    }
}

impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(AccountNumber);
stored_as_text!(AccountNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_seventeen_digits_and_capitals_are_an_account_number() {
        for text in ["1234", "0000", "ABCD", "12345678901234567", "A1B2C3"] {
            assert_eq!(AccountNumber::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "123",
            "123456789012345678",
            "12 34",
            "12-34",
            "abcd",
            "123é",
            "12345\u{0}",
            "１２３４",
            "١٢٣٤",
            "1234\n",
            "\u{200f}1234",
        ] {
            assert!(AccountNumber::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(AccountNumber::parse("123456789").unwrap().masked(), "**** 6789");
    }
}
