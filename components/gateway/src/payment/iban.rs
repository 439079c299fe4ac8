//! International bank account numbers: ISO 13616, checked by `iban_validate` against SWIFT's registry.

use super::text::{hidden_in_debug, stored_as_text};
use super::{Text, Why, mask};
use core::fmt;
use iban::{BaseIban, IbanLike, ParseBaseIbanError, ParseIbanError};

/// A country of the registry (release 101) that the library's copy lacks. After the check digits it has four letters, and
/// then so many characters of a kind.
struct Missing {
    country: &'static str,
    rest: usize,
    kind: fn(&u8) -> bool,
}

const MISSING: [Missing; 2] = [
    Missing { country: "HN", rest: 20, kind: u8::is_ascii_digit },
    Missing { country: "PK", rest: 16, kind: u8::is_ascii_alphanumeric },
];

/// An IBAN of a country in the registry, with the right length, kinds of characters and check digits. It is kept without
/// spaces, in capitals.
///
/// Checks that single countries have inside their BBAN are not made.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Iban(String);

impl Iban {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// `DE89 **** 3000`
    pub(crate) fn masked(&self) -> String {
        mask::ends(&self.0)
    }
}

impl Text for Iban {
    const IS: &'static str = "an IBAN";
    /// 34 characters, printed in groups of four.
    const LONGEST: usize = 42;

    /// Reads it with or without the spaces that it is printed with, in either case.
    fn check(text: &str) -> Result<Iban, Why> {
        let base = match text.to_ascii_uppercase().parse::<iban::Iban>() {
            Ok(iban) => BaseIban::from(iban),
            Err(ParseIbanError::UnknownCountry(base)) => match fits_what_is_missing(&base) {
                Some(true) => base,
                Some(false) => return Err(SHAPE.into()),
                None => return Err("must be an IBAN of a country that has them".into()),
            },
            Err(ParseIbanError::InvalidBban(_)) => return Err(SHAPE.into()),
            Err(ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum }) => {
                return Err(CHECK_DIGITS.into());
            }
            Err(ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidFormat }) => {
                return Err("must be an IBAN".into());
            }
        };
        // ISO 13616-1: check digits are 02 to 98. The library knows of 00 and 01, but 99 leaves the same remainder as 02.
        if base.check_digits_str() == "99" {
            return Err(CHECK_DIGITS.into());
        }
        Ok(Iban(base.electronic_str().to_owned()))
    }
}

const CHECK_DIGITS: &str = "must be an IBAN: its check digits do not fit";
const SHAPE: &str = "must be an IBAN as long and of such characters as its country has them";

/// Whether the rest is as its country has it; none if the country has no IBANs.
fn fits_what_is_missing(iban: &BaseIban) -> Option<bool> {
    let missing = MISSING.iter().find(|missing| missing.country == iban.country_code())?;
    let bban = iban.bban_unchecked().as_bytes();
    Some(bban.split_at_checked(4).is_some_and(|(letters, rest)| {
        letters.iter().all(u8::is_ascii_uppercase)
            && rest.len() == missing.rest
            && rest.iter().all(missing.kind)
    }))
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(Iban);
stored_as_text!(Iban);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of SWIFT's IBAN registry: the countries of SEPA, and what is odd in some way.
    const EXAMPLES: [&str; 49] = [
        "AD1200012030200359100100",
        "AT611904300234573201",
        "BE68539007547034",
        "BG80BNBG96611020345678",
        "BR1800360305000010009795493C1",
        "CH9300762011623852957",
        "CY17002001280000001200527600",
        "CZ6508000000192000145399",
        "DE89370400440532013000",
        "DK5000400440116243",
        "EE382200221020145685",
        "ES9121000418450200051332",
        "FI2112345600000785",
        "FO6264600001631634",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "GI75NWBK000000007099453",
        "GL8964710001000206",
        "GR1601101250000000012300695",
        "HN88CABF00000000000250005469",
        "HR1210010051863000160",
        "HU42117730161111101800000000",
        "IE29AIBK93115212345678",
        "IS140159260076545510730339",
        "IT60X0542811101000000123456",
        "KW81CBKU0000000000001234560101",
        "KZ86125KZT5004100100",
        "LI21088100002324013AA",
        "LT121000011101001000",
        "LU280019400644750000",
        "LV80BANK0000435195001",
        "MC5811222000010123456789030",
        "MT84MALT011000012345MTLCAST001S",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "PK36SCBL0000001123456702",
        "PL61109010140000071219812874",
        "PT50000201231234567890154",
        "RO49AAAA1B31007593840000",
        "RS35260005601001611379",
        "SA0380000000608010167519",
        "SC18SSCB11010000000000001497USD",
        "SE4550000000058398257466",
        "SI56263300012039086",
        "SK3112000000198742637541",
        "SM86U0322509800000000270100",
        "TR330006100519786457841326",
        "VA59001123000012345678",
        "XK051212012345678906",
    ];

    #[test]
    fn the_registrys_examples_are_read_in_each_spelling() {
        for example in EXAMPLES {
            let read = Iban::parse(example).unwrap_or_else(|why| panic!("{example}: {why}"));
            assert_eq!(read.as_str(), example);
            let printed: Vec<&str> =
                example.as_bytes().chunks(4).map(|group| str::from_utf8(group).unwrap()).collect();
            assert_eq!(Iban::parse(&printed.join(" ")), Ok(read.clone()), "{example}");
            assert_eq!(Iban::parse(&example.to_lowercase()), Ok(read), "{example}");
        }
    }

    #[test]
    fn a_refusal_says_what_does_not_fit() {
        for (text, part) in [
            ("", "an IBAN"),
            ("DE", "an IBAN"),
            ("DE89", "check digits"),
            ("DE88370400440532013000", "check digits"),
            ("DE8937040044053201300", "check digits"),
            ("DE89 3704 0044 0532 0130 0", "check digits"),
            ("US64SVBKUS6S3300958879", "a country that has them"),
            // Right by ISO 7064, but a letter where Germany has digits, and too long for Norway.
            ("DE85A70400440532013000", "such characters"),
            ("NO37860111179470", "such characters"),
            ("DE89-3704-0044-0532-0130-00", "an IBAN"),
            (" DE89370400440532013000", "an IBAN"),
            ("DE89370400440532013000\u{0}", "an IBAN"),
            ("DE8937040044053201300０", "an IBAN"),
            ("DE89\u{200f}370400440532013000", "an IBAN"),
            ("ＤＥ89370400440532013000", "an IBAN"),
            // The library does not know these two countries.
            ("HN25CABF0000000000000005469", "such characters"),
            ("HN90CABF000000000000000005469", "such characters"),
            ("PK25SCBL000000112345670", "such characters"),
            ("PK76SCBL00000011234567021", "such characters"),
            ("PK34SC", "such characters"),
            ("HN08CABF0000000000002500054X", "such characters"),
            ("PK09SCB10000001123456702", "such characters"),
        ] {
            let why = Iban::parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
        assert!(Iban::parse(&"DE89".repeat(20_000)).unwrap_err().contains("42 characters at most"));
    }

    /// 2 and 99 leave the same remainder, so that one account would have two numbers; so do 1 and 98, and 0 and 97.
    #[test]
    fn an_account_has_one_pair_of_check_digits() {
        for example in EXAMPLES {
            let right = (0..100)
                .filter(|pair| Iban::parse(&format!("{}{pair:02}{}", &example[..2], &example[4..])).is_ok())
                .count();
            assert_eq!(right, 1, "{example}");
        }
        let with_02 =
            (0..1_000_000).map(|n| format!("DE023704004405320{n:05}")).find(|text| Iban::parse(text).is_ok());
        let with_99 = with_02.unwrap().replacen("DE02", "DE99", 1);
        assert!(Iban::parse(&with_99).unwrap_err().contains("check digits"));
    }

    /// The library's list lacks two countries; if it should learn them, `MISSING` can go.
    #[test]
    fn what_is_missing_from_the_library_is_still_missing() {
        for example in ["HN88CABF00000000000250005469", "PK36SCBL0000001123456702"] {
            assert!(
                matches!(example.parse::<iban::Iban>(), Err(ParseIbanError::UnknownCountry(_))),
                "{example}"
            );
        }
    }

    #[test]
    fn a_mask_shows_the_ends_only() {
        assert_eq!(Iban::parse("DE89370400440532013000").unwrap().masked(), "DE89 **** 3000");
        assert_eq!(Iban::parse("NO9386011117947").unwrap().masked(), "NO93 **** 7947");
    }

    proptest! {
        #[test]
        fn one_changed_character_is_noticed(
            example in prop::sample::select(EXAMPLES.to_vec()),
            at in any::<prop::sample::Index>(),
            other in "[0-9A-Z]",
        ) {
            let at = at.index(example.len());
            prop_assume!(example[at..=at] != other);
            let changed = format!("{}{other}{}", &example[..at], &example[at + 1..]);
            // A letter counts as two digits, so that a letter for a digit can be missed. Digits for digits cannot.
            if other.as_bytes()[0].is_ascii_digit() == example.as_bytes()[at].is_ascii_digit() {
                prop_assert!(Iban::parse(&changed).is_err(), "{}", changed);
            }
        }
    }
}
