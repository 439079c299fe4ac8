//! `/api/customers`: `contracts/identifications.md` §5 and `contracts/authentication-codes.md` §5.4.

mod address;
mod archive;
mod create;
#[cfg(test)]
pub(crate) mod described;
mod email_changes;
mod fields;
mod filter;
mod list;
mod object;
mod record;
mod reset;
mod signings;
mod standing;
mod update;

pub(crate) use archive::{archive, archived_at};
pub(crate) use create::create;
pub(crate) use email_changes::email_change;
pub(crate) use list::list_page as list;
pub(crate) use object::{by_external_id, by_id};
pub(crate) use record::CustomerType;
pub(crate) use reset::forget_all;
pub(crate) use signings::{required as required_signings, sign};
pub(crate) use update::update;

use crate::call::Call;
use crate::email::Email;
use crate::external::External as _;
use crate::http::ApiError;
use crate::listing::Entry as _;
use crate::ports::Ports;
use address::Address;
use record::Record;
use stepgate_storage::StoreError;
use uuid::Uuid;

/// The customer with this id, if the caller may know of it; one that is archived is refused, because nothing of it may
/// change.
pub(crate) fn active<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Record, ApiError> {
    let record = Record::reachable(call, id)?.ok_or(ApiError::NotFound)?;
    archive::check_not_archived(call.ports, id)?;
    Ok(record)
}

/// The same for an id as it was sent.
pub(crate) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Record, ApiError> {
    Record::load(call, id)
}

/// What kind a customer is.
pub(crate) fn type_of(ports: &impl Ports, id: Uuid) -> Result<CustomerType, ApiError> {
    let record = Record::of(ports, id)?.ok_or(StoreError::Corrupt("customer"))?;
    Ok(record.customer_type)
}

/// Where a customer is asked to confirm things now.
pub(crate) fn email_of(ports: &impl Ports, id: Uuid) -> Result<Email, ApiError> {
    let record = Record::of(ports, id)?.ok_or(StoreError::Corrupt("customer"))?;
    Ok(Address::of(ports, &record)?.email)
}
