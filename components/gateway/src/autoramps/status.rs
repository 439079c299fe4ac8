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

    /// The state of an autoramp that stands so. Derived: from what was set (a cancellation, or by the sandbox) and from
    /// what its customer has confirmed.
    pub(super) fn standing(
        ports: &impl Ports,
        record: &Record,
        standing: &Standing,
    ) -> Result<State, ApiError> {
        let confirmed = standing.applied.as_ref().and_then(|held| terms(&held.change));
        let terms = confirmed.unwrap_or(&record.first_terms).clone();
        let status = match set(ports, record.id)? {
            Some(set) if set.is_over() => set,
            set => {
                let made = !record.guarded || standing.applied.is_some();
                match (made, standing.open(), &standing.newest) {
                    (true, Some(_), _) => Status::EditPending,
                    (true, None, _) => set.unwrap_or(Status::Authorized),
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

/// What was set by hand.
pub(super) fn set(ports: &impl Ports, id: Uuid) -> Result<Option<Status>, ApiError> {
    Ok(stored::read(ports, &key(id), WHAT)?)
}

/// Sets a status by hand.
pub(super) fn put(ports: &impl Ports, id: Uuid, status: Status) -> Result<(), ApiError> {
    Ok(stored::write(ports, &key(id), &status, WHAT)?)
}

/// Forgets what was set by hand.
pub(super) fn forget(ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
    Ok(ports.delete(&key(id))?)
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("autoramp/{id}/status"))
}
