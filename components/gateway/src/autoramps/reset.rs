//! Forgetting autoramps, for `POST /api/sandbox/reset`.

use super::Record;
use super::list::LISTS;
use super::reuse;
use super::status;
use crate::call::Call;
use crate::external;
use crate::guarded;
use crate::http::ApiError;
use crate::listing::{self, list_of};
use crate::ports::Ports;
use crate::webhooks::{self, Kind};

/// Forgets all autoramps that the caller reaches, and withdraws what waits for them.
pub(crate) async fn forget_all<P: Ports>(call: &Call<'_, P>) -> Result<(), ApiError> {
    for record in listing::all::<P, Record>(call, &list_of(LISTS, &call.caller.acting_as))? {
        guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
        external::leave(call.ports, &record, record.external_id.as_deref())?;
        reuse::forget(call.ports, &record)?;
        status::forget(call.ports, record.id)?;
        webhooks::forget(call.ports, Kind::Autoramp, record.id)?;
        record.places.leave(call.ports)?;
        // The record goes last: it is what the lists are found by, if this is cut short and done again.
        record.forget(call.ports)?;
    }
    Ok(())
}
