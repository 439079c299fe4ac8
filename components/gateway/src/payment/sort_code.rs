//! Sort codes of banks in the United Kingdom.

use super::text::{digits, hidden_in_debug, stored_as_text};
use super::{Text, Why};
use core::fmt;

/// Six digits. There is no check digit; whether an account fits a sort code is known to Pay.UK's tables only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SortCode(String);

impl Text for SortCode {
    const IS: &'static str = "a sort code";
    const LONGEST: usize = 8;

    /// Reads `123456` and `12-34-56`.
    fn check(text: &str) -> Result<SortCode, Why> {
        let plain = match text.as_bytes() {
            [a, b, b'-', c, d, b'-', e, f] => {
                [a, b, c, d, e, f].map(|byte| char::from(*byte)).iter().collect()
            }
            _ => text.to_owned(),
        };
        if digits(&plain, 6) { Ok(SortCode(plain)) } else { Err("must be a sort code of 6 digits".into()) }
    }
}

/// `12-34-56`, as the published examples write it.
impl fmt::Display for SortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in self.0.chars().enumerate() {
            let hyphen = if matches!(place, 2 | 4) { "-" } else { "" };
            write!(f, "{hyphen}{digit}")?;
        }
        Ok(())
    }
}

hidden_in_debug!(SortCode);
stored_as_text!(SortCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_read_in_both_spellings() {
        for text in ["200000", "20-00-00"] {
            assert_eq!(SortCode::parse(text).unwrap().to_string(), "20-00-00");
        }
        for text in [
            "",
            "20000",
            "2000000",
            "20-0000",
            "2000-00",
            "20 00 00",
            "20-00-0a",
            "--0000--",
            "20–00–00",
            "２００",
            "20000\u{0}",
            "2é-é0-0",
            "20-00-00-",
        ] {
            assert!(SortCode::parse(text).is_err(), "{text:?}");
        }
    }
}
