//! The e-mail address that a customer has now. It is not stored anywhere: it is the address confirmed last, and before
//! any was, the one the customer was made with.

use super::record::Record;
use crate::email::Email;
use crate::guarded::{Change, EmailChange, Held};
use crate::http::ApiError;
use crate::ports::Ports;
use crate::ports::challenges::{ChallengeStatus as Status, Error};
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// Where the address stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) present: Email,
    /// The change that made it so, and when that was asked for; none if it is the first address.
    pub(super) applied: Option<(Uuid, Timestamp)>,
    /// Whether a change of it waits for its confirmation.
    pub(super) open: bool,
}

impl State {
    pub(super) fn of(ports: &impl Ports, record: &Record) -> Result<State, ApiError> {
        let first = || record.first_email.clone();
        let current = match ports.current(&record.owner.scope(), &EmailChange::entity(record.id)) {
            Ok(current) => current,
            Err(Error::NotFound) => return Ok(State { present: first(), applied: None, open: false }),
            Err(error) => return Err(error.into()),
        };
        let open = current.challenge.is_some_and(|challenge| challenge.status == Status::Pending);
        let Some(confirmed) = current.confirmed else {
            return Ok(State { present: first(), applied: None, open });
        };
        let held = Held::read(&confirmed)?;
        let Change::EmailChange(change) = held.change;
        Ok(State { present: change.to, applied: Some((held.entity_id, held.requested_at)), open })
    }
}
