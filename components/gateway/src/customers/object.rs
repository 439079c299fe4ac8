//! The Customer object, and the routes that answer one.

use super::address::Address;
use super::record::{CustomerType, Record};
use crate::call::Call;
use crate::email::Email;
use crate::external;
use crate::http::{ApiError, Response, json};
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

/// A customer as the API shows it.
#[derive(Serialize)]
pub(super) struct Customer {
    id: Uuid,
    customer_type: CustomerType,
    status: &'static str,
    name: String,
    email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    partner_id: Uuid,
    identification_ids: [Uuid; 0],
    signing_ids: [Uuid; 0],
    spending_limit_euro: Option<u64>,
    created_at: String,
    updated_at: String,
}

impl Customer {
    /// A customer and the address it has now.
    ///
    /// An applied change of the address counts as an update of when it was asked for; nobody writes down when it was
    /// confirmed.
    pub(super) fn of(record: Record, address: Address) -> Customer {
        let applied = address.since.unwrap_or(record.updated_at);
        Customer {
            id: record.id,
            customer_type: record.customer_type,
            // Where a customer begins; identifications move it on.
            status: "IdentificationRequired",
            name: record.name,
            email: address.email,
            external_id: record.external_id,
            partner_id: record.owner.partner,
            identification_ids: [],
            signing_ids: [],
            spending_limit_euro: None,
            created_at: when::rfc3339(record.created_at),
            updated_at: when::rfc3339(record.updated_at.max(applied)),
        }
    }

    pub(super) fn load<P: Ports>(call: &Call<'_, P>, record: Record) -> Result<Customer, ApiError> {
        let address = Address::of(call.ports, &record)?;
        Ok(Customer::of(record, address))
    }
}

/// `GET /api/customers/{id}`
pub(crate) fn by_id<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    json(StatusCode::OK, &Customer::load(call, Record::load(call, id)?)?)
}

/// `GET /api/customers/{external_id}/external`
pub(crate) fn by_external_id<P: Ports>(call: &Call<'_, P>, external_id: &str) -> Result<Response, ApiError> {
    json(StatusCode::OK, &Customer::load(call, external::find(call, external_id)?)?)
}
