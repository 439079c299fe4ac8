//! The settings that the component itself reads. They are checked here by its own rules, so that a mistake shows at
//! the start and not in the first request.

use super::{Environment, WrongSetting};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::num::NonZeroU32;
use uuid::Uuid;

/// The API key that the sandbox comes with. The whole world knows it, so production refuses it.
pub(crate) const SANDBOX_API_KEY: &str = "sandbox-key";
/// The id of the MAC key that the sandbox has on Spin, where it is in the manifest; refused likewise.
const PUBLISHED_MAC_KEY_ID: &str = "sandbox-only";

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    ReadWrite,
    ReadOnly,
    Operator,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiKeyText {
    sha256: String,
    partner: String,
    name: String,
    role: Role,
    requests_per_minute: Option<NonZeroU32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MacKeyText {
    id: String,
    secret: String,
}

/// A document that customers have to sign.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// A UUID.
    id: String,
    url: String,
    display_name: String,
}

pub(super) struct RawGuest {
    pub(super) base_url: Option<String>,
    pub(super) texts: [(&'static str, Option<String>); 3],
    pub(super) code_lifetime_seconds: Option<u32>,
    pub(super) code_attempts: Option<u32>,
    pub(super) resend_cooldown_seconds: Option<u32>,
    pub(super) identification_lifetime_days: Option<u32>,
    pub(super) idempotency_key_required: Option<bool>,
    pub(super) required_signings: Option<Vec<Document>>,
    pub(super) api_keys: Option<Vec<ApiKeyText>>,
    pub(super) mac_keys: Option<Vec<MacKeyText>>,
    pub(super) webhook_keys: Option<Vec<MacKeyText>>,
}

/// An API key, by its hash.
#[derive(Serialize)]
pub(crate) struct ApiKey {
    sha256: String,
    /// A UUID in its usual form.
    partner: String,
    name: String,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests_per_minute: Option<NonZeroU32>,
}

/// A secret that codes and links are sealed with, or one that those of webhooks are made from.
#[derive(Serialize)]
pub(crate) struct MacKey {
    id: String,
    secret: String,
}

/// Settings for the component. What is none has a default: there, or in the sandbox.
pub(crate) struct Guest {
    pub(crate) base_url: Option<String>,
    /// Those that are text, by name.
    pub(crate) texts: Vec<(&'static str, String)>,
    pub(crate) code_lifetime_seconds: Option<u32>,
    pub(crate) code_attempts: Option<u32>,
    pub(crate) resend_cooldown_seconds: Option<u32>,
    pub(crate) identification_lifetime_days: Option<u32>,
    pub(crate) idempotency_key_required: Option<bool>,
    pub(crate) required_signings: Option<Vec<Document>>,
    pub(crate) api_keys: Option<Vec<ApiKey>>,
    pub(crate) mac_keys: Option<Vec<MacKey>>,
    pub(crate) webhook_keys: Option<Vec<MacKey>>,
}

impl ApiKey {
    /// A key given as such, not by its hash.
    pub(crate) fn of(key: &str, partner: Uuid, name: &str, role: Role) -> Self {
        Self {
            sha256: sha256(key),
            partner: partner.to_string(),
            name: name.into(),
            role,
            requests_per_minute: None,
        }
    }
}

impl MacKey {
    pub(crate) fn new(id: &str, secret: &[u8; 32]) -> Self {
        Self { id: id.into(), secret: STANDARD.encode(secret) }
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Guest {
    pub(super) fn check(raw: RawGuest, environment: Environment) -> Result<Self, WrongSetting> {
        let production = environment == Environment::Production;
        if production {
            let required = [
                ("api_keys", raw.api_keys.is_some()),
                ("mac_keys", raw.mac_keys.is_some()),
                ("base_url", raw.base_url.is_some()),
            ];
            if let Some((name, _)) = required.iter().find(|(_, given)| !given) {
                return Err(WrongSetting::new(*name, "is required in production"));
            }
        }
        if let Some(url) = &raw.base_url {
            check_base_url(url, production)?;
        }
        let texts: Vec<_> = raw.texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
        check_texts(&texts)?;
        for (name, value, least, most) in [
            ("code_lifetime_seconds", raw.code_lifetime_seconds, 1, 3_600),
            ("code_attempts", raw.code_attempts, 1, 10),
            ("resend_cooldown_seconds", raw.resend_cooldown_seconds, 0, 86_400),
            ("identification_lifetime_days", raw.identification_lifetime_days, 1, 365),
        ] {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                let why = format!("must be a whole number from {least} to {most}");
                return Err(WrongSetting::new(name, why));
            }
        }
        let mac_keys =
            |name, keys: Option<_>| keys.map(|keys| check_mac_keys(name, keys, production)).transpose();
        Ok(Self {
            base_url: raw.base_url,
            texts,
            code_lifetime_seconds: raw.code_lifetime_seconds,
            code_attempts: raw.code_attempts,
            resend_cooldown_seconds: raw.resend_cooldown_seconds,
            identification_lifetime_days: raw.identification_lifetime_days,
            idempotency_key_required: raw.idempotency_key_required,
            required_signings: raw.required_signings.map(check_required_signings).transpose()?,
            api_keys: raw.api_keys.map(|keys| check_api_keys(keys, production)).transpose()?,
            mac_keys: mac_keys("mac_keys", raw.mac_keys)?,
            webhook_keys: mac_keys("webhook_keys", raw.webhook_keys)?,
        })
    }
}

fn check_texts(texts: &[(&'static str, String)]) -> Result<(), WrongSetting> {
    for (name, text) in texts {
        let (good, why) = match *name {
            "sender_name" => (is_name(text), "must be 1 to 80 characters on one line"),
            "autoramp_status_spelling" => (
                matches!(text.as_str(), "authorization-required" | "published"),
                "must be authorization-required or published",
            ),
            _ => (
                matches!(text.as_str(), "third-party" | "all")
                    || text.split(',').all(|id| id.trim().parse::<Uuid>().is_ok()),
                "must be third-party, all, or ids of partners with commas between",
            ),
        };
        if !good {
            return Err(WrongSetting::new(*name, why));
        }
    }
    Ok(())
}

fn check_base_url(url: &str, production: bool) -> Result<(), WrongSetting> {
    let wrong = |why| Err(WrongSetting::new("base_url", why));
    let Ok(uri) = url.parse::<http::Uri>() else { return wrong("must be an absolute URL") };
    let Some(authority) = uri.authority() else { return wrong("must be an absolute URL") };
    if uri.query().is_some() || url.contains('#') || authority.as_str().contains('@') {
        return wrong("must have no query, fragment or user");
    }
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if !production => Ok(()),
        _ if production => wrong("must start with https:// in production"),
        _ => wrong("must start with https:// or http://"),
    }
}

fn check_api_keys(texts: Vec<ApiKeyText>, production: bool) -> Result<Vec<ApiKey>, WrongSetting> {
    if texts.is_empty() {
        return Err(WrongSetting::new("api_keys", "must hold at least one key"));
    }
    let known = sha256(SANDBOX_API_KEY);
    let mut hashes = HashSet::new();
    let check = |(index, text): (usize, ApiKeyText)| {
        let wrong =
            |field: &str, why: &str| Err(WrongSetting::new(format!("api_keys[{index}].{field}"), why));
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.sha256.len() != 64 || !text.sha256.bytes().all(is_hex) {
            return wrong("sha256", "must be 64 lower-case hexadecimal digits");
        }
        if production && text.sha256 == known {
            return wrong("sha256", "is the sandbox's key, which everybody knows");
        }
        if !hashes.insert(text.sha256.clone()) {
            return wrong("sha256", "is there twice");
        }
        let Ok(partner) = text.partner.parse::<Uuid>() else { return wrong("partner", "must be a UUID") };
        if !is_name(&text.name) {
            return wrong("name", "must be 1 to 80 characters on one line");
        }
        Ok(ApiKey {
            sha256: text.sha256,
            partner: partner.to_string(),
            name: text.name,
            role: text.role,
            requests_per_minute: text.requests_per_minute,
        })
    };
    texts.into_iter().enumerate().map(check).collect()
}

/// `name`: the setting they stand in.
fn check_mac_keys(name: &str, texts: Vec<MacKeyText>, production: bool) -> Result<Vec<MacKey>, WrongSetting> {
    if texts.is_empty() {
        return Err(WrongSetting::new(name, "must hold at least one key"));
    }
    let mut ids = HashSet::new();
    let check = |(index, text): (usize, MacKeyText)| {
        let wrong = |field: &str, why: &str| Err(WrongSetting::new(format!("{name}[{index}].{field}"), why));
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=16).contains(&text.id.len()) || !text.id.bytes().all(is_id) {
            return wrong("id", "must be 1 to 16 characters of A-Z, a-z, 0-9, _ and -");
        }
        if production && text.id == PUBLISHED_MAC_KEY_ID {
            return wrong("id", "is the sandbox's key, which everybody knows");
        }
        if !ids.insert(text.id.clone()) {
            return wrong("id", "is there twice");
        }
        if !STANDARD.decode(&text.secret).is_ok_and(|secret| (32..=128).contains(&secret.len())) {
            return wrong("secret", "must be base64 of 32 to 128 bytes");
        }
        Ok(MacKey { id: text.id, secret: text.secret })
    };
    texts.into_iter().enumerate().map(check).collect()
}

fn check_required_signings(documents: Vec<Document>) -> Result<Vec<Document>, WrongSetting> {
    if documents.len() > 20 {
        return Err(WrongSetting::new("required_signings", "must hold 20 documents at most"));
    }
    let mut ids = HashSet::new();
    for (index, document) in documents.iter().enumerate() {
        let wrong = |field: &str, why: &str| {
            Err(WrongSetting::new(format!("required_signings[{index}].{field}"), why))
        };
        let Ok(id) = document.id.parse::<Uuid>() else { return wrong("id", "must be a UUID") };
        if !ids.insert(id) {
            return wrong("id", "is there twice");
        }
        let uri = document.url.parse::<http::Uri>().ok();
        if !uri.is_some_and(|uri| uri.scheme_str() == Some("https") && uri.authority().is_some()) {
            return wrong("url", "must be an absolute URL that starts with https://");
        }
        if !is_name(&document.display_name) {
            return wrong("display_name", "must be 1 to 80 characters on one line");
        }
    }
    Ok(documents)
}

/// A name that is put into mails and subject lines.
fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(char::is_control)
}
