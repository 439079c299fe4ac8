//! Routing numbers of banks in the United States.

use super::text::{digits, hidden_in_debug, stored_as_text};
use super::{Text, Why};
use core::fmt;

/// The weight of each digit in the check. Source, also of the first two digits: Wikipedia, "ABA routing transit number"; the
/// American Bankers Association's own register is sold, not published.
const WEIGHTS: [u32; 9] = [3, 7, 1, 3, 7, 1, 3, 7, 1];

/// An ABA routing transit number of nine digits. Whether any bank has it is not known here.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RoutingNumber(String);

impl Text for RoutingNumber {
    const IS: &'static str = "a routing number";
    const LONGEST: usize = 9;

    /// Nine digits whose weighted sum is a multiple of ten, and that begin as a Federal Reserve district does: 01 to 12, 20
    /// more for thrift institutions, 60 more for electronic transactions, 00 for the government, 80 for traveller's cheques.
    fn check(text: &str) -> Result<RoutingNumber, Why> {
        if !digits(text, 9) {
            return Err("must be a routing number of 9 digits".into());
        }
        let numbers = text.bytes().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = numbers.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        let district: u32 =
            text.bytes().take(2).fold(0, |number, digit| 10 * number + u32::from(digit - b'0'));
        if !sum.is_multiple_of(10) || sum == 0 {
            return Err("must be a routing number: its check digit does not fit".into());
        }
        if !matches!(district, 0..=12 | 21..=32 | 61..=72 | 80) {
            return Err("must be a routing number: none begins with these two digits".into());
        }
        Ok(RoutingNumber(text.to_owned()))
    }
}

impl fmt::Display for RoutingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(RoutingNumber);
stored_as_text!(RoutingNumber);

#[cfg(test)]
mod tests {
    use super::*;

    /// Published by their banks: JPMorgan Chase, Bank of America, Wells Fargo, Citibank, the Federal Reserve Bank of New York,
    /// Silicon Valley Bank, U.S. Bank, Navy Federal Credit Union, and the number of the Treasury's cheques.
    const REAL: [&str; 9] = [
        "021000021",
        "026009593",
        "121000248",
        "021000089",
        "021001208",
        "121140399",
        "091000022",
        "256074974",
        "000000518",
    ];

    #[test]
    fn real_numbers_are_read() {
        for number in REAL {
            assert_eq!(RoutingNumber::parse(number).unwrap().to_string(), number);
        }
    }

    #[test]
    fn every_wrong_digit_and_most_swaps_are_noticed() {
        for number in REAL {
            for at in 0..9 {
                for digit in '0'..='9' {
                    let changed = format!("{}{digit}{}", &number[..at], &number[at + 1..]);
                    assert_eq!(RoutingNumber::parse(&changed).is_ok(), changed == number, "{changed}");
                }
            }
        }
        assert!(RoutingNumber::parse("012000021").is_err());
    }

    #[test]
    fn every_number_begins_with_a_district() {
        let begins = |district: &u32| {
            (0..10).any(|check| RoutingNumber::parse(&format!("{district:02}000010{check}")).is_ok())
        };
        let districts: Vec<u32> = (0..100).filter(begins).collect();
        let expected: Vec<u32> = (0..=12).chain(21..=32).chain(61..=72).chain([80]).collect();
        assert_eq!(districts, expected);
    }

    #[test]
    fn a_refusal_says_what_does_not_fit() {
        for (text, part) in [
            ("", "9 digits"),
            ("02100002", "9 digits"),
            ("0210000210", "9 characters at most"),
            ("02100002l", "9 digits"),
            ("02100-021", "9 digits"),
            ("0210000２", "characters at most"),
            ("021٠٠21", "9 digits"),
            ("\u{0}21000021", "9 digits"),
            ("021000022", "check digit"),
            ("000000000", "check digit"),
            // The sum is right, but no district has the number 13 or 90.
            ("130000006", "begins with"),
            ("900000003", "begins with"),
        ] {
            let why = RoutingNumber::parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
