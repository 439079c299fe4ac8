//! From an id of the API to the code that was sent for it last.

use super::{EmailChange, Reference};
use crate::autoramps;
use crate::call::Call;
use crate::fiat_addresses;
use crate::http::ApiError;
use crate::ports::Ports;
use crate::ports::challenges::Challenge;
use stepgate_storage::RecordKey;
use uuid::Uuid;

/// A kind of thing that can be guarded.
struct Kind {
    /// Where its records are: `<records>/<id>`.
    records: &'static str,
    /// The core's name for the one with this id.
    entity: fn(Uuid) -> String,
}

const KINDS: [Kind; 3] = [
    Kind { records: "autoramp", entity: autoramps::Record::entity },
    Kind { records: "fiat-address", entity: fiat_addresses::Record::entity },
    Kind { records: "customer", entity: EmailChange::entity },
];

/// The newest challenge of a change, or of the thing that is to change. Whether the caller may know of it, the core
/// decides by the scope.
pub(crate) fn newest_code<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Challenge>, ApiError> {
    let scope = call.caller.acting_as.scope();
    if let Some(reference) = Reference::read(call.ports, id)? {
        return Ok(Some(call.ports.status(&scope, &reference.challenge)?));
    }
    for Kind { records, entity } in KINDS {
        if call.ports.get(&RecordKey::forever(&format!("{records}/{id}")))?.is_some() {
            return Ok(call.ports.current(&scope, &entity(id))?.challenge);
        }
    }
    Ok(None)
}
