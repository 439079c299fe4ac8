//! Tokens, without the routes.

mod access;
mod refresh;
mod revocations;
mod verifiers;

use super::{Claims, Keys};
use crate::testing::{TestPorts, sandbox};
use core::time::Duration;
use uuid::Uuid;

const OLD: &str = r#"{"id":"old","seed":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="}"#;
const NEW: &str = r#"{"id":"new","seed":"ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA="}"#;

const WEEK: Duration = Duration::from_secs(604_800);

/// A deployment with these token keys.
fn with_keys(keys: &[&str]) -> TestPorts {
    let ports = sandbox();
    ports.set_setting("token_keys", &format!("[{}]", keys.join(",")));
    ports
}

fn keys(ports: &TestPorts) -> Keys {
    Keys::load(ports).unwrap()
}

fn claims(ports: &TestPorts) -> Claims {
    let account = Uuid::from_u128(0x9719_4684_29f8_468f_8a67_249f_3024_0655);
    Claims::new(account, Uuid::from_u128(7), -3, 5, ports.now.get(), WEEK)
}

fn token(ports: &TestPorts) -> String {
    keys(ports).sign(&claims(ports)).unwrap()
}
