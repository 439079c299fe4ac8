//! `GET /api/authentication-codes/entity/{id}`: the code that waits for an entity.

use super::object::AuthenticationCode;
use crate::call::Call;
use crate::guarded::newest_code;
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::ports::Ports;
use crate::ports::challenges::ChallengeStatus as Status;
use http::StatusCode;

/// Answers the pending code of an entity, and 404 in every other case. Spends nothing.
///
/// The id is that of the thing that waits; the id of a customer stands for the change of its address that is open.
pub(crate) fn of_entity<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let id = ids::parse(id).ok_or(ApiError::NotFound)?;
    let pending = newest_code(call, id)?.filter(|challenge| challenge.status == Status::Pending);
    json(StatusCode::OK, &AuthenticationCode::of(pending.ok_or(ApiError::NotFound)?)?)
}
