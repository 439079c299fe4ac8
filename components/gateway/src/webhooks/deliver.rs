//! Sending one webhook what it is to be sent, one after the other, and what comes of it.

use super::hand_out::Due;
use super::outbox::{ATTEMPTS, Attempt, Message};
use super::schedule;
use crate::call::log_line;
use crate::http::{ApiError, TraceId};
use crate::ports::{NoAnswer, Ports};
use core::pin::pin;
use core::time::Duration;
use futures_util::future::{Either, select};
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request};
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::{Builder, Uuid};

/// How long a receiver may take: `contracts/identifications.md` §6.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long after a run began it still begins to send something.
const LAST_CALL: Duration = Duration::from_secs(3);

/// How often something was taken, and how often not.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) sent: usize,
    pub(super) failed: usize,
}

/// Sends what is due, until something is not taken, or the time is over. The rest is handed out again by and by.
pub(super) async fn deliver(
    ports: &impl Ports,
    trace: &TraceId,
    began: Timestamp,
    due: Due,
) -> Result<Outcome, ApiError> {
    let Due { endpoint, mut health, attempts } = due;
    let mut outcome = Outcome::default();
    for (attempt, message) in attempts {
        let now = ports.now();
        if now.since(began) >= LAST_CALL {
            break;
        }
        // The next one is on the agenda before this one is made, so that whoever dies over it stops nothing.
        let next_at = schedule::after(ports, attempt.number, message.written_at, now);
        ATTEMPTS.put_for(ports, next_at, &attempt.next().entry())?;
        if !attempt.claim(ports)? {
            continue;
        }
        let sent = if endpoint.enabled {
            let request = request(ports, &endpoint, attempt, &message)?;
            send(ports, request).await
        } else {
            Err("the webhook is disabled".to_owned())
        };
        log_attempt(ports, trace, endpoint.id, attempt, sent.as_ref().err());
        match sent {
            Ok(()) => {
                Message::forget(ports, attempt.message)?;
                outcome.sent += 1;
            }
            Err(reason) => {
                health.failed(ports.now(), &reason);
                outcome.failed += 1;
                break;
            }
        }
    }
    if outcome.failed == 0 {
        health.end(outcome.sent > 0);
    }
    health.write(ports, endpoint.id)?;
    Ok(outcome)
}

fn request(
    ports: &impl Ports,
    endpoint: &super::endpoint::Endpoint,
    attempt: Attempt,
    message: &Message,
) -> Result<Request<Vec<u8>>, ApiError> {
    use super::sign::Form;
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
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(USER_AGENT, HeaderValue::from_static("Stepgate"))
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(message.body.clone().into_bytes())
        .map_err(|_| ApiError::Internal("a webhook's address cannot be put into a request".into()))
}

/// Taken is what is answered with a 2xx in time. Else why not, for the partner to read: nothing of what the receiver said is in it.
async fn send(ports: &impl Ports, request: Request<Vec<u8>>) -> Result<(), String> {
    let (answer, patience) = (pin!(ports.post(request)), pin!(ports.sleep(PATIENCE)));
    match select(answer, patience).await {
        Either::Left((Ok(status), _)) if status.is_success() => Ok(()),
        Either::Left((Ok(status), _)) if status.is_redirection() => {
            Err(format!("the receiver answered {}: redirects are not followed", status.as_u16()))
        }
        Either::Left((Ok(status), _)) => Err(format!("the receiver answered {}", status.as_u16())),
        Either::Left((Err(NoAnswer::NotAllowed), _)) => {
            Err("the receiver's address is not one that may be sent to".to_owned())
        }
        Either::Left((Err(NoAnswer::Failed), _)) => Err("the receiver could not be reached".to_owned()),
        Either::Left((Err(NoAnswer::TooLate), _)) | Either::Right(_) => {
            Err("the receiver did not answer within 10 seconds".to_owned())
        }
    }
}

fn log_attempt(
    ports: &impl Ports,
    trace: &TraceId,
    webhook: Uuid,
    attempt: Attempt,
    failure: Option<&String>,
) {
    #[derive(Serialize)]
    struct Attempted<'a> {
        webhook: Uuid,
        message: Uuid,
        attempt: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<&'a String>,
    }
    let details = Attempted { webhook, message: attempt.message, attempt: attempt.number, failure };
    ports.log(&log_line("webhook-attempt", trace, details));
}
