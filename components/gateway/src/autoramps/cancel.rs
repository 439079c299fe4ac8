//! `DELETE /api/autoramps/{id}`

use super::status::{Status, put, set};
use super::{Record, reuse};
use crate::call::Call;
use crate::guarded;
use crate::http::{ApiError, Response, empty};
use crate::ports::Ports;
use http::StatusCode;

/// Cancels for good; once more changes nothing.
pub(crate) async fn cancel<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let before = set(call.ports, record.id)?;
    if before.is_some_and(Status::has_account) {
        reuse::leave(call.ports, &record)?;
    }
    // Nothing that waits may be confirmed for what is gone.
    guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
    put(call.ports, record.id, Status::Cancelled)?;
    Ok(empty(StatusCode::NO_CONTENT))
}
