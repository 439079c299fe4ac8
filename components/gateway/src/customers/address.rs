//! The e-mail address that a customer has now. It is not stored anywhere: it is the address confirmed last, and before
//! any was, the one the customer was made with.

use super::record::Record;
use crate::email::Email;
use crate::guarded::{Change, EmailChange, Standing};
use crate::http::ApiError;
use crate::ports::Ports;
use stepgate_storage::{StoreError, Timestamp};

/// An address, and since when.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) email: Email,
    /// When the change that made it so was asked for; none if it is the first address.
    pub(super) since: Option<Timestamp>,
}

impl Address {
    pub(crate) fn of(ports: &impl Ports, record: &Record) -> Result<Address, ApiError> {
        let standing = Standing::of(ports, &record.owner.scope(), &EmailChange::entity(record.id))?;
        Address::standing(record, &standing)
    }

    /// The address of a customer whose address stands so.
    pub(super) fn standing(record: &Record, standing: &Standing) -> Result<Address, ApiError> {
        let Some(held) = &standing.applied else { return Ok(Address::first(record)) };
        let Change::EmailChange(change) = &held.change else {
            return Err(StoreError::Corrupt("address").into());
        };
        Ok(Address { email: change.to.clone(), since: Some(held.requested_at) })
    }

    /// The address a customer begins with.
    pub(super) fn first(record: &Record) -> Address {
        Address { email: record.first_email.clone(), since: None }
    }
}
