//! A request and its answer.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};

/// As a client saw it.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The request's method.
    pub method: &'a Method,
    /// The request's path; a query may follow it.
    pub path: &'a str,
    /// The request's body.
    pub sent: &'a [u8],
    /// The answer's status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: &'a HeaderMap,
    /// The answer's body.
    pub body: &'a [u8],
}

impl Exchange<'_> {
    /// The path alone.
    pub(crate) fn place(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// Whether it is about an API, and not about a page.
    pub(crate) fn is_api(&self) -> bool {
        const APIS: [&str; 6] = ["/api/", "/sandbox/", "/reg/", "/.well-known/", "/auth/", "/bridge/"];
        let path = self.place();
        path == "/api" || APIS.iter().any(|api| path.starts_with(api))
    }

    /// The answer's type without its parameters; empty if it names none.
    pub(crate) fn media_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// What was asked, for a message.
    pub(crate) fn shown(&self) -> String {
        format!("{} {} answered {}", self.method, self.path, self.status.as_u16())
    }
}
