//! Tickers of crypto currencies.

use super::text::{capitals_and_digits, stored_as_text};
use super::{Text, Why};
use core::fmt;

/// A ticker such as `USDC`: 2 to 12 capital letters and digits. There is no list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Text for Token {
    const IS: &'static str = "a token's ticker";
    const LONGEST: usize = 12;

    fn check(text: &str) -> Result<Token, Why> {
        if text.len() < 2 || !capitals_and_digits(text) {
            return Err("must be a token's ticker of 2 to 12 capital letters and digits".into());
        }
        Ok(Token(text.to_owned()))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

stored_as_text!(Token);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_to_twelve_capitals_and_digits_are_a_ticker() {
        for text in ["USDC", "EURC", "S", "USDT0", "ABCDEFGHIJKL"] {
            assert_eq!(Token::parse(text).is_ok(), text != "S", "{text}");
        }
        for text in ["", "usdc", "USD C", "USDC\u{0}", "UЅDC", "ABCDEFGHIJKLM", "US-D", "USDC\u{200e}"] {
            assert!(Token::parse(text).is_err(), "{text:?}");
        }
    }
}
