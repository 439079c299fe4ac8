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
mod sight;
mod signings;
mod standing;
mod suspension;
mod update;
mod withdraw;

pub(crate) use archive::{archive, archived_at};
pub(crate) use create::create;
pub(crate) use email_changes::email_change;
pub(crate) use list::list_page as list;
pub(crate) use object::{by_external_id, by_id};
pub(crate) use record::{CustomerType, Record};
pub(crate) use reset::forget_all;
pub(crate) use sight::sight;
pub(crate) use signings::{required as required_signings, sign};
pub(crate) use suspension::{is_suspended, suspend};
pub(crate) use update::update;

use crate::call::Call;
use crate::email::Email;
use crate::external::External as _;
use crate::http::ApiError;
use crate::listing::Entry as _;
use crate::ports::Ports;
use address::Address;
use stepgate_storage::StoreError;
use uuid::Uuid;

/// The customer with this id, if the caller may know of it; one that is archived or suspended is refused, because nothing of
/// it may change.
pub(crate) fn active<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Record, ApiError> {
    let record = Record::reachable(call, id)?.ok_or(ApiError::NotFound)?;
    check_free(call.ports, id)?;
    Ok(record)
}

/// Refuses what would change a customer that is archived or suspended.
fn check_free(ports: &impl Ports, id: Uuid) -> Result<(), ApiError> {
    archive::check_not_archived(ports, id)?;
    if is_suspended(ports, id)? { Err(ApiError::Forbidden("The customer is suspended.")) } else { Ok(()) }
}

/// The same for an id as it was sent.
pub(crate) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Record, ApiError> {
    Record::load(call, id)
}

/// The customer that something of ours belongs to.
pub(crate) fn of(ports: &impl Ports, id: Uuid) -> Result<Record, ApiError> {
    Ok(Record::of(ports, id)?.ok_or(StoreError::Corrupt("customer"))?)
}

/// What kind a customer is.
pub(crate) fn type_of(ports: &impl Ports, id: Uuid) -> Result<CustomerType, ApiError> {
    Ok(of(ports, id)?.customer_type)
}

/// The address that a customer has now.
pub(crate) fn email_of(ports: &impl Ports, id: Uuid) -> Result<Email, ApiError> {
    Ok(Address::of(ports, &of(ports, id)?)?.email)
}

impl Record {
    /// Where the customer is asked to confirm things now; one that is archived or suspended is asked nothing.
    ///
    /// To be looked up with every decision to ask: see [`crate::guarded::ask`].
    pub(crate) fn recipient(&self, ports: &impl Ports) -> Result<Email, ApiError> {
        check_free(ports, self.id)?;
        Ok(Address::of(ports, self)?.email)
    }
}
