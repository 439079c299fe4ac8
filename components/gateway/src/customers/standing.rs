//! How a customer stands: `contracts/identifications.md` §4. Nothing of it is stored; it follows from the customer's
//! identifications, from what it has signed, and from whether it was archived or suspended.

use super::archive::archived_at;
use super::signings::Signed;
use super::suspension::Suspension;
use crate::http::ApiError;
use crate::identifications::{self, OfCustomer};
use crate::ports::Ports;
use serde::{Deserialize, Serialize};
use stepgate_storage::Timestamp;
use uuid::Uuid;

/// As the API spells it. `UserRequired`, which the contract has too, is never given here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = CustomerStatus, description = "How a customer stands."))]
pub(crate) enum Status {
    IdentificationRequired,
    SigningsRequired,
    Active,
    UserRequired,
    Suspended,
    Archived,
}

impl Status {
    /// As the API spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Status::IdentificationRequired => "IdentificationRequired",
            Status::SigningsRequired => "SigningsRequired",
            Status::Active => "Active",
            Status::UserRequired => "UserRequired",
            Status::Suspended => "Suspended",
            Status::Archived => "Archived",
        }
    }
}

/// What is known of a customer beside its record.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) status: Status,
    pub(super) identification_ids: Vec<Uuid>,
    pub(super) identification_status: Option<identifications::Status>,
    pub(super) signing_ids: Vec<Uuid>,
    /// When it was archived, suspended, or that was lifted, whatever came last.
    pub(super) barred_at: Option<Timestamp>,
}

impl Standing {
    /// Where a customer begins.
    pub(super) fn first() -> Standing {
        Standing {
            status: Status::IdentificationRequired,
            identification_ids: Vec::new(),
            identification_status: None,
            signing_ids: Vec::new(),
            barred_at: None,
        }
    }

    pub(super) fn of(ports: &impl Ports, customer: Uuid) -> Result<Standing, ApiError> {
        let identifications = OfCustomer::load(ports, customer)?;
        let signed = Signed::load(ports, customer)?;
        let archived_at = archived_at(ports, customer)?;
        let suspension = Suspension::of(ports, customer)?;
        let status = match identifications.newest {
            _ if archived_at.is_some() => Status::Archived,
            _ if suspension.as_ref().is_some_and(|said| said.suspended) => Status::Suspended,
            Some(identifications::Status::Approved) if signed.is_complete() => Status::Active,
            Some(identifications::Status::Approved) => Status::SigningsRequired,
            _ => Status::IdentificationRequired,
        };
        Ok(Standing {
            status,
            identification_ids: identifications.ids,
            identification_status: identifications.newest,
            signing_ids: signed.ids(),
            barred_at: archived_at.max(suspension.and_then(|said| said.since())),
        })
    }
}
