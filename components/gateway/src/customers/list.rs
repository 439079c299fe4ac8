//! `GET /api/customers`: pages of the log of a partner's customers, or of a sub-partner's.
//!
//! A cursor is the id of a customer on the page before: its record says where in the log it stands.

use super::object::Customer;
use super::record::{Places, Record};
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::owner::Owner;
use crate::ports::Ports;
use http::StatusCode;
use serde::Serialize;
use stepgate_storage::{Log, StoreError};
use uuid::Uuid;

const DEFAULT_SIZE: usize = 10;
const LARGEST_SIZE: usize = 100;

/// Claims a customer's places in the lists.
pub(super) fn claim(ports: &impl Ports, owner: &Owner) -> Result<Places, ApiError> {
    let partner = Owner { sub_partner: None, ..*owner };
    Ok(Places {
        of_partner: log(&partner).claim(ports)?,
        of_sub_partner: match owner.sub_partner {
            Some(_) => Some(log(owner).claim(ports)?),
            None => None,
        },
    })
}

/// Enters a customer at the places claimed for it.
pub(super) fn enter(ports: &impl Ports, record: &Record) -> Result<(), ApiError> {
    let id = record.id.to_string();
    let partner = Owner { sub_partner: None, ..record.owner };
    log(&partner).write(ports, record.places.of_partner, &id)?;
    if let Some(slot) = record.places.of_sub_partner {
        log(&record.owner).write(ports, slot, &id)?;
    }
    Ok(())
}

/// Takes a customer out of the lists.
pub(super) fn leave(ports: &impl Ports, record: &Record) -> Result<(), ApiError> {
    let partner = Owner { sub_partner: None, ..record.owner };
    log(&partner).forget(ports, record.places.of_partner)?;
    if let Some(slot) = record.places.of_sub_partner {
        log(&record.owner).forget(ports, slot)?;
    }
    Ok(())
}

/// Every customer that the caller reaches.
pub(super) fn all<P: Ports>(call: &Call<'_, P>) -> Result<Vec<Record>, ApiError> {
    take(call, &log(&call.caller.acting_as), None, true, usize::MAX)
}

#[derive(Serialize)]
struct Page {
    items: Vec<Customer>,
    /// Ask with this for the page after; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Uuid>,
    /// Ask with this for the page before; null on the first one.
    prev_cursor: Option<Uuid>,
}

/// Answers one page.
pub(crate) fn list<P: Ports>(call: &Call<'_, P>) -> Result<Response, ApiError> {
    let query = Query::parse(call.query)?;
    let owner = call.caller.acting_as;
    let log = log(&owner);
    let (start, backwards) = match query.from {
        From::Start => (None, false),
        From::After(id) => (Some(place_of(call, id)?), false),
        From::Before(id) => (Some(place_of(call, id)?), true),
    };
    // One more than fits on the page tells whether there is another.
    let rising = (query.order == Order::Rising) != backwards;
    let mut records = take(call, &log, start, rising, query.size + 1)?;
    let more = records.len() > query.size;
    records.truncate(query.size);
    if backwards {
        records.reverse();
    }
    let (first, last) = (records.first().map(|record| record.id), records.last().map(|record| record.id));
    let (has_next, has_previous) = if backwards { (true, more) } else { (more, start.is_some()) };
    let items = records.into_iter().map(|record| Customer::load(call, record)).collect::<Result<_, _>>()?;
    let page = Page { items, cursor: last.filter(|_| has_next), prev_cursor: first.filter(|_| has_previous) };
    json(StatusCode::OK, &page)
}

/// Up to `count` customers of the log, from the slot after `start` on.
fn take<P: Ports>(
    call: &Call<'_, P>,
    log: &Log,
    start: Option<u64>,
    rising: bool,
    count: usize,
) -> Result<Vec<Record>, ApiError> {
    let last = log.last(call.ports)?;
    let mut slots: Box<dyn Iterator<Item = u64>> = match (rising, start) {
        (true, start) => Box::new(start.unwrap_or(0) + 1..=last),
        (false, start) => Box::new((1..start.unwrap_or(last + 1)).rev()),
    };
    let mut records = Vec::new();
    while records.len() < count {
        let Some(slot) = slots.next() else { break };
        // A slot that was claimed and never written is a creation that never was answered.
        let Some(id) = log.read(call.ports, slot)? else { continue };
        let id = ids::parse(&id).ok_or(StoreError::Corrupt("list of customers"))?;
        // A creation that was tried twice has claimed two slots; its customer stands in the one it remembers.
        let found = Record::reachable(call, id)?;
        records.extend(found.filter(|record| place_in(call, &record.places) == Some(slot)));
    }
    Ok(records)
}

/// Where in the caller's list a customer with these places stands.
fn place_in<P>(call: &Call<'_, P>, places: &Places) -> Option<u64> {
    match call.caller.acting_as.sub_partner {
        Some(_) => places.of_sub_partner,
        None => Some(places.of_partner),
    }
}

/// Where in the caller's list a customer stands.
fn place_of<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<u64, ApiError> {
    let place = Record::reachable(call, id)?.and_then(|record| place_in(call, &record.places));
    place.ok_or_else(|| ApiError::bad_request("cursor and prev_cursor must be the id of a customer."))
}

fn log(owner: &Owner) -> Log {
    Log::keeping_all(&format!("customers/{}", owner.scope()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Oldest first.
    Rising,
    /// Newest first.
    Falling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Start,
    After(Uuid),
    Before(Uuid),
}

#[derive(Debug, PartialEq, Eq)]
struct Query {
    size: usize,
    order: Order,
    from: From,
}

impl Query {
    fn parse(query: &str) -> Result<Query, ApiError> {
        let cursor = |text: &str| {
            ids::parse(text)
                .ok_or_else(|| ApiError::bad_request("cursor and prev_cursor must be the id of a customer."))
        };
        let mut read = Query { size: DEFAULT_SIZE, order: Order::Falling, from: From::Start };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "page_size" => {
                    let size = value.parse().ok().filter(|size| (1..=LARGEST_SIZE).contains(size));
                    read.size = size.ok_or_else(|| {
                        ApiError::bad_request(format!("page_size must be 1 to {LARGEST_SIZE}."))
                    })?;
                }
                "sort_order" => {
                    read.order = match &*value {
                        "asc" => Order::Rising,
                        "desc" => Order::Falling,
                        _ => return Err(ApiError::bad_request("sort_order must be asc or desc.")),
                    }
                }
                "cursor" | "prev_cursor" if value.is_empty() => {}
                "cursor" | "prev_cursor" if read.from != From::Start => {
                    return Err(ApiError::bad_request("Either cursor or prev_cursor can be given, once."));
                }
                "cursor" => read.from = From::After(cursor(&value)?),
                "prev_cursor" => read.from = From::Before(cursor(&value)?),
                // To leave a filter out would answer customers that were not asked for.
                "search_term"
                | "has_transactions"
                | "status"
                | "status[]"
                | "identification_status"
                | "identification_status[]"
                | "customer_type"
                | "customer_type[]" => {
                    return Err(ApiError::bad_request("Customers cannot be filtered yet."));
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_ten_newest_first_unless_it_says_otherwise() {
        let start = Query { size: 10, order: Order::Falling, from: From::Start };
        for query in ["", "cursor=", "unknown=1", "&&=&"] {
            assert_eq!(Query::parse(query).unwrap(), start, "{query}");
        }
        let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
        let query = Query::parse(&format!("page_size=100&sort_order=asc&cursor={id}")).unwrap();
        let after = From::After(ids::parse(id).unwrap());
        assert_eq!(query, Query { size: 100, order: Order::Rising, from: after });
    }

    #[test]
    fn a_query_that_cannot_be_followed_is_refused() {
        let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
        let both = format!("cursor={id}&prev_cursor={id}");
        for query in [
            "page_size=101",
            "page_size=0",
            "page_size=-1",
            "page_size=1e1",
            "page_size=",
            "page_size=99999999999999999999",
            "sort_order=up",
            "cursor=1",
            "prev_cursor=x",
            "status%5B%5D=Active",
            "search_term=a",
            &both,
        ] {
            assert!(Query::parse(query).is_err(), "{query}");
        }
    }
}
