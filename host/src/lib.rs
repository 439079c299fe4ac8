//! Runs the Stepgate component on wasmtime.
//!
//! A program brings the component, says where challenges are kept and how messages get to people, and either serves
//! HTTP or answers single requests:
//!
//! ```no_run
//! use std::sync::Arc;
//! use stepgate_host::clock::SystemClock;
//! use stepgate_host::store::{RedbOptions, RedbStore};
//! use stepgate_host::{FixedSettings, Harness};
//!
//! # async fn run(component: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Arc::new(SystemClock::new());
//! let store = RedbStore::open("stepgate.redb".as_ref(), &RedbOptions::default(), clock)?;
//! let harness = Harness::builder()
//!     .component(component)
//!     .store(Arc::new(store))
//!     .settings(Arc::new(FixedSettings::from_iter([("environment", "sandbox")])))
//!     .build()?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! harness.serve(listener, std::future::pending()).await;
//! # Ok(())
//! # }
//! ```

pub mod clock;
pub mod delivery;
mod guest;
mod harness;
mod http;
mod limits;
mod outbound;
mod random;
mod settings;
pub mod store;
mod webhooks;

pub use guest::State;
pub use harness::{BuildError, Harness, HarnessBuilder};
pub use http::TraceId;
/// The version of ipnet that [`Outbound::allow`] is about.
pub use ipnet;
pub use limits::Limits;
pub use outbound::{Outbound, OutboundLimits, Resolve, RootsError};
pub use random::Random;
pub use settings::{FixedSettings, Settings, SettingsError};
/// The version of wasmtime that [`HarnessBuilder::link`] is about.
pub use wasmtime;
pub use webhooks::{NoToken, WebhookRunToken};
