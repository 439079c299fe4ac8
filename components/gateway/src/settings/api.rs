//! What every request to the API needs.

use super::api_keys::{ApiKey, api_keys};
use super::environment::Environment;
use super::error::SettingError;
use super::mac_keys::mac_keys;
use crate::ports::Settings;
use crate::ports::challenges::Key;
use sha2::{Digest as _, Sha256};

/// The API key that the sandbox comes with. In production it is refused, because the whole world knows it.
pub(super) const SANDBOX_API_KEY: &str = "sandbox-key";

/// What every request to the API needs.
pub(crate) struct ApiSettings {
    pub(crate) environment: Environment,
    pub(crate) api_keys: Vec<ApiKey>,
    pub(crate) mac_keys: Vec<Key>,
}

impl ApiSettings {
    pub(crate) fn load(settings: &impl Settings) -> Result<ApiSettings, SettingError> {
        let environment = Environment::load(settings)?;
        let mac_keys = mac_keys(settings, environment)?;
        let api_keys = api_keys(settings)?;
        if environment == Environment::Production {
            let known: [u8; 32] = Sha256::digest(SANDBOX_API_KEY).into();
            if api_keys.iter().any(|key| key.sha256 == known) {
                return Err(SettingError::new("api_keys", "holds the sandbox's key in production"));
            }
        }
        Ok(ApiSettings { environment, api_keys, mac_keys })
    }
}
