//! `GET /api/customers`: `contracts/identifications.md` §5.

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
    let query = PageQuery::parse(call.query, |name, _| match name {
        // To leave a filter out would answer customers that were not asked for.
        "search_term"
        | "has_transactions"
        | "status"
        | "status[]"
        | "identification_status"
        | "identification_status[]"
        | "customer_type"
        | "customer_type[]" => Err(ApiError::bad_request("Customers cannot be filtered yet.")),
        _ => Ok(()),
    })?;
    let list = list(&call.caller.acting_as);
    let page = listing::page(call, &list, &query, |record| Customer::load(call, record).map(Some))?;
    json(StatusCode::OK, &page)
}

fn list(owner: &Owner) -> String {
    list_of(LISTS, owner)
}
