//! The harness over a memory store, with one component or another: a process of our own, because the program runs ours
//! only, and what is compared has to differ in nothing else.

use crate::program::Server;
use anyhow::{Result, bail};
use std::process::Command;
use std::sync::Arc;
use stepgate_host::clock::SystemClock;
use stepgate_host::store::MemoryStore;
use stepgate_host::{FixedSettings, Harness};
use tokio::net::TcpListener;

/// Makes this program serve instead of measure.
pub const ARGUMENT: &str = "serve";

#[derive(Clone, Copy)]
pub enum Component {
    App,
    Hello,
    Probe,
}

impl Component {
    fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Hello => "hello",
            Self::Probe => "probe",
        }
    }
}

pub fn start(component: Component) -> Result<Server> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([ARGUMENT, component.name()]);
    Server::start(command)
}

const SETTINGS: [(&str, &str); 4] = [
    ("environment", "sandbox"),
    ("base_url", "http://127.0.0.1"),
    // SHA-256 of `sandbox-key`.
    (
        "api_keys",
        r#"[{"sha256":"db6bcf6a2a36ee93dafa7dfcdc40973da39f2e2843e4c6f76e08aefc767b0caa","partner":"00000000-0000-4000-8000-000000000001","name":"Sandbox","role":"read-write"}]"#,
    ),
    ("mac_keys", r#"[{"id":"bench","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]"#),
];

pub fn serve(component: &str) -> Result<()> {
    let bytes = match component {
        "app" => stepgate_artifacts::APP,
        "hello" => stepgate_artifacts::HELLO,
        "probe" => stepgate_artifacts::PROBE,
        other => bail!("{other} is no component"),
    };
    // As the program does it.
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let harness = Harness::builder()
            .component(bytes)
            .store(Arc::new(MemoryStore::new(Arc::new(SystemClock::new()))))
            .settings(Arc::new(FixedSettings::from_iter(SETTINGS)))
            .build()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        harness.serve(listener, std::future::pending()).await;
        Ok(())
    })
}
