//! The Customer object, and the routes that answer one.

use super::address::Address;
use super::record::{CustomerType, Record};
use super::standing::{Standing, Status};
use crate::call::Call;
use crate::email::Email;
use crate::external;
use crate::http::{ApiError, Response, json};
use crate::identifications;
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

/// A customer as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Customer {
    pub(super) id: Uuid,
    customer_type: CustomerType,
    pub(super) status: Status,
    pub(super) name: String,
    pub(super) email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub(super) external_id: Option<String>,
    partner_id: Uuid,
    /// The newest first, and no more than the newest hundred.
    identification_ids: Vec<Uuid>,
    /// The status of the newest identification; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub(super) identification_status: Option<identifications::Status>,
    signing_ids: Vec<Uuid>,
    /// Always null: there are no limits here.
    #[cfg_attr(test, schema(required, deprecated))]
    spending_limit_euro: Option<u64>,
    #[cfg_attr(test, schema(format = DateTime))]
    created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    updated_at: String,
}

impl Customer {
    /// A customer, the address it has now, and how it stands.
    ///
    /// An applied change of the address counts as an update of when it was asked for; nobody writes down when it was
    /// confirmed.
    pub(super) fn of(record: Record, address: Address, standing: Standing) -> Customer {
        let updated_at = [address.since, standing.barred_at].into_iter().flatten().max();
        Customer {
            id: record.id,
            customer_type: record.customer_type,
            status: standing.status,
            name: record.name,
            email: address.email,
            external_id: record.external_id,
            partner_id: record.owner.partner,
            identification_ids: standing.identification_ids,
            identification_status: standing.identification_status,
            signing_ids: standing.signing_ids,
            spending_limit_euro: None,
            created_at: when::rfc3339(record.created_at),
            updated_at: when::rfc3339(record.updated_at.max(updated_at.unwrap_or(record.updated_at))),
        }
    }

    pub(super) fn load<P: Ports>(call: &Call<'_, P>, record: Record) -> Result<Customer, ApiError> {
        let address = Address::of(call.ports, &record)?;
        let standing = Standing::of(call.ports, record.id)?;
        Ok(Customer::of(record, address, standing))
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
