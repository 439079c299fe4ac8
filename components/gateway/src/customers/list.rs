//! `GET /api/customers`: `contracts/identifications.md` §5.

use super::filter::Filter;
use super::object::Customer;
use super::record::Record;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::listing::{self, PageQuery, list_of};
use crate::owner::Owner;
use crate::ports::Ports;
use http::StatusCode;

/// What the lists of customers are called.
pub(super) const LISTS: &str = "customers";

/// Every customer that the caller reaches.
pub(super) fn all<P: Ports>(call: &Call<'_, P>) -> Result<Vec<Record>, ApiError> {
    listing::all(call, &list(&call.caller.acting_as))
}

/// Answers one page.
pub(crate) fn list_page<P: Ports>(call: &Call<'_, P>) -> Result<Response, ApiError> {
    let mut filter = Filter::default();
    let query = PageQuery::parse(call.query, &mut |name, value| filter.take(name, value))?;
    let list = list(&call.caller.acting_as);
    let page = listing::page(call, &list, &query, |record| {
        if !filter.may_fit(&record) {
            return Ok(None);
        }
        let customer = Customer::load(call, record)?;
        Ok(filter.fits(&customer).then_some(customer))
    })?;
    json(StatusCode::OK, &page)
}

fn list(owner: &Owner) -> String {
    list_of(LISTS, owner)
}
