//! The outbox of a webhook: a log of the attempts that are due, oldest first.
//!
//! An attempt is taken out when something has come of it: it was taken, or the next one is on the agenda. So whoever dies
//! over it leaves it there. A slot that holds nothing was claimed by somebody who is writing it, or has died.

use super::agenda::LATEST;
use super::outbox::Attempt;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{Log, RecordKey, Timestamp};
use uuid::Uuid;

/// How long an empty slot is taken for one that is being written.
pub(super) const GRACE: Duration = Duration::from_secs(20);

const WHAT: &str = "place in a queue";

/// The attempts that are due for one webhook.
pub(super) struct Queue {
    log: Log,
    position: RecordKey,
}

/// How far a queue has been worked through.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Up to here nothing is left.
    done: u64,
    /// What the empty slots behind it are waited for.
    wait: Option<Wait>,
}

/// Empty slots were found that may be being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Wait {
    since: Timestamp,
    /// The last slot that was claimed then. What is empty up to there when the wait is over stays so. One wait for all of them: what
    /// is taken meanwhile leaves empty slots too, and a wait for each would never end.
    last: u64,
}

/// What is left of a queue that was worked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// Something that may be being written this moment.
    Unwritten,
    /// Something to be sent.
    Attempts,
}

impl Queue {
    pub(super) fn of(webhook: Uuid) -> Queue {
        let path = format!("webhook/{webhook}/due");
        Queue { log: Log::keeping_all(&path), position: RecordKey::forever(&path) }
    }

    pub(super) fn append(&self, ports: &impl Ports, attempt: Attempt) -> Result<(), ApiError> {
        loop {
            let before = ports.now();
            self.log.append(ports, &attempt.entry())?;
            // Else it may have been passed over.
            if ports.now().since(before) < LATEST {
                return Ok(());
            }
        }
    }

    /// Works through what is due, oldest first. `each` says whether to go on, and has made sure of what it was given when it says
    /// so.
    pub(super) async fn work(
        &self,
        ports: &impl Ports,
        mut each: impl AsyncFnMut(Attempt) -> Result<bool, ApiError>,
    ) -> Result<Left, ApiError> {
        let mut position: Position = stored::read(ports, &self.position, WHAT)?.unwrap_or_default();
        let began_at = position.done;
        let wait_before = position.wait.take();
        let (mut gapless, mut left) = (true, Left::Nothing);
        let last = self.log.last(ports)?;
        for slot in began_at.saturating_add(1)..=last {
            match self.log.read(ports, slot)? {
                Some(entry) => {
                    let goes_on = match Attempt::read(&entry) {
                        Some(attempt) => each(attempt).await?,
                        None => true,
                    };
                    if !goes_on {
                        left = Left::Attempts;
                        break;
                    }
                    self.log.forget(ports, slot)?;
                }
                None if gapless => {
                    let now = ports.now();
                    let wait =
                        wait_before.filter(|wait| slot <= wait.last).unwrap_or(Wait { since: now, last });
                    if now.since(wait.since) < GRACE {
                        position.wait = Some(wait);
                        (gapless, left) = (false, Left::Unwritten);
                    }
                }
                None => {}
            }
            if gapless {
                position.done = slot;
            }
        }
        if position.done > began_at || position.wait != wait_before {
            stored::write(ports, &self.position, &position, WHAT)?;
        }
        Ok(left)
    }

    /// Whether something was appended that nobody has seen.
    pub(super) fn has_more(&self, ports: &impl Ports) -> Result<bool, ApiError> {
        let position: Position = stored::read(ports, &self.position, WHAT)?.unwrap_or_default();
        Ok(self.log.last(ports)? > position.done)
    }

    pub(super) fn forget(&self, ports: &impl Ports) -> Result<(), ApiError> {
        let position: Position = stored::read(ports, &self.position, WHAT)?.unwrap_or_default();
        let last = self.log.last(ports)?;
        for slot in position.done.saturating_add(1)..=last {
            self.log.forget(ports, slot)?;
        }
        // The place stays: slots go on from where they are.
        Ok(stored::write(ports, &self.position, &Position { done: last, wait: None }, WHAT)?)
    }
}
