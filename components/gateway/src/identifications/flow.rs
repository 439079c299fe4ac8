//! What the hosted pages do with an identification: find it by its link, and submit what was filled in.

use super::link::Token;
use super::record::Identification;
use super::state::{State, Status, mark_checked, submission};
use crate::http::{ApiError, TraceId};
use crate::ids;
use crate::ports::Ports;
use crate::settled::{Entry, Settling};
use crate::webhooks::{self, Kind};
use serde_json::value::RawValue;

/// The longest answers, in bytes: a record of the store may have 64 KiB.
const LONGEST_ANSWERS: usize = 60_000;

/// What a link leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nothing, and it never did as far as anybody can tell.
    Unknown,
    /// An identification that is not to be filled in any more: it was, or its time is over, or it was archived.
    Over(Identification, Status),
    /// One that waits to be filled in.
    Open(Identification),
}

/// What became of answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Submitted {
    Taken,
    /// Not taken: it was over before.
    Over(Status),
}

/// The identification behind a link. Changes nothing but what a submission that died half-way has left undone.
pub(crate) fn by_token(ports: &impl Ports, token: &str) -> Result<Link, ApiError> {
    let Some(token) = Token::parse(token) else { return Ok(Link::Unknown) };
    let Some(id) = token.leads_to(ports)? else { return Ok(Link::Unknown) };
    let Some(identification) = Identification::of(ports, id)? else { return Ok(Link::Unknown) };
    Ok(match State::of(ports, &identification)?.status {
        Status::Pending if ports.now() < identification.closes_at() => Link::Open(identification),
        Status::Pending => Link::Over(identification, Status::Expired),
        Status::Processed => {
            mark_checked(ports, identification.id, ports.now())?;
            Link::Over(identification, Status::PendingReview)
        }
        status => Link::Over(identification, status),
    })
}

/// Takes what was filled in, once: the first answers stay. `answers` is a JSON object of 60,000 bytes at most; it holds personal
/// data, and goes into the store and nowhere else.
pub(crate) async fn submit(
    ports: &impl Ports,
    trace: &TraceId,
    identification: &Identification,
    answers: &str,
) -> Result<Submitted, ApiError> {
    let wrong = || ApiError::bad_request("The answers must be a JSON object of 60000 bytes at most.");
    if answers.len() > LONGEST_ANSWERS || !answers.trim_ascii_start().starts_with('{') {
        return Err(wrong());
    }
    let answers: Box<RawValue> = serde_json::from_str(answers).map_err(|_| wrong())?;
    let status = State::of(ports, identification)?.status;
    if status != Status::Pending {
        return Ok(Submitted::Over(status));
    }
    let now = ports.now();
    let entry = Entry { by: ids::new(ports, now), at: now, more: answers };
    let until = Some(identification.closes_at());
    webhooks::before(ports, trace, Kind::Identification, identification.id)?;
    let submitted = match submission(identification.id).settle(ports, true, &entry, until).await? {
        Settling::Now => {
            // There are no checks beyond those of the form yet, so they are done as soon as it is submitted.
            mark_checked(ports, identification.id, ports.now())?;
            Submitted::Taken
        }
        Settling::Before(_) => Submitted::Over(State::of(ports, identification)?.status),
        Settling::TooLate => Submitted::Over(Status::Expired),
    };
    webhooks::after(ports, trace, Kind::Identification, identification.id);
    Ok(submitted)
}
