//! A fiat address as it is stored.

use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::listing::{Entry, Places};
use crate::owner::Owner;
use crate::payment::{AccountIdentifier, CurrencyCode};
use crate::ports::Ports;
use crate::stored;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{RecordKey, StoreError, Timestamp};
use uuid::Uuid;

const WHAT: &str = "fiat address";

/// The record of a fiat address. Written once when it is registered, and once more when it is deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) owner: Owner,
    pub(crate) customer_id: Uuid,
    pub(super) created_at: Timestamp,
    pub(super) currency: CurrencyCode,
    pub(super) label: Option<String>,
    pub(crate) account: AccountIdentifier,
    pub(super) bank_name: String,
    pub(super) country: String,
    pub(super) is_third_party: bool,
    /// The bank details as they were sent and checked, for the answers.
    pub(super) bank_details: Value,
    /// Whether its owner has to confirm it.
    pub(super) guarded: bool,
    pub(super) deleted: bool,
    places: Places,
}

/// What a new record is made of, beside what follows from who asks and when.
pub(super) struct New {
    pub(super) currency: CurrencyCode,
    pub(super) label: Option<String>,
    pub(super) account: AccountIdentifier,
    pub(super) bank_name: String,
    pub(super) country: String,
    pub(super) is_third_party: bool,
    pub(super) bank_details: Value,
}

impl Record {
    /// A record that is not written yet.
    pub(super) fn new(
        id: Uuid,
        owner: Owner,
        customer_id: Uuid,
        created_at: Timestamp,
        guarded: bool,
        places: Places,
        new: New,
    ) -> Record {
        let New { currency, label, account, bank_name, country, is_third_party, bank_details } = new;
        Record {
            id,
            owner,
            customer_id,
            created_at,
            currency,
            label,
            account,
            bank_name,
            country,
            is_third_party,
            bank_details,
            guarded,
            deleted: false,
            places,
        }
    }

    /// The core's name for it.
    pub(crate) fn entity(id: Uuid) -> String {
        format!("fiat-address/{id}")
    }

    /// The address with this id, if the caller may know of it and it has not been deleted.
    pub(super) fn load<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Record, ApiError> {
        let id = ids::parse(id).ok_or(ApiError::NotFound)?;
        Record::reachable(call, id)?.ok_or(ApiError::NotFound)
    }

    /// The customer's address with this account; none if there is none, or it has been deleted.
    pub(crate) fn with_account(
        ports: &impl Ports,
        customer: Uuid,
        account: &AccountIdentifier,
    ) -> Result<Option<Record>, ApiError> {
        let Some(id) = ports.get(&account_key(customer, account)?)? else { return Ok(None) };
        let id = ids::parse(&id).ok_or(StoreError::Corrupt("account of a fiat address"))?;
        Ok(Record::of(ports, id)?.filter(|record| !record.deleted))
    }

    /// Writes the record, then what leads to it. Lists come last, so that whatever they name is complete.
    pub(super) fn enter(&self, ports: &impl Ports) -> Result<(), ApiError> {
        self.write(ports)?;
        ports.set(&account_key(self.customer_id, &self.account)?, &self.id.to_string())?;
        Ok(self.places.enter(ports, self.id)?)
    }

    /// Whether it has not been deleted meanwhile.
    pub(super) fn is_there(&self, ports: &impl Ports) -> Result<bool, ApiError> {
        Ok(Record::of(ports, self.id)?.is_some_and(|record| !record.deleted))
    }

    /// Takes it out of the lists, for ever. It stays in the store, for what refers to it.
    pub(super) fn delete(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Record { deleted: true, ..self.clone() }.write(ports)?;
        Ok(self.places.leave(ports)?)
    }

    fn write(&self, ports: &impl Ports) -> Result<(), ApiError> {
        Ok(stored::write(ports, &key(self.id), self, WHAT)?)
    }

    pub(super) fn of(ports: &impl Ports, id: Uuid) -> Result<Option<Record>, ApiError> {
        Ok(stored::read(ports, &key(id), WHAT)?)
    }
}

impl Entry for Record {
    fn places(&self) -> &Places {
        &self.places
    }

    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Record>, ApiError> {
        let found = Record::of(call.ports, id)?;
        Ok(found.filter(|record| !record.deleted && call.caller.acting_as.reaches(&record.owner)))
    }
}

fn key(id: Uuid) -> RecordKey {
    RecordKey::forever(&format!("fiat-address/{id}"))
}

/// Account numbers are in no key: their hash is.
fn account_key(customer: Uuid, account: &AccountIdentifier) -> Result<RecordKey, ApiError> {
    let account = serde_json::to_string(account).map_err(|_| StoreError::Corrupt("account"))?;
    Ok(RecordKey::forever(&format!("fiat-account/{}", digest(&[&customer.to_string(), &account]))))
}
