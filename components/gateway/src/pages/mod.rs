//! What people see in a browser. Plain HTML: no script, and nothing loaded from elsewhere.

mod confirm;
mod described;
mod sandbox;
mod templates;
mod unpack;

use crate::http::{ApiError, Body, Response, TraceId, Verb, empty, html, public, text};
use crate::identify;
use crate::ports::Ports;
use crate::routes::{self, Route};
use crate::settings::Environment;
use crate::webhooks;
use askama::Template;
use http::StatusCode;
use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use templates::NoticePage;

/// Answers everything outside the API.
pub(crate) async fn answer<P: Ports>(
    ports: &P,
    trace: &TraceId,
    head: &Parts,
    body: impl Body,
) -> Result<Response, ApiError> {
    let found = routes::find(head.uri.path()).ok_or(ApiError::NotFound)?;
    if found.route.sandbox_only() && !Environment::load(ports)?.is_sandbox() {
        return Err(ApiError::NotFound);
    }
    let verb = Verb::of(&head.method).filter(|verb| found.route.verbs().contains(verb));
    match (found.route, verb) {
        (_, None) => Err(ApiError::MethodNotAllowed(found.route.allowed())),
        (Route::Confirm, Some(Verb::Get)) => confirm::show(ports, found.id),
        (Route::Confirm, Some(_)) => confirm::confirm(ports, trace, found.id),
        (Route::Identify, Some(verb)) => {
            identify::answer(ports, trace, (verb, &head.headers), found.id, body).await
        }
        (Route::Inbox, _) => sandbox::inbox_page(ports),
        (Route::InboxJson, _) => sandbox::inbox_json(ports),
        (Route::Landing, _) => sandbox::landing(ports),
        (Route::Stylesheet, _) => {
            Ok(public("text/css; charset=utf-8", include_bytes!("../../templates/style.css").to_vec()))
        }
        (Route::OpenApi, _) => described::openapi(),
        (Route::ApiPage, _) => described::page(),
        (Route::Health, _) => Ok(text(StatusCode::OK, "ok")),
        (Route::WebhookRun, _) => webhooks::run(ports, trace, &head.headers).await,
        // The paths of the API do not come here.
        _ => Err(ApiError::NotFound),
    }
}

/// A page for a refusal or failure.
pub(crate) fn failure(error: &ApiError, trace: &TraceId) -> Response {
    let (status, title, text) = match error {
        ApiError::NotFound => (StatusCode::NOT_FOUND, "Nothing here", "There is no page at this address."),
        ApiError::MethodNotAllowed(_) => {
            (StatusCode::METHOD_NOT_ALLOWED, "That does not work here", "This page cannot be used like that.")
        }
        ApiError::Internal(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "This is our fault, not yours. Nothing has been confirmed as far as we can tell. Please try again in a moment.",
        ),
        ApiError::BadRequest(_) => (
            StatusCode::BAD_REQUEST,
            "That could not be read",
            "Please go back, reload the page and try again.",
        ),
        ApiError::Forbidden(_) => (
            StatusCode::FORBIDDEN,
            "This did not come from our page",
            "Nothing was done. Please open the link again and use the buttons on the page.",
        ),
        ApiError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is too much",
            "Please go back and shorten what you entered.",
        ),
        ApiError::UnsupportedMediaType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "That could not be read",
            "Please go back, reload the page and try again.",
        ),
        other => return other.response(trace),
    };
    let reference = matches!(error, ApiError::Internal(_)).then(|| trace.as_str());
    let mut response = notice(status, title, text, reference).unwrap_or_else(|_| empty(status));
    if let ApiError::MethodNotAllowed(allowed) = error
        && let Ok(value) = HeaderValue::from_str(allowed)
    {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// The page for a link that leads nowhere.
pub(crate) fn unknown_link() -> Result<Response, ApiError> {
    notice(
        StatusCode::NOT_FOUND,
        "This link does not work",
        "Please check that you opened the whole link from the message.",
        None,
    )
}

/// A page that says one thing.
pub(crate) fn notice(
    status: StatusCode,
    title: &str,
    text: &str,
    reference: Option<&str>,
) -> Result<Response, ApiError> {
    page(status, &NoticePage { title, text, reference })
}

pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<Response, ApiError> {
    let body = template.render().map_err(|_| ApiError::Internal("a page could not be rendered".into()))?;
    Ok(html(status, body))
}
