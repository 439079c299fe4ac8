//! Which webhooks have something to be sent, and from when on.
//!
//! Whoever puts something into a webhook's queue rings. One who hears it works through that queue, and rings again beforehand,
//! for a little later, should he die over it.

use super::agenda::{Agenda, Taken};
use super::outbox::Attempt;
use super::queue::Queue;
use super::run::log_failure;
use crate::http::{ApiError, TraceId};
use crate::ids;
use crate::ports::Ports;
use core::time::Duration;
use stepgate_storage::Timestamp;
use uuid::Uuid;

const BELLS: Agenda = Agenda { name: "bells-10s", span: Duration::from_secs(10), at_once: true };

/// How many are heard in one run.
const MOST: usize = 1_000;

/// The bell of one webhook.
pub(super) struct Bell(Uuid);

impl Bell {
    pub(super) fn of(webhook: Uuid) -> Bell {
        Bell(webhook)
    }

    /// There is something to be sent now.
    pub(super) fn ring(&self, ports: &impl Ports) -> Result<(), ApiError> {
        BELLS.put(ports, &self.0.to_string())
    }

    /// There is something to be sent then.
    pub(super) fn ring_at(&self, ports: &impl Ports, at: Timestamp) -> Result<(), ApiError> {
        BELLS.put_for(ports, at, &self.0.to_string())
    }

    /// Then this attempt is due, and not before.
    pub(super) fn ring_for(
        &self,
        ports: &impl Ports,
        at: Timestamp,
        attempt: Attempt,
    ) -> Result<(), ApiError> {
        BELLS.put_for(ports, at, &format!("{} {}", self.0, attempt.entry()))
    }
}

/// The webhooks that have something to be sent now. Each of them has to be worked through, or rung again.
pub(super) fn hear(
    ports: &impl Ports,
    trace: &TraceId,
    until: Timestamp,
) -> Result<(Vec<Uuid>, Taken), ApiError> {
    let mut heard = Vec::new();
    let taken = BELLS.take(ports, MOST, until, &mut |entry| {
        let Err(error) = hear_one(ports, &mut heard, entry) else { return Ok(()) };
        log_failure(ports, trace, &error);
        // A queue that cannot be read must not keep the others waiting.
        BELLS.put_for(ports, ports.now() + LATER, entry)
    })?;
    Ok((heard, taken))
}

fn hear_one(ports: &impl Ports, heard: &mut Vec<Uuid>, entry: &str) -> Result<(), ApiError> {
    let (webhook, attempt) = match entry.split_once(' ') {
        Some((webhook, attempt)) => (webhook, Attempt::read(attempt)),
        None => (entry, None),
    };
    let Some(webhook) = ids::parse(webhook) else { return Ok(()) };
    if let Some(attempt) = attempt {
        Queue::of(webhook).append(ports, attempt)?;
    }
    if !heard.contains(&webhook) {
        if Queue::of(webhook).has_more(ports)? {
            // Should whoever hears this die: once more. All that ring at about the same time are heard as one.
            Bell::of(webhook).ring_at(ports, ports.now() + AGAIN)?;
        }
        heard.push(webhook);
    }
    Ok(())
}

/// After what time a bell that could not be heard rings again.
const LATER: Duration = Duration::from_secs(60);

/// After what time a bell that was heard rings again, if something is left. Longer than one run takes.
const AGAIN: Duration = Duration::from_secs(20);
