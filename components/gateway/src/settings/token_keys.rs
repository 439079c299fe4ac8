//! What access tokens are signed with.

use super::environment::Environment;
use super::error::SettingError;
use super::mac_keys::{KeyText, check_id};
use super::read::{read, read_json};
use crate::ports::Settings;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const NAME: &str = "token_keys";

/// The most keys there can be. Each is published, and whoever verifies tokens keeps them.
const MOST_KEYS: usize = 10;

/// The seed of the key that the sandbox comes with; refused in production under every id, because the whole world knows it.
pub(super) const SANDBOX_SEED: &[u8; 32] = b"stepgate sandbox seed, no secret";

/// A key that access tokens are signed with.
pub(crate) struct TokenKey {
    /// 1 to 16 characters of `A-Z a-z 0-9 _ -`: nothing that JSON or a URL would have to escape.
    pub(crate) id: String,
    /// The private key of RFC 8032 §5.1.5. Not all zeros.
    pub(crate) seed: [u8; 32],
}

/// Whether there are access tokens at all. Without keys for them there is no API that signs in by tokens.
pub(crate) fn token_keys_are_set(settings: &impl Settings) -> Result<bool, SettingError> {
    Ok(read(settings, NAME)?.is_some())
}

/// The keys of access tokens, at least one. The first signs; all verify.
pub(crate) fn token_keys(
    settings: &impl Settings,
    environment: Environment,
) -> Result<Vec<TokenKey>, SettingError> {
    let texts: Vec<KeyText> = read_json(settings, NAME)?;
    if !(1..=MOST_KEYS).contains(&texts.len()) {
        return Err(SettingError::new(NAME, format!("must hold 1 to {MOST_KEYS} keys")));
    }
    let mut keys: Vec<TokenKey> = Vec::with_capacity(texts.len());
    for (place, text) in texts.into_iter().enumerate() {
        let wrong = |what: &str| SettingError::new(NAME, format!("entry {}: {what}", place + 1));
        check_id(&text.id, environment).map_err(wrong)?;
        if keys.iter().any(|key| key.id == text.id) {
            return Err(wrong("the same id stands there twice"));
        }
        let seed = text.seed().ok_or_else(|| wrong("must have id and seed"))?;
        let seed = STANDARD.decode(seed).ok().and_then(|seed| <[u8; 32]>::try_from(seed).ok());
        let seed = seed.ok_or_else(|| wrong("seed must be base64 of 32 bytes"))?;
        if environment == Environment::Production && seed == *SANDBOX_SEED {
            return Err(wrong("is the sandbox's key, in production"));
        }
        if seed == [0; 32] {
            return Err(wrong("seed must be random, and is all zeros"));
        }
        // One key under two ids could not be taken away by its id.
        if keys.iter().any(|key| key.seed == seed) {
            return Err(wrong("the same seed stands there twice"));
        }
        keys.push(TokenKey { id: text.id, seed });
    }
    Ok(keys)
}
