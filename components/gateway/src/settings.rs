//! The deployment's settings, typed. `docs/settings.md` says what each is for.
//!
//! Nothing is kept between requests: a route reads what it needs, when it needs it. A setting that is wrong fails the
//! request with its name in the log; its value is in no message, because it may be a secret in the wrong place.

use crate::http::ApiError;
use crate::ids;
use crate::ports::challenges::{Key, Policy};
use crate::ports::{SettingUnavailable, Settings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::num::NonZeroU32;
use core::time::Duration;
use http::Uri;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The API key that the sandbox comes with. In production it is refused, because the whole world knows it.
const SANDBOX_API_KEY: &str = "sandbox-key";
/// The id of the MAC key that the sandbox comes with; refused in production likewise.
const SANDBOX_MAC_KEY_ID: &str = "sandbox-only";
const SANDBOX_MAC_SECRET: &[u8] = b"stepgate sandbox key, no secret!";

/// How many seconds lie between two messages about one thing, where nothing is set. A new code has new attempts, so this also
/// bounds how fast codes can be guessed by whoever may ask for new ones.
fn default_cooldown(environment: Environment) -> u32 {
    if environment.is_sandbox() { 0 } else { 30 }
}

/// A setting that cannot be used, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SettingError {
    name: &'static str,
    why: String,
}

impl SettingError {
    pub(crate) fn new(name: &'static str, why: impl Into<String>) -> SettingError {
        SettingError { name, why: why.into() }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> ApiError {
        ApiError::Internal(format!("setting {}: {}", error.name, error.why))
    }
}

/// What this deployment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    /// For trying things out: a static code, an inbox in place of mail.
    Sandbox,
    /// For real; also where nothing is set.
    Production,
}

impl Environment {
    pub(crate) fn load(settings: &impl Settings) -> Result<Environment, SettingError> {
        match read(settings, "environment")?.as_deref() {
            Some("sandbox") => Ok(Environment::Sandbox),
            None | Some("production") => Ok(Environment::Production),
            Some(_) => Err(SettingError::new("environment", "must be sandbox or production")),
        }
    }

    pub(crate) fn is_sandbox(self) -> bool {
        self == Environment::Sandbox
    }
}

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    ReadWrite,
    ReadOnly,
    /// Reads, and decides over identifications.
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

fn api_keys(settings: &impl Settings) -> Result<Vec<ApiKey>, SettingError> {
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MacKeyText {
    id: String,
    secret: String,
}

/// The keys that codes and links are sealed with, newest first.
pub(crate) fn mac_keys(settings: &impl Settings, environment: Environment) -> Result<Vec<Key>, SettingError> {
    const NAME: &str = "mac_keys";
    let texts: Vec<MacKeyText> = read_json(settings, NAME)?;
    if texts.is_empty() {
        return Err(SettingError::new(NAME, "must hold at least one key"));
    }
    let mut keys: Vec<Key> = Vec::with_capacity(texts.len());
    for (place, text) in texts.into_iter().enumerate() {
        let wrong = |what: &str| SettingError::new(NAME, format!("entry {}: {what}", place + 1));
        let id_bytes = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=16).contains(&text.id.len()) || !text.id.bytes().all(id_bytes) {
            return Err(wrong("id must be 1 to 16 characters of A-Z, a-z, 0-9, _ and -"));
        }
        if environment == Environment::Production && text.id == SANDBOX_MAC_KEY_ID {
            return Err(wrong("is the sandbox's key, in production"));
        }
        if keys.iter().any(|key| key.id == text.id) {
            return Err(wrong("the same id stands there twice"));
        }
        let secret = STANDARD.decode(&text.secret).map_err(|_| wrong("secret must be base64"))?;
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

/// What issuing a code needs beyond that.
pub(crate) struct IssueSettings {
    pub(crate) base_url: BaseUrl,
    pub(crate) policy: Policy,
    pub(crate) sender_name: String,
}

impl IssueSettings {
    pub(crate) fn load(
        settings: &impl Settings,
        environment: Environment,
    ) -> Result<IssueSettings, SettingError> {
        let attempts = number(settings, "code_attempts", 1, 10, 5)?;
        Ok(IssueSettings {
            base_url: BaseUrl::load(settings, environment)?,
            policy: Policy {
                lifetime_seconds: number(settings, "code_lifetime_seconds", 1, 3600, 600)?,
                attempts: u8::try_from(attempts).unwrap_or(u8::MAX),
                cooldown_seconds: number(
                    settings,
                    "resend_cooldown_seconds",
                    0,
                    86_400,
                    default_cooldown(environment),
                )?,
                sandbox: environment.is_sandbox(),
            },
            sender_name: sender_name(settings)?,
        })
    }
}

/// What making an identification needs.
pub(crate) struct IdentificationSettings {
    pub(crate) base_url: BaseUrl,
    /// How long its link works.
    pub(crate) lifetime: Duration,
}

impl IdentificationSettings {
    pub(crate) fn load(
        settings: &impl Settings,
        environment: Environment,
    ) -> Result<IdentificationSettings, SettingError> {
        let days = number(settings, "identification_lifetime_days", 1, 365, 30)?;
        Ok(IdentificationSettings {
            base_url: BaseUrl::load(settings, environment)?,
            lifetime: Duration::from_secs(u64::from(days) * 86_400),
        })
    }
}

/// Whether `IDEMPOTENCY-KEY` has to be given where it may be left out.
pub(crate) fn idempotency_key_required(settings: &impl Settings) -> Result<bool, SettingError> {
    const NAME: &str = "idempotency_key_required";
    match read(settings, NAME)?.as_deref().map(str::trim) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(SettingError::new(NAME, "must be true or false")),
    }
}

/// A document that a customer has to sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = RequiredSigning))]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) id: Uuid,
    pub(crate) url: String,
    pub(crate) display_name: String,
}

/// The most documents there can be: each is looked up for each customer that is shown.
const MOST_DOCUMENTS: usize = 20;

/// What customers have to sign.
pub(crate) fn required_signings(settings: &impl Settings) -> Result<Vec<Document>, SettingError> {
    const NAME: &str = "required_signings";
    if read(settings, NAME)?.is_none() {
        return Ok(Vec::new());
    }
    let documents: Vec<Document> = read_json(settings, NAME)?;
    if documents.len() > MOST_DOCUMENTS {
        return Err(SettingError::new(NAME, format!("must hold {MOST_DOCUMENTS} entries at most")));
    }
    for (place, document) in documents.iter().enumerate() {
        let wrong = |what: &str| SettingError::new(NAME, format!("entry {}: {what}", place + 1));
        let uri: Option<Uri> = document.url.parse().ok();
        if !uri.is_some_and(|uri| uri.scheme_str() == Some("https") && uri.authority().is_some()) {
            return Err(wrong("url must be absolute and start with https://"));
        }
        if !is_name(&document.display_name) {
            return Err(wrong("display_name must be 1 to 80 characters on one line"));
        }
        if documents.iter().take(place).any(|other| other.id == document.id) {
            return Err(wrong("the same id stands there twice"));
        }
    }
    Ok(documents)
}

fn sender_name(settings: &impl Settings) -> Result<String, SettingError> {
    const NAME: &str = "sender_name";
    let name = read(settings, NAME)?.unwrap_or_else(|| "Stepgate".into());
    if is_name(&name) {
        Ok(name)
    } else {
        Err(SettingError::new(NAME, "must be 1 to 80 characters on one line"))
    }
}

/// Where people reach the pages. Links are built from this and never from a request, whose headers anybody can write.
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    fn load(settings: &impl Settings, environment: Environment) -> Result<BaseUrl, SettingError> {
        const NAME: &str = "base_url";
        let text = read(settings, NAME)?.ok_or_else(|| SettingError::new(NAME, "is not set"))?;
        let wrong = || SettingError::new(NAME, "must be an absolute URL without query and user");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let authority = uri.authority().ok_or_else(wrong)?;
        if uri.query().is_some() || text.contains('#') || authority.as_str().contains('@') {
            return Err(wrong());
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if environment.is_sandbox() => {}
            _ => return Err(SettingError::new(NAME, "must start with https:// in production")),
        }
        Ok(BaseUrl(text.trim_end_matches('/').to_owned()))
    }

    /// Scheme, host and port, as a browser names the origin of a page here.
    pub(crate) fn origin(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let authority = rest.split('/').next().unwrap_or_default();
        let usual = if self.is_https() { ":443" } else { ":80" };
        let authority = authority.strip_suffix(usual).unwrap_or(authority);
        format!("{scheme}://{authority}").to_ascii_lowercase()
    }

    /// What stands before the path of every page: nothing, or a path without a slash at its end.
    pub(crate) fn path(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// The page of an identification.
    pub(crate) fn identification(&self, token: &str) -> String {
        format!("{}/identify/{token}", self.0)
    }

    /// The page that confirms what the token stands for.
    pub(crate) fn confirmation(&self, token: &str) -> String {
        format!("{}/confirm/{token}", self.0)
    }
}

/// A setting; one that is empty is not set.
pub(crate) fn read(settings: &impl Settings, name: &'static str) -> Result<Option<String>, SettingError> {
    match settings.setting(name) {
        Ok(value) => Ok(value.filter(|text| !text.trim().is_empty())),
        Err(SettingUnavailable) => Err(SettingError::new(name, "could not be read")),
    }
}

fn read_json<T: DeserializeOwned>(
    settings: &impl Settings,
    name: &'static str,
) -> Result<Vec<T>, SettingError> {
    let Some(text) = read(settings, name)? else { return Err(SettingError::new(name, "is not set")) };
    // The parser's own message may quote a secret; where it stopped does not.
    serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        SettingError::new(name, format!("is not the JSON it must be (line {line}, column {column})"))
    })
}

fn number(
    settings: &impl Settings,
    name: &'static str,
    least: u32,
    most: u32,
    default: u32,
) -> Result<u32, SettingError> {
    let Some(text) = read(settings, name)? else { return Ok(default) };
    let value = text.trim().parse().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| SettingError::new(name, format!("must be a whole number from {least} to {most}")))
}

/// A name that is put into mails and subject lines.
fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;

    const KEYS: &str = r#"[{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "partner":"3c90c3cc-0d44-4b50-8888-8dd25736052a","name":"Acme","role":"read-only"}]"#;
    const MACS: &str = r#"[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]"#;

    fn with(name: &str, value: &str) -> TestPorts {
        let ports = TestPorts::default();
        ports.set_setting("environment", "production");
        ports.set_setting("api_keys", KEYS);
        ports.set_setting("mac_keys", MACS);
        ports.set_setting("base_url", "https://2fa.example.com/");
        ports.set_setting(name, value);
        ports
    }

    fn load(ports: &TestPorts) -> Result<(), SettingError> {
        let api = ApiSettings::load(ports)?;
        IssueSettings::load(ports, api.environment)?;
        IdentificationSettings::load(ports, api.environment)?;
        idempotency_key_required(ports)?;
        required_signings(ports).map(drop)
    }

    #[test]
    fn unset_means_production_and_the_defaults() {
        let ports = with("environment", "");
        let api = ApiSettings::load(&ports).ok().unwrap();
        assert_eq!(api.environment, Environment::Production);
        assert_eq!(api.api_keys[0].role, Role::ReadOnly);
        let issue = IssueSettings::load(&ports, api.environment).ok().unwrap();
        assert_eq!((issue.policy.lifetime_seconds, issue.policy.attempts), (600, 5));
        assert_eq!((issue.policy.cooldown_seconds, issue.policy.sandbox), (30, false));
        assert_eq!(issue.base_url.confirmation("t"), "https://2fa.example.com/confirm/t");
    }

    #[test]
    fn a_wrong_setting_is_named_and_its_value_is_not() {
        let secret = "c2VjcmV0";
        for (name, value) in [
            ("environment", secret),
            ("api_keys", secret),
            ("api_keys", r#"[{"sha256":"c2VjcmV0","partner":"x","name":"x","role":"read-only"}]"#),
            ("api_keys", r#"[{"sha256":"","partner":"","name":"x","role":"c2VjcmV0"}]"#),
            ("mac_keys", secret),
            ("mac_keys", "[]"),
            ("mac_keys", ""),
            ("mac_keys", r#"[{"id":"k","secret":"c2VjcmV0"}]"#),
            ("mac_keys", r#"[{"id":"k","secret":["c2VjcmV0"]}]"#),
            ("base_url", ""),
            ("base_url", "c2VjcmV0"),
            ("base_url", "http://2fa.example.com"),
            ("base_url", "https://2fa.example.com/?c2VjcmV0"),
            ("base_url", "https://c2VjcmV0@2fa.example.com/"),
            ("code_lifetime_seconds", "3601"),
            ("code_attempts", "11"),
            ("code_attempts", "0"),
            ("resend_cooldown_seconds", "-1"),
            ("sender_name", "a\r\nBcc: c2VjcmV0"),
            ("identification_lifetime_days", "0"),
            ("identification_lifetime_days", "366"),
            ("idempotency_key_required", secret),
            ("required_signings", secret),
            ("required_signings", r#"[{"id":"c2VjcmV0","url":"https://a.b","display_name":"A"}]"#),
        ] {
            let error = load(&with(name, value)).unwrap_err();
            assert_eq!(error.name, name, "{value}");
            assert!(!error.why.contains(secret), "{name}: {}", error.why);
        }
        assert_eq!(load(&with("sender_name", "Acme")), Ok(()));
    }

    #[test]
    fn production_refuses_what_the_sandbox_comes_with() {
        let known = base16ct::lower::encode_string(&Sha256::digest(SANDBOX_API_KEY));
        let api_keys = KEYS.replace(&"a".repeat(64), &known);
        let mac_keys = MACS.replace("k1", SANDBOX_MAC_KEY_ID);
        for (name, value) in [("api_keys", &api_keys), ("mac_keys", &mac_keys)] {
            assert_eq!(load(&with(name, value)).unwrap_err().name, name);
            let ports = with(name, value);
            ports.set_setting("environment", "sandbox");
            assert_eq!(load(&ports), Ok(()));
        }
    }

    #[test]
    fn a_base_url_names_its_origin_as_browsers_do() {
        for (text, origin, path, is_https) in [
            ("https://2fa.example.com", "https://2fa.example.com", "", true),
            ("HTTPS://2FA.example.com:443/", "https://2fa.example.com", "", true),
            ("https://example.com:8443/a/b/", "https://example.com:8443", "/a/b", true),
            ("https://example.com:80", "https://example.com:80", "", true),
            ("http://127.0.0.1:80/x", "http://127.0.0.1", "/x", false),
            ("http://[::1]:3000", "http://[::1]:3000", "", false),
        ] {
            let url = BaseUrl::load(&with("base_url", text), Environment::Sandbox).unwrap();
            assert_eq!(
                (url.origin().as_str(), url.path(), url.is_https()),
                (origin, path, is_https),
                "{text}"
            );
        }
    }

    #[test]
    fn the_sandbox_may_do_without_tls() {
        let ports = with("base_url", "http://127.0.0.1:3000");
        ports.set_setting("environment", "sandbox");
        assert_eq!(load(&ports), Ok(()));
    }
}
