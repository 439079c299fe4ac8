//! The secret that an app shares with us: made anew each time it is needed.

use super::code::{Code, Step};
use crate::http::ApiError;
use crate::mac::mac;
use crate::ports::challenges::Key;
use base32ct::{Base32UpperUnpadded, Encoding as _};
use stepgate_storage::Timestamp;
use subtle::ConditionallySelectable as _;
use uuid::Uuid;

/// As long as the hash that is made with it (RFC 4226 §4, R6).
const LENGTH: usize = 20;

/// An app's secret.
pub(super) struct Secret([u8; LENGTH]);

impl Secret {
    /// That of this account's app with this salt.
    pub(super) fn of(key: &Key, account: Uuid, salt: Uuid) -> Result<Secret, ApiError> {
        let made = mac(&key.secret, &[b"stepgate totp\0", account.as_bytes(), salt.as_bytes()])?;
        let mut secret = [0; LENGTH];
        secret.iter_mut().zip(made).for_each(|(to, from)| *to = from);
        Ok(Secret(secret))
    }

    /// For the app.
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
