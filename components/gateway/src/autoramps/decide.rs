//! `PUT /api/autoramps/{id}/status`, for operators: what compliance or a bank said.

use super::object::Autoramp;
use super::spelling::Spelling;
use super::status::{State, Status, finish, put};
use super::{Record, reuse};
use crate::call::Call;
use crate::guarded;
use crate::http::{ApiError, Response, json};
use crate::json::word;
use crate::ports::Ports;
use http::StatusCode;

const WRONG: &str =
    "The body must be Authorized, DepositAccountAdded, Approved or Rejected, as a JSON string.";

/// Sets the status, and answers the autoramp. Not while its customer is asked about it, and not once it is over; an edit that
/// is asked for at this very moment goes on waiting, and leads back to this status.
pub(crate) async fn decide<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let said: Status = word(body, WRONG)?;
    if matches!(said, Status::Created | Status::EditPending | Status::Cancelled) {
        return Err(ApiError::bad_request(WRONG));
    }
    match State::of(call.ports, &record)?.status {
        Status::Created | Status::EditPending => {
            return Err(conflict("not_authorized", "The autoramp waits for its customer's confirmation."));
        }
        Status::Rejected | Status::Cancelled => return Err(over()),
        Status::Authorized | Status::DepositAccountAdded | Status::Approved => {}
    }
    if said == Status::Rejected {
        finish(call.ports, record.id, said)?;
        // After it is rejected, so that whoever asks for an edit meanwhile sees that, or is closed here.
        guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
    } else {
        put(call.ports, record.id, said)?;
    }
    let state = State::of(call.ports, &record)?;
    if state.status.is_over() && state.status != said {
        // It ended while this went on.
        if state.status == Status::Cancelled {
            // Whoever cancelled it may not have seen that it has an account.
            reuse::leave(call.ports, &record)?;
        }
        return Err(over());
    }
    json(StatusCode::OK, &Autoramp::of(call, record, state, Spelling::load(call.ports)?)?)
}

fn over() -> ApiError {
    conflict("autoramp_terminal", "The autoramp is rejected or cancelled for good.")
}

fn conflict(code: &'static str, what: &'static str) -> ApiError {
    ApiError::Refused(StatusCode::CONFLICT, code, what)
}
