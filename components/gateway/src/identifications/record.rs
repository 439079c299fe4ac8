//! An identification as it is stored: written once, when it is made. What has become of it since is in [`super::state`].

use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::listing::{Entry, Places};
use crate::owner::Owner;
use crate::ports::Ports;
use crate::stored;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "identification";

/// From so long before its expiry on, nothing is begun with a link any more: whatever was begun in time has come to
/// its end when somebody says Expired, even where clocks differ a little. So nobody ever has to take that back.
const LAST_CALL: Duration = Duration::from_secs(30);

/// The record of an identification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identification {
    pub(crate) id: Uuid,
    pub(crate) customer_id: Uuid,
    /// The customer's owner, whoever asked.
    pub(crate) owner: Owner,
    pub(crate) with_edd: bool,
    pub(crate) created_at: Timestamp,
    /// Until when the customer may fill it in.
    pub(crate) expires_at: Timestamp,
    pub(crate) places: Places,
}

impl Entry for Identification {
    fn places(&self) -> &Places {
        &self.places
    }

    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Identification>, ApiError> {
        Ok(Identification::of(call.ports, id)?.filter(|found| call.caller.acting_as.reaches(&found.owner)))
    }
}

impl Identification {
    /// The one with this id, if the caller may know of it.
    pub(super) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Identification, ApiError> {
        let id = ids::parse(id).ok_or_else(not_found)?;
        Identification::reachable(call, id)?.ok_or_else(not_found)
    }

    /// Whoever's it is.
    pub(super) fn of(ports: &impl Ports, id: Uuid) -> Result<Option<Identification>, ApiError> {
        Ok(stored::read(ports, &key(id), WHAT)?)
    }

    pub(super) fn write(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(self.id), self, WHAT)?)
    }

    pub(super) fn forget(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(ports.delete(&key(self.id))?)
    }

    /// From when on nothing is begun with its link.
    pub(super) fn closes_at(&self) -> Timestamp {
        self.expires_at - LAST_CALL
    }
}

/// The list of a customer's identifications. The highest slot in it is the newest.
pub(super) fn list_of(customer: Uuid) -> String {
    format!("identifications/{customer}")
}

pub(super) fn not_found() -> ApiError {
    ApiError::NotFound
        .or_not_found("identification_not_found", "No identification exists with the provided ID.")
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("identification/{id}"))
}
