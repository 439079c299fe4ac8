//! Finding things by the id their partner knows them under.
//!
//! One record for each such id. Within a partner, or a sub-partner, an id belongs to one thing of a kind: whoever asks for one
//! that another has is refused. Two that ask at the very same instant may both be given it; the look-up then finds
//! the one that was written last. Sub-partners do not know of each other, so each may use the same ids; asked without
//! a sub-partner, the look-up finds the thing that had the id first.

use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::owner::Owner;
use crate::ports::Ports;
use percent_encoding::percent_decode_str;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{RecordKey, StoreError};
use uuid::Uuid;

/// Something that its partner may have an id of its own for.
pub(crate) trait External: Sized {
    /// What it is, in keys and in refusals.
    const KIND: &'static str;

    fn id(&self) -> Uuid;
    fn owner(&self) -> &Owner;
    fn external_id(&self) -> Option<&str>;

    /// The one with this id, whoever's it is.
    fn of(ports: &impl Ports, id: Uuid) -> Result<Option<Self>, ApiError>;
}

/// Refuses an id that another thing of this owner has.
pub(crate) fn check_free<T: External>(
    ports: &impl Ports,
    owner: &Owner,
    id: Uuid,
    external_id: Option<&str>,
) -> Result<(), ApiError> {
    let Some(external_id) = external_id else { return Ok(()) };
    match holder::<T>(ports, owner, external_id)? {
        Some(other) if other.id() != id => {
            Err(ApiError::bad_request(format!("external_id belongs to another {}.", T::KIND)))
        }
        _ => Ok(()),
    }
}

/// Enters a thing under its external id, for its sub-partner and for the partner itself.
pub(crate) fn enter<T: External>(ports: &impl Ports, thing: &T) -> Result<(), ApiError> {
    let Some(external_id) = thing.external_id() else { return Ok(()) };
    let id = thing.id().to_string();
    ports.set(&key::<T>(thing.owner(), external_id), &id)?;
    if thing.owner().sub_partner.is_some() {
        let partner = Owner { sub_partner: None, ..*thing.owner() };
        if holder::<T>(ports, &partner, external_id)?.is_none() {
            ports.set(&key::<T>(&partner, external_id), &id)?;
        }
    }
    Ok(())
}

/// Forgets an external id that a thing has or had.
pub(crate) fn leave<T: External>(
    ports: &impl Ports,
    thing: &T,
    external_id: Option<&str>,
) -> Result<(), ApiError> {
    let Some(external_id) = external_id else { return Ok(()) };
    let partner = Owner { sub_partner: None, ..*thing.owner() };
    for owner in [&partner, thing.owner()] {
        let key = key::<T>(owner, external_id);
        if ports.get(&key)?.is_some_and(|id| id == thing.id().to_string()) {
            ports.delete(&key)?;
        }
    }
    Ok(())
}

/// The thing that has this external id now. The id is as it stands in the path.
pub(crate) fn find<P: Ports, T: External>(call: &Call<'_, P>, in_path: &str) -> Result<T, ApiError> {
    let external_id = percent_decode_str(in_path).decode_utf8().map_err(|_| ApiError::NotFound)?;
    holder(call.ports, &call.caller.acting_as, &external_id)?.ok_or(ApiError::NotFound)
}

fn holder<T: External>(ports: &impl Ports, owner: &Owner, external_id: &str) -> Result<Option<T>, ApiError> {
    let Some(id) = ports.get(&key::<T>(owner, external_id))? else { return Ok(None) };
    let id = ids::parse(&id).ok_or(StoreError::Corrupt("external id"))?;
    // It may have been given another one since.
    Ok(T::of(ports, id)?
        .filter(|thing| thing.external_id() == Some(external_id) && owner.reaches(thing.owner())))
}

/// An external id may be any text, a key may not: so the key holds its hash.
fn key<T: External>(owner: &Owner, external_id: &str) -> RecordKey {
    RecordKey::forever(&format!("external/{}", digest(&[T::KIND, &owner.scope(), external_id])))
}
