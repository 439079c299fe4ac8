//! Signing in with a second factor, by tokens: `contracts/login-mfa.md`.
//!
//! | module | what it knows |
//! |---|---|
//! | `routes` | where what is |
//! | `envelope`, `no`, `fields` | how no is said, and what a body holds |
//! | `caller` | who asks: a partner's program for somebody, or somebody with an access token |
//! | `token` | signing in, and on: §3 |
//! | `issued` | what somebody has who is signed in |
//! | `step_up` | codes for what is done inside: §4, §6 |
//! | `switch`, `info`, `sign_up`, `password`, `reset`, `sessions`, `devices` | the routes around it |
//! | `public` | what others verify tokens with |

mod caller;
#[cfg(test)]
pub(crate) mod described;
mod devices;
mod envelope;
mod fields;
mod info;
mod issued;
mod no;
mod password;
mod public;
mod reset;
mod routes;
mod sessions;
mod sign_up;
mod step_up;
mod switch;
mod token;

#[cfg(test)]
pub(crate) use envelope::Envelope;
pub(crate) use envelope::refusal;
pub(crate) use routes::{Place, TABLE};

use crate::accounts::codes::Times;
use crate::accounts::context::{AccountSettings, Context};
use crate::http::{ApiError, Body, Response, TraceId, Verb, check_json, json, read_body};
use crate::ports::Ports;
use crate::routes::{Found, Route};
use crate::settings::{accounts_are_on, tenants, token_keys_are_set};
use caller::Caller;
use core::time::Duration;
use http::StatusCode;
use http::request::Parts;
use no::Result;
use serde::Serialize;

/// §2: how long every code lives, and how soon there may be another.
const TIMES: Times = Times { lifetime: Duration::from_secs(300), between: Duration::from_secs(60) };

/// Answers a request to this API.
pub(crate) async fn answer<P: Ports>(
    ports: &P,
    trace: &TraceId,
    head: &Parts,
    body: impl Body,
) -> core::result::Result<Response, ApiError> {
    let found = crate::routes::find(head.uri.path()).ok_or(ApiError::NotFound)?;
    let Found { route: Route::LoginMfa(place), id, .. } = found else { return Err(ApiError::NotFound) };
    if !accounts_are_on(ports)? || !token_keys_are_set(ports)? {
        return Err(ApiError::NotFound);
    }
    let verb = Verb::of(&head.method).filter(|verb| place.verbs().contains(verb));
    let verb = verb.ok_or_else(|| ApiError::MethodNotAllowed(found.route.allowed()))?;
    let now = ports.now();
    let done = match place {
        Place::Jwks => public::jwks(ports),
        Place::Revocations => public::revocations(ports, head, now),
        Place::Token
        | Place::SignUp
        | Place::SignUpConfirm
        | Place::PasswordReset
        | Place::PasswordResetConfirm
        | Place::PasswordResetExecute => for_stranger(ports, trace, head, body, place).await,
        _ => for_caller(ports, trace, head, body, (place, verb, id)).await,
    };
    done.or_else(|no| no.response(trace, now))
}

/// What anybody may ask for who names a partner.
async fn for_stranger<P: Ports>(
    ports: &P,
    trace: &TraceId,
    head: &Parts,
    body: impl Body,
    place: Place,
) -> Result<Response> {
    let (settings, tenants, now) = (AccountSettings::load(ports)?, tenants(ports)?, ports.now());
    let tenant = caller::tenant(&head.headers, &tenants)?;
    let ctx = Context { ports, settings: &settings, tenant, trace, now };
    check_json(&head.headers)?;
    let body = read_body(&head.headers, body).await?;
    match place {
        Place::Token => token::token(&ctx, &head.headers, &body).await,
        Place::SignUp => sign_up::begin(&ctx, &body).await,
        Place::SignUpConfirm => sign_up::confirm(&ctx, &head.headers, &body),
        Place::PasswordReset => reset::begin(&ctx, &body).await,
        Place::PasswordResetConfirm => reset::confirm(&ctx, &body),
        Place::PasswordResetExecute => reset::execute(&ctx, &body),
        _ => Err(ApiError::NotFound.into()),
    }
}

/// What takes an access token. Nothing more is read for who has none.
async fn for_caller<P: Ports>(
    ports: &P,
    trace: &TraceId,
    head: &Parts,
    body: impl Body,
    (place, verb, id): (Place, Verb, &str),
) -> Result<Response> {
    let (settings, tenants, now) = (AccountSettings::load(ports)?, tenants(ports)?, ports.now());
    let (claims, tenant) = caller::claims(ports, &head.headers, &tenants, now)?;
    let ctx = Context { ports, settings: &settings, tenant, trace, now };
    let caller = Caller::of(&ctx, claims)?;
    let body = match verb {
        Verb::Post => {
            let body = read_body(&head.headers, body).await?;
            // Switching takes none: what a program says of one that it does not send is not looked at.
            if !body.is_empty() {
                check_json(&head.headers)?;
            }
            body
        }
        _ => Vec::new(),
    };
    match place {
        Place::Switch => switch::begin(&ctx, &caller, &body).await,
        Place::SwitchConfirm => switch::confirm(&ctx, &caller, &body),
        Place::UserInfo => info::info(&ctx, &caller),
        Place::Logout => sessions::end(&ctx, &caller),
        Place::LogoutAll => sessions::end_all(&ctx, &caller),
        Place::Sessions => sessions::list(&ctx, &caller),
        Place::CurrentSession => sessions::current(&ctx, &caller),
        Place::PasswordChange => password::begin(&ctx, &caller, &body).await,
        Place::PasswordChangeConfirm => password::confirm(&ctx, &caller, &body),
        Place::Devices => devices::list(&ctx, &caller),
        Place::Device => devices::revoke(&ctx, &caller, id),
        _ => Err(ApiError::NotFound.into()),
    }
}

/// `{"result":"ok"}`: the contract leaves open what success says where there is nothing to say.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = LoginMfaResult))]
struct Done {
    /// Always `ok`.
    result: &'static str,
}

/// `{}`.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = LoginMfaNothing))]
struct Nothing {}

fn done() -> Result<Response> {
    Ok(json(StatusCode::OK, &Done { result: "ok" })?)
}

fn nothing() -> Result<Response> {
    Ok(json(StatusCode::OK, &Nothing {})?)
}
