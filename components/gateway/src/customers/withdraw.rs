//! Withdrawing all that waits for a customer's confirmation, when it is archived or suspended.

use super::record::Record;
use crate::autoramps;
use crate::call::Call;
use crate::fiat_addresses;
use crate::guarded::{self, EmailChange};
use crate::http::ApiError;
use crate::listing;
use crate::ports::Ports;
use crate::stored;
use crate::webhooks::{self, Kind};
use http::StatusCode;
use stepgate_storage::RecordKey;
use uuid::Uuid;

const WHAT: &str = "withdrawal";

/// How many slots of each list one request looks at, so that what it costs does not depend on how long they are.
const MOST: u64 = 200;

/// The core's name for the thing with this id.
type Entity = fn(Uuid) -> String;

/// Closes everything that is open. `why` names what the customer is barred by, which has been written down: from then on
/// nothing is opened ([`guarded::ask`]), so what was looked at once need not be looked at again.
///
/// A customer with very much of it takes more than one request. All but the last are told to be sent again.
pub(super) async fn withdraw_all<P: Ports>(
    call: &Call<'_, P>,
    customer: &Record,
    why: &str,
) -> Result<(), ApiError> {
    guarded::withdraw(call, &customer.owner, &EmailChange::entity(customer.id)).await?;
    let lists: [(Kind, String, Entity); 2] = [
        (Kind::Autoramp, autoramps::list_of_its(customer.id), autoramps::Record::entity),
        (Kind::FiatAddress, fiat_addresses::list_of_its(customer.id), fiat_addresses::Record::entity),
    ];
    let key = key(customer.id, why);
    // The last slot that was looked at, of each list.
    let mut reached: [u64; 2] = stored::read(call.ports, &key, WHAT)?.unwrap_or_default();
    let mut unfinished = false;
    for ((kind, list, entity), reached) in lists.iter().zip(&mut reached) {
        let (ids, more_behind) = listing::behind(call.ports, list, *reached, MOST)?;
        for id in ids {
            if guarded::withdraw_open(call, &customer.owner, &entity(id)).await? {
                webhooks::after(call.ports, call.trace, *kind, id);
            }
        }
        if let Some(slot) = more_behind {
            *reached = slot;
            unfinished = true;
        }
    }
    if !unfinished {
        return Ok(());
    }
    stored::write(call.ports, &key, &reached, WHAT)?;
    Err(ApiError::Refused(
        StatusCode::SERVICE_UNAVAILABLE,
        "unfinished",
        "It is done, but not everything that waits for the customer is withdrawn yet. Send the request again.",
    ))
}

pub(super) fn forget(ports: &impl Ports, customer: Uuid, why: &str) -> Result<(), ApiError> {
    Ok(ports.delete(&key(customer, why))?)
}

fn key(customer: Uuid, why: &str) -> RecordKey {
    RecordKey::forever(&format!("customer/{customer}/withdrawn/{why}"))
}
