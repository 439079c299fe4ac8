//! Recovery codes: ten, each good once, for whoever has lost the other factor.
//!
//! A set is one record with a keyed hash of each code (under a key of the setting `account_keys`), and one counter, its word,
//! that is only ever added to:
//!
//! ```text
//! bits 6n .. 6n + 5  how often code n was used: whoever makes it 1 is let in
//! ```
//!
//! So a code is let in once, whatever runs in parallel, and what is left can be read from the word alone. A new set replaces the
//! old one whole. Then the old word is deleted, which would give its codes another life: so whoever has used a code looks
//! whether its set is still the account's, after the fact.

mod code;
#[cfg(test)]
mod tests;
mod word;

pub(crate) use code::Code;

use crate::http::ApiError;
use crate::ids;
use crate::mac::mac;
use crate::ports::Ports;
use crate::ports::challenges::Key;
use crate::settings::AccountKeys;
use crate::stored;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, RecordKey, Timestamp};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use uuid::Uuid;
use word::Word;

/// How many codes there are in a set.
pub(crate) const COUNT: usize = 10;

const WHAT: &str = "set of recovery codes";

/// A set as it is shown to its owner, once.
pub(crate) struct Codes([Code; COUNT]);

/// What an account has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) created_at: Timestamp,
    /// How many codes were not used.
    pub(crate) remaining: usize,
}

#[derive(Serialize, Deserialize)]
struct Set {
    id: Uuid,
    /// Of the key in `account_keys`.
    key_id: String,
    created_at: Timestamp,
    seals: Seals,
}

/// The keyed hash of each code. In the store one text for all of them.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[derive(Clone)]
struct Seals([[u8; 32]; COUNT]);

/// Makes a new set. It replaces the old one whole, used or not.
///
/// Store operations: 2, and 1 where there was one.
pub(crate) fn replace(ports: &impl Ports, account: Uuid, now: Timestamp) -> Result<Codes, ApiError> {
    let keys = AccountKeys::load(ports)?;
    let key = keys.newest()?;
    let id = ids::new(ports, now);
    let codes: [Code; COUNT] = core::array::from_fn(|_| Code::random(ports));
    let mut seals = Seals([[0; 32]; COUNT]);
    for ((place, code), to) in (0..).zip(&codes).zip(&mut seals.0) {
        *to = seal(key, account, id, place, code)?;
    }
    let old = load(ports, account)?;
    let set = Set { id, key_id: key.id.clone(), created_at: now, seals };
    stored::write(ports, &record_key(account), &set, WHAT)?;
    if let Some(old) = old {
        ports.delete_counter(&word_key(account, old.id))?;
    }
    Ok(Codes(codes))
}

/// What the account has; none if it has no set.
///
/// Store operations: 2; 1 without a set.
pub(crate) fn state(ports: &impl Ports, account: Uuid) -> Result<Option<State>, ApiError> {
    let Some(set) = load(ports, account)? else { return Ok(None) };
    let word = add(ports, account, &set, 0)?;
    Ok(Some(State { created_at: set.created_at, remaining: word.unused() }))
}

/// Whether this is one of the account's codes, used for the first time; it is used up then. Ask for the right to compare first
/// (`stepgate_storage::failures`); all that is wrong with a code is one answer, no.
///
/// Store operations: 1 for a wrong code, 4 for a right one.
pub(crate) fn check(ports: &impl Ports, account: Uuid, code: &Code) -> Result<bool, ApiError> {
    let Some(set) = load(ports, account)? else { return Ok(false) };
    let Some(place) = set.place_of(&AccountKeys::load(ports)?, account, code)? else { return Ok(false) };
    if add(ports, account, &set, 0)?.uses(place) > 0 {
        return Ok(false);
    }
    if add(ports, account, &set, Word::one(place))?.uses(place) != 1 {
        return Ok(false);
    }
    // If this is still the set, then its word has not been deleted before the add, and tells of all uses there ever were.
    Ok(load(ports, account)?.is_some_and(|present| present.id == set.id))
}

/// Takes the set away. There need be none.
///
/// Store operations: 3; 2 without a set.
pub(crate) fn remove(ports: &impl Ports, account: Uuid) -> Result<(), ApiError> {
    let old = load(ports, account)?;
    ports.delete(&record_key(account))?;
    match old {
        Some(old) => Ok(ports.delete_counter(&word_key(account, old.id))?),
        None => Ok(()),
    }
}

impl Codes {
    /// As they are shown: `xxxxx-xxxxx`.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.0.iter().map(Code::text).collect()
    }
}

impl Set {
    /// Which of the codes this is. It is compared with all of them, whichever it is.
    fn place_of(&self, keys: &AccountKeys, account: Uuid, code: &Code) -> Result<Option<u8>, ApiError> {
        let key = keys.with_id(&self.key_id)?;
        let (mut found, mut found_at) = (Choice::from(0), 0_u8);
        for (place, kept) in (0..).zip(&self.seals.0) {
            let is = seal(key, account, self.id, place, code)?.ct_eq(kept);
            found_at.conditional_assign(&place, is);
            found |= is;
        }
        Ok(bool::from(found).then_some(found_at))
    }
}

impl From<Seals> for String {
    fn from(seals: Seals) -> String {
        STANDARD_NO_PAD.encode(seals.0.as_flattened())
    }
}

impl TryFrom<String> for Seals {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Seals, &'static str> {
        let bytes = STANDARD_NO_PAD.decode(text).unwrap_or_default();
        match bytes.as_chunks() {
            (seals, []) => seals.try_into().map(Seals).map_err(|_| "no ten seals"),
            _ => Err("no ten seals"),
        }
    }
}

/// What is kept of a code. It is good for its place in its set and nothing else.
fn seal(key: &Key, account: Uuid, set: Uuid, place: u8, code: &Code) -> Result<[u8; 32], ApiError> {
    let parts: [&[u8]; 5] =
        [b"stepgate recovery\0", account.as_bytes(), set.as_bytes(), &[place], code.bytes()];
    mac(&key.secret, &parts)
}

fn load(ports: &impl Ports, account: Uuid) -> Result<Option<Set>, ApiError> {
    Ok(stored::read(ports, &record_key(account), WHAT)?)
}

fn add(ports: &impl Ports, account: Uuid, set: &Set, delta: i64) -> Result<Word, ApiError> {
    Ok(Word(ports.add(&word_key(account, set.id), delta)?))
}

fn record_key(account: Uuid) -> RecordKey {
    RecordKey::forever(&format!("account/{account}/recovery"))
}

fn word_key(account: Uuid, set: Uuid) -> CounterKey {
    CounterKey::forever(&format!("account/{account}/recovery/{set}"))
}
