//! Signing in with a second factor, by sessions: `contracts/two-factor-sessions.md`.
//!
//! | module | what it knows |
//! |---|---|
//! | `routes`, `instance` | where what is, and whose |
//! | `caller`, `cookies`, `bridge` | who is calling |
//! | `fields`, `code` | what a body says |
//! | `deed` | what a code confirms, and where it is kept |
//! | `guard` | what takes a second factor once somebody is signed in |
//! | `login`, `register`, `session_routes`, `methods_routes`, `verify`, `change`, `devices` | the routes |
//! | `answers`, `shown`, `refused`, `envelope` | what comes back |

mod answers;
mod bridge;
mod caller;
mod change;
mod code;
mod cookies;
mod deed;
#[cfg(test)]
pub(crate) mod described;
mod devices;
mod envelope;
mod fields;
mod guard;
mod instance;
mod login;
mod methods_routes;
mod refused;
mod register;
mod routes;
mod session_routes;
mod shown;
mod verify;

#[cfg(test)]
pub(crate) use envelope::Envelope;
pub(crate) use envelope::refusal;
pub(crate) use routes::{Place, TABLE};

use crate::accounts::context::{AccountSettings, Context};
use crate::http::{ApiError, Body, Response, TraceId, Verb, check_json, read_body};
use crate::ports::Ports;
use crate::routes::{Found, Route};
use crate::settings::{accounts_are_on, tenants};
use fields::Fields;
use http::request::Parts;
use refused::{Refused, Result};

/// Answers a request to this API.
pub(crate) async fn answer<P: Ports>(
    ports: &P,
    trace: &TraceId,
    head: &Parts,
    body: impl Body,
) -> core::result::Result<Response, ApiError> {
    if !accounts_are_on(ports)? {
        return Err(ApiError::NotFound);
    }
    let tenants = tenants(ports)?;
    let tenant = instance::of(head, &tenants).ok_or(ApiError::NotFound)?;
    let found = crate::routes::find(head.uri.path()).ok_or(ApiError::NotFound)?;
    let Found { route: Route::TwoFactorSessions(place), id, .. } = found else {
        return Err(ApiError::NotFound);
    };
    let verb = Verb::of(&head.method).filter(|verb| place.verbs().contains(verb));
    let verb = verb.ok_or_else(|| ApiError::MethodNotAllowed(found.route.allowed()))?;
    let settings = AccountSettings::load(ports)?;
    let ctx = Context { ports, settings: &settings, tenant, trace, now: ports.now() };
    match handle(&ctx, (place, id), verb, head, body).await {
        Ok(response) => Ok(response),
        Err(refused) => refused.response(ctx.now),
    }
}

/// First whose session it is, then the body.
async fn handle<P: Ports>(
    ctx: &Context<'_, P>,
    (place, id): (Place, &str),
    verb: Verb,
    head: &Parts,
    body: impl Body,
) -> Result<Response> {
    let headers = &head.headers;
    let caller = caller::find(ctx, headers, place.needs())?;
    let fields = match verb {
        Verb::Get => Fields::read(b"")?,
        _ => {
            caller::check_origin(headers, verb)?;
            check_json(headers)?;
            Fields::read(&read_body(headers, body).await?)?
        }
    };
    let fields = &fields;
    let Some(caller) = &caller else {
        return match place {
            Place::Login => login::login(ctx, headers, fields).await,
            Place::Register => register::register(ctx, headers, fields).await,
            Place::RegisterPublic => register::register_public(ctx, headers, fields).await,
            Place::RegisterVerify => register::verify(ctx, fields),
            Place::BridgeValidate => session_routes::validate_for_bridge(ctx, headers, fields),
            Place::Validate => session_routes::validate(ctx, headers),
            Place::System => methods_routes::system(ctx),
            _ => Err(Refused::NoSession),
        };
    };
    match place {
        Place::Logout => session_routes::logout(ctx, caller),
        Place::Me => session_routes::me(ctx, caller),
        Place::Methods => methods_routes::list(ctx, caller),
        Place::Setup => methods_routes::setup(ctx, caller, id, fields).await,
        Place::Start => methods_routes::start(ctx, caller, id, fields).await,
        Place::Verify => verify::verify(ctx, headers, caller, fields),
        Place::Toggle => change::toggle(ctx, caller, fields),
        Place::Method => change::remove(ctx, caller, id, fields),
        Place::Devices => devices::list(ctx, caller),
        Place::Device => devices::forget(ctx, caller, id),
        // Those that need no session are above.
        _ => Err(Refused::NoSession),
    }
}
