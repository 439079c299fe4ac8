//! What lets its bearer set a new password, once: a signed text that says whose, and until when.
//!
//! It is signed with the keys of access tokens under a type of its own, so neither passes for the other. It is bound to the
//! account's epoch and to the password that it replaces: with a new password, or a lock, it is void.

use super::access::{ACCOUNT, subject};
use super::keys::{Keys, is_signed, sign};
use crate::http::ApiError;
use crate::ports::Surroundings;
use crate::{ids, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, Store, StoreError, Timestamp};
use uuid::Uuid;

/// How long it works.
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);

/// The longest that is looked at, in bytes.
const LONGEST: usize = 2048;

/// What is let.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reset {
    pub(crate) account: Uuid,
    /// The account's, when the address was confirmed.
    pub(crate) epoch: u64,
    /// When the password was set that is replaced.
    pub(crate) password_of: Timestamp,
    /// Of this permission. Its time is that of its making.
    pub(crate) id: Uuid,
}

/// A claim that is not known here refuses the text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    iss: String,
    sub: String,
    jti: Uuid,
    ep: u64,
    pwd: u64,
}

impl Reset {
    pub(crate) fn new(
        surroundings: &impl Surroundings,
        account: Uuid,
        epoch: u64,
        password_of: Timestamp,
        now: Timestamp,
    ) -> Reset {
        Reset { account, epoch, password_of, id: ids::new(surroundings, now) }
    }

    /// Uses it up. Answers whether it was unused.
    ///
    /// Store operations: 1.
    pub(crate) fn claim(&self, store: &impl Store) -> Result<bool, StoreError> {
        let Some(made_at) = ids::made_at(self.id) else { return Ok(false) };
        let key = CounterKey::until(made_at.day().plus(2), &format!("reset/{}", self.id));
        Ok(store.add(&key, 1)? == 1)
    }
}

impl Keys {
    pub(crate) fn sign_reset(&self, reset: &Reset) -> Result<String, ApiError> {
        let key = self.newest()?;
        let written = Written {
            iss: self.issuer.clone(),
            sub: subject(reset.account),
            jti: reset.id,
            ep: reset.epoch,
            pwd: reset.password_of.0,
        };
        let payload = serde_json::to_vec(&written)
            .map_err(|_| ApiError::Internal("a reset cannot be written".into()))?;
        let signed = format!("{}.{}", header(&key.id), URL_SAFE_NO_PAD.encode(payload));
        let signature = sign(&key.pair()?, &signed);
        Ok(format!("{signed}.{signature}"))
    }

    /// What a text lets its bearer do; none if it is not ours, or too old. Whether it still fits the account and was not used is
    /// for the caller to see.
    pub(crate) fn verify_reset(&self, text: &str, now: Timestamp) -> Option<Reset> {
        if text.len() > LONGEST {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (its_header, payload) = signed.split_once('.')?;
        let key = self.keys.iter().find(|key| header(&key.id) == its_header)?;
        if !is_signed(&key.pair().ok()?.pk, signed, signature) {
            return None;
        }
        let written: Written = json::from_bytes(&URL_SAFE_NO_PAD.decode(payload).ok()?)?;
        let Written { iss, sub, jti, ep, pwd } = written;
        let account = ids::parse(sub.strip_prefix(ACCOUNT)?)?;
        let in_time = now < ids::made_at(jti)? + LIFETIME;
        (iss == self.issuer && in_time).then_some(Reset {
            account,
            epoch: ep,
            password_of: Timestamp(pwd),
            id: jti,
        })
    }
}

/// The header under this key: the only one there can be.
fn header(key_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"EdDSA","kid":"{key_id}","typ":"reset+jws"}}"#))
}
