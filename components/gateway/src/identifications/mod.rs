//! Identifications by a hosted link: `contracts/identifications.md`.

mod create;
#[cfg(test)]
pub(crate) mod described;
mod flow;
mod link;
mod object;
mod of_customer;
mod record;
mod review;
mod state;

pub(crate) use create::create;
pub(crate) use flow::{Link, Submitted, by_token, submit};
pub(crate) use object::{archive, by_id, list};
pub(crate) use of_customer::{OfCustomer, archive_all, forget_all};
pub(crate) use record::Identification;
pub(crate) use review::{review, sandbox_review};
pub(crate) use state::Status;

use crate::call::log_line;
use crate::http::{ApiError, TraceId};
use crate::ports::Ports;
use serde::Serialize;
use uuid::Uuid;

/// Announces that an identification has come to another status, once for each status it comes to.
///
/// Whoever brings it there calls this after the fact, and so does whoever shows it to somebody: what a request that died has
/// left unannounced is made up for then, and so is an expiry, which nobody brings about. Two at the very same time, or one that
/// dies in here, may announce it twice.
fn changed(
    ports: &impl Ports,
    trace: &TraceId,
    identification: &Identification,
    status: Status,
) -> Result<(), ApiError> {
    /// What the log says: ids, and nothing about the person.
    #[derive(Serialize)]
    struct Changed {
        identification: Uuid,
        customer: Uuid,
        partner: Uuid,
        status: Status,
    }
    if state::is_announced(ports, identification.id, status)? {
        return Ok(());
    }
    let details = Changed {
        identification: identification.id,
        customer: identification.customer_id,
        partner: identification.owner.partner,
        status,
    };
    ports.log(&log_line("identification", trace, details));
    state::mark_announced(ports, identification.id, status)
}

fn customer_not_found(error: ApiError) -> ApiError {
    error.or_not_found("customer_not_found", "No customer exists with the provided ID.")
}
