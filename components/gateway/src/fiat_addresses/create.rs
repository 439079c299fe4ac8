//! `POST /api/addresses/fiat`

use super::fields::NewFiatAddress;
use super::object::FiatAddress;
use super::read::{LISTS, list_of_its};
use super::{Record, policy};
use crate::call::Call;
use crate::customers;
use crate::guarded::{self, Change, Decision, FiatAddressRegistration, Subject};
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::json::canonical;
use crate::listing::{Places, lists_of};
use crate::ports::Ports;
use http::StatusCode;
use uuid::Uuid;

/// Registers an address, once for each idempotency key.
pub(crate) async fn create<P: Ports>(call: &Call<'_, P>, body: &[u8]) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    idempotency::once(call, "POST", &asked, async |id| make(call, id, NewFiatAddress::parse(body)?).await)
        .await
}

async fn make<P: Ports>(call: &Call<'_, P>, id: Uuid, asked: NewFiatAddress) -> Result<Response, ApiError> {
    let customer = customers::active(call, asked.customer_id)?;
    let there = Record::with_account(call.ports, customer.id, &asked.new.account)?;
    if there.is_some_and(|other| other.id != id) {
        return Err(ApiError::Refused(
            StatusCode::CONFLICT,
            "already_registered",
            "This account is registered for the customer already.",
        ));
    }
    let guarded = asked.new.is_third_party || policy::is_guarded(call.ports, &customer.owner)?;
    let lists = lists_of(LISTS, &customer.owner).into_iter().chain([list_of_its(customer.id)]);
    let places = Places::claim(call.ports, lists)?;
    let record = Record::new(id, customer.owner, customer.id, call.now, guarded, places, asked.new);
    record.enter(call.ports)?;
    if guarded {
        authorize(call, &customer, &record).await?;
    }
    json(StatusCode::OK, &FiatAddress::load(call, record)?)
}

/// Asks the customer whether this account is meant.
pub(super) async fn authorize<P: Ports>(
    call: &Call<'_, P>,
    customer: &customers::Record,
    record: &Record,
) -> Result<(), ApiError> {
    let entity = Record::entity(record.id);
    let subject = Subject { owner: &record.owner, entity: &entity, entity_id: record.id };
    let registration = FiatAddressRegistration {
        customer_id: record.customer_id,
        currency: record.currency,
        account: record.account.clone(),
    };
    guarded::ask(call, subject, &|_| {
        if !record.is_there(call.ports)? {
            return Err(ApiError::NotFound);
        }
        let change = Change::FiatAddressRegistration(registration.clone());
        Ok(Decision::Ask(customer.recipient(call.ports)?, Box::new(change)))
    })
    .await?;
    Ok(())
}
