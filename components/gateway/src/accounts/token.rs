//! Opaque tokens: `dev_…` and the like. Whoever holds one is let in, and the store has its hash only.
//!
//! A token says which record it belongs to and when it was made (its id is a UUID v7), so that its record can be looked up under
//! the day it was made on. What keeps it from being guessed are 32 random bytes.

use crate::ids;
use crate::ports::Surroundings;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use stepgate_storage::Timestamp;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

const ID: usize = 16;
const RANDOM: usize = 32;

/// What stands behind the prefix, in characters. The bytes divide by three, so none of them has a second spelling.
const ENCODED: usize = (ID + RANDOM) / 3 * 4;

/// A token that was just made. It has neither `Debug` nor `Serialize`: it is shown to its holder and nobody else.
pub(crate) struct Token(String);

/// What a token says that somebody sent.
pub(crate) struct Parsed {
    /// Of the record it belongs to, if there is one. Anybody can write an id: only the hash proves something.
    pub(crate) id: Uuid,
    /// When the id was made.
    pub(crate) made_at: Timestamp,
    pub(crate) hash: TokenHash,
}

/// SHA-256 of a whole token, prefix and all. Compared in constant time, and in no other way.
#[derive(Clone, Copy)]
pub(crate) struct TokenHash([u8; 32]);

impl Token {
    /// A new one and its id. The prefix tells people and scanners for leaked secrets what it is, and tokens of one kind from those
    /// of another.
    pub(crate) fn new(
        surroundings: &impl Surroundings,
        now: Timestamp,
        prefix: &'static str,
    ) -> (Token, Uuid) {
        let id = ids::new(surroundings, now);
        let mut bytes = [0; ID + RANDOM];
        let (left, right) = bytes.split_at_mut(ID);
        left.copy_from_slice(id.as_bytes());
        right.copy_from_slice(&surroundings.random::<RANDOM>());
        let mut text = String::with_capacity(prefix.len() + ENCODED);
        text.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        (Token(text), id)
    }

    /// For its holder.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// For the store.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// Reads what somebody sent. None unless it has the form of a token of this kind; nothing longer is looked at.
    pub(crate) fn parse(prefix: &str, text: &str) -> Option<Parsed> {
        let encoded = text.strip_prefix(prefix)?;
        if encoded.len() != ENCODED {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let id = Uuid::from_bytes(*bytes.first_chunk::<ID>()?);
        Some(Parsed { id, made_at: ids::made_at(id)?, hash: TokenHash::of(text) })
    }
}

impl TokenHash {
    fn of(text: &str) -> TokenHash {
        TokenHash(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether both are of one token.
    pub(crate) fn is(&self, other: &TokenHash) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Serialize for TokenHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TokenHash, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let hash = bytes.and_then(|bytes| bytes.try_into().ok());
        hash.map(TokenHash).ok_or_else(|| D::Error::custom("no hash of a token"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_123);

    #[test]
    fn a_token_leads_back_to_its_id_its_time_and_its_hash() {
        let ports = TestPorts::default();
        let (token, id) = Token::new(&ports, NOW, "dev_");
        assert_eq!(token.text().len(), 4 + 64);
        let parsed = Token::parse("dev_", token.text()).unwrap();
        assert_eq!((parsed.id, parsed.made_at), (id, NOW));
        assert!(parsed.hash.is(&token.hash()));
        let (other, other_id) = Token::new(&ports, NOW, "dev_");
        assert_ne!(id, other_id);
        assert!(!parsed.hash.is(&other.hash()));
    }

    #[test]
    fn a_hash_is_over_the_prefix_as_well_and_survives_the_store() {
        let hash = Token("dev_x".into()).hash();
        assert_eq!(
            base16ct::lower::encode_string(&hash.0),
            base16ct::lower::encode_string(&Sha256::digest("dev_x"))
        );
        let text = serde_json::to_string(&hash).unwrap();
        assert!(serde_json::from_str::<TokenHash>(&text).unwrap().is(&hash));
        for wrong in ["\"\"", "\"AAAA\"", "null", "\"!\""] {
            assert!(serde_json::from_str::<TokenHash>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn whatever_is_not_spelled_as_a_token_is_none() {
        let (token, _) = Token::new(&TestPorts::default(), NOW, "dev_");
        let text = token.text();
        let encoded = &text[4..];
        for wrong in [
            String::new(),
            "dev_".into(),
            encoded.into(),
            format!("ses_{encoded}"),
            format!("DEV_{encoded}"),
            format!("dev_dev_{encoded}"),
            format!("{text}="),
            format!("{text}A"),
            format!(" {text}"),
            format!("{text}\n"),
            text[..text.len() - 1].into(),
            format!("dev_{}", "+".repeat(ENCODED)),
            format!("dev_{}", "A".repeat(100_000)),
            // An id without a time.
            format!("dev_{}", "A".repeat(ENCODED)),
        ] {
            assert!(Token::parse("dev_", &wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in ".{0,90}", encoded in "[A-Za-z0-9_-]{64}") {
            let _ = Token::parse("dev_", &text);
            let _ = Token::parse("dev_", &format!("dev_{text}"));
            // Two spellings of one token would have two hashes; there is one.
            let text = format!("dev_{encoded}");
            if let Some(parsed) = Token::parse("dev_", &text) {
                prop_assert_eq!(&encoded[..21], &URL_SAFE_NO_PAD.encode(parsed.id.as_bytes())[..21]);
            }
        }

        #[test]
        fn a_token_with_one_character_changed_is_another(at in 0..64_usize, to in "[A-Za-z0-9_-]") {
            let (token, _) = Token::new(&TestPorts::default(), NOW, "dev_");
            let mut text = token.text().to_owned();
            text.replace_range(4 + at..=4 + at, &to);
            if text != token.text() && let Some(parsed) = Token::parse("dev_", &text) {
                prop_assert!(!parsed.hash.is(&token.hash()));
            }
        }
    }
}
