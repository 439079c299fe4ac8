//! What has become of an autoramp, and the terms it has now.

use super::Record;
use crate::guarded::{Change, Standing, Terms};
use crate::http::ApiError;
use crate::ports::Ports;
use crate::ports::challenges::ChallengeStatus;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::RecordKey;
use uuid::Uuid;

const WHAT: &str = "status of an autoramp";

/// `contracts/authentication-codes.md` §5.2, and `AuthorizationRequired` for the two that wait for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// Its making waits for its customer.
    Created,
    /// An edit waits for its customer.
    #[serde(alias = "AuthorizationRequired")]
    EditPending,
    Authorized,
    DepositAccountAdded,
    Approved,
    /// For good.
    Rejected,
    /// For good.
    Cancelled,
}

/// What ends it. The first of them goes over the other.
const ENDS: [Status; 2] = [Status::Cancelled, Status::Rejected];

impl Status {
    /// Whether it can no longer be edited.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Status::Rejected | Status::Cancelled)
    }

    /// Whether it has an account that can be paid into.
    pub(super) fn has_account(self) -> bool {
        matches!(self, Status::DepositAccountAdded | Status::Approved)
    }
}

/// An autoramp at one moment.
pub(super) struct State {
    pub(super) status: Status,
    pub(super) terms: Terms,
}

impl State {
    pub(super) fn of(ports: &impl Ports, record: &Record) -> Result<State, ApiError> {
        let standing = Standing::of(ports, &record.owner.scope(), &Record::entity(record.id))?;
        State::standing(ports, record, &standing)
    }

    /// The state of an autoramp that stands so. Derived: from whether it was ended, from what its customer has confirmed,
    /// and last from what was set. So whatever is set, and whenever, nothing that waits is passed over.
    pub(super) fn standing(
        ports: &impl Ports,
        record: &Record,
        standing: &Standing,
    ) -> Result<State, ApiError> {
        let confirmed = standing.applied.as_ref().and_then(|held| terms(&held.change));
        let terms = confirmed.unwrap_or(&record.first_terms).clone();
        let status = match end(ports, record.id)? {
            Some(end) => end,
            None => {
                let made = !record.guarded || standing.applied.is_some();
                match (made, standing.open(), &standing.newest) {
                    (true, Some(_), _) => Status::EditPending,
                    (true, None, _) => set(ports, record.id)?.unwrap_or(Status::Authorized),
                    (false, Some(_), _) => Status::Created,
                    // Confirmed this very moment, and not settled when it was looked at.
                    (false, None, Some((ChallengeStatus::Confirmed, _))) => Status::Authorized,
                    (false, None, _) => Status::Rejected,
                }
            }
        };
        Ok(State { status, terms })
    }
}

fn terms(change: &Change) -> Option<&Terms> {
    match change {
        Change::AutorampCreation(creation) => Some(&creation.terms),
        Change::AutorampEdit(edit) => Some(&edit.terms),
        Change::EmailChange(_) | Change::FiatAddressRegistration(_) => None,
    }
}

/// How far it has come, if anybody has said.
pub(super) fn set(ports: &impl Ports, id: Uuid) -> Result<Option<Status>, ApiError> {
    Ok(stored::read(ports, &key(id), WHAT)?)
}

/// Says how far it has come. One that is over is put under [`finish`], which this does not touch: whoever is late with this
/// revives nothing.
pub(super) fn put(ports: &impl Ports, id: Uuid, status: Status) -> Result<(), ApiError> {
    Ok(stored::write(ports, &key(id), &status, WHAT)?)
}

/// Ends it: rejected or cancelled. One that is both is cancelled.
pub(super) fn finish(ports: &impl Ports, id: Uuid, end: Status) -> Result<(), ApiError> {
    Ok(ports.set(&end_key(id, end), "1")?)
}

/// Takes back that it was ended, which only the sandbox may.
pub(super) fn revive(ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
    for end in ENDS {
        ports.delete(&end_key(id, end))?;
    }
    Ok(())
}

/// Forgets all that was set.
pub(super) fn forget(ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
    ports.delete(&key(id))?;
    revive(ports, id)
}

fn end(ports: &impl Ports, id: Uuid) -> Result<Option<Status>, ApiError> {
    for end in ENDS {
        if ports.get(&end_key(id, end))?.is_some() {
            return Ok(Some(end));
        }
    }
    Ok(None)
}

/// A key for each, so that neither takes the other back.
fn end_key(id: Uuid, end: Status) -> RecordKey {
    RecordKey::forever(&format!("autoramp/{id}/{end:?}"))
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("autoramp/{id}/status"))
}
