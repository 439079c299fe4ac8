//! Whether what the service does is what `docs/openapi.json` says it does.
//!
//! The tests hand every exchange with the API to [`check`], so that a status, a field or a route that nobody described
//! fails the test that meets it.
//!
//! | module | what it knows |
//! |---|---|
//! | `exchange` | a request and its answer |
//! | `document` | the description: which operation an exchange belongs to, and what may come back |
//! | `closed` | schemas in which a field that is not described is wrong |
//! | `schemas` | validators, each made once |
//! | `drift` | the ways in which an exchange can differ |

mod closed;
mod document;
mod drift;
mod exchange;
mod schemas;

pub use document::Document;
pub use drift::Drift;
pub use exchange::Exchange;

use std::sync::LazyLock;

/// Checks an exchange against the description that is in the repository.
///
/// # Errors
/// Says in what the exchange differs from it.
pub fn check(exchange: &Exchange<'_>) -> Result<(), Drift> {
    committed()?.check(exchange)
}

/// The description that is in the repository.
///
/// # Errors
/// [`Drift::Unreadable`] if it is of no use.
pub fn committed() -> Result<&'static Document, Drift> {
    static COMMITTED: LazyLock<Result<Document, Drift>> =
        LazyLock::new(|| Document::parse(include_str!("../../../docs/openapi.json")));
    COMMITTED.as_ref().map_err(Clone::clone)
}
