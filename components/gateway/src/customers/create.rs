//! `POST /api/customers`

use super::address::Address;
use super::fields::NewCustomer;
use super::list::LISTS;
use super::object::Customer;
use super::record::Record;
use super::standing::Standing;
use crate::call::Call;
use crate::external;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::json::canonical;
use crate::listing::{Places, lists_of};
use crate::ports::Ports;
use http::StatusCode;
use uuid::Uuid;

/// Makes a customer, once for each idempotency key.
pub(crate) async fn create<P: Ports>(call: &Call<'_, P>, body: &[u8]) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    idempotency::once(call, "POST", &asked, async |id| make(call, id, NewCustomer::parse(body)?)).await
}

fn make<P: Ports>(call: &Call<'_, P>, id: Uuid, new: NewCustomer) -> Result<Response, ApiError> {
    let owner = call.caller.acting_as;
    external::check_free::<Record>(call.ports, &owner, id, new.external_id.as_deref())?;
    let places = Places::claim(call.ports, lists_of(LISTS, &owner))?;
    let record = Record {
        id,
        owner,
        customer_type: new.customer_type,
        name: new.name,
        first_email: new.email,
        created_at: call.now,
        places,
        external_id: new.external_id,
        updated_at: call.now,
    };
    record.write(call.ports)?;
    external::enter(call.ports, &record)?;
    // Last, so that whatever a list names is complete.
    record.places.enter(call.ports, record.id)?;
    let address = Address::first(&record);
    json(StatusCode::CREATED, &Customer::of(record, address, Standing::first()))
}
