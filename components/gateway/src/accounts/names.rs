//! What an account is found by.

use crate::email::Email;
use core::fmt;
use serde::{Deserialize, Serialize};

/// An e-mail address with all of it in lower case: `contracts/two-factor-sessions.md` §3. So there is one account for it however it is
/// typed. (A mail server may tell `Ann` from `ann`; none that people have mailboxes on does.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountEmail(Email);

impl AccountEmail {
    /// Reads what a client sent, by the rules of [`Email::parse`].
    pub(crate) fn parse(text: &str) -> Option<AccountEmail> {
        // Letters beyond ASCII are refused there, and not folded here into ones that are not.
        Email::parse(&text.to_ascii_lowercase()).map(AccountEmail)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// `a***e@example.com`; see [`Email::masked`].
    pub(crate) fn masked(&self) -> String {
        self.0.masked()
    }
}

/// A name of somebody's choosing. Never an address, so that what is typed at sign-in is one or the other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct UserName(String);

impl UserName {
    /// 3 to 32 of `a-z 0-9 . _ -`, beginning with a letter. Capitals are read as small letters, space around it is dropped. Nothing
    /// beyond ASCII: there, two names can look the same.
    pub(crate) fn parse(text: &str) -> Option<UserName> {
        let name = text.trim();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let is_name = (3..=32).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(known);
        is_name.then(|| UserName(name.to_ascii_lowercase()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who somebody is, is not for logs.
impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_whatever_its_case() {
        let address = AccountEmail::parse(" Ann.Lee+X@Example.COM").unwrap();
        assert_eq!(address.as_str(), "ann.lee+x@example.com");
        assert_eq!(address.masked(), "a***x@example.com");
        assert_eq!(AccountEmail::parse(address.as_str()), Some(address));
        // KELVIN SIGN and LATIN SMALL LETTER DOTLESS I fold to letters of ASCII elsewhere.
        for other in ["\u{212a}ate@example.com", "l\u{131}sa@example.com", "ann", "ann@localhost"] {
            assert_eq!(AccountEmail::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_user_name_is_one_whatever_its_case_and_never_an_address() {
        for (text, name) in
            [("ann", "ann"), ("  Ann.Lee_9-x ", "ann.lee_9-x"), (&"A".repeat(32), &"a".repeat(32))]
        {
            assert_eq!(UserName::parse(text).unwrap().as_str(), name);
        }
        for text in [
            "",
            "an",
            "1ann",
            ".ann",
            "ann lee",
            "ann@example",
            "ann@example.com",
            "ann/../x",
            "änn",
            "\u{212a}ate",
            "ann\u{0}",
            &"a".repeat(33),
        ] {
            assert_eq!(UserName::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn debug_output_shows_none_of_them() {
        let shown = format!("{:?} {:?}", AccountEmail::parse("ann@example.com"), UserName::parse("ann"));
        assert!(!shown.contains("ann") && !shown.contains("example"), "{shown}");
    }
}
