//! Settings as they are written down, before they are checked.

use super::WrongSetting;
use super::guest::{ApiKeyText, MacKeyText, RawGuest};
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Environment {
    #[default]
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
    pub(super) environment: Environment,
    pub(super) listen: SocketAddr,
    pub(super) data: PathBuf,
    pub(super) log: String,
    pub(super) store: StoreKind,
    pub(super) compile_cache: bool,
    pub(super) limits: Limits,
    pub(super) smtp: Option<Smtp>,
    base_url: Option<String>,
    sender_name: Option<String>,
    code_lifetime_seconds: Option<u32>,
    code_attempts: Option<u32>,
    resend_cooldown_seconds: Option<u32>,
    api_keys: Option<Vec<ApiKeyText>>,
    mac_keys: Option<Vec<MacKeyText>>,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            environment: Environment::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data: "stepgate-data".into(),
            log: "info".into(),
            store: StoreKind::default(),
            compile_cache: true,
            limits: Limits::default(),
            smtp: None,
            base_url: None,
            sender_name: None,
            code_lifetime_seconds: None,
            code_attempts: None,
            resend_cooldown_seconds: None,
            api_keys: None,
            mac_keys: None,
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

/// What sets a value apart that must not be shown, wherever it is in the tree.
const SECRETS: [&str; 3] = ["api_keys", "mac_keys", "smtp"];

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
            // Libraries quote what they do not understand.
            let why = if SECRETS.iter().any(|secret| name.starts_with(secret)) && !is_about_a_name(&error) {
                "is not of the form it must be".into()
            } else {
                error.inner().message().to_owned()
            };
            WrongSetting::new(if name == "." { "settings".into() } else { name }, why)
        })
    }

    pub(super) fn take_guest(&mut self) -> RawGuest {
        RawGuest {
            base_url: self.base_url.take(),
            sender_name: self.sender_name.take(),
            code_lifetime_seconds: self.code_lifetime_seconds,
            code_attempts: self.code_attempts,
            resend_cooldown_seconds: self.resend_cooldown_seconds,
            api_keys: self.api_keys.take(),
            mac_keys: self.mac_keys.take(),
        }
    }
}

/// Messages about a missing or an unknown name quote names only.
fn is_about_a_name(error: &serde_path_to_error::Error<toml::de::Error>) -> bool {
    let message = error.inner().message();
    message.starts_with("missing field") || message.starts_with("unknown field")
}

fn parse(path: &Path) -> Result<Table, WrongSetting> {
    let name = || format!("config {}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| WrongSetting::new(name(), error))?;
    text.parse::<Table>().map_err(|error| {
        // Its display would quote the line, and whatever secret is on it.
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        WrongSetting::new(format!("{}, line {line}", name()), "is not valid TOML")
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
