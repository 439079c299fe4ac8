//! Taking the attempts that are due off the agenda, and giving each webhook those it can be sent.
//!
//! Nothing is in memory only: what is handed out is on the agenda once more, for a little later. Whatever was made of it by then
//! is passed over; whatever was not, be it for lack of time or because somebody died, is handed out again.

use super::agenda::Taken;
use super::endpoint::Endpoint;
use super::health::Health;
use super::outbox::{ATTEMPTS, Attempt, Message};
use super::{dead, schedule};
use crate::call::log_line;
use crate::http::{ApiError, TraceId};
use crate::ports::Ports;
use core::time::Duration;
use serde::Serialize;
use uuid::Uuid;

/// How many attempts one run takes off the agenda.
const MOST: usize = 1_000;

/// How many webhooks one run sends to.
const MOST_WEBHOOKS: usize = 32;

/// How many attempts one run makes for one webhook.
const MOST_EACH: usize = 100;

/// After what time something that was handed out, and of which nothing has come, is handed out again. Longer than making one
/// attempt may take.
const AGAIN: Duration = Duration::from_secs(20);

/// A webhook, and what it is to be sent.
pub(super) struct Due {
    pub(super) endpoint: Endpoint,
    pub(super) health: Health,
    pub(super) attempts: Vec<(Attempt, Message)>,
}

/// What is due, by webhook.
pub(super) fn hand_out(ports: &impl Ports, trace: &TraceId) -> Result<(Vec<Due>, Taken), ApiError> {
    let mut all: Vec<Due> = Vec::new();
    let mut taken = ATTEMPTS.take(ports, MOST, |entry| {
        let Some(attempt) = Attempt::read(entry) else { return Ok(()) };
        let Some(message) = Message::of(ports, attempt.message)? else { return Ok(()) };
        if attempt.is_claimed(ports)? {
            return Ok(());
        }
        let place = match all.iter().position(|due| due.endpoint.id == message.webhook) {
            Some(place) => place,
            None => {
                let Some(endpoint) = Endpoint::of(ports, message.webhook)? else {
                    return Message::forget(ports, attempt.message);
                };
                let health = Health::of(ports, endpoint.id)?;
                all.push(Due { endpoint, health, attempts: Vec::new() });
                all.len() - 1
            }
        };
        let busy = all.iter().filter(|due| !due.attempts.is_empty()).count();
        let Some(due) = all.get_mut(place) else { return Ok(()) };
        let now = ports.now();
        if schedule::is_over(attempt.number, message.written_at, now) {
            return give_up(ports, trace, attempt, message, &due.health);
        }
        if let Some(until) = due.health.left_alone_until(now) {
            return ATTEMPTS.put_for(ports, until, entry);
        }
        if due.attempts.len() == MOST_EACH || (due.attempts.is_empty() && busy == MOST_WEBHOOKS) {
            return ATTEMPTS.put(ports, entry);
        }
        // Entries that had to wait may all be due now. One attempt at a time is enough.
        if due.attempts.iter().any(|(other, _)| other.message == attempt.message) {
            return Ok(());
        }
        ATTEMPTS.put_for(ports, now + AGAIN, entry)?;
        due.attempts.push((attempt, message));
        Ok(())
    })?;
    taken.more |= all.iter().any(|due| due.attempts.len() == MOST_EACH);
    all.retain(|due| !due.attempts.is_empty());
    for due in &mut all {
        due.health.begin(ports.now());
        due.health.write(ports, due.endpoint.id)?;
    }
    Ok((all, taken))
}

fn give_up(
    ports: &impl Ports,
    trace: &TraceId,
    attempt: Attempt,
    message: Message,
    health: &Health,
) -> Result<(), ApiError> {
    #[derive(Serialize)]
    struct GivenUp {
        webhook: Uuid,
        message: Uuid,
    }
    let reason = health.last_failure.as_ref().map_or_else(String::new, |failure| failure.reason.clone());
    let details = GivenUp { webhook: message.webhook, message: attempt.message };
    dead::keep(ports, attempt.message, message, attempt.number.saturating_sub(1), reason)?;
    ports.log(&log_line("webhook-given-up", trace, details));
    Ok(())
}
