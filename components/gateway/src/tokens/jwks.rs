//! Our public keys, for whoever verifies tokens: a JWK Set (RFC 7517, RFC 8037 §2).

use super::keys::Keys;
use crate::http::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

/// The public keys of access tokens. A token names the one it is signed with.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct JwkSet {
    /// Those that tokens may be signed with, and one that is still to come perhaps.
    keys: Vec<Jwk>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
struct Jwk {
    kty: &'static str,
    crv: &'static str,
    /// The public key: 32 bytes in base64url.
    x: String,
    /// The id of the key, as in `token_keys`.
    kid: String,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
}

impl Keys {
    /// What to publish.
    pub(crate) fn jwks(&self) -> Result<JwkSet, ApiError> {
        let mut keys = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            keys.push(Jwk {
                kty: "OKP",
                crv: "Ed25519",
                x: URL_SAFE_NO_PAD.encode(*key.pair()?.pk),
                kid: key.id.clone(),
                alg: "EdDSA",
                usage: "sig",
            });
        }
        Ok(JwkSet { keys })
    }
}
