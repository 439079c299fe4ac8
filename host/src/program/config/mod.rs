//! The program's settings: read from options, environment and file, checked once, and typed from then on.

mod accounts;
mod delivery;
mod environment;
mod guest;
mod raw;
mod smtp;
mod token_keys;
mod webhooks;

use super::args::Args;
use raw::Raw;
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use stepgate_host::Limits;
use stepgate_host::delivery::Delivery;

pub(super) use accounts::Tenant;
pub(super) use guest::{ApiKey, Guest, MacKey, Role, SANDBOX_API_KEY};
pub(super) use raw::{Environment, StoreKind};
pub(super) use token_keys::TokenKey;
pub(super) use webhooks::Webhooks;

/// A setting that is wrong: its name, and why. Never its value, which may be a secret in the wrong place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongSetting {
    name: String,
    why: String,
}

impl WrongSetting {
    pub(crate) fn new(name: impl Into<String>, why: impl fmt::Display) -> Self {
        Self { name: name.into(), why: why.to_string() }
    }
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line, whatever a library has to say.
        let why = self.why.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{}: {why}", self.name)
    }
}

/// Settings that can be run with.
pub(super) struct Config {
    pub(super) environment: Environment,
    pub(super) listen: SocketAddr,
    pub(super) data: PathBuf,
    pub(super) log: tracing::level_filters::LevelFilter,
    pub(super) store: StoreKind,
    pub(super) compile_cache: bool,
    pub(super) limits: Limits,
    pub(super) delivery: Option<Arc<dyn Delivery>>,
    pub(super) webhooks: Option<Webhooks>,
    pub(super) guest: Guest,
}

impl Config {
    pub(super) fn load(
        args: &Args,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, WrongSetting> {
        let (file, table) = environment::read(environment)?;
        let path = args.config.clone().or(file);
        let mut raw = Raw::read(path.as_deref(), table)?;
        if let Some(listen) = args.listen {
            raw.listen = listen;
        }
        if let Some(data) = &args.data {
            raw.data.clone_from(data);
        }
        Self::check(raw)
    }

    fn check(mut raw: Raw) -> Result<Self, WrongSetting> {
        let environment = raw.environment()?;
        let delivery = delivery::check(raw.take_delivery(), environment)?;
        let limits = limits(&raw.limits)?;
        let log = raw
            .log
            .parse()
            .map_err(|_| WrongSetting::new("log", "must be off, error, warn, info, debug or trace"))?;
        let guest = Guest::check(raw.take_guest(), environment)?;
        let webhooks = webhooks::check(raw.take_webhooks(), guest.webhook_keys.is_some(), environment)?;
        Ok(Self {
            guest,
            webhooks,
            environment,
            listen: raw.listen,
            data: raw.data,
            log,
            store: raw.store,
            compile_cache: raw.compile_cache,
            limits,
            delivery,
        })
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bounds an operator may move. The rest fits together as it is.
fn limits(raw: &raw::Limits) -> Result<Limits, WrongSetting> {
    let defaults = Limits::default();
    let bounded = |name: &str, value: Option<u32>, default: usize, range: std::ops::RangeInclusive<u32>| {
        let Some(value) = value else { return Ok(default) };
        if !range.contains(&value) {
            let why = format!("must be a whole number from {} to {}", range.start(), range.end());
            return Err(WrongSetting::new(format!("limits.{name}"), why));
        }
        Ok(value as usize)
    };
    let seconds = |name: &str, value: Option<u32>, default: Duration, range| {
        let seconds = bounded(name, value, default.as_secs() as usize, range)?;
        Ok(Duration::from_secs(seconds as u64))
    };
    let instances = bounded("instances", raw.instances, defaults.instances as usize, 1..=1_000)?;
    Ok(Limits {
        connections: bounded("connections", raw.connections, defaults.connections, 1..=100_000)?,
        requests: bounded("requests", raw.requests, defaults.requests, 1..=100_000)?,
        instances: u32::try_from(instances).unwrap_or(defaults.instances),
        requests_per_instance: bounded(
            "requests_per_instance",
            raw.requests_per_instance,
            defaults.requests_per_instance,
            1..=1_000_000,
        )?,
        // Not below the guest's fence of 10 s: it would be cut off before it can say what became of a code. Nor below
        // what a run of the webhooks takes: it would be cut off before it can say what became of them.
        request_time: seconds("request_seconds", raw.request_seconds, defaults.request_time, 15..=120)?,
        receive_time: seconds("receive_seconds", raw.receive_seconds, defaults.receive_time, 1..=120)?,
        shutdown_time: seconds("shutdown_seconds", raw.shutdown_seconds, defaults.shutdown_time, 0..=600)?,
        // A quarter of them each.
        large_instances: u32::try_from(instances / 4).unwrap_or(defaults.large_instances),
        spare_instances: u32::try_from(instances / 4).unwrap_or(defaults.spare_instances),
        ..defaults
    })
}
