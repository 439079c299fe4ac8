//! Reading and deleting fiat addresses.

use super::Record;
use super::object::FiatAddress;
use super::status::Status;
use crate::call::Call;
use crate::customers;
use crate::guarded;
use crate::http::{ApiError, Response, json};
use crate::listing::{self, PageQuery, list_of};
use crate::payment::AccountIdentifier;
use crate::ports::Ports;
use http::StatusCode;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use serde_json::Value;
use uuid::Uuid;

/// What the lists of all of an owner's addresses are called.
pub(super) const LISTS: &str = "fiat-addresses";

/// The list of one customer's.
pub(crate) fn list_of_its(customer: Uuid) -> String {
    format!("fiat-addresses-of/{customer}")
}

/// `GET /api/addresses/fiat?status=`: those that are registered, if nothing else is asked for.
pub(crate) fn list<P: Ports>(call: &Call<'_, P>) -> Result<Response, ApiError> {
    let mut wanted = Status::Registered;
    let query = PageQuery::parse(call.query, &mut |name, value| {
        if name == "status" && !value.is_empty() {
            let parsed = Status::deserialize(IntoDeserializer::<Error>::into_deserializer(value));
            wanted = parsed.map_err(|_| ApiError::bad_request("status must be one of a fiat address."))?;
        }
        Ok(())
    })?;
    let list = list_of(LISTS, &call.caller.acting_as);
    let page = listing::page(call, &list, &query, |record: Record| {
        let status = Status::of(call.ports, &record)?;
        if status == wanted { FiatAddress::of(record, status).map(Some) } else { Ok(None) }
    })?;
    json(StatusCode::OK, &page)
}

/// `GET /api/addresses/fiat/{customer_id}`: all of a customer's.
pub(crate) fn list_of_customer<P: Ports>(call: &Call<'_, P>, customer: &str) -> Result<Response, ApiError> {
    let customer = customers::load(call, customer)?;
    let query = PageQuery::parse(call.query, &mut |_, _| Ok(()))?;
    let page = listing::page(call, &list_of_its(customer.id), &query, |record| {
        FiatAddress::load(call, record).map(Some)
    })?;
    json(StatusCode::OK, &page)
}

/// `GET /api/addresses/fiat/{customer_id}/{fiat_address_id}`
pub(crate) fn one<P: Ports>(call: &Call<'_, P>, customer: &str, id: &str) -> Result<Response, ApiError> {
    json(StatusCode::OK, &FiatAddress::load(call, of_customer(call, customer, id)?)?)
}

/// `DELETE /api/addresses/fiat/{customer_id}/{fiat_address_id}`: answers it as it was.
pub(crate) async fn delete<P: Ports>(
    call: &Call<'_, P>,
    customer: &str,
    id: &str,
) -> Result<Response, ApiError> {
    let record = of_customer(call, customer, id)?;
    // Nothing that waits may be confirmed for what is gone.
    if record.guarded {
        guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
    }
    let shown = FiatAddress::load(call, record.clone())?;
    record.delete(call.ports)?;
    // Again: whoever asked meanwhile has seen that it is gone, or is closed here.
    if record.guarded {
        guarded::withdraw(call, &record.owner, &Record::entity(record.id)).await?;
    }
    json(StatusCode::OK, &shown)
}

/// The details of a customer's account; none if it is not there, or was deleted.
pub(crate) fn bank_details(
    ports: &impl Ports,
    customer: Uuid,
    account: &AccountIdentifier,
) -> Result<Option<Value>, ApiError> {
    Ok(Record::with_account(ports, customer, account)?.map(|record| record.bank_details))
}

fn of_customer<P: Ports>(call: &Call<'_, P>, customer: &str, id: &str) -> Result<Record, ApiError> {
    let customer = customers::load(call, customer)?;
    let record = Record::load(call, id)?;
    if record.customer_id == customer.id { Ok(record) } else { Err(ApiError::NotFound) }
}
