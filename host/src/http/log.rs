//! One line per request, with nothing in it that opens a door.

use super::TraceId;
use http::{Method, StatusCode};
use std::time::Duration;

/// The longest path segment that is logged. A UUID has 36 bytes; a link token has 54.
const MAX_SEGMENT: usize = 40;
/// The longest path, and method, that is logged.
const MAX_PATH: usize = 200;
const MAX_METHOD: usize = 16;

/// What stands in for what is left out.
const LEFT_OUT: &str = "…";

pub(crate) fn request(method: &Method, path: &str, status: StatusCode, took: Duration, trace: TraceId) {
    tracing::info!(
        target: "stepgate::request",
        method = method.as_str().get(..MAX_METHOD).unwrap_or(method.as_str()),
        path = loggable(path),
        status = status.as_u16(),
        ms = (took.as_secs_f64() * 1e5).round() / 100.0,
        trace_id = %trace,
    );
}

/// The path without what may be a link token: everything behind `/confirm/` or `/identify/`, and every segment as long as one; and
/// without a customer's id at our clients, which may be a name or an address. No query string ever gets here.
fn loggable(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    let mut secret = false;
    let is_external =
        path.rsplit('/').find(|segment| !segment.is_empty()).is_some_and(|last| is(last, "external"));
    let mut left = path.split('/').filter(|segment| !segment.is_empty()).count();
    let mut customer = false;
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            shown.push('/');
        }
        left -= usize::from(!segment.is_empty());
        let hidden = segment.len() > MAX_SEGMENT
            || (secret && !segment.is_empty())
            || (is_external && customer && left > 0 && !segment.is_empty());
        shown.push_str(if hidden { LEFT_OUT } else { segment });
        secret |= is(segment, "confirm") || is(segment, "identify");
        customer |= is(segment, "customers");
        if shown.len() > MAX_PATH {
            shown.push_str(LEFT_OUT);
            break;
        }
    }
    shown
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::loggable;

    #[test]
    fn tokens_are_left_out_of_paths() {
        let token = "A".repeat(54);
        let id = "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11";
        for (path, shown) in [
            ("/", "/".to_string()),
            ("/inbox", "/inbox".into()),
            ("/confirm/short", "/confirm/…".into()),
            ("/identify/short", "/identify/…".into()),
            ("/Identify//a/b", "/Identify//…/…".into()),
            ("/CONFIRM//a/b", "/CONFIRM//…/…".into()),
            (&format!("/api/customers/{id}"), format!("/api/customers/{id}")),
            ("/api/customers/ada@example.com/external", "/api/customers/…/external".into()),
            ("/api/customers/a/b/External/", "/api/customers/…/…/External/".into()),
            ("//api//Customers//7//external", "//api//Customers//…//external".into()),
            (&format!("/api/customers/{id}/external"), "/api/customers/…/external".into()),
            ("/api/customers/external", "/api/customers/external".into()),
            (&format!("/api/customers/{id}/email-changes/7"), format!("/api/customers/{id}/email-changes/7")),
            (&format!("/other/{token}"), "/other/…".into()),
        ] {
            assert_eq!(loggable(path), shown);
        }
        assert!(loggable(&"/a".repeat(10_000)).len() < 300);
    }
}
