//! Business identifier codes: ISO 9362.

use super::text::{capitals_and_digits, hidden_in_debug, stored_as_text};
use super::{Country, Text, Why};
use core::fmt;

/// Kosovo has no code in ISO 3166-1. SWIFT and the IBAN registry use this one.
const KOSOVO: &str = "XK";

/// A BIC of 8 or 11 characters, in capitals. Whether SWIFT has given it to anybody is not known here.
///
/// The shape is ISO 20022's `BICFIDec2014Identifier`: `[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?`. It is checked here
/// and not by a library, because those there are take letters only at the start.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Bic(String);

impl Text for Bic {
    const IS: &'static str = "a BIC";
    const LONGEST: usize = 11;

    /// Reads it in either case.
    fn check(text: &str) -> Result<Bic, Why> {
        let text = text.to_ascii_uppercase();
        if !matches!(text.len(), 8 | 11) || !capitals_and_digits(&text) {
            return Err("must be a BIC of 8 or 11 letters and digits".into());
        }
        let country = text.get(4..6).unwrap_or("");
        if country != KOSOVO && Country::parse(country).is_err() {
            return Err("must be a BIC with a country's code as its fifth and sixth letter".into());
        }
        Ok(Bic(text))
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(Bic);
stored_as_text!(Bic);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_or_eleven_characters_with_a_country_are_a_bic() {
        for text in
            ["DEUTDEFF", "DEUTDEFF500", "CHASUS33XXX", "NEDSZAJJXXX", "BARCGB22", "NCBVXKPR", "1234DE2A"]
        {
            assert_eq!(Bic::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Bic::parse("deutdeff500").unwrap().to_string(), "DEUTDEFF500");
    }

    #[test]
    fn anything_else_is_not() {
        for (text, part) in [
            ("", "8 or 11"),
            ("DEUTDEF", "8 or 11"),
            ("DEUTDEFF5", "8 or 11"),
            ("DEUTDEFF50", "8 or 11"),
            ("DEUTDEFF5000", "11 characters at most"),
            ("DEUT DEF", "8 or 11"),
            ("DEUTDE-F", "8 or 11"),
            ("DEUTDEF\u{0}", "8 or 11"),
            ("DEUTDÉF", "8 or 11"),
            ("DEUTXXFF", "country"),
            ("DEUTZZFF", "country"),
            ("DEUTUKFF", "country"),
            ("DEUTD3FF", "country"),
            ("DEUTEUFF", "country"),
        ] {
            let why = Bic::parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
