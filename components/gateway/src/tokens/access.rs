//! Access tokens: JWS in its compact form (RFC 7515) with `EdDSA` (RFC 8037).

use super::keys::{Keys, is_signed, sign};
use crate::http::ApiError;
use crate::{ids, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// The longest token that is made or looked at, in bytes. One has about 450; `base_url` stands in it.
const LONGEST: usize = 2048;

/// What stands before an account's UUID where a token names it.
pub(super) const ACCOUNT: &str = "usr:";

/// What an access token says of its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) account: Uuid,
    pub(crate) session: Uuid,
    /// As the header `partnerId` has it.
    pub(crate) partner: i32,
    /// The account's, which the session began under.
    pub(crate) epoch: u64,
    /// In seconds since 1970.
    pub(crate) issued_at: u64,
    /// In seconds since 1970; from then on it is refused.
    pub(crate) expires_at: u64,
}

impl Claims {
    /// `epoch`: as it was before the credentials were looked at. A token has whole seconds: it expires `lifetime` after the
    /// second it was issued in began.
    pub(crate) fn new(
        account: Uuid,
        session: Uuid,
        partner: i32,
        epoch: u64,
        now: Timestamp,
        lifetime: Duration,
    ) -> Claims {
        let issued_at = now.0 / 1000;
        let expires_at = issued_at.saturating_add(lifetime.as_secs());
        Claims { account, session, partner, epoch, issued_at, expires_at }
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not one of ours, or its key is gone.
    Invalid,
    /// It was ours until then.
    Expired {
        /// The instant it ended.
        at: Timestamp,
    },
}

/// The claims as they are written. A claim that is not known here refuses the token: it might say what it is not good for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    iss: String,
    sub: String,
    sid: Uuid,
    pid: i32,
    ep: u64,
    iat: u64,
    exp: u64,
}

impl Keys {
    /// A token that says so, under the newest key.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, ApiError> {
        let key = self.newest()?;
        let written = Written {
            iss: self.issuer.clone(),
            sub: subject(claims.account),
            sid: claims.session,
            pid: claims.partner,
            ep: claims.epoch,
            iat: claims.issued_at,
            exp: claims.expires_at,
        };
        let payload = serde_json::to_vec(&written)
            .map_err(|_| ApiError::Internal("the claims of a token cannot be written".into()))?;
        let signed = format!("{}.{}", header(&key.id), URL_SAFE_NO_PAD.encode(payload));
        let signature = sign(&key.pair()?, &signed);
        let token = format!("{signed}.{signature}");
        if token.len() > LONGEST {
            return Err(ApiError::Internal("setting base_url: is too long for tokens".into()));
        }
        Ok(token)
    }

    /// What a token says, if it is ours and has not expired. Nothing in it is read before its signature was found right: its
    /// header is compared to those that our keys have, so there is no algorithm and no key for it to choose.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refusal> {
        let claims = self.claims(token).ok_or(Refusal::Invalid)?;
        let at = Timestamp(claims.expires_at.saturating_mul(1000));
        if now >= at { Err(Refusal::Expired { at }) } else { Ok(claims) }
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (its_header, payload) = signed.split_once('.')?;
        let key = self.keys.iter().find(|key| header(&key.id) == its_header)?;
        if !is_signed(&key.pair().ok()?.pk, signed, signature) {
            return None;
        }
        let written: Written = json::from_bytes(&URL_SAFE_NO_PAD.decode(payload).ok()?)?;
        if written.iss != self.issuer {
            return None;
        }
        Some(Claims {
            account: ids::parse(written.sub.strip_prefix(ACCOUNT)?)?,
            session: written.sid,
            partner: written.pid,
            epoch: written.ep,
            issued_at: written.iat,
            expires_at: written.exp,
        })
    }
}

/// How tokens, and what is said about them, name an account.
pub(super) fn subject(account: Uuid) -> String {
    format!("{ACCOUNT}{account}")
}

/// The header of a token under this key: the only one it can have. `typ` is RFC 9068's, so that no other JWT passes for one.
fn header(key_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"EdDSA","kid":"{key_id}","typ":"at+jwt"}}"#))
}
