//! `POST /internal/webhooks/run`: does what is due. The harness calls it each second, on Spin a schedule does.
//!
//! Any number may run at once. What two of them find, one of them sends.

use super::bell::{Bell, hear};
use super::deliver::deliver;
use super::{secret, tell};
use crate::call::log_line;
use crate::http::{ApiError, Response, TraceId, json};
use crate::ports::Ports;
use crate::settings::read;
use core::time::Duration;
use futures_util::future::join_all;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The shortest token that opens the route.
const SHORTEST_TOKEN: usize = 32;

/// How many webhooks one run sends to.
const MOST_WEBHOOKS: usize = 32;

/// How long one run looks, and after that hears bells. Together well below the time in which it begins to send: in a slow store
/// with much to be done nothing would be sent otherwise.
const LOOKING: Duration = Duration::from_secs(1);
const HEARING: Duration = Duration::from_secs(1);

/// What was done.
#[derive(Debug, Default, Serialize)]
struct Done {
    /// Things looked at because they may have changed.
    looked: usize,
    /// Messages that were taken.
    sent: usize,
    /// Messages that were not.
    failed: usize,
    /// Whether there is more to be done right now.
    more: bool,
}

/// Answers once everything is sent that was begun: 13 seconds at most.
pub(crate) async fn run<P: Ports>(
    ports: &P,
    trace: &TraceId,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    check_token(ports, headers)?;
    let began = ports.now();
    let looked = tell::look(ports, trace, began + LOOKING)?;
    let (heard, taken) = hear(ports, trace, began + LOOKING + HEARING)?;
    let (now, later) = heard.split_at(heard.len().min(MOST_WEBHOOKS));
    for webhook in later {
        Bell::of(*webhook).ring(ports)?;
    }
    let mut done = Done {
        looked: looked.entries,
        more: looked.more || taken.more || !later.is_empty(),
        ..Done::default()
    };
    for outcome in join_all(now.iter().map(|webhook| deliver(ports, trace, began, *webhook))).await {
        match outcome {
            Ok(outcome) => {
                done.sent += outcome.sent;
                done.failed += outcome.failed;
                done.more |= outcome.more;
            }
            // The others are not to suffer from it. What was not sent rings again.
            Err(error) => log_failure(ports, trace, &error),
        }
    }
    json(StatusCode::OK, &done)
}

/// One failure is not to keep the rest from being done, but is said.
pub(super) fn log_failure(ports: &impl Ports, trace: &TraceId, error: &ApiError) {
    #[derive(Serialize)]
    struct Reason<'a> {
        reason: &'a str,
    }
    let reason = error.internal_reason().unwrap_or("refused");
    ports.log(&log_line("failure", trace, Reason { reason }));
}

/// Who does not know the token is told that there is nothing here.
fn check_token(ports: &impl Ports, headers: &HeaderMap) -> Result<(), ApiError> {
    if !secret::webhooks_are_on(ports)? {
        return Err(ApiError::NotFound);
    }
    let token = read(ports, "webhook_run_token")?.filter(|token| token.len() >= SHORTEST_TOKEN);
    let token = token.ok_or(ApiError::NotFound)?;
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    // Hashes, so that the time it takes does not depend on lengths either.
    if bool::from(Sha256::digest(token).ct_eq(&Sha256::digest(given))) {
        Ok(())
    } else {
        Err(ApiError::NotFound)
    }
}
