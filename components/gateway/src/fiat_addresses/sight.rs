//! How a fiat address stands, for telling its partner.

use super::Record;
use super::status::Status;
use crate::guarded::Standing;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::webhooks::{Sight, Step};
use uuid::Uuid;

/// What can be seen of the address with this id; none if there is none.
pub(crate) fn sight(ports: &impl Ports, id: Uuid) -> Result<Option<Sight>, ApiError> {
    let Some(record) = Record::of(ports, id)?.filter(|record| !record.deleted) else { return Ok(None) };
    let standing = Standing::of(ports, &record.owner.scope(), &Record::entity(id))?;
    let now = Status::of(ports, &record)?;
    let asked = standing.newest.as_ref().map(|(_, held)| Step {
        status: Status::AuthorizationRequired.name(),
        by: held.requested_at.0.to_string(),
    });
    let by = format!("{}:{}", asked.as_ref().map_or("-", |step| &step.by), now.name());
    let last = Step { status: now.name(), by };
    let first = if record.guarded { Status::AuthorizationRequired } else { Status::RegistrationPending };
    Ok(Some(Sight {
        owner: record.owner,
        customer_id: record.customer_id,
        first: first.name(),
        steps: asked.into_iter().chain([last]).collect(),
    }))
}
