//! How a webhook's receiver does: whether somebody is sending to it, and whether it takes what it is sent.

use crate::http::ApiError;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

/// How long one who sends may take, before others take it for dead.
const TURN: Duration = Duration::from_secs(15);

/// How long a receiver is left alone that has failed twice in a row; twice as long after each further failure, up to
/// [`LONGEST_REST`].
const REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_secs(600);

const WHAT: &str = "health of a webhook";

/// What is known of a receiver.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Health {
    /// Until then it is sent nothing: by others while one sends, by anybody while it rests.
    until: Option<Timestamp>,
    /// Failures since it last took something.
    failures: u32,
    pub(super) last_failure: Option<Failure>,
}

/// What went wrong last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    pub(super) at: Timestamp,
    pub(super) reason: String,
}

impl Health {
    pub(super) fn of(ports: &impl Ports, webhook: Uuid) -> Result<Health, ApiError> {
        Ok(stored::read(ports, &key(webhook), WHAT)?.unwrap_or_default())
    }

    pub(super) fn write(&self, ports: &impl Ports, webhook: Uuid) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(webhook), self, WHAT)?)
    }

    pub(super) fn forget(ports: &impl Ports, webhook: Uuid) -> Result<(), ApiError> {
        Ok(ports.delete(&key(webhook))?)
    }

    /// Until when it is to be sent nothing; none if it can be sent something.
    pub(super) fn left_alone_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }

    /// Somebody is going to send to it.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.until = Some(now + TURN);
    }

    /// Nobody sends to it any more, and nothing has failed.
    pub(super) fn end(&mut self, took_something: bool) {
        self.until = None;
        if took_something {
            self.failures = 0;
        }
    }

    /// It did not take what it was sent, and is left alone for a while.
    pub(super) fn failed(&mut self, now: Timestamp, reason: &str) {
        self.failures = self.failures.saturating_add(1);
        let rest = match self.failures {
            1 => Duration::ZERO,
            more => REST.saturating_mul(1 << (more - 2).min(10)).min(LONGEST_REST),
        };
        self.last_failure = Some(Failure { at: now, reason: reason.to_owned() });
        self.until = Some(now + rest);
    }
}

fn key(webhook: Uuid) -> RecordKey {
    RecordKey::forever(&format!("webhook/{webhook}/health"))
}
