//! `PUT /api/sandbox/autoramp/{id}`: what compliance and a bank would do (`contracts/authentication-codes.md` §6).

use super::Record;
use super::object::Autoramp;
use super::status::{State, Status, finish, put, revive};
use crate::call::Call;
use crate::customers;
use crate::guarded::{self, AutorampEdit, Change, Decision, Subject};
use crate::http::{ApiError, Response, json};
use crate::json::word;
use crate::ports::Ports;
use http::StatusCode;

/// Sets a status. The three that wait for a code send one, so that confirming can be rehearsed; any other makes the code
/// that waits worthless.
pub(crate) async fn set_status<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let status: Status = word(body, "The body must be a status of an autoramp, as a JSON string.")?;
    match status {
        Status::Created | Status::EditPending => {
            rehearse(call, &record).await?;
            return json(StatusCode::OK, &Autoramp::load(call, record)?);
        }
        Status::Cancelled => return cancelled(call, record).await,
        Status::Rejected => {
            revive(call.ports, record.id)?;
            finish(call.ports, record.id, status)?;
        }
        Status::Authorized | Status::DepositAccountAdded | Status::Approved => {
            revive(call.ports, record.id)?;
            put(call.ports, record.id, status)?;
        }
    }
    guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
    json(StatusCode::OK, &Autoramp::load(call, record)?)
}

async fn cancelled<P: Ports>(call: &Call<'_, P>, record: Record) -> Result<Response, ApiError> {
    super::cancel(call, &record.id.to_string()).await?;
    json(StatusCode::OK, &Autoramp::load(call, record)?)
}

/// Asks the customer to confirm what is there: an edit into the terms it has.
async fn rehearse<P: Ports>(call: &Call<'_, P>, record: &Record) -> Result<(), ApiError> {
    let customer = customers::active(call, record.customer_id)?;
    let before = State::of(call.ports, record)?.status;
    let entity = Record::entity(record.id);
    let subject = Subject { owner: &record.owner, entity: &entity, entity_id: record.id };
    guarded::ask(call, subject, &|standing| {
        let terms = State::standing(call.ports, record, standing)?.terms;
        let edit = AutorampEdit { before: terms.clone(), terms };
        Ok(Decision::Ask(customer.recipient(call.ports)?, Box::new(Change::AutorampEdit(edit))))
    })
    .await?;
    // Afterwards, because asking may be refused as too soon.
    if before.is_over() {
        revive(call.ports, record.id)?;
        put(call.ports, record.id, Status::Authorized)?;
    }
    Ok(())
}
