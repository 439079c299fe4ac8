//! From settings to a server, and to its end.

use super::config::{Config, Environment, Guest, StoreKind, WrongSetting};
use super::{folder, logging, sandbox, welcome};
use futures::FutureExt as _;
use serde::Serialize;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use stepgate_host::clock::SystemClock;
use stepgate_host::store::{MemoryStore, RedbOptions, RedbStore, Store};
use stepgate_host::{FixedSettings, Harness, WebhookRunToken};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// A start that takes longer than this says why.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long what is left of the runtime may take at the end.
const REMAINDER: Duration = Duration::from_secs(1);

/// Why the program ended.
pub(crate) enum Failed {
    /// Because of a setting.
    Setting(WrongSetting),
    /// Because of something else.
    Running(String),
}

impl From<WrongSetting> for Failed {
    fn from(wrong: WrongSetting) -> Self {
        Self::Setting(wrong)
    }
}

pub(super) fn run(config: Config) -> Result<(), Failed> {
    logging::start(config.log);
    let runtime = Runtime::new().map_err(|error| Failed::Running(format!("no runtime: {error}")))?;
    let store = runtime.block_on(serve(config))?;
    // Whatever still runs lets go of the store first; then it writes what is left.
    runtime.shutdown_timeout(REMAINDER);
    drop(store);
    Ok(())
}

async fn serve(config: Config) -> Result<Arc<dyn Store>, Failed> {
    let stop = stop_signal()?.shared();
    let sandbox = config.environment == Environment::Sandbox;
    let data = &config.data;
    folder::prepare(data)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| WrongSetting::new("listen", format!("{}: {error}", config.listen)))?;
    let address = listener.local_addr().map_err(|error| Failed::Running(error.to_string()))?;
    let (outbound, run_token) = match config.webhooks {
        Some(webhooks) => {
            let token = webhooks.run_token.unwrap_or_else(WebhookRunToken::random);
            (Some(webhooks.outbound), Some(token))
        }
        None => (None, None),
    };
    let settings = settings(config.guest, config.environment, data, address, run_token.as_ref())?;
    let store = open_store(config.store, data)?;

    let mut builder = Harness::builder()
        .component(stepgate_artifacts::APP)
        .store(store.clone())
        .settings(Arc::new(settings))
        .limits(config.limits);
    if let Some(delivery) = config.delivery {
        builder = builder.delivery(delivery);
    }
    if let Some(outbound) = outbound {
        builder = builder.outbound(outbound);
    }
    if config.compile_cache {
        builder = builder.cache(data.join(folder::COMPILED));
    }
    let harness = patiently(tokio::task::spawn_blocking(|| builder.build()))
        .await
        .map_err(|error| Failed::Running(error.to_string()))?
        .map_err(|error| Failed::Running(error.to_string()))?;

    tracing::info!(%address, environment = config.environment.as_str(), "started");
    if sandbox {
        tracing::warn!("this is a sandbox: the code 123456 confirms everything");
    }
    welcome::print(address, sandbox);
    let webhooks = async {
        if let Some(token) = &run_token {
            harness.deliver_webhooks(token, stop.clone()).await;
        }
    };
    tokio::join!(harness.serve(listener, stop.clone()), webhooks);
    tracing::info!("stopped");
    Ok(store)
}

/// Says what takes so long.
async fn patiently<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    eprintln!("Compiling the component for this machine. Only a first start does that...");
    work.await
}

fn open_store(kind: StoreKind, data: &Path) -> Result<Arc<dyn Store>, Failed> {
    let clock = Arc::new(SystemClock::new());
    Ok(match kind {
        StoreKind::Memory => Arc::new(MemoryStore::new(clock)),
        StoreKind::Redb => {
            let file = data.join("stepgate.redb");
            let store = RedbStore::open(&file, &RedbOptions::default(), clock);
            Arc::new(store.map_err(|error| Failed::Running(error.to_string()))?)
        }
    })
}

/// What the component is told, by the names in docs/settings.md.
fn settings(
    guest: Guest,
    environment: Environment,
    data: &Path,
    address: SocketAddr,
    webhook_run_token: Option<&WebhookRunToken>,
) -> Result<FixedSettings, Failed> {
    // Production never gets here without keys and address of its own.
    let api_keys = guest.api_keys.unwrap_or_else(|| vec![sandbox::api_key()]);
    let mac_keys = keys(guest.mac_keys, data, sandbox::mac_key)?;
    let base_url = guest.base_url.unwrap_or_else(|| welcome::url(address));
    let mut settings = vec![
        ("environment", environment.as_str().to_owned()),
        ("base_url", base_url),
        ("api_keys", json(&api_keys)?),
        ("mac_keys", json(&mac_keys)?),
    ];
    if environment == Environment::Sandbox && !guest.texts.iter().any(|(name, _)| *name == "sms_countries") {
        // Nothing is sent, so it costs nothing.
        settings.push(("sms_countries", "*".into()));
    }
    settings.extend(guest.texts);
    settings
        .extend(guest.idempotency_key_required.map(|must| ("idempotency_key_required", must.to_string())));
    if let Some(documents) = &guest.required_signings {
        settings.push(("required_signings", json(documents)?));
    }
    if let Some(token) = webhook_run_token {
        settings.push(("webhook_keys", json(&keys(guest.webhook_keys, data, sandbox::webhook_key)?)?));
        settings.push(("webhook_run_token", token.as_str().to_owned()));
    }
    settings.extend(guest.numbers.into_iter().map(|(name, number)| (name, number.to_string())));
    let accounts = match (guest.accounts, environment) {
        (None, Environment::Sandbox) => Some(vec![sandbox::tenant()]),
        (given, _) => given,
    };
    if let Some(tenants) = &accounts {
        settings.push(("accounts", json(tenants)?));
        settings.push(("account_keys", json(&keys(guest.account_keys, data, sandbox::account_key)?)?));
        settings.push(("token_keys", json(&keys(guest.token_keys, data, sandbox::token_key)?)?));
    }
    Ok(FixedSettings::from_iter(settings))
}

/// Those that were given; else the one that the sandbox keeps in its folder.
fn keys<K>(
    given: Option<Vec<K>>,
    data: &Path,
    kept: impl Fn(&Path) -> io::Result<K>,
) -> Result<Vec<K>, WrongSetting> {
    match given {
        Some(keys) => Ok(keys),
        None => match kept(data) {
            Ok(key) => Ok(vec![key]),
            Err(error) => {
                Err(WrongSetting::new("data", format!("a key in the folder cannot be used: {error}")))
            }
        },
    }
}

fn json(value: &impl Serialize) -> Result<String, Failed> {
    serde_json::to_string(value).map_err(|error| Failed::Running(error.to_string()))
}

/// Resolves at SIGTERM and at ctrl-c. Listens from now on.
fn stop_signal() -> Result<impl Future<Output = ()>, Failed> {
    let listen = |kind| signal(kind).map_err(|error| Failed::Running(format!("no signals: {error}")));
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
