//! `PUT /api/customers/{id}`: the external id at once, the address when its owner has confirmed it.

use super::address::State;
use super::external;
use super::fields::CustomerUpdate;
use super::record::Record;
use crate::call::Call;
use crate::email::Email;
use crate::guarded::{self, Change, EmailChange, Held, Order};
use crate::http::{ApiError, Response, empty};
use crate::ids;
use crate::ports::Ports;
use crate::settings::IssueSettings;
use core::time::Duration;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

/// How often the address may change under a request before it gives up.
const TRIES: usize = 3;

/// Names the code that was sent, which saves the client the look-up. The code itself is in the message only.
const CODE_ID_HEADER: &str = "x-authentication-code-id";

/// Nobody gets a mail, reads it and types the code in faster than this.
const FASTEST_PERSON: Duration = Duration::from_secs(1);

/// Applies the external id and opens, replaces or withdraws a change of the address.
pub(crate) async fn update<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let update = CustomerUpdate::parse(body)?;
    let record = with_external_id(call, Record::load(call, id)?, update.external_id)?;
    match change_address(call, &record, &update.email).await? {
        None => Ok(empty(StatusCode::NO_CONTENT)),
        Some(Opened { change, code }) => {
            let mut response = empty(StatusCode::NO_CONTENT);
            let place = format!("/api/customers/{}/email-changes/{change}", record.id);
            response.headers_mut().insert(LOCATION, header(&place)?);
            response.headers_mut().insert(CODE_ID_HEADER, header(&code)?);
            Ok(response)
        }
    }
}

fn header(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(text).map_err(|_| ApiError::Internal("a header could not be written".into()))
}

/// A change that now waits, and the id of the code that was sent for it.
struct Opened {
    change: Uuid,
    code: String,
}

fn with_external_id<P: Ports>(
    call: &Call<'_, P>,
    mut record: Record,
    external_id: Option<String>,
) -> Result<Record, ApiError> {
    if external_id.is_none() {
        return Ok(record);
    }
    external::check_free(call, &record.owner, record.id, external_id.as_deref())?;
    let before = record.external_id.clone();
    if external_id != before {
        record.external_id = external_id;
        record.updated_at = call.now;
        record.write(call.ports)?;
        external::leave(call, &record, before.as_deref())?;
    }
    // Also where it has it already: an earlier request may have died before it came to this.
    external::enter(call, &record)?;
    Ok(record)
}

/// Answers the change that now waits; none if the customer has that address and nothing waits.
async fn change_address<P: Ports>(
    call: &Call<'_, P>,
    record: &Record,
    to: &Email,
) -> Result<Option<Opened>, ApiError> {
    let entity = EmailChange::entity(record.id);
    for _ in 0..TRIES {
        let looked = call.ports.now();
        let state = State::of(call.ports, record)?;
        if state.present == *to {
            if !state.open {
                return Ok(None);
            }
            guarded::withdraw(call, &record.owner, &entity).await?;
            // It may have been confirmed before it was closed: look again.
            continue;
        }
        let settings = IssueSettings::load(call.ports, call.settings.environment)?;
        let order = order(call, record, &entity, &state.present, to);
        let (issued, waited) = guarded::hold(call, &settings, &order).await?;
        // The address that is asked has to be the one the customer has. A change that was open, or one opened and
        // confirmed while this request hung, may have been confirmed meanwhile; it is closed by now, so a second look
        // is final.
        let in_doubt = state.open || waited || call.ports.now().since(looked) >= FASTEST_PERSON;
        if in_doubt && State::of(call.ports, record)?.applied != state.applied {
            guarded::withdraw(call, &record.owner, &entity).await?;
            continue;
        }
        guarded::announce(call, &settings, &order, &issued).await?;
        return Ok(Some(Opened { change: order.held.entity_id, code: issued.challenge.id }));
    }
    Err(ApiError::Internal("the address kept changing".into()))
}

fn order<P: Ports>(call: &Call<'_, P>, record: &Record, entity: &str, from: &Email, to: &Email) -> Order {
    let change = EmailChange { customer_id: record.id, from: from.clone(), to: to.clone() };
    Order {
        owner: record.owner,
        entity: entity.to_owned(),
        recipient: from.clone(),
        held: Held {
            entity_id: ids::new(call.ports, call.now),
            requested_at: call.now,
            asked_by: call.caller.partner_name.clone(),
            change: Change::EmailChange(change),
        },
    }
}
