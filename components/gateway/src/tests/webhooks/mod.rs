//! `contracts/identifications.md` §6, row by row, and what a webhook must survive.

mod crashes;
mod deliveries;
mod management;
mod statuses;

use crate::testing::{TestPorts, with_operator};

/// A sandbox with webhooks, one of them registered, and where runs have been for a while.
fn one_webhook() -> (TestPorts, serde_json::Value) {
    let ports = with_operator();
    ports.turn_webhooks_on();
    let webhook = ports.webhook(serde_json::json!({}));
    ports.run_all();
    (ports, webhook)
}
