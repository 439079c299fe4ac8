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
    /// As the API spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Status::AuthorizationRequired => "AuthorizationRequired",
            Status::AuthorizationFailed => "AuthorizationFailed",
            Status::RegistrationPending => "RegistrationPending",
            Status::RegistrationFailed => "RegistrationFailed",
            Status::Registered => "Registered",
        }
    }

    /// Derived: what its owner said, if that is needed, and after a yes what the bank said. So whatever the bank says, and
    /// whenever, it never goes round the owner. The sandbox can say anything.
    pub(crate) fn of(ports: &impl Ports, record: &Record) -> Result<Status, ApiError> {
        let status = Status::authorized(ports, record)?;
        if status.is_unauthorized() {
            return Ok(status);
        }
        let said: Option<Status> = stored::read(ports, &bank_key(record.id), WHAT)?;
        Ok(said.unwrap_or(status))
    }

    /// Whether its owner has not said yes.
    pub(super) fn is_unauthorized(self) -> bool {
        matches!(self, Status::AuthorizationRequired | Status::AuthorizationFailed)
    }

    /// How it stood before the bank said anything.
    fn authorized(ports: &impl Ports, record: &Record) -> Result<Status, ApiError> {
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

    /// Sets it by hand, whatever was said before: for the sandbox.
    pub(super) fn set(self, ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
        ports.delete(&bank_key(id))?;
        Ok(stored::write(ports, &key(id), &self, WHAT)?)
    }

    /// Keeps what the bank said.
    pub(super) fn say(self, ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
        Ok(stored::write(ports, &bank_key(id), &self, WHAT)?)
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

fn bank_key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("fiat-address/{id}/bank"))
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("fiat-address/{id}/status"))
}
