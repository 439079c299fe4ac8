//! The secrets that deliveries are signed with.
//!
//! None of them is stored. A webhook's secret is a keyed hash of its id and a salt, under a key of the deployment's
//! (the setting `webhook_keys`), so whoever reads the store can sign nothing. Another salt makes another secret.

use crate::http::ApiError;
use crate::mac::mac;
use crate::ports::Settings;
use crate::ports::challenges::Key;
use crate::settings::{Environment, SettingError, read, webhook_keys};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What Standard Webhooks begin a secret with.
const PREFIX: &str = "whsec_";

/// Which secret a webhook has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Seal {
    /// Of the key in `webhook_keys`.
    key_id: String,
    salt: Uuid,
}

/// A webhook's secret.
pub(super) struct Secret([u8; 32]);

/// Whether there are webhooks at all.
pub(super) fn webhooks_are_on(settings: &impl Settings) -> Result<bool, SettingError> {
    Ok(read(settings, "webhook_keys")?.is_some())
}

impl Seal {
    /// A secret of its own, under the newest key.
    pub(super) fn new(settings: &impl Settings, salt: Uuid) -> Result<Seal, ApiError> {
        let keys = keys(settings)?;
        let newest = keys.first().ok_or(ApiError::NotFound)?;
        Ok(Seal { key_id: newest.id.clone(), salt })
    }

    /// The secret of the webhook with this id.
    pub(super) fn open(&self, settings: &impl Settings, webhook: Uuid) -> Result<Secret, ApiError> {
        let keys = keys(settings)?;
        let key = keys.iter().find(|key| key.id == self.key_id).ok_or_else(|| {
            ApiError::Internal(
                "setting webhook_keys: a key that webhooks were registered under is gone".into(),
            )
        })?;
        let parts: [&[u8]; 3] = [b"stepgate webhook\0", webhook.as_bytes(), self.salt.as_bytes()];
        Ok(Secret(mac(&key.secret, &parts)?))
    }
}

impl Secret {
    /// As it is shown, once.
    pub(super) fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    /// The key of Standard Webhooks: what stands behind the prefix, decoded.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn keys(settings: &impl Settings) -> Result<Vec<Key>, ApiError> {
    Ok(webhook_keys(settings, Environment::load(settings)?)?)
}
