//! What is kept of a password: Argon2id (RFC 9106) with a salt of its own, as a PHC string.
//!
//! The string names its own cost, so a later change of ours leaves what is stored good. It is not hashed anew when its
//! owner signs in: that write could overtake a change of the password and bring the old one back.
//!
//! The cost is one of those that OWASP's Password Storage Cheat Sheet holds for equal; docs/benchmarks.md says why this one.

use super::{Password, Typed};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use core::fmt;
use password_hash::{Output, ParamsString, PasswordHash, Salt as PhcSalt, SaltString};
use serde::{Deserialize, Serialize};

/// Random bytes that make equal passwords look different (RFC 9106 §4: 16 of them).
pub(crate) type Salt = [u8; 16];

/// What a hash of ours costs.
const COST: Cost = Cost { kibibytes: 7_168, passes: 5 };

/// The most that a stored hash may ask for, whoever wrote it.
const DEAREST: Cost = Cost { kibibytes: 7_168, passes: 10 };

/// Bytes of a hash (RFC 9106 §4).
const LENGTH: usize = 32;

/// The hash of nobody's password: random bytes that no password is known for, at the cost of a real one.
const NOBODY: &str =
    "$argon2id$v=19$m=7168,t=5,p=1$c3RlcGdhdGUtbm9ib2R5IQ$jR3eq/F04YxcFVky7MpGtPNjy/QMatzTf0Bqw9kNe6A";

struct Cost {
    kibibytes: u32,
    passes: u32,
}

/// A password's hash, as it is stored.
///
/// `Debug` does not show it: a hash can be guessed at wherever it lies.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Phc(String);

/// What was typed, hashed: all the work of checking it is done, and what came of it is not known yet. Take an attempt before
/// you ask.
#[must_use = "a guess that is not looked at lets nobody in"]
pub(crate) struct Guess {
    output: Output,
    expected: Output,
    is_nobodys: bool,
}

/// Nothing can be said about the password. A failure of ours: nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashError {
    /// What is stored is no hash that this program makes or made.
    Unreadable,
    /// There was no memory for it.
    Memory,
    /// A hash of this program's own kind could not be made or written.
    Unwritable,
}

impl Phc {
    /// Stands in where there is no account, so that the answer takes the same work. No password opens it.
    pub(crate) fn stand_in() -> Phc {
        Phc(NOBODY.to_owned())
    }
}

/// Hashes a new password.
///
/// # Errors
/// [`HashError::Memory`]; and [`HashError::Unwritable`], which would be a fault of ours.
pub(crate) fn hash(password: &Password, salt: &Salt) -> Result<Phc, HashError> {
    let params =
        Params::new(COST.kibibytes, COST.passes, 1, Some(LENGTH)).map_err(|_| HashError::Unwritable)?;
    let output = argon2id(password.bytes(), salt, &params)?;
    let salt = SaltString::encode_b64(salt).map_err(|_| HashError::Unwritable)?;
    let phc = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|_| HashError::Unwritable)?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(Phc(phc.to_string()))
}

/// Hashes what was typed as `stored` was, which takes the same work whatever comes of it, and compares nothing.
///
/// # Errors
/// [`HashError`]: nothing is known about the password. Refuse with a failure, and never as a wrong password.
pub(crate) fn guess(stored: &Phc, typed: &Typed) -> Result<Guess, HashError> {
    let phc = PasswordHash::new(&stored.0).map_err(|_| HashError::Unreadable)?;
    let (params, expected) = accepted(&phc).ok_or(HashError::Unreadable)?;
    let mut salt = [0; PhcSalt::MAX_LENGTH];
    let salt = phc.salt.and_then(|text| text.decode_b64(&mut salt).ok()).ok_or(HashError::Unreadable)?;
    let output = argon2id(typed.bytes(), salt, &params)?;
    Ok(Guess { output, expected, is_nobodys: stored.0 == NOBODY })
}

impl Guess {
    /// Whether it is the password that was hashed. In constant time.
    pub(crate) fn is_right(&self) -> bool {
        (self.output == self.expected) & !self.is_nobodys
    }
}

/// The cost and the hash of what is stored, if it is of our kind and no dearer than we ever made one.
fn accepted(phc: &PasswordHash<'_>) -> Option<(Params, Output)> {
    let params = Params::try_from(phc).ok()?;
    let output = phc.hash?;
    let ours = phc.algorithm == ARGON2ID_IDENT
        && phc.version == Some(Version::V0x13.into())
        && params.p_cost() == 1
        && params.m_cost() <= DEAREST.kibibytes
        && params.t_cost() <= DEAREST.passes
        && output.len() == LENGTH;
    ours.then_some((params, output))
}

fn argon2id(password: &[u8], salt: &[u8], params: &Params) -> Result<Output, HashError> {
    let mut memory: Vec<Block> = Vec::new();
    // Asked for politely: where memory is short the request fails, and not the whole instance.
    memory.try_reserve_exact(params.block_count()).map_err(|_| HashError::Memory)?;
    memory.resize(params.block_count(), Block::default());
    let mut output = [0; LENGTH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password, salt, &mut output, &mut memory)
        .map_err(|_| HashError::Unreadable)?;
    Output::new(&output).map_err(|_| HashError::Unreadable)
}

impl fmt::Debug for Phc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phc(…)")
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HashError::Unreadable => "a stored password cannot be read",
            HashError::Memory => "no memory to hash a password",
            HashError::Unwritable => "a password's hash could not be made",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::*;

    const SALT: Salt = *b"0123456789abcdef";

    fn password(text: &str) -> Password {
        Password::parse(text, Rule::Length).ok().unwrap()
    }

    fn typed(text: &str) -> Typed {
        Typed::parse(text).unwrap()
    }

    fn verify(stored: &Phc, typed: &Typed) -> Result<bool, HashError> {
        guess(stored, typed).map(|guess| guess.is_right())
    }

    #[test]
    fn only_the_same_password_is_right() {
        let stored = hash(&password("correct horse"), &SALT).unwrap();
        assert_eq!(verify(&stored, &typed("correct horse")), Ok(true));
        for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct horsf"] {
            assert_eq!(verify(&stored, &typed(wrong)), Ok(false), "{wrong}");
        }
    }

    #[test]
    fn equal_passwords_look_different() {
        let one = hash(&password("correct horse"), &SALT).unwrap();
        let other = hash(&password("correct horse"), b"fedcba9876543210").unwrap();
        assert_ne!(one, other);
    }

    #[test]
    fn it_is_a_phc_string_that_says_its_cost() {
        let Phc(text) = hash(&password("correct horse"), &SALT).unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"), "{text}");
    }

    /// From the reference implementation's own tests (phc-winner-argon2, src/test.c).
    #[test]
    fn a_cheaper_hash_made_elsewhere_is_read() {
        let stored = Phc(
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4".into(),
        );
        assert_eq!(verify(&stored, &typed("password")), Ok(true));
        assert_eq!(verify(&stored, &typed("passwore")), Ok(false));
    }

    #[test]
    fn nobody_has_the_stand_ins_password() {
        let stand_in = Phc::stand_in();
        for text in ["", "password", "stand-in", NOBODY] {
            assert_eq!(verify(&stand_in, &typed(text)), Ok(false), "{text}");
        }
    }

    #[test]
    fn the_stand_in_costs_what_a_real_one_does() {
        let Phc(real) = hash(&password("correct horse"), &SALT).unwrap();
        let cost = |text: &str| text.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&real), cost(NOBODY));
        assert_eq!(real.len(), NOBODY.len());
    }

    #[test]
    fn what_we_never_made_is_a_failure_and_not_a_wrong_password() {
        let hash = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        for text in [
            String::new(),
            "password".into(),
            "$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHQ".into(),
            format!("$argon2i$v=19$m=64,t=3,p=1$c29tZXNhbHQ${hash}"),
            format!("$argon2d$v=19$m=64,t=3,p=1$c29tZXNhbHQ${hash}"),
            format!("$argon2id$v=16$m=64,t=3,p=1$c29tZXNhbHQ${hash}"),
            format!("$argon2id$v=19$m=64,t=3,p=2$c29tZXNhbHQ${hash}"),
            format!("$argon2id$v=19$m=7169,t=5,p=1$c29tZXNhbHQ${hash}"),
            format!("$argon2id$v=19$m=64,t=11,p=1$c29tZXNhbHQ${hash}"),
            format!("$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ${hash}"),
            format!("$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHQ${}", &hash[..22]),
        ] {
            assert_eq!(verify(&Phc(text.clone()), &typed("password")), Err(HashError::Unreadable), "{text}");
        }
    }

    #[test]
    fn debug_output_does_not_show_it() {
        assert_eq!(format!("{:?}", Phc::stand_in()), "Phc(…)");
    }
}
