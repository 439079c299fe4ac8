//! The code that was just made, for `POST …/retry-auth`.

use super::object::AuthenticationCode;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::ports::Ports;
use http::StatusCode;

/// Answers it with a 201.
pub(crate) fn created<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let challenge = call.ports.status(&call.caller.acting_as.scope(), id)?;
    json(StatusCode::CREATED, &AuthenticationCode::of(challenge)?)
}
