//! `PUT /api/customers/{id}/archive`: for ever, and the customer's identifications with it.

use super::object::Customer;
use super::record::Record;
use super::withdraw::{self, withdraw_all};
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::identifications;
use crate::ports::Ports;
use crate::stored;
use http::StatusCode;
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "mark of a customer";

const WITHDRAWN_FOR: &str = "archived";

/// Archives a customer. Done again, it finishes what an earlier try may have left undone.
pub(crate) async fn archive<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    identifications::before_archiving(call, record.id)?;
    // First, because everything else follows from it: from now on nothing is made for this customer or changed in it.
    if archived_at(call.ports, record.id)?.is_none() {
        stored::write(call.ports, &key(record.id), &call.now, WHAT)?;
    }
    withdraw_all(call, &record, WITHDRAWN_FOR).await?;
    identifications::archive_all(call, record.id)?;
    json(StatusCode::OK, &Customer::load(call, record)?)
}

/// When a customer was archived, if it was. Nothing takes it back.
pub(crate) fn archived_at(ports: &impl Ports, customer: Uuid) -> Result<Option<Timestamp>, ApiError> {
    Ok(stored::read(ports, &key(customer), WHAT)?)
}

/// Refuses what would change an archived customer.
pub(super) fn check_not_archived(ports: &impl Ports, customer: Uuid) -> Result<(), ApiError> {
    match archived_at(ports, customer)? {
        Some(_) => Err(ApiError::Forbidden("The customer is archived.")),
        None => Ok(()),
    }
}

pub(super) fn forget(ports: &impl Ports, customer: Uuid) -> Result<(), ApiError> {
    withdraw::forget(ports, customer, WITHDRAWN_FOR)?;
    Ok(ports.delete(&key(customer))?)
}

fn key(customer: Uuid) -> RecordKey {
    RecordKey::forever(&format!("customer/{customer}/archived"))
}
