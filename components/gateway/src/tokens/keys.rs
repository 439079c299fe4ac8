//! The keys of access tokens, and their signatures: Ed25519 (RFC 8032).
//!
//! Signing takes the same time whatever the key is: the library multiplies by a fixed number of steps and looks each
//! multiple up by reading all of them. Verifying does not, and needs not: it knows no secret.

use crate::http::ApiError;
use crate::ports::Settings;
use crate::settings::{BaseUrl, Environment, SettingError, TokenKey, token_keys};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};

/// Our keys, and who we are.
pub(crate) struct Keys {
    /// What tokens name as their issuer: `base_url`.
    pub(super) issuer: String,
    /// At least one; the first signs.
    pub(super) keys: Vec<TokenKey>,
}

impl Keys {
    /// Asks for `environment`, `token_keys` and `base_url`.
    pub(crate) fn load(settings: &impl Settings) -> Result<Keys, SettingError> {
        let environment = Environment::load(settings)?;
        let keys = token_keys(settings, environment)?;
        Ok(Keys { issuer: BaseUrl::load(settings, environment)?.text().to_owned(), keys })
    }

    /// The one that signs.
    pub(super) fn newest(&self) -> Result<&TokenKey, ApiError> {
        self.keys.first().ok_or_else(|| ApiError::Internal("setting token_keys: is empty".into()))
    }
}

impl TokenKey {
    /// Worked out each time, because most requests need one key of several at most.
    pub(super) fn pair(&self) -> Result<KeyPair, ApiError> {
        KeyPair::try_from_seed(Seed::new(self.seed))
            .map_err(|_| ApiError::Internal("setting token_keys: a seed cannot be used".into()))
    }
}

/// The signature over a text, as it stands in a token.
pub(super) fn sign(pair: &KeyPair, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(pair.sk.sign(text, None))
}

/// Whether it is the key's signature over the text. There is one spelling of each signature: the encoding takes no stray bits,
/// and the library neither an `S` beyond the group's order nor a point that is written in another way or has a small order.
pub(super) fn is_signed(key: &PublicKey, text: &str, signature: &str) -> bool {
    let signature = URL_SAFE_NO_PAD.decode(signature).ok();
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    signature.is_some_and(|signature| key.verify(text, &signature).is_ok())
}
