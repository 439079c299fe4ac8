//! Waiting for codes that are being compared this moment.

use crate::http::ApiError;
use crate::ports::Ports;
use crate::ports::challenges::{self, Ticket, Waiting};
use core::time::Duration;

/// A little more than the fence of the core (10 s), after which nothing can be in the way any more.
const PATIENCE: Duration = Duration::from_secs(12);

/// Where a call to the core stands.
pub(super) enum Step<T> {
    Done(T),
    Wait(Waiting),
}

/// Calls `step` until it is done, and answers whether that took more than one call.
pub(super) async fn until_done<T>(
    ports: &impl Ports,
    mut step: impl FnMut(Option<Ticket>) -> Result<Step<T>, challenges::Error>,
) -> Result<(T, bool), ApiError> {
    let mut ticket = None;
    let mut waited = Duration::ZERO;
    loop {
        match step(ticket)? {
            Step::Done(done) => return Ok((done, ticket.is_some())),
            Step::Wait(waiting) => {
                let pause = Duration::from_millis(waiting.retry_in.max(1).into());
                waited += pause;
                if waited > PATIENCE {
                    return Err(ApiError::Internal("codes in flight did not settle in time".into()));
                }
                ports.sleep(pause).await;
                ticket = Some(waiting.ticket);
            }
        }
    }
}
