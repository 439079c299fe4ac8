//! Signing in with a second factor, by sessions: `contracts/two-factor-sessions.md`.

mod routes;

pub(crate) use routes::{Place, TABLE};

use crate::http::{ApiError, Body, Response, TraceId, Verb};
use crate::ports::Ports;
use crate::routes::{Found, Route};
use http::request::Parts;

/// Answers a request to this API.
pub(crate) async fn answer<P: Ports>(
    _ports: &P,
    _trace: &TraceId,
    head: &Parts,
    _body: impl Body,
) -> Result<Response, ApiError> {
    let found = crate::routes::find(head.uri.path()).ok_or(ApiError::NotFound)?;
    let Found { route: Route::TwoFactorSessions(place), .. } = found else { return Err(ApiError::NotFound) };
    let verb = Verb::of(&head.method).filter(|verb| place.verbs().contains(verb));
    verb.ok_or_else(|| ApiError::MethodNotAllowed(found.route.allowed()))?;
    Err(ApiError::NotFound)
}
