//! `PUT /api/customers/{id}`: the external id at once, the address when its owner has confirmed it.

use super::address::Address;
use super::check_free;
use super::fields::CustomerUpdate;
use super::record::Record;
use crate::call::Call;
use crate::email::Email;
use crate::external;
use crate::guarded::{self, Change, Decision, EmailChange, Standing, Subject};
use crate::http::{ApiError, Response, empty};
use crate::ids;
use crate::ports::Ports;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

/// Names the code that was sent, which saves the client the look-up. The code itself is in the message only.
const CODE_ID_HEADER: &str = "x-authentication-code-id";

/// Opens, replaces or withdraws a change of the address, and applies the external id.
pub(crate) async fn update<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let update = CustomerUpdate::parse(body)?;
    let record = Record::load(call, id)?;
    if update.external_id.is_some() {
        check_external_id(call, &record, update.external_id.as_deref())?;
    }
    // First, because it may be refused as too soon, and then nothing of the request is done.
    let opened = change_address(call, &record, &update.email).await?;
    if update.external_id.is_some() {
        // It may have taken a while.
        set_external_id(call, Record::load(call, id)?, update.external_id)?;
    }
    match opened {
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

fn check_external_id<P: Ports>(
    call: &Call<'_, P>,
    record: &Record,
    external_id: Option<&str>,
) -> Result<(), ApiError> {
    check_free(call.ports, record.id)?;
    external::check_free::<Record>(call.ports, &record.owner, record.id, external_id)
}

fn set_external_id<P: Ports>(
    call: &Call<'_, P>,
    mut record: Record,
    external_id: Option<String>,
) -> Result<(), ApiError> {
    check_external_id(call, &record, external_id.as_deref())?;
    let before = record.external_id.clone();
    if external_id != before {
        record.external_id = external_id;
        record.updated_at = call.now;
        record.write(call.ports)?;
        external::leave(call.ports, &record, before.as_deref())?;
    }
    // Also where it has it already: an earlier request may have died before it came to this.
    external::enter(call.ports, &record)
}

/// Answers the change that now waits; none if the customer has that address and nothing waits.
async fn change_address<P: Ports>(
    call: &Call<'_, P>,
    record: &Record,
    to: &Email,
) -> Result<Option<Opened>, ApiError> {
    let change = ids::new(call.ports, call.now);
    let entity = EmailChange::entity(record.id);
    let subject = Subject { owner: &record.owner, entity: &entity, entity_id: change };
    let decide = |standing: &Standing| {
        check_free(call.ports, record.id)?;
        let from = Address::standing(record, standing)?.email;
        if from != *to {
            let change = EmailChange { customer_id: record.id, from: from.clone(), to: to.clone() };
            // The owner of the address it has now.
            return Ok(Decision::Ask(from, Box::new(Change::EmailChange(change))));
        }
        Ok(if standing.open().is_some() { Decision::Withdraw } else { Decision::Leave })
    };
    let code = guarded::ask(call, subject, &decide).await?;
    Ok(code.map(|code| Opened { change, code }))
}
