//! How an autoramp stands, for telling its partner.

use super::Record;
use super::object::status_name;
use super::spelling::Spelling;
use super::status::{State, Status};
use crate::external::External as _;
use crate::guarded::{Change, Standing};
use crate::http::ApiError;
use crate::ports::Ports;
use crate::webhooks::{Sight, Step};
use uuid::Uuid;

/// What can be seen of the autoramp with this id; none if there is none.
pub(crate) fn sight(ports: &impl Ports, id: Uuid) -> Result<Option<Sight>, ApiError> {
    let Some(record) = Record::of(ports, id)? else { return Ok(None) };
    let spelling = Spelling::load(ports)?;
    let standing = Standing::of(ports, &record.owner.scope(), &Record::entity(id))?;
    let now = State::standing(ports, &record, &standing)?.status;
    let asked = standing.newest.as_ref().map(|(_, held)| {
        let status = match held.change {
            Change::AutorampCreation(_) => Status::Created,
            _ => Status::EditPending,
        };
        Step { status: status_name(status, spelling), by: held.requested_at.0.to_string() }
    });
    let by = format!("{}:{now:?}", asked.as_ref().map_or("-", |step| &step.by));
    let last = Step { status: status_name(now, spelling), by };
    let first = if record.guarded { Status::Created } else { Status::Authorized };
    Ok(Some(Sight {
        owner: record.owner,
        customer_id: record.customer_id,
        first: status_name(first, spelling),
        steps: asked.into_iter().chain([last]).collect(),
    }))
}
