//! What identifications mean for their customer: `contracts/identifications.md` §4, "Effect on the customer".

use super::record::{Identification, list_of};
use super::state::{self, State, Status, mark_archived};
use crate::call::Call;
use crate::http::ApiError;
use crate::listing::{self, Entry as _};
use crate::ports::Ports;
use crate::webhooks::{self, Kind};
use uuid::Uuid;

/// How many ids a customer is shown with, so that what that costs does not depend on how many there are.
const SHOWN: u64 = 100;

/// A customer's identifications in short.
#[derive(Debug, Default)]
pub(crate) struct OfCustomer {
    /// The newest first.
    pub(crate) ids: Vec<Uuid>,
    /// The status of the newest, which alone has a say.
    pub(crate) newest: Option<Status>,
}

impl OfCustomer {
    pub(crate) fn load(ports: &impl Ports, customer: Uuid) -> Result<OfCustomer, ApiError> {
        let list = list_of(customer);
        let mut found = OfCustomer::default();
        for (slot, id) in listing::newest(ports, &list, SHOWN)? {
            if found.ids.contains(&id) {
                continue;
            }
            if found.newest.is_none() {
                // A creation that was tried twice may stand in a slot that it does not remember.
                let there = Identification::of(ports, id)?;
                let Some(newest) = there.filter(|it| it.places().slot_in(&list) == Some(slot)) else {
                    continue;
                };
                found.newest = Some(State::of(ports, &newest)?.status);
            }
            found.ids.push(id);
        }
        Ok(found)
    }
}

/// To be called before a customer is archived: then all of its identifications are.
pub(crate) fn before_archiving<P: Ports>(call: &Call<'_, P>, customer: Uuid) -> Result<(), ApiError> {
    for identification in listing::all::<P, Identification>(call, &list_of(customer))? {
        if State::of(call.ports, &identification)?.status != Status::Archived {
            webhooks::before(call.ports, call.trace, Kind::Identification, identification.id)?;
        }
    }
    Ok(())
}

/// Archives all of an archived customer's. They count as archived already; this says so of each.
pub(crate) fn archive_all<P: Ports>(call: &Call<'_, P>, customer: Uuid) -> Result<(), ApiError> {
    for identification in listing::all::<P, Identification>(call, &list_of(customer))? {
        mark_archived(call.ports, identification.id, call.now)?;
        webhooks::after(call.ports, call.trace, Kind::Identification, identification.id);
    }
    Ok(())
}

/// Forgets all of a customer's, for `POST /api/sandbox/reset`.
pub(crate) fn forget_all<P: Ports>(call: &Call<'_, P>, customer: Uuid) -> Result<(), ApiError> {
    for identification in listing::all::<P, Identification>(call, &list_of(customer))? {
        state::forget(call.ports, identification.id)?;
        webhooks::forget(call.ports, Kind::Identification, identification.id)?;
        identification.places.leave(call.ports)?;
        identification.forget(call.ports)?;
    }
    Ok(())
}
