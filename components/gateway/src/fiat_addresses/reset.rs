//! Forgetting fiat addresses, for `POST /api/sandbox/reset`.

use super::Record;
use super::read::LISTS;
use crate::call::Call;
use crate::guarded;
use crate::http::ApiError;
use crate::listing::{self, list_of};
use crate::ports::Ports;
use crate::webhooks::{self, Kind};

/// Forgets all fiat addresses that the caller reaches, and withdraws what waits for them.
pub(crate) async fn forget_all<P: Ports>(call: &Call<'_, P>) -> Result<(), ApiError> {
    for record in listing::all::<P, Record>(call, &list_of(LISTS, &call.caller.acting_as))? {
        guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
        webhooks::forget(call.ports, Kind::FiatAddress, record.id)?;
        record.delete(call.ports)?;
    }
    Ok(())
}
