//! Holding a change: a challenge for it, and the message that asks its owner.

use super::waiting::{Step, until_done};
use super::{Held, Reference};
use crate::call::{Call, log_line};
use crate::email::Email;
use crate::http::ApiError;
use crate::inbox;
use crate::messages::{self, Notice};
use crate::owner::Owner;
use crate::ports::Ports;
use crate::ports::challenges::{ChallengeStatus, Closing, EntityState, Error, Issued, Issuing, Key, Request};
use crate::ports::delivery::{self, Channel, Message};
use crate::settings::{Environment, IssueSettings};
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// What is to be held.
pub(super) struct Order {
    pub(super) owner: Owner,
    /// The core's name for what is changed.
    pub(super) entity: String,
    /// Who is asked.
    pub(super) recipient: Email,
    pub(super) held: Held,
}

/// Issues the challenge, which supersedes the entity's challenge before it. Nobody has been told yet: [`announce`] does.
///
/// Also answers whether codes of the challenge before it had to be waited for.
pub(super) async fn hold<P: Ports>(
    call: &Call<'_, P>,
    settings: &IssueSettings,
    order: &Order,
) -> Result<(Issued, bool), ApiError> {
    let request = Request {
        scope: order.owner.scope(),
        entity: order.entity.clone(),
        subject: order.recipient.as_str().to_owned(),
        purpose: order.held.change.action().purpose().to_owned(),
        payload: order.held.payload()?,
        policy: settings.policy,
    };
    issue(call.ports, &request, &call.settings.mac_keys).await
}

/// Issues a challenge, however long the codes of the one before it take to settle. Also answers whether they had to be
/// waited for.
pub(crate) async fn issue(
    ports: &impl Ports,
    request: &Request,
    keys: &[Key],
) -> Result<(Issued, bool), ApiError> {
    until_done(ports, |ticket| {
        Ok(match ports.issue(request, keys, ticket)? {
            Issuing::Done(issued) => Step::Done(issued),
            Issuing::Wait(waiting) => Step::Wait(waiting),
        })
    })
    .await
}

/// Makes the challenge known: to the API under its entity id, and to the person who is asked.
///
/// If the person cannot be told, nobody may guess either: the challenge is closed again.
pub(super) async fn announce<P: Ports>(
    call: &Call<'_, P>,
    settings: &IssueSettings,
    order: &Order,
    issued: &Issued,
) -> Result<(), ApiError> {
    let announced = tell(call, settings, order, issued);
    if announced.is_err() {
        // What the caller has to hear of is the message, not this; and if this fails, the challenge ends by itself.
        let _ = withdraw(call, &order.owner, &order.entity).await;
    }
    announced
}

fn tell<P: Ports>(
    call: &Call<'_, P>,
    settings: &IssueSettings,
    order: &Order,
    issued: &Issued,
) -> Result<(), ApiError> {
    let challenge = &issued.challenge;
    if order.held.change.action().has_own_id() {
        let reference = Reference { entity: order.entity.clone(), challenge: challenge.id.clone() };
        reference.write(call.ports, order.held.entity_id)?;
    }
    let link = settings.base_url.confirmation(&issued.link_token);
    let described = order.held.change.described();
    let notice = Notice {
        asked_by: &order.held.asked_by,
        described: &described,
        requested_at: order.held.requested_at,
        valid_until: Timestamp(challenge.expires_at),
        code: &issued.code,
        link: Some(&link),
        long_code: None,
        if_not_you: None,
        sender_name: &settings.sender_name,
    };
    let (subject, text) = messages::email(&notice);
    let message = Message { channel: Channel::Email, to: order.recipient.as_str().to_owned(), subject, text };
    deliver(call.ports, call.settings.environment, call.now, &message, Some(&link))?;
    let details =
        Sent { challenge: &challenge.id, partner: order.owner.partner, purpose: &challenge.purpose };
    call.ports.log(&log_line("issued", call.trace, details));
    Ok(())
}

/// Hands a message over; in the sandbox, to its inbox.
pub(crate) fn deliver(
    ports: &impl Ports,
    environment: Environment,
    now: Timestamp,
    message: &Message,
    link: Option<&str>,
) -> Result<(), ApiError> {
    match environment {
        Environment::Sandbox => inbox::append(ports, now, message, link),
        Environment::Production => ports.send(message).map_err(undelivered),
    }
}

/// What the log says of a message.
#[derive(Serialize)]
struct Sent<'a> {
    challenge: &'a str,
    partner: Uuid,
    purpose: &'a str,
}

/// Closes the entity's challenge, so that what waits is never done.
pub(crate) async fn withdraw<P: Ports>(
    call: &Call<'_, P>,
    owner: &Owner,
    entity: &str,
) -> Result<(), ApiError> {
    close(call.ports, &owner.scope(), entity).await
}

/// The same where mostly nothing waits: what was never asked for costs one look. Answers whether something may have waited.
///
/// Whoever asks at this moment is not waited for. It sees why this was called, if that was written down before
/// ([`super::ask`]).
pub(crate) async fn withdraw_open<P: Ports>(
    call: &Call<'_, P>,
    owner: &Owner,
    entity: &str,
) -> Result<bool, ApiError> {
    let may_be_open = match call.ports.current(&owner.scope(), entity) {
        Err(Error::NotFound) => false,
        Ok(EntityState { challenge, .. }) => {
            challenge.is_some_and(|challenge| challenge.status == ChallengeStatus::Pending)
        }
        // Codes are being compared; or the store fails, which closing it will say.
        Err(_) => true,
    };
    if may_be_open {
        withdraw(call, owner, entity).await?;
    }
    Ok(may_be_open)
}

/// The same as [`withdraw`] where nobody calls the API.
pub(crate) async fn close(ports: &impl Ports, scope: &str, entity: &str) -> Result<(), ApiError> {
    let step = |ticket| {
        Ok(match ports.cancel(scope, entity, ticket)? {
            Closing::Done => Step::Done(()),
            Closing::Wait(waiting) => Step::Wait(waiting),
        })
    };
    until_done(ports, step).await.map(|((), _)| ())
}

/// What the transport said is dropped: it may quote the address.
fn undelivered(error: delivery::Error) -> ApiError {
    ApiError::Internal(match error {
        delivery::Error::Unavailable(_) => "the message could not be delivered: transport unavailable".into(),
        delivery::Error::Refused(_) => "the message could not be delivered: refused by the transport".into(),
        delivery::Error::Unconfigured => {
            "the message could not be delivered: no mail transport is set up".into()
        }
    })
}
