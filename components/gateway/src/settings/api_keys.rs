//! Who may call the API.

use super::error::SettingError;
use super::read::{is_name, read_json};
use crate::ids;
use crate::ports::Settings;
use core::num::NonZeroU32;
use serde::Deserialize;
use uuid::Uuid;

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    ReadWrite,
    ReadOnly,
    /// Reads, and decides what a bank or compliance decides.
    Operator,
}

/// One API key, by its hash.
#[derive(Clone)]
pub(crate) struct ApiKey {
    pub(crate) sha256: [u8; 32],
    pub(crate) partner: Uuid,
    /// The partner's name, as people are shown it.
    pub(crate) name: String,
    pub(crate) role: Role,
    /// How many requests it may make in a minute; any number if none.
    pub(crate) requests_per_minute: Option<NonZeroU32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiKeyText {
    sha256: String,
    partner: String,
    name: String,
    role: Role,
    #[serde(default)]
    requests_per_minute: Option<NonZeroU32>,
}

pub(super) fn api_keys(settings: &impl Settings) -> Result<Vec<ApiKey>, SettingError> {
    const NAME: &str = "api_keys";
    let texts: Vec<ApiKeyText> = read_json(settings, NAME)?;
    let mut keys: Vec<ApiKey> = Vec::with_capacity(texts.len());
    for (place, text) in texts.into_iter().enumerate() {
        let wrong = |what: &str| SettingError::new(NAME, format!("entry {}: {what}", place + 1));
        let mut sha256 = [0; 32];
        let decoded = base16ct::lower::decode(&text.sha256, &mut sha256);
        if !decoded.is_ok_and(|bytes| bytes.len() == 32) {
            return Err(wrong("sha256 must be 64 lower-case hexadecimal digits"));
        }
        let partner = ids::parse(&text.partner).ok_or_else(|| wrong("partner must be a UUID"))?;
        if !is_name(&text.name) {
            return Err(wrong("name must be 1 to 80 characters on one line"));
        }
        if keys.iter().any(|key| key.sha256 == sha256) {
            return Err(wrong("the same sha256 stands there twice"));
        }
        keys.push(ApiKey {
            sha256,
            partner,
            name: text.name,
            role: text.role,
            requests_per_minute: text.requests_per_minute,
        });
    }
    Ok(keys)
}
