//! `GET /api/customers/{id}/email-changes/{change_id}`: where the `Location` of a `PUT` leads.

use crate::call::Call;
use crate::email::Email;
use crate::guarded::{Change, EmailChange, Held, Reference};
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::ports::Ports;
use crate::ports::challenges::ChallengeStatus as Status;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use stepgate_storage::Timestamp;
use uuid::Uuid;

const WAITS: &str = "AuthorizationRequired";
const APPLIED: &str = "Applied";
const DROPPED: &str = "Dropped";

/// What a change can come to.
#[cfg(test)]
pub(super) const STATUSES: [&str; 3] = [WAITS, APPLIED, DROPPED];

/// A change of the address as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = EmailChange))]
pub(super) struct Shown {
    id: Uuid,
    customer_id: Uuid,
    /// The address it is to become.
    email: Email,
    #[cfg_attr(test, schema(value_type = super::described::EmailChangeStatus))]
    status: &'static str,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    expires_at: String,
}

/// Answers one change of a customer's address, as long as the core remembers its challenge.
pub(crate) fn email_change<P: Ports>(
    call: &Call<'_, P>,
    customer: &str,
    change: &str,
) -> Result<Response, ApiError> {
    let customer = ids::parse(customer).ok_or(ApiError::NotFound)?;
    let id = ids::parse(change).ok_or(ApiError::NotFound)?;
    let reference = Reference::read(call.ports, id)?.ok_or(ApiError::NotFound)?;
    let scope = call.caller.acting_as.scope();
    let challenge = call.ports.status(&scope, &reference.challenge)?;
    if challenge.entity != EmailChange::entity(customer) {
        return Err(ApiError::NotFound);
    }
    let held = Held::read(&challenge.payload)?;
    let Change::EmailChange(change) = held.change else { return Err(ApiError::NotFound) };
    let status = match challenge.status {
        Status::Pending => WAITS,
        Status::Confirmed => {
            // What is said to have taken effect has to stay so: this makes it permanent.
            call.ports.current(&scope, &challenge.entity)?;
            APPLIED
        }
        Status::Rejected | Status::Expired => DROPPED,
    };
    let shown = Shown {
        id,
        customer_id: customer,
        email: change.to,
        status,
        created_at: when::rfc3339(held.requested_at),
        expires_at: when::rfc3339(Timestamp(challenge.expires_at)),
    };
    json(StatusCode::OK, &shown)
}
