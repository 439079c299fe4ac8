//! Identifications by a hosted link: `contracts/identifications.md`.

mod answers;
mod create;
mod flow;
mod link;
mod object;
mod of_customer;
mod record;
mod residence;
mod review;
mod sight;
mod state;

pub(crate) use answers::answers;
pub(crate) use create::create;
pub(crate) use flow::{Link, Submitted, by_token, submit};
pub(crate) use object::{archive, by_id, list};
pub(crate) use of_customer::{OfCustomer, archive_all, before_archiving, forget_all};
pub(crate) use record::Identification;
pub(crate) use review::{review, sandbox_review};
pub(crate) use sight::sight;
pub(crate) use state::Status;

use crate::http::ApiError;

fn customer_not_found(error: ApiError) -> ApiError {
    error.or_not_found("customer_not_found", "No customer exists with the provided ID.")
}
