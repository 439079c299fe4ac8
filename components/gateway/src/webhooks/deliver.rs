//! Sending one webhook what it is to be sent, one after the other, and what comes of it.

use super::bell::Bell;
use super::endpoint::Endpoint;
use super::health::{Health, Now};
use super::outbox::{Attempt, Message};
use super::queue::{GRACE, Left, Queue};
use super::sign::Form;
use super::{dead, schedule};
use crate::call::log_line;
use crate::http::{ApiError, TraceId};
use crate::ports::{NoAnswer, Ports};
use core::pin::pin;
use core::time::Duration;
use futures_util::future::{Either, select};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request};
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::{Builder, Uuid};

/// How long a receiver may take: `contracts/identifications.md` §6.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long after a run began it still begins to send something.
const LAST_CALL: Duration = Duration::from_secs(3);

/// After what time something is sent again that the host had no room for.
const WHILE_BUSY: Duration = Duration::from_secs(10);

/// Why something was not taken.
enum Unsent {
    /// There was no room to send it.
    Busy,
    /// For this reason, for the partner to read: nothing of what the receiver said is in it.
    Failed(String),
}

impl Unsent {
    fn reason(&self) -> &str {
        match self {
            Unsent::Busy => "too much else is being sent",
            Unsent::Failed(reason) => reason,
        }
    }
}

/// How often something was taken, and how often not.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) sent: usize,
    pub(super) failed: usize,
    /// Whether something is left that could be sent now.
    pub(super) more: bool,
}

/// Sends what is due, until something is not taken or the time is over. What is left rings again.
pub(super) async fn deliver(
    ports: &impl Ports,
    trace: &TraceId,
    began: Timestamp,
    webhook: Uuid,
) -> Result<Outcome, ApiError> {
    let (queue, bell, mut outcome) = (Queue::of(webhook), Bell::of(webhook), Outcome::default());
    let Some(endpoint) = Endpoint::of(ports, webhook)? else {
        queue.forget(ports)?;
        return Ok(outcome);
    };
    let mut health = Health::of(ports, webhook)?;
    match health.now(ports.now()) {
        // Whoever sends looks once more when it is done.
        Now::Sending => return Ok(outcome),
        Now::Resting(until) => {
            bell.ring_at(ports, until)?;
            return Ok(outcome);
        }
        Now::Free => {}
    }
    if !queue.has_more(ports)? {
        return Ok(outcome);
    }
    health.begin(ports.now());
    health.write(ports, webhook)?;
    let mut busy = false;
    let worked = queue.work(ports, async |attempt| {
        let now = ports.now();
        let Some(message) = Message::of(ports, attempt.message)? else { return Ok(true) };
        if now.since(began) >= LAST_CALL {
            return Ok(false);
        }
        // One that was never tried has had its time too, if it waited behind others that were not taken. It is not kept for ever.
        let refused = health.last_failure.as_ref().is_some_and(|failure| failure.at >= message.written_at);
        if schedule::is_over(attempt.number, refused, message.written_at, now) {
            let reason =
                health.last_failure.as_ref().map_or_else(String::new, |failure| failure.reason.clone());
            dead::keep(ports, attempt.message, message, attempt.number.saturating_sub(1), reason)?;
            log_attempt(ports, trace, webhook, attempt, Some("given up"));
            return Ok(true);
        }
        if outcome.failed > 0 || busy {
            return Ok(false);
        }
        let next_at = schedule::after(ports, attempt.number, message.written_at, now);
        let request = request(ports, &endpoint, attempt, &message)?;
        if !attempt.claim(ports)? {
            // Whoever made it died over it, or is late.
            attempt.follow(ports, &bell, next_at)?;
            return Ok(true);
        }
        let sent = if endpoint.enabled {
            send(ports, request).await
        } else {
            Err(Unsent::Failed("the webhook is disabled".to_owned()))
        };
        log_attempt(ports, trace, webhook, attempt, sent.as_ref().err().map(Unsent::reason));
        match sent {
            Ok(()) => {
                Message::forget(ports, attempt.message)?;
                outcome.sent += 1;
            }
            // None of the receiver's doing.
            Err(Unsent::Busy) => {
                attempt.follow(ports, &bell, now + WHILE_BUSY)?;
                busy = true;
            }
            Err(Unsent::Failed(reason)) => {
                attempt.follow(ports, &bell, next_at)?;
                health.failed(ports.now(), &reason);
                outcome.failed += 1;
            }
        }
        Ok(true)
    });
    let left = worked.await?;
    if outcome.failed == 0 {
        health.end(outcome.sent > 0);
    }
    health.write(ports, webhook)?;
    let now = ports.now();
    match (health.now(now), left) {
        (Now::Resting(until), _) => bell.ring_at(ports, until)?,
        (_, Left::Attempts) if busy => bell.ring_at(ports, now + WHILE_BUSY)?,
        (_, Left::Attempts) => {
            bell.ring(ports)?;
            outcome.more = true;
        }
        // It is found by then, or nobody writes it any more.
        (_, Left::Unwritten) => bell.ring_at(ports, now + GRACE)?,
        // After the receiver was set free: whoever came meanwhile, saw that somebody sends and went away, is made up for here.
        (_, Left::Nothing) if queue.has_more(ports)? => bell.ring(ports)?,
        (_, Left::Nothing) => {}
    }
    Ok(outcome)
}

fn request(
    ports: &impl Ports,
    endpoint: &Endpoint,
    attempt: Attempt,
    message: &Message,
) -> Result<Request<Vec<u8>>, ApiError> {
    let id = match endpoint.form {
        // The contract wants another one for each attempt.
        Form::Hex => Builder::from_random_bytes(ports.random()).into_uuid(),
        Form::StandardWebhooks => attempt.message,
    };
    let (id, timestamp) = (id.to_string(), (ports.now().0 / 1_000).to_string());
    let secret = endpoint.seal.open(ports, endpoint.id)?;
    let signature = endpoint.form.sign(&secret, &id, &timestamp, &message.body)?;
    Request::builder()
        .method(Method::POST)
        .uri(endpoint.url.as_str())
        // Without it hosts send the body in chunks, which simple servers cannot read.
        .header(CONTENT_LENGTH, HeaderValue::from(message.body.len()))
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(USER_AGENT, HeaderValue::from_static("Stepgate"))
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(message.body.clone().into_bytes())
        .map_err(|_| ApiError::Internal("a webhook's address cannot be put into a request".into()))
}

/// Taken is what is answered with a 2xx in time.
async fn send(ports: &impl Ports, request: Request<Vec<u8>>) -> Result<(), Unsent> {
    let (answer, patience) = (pin!(ports.post(request)), pin!(ports.sleep(PATIENCE)));
    Err(Unsent::Failed(match select(answer, patience).await {
        Either::Left((Ok(status), _)) if status.is_success() => return Ok(()),
        Either::Left((Ok(status), _)) if status.is_redirection() => {
            format!("the receiver answered {}: redirects are not followed", status.as_u16())
        }
        Either::Left((Ok(status), _)) => format!("the receiver answered {}", status.as_u16()),
        Either::Left((Err(NoAnswer::Busy), _)) => return Err(Unsent::Busy),
        Either::Left((Err(NoAnswer::NotAllowed), _)) => {
            "the receiver's address is not one that may be sent to".to_owned()
        }
        Either::Left((Err(NoAnswer::Failed), _)) => "the receiver could not be reached".to_owned(),
        Either::Left((Err(NoAnswer::TooLate), _)) | Either::Right(_) => {
            "the receiver did not answer within 10 seconds".to_owned()
        }
    }))
}

fn log_attempt(ports: &impl Ports, trace: &TraceId, webhook: Uuid, attempt: Attempt, failure: Option<&str>) {
    #[derive(Serialize)]
    struct Attempted<'a> {
        webhook: Uuid,
        message: Uuid,
        attempt: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<&'a str>,
    }
    let details = Attempted { webhook, message: attempt.message, attempt: attempt.number, failure };
    ports.log(&log_line("webhook-attempt", trace, details));
}
