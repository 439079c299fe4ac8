//! The Identification object, and the routes that answer one.

use super::customer_not_found;
use super::record::{Identification, list_of};
use super::residence::residence_country;
use super::state::{State, Status, mark_archived};
use crate::call::Call;
use crate::customers;
use crate::http::{ApiError, Response, json};
use crate::listing::{self, PageQuery};
use crate::ports::Ports;
use crate::when;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identification as the API shows it.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = Identification))]
pub(super) struct Shown {
    pub(super) id: Uuid,
    pub(super) customer_id: Uuid,
    pub(super) partner_id: Uuid,
    pub(super) status: Status,
    /// In the answer to its creation only: of the token in it, nothing is kept that could be shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub(super) url: Option<String>,
    pub(super) with_edd: bool,
    /// Of the newest, when it is approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(value_type = crate::payment::Country, nullable = false))]
    pub(super) residence_country: Option<String>,
    /// What the reviewer had to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    pub(super) review_comment: Option<String>,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) created_at: String,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) updated_at: String,
}

impl Shown {
    pub(super) fn of(identification: &Identification, state: State) -> Shown {
        Shown {
            id: identification.id,
            customer_id: identification.customer_id,
            partner_id: identification.owner.partner,
            status: state.status,
            url: None,
            with_edd: identification.with_edd,
            residence_country: None,
            review_comment: state.comment,
            created_at: when::rfc3339(identification.created_at),
            updated_at: when::rfc3339(state.since),
        }
    }

    /// An identification as it is now.
    pub(super) fn load<P: Ports>(
        call: &Call<'_, P>,
        identification: &Identification,
    ) -> Result<Shown, ApiError> {
        Shown::found(call, identification, State::of(call.ports, identification)?)
    }

    /// An identification as it was found to be.
    pub(super) fn found<P: Ports>(
        call: &Call<'_, P>,
        identification: &Identification,
        state: State,
    ) -> Result<Shown, ApiError> {
        let residence_country = match state.status {
            Status::Approved => residence_country(call, identification)?,
            _ => None,
        };
        Ok(Shown { residence_country, ..Shown::of(identification, state) })
    }
}

/// `GET /api/identifications/{id}`
pub(crate) fn by_id<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    json(StatusCode::OK, &Shown::load(call, &Identification::load(call, id)?)?)
}

/// `GET /api/customers/{id}/identifications`: newest first, so the first is the one that counts.
pub(crate) fn list<P: Ports>(call: &Call<'_, P>, customer: &str) -> Result<Response, ApiError> {
    let customer = customers::load(call, customer).map_err(customer_not_found)?;
    let query = PageQuery::parse(call.query, &mut |_, _| Ok(()))?;
    let show = |identification: Identification| Shown::load(call, &identification).map(Some);
    let page = listing::page(call, &list_of(customer.id), &query, show)?;
    json(StatusCode::OK, &page.forwards())
}

/// `PUT /api/identifications/{id}/archive`: from any status, for ever. Done again, it changes nothing.
pub(crate) fn archive<P: Ports>(call: &Call<'_, P>, id: &str) -> Result<Response, ApiError> {
    let identification = Identification::load(call, id)?;
    mark_archived(call.ports, identification.id, call.now)?;
    json(StatusCode::OK, &Shown::load(call, &identification)?)
}
