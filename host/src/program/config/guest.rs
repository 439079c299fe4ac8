//! The settings that the component itself reads. They are checked here by its own rules, so that a mistake shows at
//! the start and not in the first request.

use super::accounts::{self, Tenant};
use super::token_keys::{self, TokenKey};
use super::{Environment, WrongSetting, sha256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The API key that the sandbox comes with. The whole world knows it, so production refuses it.
pub(crate) const SANDBOX_API_KEY: &str = "sandbox-key";
/// The id of the keys that the sandbox has on Spin, where they are in the manifest; refused likewise.
const PUBLISHED_KEY_ID: &str = "sandbox-only";

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
    pub(super) texts: [(&'static str, Option<String>); 4],
    /// With what each may be.
    pub(super) numbers: [(&'static str, Option<u32>, RangeInclusive<u32>); 10],
    pub(super) idempotency_key_required: Option<bool>,
    pub(super) required_signings: Option<Vec<Document>>,
    pub(super) api_keys: Option<Vec<ApiKeyText>>,
    pub(super) mac_keys: Option<Vec<MacKeyText>>,
    pub(super) webhook_keys: Option<Vec<MacKeyText>>,
    pub(super) accounts: Option<Vec<Tenant>>,
    pub(super) account_keys: Option<Vec<MacKeyText>>,
    pub(super) token_keys: Option<Vec<TokenKey>>,
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

/// A secret that codes and links are sealed with, or one that those of webhooks or accounts are made from.
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
    /// Those that are whole numbers, by name.
    pub(crate) numbers: Vec<(&'static str, u32)>,
    pub(crate) idempotency_key_required: Option<bool>,
    pub(crate) required_signings: Option<Vec<Document>>,
    pub(crate) api_keys: Option<Vec<ApiKey>>,
    pub(crate) mac_keys: Option<Vec<MacKey>>,
    pub(crate) webhook_keys: Option<Vec<MacKey>>,
    pub(crate) accounts: Option<Vec<Tenant>>,
    pub(crate) account_keys: Option<Vec<MacKey>>,
    pub(crate) token_keys: Option<Vec<TokenKey>>,
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
            let keys =
                [("account_keys", raw.account_keys.is_some()), ("token_keys", raw.token_keys.is_some())];
            if let Some((name, _)) = keys.iter().find(|(_, given)| !given).filter(|_| raw.accounts.is_some())
            {
                return Err(WrongSetting::new(*name, "is required with accounts in production"));
            }
        }
        if let Some(url) = &raw.base_url {
            check_base_url(url, production)?;
        }
        let texts: Vec<_> = raw.texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
        check_texts(&texts, production)?;
        let numbers =
            raw.numbers.into_iter().filter_map(|(name, number, range)| Some((name, number?, range)));
        let numbers = numbers.map(check_number).collect::<Result<_, _>>()?;
        let mac_keys =
            |name, keys: Option<_>| keys.map(|keys| check_mac_keys(name, keys, production)).transpose();
        Ok(Self {
            base_url: raw.base_url,
            texts,
            numbers,
            idempotency_key_required: raw.idempotency_key_required,
            required_signings: raw.required_signings.map(check_required_signings).transpose()?,
            api_keys: raw.api_keys.map(|keys| check_api_keys(keys, production)).transpose()?,
            mac_keys: mac_keys("mac_keys", raw.mac_keys)?,
            webhook_keys: mac_keys("webhook_keys", raw.webhook_keys)?,
            accounts: raw.accounts.map(|tenants| accounts::check(tenants, production)).transpose()?,
            account_keys: mac_keys("account_keys", raw.account_keys)?,
            token_keys: raw.token_keys.map(|keys| token_keys::check(keys, production)).transpose()?,
        })
    }
}

fn check_texts(texts: &[(&'static str, String)], production: bool) -> Result<(), WrongSetting> {
    for (name, text) in texts {
        let (good, why) = match *name {
            "sender_name" => (is_name(text), "must be 1 to 80 characters on one line"),
            "autoramp_status_spelling" => (
                matches!(text.as_str(), "authorization-required" | "published"),
                "must be authorization-required or published",
            ),
            "sms_countries" if production && text.trim() == "*" => {
                (false, "must name the countries in production; * is for the sandbox")
            }
            "sms_countries" => {
                (is_list_of_countries(text), "must be calling codes with commas between, as in 1,44,49")
            }
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

/// Empty is not set, as for every text.
fn is_list_of_countries(text: &str) -> bool {
    let is_code = |code: &str| {
        (1..=7).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_digit())
            && !code.starts_with('0')
    };
    matches!(text.trim(), "" | "*") || text.split(',').all(|code| is_code(code.trim()))
}

fn check_number(
    (name, number, range): (&'static str, u32, RangeInclusive<u32>),
) -> Result<(&'static str, u32), WrongSetting> {
    if range.contains(&number) {
        return Ok((name, number));
    }
    let why = format!("must be a whole number from {} to {}", range.start(), range.end());
    Err(WrongSetting::new(name, why))
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
        if !is_sha256(&text.sha256) {
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
        if let Err(why) = check_id(&text.id, production) {
            return wrong("id", why);
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

/// What every list of keys asks of an id.
pub(super) fn check_id(id: &str, production: bool) -> Result<(), &'static str> {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !(1..=16).contains(&id.len()) || !id.bytes().all(is_known) {
        return Err("must be 1 to 16 characters of A-Z, a-z, 0-9, _ and -");
    }
    if production && id == PUBLISHED_KEY_ID {
        return Err("is the sandbox's key, which everybody knows");
    }
    Ok(())
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

/// The digits of a SHA-256.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A name that is put into mails and subject lines.
pub(super) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(char::is_control)
}
