//! Passwords: what one may be ([`Password`]), what somebody types to sign in ([`Typed`]), and what is kept ([`Phc`]).
//!
//! A text is taken as it is sent: nothing is trimmed, cut off or folded. Lengths count characters (NIST SP 800-63B-4
//! §3.1.1.2), with a bound in bytes as well, so that what is hashed is bounded.

mod hash;
mod rule;

pub(crate) use hash::{Guess, HashError, Phc, Salt, guess, hash};
pub(crate) use rule::{Password, Rule, Typed, Unfit};
