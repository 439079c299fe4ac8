//! `GET /api/autoramps`: `contracts/authentication-codes.md` §5.2, §8.

use super::Record;
use super::object::{Autoramp, kind, status_name};
use super::spelling::Spelling;
use super::status::State;
use crate::call::Call;
use crate::http::{ApiError, Response, json};
use crate::ids;
use crate::listing::{self, PageQuery, list_of};
use crate::ports::Ports;
use http::StatusCode;
use uuid::Uuid;

/// What the lists of all of an owner's autoramps are called.
pub(super) const LISTS: &str = "autoramps";

/// The list of one customer's.
pub(crate) fn list_of_its(customer: Uuid) -> String {
    format!("autoramps-of/{customer}")
}

pub(super) const STATUSES: [&str; 8] = [
    "AuthorizationRequired",
    "Created",
    "EditPending",
    "Authorized",
    "DepositAccountAdded",
    "Approved",
    "Rejected",
    "Cancelled",
];
pub(super) const KINDS: [&str; 5] = ["Onramp", "Offramp", "Swap", "Mint", "Redeem"];
pub(super) const SOURCES: [&str; 2] = ["Standalone", "Quote"];

/// What is asked for; none asks for all.
#[derive(Default)]
struct Filter {
    customer: Option<Uuid>,
    status: Option<&'static str>,
    kind: Option<&'static str>,
    source: Option<&'static str>,
    is_batch_payout: Option<bool>,
}

impl Filter {
    fn take(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        if value.is_empty() {
            return Ok(());
        }
        match name {
            "customer_id" => {
                let id = ids::parse(value);
                self.customer = Some(id.ok_or_else(|| ApiError::bad_request("customer_id must be a UUID."))?);
            }
            "status" | "status[]" => self.status = Some(one_of(&STATUSES, "status", value)?),
            "autoramp_type" => self.kind = Some(one_of(&KINDS, "autoramp_type", value)?),
            "source" => self.source = Some(one_of(&SOURCES, "source", value)?),
            "is_batch_payout" => {
                let flag = value.parse();
                self.is_batch_payout =
                    Some(flag.map_err(|_| ApiError::bad_request("is_batch_payout must be true or false."))?);
            }
            _ => {}
        }
        Ok(())
    }
}

fn one_of(all: &[&'static str], name: &str, value: &str) -> Result<&'static str, ApiError> {
    let known = all.iter().find(|known| **known == value).copied();
    known.ok_or_else(|| ApiError::bad_request(format!("{name} must be one of {}.", all.join(", "))))
}

/// Answers one page.
pub(crate) fn list<P: Ports>(call: &Call<'_, P>) -> Result<Response, ApiError> {
    let mut filter = Filter::default();
    let query = PageQuery::parse(call.query, &mut |name, value| filter.take(name, value))?;
    let spelling = Spelling::load(call.ports)?;
    // A customer's own list is the shorter way to its autoramps. Whose it is, each entry tells.
    let list = match filter.customer {
        Some(customer) => list_of_its(customer),
        None => list_of(LISTS, &call.caller.acting_as),
    };
    let page = listing::page(call, &list, &query, |record: Record| {
        let cheap = filter.is_batch_payout.is_none_or(|flag| flag == record.batch_payout)
            && filter.source.is_none_or(|source| source == "Standalone");
        if !cheap {
            return Ok(None);
        }
        let state = State::of(call.ports, &record)?;
        let fits = filter.status.is_none_or(|status| status == status_name(state.status, spelling))
            && filter.kind.is_none_or(|wanted| {
                wanted == kind(&record.source_currencies, &state.terms.destination_currency)
            });
        if fits { Autoramp::of(call, record, state, spelling).map(Some) } else { Ok(None) }
    })?;
    json(StatusCode::OK, &page)
}
