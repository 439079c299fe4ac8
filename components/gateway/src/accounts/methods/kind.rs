//! The kinds of second factor there are.

use super::recovery;
use serde::{Deserialize, Serialize};

/// A kind of second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Email,
    Sms,
    /// An authenticator app: RFC 6238.
    Totp,
    /// Codes on paper, each for one use.
    Recovery,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Sms => "sms",
            Kind::Totp => "totp",
            Kind::Recovery => "recovery",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Kind> {
        [Kind::Email, Kind::Sms, Kind::Totp, Kind::Recovery].into_iter().find(|kind| kind.word() == word)
    }

    /// Whether its codes are sent, and not made by what its owner has.
    pub(crate) fn is_sent(self) -> bool {
        matches!(self, Kind::Email | Kind::Sms)
    }

    /// Whether this has the form of one of its codes. Digits are those of ASCII: others look like them and are none.
    pub(crate) fn takes(self, code: &str) -> bool {
        match self {
            Kind::Recovery => recovery::Code::parse(code).is_some(),
            Kind::Email | Kind::Sms | Kind::Totp => {
                code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
            }
        }
    }
}
