//! Finding a customer by the id its partner knows it under.
//!
//! One record for each such id. Within a partner, or a sub-partner, an id belongs to one customer: whoever asks for one that
//! another customer has is refused. Two that ask at the very same instant may both be given it; the look-up then finds
//! the one that was written last. Sub-partners do not know of each other, so each may use the same ids; asked without
//! a sub-partner, the look-up finds the customer that had the id first.

use super::record::Record;
use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::owner::Owner;
use crate::ports::Ports;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{RecordKey, StoreError};
use uuid::Uuid;

/// Refuses an id that another customer of this owner has.
pub(super) fn check_free<P: Ports>(
    call: &Call<'_, P>,
    owner: &Owner,
    id: Uuid,
    external_id: Option<&str>,
) -> Result<(), ApiError> {
    let Some(external_id) = external_id else { return Ok(()) };
    match holder(call, owner, external_id)? {
        Some(record) if record.id != id => {
            Err(ApiError::bad_request("external_id belongs to another customer."))
        }
        _ => Ok(()),
    }
}

/// Enters a customer under its external id, for its sub-partner and for the partner itself.
pub(super) fn enter<P: Ports>(call: &Call<'_, P>, record: &Record) -> Result<(), ApiError> {
    let Some(external_id) = &record.external_id else { return Ok(()) };
    let id = record.id.to_string();
    call.ports.set(&key(&record.owner, external_id), &id)?;
    if record.owner.sub_partner.is_some() {
        let partner = Owner { sub_partner: None, ..record.owner };
        if holder(call, &partner, external_id)?.is_none() {
            call.ports.set(&key(&partner, external_id), &id)?;
        }
    }
    Ok(())
}

/// Forgets an external id that a customer has or had.
pub(super) fn leave<P: Ports>(
    call: &Call<'_, P>,
    record: &Record,
    external_id: Option<&str>,
) -> Result<(), ApiError> {
    let Some(external_id) = external_id else { return Ok(()) };
    let partner = Owner { sub_partner: None, ..record.owner };
    for owner in [&partner, &record.owner] {
        let key = key(owner, external_id);
        if call.ports.get(&key)?.is_some_and(|id| id == record.id.to_string()) {
            call.ports.delete(&key)?;
        }
    }
    Ok(())
}

/// The customer that has this external id now.
pub(super) fn find<P: Ports>(call: &Call<'_, P>, external_id: &str) -> Result<Record, ApiError> {
    holder(call, &call.caller.acting_as, external_id)?.ok_or(ApiError::NotFound)
}

fn holder<P: Ports>(
    call: &Call<'_, P>,
    owner: &Owner,
    external_id: &str,
) -> Result<Option<Record>, ApiError> {
    let Some(id) = call.ports.get(&key(owner, external_id))? else { return Ok(None) };
    let id = ids::parse(&id).ok_or(StoreError::Corrupt("external id"))?;
    let record = Record::of(call.ports, id)?;
    // It may have been given another one since.
    Ok(record
        .filter(|record| record.external_id.as_deref() == Some(external_id) && owner.reaches(&record.owner)))
}

/// An external id may be any text, a key may not: so the key holds its hash.
fn key(owner: &Owner, external_id: &str) -> RecordKey {
    RecordKey::forever(&format!("external/{}", digest(&[&owner.scope(), external_id])))
}
