//! Account numbers at banks in the United Kingdom.

use super::text::{digits, hidden_in_debug, stored_as_text};
use super::{Text, Why, mask};
use core::fmt;

/// Eight digits.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UkAccountNumber(String);

impl UkAccountNumber {
    /// `**** 5678`
    pub(crate) fn masked(&self) -> String {
        mask::tail(&self.0)
    }
}

impl Text for UkAccountNumber {
    const IS: &'static str = "a UK account number";
    const LONGEST: usize = 8;

    fn check(text: &str) -> Result<UkAccountNumber, Why> {
        if digits(text, 8) {
            Ok(UkAccountNumber(text.to_owned()))
        } else {
            Err("must be a UK account number of 8 digits".into())
        }
    }
}

impl fmt::Display for UkAccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(UkAccountNumber);
stored_as_text!(UkAccountNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_an_account_number() {
        for text in ["55779911", "00000000"] {
            assert_eq!(UkAccountNumber::parse(text).unwrap().to_string(), text);
        }
        for text in
            ["", "1234567", "123456789", "1234567A", "1234 678", "٠١٢٣", "1234567\u{0}", "12345\u{200f}"]
        {
            assert!(UkAccountNumber::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(UkAccountNumber::parse("55779911").unwrap().masked(), "**** 9911");
    }
}
