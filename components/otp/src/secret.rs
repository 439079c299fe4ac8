//! Codes and link tokens at rest: keyed hashes that bind them to their challenge.
//!
//! A plain hash of six digits is six digits. The key is the host's, and the hash covers scope, challenge and purpose, so
//! a code is worthless anywhere else.

use crate::environment::Random;
use crate::error::{Error, Result};
use crate::names::{ChallengeId, Code};
use crate::record::Request;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

/// A secret and its name.
#[derive(Clone)]
pub struct Key {
    id: String,
    secret: Vec<u8>,
}

/// The secrets in use: the first seals, any opens.
#[derive(Clone)]
pub struct Keys(Vec<Key>);

impl Key {
    /// See `key` in `wit/challenges.wit` for the bounds.
    pub fn new(id: &str, secret: &[u8]) -> Result<Key> {
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !(1..=16).contains(&id.len()) || !id.bytes().all(word) {
            return Err(Error::Invalid("key id"));
        }
        if !(32..=128).contains(&secret.len()) {
            return Err(Error::Invalid("key secret"));
        }
        Ok(Key { id: id.to_string(), secret: secret.to_vec() })
    }
}

impl Keys {
    /// At least one.
    pub fn new(keys: Vec<Key>) -> Result<Keys> {
        if keys.is_empty() { Err(Error::Invalid("keys")) } else { Ok(Keys(keys)) }
    }

    fn first(&self) -> Result<&Key> {
        self.0.first().ok_or(Error::Invalid("keys"))
    }

    fn find(&self, id: &str) -> Result<&Key> {
        let missing =
            || Error::Unavailable("the key this challenge was sealed with is not set up".to_string());
        self.0.iter().find(|key| key.id == id).ok_or_else(missing)
    }
}

/// A keyed hash, and which key made it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Seal {
    key: String,
    mac: [u8; 32],
}

/// What kind of secret is sealed; part of the hash, so that one is never taken for the other.
#[derive(Clone, Copy)]
enum Kind {
    Code,
    Link,
}

impl Seal {
    pub(crate) fn of_code(keys: &Keys, id: ChallengeId, request: &Request, code: Code) -> Result<Seal> {
        Seal::new(keys.first()?, Kind::Code, id, request, code.digits())
    }

    pub(crate) fn of_link(keys: &Keys, request: &Request, token: &LinkToken) -> Result<Seal> {
        Seal::new(keys.first()?, Kind::Link, token.id, request, &token.secret)
    }

    /// Fails where the key is gone. Call it before an attempt is taken, so that none is spent on that.
    pub(crate) fn key<'k>(&self, keys: &'k Keys) -> Result<&'k Key> {
        keys.find(&self.key)
    }

    /// In constant time.
    pub(crate) fn opens_code(&self, key: &Key, id: ChallengeId, request: &Request, code: Code) -> Choice {
        self.opens(key, Kind::Code, id, request, code.digits())
    }

    /// In constant time.
    pub(crate) fn opens_link(&self, key: &Key, request: &Request, token: &LinkToken) -> Choice {
        self.opens(key, Kind::Link, token.id, request, &token.secret)
    }

    fn new(key: &Key, kind: Kind, id: ChallengeId, request: &Request, secret: &[u8]) -> Result<Seal> {
        let mac = mac(key, kind, id, request, secret)?;
        Ok(Seal { key: key.id.clone(), mac })
    }

    fn opens(&self, key: &Key, kind: Kind, id: ChallengeId, request: &Request, secret: &[u8]) -> Choice {
        match mac(key, kind, id, request, secret) {
            Ok(given) => given.ct_eq(&self.mac),
            Err(_) => Choice::from(0),
        }
    }
}

fn mac(key: &Key, kind: Kind, id: ChallengeId, request: &Request, secret: &[u8]) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).map_err(|_| Error::Invalid("key secret"))?;
    let kind: &[u8] = match kind {
        Kind::Code => b"stepgate 1 code",
        Kind::Link => b"stepgate 1 link",
    };
    let parts =
        [kind, request.scope.as_str().as_bytes(), id.as_bytes(), request.purpose.as_str().as_bytes(), secret];
    for part in parts {
        // With its length before it, no part can run into the next.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}

/// What a confirmation link carries: which challenge, and 192 bits that nobody can guess.
pub(crate) struct LinkToken {
    pub id: ChallengeId,
    secret: [u8; 24],
}

impl LinkToken {
    pub(crate) fn new(id: ChallengeId, random: &impl Random) -> Result<LinkToken> {
        let mut secret = [0; 24];
        random.fill(&mut secret)?;
        Ok(LinkToken { id, secret })
    }

    /// Anything that is not a token of ours is not found, like a wrong one.
    pub(crate) fn parse(text: &str) -> Result<LinkToken> {
        if text.len() != 54 {
            return Err(Error::NotFound);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::NotFound)?;
        let (id, secret) = bytes.split_first_chunk::<16>().ok_or(Error::NotFound)?;
        let secret = secret.try_into().map_err(|_| Error::NotFound)?;
        Ok(LinkToken { id: ChallengeId::from_bytes(*id), secret })
    }

    pub(crate) fn text(&self) -> String {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}
