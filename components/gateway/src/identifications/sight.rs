//! How an identification stands, for telling its partner.

use super::record::Identification;
use super::state;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::webhooks::{Sight, Step};
use uuid::Uuid;

/// What can be seen of the identification with this id; none if there is none.
pub(crate) fn sight(ports: &impl Ports, id: Uuid) -> Result<Option<Sight>, ApiError> {
    let Some(identification) = Identification::of(ports, id)? else { return Ok(None) };
    let step = |(status, by): (state::Status, &str)| Step { status: status.name(), by: by.to_owned() };
    Ok(Some(Sight {
        owner: identification.owner,
        customer_id: identification.customer_id,
        first: state::Status::Pending.name(),
        steps: state::history(ports, &identification)?.into_iter().map(step).collect(),
    }))
}
