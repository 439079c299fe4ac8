//! What a person reads who is asked to confirm something. Everything said is taken from the challenge itself, so that no
//! message can promise another time or another change than the one its code is for.

mod mail;
mod sms;

pub use mail::email;
pub(crate) use mail::subject;
pub use sms::sms;

use stepgate_storage::Timestamp;

/// A change in words. Addresses and account numbers are masked already.
#[derive(Clone, Debug)]
pub struct Described {
    /// Completes "confirm …": `the change of your e-mail address`.
    pub title: &'static str,
    /// What exactly, as labels and values.
    pub lines: Vec<(&'static str, String)>,
}

/// What a message has to say. Has no `Debug`: it holds a code that works.
#[derive(Clone, Copy)]
pub struct Notice<'a> {
    /// Who wants it confirmed.
    pub asked_by: &'a str,
    /// What is to be confirmed.
    pub described: &'a Described,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// From when on code and link are worthless.
    pub valid_until: Timestamp,
    /// Six digits.
    pub code: &'a str,
    /// The page that confirms with one button; none where only the code does.
    pub link: Option<&'a str>,
    /// Too long to be guessed, so it is taken where the attempts at the other are used up. An SMS leaves it out.
    pub long_code: Option<&'a str>,
    /// What somebody is to do who did not ask for this, in a sentence; none for what fits any change: nothing.
    pub if_not_you: Option<&'a str>,
    /// Who signs.
    pub sender_name: &'a str,
}

#[cfg(test)]
pub(crate) fn example(described: &Described) -> Notice<'_> {
    Notice {
        asked_by: "Acme",
        described,
        requested_at: Timestamp(1_768_472_109_045),
        valid_until: Timestamp(1_768_472_709_045),
        code: "012345",
        link: Some("https://2fa.example.com/confirm/token"),
        long_code: None,
        if_not_you: None,
        sender_name: "Acme Security",
    }
}
