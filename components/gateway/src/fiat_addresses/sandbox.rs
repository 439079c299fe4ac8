//! `PUT /api/sandbox/fiat-verification/{id}`: what a bank would say (`contracts/authentication-codes.md` §6).

use super::Record;
use super::create::authorize;
use super::object::FiatAddress;
use super::status::Status;
use crate::call::Call;
use crate::customers;
use crate::guarded;
use crate::http::{ApiError, Response, json};
use crate::json::word;
use crate::ports::Ports;
use http::StatusCode;

/// Sets a status. `AuthorizationRequired` sends a code, so that confirming can be rehearsed; any other makes the code that
/// waits worthless.
pub(crate) async fn set_status<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let status: Status = word(body, "The body must be a status of a fiat address, as a JSON string.")?;
    if status == Status::AuthorizationRequired {
        let customer = customers::active(call, record.customer_id)?;
        // First, because it may be refused as too soon.
        authorize(call, &customer, &record).await?;
        status.set(call.ports, record.id)?;
    } else {
        guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
        status.set(call.ports, record.id)?;
    }
    json(StatusCode::OK, &FiatAddress::load(call, record)?)
}
