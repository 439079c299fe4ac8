//! What lets its bearer set a new password, once: a signed text that says whose, and until when.
//!
//! It is signed with the keys of access tokens under a type of its own, so neither passes for the other. It is bound to the
//! account's epoch and to the password that it replaces: with a new password, or a lock, it is void.

use super::access::{ACCOUNT, subject};
use super::jws::Kind;
use super::keys::Keys;
use crate::http::ApiError;
use crate::ids;
use crate::ports::Surroundings;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{CounterKey, Store, StoreError, Timestamp};
use uuid::Uuid;

/// How long it works.
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);

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
        let written = Written {
            iss: self.issuer.clone(),
            sub: subject(reset.account),
            jti: reset.id,
            ep: reset.epoch,
            pwd: reset.password_of.0,
        };
        self.seal(Kind::Reset, &written)
    }

    /// What a text lets its bearer do; none if it is not ours, or too old. Whether it still fits the account and was not used is
    /// for the caller to see.
    pub(crate) fn verify_reset(&self, text: &str, now: Timestamp) -> Option<Reset> {
        let Written { iss, sub, jti, ep, pwd } = self.open(Kind::Reset, text)?;
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
