//! Confirming the customer's address with a code.
//!
//! Whoever has the link can ask for codes and guess at them, and a new code has new attempts. So an identification has a
//! budget of its own, beside what the core allows for one code: so many messages in a day, and so many codes compared in all.
//! It is spent for good; the partner can make another identification, which nobody who only has the link can.

use super::Visit;
use crate::authentication_codes::log_attempt;
use crate::call::log_line;
use crate::customers;
use crate::email::Email;
use crate::guarded::{close, deliver, issue};
use crate::http::ApiError;
use crate::identifications::Identification;
use crate::messages::{self, Described, Notice};
use crate::ports::Ports;
use crate::ports::challenges::{Challenge, ChallengeStatus as Status, Error, Issued, Request, Verdict};
use crate::ports::delivery::{Channel, Message};
use serde::Serialize;
use stepgate_storage::{CounterKey, Timestamp};
use uuid::Uuid;

const PURPOSE: &str = "identification";

/// How many messages may be sent for an identification in a day (UTC).
const MOST_MESSAGES: i64 = 20;

/// How many codes are ever compared for an identification: NIST SP 800-63B-4 §3.2.2.
const MOST_CODES: i64 = 100;

/// What became of the wish for a code.
pub(super) enum Sending {
    Sent,
    /// Nothing was sent; it can be in so many seconds.
    TooSoon(u64),
    /// Nothing was sent, and nothing will be today.
    TooMany,
}

/// What became of a code.
pub(super) enum Checked {
    Passed,
    /// It does not look like one. No attempt was spent.
    Unclear,
    Wrong,
    /// There is no code that could be given, for this reason.
    None(NoCode),
    /// Too many were compared for this identification.
    Spent,
}

/// Why there is no code to be given.
#[derive(Clone, Copy)]
pub(super) enum NoCode {
    NeverSent,
    Used,
    Over,
    Rejected,
}

/// The code that waits to be typed in, if one was sent to this address.
pub(super) fn open<P: Ports>(
    visit: &Visit<'_, P>,
    identification: &Identification,
    email: &Email,
) -> Result<Option<Challenge>, ApiError> {
    let newest = newest(visit, identification)?;
    Ok(newest.filter(|code| code.status == Status::Pending && code.subject == email.as_str()))
}

/// Sends a code to the customer. It takes the place of the one before it.
pub(super) async fn send<P: Ports>(
    visit: &Visit<'_, P>,
    identification: &Identification,
) -> Result<Sending, ApiError> {
    /// What is kept with the code. Nothing follows from it: what a code opens is decided where it is typed in.
    #[derive(Serialize)]
    struct Payload {
        entity_id: Uuid,
    }
    let ports = visit.ports;
    let now = ports.now();
    let messages = messages_key(identification.id, now);
    if ports.add(&messages, 0)? >= MOST_MESSAGES {
        return Ok(Sending::TooMany);
    }
    let email = customers::email_of(ports, identification.customer_id)?;
    let payload = serde_json::to_string(&Payload { entity_id: identification.id })
        .map_err(|_| ApiError::Internal("a payload could not be written".into()))?;
    let request = Request {
        scope: scope(identification),
        entity: entity(identification.id),
        subject: email.as_str().to_owned(),
        purpose: PURPOSE.into(),
        payload,
        policy: visit.issue.policy,
    };
    let issued = match issue(ports, &request, &visit.settings.mac_keys).await {
        Ok((issued, _)) => issued,
        Err(ApiError::Throttled(seconds)) => return Ok(Sending::TooSoon(seconds)),
        Err(other) => return Err(other),
    };
    let sent = match ports.add(&messages, 1) {
        Ok(nth) if nth > MOST_MESSAGES => Ok(Sending::TooMany),
        Ok(_) => tell(visit, identification, &email, &issued, now).map(|()| Sending::Sent),
        Err(error) => Err(error.into()),
    };
    if !matches!(sent, Ok(Sending::Sent)) {
        // A code that nobody was told must not be waited for. If this fails, it ends by itself.
        let _ = close(ports, &request.scope, &request.entity).await;
    }
    sent
}

fn tell<P: Ports>(
    visit: &Visit<'_, P>,
    identification: &Identification,
    email: &Email,
    issued: &Issued,
    now: Timestamp,
) -> Result<(), ApiError> {
    /// What the log says of a message.
    #[derive(Serialize)]
    struct Sent<'a> {
        challenge: &'a str,
        partner: Uuid,
        purpose: &'a str,
    }
    let challenge = &issued.challenge;
    let described = Described {
        title: "your e-mail address",
        lines: vec![("Address", email.masked()), ("For", "your identification".into())],
    };
    let asked_by = visit.asked_by(identification);
    let notice = Notice {
        asked_by,
        described: &described,
        requested_at: now,
        valid_until: Timestamp(challenge.expires_at),
        code: &issued.code,
        link: None,
        long_code: None,
        if_not_you: None,
        sender_name: &visit.issue.sender_name,
    };
    let (subject, text) = messages::email(&notice);
    let message = Message { channel: Channel::Email, to: email.as_str().to_owned(), subject, text };
    deliver(visit.ports, visit.settings.environment, now, &message, None)?;
    let details =
        Sent { challenge: &challenge.id, partner: identification.owner.partner, purpose: &challenge.purpose };
    visit.ports.log(&log_line("issued", visit.trace, details));
    Ok(())
}

/// Compares what was typed with the code that was sent to this address.
pub(super) fn check<P: Ports>(
    visit: &Visit<'_, P>,
    identification: &Identification,
    email: &Email,
    typed: &str,
) -> Result<Checked, ApiError> {
    let ports = visit.ports;
    let Some(digits) = digits(typed) else { return Ok(Checked::Unclear) };
    let Some(code) = newest(visit, identification)? else { return Ok(Checked::None(NoCode::NeverSent)) };
    match code.status {
        // A code that went to another address says nothing about this one.
        Status::Pending if code.subject != email.as_str() => return Ok(Checked::None(NoCode::Over)),
        Status::Pending => {}
        Status::Confirmed => return Ok(Checked::None(NoCode::Used)),
        status => return Ok(Checked::None(no_code(status))),
    }
    // Before it is compared: what is not counted is not compared.
    if ports.add(&codes_key(identification.id), 1)? > MOST_CODES {
        return Ok(Checked::Spent);
    }
    let (scope, sandbox) = (scope(identification), visit.settings.environment.is_sandbox());
    let outcome = ports.verify(&scope, &code.id, &digits, &visit.settings.mac_keys, sandbox);
    log_attempt(ports, visit.trace, "page", Some(&scope), Some(&code.id), &outcome);
    let verified = outcome?;
    Ok(match (verified.verdict, verified.challenge.status) {
        (Verdict::Confirmed, _) => {
            // Makes it permanent now, so that no one who only opens the page has to.
            ports.current(&scope, &entity(identification.id))?;
            Checked::Passed
        }
        (Verdict::Wrong, Status::Pending) => Checked::Wrong,
        (Verdict::ConfirmedAlready, _) => Checked::None(NoCode::Used),
        (_, status) => Checked::None(no_code(status)),
    })
}

/// As the core knows it. No owner's scope, which begins with a partner: these codes are typed into the page, and are out of reach of
/// the partner's keys.
fn scope(identification: &Identification) -> String {
    format!("identifications/{}", identification.owner.scope())
}

fn newest<P: Ports>(
    visit: &Visit<'_, P>,
    identification: &Identification,
) -> Result<Option<Challenge>, ApiError> {
    match visit.ports.current(&scope(identification), &entity(identification.id)) {
        Ok(state) => Ok(state.challenge),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn no_code(status: Status) -> NoCode {
    match status {
        Status::Confirmed => NoCode::Used,
        Status::Rejected => NoCode::Rejected,
        // Pending and yet refused: its attempts are being used up this moment.
        Status::Pending | Status::Expired => NoCode::Over,
    }
}

/// The six digits, however they were set apart.
fn digits(typed: &str) -> Option<String> {
    if typed.len() > 20 {
        return None;
    }
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The core's name for it.
fn entity(id: Uuid) -> String {
    format!("identification/{id}")
}

fn messages_key(id: Uuid, now: Timestamp) -> CounterKey {
    CounterKey::until(now.day().plus(1), &format!("identification/{id}/messages"))
}

fn codes_key(id: Uuid) -> CounterKey {
    CounterKey::forever(&format!("identification/{id}/codes"))
}
