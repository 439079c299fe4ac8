//! `PATCH /api/autoramps/{id}`

use super::Record;
use super::create::check_account;
use super::fields::{Edit, check_fit};
use super::object::Autoramp;
use super::status::State;
use crate::call::Call;
use crate::customers;
use crate::guarded::{self, AutorampCreation, AutorampEdit, Change, Decision, Standing, Subject, Terms};
use crate::http::{ApiError, Response, json};
use crate::ports::Ports;
use http::StatusCode;

/// Asks the customer to confirm other terms; until then it keeps those it has.
///
/// A body that changes nothing answers it as it is, and the code that waits goes on waiting. One that asks for the terms it has
/// withdraws the edit that waits.
pub(crate) async fn edit<P: Ports>(call: &Call<'_, P>, id: &str, body: &[u8]) -> Result<Response, ApiError> {
    let edit = Edit::parse(body)?;
    let record = Record::load(call, id)?;
    if edit.customer_id != record.customer_id {
        return Err(ApiError::bad_request("customer_id must be that of the autoramp."));
    }
    let customer = customers::active(call, record.customer_id)?;
    if edit.is_empty() {
        check_goes_on(&State::of(call.ports, &record)?)?;
    } else {
        // Looked at with every decision: it may be cancelled, or the account deleted, while this request hangs.
        let change = |state: &State| {
            check_goes_on(state)?;
            if let Some(account) = &edit.account {
                check_account(call, record.customer_id, account)?;
            }
            Ok(edit.applied_to(&state.terms))
        };
        ask(call, &customer, &record, &change).await?;
    }
    json(StatusCode::OK, &Autoramp::load(call, record)?)
}

/// What is over is not found, for an edit.
fn check_goes_on(state: &State) -> Result<(), ApiError> {
    if state.status.is_over() { Err(ApiError::NotFound) } else { Ok(()) }
}

/// Asks the customer to confirm what `change` makes of the terms it has; answers the id of the code, if one was needed.
pub(super) async fn ask<P: Ports>(
    call: &Call<'_, P>,
    customer: &customers::Record,
    record: &Record,
    change: &dyn Fn(&State) -> Result<Terms, ApiError>,
) -> Result<Option<String>, ApiError> {
    let entity = Record::entity(record.id);
    let subject = Subject { owner: &record.owner, entity: &entity, entity_id: record.id };
    guarded::ask(call, subject, &|standing: &Standing| {
        let recipient = || customer.recipient(call.ports);
        let state = State::standing(call.ports, record, standing)?;
        let (terms, present) = (change(&state)?, state.terms);
        check_fit(&terms)?;
        // Still to be confirmed that it is made: then with these terms.
        if record.guarded && standing.applied.is_none() {
            return Ok(Decision::Ask(
                recipient()?,
                Box::new(Change::AutorampCreation(AutorampCreation { terms })),
            ));
        }
        if terms != present {
            let edit = AutorampEdit { before: present, terms };
            return Ok(Decision::Ask(recipient()?, Box::new(Change::AutorampEdit(edit))));
        }
        Ok(if standing.open().is_some() { Decision::Withdraw } else { Decision::Leave })
    })
    .await
}
