//! Signed texts: JWS in its compact form (RFC 7515) with `EdDSA` (RFC 8037).

use super::keys::{Keys, is_signed, sign};
use crate::http::ApiError;
use crate::json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest text that is made or looked at, in bytes. An access token has about 450; `base_url` stands in it.
const LONGEST: usize = 2048;

/// What a text is. Its `typ`, so that none passes for another.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// RFC 9068's.
    Access,
    /// Ours.
    Reset,
}

impl Keys {
    /// A text that says so, under the newest key.
    pub(super) fn seal(&self, kind: Kind, claims: &impl Serialize) -> Result<String, ApiError> {
        let payload = serde_json::to_vec(claims)
            .map_err(|_| ApiError::Internal("the claims of a token cannot be written".into()))?;
        self.sealed(kind, &payload)
    }

    fn sealed(&self, kind: Kind, payload: &[u8]) -> Result<String, ApiError> {
        let key = self.newest()?;
        let signed = format!("{}.{}", header(kind, &key.id), URL_SAFE_NO_PAD.encode(payload));
        let signature = sign(&key.pair()?, &signed);
        let text = format!("{signed}.{signature}");
        if text.len() > LONGEST {
            return Err(ApiError::Internal("setting base_url: is too long for tokens".into()));
        }
        Ok(text)
    }

    /// What a text says, if it is of this kind and ours. Nothing in it is read before its signature was found right: its header is
    /// compared to those that our keys have, so there is no algorithm and no key for it to choose.
    pub(super) fn open<T: DeserializeOwned>(&self, kind: Kind, text: &str) -> Option<T> {
        json::from_bytes(&self.opened(kind, text)?)
    }

    fn opened(&self, kind: Kind, text: &str) -> Option<Vec<u8>> {
        if text.len() > LONGEST {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (its_header, payload) = signed.split_once('.')?;
        let key = self.keys.iter().find(|key| header(kind, &key.id) == its_header)?;
        if !is_signed(&key.pair().ok()?.pk, signed, signature) {
            return None;
        }
        URL_SAFE_NO_PAD.decode(payload).ok()
    }
}

/// The header of a text of this kind under this key: the only one it can have.
fn header(kind: Kind, key_id: &str) -> String {
    let typ = match kind {
        Kind::Access => "at+jwt",
        Kind::Reset => "reset+jws",
    };
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"EdDSA","kid":"{key_id}","typ":"{typ}"}}"#))
}
