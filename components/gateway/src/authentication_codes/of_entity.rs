//! `GET /api/authentication-codes/entity/{id}`: the code that waits for an entity.

use super::object::AuthenticationCode;
use crate::call::Call;
use crate::guarded::{EmailChange, Reference};
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::ports::Ports;
use crate::ports::challenges::{Challenge, ChallengeStatus as Status};
use http::StatusCode;
use uuid::Uuid;

/// Answers the pending code of an entity, and 404 in every other case. Spends nothing.
///
/// The id is that of the change; the id of a customer stands for the change of its address that is open.
pub(crate) fn of_entity<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let id = ids::parse(id).ok_or(ApiError::NotFound)?;
    let pending = newest(call, id)?.filter(|challenge| challenge.status == Status::Pending);
    json(StatusCode::OK, &AuthenticationCode::of(pending.ok_or(ApiError::NotFound)?)?)
}

fn newest<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Challenge>, ApiError> {
    let scope = call.caller.acting_as.scope();
    match Reference::read(call.ports, id)? {
        Some(reference) => Ok(Some(call.ports.status(&scope, &reference.challenge)?)),
        None => Ok(call.ports.current(&scope, &EmailChange::entity(id))?.challenge),
    }
}
