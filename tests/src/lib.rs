//! What the tests stand on: a running service with a clock that can be moved, a log that is kept, a mailbox that can be
//! read and a store that can be made to fail; and clients that talk to it over TCP as anybody would.
//!
//! A behaviour is an `async fn(Host)`. [`suite!`] makes a test of it for every host and store, so that each reads as
//! `attacks::redb::two_hundred_guesses_at_once`.

#![allow(clippy::expect_used, clippy::panic, reason = "whatever is not as expected fails the test")]

mod answer;
mod app;
mod authenticator;
mod browser;
mod caller;
mod client;
mod clock;
mod code;
mod faults;
mod keys;
mod log;
mod mail;
mod portal;
mod postbox;
mod program;
mod raw;
mod receiver;
mod redis_server;
mod runner;
mod settings;
pub mod spin_host;

pub use answer::Answer;
pub use app::{App, PRODUCTION_URL, Setup, WEBHOOK_RUN_TOKEN, mac_key_setting, tenant};
pub use authenticator::Authenticator;
pub use browser::{Browser, NARROW, Page};
pub use caller::{Caller, Change, Customer};
pub use client::Client;
pub use code::wrong_codes;
pub use faults::{Effect, Faults, FaultyStore};
pub use keys::{Key, LIMITED, ONE, ONE_READ_ONLY, ONE_ROTATED, TWO, sha256};
pub use mail::{Mail, Outbox};
pub use portal::{BRIDGE_SECRET, PARTNER_ID, PASSWORD, Portal};
pub use program::Program;
pub use raw::{Raw, http as raw_http};
pub use receiver::{Received, Receiver};
pub use runner::{Host, run};
pub use settings::ChangingSettings;
