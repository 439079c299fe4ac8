//! Messages that nobody took within a day: the newest of them are kept, and can be sent again.

use super::endpoint::Endpoint;
use super::outbox::{self, Message};
use super::topic::Topic;
use crate::http::ApiError;
use crate::ids;
use crate::json;
use crate::ports::Ports;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Log, StoreError, Timestamp};
use uuid::Uuid;

/// How many are kept for each webhook.
const KEPT: u64 = 1_000;

/// A message that nobody took.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Letter {
    pub(super) message: Uuid,
    pub(super) topic: Topic,
    pub(super) body: String,
    pub(super) written_at: Timestamp,
    pub(super) given_up_at: Timestamp,
    pub(super) attempts: u32,
    /// What went wrong last with this receiver.
    pub(super) reason: String,
}

/// Keeps a message that is not tried any more.
pub(super) fn keep(
    ports: &impl Ports,
    id: Uuid,
    message: Message,
    attempts: u32,
    reason: String,
) -> Result<(), ApiError> {
    let letter = Letter {
        message: id,
        topic: message.topic,
        body: message.body,
        written_at: message.written_at,
        given_up_at: ports.now(),
        attempts,
        reason,
    };
    let text = serde_json::to_string(&letter).map_err(|_| unreadable())?;
    // In this order: one that is kept twice is better than one that is lost.
    log(message.webhook).append(ports, &text)?;
    Message::forget(ports, id)
}

/// The newest letters before slot `before`, with their slots: `most` at most. Also whether there are more.
pub(super) fn newest(
    ports: &impl Ports,
    endpoint: &Endpoint,
    before: Option<u64>,
    most: usize,
) -> Result<(Vec<(u64, Letter)>, bool), ApiError> {
    let log = log(endpoint.id);
    let last = log.last(ports)?;
    let first = log.first_kept(last);
    let mut letters = Vec::new();
    for slot in (first..=before.map_or(last, |before| before.saturating_sub(1).min(last))).rev() {
        if letters.len() == most {
            return Ok((letters, true));
        }
        if let Some(text) = log.read(ports, slot)? {
            letters.push((slot, read(&text)?));
        }
    }
    Ok((letters, false))
}

/// Has a letter sent once more, as a message of its own.
pub(super) fn send_again(ports: &impl Ports, endpoint: &Endpoint, slot: u64) -> Result<(), ApiError> {
    let log = log(endpoint.id);
    let letter = read(&log.read(ports, slot)?.ok_or(ApiError::NotFound)?)?;
    let now = ports.now();
    outbox::send(ports, ids::new(ports, now), endpoint.id, letter.topic, letter.body, now)?;
    Ok(log.forget(ports, slot)?)
}

/// Forgets all letters of a webhook.
pub(super) fn forget_all(ports: &impl Ports, webhook: Uuid) -> Result<(), ApiError> {
    let log = log(webhook);
    let last = log.last(ports)?;
    for slot in log.first_kept(last)..=last {
        log.forget(ports, slot)?;
    }
    Ok(())
}

fn log(webhook: Uuid) -> Log {
    Log::keeping(KEPT, &format!("webhook/{webhook}/dead"))
}

fn read(text: &str) -> Result<Letter, ApiError> {
    json::from_text(text).map_err(|_| unreadable().into())
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("dead letter")
}
