//! Finding a customer by the id its partner knows it under.
//!
//! One record for each such id, naming the customer that took it last; a partner that gives one id to two customers
//! finds the second.

use super::record::Record;
use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::owner::Owner;
use crate::ports::Ports;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{RecordKey, StoreError};

/// Enters a customer under its external id, for its sub-partner and for the partner itself.
pub(super) fn enter(ports: &impl Ports, record: &Record) -> Result<(), ApiError> {
    let Some(external_id) = &record.external_id else { return Ok(()) };
    let partner = Owner { sub_partner: None, ..record.owner };
    ports.set(&key(&partner, external_id), &record.id.to_string())?;
    if record.owner.sub_partner.is_some() {
        ports.set(&key(&record.owner, external_id), &record.id.to_string())?;
    }
    Ok(())
}

/// Forgets the external id that a customer has now.
pub(super) fn leave(ports: &impl Ports, record: &Record) -> Result<(), ApiError> {
    let Some(external_id) = &record.external_id else { return Ok(()) };
    let partner = Owner { sub_partner: None, ..record.owner };
    ports.delete(&key(&partner, external_id))?;
    Ok(ports.delete(&key(&record.owner, external_id))?)
}

/// The customer that has this external id now.
pub(super) fn find<P: Ports>(call: &Call<'_, P>, external_id: &str) -> Result<Record, ApiError> {
    let id = call.ports.get(&key(&call.caller.acting_as, external_id))?.ok_or(ApiError::NotFound)?;
    let id = ids::parse(&id).ok_or(StoreError::Corrupt("external id"))?;
    let record = Record::reachable(call, id)?.ok_or(ApiError::NotFound)?;
    // It may have been given another one since.
    if record.external_id.as_deref() == Some(external_id) { Ok(record) } else { Err(ApiError::NotFound) }
}

/// An external id may be any text, a key may not: so the key holds its hash.
fn key(owner: &Owner, external_id: &str) -> RecordKey {
    RecordKey::forever(&format!("external/{}", digest(&[&owner.scope(), external_id])))
}
