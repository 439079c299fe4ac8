//! What an owner is told without being asked for a code.

use crate::accounts::methods::{Kind, Method};
use crate::accounts::names::AccountEmail;
use crate::accounts::phone::Phone;
use crate::messages;
use crate::when;
use core::time::Duration;
use stepgate_storage::Timestamp;

/// Something that was done, or tried.
#[derive(Clone, Copy)]
pub(crate) enum News<'a> {
    /// So many wrong codes were entered. None: until a new password is set. It may be over before its owner could be told.
    Locked {
        wrong_codes: u32,
        until: Option<Timestamp>,
        is_over: bool,
    },
    PasswordChanged,
    /// The owner's two-factor switch.
    Switched {
        on: bool,
    },
    MethodAdded(&'a Method),
    MethodRemoved(&'a Method),
    /// There is a new set of recovery codes.
    RecoveryCodes,
    DeviceRemembered {
        until: Timestamp,
    },
    /// Somebody signs up with an address that has an account.
    AlreadyThere,
    /// Somebody asks for a new password for an address that has none.
    NobodyThere,
}

const CHANGE_IT: &str = "If this was not you, change your password now.";

/// What a time that is said to the minute may be short of.
const JUST_A_MINUTE: Duration = Duration::from_millis(59_999);

/// One mail's worth.
struct Words {
    /// For the log and nothing else.
    word: &'static str,
    /// After the tenant's name and a colon.
    headline: &'static str,
    what: String,
    advice: &'static str,
}

impl News<'_> {
    /// What the log calls it.
    pub(super) fn word(&self) -> &'static str {
        self.words("").word
    }

    /// Subject and text.
    pub(super) fn mail(
        &self,
        tenant: &str,
        sender_name: &str,
        to: &AccountEmail,
        at: Timestamp,
    ) -> (String, String) {
        let Words { headline, what, advice, .. } = self.words(tenant);
        let please = match self {
            // Anybody mistypes an address.
            News::AlreadyThere | News::NobodyThere => String::new(),
            _ => format!(" Please tell {tenant} about it."),
        };
        let text = format!(
            "{what}\n\
             \n\
             \x20 Address: {address}\n\
             \x20 When: {at}\n\
             \n\
             {advice}{please}\n\
             \n\
             {sender_name}\n",
            address = to.masked(),
            at = when::plain(at),
        );
        (messages::subject(tenant, headline), text)
    }

    fn words(&self, tenant: &str) -> Words {
        match self {
            News::Locked { wrong_codes, until, is_over } => Words {
                word: "locked",
                headline: "your account is locked",
                what: format!(
                    "Your account at {tenant} was locked because {wrong_codes} wrong codes were entered. Whoever was signed in has been \
                     signed out. {until}",
                    until = match until {
                        Some(_) if *is_over => "It is open again.".into(),
                        // To the minute, and not before.
                        Some(until) =>
                            format!("It opens again by itself on {}.", when::plain(*until + JUST_A_MINUTE)),
                        None => "It stays locked until you set a new password.".into(),
                    },
                ),
                advice: "Codes are asked for after the right password only. If it was not you who entered them, somebody knows your \
                         password: set a new one.",
            },
            News::PasswordChanged => Words {
                word: "password-changed",
                headline: "your password was changed",
                what: format!("The password of your account at {tenant} was changed."),
                advice: "If this was not you, somebody else has your account: ask for a new password now.",
            },
            News::Switched { on: true } => Words {
                word: "switched-on",
                headline: "two-factor sign-in was switched on",
                what: format!("From now on {tenant} asks for a code after your password."),
                advice: CHANGE_IT,
            },
            News::Switched { on: false } => Words {
                word: "switched-off",
                headline: "two-factor sign-in was switched off",
                what: format!("From now on {tenant} asks for your password only, and for no code."),
                advice: CHANGE_IT,
            },
            News::MethodAdded(method) => Words {
                word: "method-added",
                headline: "a second factor was added",
                what: format!("Your account at {tenant} has a new second factor: {}.", shown(method)),
                advice: CHANGE_IT,
            },
            News::MethodRemoved(method) => Words {
                word: "method-removed",
                headline: "a second factor was removed",
                what: format!(
                    "This is no second factor of your account at {tenant} any more: {}.",
                    shown(method)
                ),
                advice: CHANGE_IT,
            },
            News::RecoveryCodes => Words {
                word: "recovery-codes",
                headline: "you have new recovery codes",
                what: format!(
                    "New recovery codes were made for your account at {tenant}. Those from before no longer work."
                ),
                advice: CHANGE_IT,
            },
            News::DeviceRemembered { until } => Words {
                word: "device-remembered",
                headline: "a device is remembered",
                what: format!(
                    "Until {until} {tenant} asks for no code when somebody signs in with your password on the device that was \
                     used just now.",
                    until = when::plain(*until),
                ),
                advice: "If this was not you, change your password now, which ends it.",
            },
            News::AlreadyThere => Words {
                word: "already-there",
                headline: "you have an account already",
                what: format!(
                    "Somebody asked {tenant} to make an account for this address. There is one, and it stays as it is. Sign in with \
                     your password, or ask for a new one if you have forgotten it."
                ),
                advice: "If this was not you, you need not do anything.",
            },
            News::NobodyThere => Words {
                word: "nobody-there",
                headline: "there is no account for this address",
                what: format!(
                    "Somebody asked {tenant} for a new password for this address, which has no account there. If this was you, you may \
                     have signed up with another one."
                ),
                advice: "If this was not you, you need not do anything.",
            },
        }
    }
}

/// A method as its owner knows it.
fn shown(method: &Method) -> String {
    match method.kind {
        Kind::Email => {
            let masked = AccountEmail::parse(&method.identifier).map(|email| email.masked());
            format!("codes by mail to {}", masked.unwrap_or_default())
        }
        Kind::Sms => {
            let masked = Phone::parse(&method.identifier).map(|phone| phone.masked());
            format!("codes by SMS to {}", masked.unwrap_or_default())
        }
        Kind::Totp => "an authenticator app".into(),
        Kind::Recovery => "recovery codes".into(),
    }
}
