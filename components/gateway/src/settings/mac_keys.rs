//! What codes and links are sealed with, and what the secrets of webhooks are made from. Settings of keys are read here.

use super::environment::Environment;
use super::error::SettingError;
use super::read::read_json;
use crate::ports::Settings;
use crate::ports::challenges::Key;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// The id of the MAC key that the sandbox comes with; refused in production, because the whole world knows it.
pub(super) const SANDBOX_MAC_KEY_ID: &str = "sandbox-only";
const SANDBOX_MAC_SECRET: &[u8] = b"stepgate sandbox key, no secret!";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyText {
    pub(super) id: String,
    /// Of keys that are secret altogether.
    secret: Option<String>,
    /// Of keys that have a public half. In one type with the others, because reading another one takes 3 KiB of the component.
    seed: Option<String>,
}

impl KeyText {
    pub(super) fn secret(&self) -> Option<&str> {
        self.secret.as_deref().filter(|_| self.seed.is_none())
    }

    pub(super) fn seed(&self) -> Option<&str> {
        self.seed.as_deref().filter(|_| self.secret.is_none())
    }
}

/// The keys that codes and links are sealed with, newest first.
pub(crate) fn mac_keys(settings: &impl Settings, environment: Environment) -> Result<Vec<Key>, SettingError> {
    keys(settings, "mac_keys", environment)
}

/// The keys that the secrets of webhooks are made from, newest first.
pub(crate) fn webhook_keys(
    settings: &impl Settings,
    environment: Environment,
) -> Result<Vec<Key>, SettingError> {
    keys(settings, "webhook_keys", environment)
}

/// The keys in a setting, newest first; at least one.
pub(super) fn keys(
    settings: &impl Settings,
    name: &'static str,
    environment: Environment,
) -> Result<Vec<Key>, SettingError> {
    let texts: Vec<KeyText> = read_json(settings, name)?;
    if texts.is_empty() {
        return Err(SettingError::new(name, "must hold at least one key"));
    }
    let mut keys: Vec<Key> = Vec::with_capacity(texts.len());
    for (place, text) in texts.into_iter().enumerate() {
        let wrong = |what: &str| SettingError::new(name, format!("entry {}: {what}", place + 1));
        check_id(&text.id, environment).map_err(wrong)?;
        if keys.iter().any(|key| key.id == text.id) {
            return Err(wrong("the same id stands there twice"));
        }
        let secret = text.secret().ok_or_else(|| wrong("must have id and secret"))?;
        let secret = STANDARD.decode(secret).map_err(|_| wrong("secret must be base64"))?;
        if environment == Environment::Production && secret == SANDBOX_MAC_SECRET {
            return Err(wrong("is the sandbox's key, in production"));
        }
        if !(32..=128).contains(&secret.len()) {
            return Err(wrong("secret must be 32 to 128 bytes"));
        }
        keys.push(Key { id: text.id, secret });
    }
    Ok(keys)
}

/// What every list of keys asks of an id.
pub(super) fn check_id(id: &str, environment: Environment) -> Result<(), &'static str> {
    let id_bytes = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !(1..=16).contains(&id.len()) || !id.bytes().all(id_bytes) {
        return Err("id must be 1 to 16 characters of A-Z, a-z, 0-9, _ and -");
    }
    if environment == Environment::Production && id == SANDBOX_MAC_KEY_ID {
        return Err("is the sandbox's key, in production");
    }
    Ok(())
}
