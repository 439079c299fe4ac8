//! `DELETE /api/autoramps/{id}`

use super::status::{Status, finish};
use super::{Record, reuse};
use crate::call::Call;
use crate::guarded;
use crate::http::{ApiError, Response, empty};
use crate::ports::Ports;
use http::StatusCode;

/// Cancels for good; once more changes nothing.
pub(crate) async fn cancel<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    // Before, so that a crash forgets nothing; and after, because a bank may have added the account meanwhile.
    reuse::leave(call.ports, &record)?;
    finish(call.ports, record.id, Status::Cancelled)?;
    reuse::leave(call.ports, &record)?;
    // After it is cancelled, so that whoever asks for an edit meanwhile sees that, or is closed here.
    guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
