//! How a customer stands, for telling its partner.

use super::record::Record;
use super::standing::{Standing, Status};
use crate::external::External as _;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::webhooks::{Sight, Step};
use uuid::Uuid;

/// What can be seen of the customer with this id; none if there is none.
pub(crate) fn sight(ports: &impl Ports, id: Uuid) -> Result<Option<Sight>, ApiError> {
    let Some(record) = Record::of(ports, id)? else { return Ok(None) };
    let standing = Standing::of(ports, id)?;
    let first = Status::IdentificationRequired.name();
    // Each identification begins with the customer being required to go through it.
    let begun =
        standing.identification_ids.first().map(|newest| Step { status: first, by: newest.to_string() });
    let now = standing.status.name();
    let by = format!("{}:{now}", begun.as_ref().map_or("-", |step| &step.by));
    let last = Step { status: now, by };
    Ok(Some(Sight {
        owner: record.owner,
        customer_id: id,
        first,
        steps: begun.into_iter().chain([last]).collect(),
    }))
}
