//! What people see in a browser. Plain HTML: no script, and nothing loaded from elsewhere.

mod confirm;
mod sandbox;
mod templates;

use crate::http::{ApiError, Response, TraceId, Verb, empty, html, stylesheet, text};
use crate::ports::Ports;
use crate::routes::{self, Route};
use crate::settings::Environment;
use askama::Template;
use http::StatusCode;
use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use templates::NoticePage;

/// Answers everything outside the API.
pub(crate) fn answer<P: Ports>(ports: &P, trace: &TraceId, head: &Parts) -> Result<Response, ApiError> {
    let found = routes::find(head.uri.path()).ok_or(ApiError::NotFound)?;
    if found.route.sandbox_only() && !Environment::load(ports)?.is_sandbox() {
        return Err(ApiError::NotFound);
    }
    let verb = Verb::of(&head.method).filter(|verb| found.route.verbs().contains(verb));
    match (found.route, verb) {
        (_, None) => Err(ApiError::MethodNotAllowed(found.route.allowed())),
        (Route::Confirm, Some(Verb::Get)) => confirm::show(ports, found.id),
        (Route::Confirm, Some(_)) => confirm::confirm(ports, trace, found.id),
        (Route::Inbox, _) => sandbox::inbox_page(ports),
        (Route::InboxJson, _) => sandbox::inbox_json(ports),
        (Route::Landing, _) => sandbox::landing(ports),
        (Route::Stylesheet, _) => Ok(stylesheet(include_str!("../../templates/style.css"))),
        (Route::Health, _) => Ok(text(StatusCode::OK, "ok")),
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

/// A page that says one thing.
fn notice(
    status: StatusCode,
    title: &str,
    text: &str,
    reference: Option<&str>,
) -> Result<Response, ApiError> {
    page(status, &NoticePage { title, text, reference })
}

fn page(status: StatusCode, template: &impl Template) -> Result<Response, ApiError> {
    let body = template.render().map_err(|_| ApiError::Internal("a page could not be rendered".into()))?;
    Ok(html(status, body))
}
