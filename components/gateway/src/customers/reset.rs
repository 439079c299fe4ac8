//! Forgetting customers, for `POST /api/sandbox/reset`.

use super::record::Record;
use super::{archive, list, signings, suspension};
use crate::call::Call;
use crate::external;
use crate::guarded::{self, EmailChange};
use crate::http::ApiError;
use crate::identifications;
use crate::ports::Ports;
use crate::webhooks::{self, Kind};

/// Forgets all customers that the caller reaches, and withdraws what waits for them.
///
/// One that is made meanwhile may stay or go.
pub(crate) async fn forget_all<P: Ports>(call: &Call<'_, P>) -> Result<(), ApiError> {
    for record in list::all(call)? {
        guarded::withdraw(call, &record.owner, &EmailChange::entity(record.id)).await?;
        forget(call, &record)?;
    }
    Ok(())
}

/// The record goes last: it is what the lists are found by, if this is cut short and done again.
fn forget<P: Ports>(call: &Call<'_, P>, record: &Record) -> Result<(), ApiError> {
    identifications::forget_all(call, record.id)?;
    signings::forget(call.ports, record.id)?;
    archive::forget(call.ports, record.id)?;
    suspension::forget(call.ports, record.id)?;
    external::leave(call.ports, record, record.external_id.as_deref())?;
    webhooks::forget(call.ports, Kind::Customer, record.id)?;
    record.places.leave(call.ports)?;
    record.forget(call.ports)
}
