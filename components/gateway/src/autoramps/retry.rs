//! `POST /api/autoramps/{id}/retry-auth`: a new code for what waits (`contracts/authentication-codes.md` §3.3, deprecated).

use super::Record;
use super::status::State;
use crate::authentication_codes;
use crate::call::Call;
use crate::customers;
use crate::guarded::{self, Decision, Standing, Subject};
use crate::http::{ApiError, Response};
use crate::idempotency;
use crate::ports::Ports;

/// Supersedes the code that waits by another for the same change, and answers that.
pub(crate) async fn retry<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    idempotency::once(call, "POST", "", async |_| {
        let record = Record::load(call, id)?;
        let entity = Record::entity(record.id);
        let subject = Subject { owner: &record.owner, entity: &entity, entity_id: record.id };
        let customer = customers::of(call.ports, record.customer_id)?;
        let decide = |standing: &Standing| match standing.open() {
            // It may be ended while this request hangs.
            Some(held) if !State::standing(call.ports, &record, standing)?.status.is_over() => {
                Ok(Decision::Ask(customer.recipient(call.ports)?, Box::new(held.change.clone())))
            }
            _ => Ok(Decision::Leave),
        };
        let code = guarded::ask(call, subject, &decide).await?.ok_or(ApiError::NotFound)?;
        authentication_codes::created(call, &code)
    })
    .await
}
