//! The way of a request.

use crate::auth;
use crate::authentication_codes;
use crate::autoramps;
use crate::call::{Call, failure_line};
use crate::customers;
use crate::fiat_addresses;
use crate::http::{ApiError, Body, Response, TRACE_HEADER, TraceId, Verb, check_json, read_body};
use crate::identifications;
use crate::ids;
use crate::pages;
use crate::ports::Ports;
use crate::rate;
use crate::routes::{self, Found, Part, Route};
use crate::sandbox;
use crate::settings::{ApiSettings, Role};
use crate::webhooks::{self, Kind};
use crate::{login_mfa, two_factor_sessions};
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderValue, Request};
use uuid::Uuid;

/// Answers a request. Every answer has its length and its trace id; every failure of ours is in the log under it.
pub async fn answer<P: Ports>(ports: &P, request: Request<impl Body>) -> http::Response<Vec<u8>> {
    let (head, body) = request.into_parts();
    let trace = TraceId::of(&head.headers, ports);
    let part = routes::part(head.uri.path());
    let errors = routes::find(head.uri.path())
        .map_or(part.errors(), |found| found.route.errors(Verb::of(&head.method)));
    let result = match part {
        Part::Api => api(ports, &trace, &head, body).await,
        Part::LoginMfa => login_mfa::answer(ports, &trace, &head, body).await,
        Part::TwoFactorSessions => two_factor_sessions::answer(ports, &trace, &head, body).await,
        Part::Pages => pages::answer(ports, &trace, &head, body).await,
    };
    let response = result.unwrap_or_else(|error| {
        if let Some(line) = failure_line(&trace, &error) {
            ports.log(&line);
        }
        if part == Part::Pages { pages::failure(&error, &trace) } else { error.response_as(errors, &trace) }
    });
    finished(response, &trace)
}

/// First who is calling, then what for, then the body: nothing is read for strangers.
async fn api<P: Ports>(
    ports: &P,
    trace: &TraceId,
    head: &Parts,
    body: impl Body,
) -> Result<Response, ApiError> {
    let settings = ApiSettings::load(ports)?;
    let (key, now) = (auth::key(&head.headers, &settings.api_keys)?, ports.now());
    rate::admit(ports, key, now)?;
    let caller = auth::caller(&head.headers, key)?;
    let path = head.uri.path();
    let found = routes::find(path).ok_or(ApiError::NotFound)?;
    if found.route.sandbox_only() && !settings.environment.is_sandbox() {
        return Err(ApiError::NotFound);
    }
    let verb = Verb::of(&head.method).filter(|verb| found.route.verbs().contains(verb));
    let verb = verb.ok_or_else(|| not_allowed(found.route))?;
    check_role(caller.role, found.route, verb)?;
    let body = match verb {
        Verb::Get | Verb::Delete => Vec::new(),
        _ => {
            check_json(&head.headers)?;
            read_body(&head.headers, body).await?
        }
    };
    let call = Call {
        ports,
        settings: &settings,
        caller: &caller,
        headers: &head.headers,
        query: head.uri.query().unwrap_or_default(),
        path,
        trace,
        errors: found.route.errors(Some(verb)),
        now,
    };
    let Some((kind, id)) = told_of(&found, verb) else { return handle(call, &found, verb, body).await };
    let is_told = webhooks::before_for(ports, trace, kind, id, &caller.acting_as)?;
    let answer = handle(call, &found, verb, body).await;
    if is_told {
        // Whatever the answer is: something may have been done.
        webhooks::after(ports, trace, kind, id);
    }
    answer
}

/// What partners are told of when this is done to the thing that the path names. What is made is told to nobody: its maker has
/// the answer.
fn told_of(found: &Found<'_>, verb: Verb) -> Option<(Kind, Uuid)> {
    let kind = match (found.route, verb) {
        (Route::Autoramp, Verb::Patch | Verb::Delete)
        | (Route::AutorampRetry | Route::AutorampStatus | Route::SandboxAutoramp, _) => Kind::Autoramp,
        (Route::FiatAddressStatus | Route::SandboxFiatAddress, _) => Kind::FiatAddress,
        (Route::IdentificationArchive | Route::IdentificationReview | Route::SandboxIdentification, _) => {
            Kind::Identification
        }
        (
            Route::NewIdentification | Route::CustomerArchive | Route::CustomerSuspension | Route::Signings,
            _,
        ) => Kind::Customer,
        _ => return None,
    };
    Some((kind, ids::parse(found.id)?))
}

async fn handle<P: Ports>(
    call: Call<'_, P>,
    found: &Found<'_>,
    verb: Verb,
    body: Vec<u8>,
) -> Result<Response, ApiError> {
    match (found.route, verb) {
        (Route::CodeOfEntity, Verb::Get) => authentication_codes::of_entity(&call, found.id),
        (Route::Code, Verb::Put) => authentication_codes::submit(&call, found.id, &body),
        (Route::Customers, Verb::Get) => customers::list(&call),
        (Route::Customers, Verb::Post) => customers::create(&call, &body).await,
        (Route::Customer, Verb::Get) => customers::by_id(&call, found.id),
        (Route::Customer, Verb::Put) => customers::update(&call, found.id, &body).await,
        (Route::CustomerByExternalId, Verb::Get) => customers::by_external_id(&call, found.id),
        (Route::EmailChange, Verb::Get) => customers::email_change(&call, found.id, found.sub),
        (Route::Autoramps, Verb::Get) => autoramps::list(&call),
        (Route::Autoramps, Verb::Post) => autoramps::create(&call, &body).await,
        (Route::Autoramp, Verb::Get) => autoramps::by_id(&call, found.id),
        (Route::Autoramp, Verb::Patch) => autoramps::edit(&call, found.id, &body).await,
        (Route::Autoramp, Verb::Delete) => autoramps::cancel(&call, found.id).await,
        (Route::AutorampByExternalId, Verb::Get) => autoramps::by_external_id(&call, found.id),
        (Route::AutorampRetry, Verb::Post) => autoramps::retry(&call, found.id).await,
        (Route::FiatAddresses, Verb::Get) => fiat_addresses::list(&call),
        (Route::FiatAddresses, Verb::Post) => fiat_addresses::create(&call, &body).await,
        (Route::FiatAddressesOfCustomer, Verb::Get) => fiat_addresses::list_of_customer(&call, found.id),
        (Route::FiatAddress, Verb::Get) => fiat_addresses::one(&call, found.id, found.sub),
        (Route::FiatAddress, Verb::Delete) => fiat_addresses::delete(&call, found.id, found.sub).await,
        // Documented as not implemented: `contracts/authentication-codes.md` §3.3.
        (Route::FiatAddressRetry, Verb::Post) => Err(ApiError::NotFound),
        (Route::AutorampStatus, Verb::Put) => autoramps::decide(&call, found.id, &body).await,
        (Route::FiatAddressStatus, Verb::Put) => fiat_addresses::decide(&call, found.id, &body),
        (Route::SandboxAutoramp, Verb::Put) => autoramps::set_status(&call, found.id, &body).await,
        (Route::SandboxFiatAddress, Verb::Put) => fiat_addresses::set_status(&call, found.id, &body).await,
        (Route::CustomerArchive, Verb::Put) => customers::archive(&call, found.id).await,
        (Route::CustomerSuspension, Verb::Put) => customers::suspend(&call, found.id, &body).await,
        (Route::RequiredSignings, Verb::Get) => customers::required_signings(&call, found.id),
        (Route::Signings, Verb::Post) => customers::sign(&call, found.id, &body).await,
        (Route::Identifications, Verb::Get) => identifications::list(&call, found.id),
        (Route::NewIdentification, Verb::Post) => identifications::create(&call, found.id, &body).await,
        (Route::Identification, Verb::Get) => identifications::by_id(&call, found.id),
        (Route::IdentificationArchive, Verb::Put) => identifications::archive(&call, found.id),
        (Route::IdentificationReview, Verb::Post) => identifications::review(&call, found.id, &body).await,
        (Route::IdentificationAnswers, Verb::Get) => identifications::answers(&call, found.id),
        (Route::SandboxIdentification, Verb::Post) => {
            identifications::sandbox_review(&call, found.id, &body).await
        }
        (Route::Webhooks, Verb::Get) => webhooks::list(&call),
        (Route::Webhooks, Verb::Post) => webhooks::register(&call, &body).await,
        (Route::Webhook, Verb::Patch) => webhooks::update(&call, found.id, &body),
        (Route::WebhookPing, Verb::Post) => webhooks::ping(&call, found.id, &body).await,
        (Route::WebhookSecret, Verb::Post) => webhooks::renew_secret(&call, found.id),
        (Route::DeadLetters, Verb::Get) => webhooks::dead_letters(&call, found.id),
        (Route::DeadLetterRetry, Verb::Post) => webhooks::retry(&call, found.id, found.sub),
        (Route::SandboxReset, Verb::Post) => sandbox::reset(&call).await,
        _ => Err(not_allowed(found.route)),
    }
}

fn not_allowed(route: Route) -> ApiError {
    ApiError::MethodNotAllowed(route.allowed())
}

/// What a key may do. Whoever asks for something must not be the one who approves it.
fn check_role(role: Role, route: Route, verb: Verb) -> Result<(), ApiError> {
    let registers = matches!((route, verb), (Route::Webhooks | Route::WebhookSecret, Verb::Post));
    let refused = match (role, route.for_operators()) {
        // An operator does so in production, and whoever writes in the sandbox: the route says which.
        (Role::Operator | Role::ReadWrite, false) if registers => return Ok(()),
        (Role::Operator, true) | (Role::ReadWrite, false) => return Ok(()),
        (Role::ReadOnly | Role::Operator, false) if verb == Verb::Get => return Ok(()),
        (_, true) => "Only an operator's API key may do this.",
        (Role::ReadOnly, false) => "This API key may only read.",
        (Role::Operator, false) => "This API key may only read, and decide what an operator decides.",
    };
    Err(ApiError::Forbidden(refused))
}

/// Without a length a host has to send the body in chunks, and Spin's answer then comes 40 ms late. An answer that cannot
/// have a body has no length either (RFC 9110 §8.6).
fn finished(mut response: Response, trace: &TraceId) -> Response {
    let length = HeaderValue::from(response.body().len());
    let may_have_body = response.status() != StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    if may_have_body {
        headers.insert(CONTENT_LENGTH, length);
    }
    if let Ok(value) = HeaderValue::from_str(trace.as_str()) {
        headers.insert(TRACE_HEADER, value);
    }
    response
}
