//! An autoramp as it is stored.

use crate::call::Call;
use crate::external::External;
use crate::guarded::Terms;
use crate::http::ApiError;
use crate::ids;
use crate::listing::{Entry, Places};
use crate::owner::Owner;
use crate::payment::Currency;
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "autoramp";

/// The record of an autoramp. Written once: the terms it has now are those confirmed last, and its status is derived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) owner: Owner,
    pub(crate) customer_id: Uuid,
    pub(super) created_at: Timestamp,
    pub(super) name: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) source_currencies: Vec<Currency>,
    pub(super) is_third_party: bool,
    pub(super) batch_payout: bool,
    pub(super) pay_by_reference: bool,
    /// What is written on payments, by the name of the field.
    pub(super) references: BTreeMap<String, String>,
    /// The terms it was made with.
    pub(super) first_terms: Terms,
    /// Whether its customer has to confirm that it is made.
    pub(super) guarded: bool,
    pub(super) places: Places,
}

impl Record {
    /// The core's name for it.
    pub(crate) fn entity(id: Uuid) -> String {
        format!("autoramp/{id}")
    }

    /// The autoramp with this id, if the caller may know of it.
    pub(super) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Record, ApiError> {
        let id = ids::parse(id).ok_or(ApiError::NotFound)?;
        Record::reachable(call, id)?.ok_or(ApiError::NotFound)
    }

    pub(super) fn forget(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(ports.delete(&key(self.id))?)
    }

    pub(super) fn write(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(self.id), self, WHAT)?)
    }
}

impl External for Record {
    const KIND: &'static str = "autoramp";

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

impl Entry for Record {
    fn places(&self) -> &Places {
        &self.places
    }

    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Record>, ApiError> {
        Ok(Record::of(call.ports, id)?.filter(|record| call.caller.acting_as.reaches(&record.owner)))
    }
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("autoramp/{id}"))
}
