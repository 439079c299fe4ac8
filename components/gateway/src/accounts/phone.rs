//! Phone numbers.

use serde::{Deserialize, Serialize};

/// The longest text that is looked at: fifteen digits, and as much between them.
const LONGEST: usize = 40;

/// A number in E.164 form, `+15551234567`: as it is stored, compared and sent to. Has no `Debug`: it is not for logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Phone(String);

impl Phone {
    /// Reads what a client sent. Spaces, hyphens, dots and parentheses are how people set digits apart, and are dropped.
    ///
    /// The country must be said: without it a number is another one elsewhere. A zero in parentheses is not dialled from abroad, and
    /// not everywhere left out; what is meant by it is not guessed.
    pub(crate) fn parse(text: &str) -> Option<Phone> {
        if text.len() > LONGEST || text.contains("(0)") {
            return None;
        }
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let digits = plain.strip_prefix('+')?;
        let is_number = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        is_number.then_some(Phone(plain))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The number without its `+`. Begins with the calling code.
    pub(crate) fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }

    /// Enough to recognise a number one knows: `+1***4567`. Of a short one, its last two digits.
    pub(crate) fn masked(&self) -> String {
        let digits = self.digits();
        let shown = if digits.len() < 10 { 2 } else { 4 };
        let last = digits.len().checked_sub(shown).and_then(|at| digits.get(at..)).unwrap_or("");
        format!("+{}***{last}", digits.get(..1).unwrap_or(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_normalised_once() {
        for (text, number, masked) in [
            ("+15551234567", "+15551234567", "+1***4567"),
            (" +1 (555) 123-45.67 ", "+15551234567", "+1***4567"),
            ("+49 30 123456", "+4930123456", "+4***3456"),
            ("+4712345678", "+4712345678", "+4***5678"),
            ("+12345678", "+12345678", "+1***78"),
            ("+123456789012345", "+123456789012345", "+1***2345"),
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.as_str(), phone.masked().as_str()), (number, masked), "{text}");
            assert!(Phone::parse(phone.as_str()) == Some(phone), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_number_in_the_world_is_none() {
        for text in [
            "",
            "+",
            "15551234567",
            "0015551234567",
            "+05551234567",
            "+1234567",
            "+1234567890123456",
            "+44 (0)20 7946 0958",
            "+1555123456x",
            "+1555123456,7",
            "++15551234567",
            "+1+5551234567",
            "+１５５５１２３４５６７",
            "+15551234567\n",
            "+15551234567;ext=1",
            "+1\u{a0}5551234567",
            &format!("+1{}5551234567", " ".repeat(40)),
        ] {
            assert!(Phone::parse(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_comes_out_in_one_form_or_not_at_all(text in "[+0-9 ().x-]{0,50}|.{0,50}") {
            if let Some(phone) = Phone::parse(&text) {
                let digits = phone.digits();
                prop_assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
                let hidden = !phone.masked().contains(digits);
                prop_assert!(hidden && Phone::parse(phone.as_str()) == Some(phone));
            }
        }
    }
}
