//! The service under test, running.

use crate::clock::MovableClock;
use crate::keys::{self, Key, ONE, TWO};
use crate::log::Log;
use crate::portal::{BRIDGE_SECRET, PARTNER_ID};
use crate::redis_server::Redis;
use crate::spin_host::{self, Moment, SpinHost};
use crate::{
    Answer, Caller, ChangingSettings, Client, Effect, Faults, FaultyStore, Host, Mail, Outbox, Portal,
    postbox,
};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stepgate_host::store::{MemoryStore, RedbOptions, RedbStore, Store};
use stepgate_host::{Harness, HarnessBuilder, Limits, Outbound, WebhookRunToken};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Where people reach the service in production. Nothing listens there; links must begin with it all the same.
pub const PRODUCTION_URL: &str = "https://confirm.example";

/// What starts a run of the webhooks.
pub const WEBHOOK_RUN_TOKEN: &str = "the-token-that-runs-webhooks-in-tests";

/// A service that has not been started.
pub struct Setup {
    host: Host,
    sandbox: bool,
    settings: Vec<(&'static str, String)>,
}

impl Setup {
    /// A sandbox: mail stays in the inbox.
    pub fn sandbox(host: Host) -> Setup {
        Setup { host, sandbox: true, settings: Vec::new() }
    }

    /// Production: mail leaves through the delivery port.
    pub fn production(host: Host) -> Setup {
        Setup { host, sandbox: false, settings: Vec::new() }
    }

    /// With a setting of its own.
    #[must_use]
    pub fn setting(mut self, name: &'static str, value: &str) -> Setup {
        self.settings.push((name, value.into()));
        self
    }

    /// Starts it on a free port.
    ///
    /// # Panics
    /// If that fails.
    pub async fn start(self) -> App {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let settings = self.settings(address);
        let (clock, log, outbox) =
            (Arc::new(MovableClock::default()), Arc::new(Log::default()), Arc::default());
        let lines = log.clone();
        let builder = Harness::builder()
            .clock(clock.clone())
            .guest_log(move |line| lines.push(line))
            .cache(compiled())
            // Whoever gets a webhook listens on this machine.
            .outbound(Outbound::default().allow(["127.0.0.0/8".parse().expect("a network")]))
            // Machines that run tests are slow at times; that is not what is tested.
            .limits(Limits {
                instances: 16,
                spare_instances: 0,
                queue_time: Duration::from_secs(60),
                ..Limits::default()
            });
        let (builder, place) = match self.host {
            Host::Memory => {
                let store = Arc::new(MemoryStore::new(clock.clone()));
                native(builder, store, settings, &outbox, None)
            }
            Host::Redb => {
                let folder = TempDir::new().expect("a temporary folder can be made");
                let file = folder.path().join("stepgate.redb");
                let store = RedbStore::open(&file, &RedbOptions::default(), clock.clone())
                    .expect("a new store opens");
                native(builder, Arc::new(store), settings, &outbox, Some(folder))
            }
            Host::Spin => {
                let spin = SpinHost::in_memory(variables(&settings));
                on_spin(builder, spin, None, &outbox).await
            }
            Host::Redis => {
                let redis = Redis::start().await;
                let spin = SpinHost::on_redis(&redis.url(), variables(&settings)).await;
                on_spin(builder, spin.expect("Redis answers"), Some(redis), &outbox).await
            }
        };
        let harness = build(builder);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = harness.clone();
        tokio::spawn(async move {
            serving.serve(listener, async { drop(stopped.await) }).await;
        });
        App {
            client: Client::new(address),
            sandbox: self.sandbox,
            clock,
            log,
            outbox,
            place,
            mails: Mutex::default(),
            harness,
            deliveries: Mutex::default(),
            _stop: stop,
        }
    }

    fn settings(&self, address: SocketAddr) -> Vec<(&'static str, String)> {
        let (environment, base_url) = if self.sandbox {
            ("sandbox", format!("http://{address}"))
        } else {
            ("production", PRODUCTION_URL.into())
        };
        let mut settings = vec![
            ("environment", environment.into()),
            ("base_url", base_url),
            ("api_keys", keys::setting(&keys::ALL)),
            ("mac_keys", mac_key_setting("2026-11", 7)),
            ("webhook_keys", mac_key_setting("2026-11", 8)),
            ("webhook_run_token", WEBHOOK_RUN_TOKEN.into()),
            ("accounts", json!([tenant()]).to_string()),
            ("account_keys", mac_key_setting("2026-11", 9)),
            ("token_keys", json!([{ "id": "2026-11", "seed": base64([10; 32]) }]).to_string()),
            ("sms_countries", if self.sandbox { "*" } else { "1,49" }.into()),
            // Tests of the cool-down set their own.
            ("resend_cooldown_seconds", "0".into()),
        ];
        settings.extend(self.settings.iter().cloned());
        settings
    }
}

/// The setting `mac_keys`, or `webhook_keys`, with one key in it, made of one byte.
pub fn mac_key_setting(id: &str, byte: u8) -> String {
    json!([{ "id": id, "secret": base64([byte; 32]) }]).to_string()
}

fn base64(bytes: [u8; 32]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The entry of the setting `accounts` that every service under test has: the first partner's.
pub fn tenant() -> Value {
    let partner_id: i32 = PARTNER_ID.parse().expect("a number");
    json!({
        "partner": ONE.partner, "partner_id": partner_id, "name": "Acme Pay", "hosts": [], "mfa": "optional",
        "bridge_secret_sha256": keys::sha256(BRIDGE_SECRET),
    })
}

fn native(
    builder: HarnessBuilder,
    store: Arc<dyn Store>,
    settings: Vec<(&'static str, String)>,
    outbox: &Arc<Outbox>,
    folder: Option<TempDir>,
) -> (HarnessBuilder, Place) {
    let changing = Arc::new(ChangingSettings::default());
    for (name, value) in settings {
        changing.set(name, value);
    }
    let faults = Arc::new(Faults::default());
    let store = Arc::new(FaultyStore::new(store, faults.clone()));
    let builder = builder
        .component(stepgate_artifacts::APP)
        .store(store)
        .settings(changing.clone())
        .delivery(outbox.clone());
    (builder, Place::Native { settings: changing, faults, _folder: folder })
}

fn variables<'s>(settings: &'s [(&'static str, String)]) -> impl Iterator<Item = (&'s str, &'s str)> {
    settings.iter().map(|(name, value)| (*name, value.as_str()))
}

async fn on_spin(
    builder: HarnessBuilder,
    spin: SpinHost,
    redis: Option<Redis>,
    outbox: &Arc<Outbox>,
) -> (HarnessBuilder, Place) {
    let postbox = postbox::open(outbox.clone()).await;
    spin.set_variable("delivery_url", &format!("http://{postbox}/messages"));
    let builder =
        builder.component(stepgate_artifacts::SPIN_APP).link(spin_host::link).extension(spin.extension());
    (builder, Place::Spin { spin, _redis: redis.map(Box::new) })
}

/// Two tests that find nothing compiled yet would compile the same thing at the same time.
fn build(builder: HarnessBuilder) -> Harness {
    static COMPILING: Mutex<()> = Mutex::new(());
    let _alone = COMPILING.lock().unwrap_or_else(PoisonError::into_inner);
    builder.build().expect("the component can be run")
}

/// Where compiled code is kept between runs: beside the test's own program.
fn compiled() -> PathBuf {
    let program = std::env::current_exe().expect("a test is a program");
    program.parent().expect("a program lies somewhere").join("stepgate-tests-compiled")
}

enum Place {
    Native { settings: Arc<ChangingSettings>, faults: Arc<Faults>, _folder: Option<TempDir> },
    Spin { spin: SpinHost, _redis: Option<Box<Redis>> },
}

/// A running service. When it is dropped it is checked that no secret got into the log or an answer, and that no rule of
/// Spin's store was broken.
pub struct App {
    client: Client,
    sandbox: bool,
    clock: Arc<MovableClock>,
    log: Arc<Log>,
    outbox: Arc<Outbox>,
    place: Place,
    /// Those that were looked at.
    mails: Mutex<Vec<Mail>>,
    harness: Harness,
    /// Stops the loop that has webhooks delivered, once there is one.
    deliveries: Mutex<Option<oneshot::Sender<()>>>,
    _stop: oneshot::Sender<()>,
}

impl App {
    /// A running sandbox.
    pub async fn sandbox(host: Host) -> App {
        Setup::sandbox(host).start().await
    }

    /// Production, running.
    pub async fn production(host: Host) -> App {
        Setup::production(host).start().await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.client.address()
    }

    /// Somebody without a key: a browser.
    pub fn visitor(&self) -> &Client {
        &self.client
    }

    /// A program that people sign in through.
    pub fn portal(&self) -> Portal {
        Portal::new(self.client.clone())
    }

    /// A program that has this key.
    pub fn caller(&self, key: Key) -> Caller {
        Caller::new(self.client.clone(), key)
    }

    /// The first partner's program.
    pub fn one(&self) -> Caller {
        self.caller(ONE)
    }

    /// The second partner's program.
    pub fn two(&self) -> Caller {
        self.caller(TWO)
    }

    /// Lets time pass. Not less than was asked for.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The wall clock as the service sees it.
    pub fn now(&self) -> Duration {
        use stepgate_host::clock::Clock as _;
        self.clock.now()
    }

    /// Changes a setting under the running service.
    pub fn set(&self, name: &str, value: &str) {
        match &self.place {
            Place::Native { settings, .. } => settings.set(name, value),
            Place::Spin { spin, .. } => spin.set_variable(name, value),
        }
    }

    /// Changes the API keys there are.
    pub fn set_api_keys(&self, keys: &[Key]) {
        self.set("api_keys", &keys::setting(keys));
    }

    /// The mail transport, in production.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Has webhooks delivered that are due, once. As Spin's schedule does it, and anybody may who has the token.
    pub async fn run_webhooks(&self) -> Answer {
        let token = format!("Bearer {WEBHOOK_RUN_TOKEN}");
        self.client.send(http::Method::POST, "/internal/webhooks/run", &[("authorization", &token)], "").await
    }

    /// Has webhooks delivered until nothing is due: how many were taken, and how many not.
    ///
    /// # Panics
    /// If that cannot be done.
    pub async fn settle_webhooks(&self) -> (u64, u64) {
        let (mut sent, mut failed) = (0, 0);
        loop {
            let done = self.run_webhooks().await.expect(200).json();
            sent += done["sent"].as_u64().expect("a number");
            failed += done["failed"].as_u64().expect("a number");
            if done["more"] == false {
                return (sent, failed);
            }
        }
    }

    /// Has webhooks delivered from now on, as the `stepgate` program does it. Without this nothing is delivered by itself.
    ///
    /// # Panics
    /// If the token is none.
    pub fn deliver_webhooks(&self) {
        let (stop, stopped) = oneshot::channel::<()>();
        let harness = self.harness.clone();
        let token = WebhookRunToken::new(WEBHOOK_RUN_TOKEN).expect("a token");
        tokio::spawn(async move {
            harness.deliver_webhooks(&token, async { drop(stopped.await) }).await;
        });
        *self.deliveries.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
    }

    /// Every message so far, oldest first.
    ///
    /// # Panics
    /// If the inbox cannot be read.
    pub async fn mails(&self) -> Vec<Mail> {
        let mails = if self.sandbox { self.inbox().await } else { self.outbox.mails() };
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).extend(mails.clone());
        mails
    }

    async fn inbox(&self) -> Vec<Mail> {
        let inbox = self.client.send(http::Method::GET, "/inbox.json", &[], "").await.expect(200).json();
        let text = |item: &Value, field: &str| item[field].as_str().expect("the field is there").to_owned();
        let mut mails: Vec<Mail> = inbox["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|item| {
                let mail = Mail::read(&text(item, "to"), &text(item, "subject"), &text(item, "text"));
                assert_eq!(mail.link, item["link"].as_str().unwrap_or_default());
                mail
            })
            .collect();
        mails.reverse();
        mails
    }

    /// The newest message to somebody.
    ///
    /// # Panics
    /// If there is none.
    pub async fn mail_to(&self, address: &str) -> Mail {
        let mails = self.mails().await;
        mails
            .into_iter()
            .rfind(|mail| mail.to == address)
            .unwrap_or_else(|| panic!("no message to {address}"))
    }

    /// Everything the guest logged.
    pub fn log(&self) -> Vec<String> {
        self.log.lines()
    }

    /// The log lines about submissions of one code: one for each.
    pub fn attempts(&self, code_id: &str) -> Vec<Value> {
        self.log.events("attempt").into_iter().filter(|line| line["challenge"] == code_id).collect()
    }

    /// How many submissions of one code ended so.
    pub fn verdicts(&self, code_id: &str, verdict: &str) -> usize {
        self.attempts(code_id).iter().filter(|line| line["verdict"] == verdict).count()
    }

    /// Log lines of one kind.
    pub fn events(&self, name: &str) -> Vec<Value> {
        self.log.events(name)
    }

    /// Lets the `nth` store operation from now on fail, counted from 1.
    pub fn fail_nth(&self, nth: usize, effect: Effect) {
        match &self.place {
            Place::Native { faults, .. } => faults.fail_nth(nth, effect),
            Place::Spin { spin, .. } => {
                let moment = match effect {
                    Effect::NotDone => Moment::Before,
                    Effect::Done => Moment::After,
                };
                spin.fail(nth as u64, moment);
            }
        }
    }

    /// Store operations so far.
    pub fn operations(&self) -> usize {
        match &self.place {
            Place::Native { faults, .. } => faults.counted(),
            Place::Spin { spin, .. } => usize::try_from(spin.counts().on_keys()).expect("few"),
        }
    }

    /// The store is gone, or back.
    pub fn set_store_down(&self, down: bool) {
        match &self.place {
            Place::Native { faults, .. } => faults.set_down(down),
            Place::Spin { spin, .. } => spin.set_down(down),
        }
    }

    fn check(&self) {
        if let Place::Spin { spin, .. } = &self.place {
            assert_eq!(spin.violations(), [], "rules of Spin's store");
        }
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone();
        mails.extend(self.outbox.mails());
        let codes: HashSet<&str> =
            mails.iter().map(|mail| mail.code.as_str()).filter(|code| !code.is_empty()).collect();
        let mut parts: HashSet<&str> = keys::ALL.iter().map(|key| key.secret).collect();
        parts.extend([WEBHOOK_RUN_TOKEN, BRIDGE_SECRET]);
        parts.extend(mails.iter().filter(|mail| !mail.link.is_empty()).map(Mail::token));
        parts.extend(mails.iter().map(|mail| mail.long_code.as_str()).filter(|code| !code.is_empty()));
        let handed_out: HashSet<String> =
            self.client.answers().iter().flat_map(|(_, answer)| opening(answer)).collect();
        for line in self.log.lines() {
            assert_free_of(&line, &codes, &parts, "the log");
            for mail in &mails {
                assert!(!line.contains(&mail.to), "an address is in the log: {line}");
            }
            for secret in &handed_out {
                assert!(!line.contains(secret.as_str()), "what opens an account is in the log: {line}");
            }
        }
        for (path, answer) in self.client.answers() {
            if path.starts_with("/inbox") {
                continue;
            }
            assert_free_of(&format!("{:?}", answer.headers), &codes, &parts, "a header");
            assert_free_of(&String::from_utf8_lossy(&answer.body), &codes, &parts, "an answer");
        }
    }
}

/// What an answer holds that opens something, and is for nobody but who got it.
fn opening(answer: &Answer) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        const NAMES: [&str; 10] = [
            "access_token",
            "refresh_token",
            "device_token",
            "session_id",
            "sessionId",
            "payload",
            "secret",
            "otpauth_uri",
            "codes",
            "recovery_codes",
        ];
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let texts = match value {
                        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
                        Value::String(text) => vec![text.as_str()],
                        _ => Vec::new(),
                    };
                    if NAMES.contains(&name.as_str()) {
                        found.extend(texts.into_iter().map(str::to_owned));
                    }
                    collect(value, found);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(body) = serde_json::from_slice(&answer.body) {
        collect(&body, &mut found);
    }
    found
}

/// A code is six digits that stand alone; ids and instants have such digits too, but never alone.
fn assert_free_of(text: &str, codes: &HashSet<&str>, parts: &HashSet<&str>, place: &str) {
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        assert!(!codes.contains(word), "a code is in {place}: {text}");
    }
    for part in parts {
        assert!(!text.contains(part), "a secret is in {place}: {text}");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}
