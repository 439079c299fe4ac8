//! `PUT /api/customers/{id}/suspension`, for operators: a customer that may only be looked at, until it is lifted.

use super::object::Customer;
use super::record::Record;
use super::withdraw::{self, withdraw_all};
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::json::Once;
use crate::json::object;
use crate::payment::Fields;
use crate::ports::Ports;
use crate::stored;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use stepgate_storage::{RecordKey, Timestamp};
use uuid::Uuid;

const WHAT: &str = "suspension of a customer";

/// What was said last. Each time it is said anew it has another id, which carries the time, and what was withdrawn for it
/// is kept under that.
#[derive(Serialize, Deserialize)]
pub(super) struct Suspension {
    id: Uuid,
    pub(super) suspended: bool,
}

impl Suspension {
    pub(super) fn of(ports: &impl Ports, customer: Uuid) -> Result<Option<Suspension>, ApiError> {
        Ok(stored::read(ports, &key(customer), WHAT)?)
    }

    /// When it was said.
    pub(super) fn since(&self) -> Option<Timestamp> {
        ids::made_at(self.id)
    }
}

/// Suspends a customer, or lifts that. Said again, it finishes what an earlier try may have left undone.
pub(crate) async fn suspend<P: Ports>(
    call: &Call<'_, P>,
    id: &str,
    body: &[u8],
) -> Result<Response, ApiError> {
    let record = Record::load(call, id)?;
    let suspended = read(body)?;
    let said = match Suspension::of(call.ports, record.id)? {
        Some(said) if said.suspended == suspended => Some(said),
        None if !suspended => None,
        _ => {
            let said = Suspension { id: ids::new(call.ports, call.now), suspended };
            // First, because everything else follows from it: from now on nobody is asked to confirm anything.
            stored::write(call.ports, &key(record.id), &said, WHAT)?;
            Some(said)
        }
    };
    if let Some(said) = said.filter(|said| said.suspended) {
        withdraw_all(call, &record, &said.id.to_string()).await?;
    }
    json(StatusCode::OK, &Customer::load(call, record)?)
}

pub(super) fn read(body: &[u8]) -> Result<bool, ApiError> {
    let Once(body) = object(body)?;
    Ok(Fields::of(&body, "")?.flag("suspended")?)
}

/// Whether nothing may be made for this customer or changed in it, until that is lifted.
pub(crate) fn is_suspended(ports: &impl Ports, customer: Uuid) -> Result<bool, ApiError> {
    Ok(Suspension::of(ports, customer)?.is_some_and(|said| said.suspended))
}

pub(super) fn forget(ports: &impl Ports, customer: Uuid) -> Result<(), ApiError> {
    if let Some(said) = Suspension::of(ports, customer)? {
        withdraw::forget(ports, customer, &said.id.to_string())?;
    }
    Ok(ports.delete(&key(customer))?)
}

fn key(customer: Uuid) -> RecordKey {
    RecordKey::forever(&format!("customer/{customer}/suspension"))
}
