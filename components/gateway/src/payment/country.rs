//! Countries: ISO 3166-1, from `iso3166-static`.

use super::text::stored_as_text;
use super::{Text, Why};
use core::fmt;
use iso3166_static::Alpha2;

/// One of the 249 officially assigned codes of two capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Country(Alpha2);

impl Text for Country {
    const IS: &'static str = "an ISO 3166-1 country code";
    const LONGEST: usize = 2;

    fn check(text: &str) -> Result<Country, Why> {
        // The library also reads the codes that are left to users, such as AA and XK.
        let code = Alpha2::from_str_slice(text).ok().filter(|code| !is_left_to_users(code.as_str()));
        code.map(Country).ok_or("must be an ISO 3166-1 country code of two capital letters".into())
    }
}

/// ISO 3166-1 assigns AA, QM to QZ, XA to XZ, and ZZ to nobody, for ever.
fn is_left_to_users(code: &str) -> bool {
    matches!(code.as_bytes(), [b'A', b'A'] | [b'Q', b'M'..=b'Z'] | [b'X', _] | [b'Z', b'Z'])
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

stored_as_text!(Country);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_249_of_them() {
        let letters = 'A'..='Z';
        let codes: Vec<String> =
            letters.clone().flat_map(|a| letters.clone().map(move |b| format!("{a}{b}"))).collect();
        let read: Vec<&String> = codes.iter().filter(|code| Country::parse(code).is_ok()).collect();
        assert_eq!(read.len(), 249);
        for code in read {
            assert_eq!(Country::parse(code).unwrap().to_string(), *code);
        }
    }

    #[test]
    fn anything_else_is_no_country() {
        for text in [
            "", "D", "DEU", "de", "De", "UK", "EU", "XK", "XX", "ZZ", "AN", "SU", "D\u{0}", "Ｄ", "é", "ДЕ",
            "D ", "276",
        ] {
            assert!(Country::parse(text).is_err(), "{text:?}");
        }
    }
}
