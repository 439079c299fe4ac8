//! A customer as it is stored.

use crate::call::Call;
use crate::email::Email;
use crate::external::External;
use crate::http::ApiError;
use crate::ids;
use crate::listing::{Entry, Places};
use crate::owner::Owner;
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "customer";

/// What kind of customer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) enum CustomerType {
    Business,
    Person,
}

/// The record of a customer.
///
/// There is no compare-and-swap, so the record is written again for one thing only: the pair `external_id` and `updated_at`,
/// where the last writer wins. Everything else in it never changes. Whatever else a customer may come to have
/// belongs into a record, a counter or a challenge of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) owner: Owner,
    pub(crate) customer_type: CustomerType,
    pub(crate) name: String,
    /// The address it was made with. The one it has now is `address::State::present`.
    pub(crate) first_email: Email,
    pub(crate) created_at: Timestamp,
    pub(crate) places: Places,
    pub(crate) external_id: Option<String>,
    pub(crate) updated_at: Timestamp,
}

impl Entry for Record {
    fn places(&self) -> &Places {
        &self.places
    }

    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Record>, ApiError> {
        Ok(Record::of(call.ports, id)?.filter(|record| call.caller.acting_as.reaches(&record.owner)))
    }
}

impl External for Record {
    const KIND: &'static str = "customer";

    fn id(&self) -> Uuid {
        self.id
    }

    fn owner(&self) -> &Owner {
        &self.owner
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn of(ports: &impl Ports, id: Uuid) -> Result<Option<Record>, ApiError> {
        Ok(stored::read(ports, &key(id), WHAT)?)
    }
}

impl Record {
    /// The customer with this id, if the caller may know of it.
    pub(crate) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Record, ApiError> {
        let id = ids::parse(id).ok_or(ApiError::NotFound)?;
        Record::reachable(call, id)?.ok_or(ApiError::NotFound)
    }

    pub(crate) fn write(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(self.id), self, WHAT)?)
    }

    pub(super) fn forget(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(ports.delete(&key(self.id))?)
    }
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("customer/{id}"))
}
