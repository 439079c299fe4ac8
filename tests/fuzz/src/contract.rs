//! What the contracts allow: which statuses a route answers, and how it says no. Written from contracts/*.md and the pages' own
//! rules, not from the gateway's table, which this is to be held against.

/// How a route says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A bare JSON string; 403 is `{message,trace_id}`.
    Text,
    /// `{"error":{code,message,request_id}}`
    Envelope,
    /// The same, but 403 is `{message,trace_id}`.
    EnvelopeBut403,
    /// A page for people.
    Page,
    /// The account APIs, which are not there in the world that the other targets have (`accounts` has one with them).
    Account,
}

/// What may be answered to a request.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// How it says no.
    pub family: Family,
    /// Every status but those that any route of its family may answer.
    pub statuses: &'static [u16],
    /// Whether its answer lists things.
    pub lists: bool,
    /// Whether its answer may show codes and links, as the sandbox's inbox does.
    pub shows_secrets: bool,
}

/// What any route of the API may answer: to a key, to a header, to an id, and to too many requests.
const ANY_API: &[u16] = &[400, 401, 404, 429];
/// What any route of the API that changes something may answer besides: to a role and to a body.
const ANY_WRITE: &[u16] = &[403, 413, 415];

type Row = (&'static str, &'static str, Family, &'static [u16]);

const ROUTES: &[Row] = &[
    ("GET", "/api/authentication-codes/entity/*", Family::Text, &[200]),
    ("PUT", "/api/authentication-codes/*", Family::Text, &[200]),
    ("GET", "/api/customers", Family::Text, &[200]),
    ("POST", "/api/customers", Family::Text, &[201, 409]),
    ("GET", "/api/customers/*", Family::Text, &[200]),
    ("PUT", "/api/customers/*", Family::Text, &[204]),
    ("GET", "/api/customers/*/external", Family::Text, &[200]),
    ("GET", "/api/customers/*/email-changes/*", Family::Text, &[200]),
    ("PUT", "/api/customers/*/archive", Family::Text, &[200]),
    ("GET", "/api/customers/*/required-signings", Family::Text, &[200]),
    ("POST", "/api/customers/*/signings", Family::Text, &[201, 409, 422]),
    ("GET", "/api/customers/*/identifications", Family::Envelope, &[200]),
    ("POST", "/api/customers/*/identifications/v2", Family::Envelope, &[201, 409]),
    ("GET", "/api/identifications/*", Family::Envelope, &[200]),
    ("PUT", "/api/identifications/*/archive", Family::Envelope, &[200]),
    ("POST", "/api/identifications/*/review", Family::Envelope, &[200, 409]),
    ("POST", "/api/sandbox/identification/*", Family::Envelope, &[201, 409]),
    ("POST", "/sandbox/identification/*", Family::Envelope, &[201, 409]),
    ("GET", "/api/autoramps", Family::Envelope, &[200]),
    ("POST", "/api/autoramps", Family::Envelope, &[201, 409, 422]),
    ("GET", "/api/autoramps/*", Family::Envelope, &[200]),
    ("PATCH", "/api/autoramps/*", Family::EnvelopeBut403, &[200, 422]),
    ("DELETE", "/api/autoramps/*", Family::Envelope, &[204]),
    ("GET", "/api/autoramps/*/external", Family::Envelope, &[200]),
    ("POST", "/api/autoramps/*/retry-auth", Family::Envelope, &[201, 409]),
    ("GET", "/api/addresses/fiat", Family::Text, &[200]),
    ("POST", "/api/addresses/fiat", Family::Text, &[200, 409, 422]),
    ("GET", "/api/addresses/fiat/*", Family::Text, &[200]),
    // Said not to be implemented, so never anything but a refusal.
    ("POST", "/api/addresses/fiat/*/retry-auth", Family::Text, &[]),
    ("GET", "/api/addresses/fiat/*/*", Family::Text, &[200]),
    ("DELETE", "/api/addresses/fiat/*/*", Family::Text, &[200]),
    // Ours, for operators: what compliance or a bank decides.
    ("PUT", "/api/customers/*/suspension", Family::Text, &[200]),
    ("PUT", "/api/autoramps/*/status", Family::Envelope, &[200, 409]),
    ("PUT", "/api/addresses/fiat/*/status", Family::Text, &[200, 409]),
    ("GET", "/api/webhooks", Family::Text, &[200]),
    ("POST", "/api/webhooks", Family::Text, &[201, 409]),
    ("PATCH", "/api/webhooks/*", Family::Text, &[200]),
    ("POST", "/api/webhooks/*/ping", Family::Text, &[200, 409]),
    ("POST", "/api/webhooks/*/secret", Family::Text, &[200]),
    ("GET", "/api/webhooks/*/dead-letters", Family::Text, &[200]),
    ("POST", "/api/webhooks/*/dead-letters/*/retry", Family::Text, &[200]),
    // Who does not know its token is told that there is nothing here.
    ("POST", "/internal/webhooks/run", Family::Page, &[404]),
    ("POST", "/api/sandbox/reset", Family::Text, &[200, 409]),
    ("PUT", "/api/sandbox/autoramp/*", Family::Text, &[200]),
    ("PUT", "/api/sandbox/fiat-verification/*", Family::Text, &[200]),
    ("GET", "/confirm/*", Family::Page, &[200, 404, 410]),
    ("POST", "/confirm/*", Family::Page, &[200, 404, 409, 410]),
    ("GET", "/identify/*", Family::Page, &[200, 404, 410]),
    ("POST", "/identify/*", Family::Page, &[200, 303, 400, 403, 404, 410, 413, 415, 422, 429]),
    ("GET", "/inbox", Family::Page, &[200]),
    ("GET", "/inbox.json", Family::Page, &[200]),
    ("GET", "/", Family::Page, &[200]),
    ("GET", "/style.css", Family::Page, &[200]),
    ("GET", "/healthz", Family::Page, &[200]),
];

const LISTS: &[&str] = &[
    "/api/customers",
    "/api/autoramps",
    "/api/addresses/fiat",
    "/api/addresses/fiat/*",
    "/api/customers/*/identifications",
    "/api/webhooks",
];

/// Whether a path needs a key.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") || path.starts_with("/sandbox/")
}

/// What may be answered here. A path that is not there is answered 404, a method that it does not have 405.
#[must_use]
pub fn place(method: &str, path: &str) -> Place {
    let method = if method == "HEAD" { "GET" } else { method };
    let here: Vec<&Row> = ROUTES.iter().filter(|(_, pattern, ..)| fits(pattern, path)).collect();
    // Of two patterns, the one that says more: `…/retry-auth` is no id.
    let exact = here.iter().map(|(_, pattern, ..)| stars(pattern)).min();
    let here: Vec<&Row> = here.into_iter().filter(|(_, pattern, ..)| Some(stars(pattern)) == exact).collect();
    let otherwise = match path.split('/').nth(1) {
        _ if is_api(path) => Family::Text,
        Some("reg" | ".well-known" | "auth" | "bridge") => Family::Account,
        _ => Family::Page,
    };
    match (here.iter().find(|(verb, ..)| *verb == method), here.first()) {
        (Some((_, pattern, family, statuses)), _) => Place {
            family: *family,
            statuses,
            lists: method == "GET" && LISTS.contains(pattern),
            shows_secrets: pattern.starts_with("/inbox"),
        },
        (None, Some((.., family, _))) => {
            let family = if *family == Family::EnvelopeBut403 { Family::Envelope } else { *family };
            Place { family, statuses: &[405], ..NOWHERE }
        }
        (None, None) => Place { family: otherwise, statuses: &[404], ..NOWHERE },
    }
}

const NOWHERE: Place = Place { family: Family::Text, statuses: &[], lists: false, shows_secrets: false };

impl Place {
    /// Whether this may be answered.
    #[must_use]
    pub fn allows(&self, method: &str, path: &str, status: u16) -> bool {
        let writes = !matches!(method, "GET" | "HEAD");
        self.statuses.contains(&status)
            || is_api(path) && (ANY_API.contains(&status) || writes && ANY_WRITE.contains(&status))
    }
}

fn stars(pattern: &str) -> usize {
    pattern.matches('*').count()
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some("*"), Some(part)) if !part.is_empty() => {}
            (Some(expected), Some(part)) if expected == part => {}
            _ => return false,
        }
    }
}
