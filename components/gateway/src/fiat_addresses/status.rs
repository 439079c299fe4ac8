//! What a fiat address is worth.

use super::Record;
use crate::guarded::Standing;
use crate::http::ApiError;
use crate::payment::AccountIdentifier;
use crate::ports::Ports;
use crate::ports::challenges::ChallengeStatus;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::RecordKey;
use uuid::Uuid;

const WHAT: &str = "status of a fiat address";

/// `contracts/authentication-codes.md` §5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = FiatAddressStatus, description = "What a fiat address is worth."))]
pub(crate) enum Status {
    /// Its owner has been asked.
    AuthorizationRequired,
    /// Its owner did not confirm it.
    AuthorizationFailed,
    /// The bank is asked.
    RegistrationPending,
    RegistrationFailed,
    /// It can be paid out to.
    Registered,
}

impl Status {
    /// Derived: what was set by hand (the sandbox can), else what its owner said, if that is needed.
    pub(crate) fn of(ports: &impl Ports, record: &Record) -> Result<Status, ApiError> {
        let set: Option<Status> = stored::read(ports, &key(record.id), WHAT)?;
        match set {
            Some(Status::AuthorizationRequired) => {}
            Some(other) => return Ok(other),
            None if record.guarded => {}
            None => return Ok(Status::RegistrationPending),
        }
        let standing = Standing::of(ports, &record.owner.scope(), &Record::entity(record.id))?;
        Ok(match standing.newest.map(|(status, _)| status) {
            Some(ChallengeStatus::Pending) => Status::AuthorizationRequired,
            Some(ChallengeStatus::Confirmed) => Status::RegistrationPending,
            Some(ChallengeStatus::Rejected | ChallengeStatus::Expired) => Status::AuthorizationFailed,
            // The core forgets what came of a challenge in the end, but never what was confirmed.
            None if standing.applied.is_some() => Status::RegistrationPending,
            None => Status::AuthorizationFailed,
        })
    }

    /// Sets it by hand.
    pub(super) fn set(self, ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(id), &self, WHAT)?)
    }
}

/// Whether the customer has registered this account, and can be paid out to it.
pub(crate) fn is_registered(
    ports: &impl Ports,
    customer: Uuid,
    account: &AccountIdentifier,
) -> Result<bool, ApiError> {
    match Record::with_account(ports, customer, account)? {
        Some(record) => Ok(Status::of(ports, &record)? == Status::Registered),
        None => Ok(false),
    }
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("fiat-address/{id}/status"))
}
