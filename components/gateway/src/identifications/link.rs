//! The token in an identification's link: 192 random bits, of which only the SHA-256 is kept.

use crate::http::ApiError;
use crate::ids;
use crate::ports::{Ports, Surroundings};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use stepgate_storage::{RecordKey, StoreError};
use uuid::Uuid;

/// How long a token is, in bytes.
const LENGTH: usize = 24;

/// A token. It has no `Debug`: it opens somebody's identification.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token([u8; LENGTH]);

/// A token that only the `IDEMPOTENCY-KEY` of the request that made it opens again.
///
/// The answer to that request has to be repeated for a day, so it is kept, link and all; and the key is kept nowhere. Each
/// pad hides one token that is ever kept, because a key makes one identification.
pub(super) struct Sealed([u8; LENGTH]);

impl Token {
    pub(super) fn new(surroundings: &impl Surroundings) -> Token {
        Token(surroundings.random())
    }

    /// As it stands in the link.
    pub(super) fn parse(text: &str) -> Option<Token> {
        decode(text).map(Token)
    }

    pub(super) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Makes it lead to an identification.
    pub(super) fn enter(&self, ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
        Ok(ports.set(&self.key(), &id.to_string())?)
    }

    /// Where it leads. Whoever finds a record by the hash of what was sent has compared all of it.
    pub(super) fn leads_to(&self, ports: &impl Ports) -> Result<Option<Uuid>, ApiError> {
        let Some(id) = ports.get(&self.key())? else { return Ok(None) };
        Ok(Some(ids::parse(&id).ok_or(StoreError::Corrupt("link"))?))
    }

    pub(super) fn seal(&self, key: &str, id: Uuid) -> Sealed {
        Sealed(pad(self.0, key, id))
    }

    fn key(&self) -> RecordKey {
        let hash = base16ct::lower::encode_string(&Sha256::digest(self.0));
        RecordKey::forever(&format!("identification-link/{hash}"))
    }
}

impl Sealed {
    pub(super) fn parse(text: &str) -> Option<Sealed> {
        decode(text).map(Sealed)
    }

    pub(super) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(super) fn open(&self, key: &str, id: Uuid) -> Token {
        Token(pad(self.0, key, id))
    }
}

fn decode(text: &str) -> Option<[u8; LENGTH]> {
    // Each spelling decodes to something else or to nothing, so a token has one.
    if text.len() == LENGTH * 4 / 3 { URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok() } else { None }
}

fn pad(mut bytes: [u8; LENGTH], key: &str, id: Uuid) -> [u8; LENGTH] {
    let pad = Sha256::new()
        .chain_update(b"stepgate identification link\0")
        .chain_update(id.as_bytes())
        .chain_update(key.as_bytes())
        .finalize();
    for (byte, pad) in bytes.iter_mut().zip(pad) {
        *byte ^= pad;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    #[test]
    fn a_token_has_one_spelling_and_leads_where_it_was_entered() {
        let ports = TestPorts::default();
        let (token, id) = (Token::new(&ports), Uuid::from_u128(7));
        token.enter(&ports, id).unwrap();
        let text = token.text();
        assert_eq!(text.len(), 32);
        assert_eq!(Token::parse(&text).unwrap().leads_to(&ports).unwrap(), Some(id));
        assert_eq!(Token::new(&ports).leads_to(&ports).unwrap(), None);
        for other in ["", "x", &text[1..], &format!("{text}A"), &format!("{}+", &text[..31]), &"ä".repeat(16)]
        {
            assert!(Token::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn only_the_right_key_opens_a_sealed_token() {
        let token = Token::new(&TestPorts::default());
        let id = Uuid::from_u128(7);
        let sealed = Sealed::parse(&token.seal("k", id).text()).unwrap();
        assert_ne!(sealed.text(), token.text());
        assert!(sealed.open("k", id) == token);
        assert!(sealed.open("l", id) != token && sealed.open("k", Uuid::from_u128(8)) != token);
    }
}
