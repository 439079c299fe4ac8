//! Codes that are wrong.

use crate::Mail;

/// Different codes, none of which is the one in `mail` and none the sandbox's.
pub fn wrong_codes(mail: &Mail) -> impl Iterator<Item = u32> + use<> {
    let right = mail.number();
    (100_000..1_000_000).filter(move |code| *code != right && *code != 123_456)
}
