//! `PUT /api/addresses/fiat/{id}/status`, for operators: what the bank said.

use super::Record;
use super::object::FiatAddress;
use super::status::Status;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::json::word;
use crate::ports::Ports;
use http::StatusCode;

const WRONG: &str =
    "The body must be Registered, RegistrationFailed or RegistrationPending, as a JSON string.";

/// Keeps it, and answers the address. A bank has no say as long as its owner has not said yes.
pub(crate) fn decide<P: Ports>(call: &Call<'_, P>, id: &str, body: &[u8]) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let said: Status = word(body, WRONG)?;
    if said.is_unauthorized() {
        return Err(ApiError::bad_request(WRONG));
    }
    let refused = match Status::of(call.ports, &record)? {
        Status::AuthorizationRequired => "The address waits for its customer's confirmation.",
        Status::AuthorizationFailed => "The address was not confirmed by its customer.",
        Status::RegistrationPending | Status::RegistrationFailed | Status::Registered => {
            said.say(call.ports, record.id)?;
            return json(StatusCode::OK, &FiatAddress::load(call, record)?);
        }
    };
    Err(ApiError::Refused(StatusCode::CONFLICT, "not_authorized", refused))
}
