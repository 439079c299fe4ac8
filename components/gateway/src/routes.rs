//! Which path is what. The table is the whole of it; which methods a route takes stands beside the route.

use crate::http::{Errors, Verb};
use crate::{login_mfa, two_factor_sessions};
use matchit::Router;
use std::sync::LazyLock;

/// A place in the API or a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    CodeOfEntity,
    Code,
    Customers,
    Customer,
    CustomerByExternalId,
    EmailChange,
    Autoramps,
    Autoramp,
    AutorampByExternalId,
    AutorampRetry,
    AutorampStatus,
    FiatAddresses,
    FiatAddressesOfCustomer,
    FiatAddress,
    FiatAddressRetry,
    FiatAddressStatus,
    CustomerArchive,
    CustomerSuspension,
    RequiredSignings,
    Signings,
    Identifications,
    NewIdentification,
    Identification,
    IdentificationArchive,
    IdentificationReview,
    IdentificationAnswers,
    SandboxIdentification,
    Webhooks,
    Webhook,
    WebhookPing,
    WebhookSecret,
    DeadLetters,
    DeadLetterRetry,
    SandboxReset,
    SandboxAutoramp,
    SandboxFiatAddress,
    Confirm,
    Identify,
    Inbox,
    InboxJson,
    Landing,
    Stylesheet,
    OpenApi,
    ApiPage,
    Health,
    WebhookRun,
    LoginMfa(login_mfa::Place),
    TwoFactorSessions(two_factor_sessions::Place),
}

/// Every path. A parameter is at most one per path segment and never empty.
pub(crate) const TABLE: &[(&str, Route)] = &[
    ("/api/authentication-codes/entity/{id}", Route::CodeOfEntity),
    ("/api/authentication-codes/{id}", Route::Code),
    ("/api/customers", Route::Customers),
    ("/api/customers/{id}", Route::Customer),
    ("/api/customers/{id}/external", Route::CustomerByExternalId),
    ("/api/customers/{id}/email-changes/{sub}", Route::EmailChange),
    ("/api/autoramps", Route::Autoramps),
    ("/api/autoramps/{id}", Route::Autoramp),
    ("/api/autoramps/{id}/external", Route::AutorampByExternalId),
    ("/api/autoramps/{id}/retry-auth", Route::AutorampRetry),
    ("/api/autoramps/{id}/status", Route::AutorampStatus),
    ("/api/addresses/fiat", Route::FiatAddresses),
    ("/api/addresses/fiat/{id}", Route::FiatAddressesOfCustomer),
    ("/api/addresses/fiat/{id}/{sub}", Route::FiatAddress),
    ("/api/addresses/fiat/{id}/retry-auth", Route::FiatAddressRetry),
    ("/api/addresses/fiat/{id}/status", Route::FiatAddressStatus),
    ("/api/customers/{id}/archive", Route::CustomerArchive),
    ("/api/customers/{id}/suspension", Route::CustomerSuspension),
    ("/api/customers/{id}/required-signings", Route::RequiredSignings),
    ("/api/customers/{id}/signings", Route::Signings),
    ("/api/customers/{id}/identifications", Route::Identifications),
    ("/api/customers/{id}/identifications/v2", Route::NewIdentification),
    ("/api/identifications/{id}", Route::Identification),
    ("/api/identifications/{id}/archive", Route::IdentificationArchive),
    ("/api/identifications/{id}/review", Route::IdentificationReview),
    ("/api/identifications/{id}/answers", Route::IdentificationAnswers),
    ("/api/webhooks", Route::Webhooks),
    ("/api/webhooks/{id}", Route::Webhook),
    ("/api/webhooks/{id}/ping", Route::WebhookPing),
    ("/api/webhooks/{id}/secret", Route::WebhookSecret),
    ("/api/webhooks/{id}/dead-letters", Route::DeadLetters),
    ("/api/webhooks/{id}/dead-letters/{sub}/retry", Route::DeadLetterRetry),
    ("/api/sandbox/identification/{id}", Route::SandboxIdentification),
    ("/sandbox/identification/{id}", Route::SandboxIdentification),
    ("/api/sandbox/reset", Route::SandboxReset),
    ("/api/sandbox/autoramp/{id}", Route::SandboxAutoramp),
    ("/api/sandbox/fiat-verification/{id}", Route::SandboxFiatAddress),
    ("/confirm/{id}", Route::Confirm),
    ("/identify/{id}", Route::Identify),
    ("/inbox", Route::Inbox),
    ("/inbox.json", Route::InboxJson),
    ("/", Route::Landing),
    ("/style.css", Route::Stylesheet),
    ("/openapi.json", Route::OpenApi),
    ("/docs", Route::ApiPage),
    ("/healthz", Route::Health),
    ("/internal/webhooks/run", Route::WebhookRun),
];

impl Route {
    /// The methods it takes.
    pub(crate) fn verbs(self) -> &'static [Verb] {
        match self {
            Route::LoginMfa(place) => place.verbs(),
            Route::TwoFactorSessions(place) => place.verbs(),
            Route::Code
            | Route::CustomerArchive
            | Route::CustomerSuspension
            | Route::IdentificationArchive
            | Route::AutorampStatus
            | Route::FiatAddressStatus
            | Route::SandboxAutoramp
            | Route::SandboxFiatAddress => &[Verb::Put],
            Route::SandboxReset
            | Route::AutorampRetry
            | Route::FiatAddressRetry
            | Route::Signings
            | Route::NewIdentification
            | Route::IdentificationReview
            | Route::WebhookPing
            | Route::WebhookSecret
            | Route::DeadLetterRetry
            | Route::WebhookRun
            | Route::SandboxIdentification => &[Verb::Post],
            Route::Customers
            | Route::Autoramps
            | Route::FiatAddresses
            | Route::Webhooks
            | Route::Confirm
            | Route::Identify => &[Verb::Get, Verb::Post],
            Route::Webhook => &[Verb::Patch],
            Route::Customer => &[Verb::Get, Verb::Put],
            Route::Autoramp => &[Verb::Get, Verb::Patch, Verb::Delete],
            Route::FiatAddress => &[Verb::Get, Verb::Delete],
            Route::CodeOfEntity
            | Route::CustomerByExternalId
            | Route::AutorampByExternalId
            | Route::FiatAddressesOfCustomer
            | Route::EmailChange
            | Route::RequiredSignings
            | Route::Identifications
            | Route::Identification
            | Route::IdentificationAnswers
            | Route::DeadLetters
            | Route::Inbox
            | Route::InboxJson
            | Route::Landing
            | Route::Stylesheet
            | Route::OpenApi
            | Route::ApiPage
            | Route::Health => &[Verb::Get],
        }
    }

    /// Whether it exists in the sandbox only.
    pub(crate) fn sandbox_only(self) -> bool {
        matches!(
            self,
            Route::SandboxReset
                | Route::SandboxAutoramp
                | Route::SandboxFiatAddress
                | Route::SandboxIdentification
                | Route::Inbox
                | Route::InboxJson
        )
    }

    /// Whether it is for operators, whatever the method: what compliance or a bank decides, which whoever asks for it
    /// must not.
    pub(crate) fn for_operators(self) -> bool {
        matches!(
            self,
            Route::IdentificationReview
                | Route::IdentificationAnswers
                | Route::CustomerSuspension
                | Route::AutorampStatus
                | Route::FiatAddressStatus
        )
    }

    /// How it says no to this method.
    pub(crate) fn errors(self, verb: Option<Verb>) -> Errors {
        match self {
            Route::Autoramp if verb == Some(Verb::Patch) => Errors::EnvelopeBut403,
            Route::LoginMfa(_) => Errors::LoginMfa,
            Route::TwoFactorSessions(_) => Errors::TwoFactorSessions,
            Route::Identifications
            | Route::NewIdentification
            | Route::Identification
            | Route::IdentificationArchive
            | Route::IdentificationReview
            | Route::IdentificationAnswers
            | Route::SandboxIdentification
            | Route::Autoramps
            | Route::Autoramp
            | Route::AutorampByExternalId
            | Route::AutorampRetry
            | Route::AutorampStatus => Errors::Envelope,
            _ => Errors::Text,
        }
    }

    /// The value of the `Allow` header.
    pub(crate) fn allowed(self) -> String {
        self.verbs().iter().map(|verb| verb.allowed_as()).collect::<Vec<_>>().join(", ")
    }
}

/// A path that is there, and its parameters.
pub(crate) struct Found<'p> {
    pub(crate) route: Route,
    /// The parameter `{id}`, as it stands in the path; empty where there is none.
    pub(crate) id: &'p str,
    /// The parameter `{sub}` likewise: the id of something that belongs to what `id` names.
    pub(crate) sub: &'p str,
}

/// Who answers what is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The JSON API, where every request needs a key.
    Api,
    LoginMfa,
    TwoFactorSessions,
    Pages,
}

impl Part {
    /// How it says no where there is nothing.
    pub(crate) fn errors(self) -> Errors {
        match self {
            Part::LoginMfa => Errors::LoginMfa,
            Part::TwoFactorSessions => Errors::TwoFactorSessions,
            _ => Errors::Text,
        }
    }
}

/// Who answers what is at a path, or would if there were anything.
pub(crate) fn part(path: &str) -> Part {
    let first = path.split('/').nth(1).unwrap_or_default();
    match first {
        _ if is_api(path) => Part::Api,
        "reg" | ".well-known" => Part::LoginMfa,
        "auth" | "bridge" => Part::TwoFactorSessions,
        _ => Part::Pages,
    }
}

/// Whether a path belongs to the JSON API, where every request needs a key.
pub(crate) fn is_api(path: &str) -> bool {
    // The contract names one route without the prefix.
    path == "/api" || path.starts_with("/api/") || path.starts_with("/sandbox/")
}

/// Finds what is at a path, compared byte for byte: no slash too many, no other case, nothing decoded.
pub(crate) fn find(path: &str) -> Option<Found<'_>> {
    static ROUTER: LazyLock<Router<Route>> = LazyLock::new(|| {
        let mut router = Router::new();
        for &(path, route) in TABLE {
            // Two paths of the table in conflict would fail here; the test below has seen every one of them.
            let _ = router.insert(path, route);
        }
        for &(path, place) in login_mfa::TABLE {
            let _ = router.insert(path, Route::LoginMfa(place));
        }
        for &(path, place) in two_factor_sessions::TABLE {
            let _ = router.insert(path, Route::TwoFactorSessions(place));
        }
        router
    });
    let found = ROUTER.at(path).ok()?;
    let parameter = |name| found.params.get(name).unwrap_or_default();
    Some(Found { route: *found.value, id: parameter("id"), sub: parameter("sub") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_table_leads_to_its_route() {
        for &(path, route) in TABLE {
            let id = if path.contains("{id}") { "a" } else { "" };
            let found_at = path.replace("{id}", "a").replace("{sub}", "b");
            let found = find(&found_at).unwrap();
            assert_eq!((found.route, found.id), (route, id), "{path}");
        }
        let found = find("/api/customers/x%2Fy/email-changes/z").unwrap();
        assert_eq!((found.id, found.sub), ("x%2Fy", "z"));
    }

    #[test]
    fn a_path_that_is_not_written_so_is_not_there() {
        for path in [
            "",
            "//",
            "/api",
            "/api/",
            "//api/customers",
            "/api//customers",
            "/api/customers/",
            "/API/customers",
            "/api/customers/a/b",
            "/api/authentication-codes",
            "/api/authentication-codes/",
            "/api/authentication-codes/entity/",
            "/api/authentication-codes/a/b",
            "/api/%63ustomers",
            "/confirm",
            "/confirm/",
            "/inbox/",
            "/../api/customers",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_api_is_what_needs_a_key() {
        for path in ["/api", "/api/", "/api/x", "/api/customers", "/sandbox/identification/x"] {
            assert!(is_api(path), "{path}");
        }
        for path in ["/", "/apis", "//api/x", "/API", "/confirm/api"] {
            assert!(!is_api(path), "{path}");
        }
    }
}
