//! Settings as they are written down, before they are checked.

use super::accounts::Tenant;
use super::guest::{ApiKeyText, Document, MacKeyText, RawGuest};
use super::token_keys::TokenKey;
use super::{WrongSetting, environment};
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Environment {
    Sandbox,
    Production,
}

impl Environment {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StoreKind {
    #[default]
    Redb,
    Memory,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub(super) environment: Option<Environment>,
    pub(super) listen: SocketAddr,
    pub(super) data: PathBuf,
    pub(super) log: String,
    pub(super) store: StoreKind,
    pub(super) compile_cache: bool,
    pub(super) limits: Limits,
    smtp: Option<Smtp>,
    delivery_url: Option<String>,
    delivery_token: Option<String>,
    base_url: Option<String>,
    sender_name: Option<String>,
    sms_countries: Option<String>,
    autoramp_status_spelling: Option<String>,
    fiat_address_authorization: Option<String>,
    code_lifetime_seconds: Option<u32>,
    code_attempts: Option<u32>,
    resend_cooldown_seconds: Option<u32>,
    identification_lifetime_days: Option<u32>,
    emails_per_hour: Option<u32>,
    sms_per_day: Option<u32>,
    account_lock_minutes: Option<u32>,
    access_token_seconds: Option<u32>,
    refresh_token_days: Option<u32>,
    session_days: Option<u32>,
    idempotency_key_required: Option<bool>,
    required_signings: Option<Vec<Document>>,
    api_keys: Option<Vec<ApiKeyText>>,
    mac_keys: Option<Vec<MacKeyText>>,
    webhook_keys: Option<Vec<MacKeyText>>,
    accounts: Option<Vec<Tenant>>,
    account_keys: Option<Vec<MacKeyText>>,
    token_keys: Option<Vec<TokenKey>>,
    webhook_allowed_networks: Option<Vec<String>>,
    webhook_extra_roots: Option<PathBuf>,
    webhook_run_token: Option<String>,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            environment: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data: "stepgate-data".into(),
            log: "info".into(),
            store: StoreKind::default(),
            compile_cache: true,
            limits: Limits::default(),
            smtp: None,
            delivery_url: None,
            delivery_token: None,
            base_url: None,
            sender_name: None,
            sms_countries: None,
            autoramp_status_spelling: None,
            fiat_address_authorization: None,
            code_lifetime_seconds: None,
            code_attempts: None,
            resend_cooldown_seconds: None,
            identification_lifetime_days: None,
            emails_per_hour: None,
            sms_per_day: None,
            account_lock_minutes: None,
            access_token_seconds: None,
            refresh_token_days: None,
            session_days: None,
            idempotency_key_required: None,
            required_signings: None,
            api_keys: None,
            mac_keys: None,
            webhook_keys: None,
            accounts: None,
            account_keys: None,
            token_keys: None,
            webhook_allowed_networks: None,
            webhook_extra_roots: None,
            webhook_run_token: None,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    pub(super) connections: Option<u32>,
    pub(super) requests: Option<u32>,
    pub(super) instances: Option<u32>,
    pub(super) requests_per_instance: Option<u32>,
    pub(super) request_seconds: Option<u32>,
    pub(super) receive_seconds: Option<u32>,
    pub(super) shutdown_seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Smtp {
    pub(super) host: String,
    pub(super) port: Option<u16>,
    #[serde(default)]
    pub(super) tls: SmtpTls,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) from: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SmtpTls {
    None,
    #[default]
    StartTls,
    Tls,
}

/// How messages leave.
pub(super) struct Delivery {
    pub(super) smtp: Option<Smtp>,
    pub(super) url: Option<String>,
    pub(super) token: Option<String>,
    /// Whether some of them are SMS.
    pub(super) has_sms: bool,
}

/// How webhooks are delivered.
pub(super) struct Webhooks {
    pub(super) allowed_networks: Option<Vec<String>>,
    pub(super) extra_roots: Option<PathBuf>,
    pub(super) run_token: Option<String>,
}

impl Raw {
    /// Reads the file, and lays `over` over it.
    pub(super) fn read(file: Option<&Path>, over: Table) -> Result<Self, WrongSetting> {
        let mut table = match file {
            Some(path) => parse(path)?,
            None => Table::new(),
        };
        merge(&mut table, over);
        serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            let name = error.path().to_string();
            let message = error.inner().message();
            // Libraries quote what they do not understand, but for names.
            let why = if message.starts_with("missing field") || message.starts_with("unknown field") {
                message.to_owned()
            } else {
                environment::allowed(&name).to_owned()
            };
            WrongSetting::new(if name == "." { "settings".into() } else { name }, why)
        })
    }

    /// The environment that was asked for. The sandbox confirms everything, so it is a default only where nothing looks
    /// like more than a first try: else one forgotten line would open the door.
    pub(super) fn environment(&self) -> Result<Environment, WrongSetting> {
        if let Some(environment) = self.environment {
            return Ok(environment);
        }
        let is_https =
            |url: &String| url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        let signs = [
            ("api_keys", self.api_keys.is_some()),
            ("mac_keys", self.mac_keys.is_some()),
            ("webhook_keys", self.webhook_keys.is_some()),
            ("accounts", self.accounts.is_some()),
            ("account_keys", self.account_keys.is_some()),
            ("token_keys", self.token_keys.is_some()),
            ("smtp", self.smtp.is_some()),
            ("delivery_url", self.delivery_url.is_some()),
            ("an https base_url", self.base_url.as_ref().is_some_and(is_https)),
            ("a listen address that others can reach", !self.listen.ip().is_loopback()),
        ];
        match signs.iter().find(|(_, given)| *given) {
            Some((sign, _)) => {
                let why = format!("is required with {sign}: production or sandbox");
                Err(WrongSetting::new("environment", why))
            }
            None => Ok(Environment::Sandbox),
        }
    }

    pub(super) fn take_guest(&mut self) -> RawGuest {
        RawGuest {
            base_url: self.base_url.take(),
            texts: [
                ("sender_name", self.sender_name.take()),
                ("autoramp_status_spelling", self.autoramp_status_spelling.take()),
                ("fiat_address_authorization", self.fiat_address_authorization.take()),
                ("sms_countries", self.sms_countries.take()),
            ],
            numbers: [
                ("code_lifetime_seconds", self.code_lifetime_seconds, 1..=3_600),
                ("code_attempts", self.code_attempts, 1..=10),
                ("resend_cooldown_seconds", self.resend_cooldown_seconds, 0..=86_400),
                ("identification_lifetime_days", self.identification_lifetime_days, 1..=365),
                ("emails_per_hour", self.emails_per_hour, 1..=1_000),
                ("sms_per_day", self.sms_per_day, 1..=1_000),
                ("account_lock_minutes", self.account_lock_minutes, 15..=1_440),
                ("access_token_seconds", self.access_token_seconds, 60..=604_800),
                ("refresh_token_days", self.refresh_token_days, 1..=90),
                ("session_days", self.session_days, 1..=90),
            ],
            idempotency_key_required: self.idempotency_key_required,
            required_signings: self.required_signings.take(),
            api_keys: self.api_keys.take(),
            mac_keys: self.mac_keys.take(),
            webhook_keys: self.webhook_keys.take(),
            accounts: self.accounts.take(),
            account_keys: self.account_keys.take(),
            token_keys: self.token_keys.take(),
        }
    }

    pub(super) fn take_delivery(&mut self) -> Delivery {
        Delivery {
            smtp: self.smtp.take(),
            url: self.delivery_url.take(),
            token: self.delivery_token.take(),
            has_sms: self.sms_countries.as_ref().is_some_and(|text| !text.trim().is_empty()),
        }
    }

    pub(super) fn take_webhooks(&mut self) -> Webhooks {
        Webhooks {
            allowed_networks: self.webhook_allowed_networks.take(),
            extra_roots: self.webhook_extra_roots.take(),
            run_token: self.webhook_run_token.take(),
        }
    }
}

fn parse(path: &Path) -> Result<Table, WrongSetting> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| WrongSetting::new("config", format!("the file cannot be read: {error}")))?;
    text.parse::<Table>().map_err(|error| {
        // Its display would quote the line, and whatever secret is on it.
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        WrongSetting::new(format!("config, line {line}"), "is not valid TOML")
    })
}

fn merge(table: &mut Table, over: Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}
