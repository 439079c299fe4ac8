//! The secret that an app shares with us: made anew each time it is needed.

use super::code::{Code, Step};
use crate::http::ApiError;
use crate::mac::mac;
use crate::ports::Surroundings;
use crate::settings::AccountKeys;
use base32ct::{Base32UpperUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};
use stepgate_storage::Timestamp;
use subtle::ConditionallySelectable as _;
use uuid::{Builder, Uuid};

/// As long as the hash that is made with it (RFC 4226 §4, R6).
const LENGTH: usize = 20;

/// Which secret an app has.
#[derive(Serialize, Deserialize)]
pub(super) struct Seal {
    /// Of the key in `account_keys`.
    key_id: String,
    pub(super) salt: Uuid,
}

/// An app's secret.
pub(super) struct Secret([u8; LENGTH]);

impl Seal {
    /// A secret of its own, under the newest key.
    pub(super) fn new(surroundings: &impl Surroundings, keys: &AccountKeys) -> Result<Seal, ApiError> {
        let salt = Builder::from_random_bytes(surroundings.random()).into_uuid();
        Ok(Seal { key_id: keys.newest()?.id.clone(), salt })
    }

    /// The secret of this account's app.
    pub(super) fn open(&self, keys: &AccountKeys, account: Uuid) -> Result<Secret, ApiError> {
        let parts: [&[u8]; 3] = [b"stepgate totp\0", account.as_bytes(), self.salt.as_bytes()];
        let made = mac(&keys.with_id(&self.key_id)?.secret, &parts)?;
        let mut secret = [0; LENGTH];
        secret.iter_mut().zip(made).for_each(|(to, from)| *to = from);
        Ok(Secret(secret))
    }
}

impl Secret {
    pub(super) fn base32(&self) -> String {
        Base32UpperUnpadded::encode_string(&self.0)
    }

    /// Whose code it is: that of the present step or of the one before. The code is compared with both, whichever it is.
    pub(super) fn step_of(&self, code: &Code, now: Timestamp) -> Result<Option<Step>, ApiError> {
        let present = Step::at(now);
        let before = present.before();
        let is_present = Code::numbered(&self.0, present.number())?.is(code);
        let is_before = Code::numbered(&self.0, before.number())?.is(code);
        let step = Step::conditional_select(&before, &present, is_present);
        Ok(bool::from(is_present | is_before).then_some(step))
    }
}
