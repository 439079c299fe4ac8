//! `GET /api/webhooks`

use super::super::endpoint::{Endpoint, LISTS};
use super::super::{dead, health::Health, queue::Queue};
use super::object::Webhook;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::listing::{self, PageQuery, list_of};
use crate::ports::Ports;
use http::StatusCode;

/// Answers one page.
pub(crate) fn list<P: Ports>(call: &Call<'_, P>) -> Result<Response, ApiError> {
    let query = PageQuery::parse(call.query, &mut |_, _| Ok(()))?;
    let list = list_of(LISTS, &call.caller.acting_as);
    let show = |endpoint: Endpoint| Webhook::load(call.ports, endpoint).map(Some);
    json(StatusCode::OK, &listing::page(call, &list, &query, show)?)
}

/// Forgets all webhooks that the caller reaches, for `POST /api/sandbox/reset`. What is on its way to them is dropped.
pub(crate) fn forget_all<P: Ports>(call: &Call<'_, P>) -> Result<(), ApiError> {
    for endpoint in listing::all::<P, Endpoint>(call, &list_of(LISTS, &call.caller.acting_as))? {
        dead::forget_all(call.ports, endpoint.id)?;
        Health::forget(call.ports, endpoint.id)?;
        Queue::of(endpoint.id).forget(call.ports)?;
        endpoint.forget(call.ports)?;
    }
    Ok(())
}
