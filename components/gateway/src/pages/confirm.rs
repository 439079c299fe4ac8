//! The page behind a confirmation link. Opening it changes nothing, because mail scanners open links; its button does.

use super::templates::ConfirmPage;
use super::{notice, page, unknown_link};
use crate::authentication_codes::log_attempt;
use crate::guarded::{self, Held};
use crate::http::{ApiError, Response, TraceId};
use crate::ports::Ports;
use crate::ports::challenges::{Challenge, ChallengeStatus as Status, Error, Key};
use crate::settings::{Environment, mac_keys};
use crate::when;
use http::StatusCode;
use stepgate_storage::Timestamp;

/// `GET`: what would be confirmed.
pub(super) fn show(ports: &impl Ports, token: &str) -> Result<Response, ApiError> {
    match ports.open_link(token, &keys(ports)?) {
        Ok(challenge) => match Held::of(&challenge) {
            None => unknown_link(),
            Some(held) if challenge.status == Status::Pending => ask(&challenge, &held),
            Some(_) => over(challenge.status),
        },
        Err(error) => unknown(error),
    }
}

/// `POST`: the button.
pub(super) fn confirm(ports: &impl Ports, trace: &TraceId, token: &str) -> Result<Response, ApiError> {
    let keys = keys(ports)?;
    // The long codes of accounts' mails are of the same kind as links, and are to be typed in elsewhere: here they do nothing.
    let outcome = match ports.open_link(token, &keys) {
        Ok(challenge) if Held::of(&challenge).is_some() => ports.confirm_link(token, &keys),
        Ok(_) => Err(Error::NotFound),
        Err(error) => Err(error),
    };
    log_attempt(ports, trace, "link", None, None, &outcome);
    let challenge = match outcome {
        Ok(verified) => verified.challenge,
        Err(error) => return unknown(error),
    };
    if challenge.status == Status::Confirmed {
        // What is said to have taken effect has to stay so: this makes it permanent.
        ports.current(&challenge.scope, &challenge.entity)?;
    }
    guarded::answered(ports, trace, &challenge)?;
    match challenge.status {
        Status::Confirmed => notice(StatusCode::OK, "Confirmed", "Thank you. You can close this page.", None),
        Status::Pending => notice(
            StatusCode::CONFLICT,
            "Please wait a moment",
            "Codes for this request are being checked right now. Open the link again in a few seconds.",
            None,
        ),
        status => over(status),
    }
}

fn keys(ports: &impl Ports) -> Result<Vec<Key>, ApiError> {
    Ok(mac_keys(ports, Environment::load(ports)?)?)
}

fn ask(challenge: &Challenge, held: &Held) -> Result<Response, ApiError> {
    let described = held.change.described();
    page(
        StatusCode::OK,
        &ConfirmPage {
            title: described.title,
            asked_by: &held.asked_by,
            lines: &described.lines,
            requested_at: when::plain(held.requested_at),
            valid_until: when::plain(Timestamp(challenge.expires_at)),
        },
    )
}

/// Says that there is nothing left to do here, and nothing about what it was.
fn over(status: Status) -> Result<Response, ApiError> {
    let (title, text) = match status {
        Status::Confirmed => {
            ("Already confirmed", "This request has been confirmed. There is nothing left to do.")
        }
        Status::Pending | Status::Expired => (
            "This link is no longer valid",
            "Its time is over, or a newer request has taken its place. If you still want the change, ask for it again.",
        ),
        Status::Rejected => (
            "This link is no longer valid",
            "Too many wrong codes were entered for this request. If you still want the change, ask for it again.",
        ),
    };
    notice(StatusCode::GONE, title, text, None)
}

fn unknown(error: Error) -> Result<Response, ApiError> {
    match error {
        Error::NotFound | Error::Invalid(_) => unknown_link(),
        other => Err(other.into()),
    }
}
