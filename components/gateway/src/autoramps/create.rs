//! `POST /api/autoramps`

use super::edit::ask;
use super::fields::NewAutoramp;
use super::list::{LISTS, list_of_its};
use super::object::Autoramp;
use super::status::State;
use super::{Record, reuse};
use crate::call::Call;
use crate::customers;
use crate::external;
use crate::fiat_addresses;
use crate::http::{ApiError, Response, json};
use crate::idempotency;
use crate::json::canonical;
use crate::listing::{Places, lists_of};
use crate::payment::Account;
use crate::ports::Ports;
use http::StatusCode;
use uuid::Uuid;

/// Makes an autoramp, once for each idempotency key.
pub(crate) async fn create<P: Ports>(call: &Call<'_, P>, body: &[u8]) -> Result<Response, ApiError> {
    let asked = canonical(body)?;
    idempotency::once(call, "POST", &asked, async |id| make(call, id, NewAutoramp::parse(body)?).await).await
}

async fn make<P: Ports>(call: &Call<'_, P>, id: Uuid, new: NewAutoramp) -> Result<Response, ApiError> {
    let customer = customers::active(call, new.customer_id)?;
    check_account(call, customer.id, &new.terms.account)?;
    external::check_free::<Record>(call.ports, &customer.owner, id, new.external_id.as_deref())?;
    let guarded = reuse::is_reuse(call.ports, customer.id, &new.source_currencies)?;
    let lists = lists_of(LISTS, &customer.owner).into_iter().chain([list_of_its(customer.id)]);
    let record = Record {
        id,
        owner: customer.owner,
        customer_id: customer.id,
        created_at: call.now,
        name: new.name,
        external_id: new.external_id,
        source_currencies: new.source_currencies,
        is_third_party: new.is_third_party,
        batch_payout: new.batch_payout,
        pay_by_reference: new.pay_by_reference,
        references: new.references,
        first_terms: new.terms,
        guarded,
        places: Places::claim(call.ports, lists)?,
    };
    record.write(call.ports)?;
    external::enter(call.ports, &record)?;
    // Last, so that whatever a list names is complete.
    record.places.enter(call.ports, id)?;
    if guarded {
        ask(call, &customer, &record, &|state: &State| Ok(state.terms.clone())).await?;
    }
    json(StatusCode::CREATED, &Autoramp::load(call, record)?)
}

/// A bank account that is paid out to has to be one the customer has registered.
pub(super) fn check_account<P: Ports>(
    call: &Call<'_, P>,
    customer: Uuid,
    account: &Account,
) -> Result<(), ApiError> {
    let registered = match account {
        Account::Fiat { account_identifier } => {
            fiat_addresses::is_registered(call.ports, customer, account_identifier)?
        }
        Account::Crypto(_) => true,
    };
    if registered {
        Ok(())
    } else {
        Err(ApiError::Refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unprocessable_entity",
            "recipient_account does not match a registered fiat address",
        ))
    }
}
