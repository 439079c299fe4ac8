//! Bad input on every route of accounts (security.md): a clear answer in the API's own shape, no 5xx, no attempt spent.

mod bodies;
mod fields;
mod routes;
mod wire;

use super::people::{Person, compared_and_wrong, is_active, opens, text};
use bytes::Bytes;
use http::Method;
use serde_json::Value;
use stepgate_tests::{Answer, App, BRIDGE_SECRET, Host, Mail, PARTNER_ID};

/// Routes that read a body, and what each of them needs to know about who asks.
const STRANGERS: [&str; 6] = [
    "/reg/v1/auth/token",
    "/reg/v1/signup",
    "/reg/v1/signup/confirm",
    "/reg/v2/password/reset",
    "/reg/v2/password/reset/confirm",
    "/reg/v2/password/reset/execute",
];
const BEARERS: [&str; 3] =
    ["/reg/mfa/authorization/switch/confirm", "/reg/v1/password/change", "/reg/v1/password/change/confirm"];
const ANYBODY: [&str; 3] = ["/auth/login", "/auth/register", "/auth/register/verify"];
const SESSIONS: [&str; 4] = [
    "/auth/two_factor/email/setup",
    "/auth/two_factor/sms/setup",
    "/auth/two_factor/verify",
    "/auth/two_factor/toggle",
];
/// Somebody who is signed in by both APIs and signs in by both once more, and must not notice anything.
struct Witness {
    app: App,
    person: Person,
    access: String,
    session: String,
    pending: String,
    of_pending: Mail,
    of_token: Mail,
    mails: usize,
}

impl Witness {
    async fn new(host: Host) -> Witness {
        let app = App::production(host).await;
        let (person, tokens) = Person::sign_up_with_tokens(&app, "ada@example.com").await;
        let session = person.session(&app).await;
        let of_token = person.ask_for_code(&app).await;
        let (pending, of_pending) = person.pending(&app).await;
        let mails = app.mails().await.len();
        Witness {
            access: text(&tokens, "access_token"),
            app,
            person,
            session,
            pending,
            of_pending,
            of_token,
            mails,
        }
    }

    /// Sends a body to the routes that read one and need nothing of it.
    async fn where_it_may_be_empty(&self, body: impl Into<Bytes>) -> Vec<(String, Answer)> {
        let body: Bytes = body.into();
        let (portal, bearer) = (self.app.portal(), format!("Bearer {}", self.access));
        let of_session = ("x-session-id", self.session.as_str());
        let of_bridge = ("x-bridge-secret", BRIDGE_SECRET);
        let mut answers = Vec::new();
        for (path, header) in [
            ("/reg/mfa/authorization/switch", ("authorization", bearer.as_str())),
            ("/auth/two_factor/totp/setup", of_session),
            ("/auth/two_factor/recovery/setup", of_session),
            ("/auth/register/public", of_bridge),
            ("/auth/bridge/validate", of_bridge),
            ("/bridge/validate", of_bridge),
        ] {
            answers.push((path.to_owned(), portal.send(Method::POST, path, &[header], body.clone()).await));
        }
        answers
    }

    /// Sends a body to every route that needs something of it.
    async fn everywhere(&self, body: impl Into<Bytes>) -> Vec<(String, Answer)> {
        let body: Bytes = body.into();
        let (portal, bearer) = (self.app.portal(), format!("Bearer {}", self.access));
        let mut answers = Vec::new();
        let of_stranger = [("partnerId", PARTNER_ID), ("grantType", "password_email")];
        let of_session = [("x-session-id", self.session.as_str())];
        let of_pending = [("x-session-id", self.pending.as_str())];
        let of_bearer = [("authorization", bearer.as_str())];
        let mut all: Vec<(&str, &[(&str, &str)])> = Vec::new();
        all.extend(STRANGERS.map(|path| (path, &of_stranger[..])));
        all.extend(BEARERS.map(|path| (path, &of_bearer[..])));
        all.extend(ANYBODY.map(|path| (path, &[][..])));
        all.extend(SESSIONS.map(|path| (path, &of_session[..])));
        all.push(("/auth/two_factor/verify", &of_pending));
        all.push(("/auth/two_factor/email/start", &of_pending));
        for (path, headers) in all {
            answers.push((path.to_owned(), portal.send(Method::POST, path, headers, body.clone()).await));
        }
        answers
    }

    /// Sends what can be read by nobody, and expects each route to refuse it.
    async fn refuse(&self, body: impl Into<Bytes>, status: u16) {
        let body: Bytes = body.into();
        for (path, answer) in self.where_it_may_be_empty(body.clone()).await {
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            shaped(&path, &answer);
        }
        self.refuse_with(body, |_| status).await;
    }

    /// The same, where the status depends on the path.
    async fn refuse_with(&self, body: impl Into<Bytes>, status: impl Fn(&str) -> u16) {
        for (path, answer) in self.everywhere(body).await {
            assert_eq!(answer.status, status(&path), "{path}: {answer:?}");
            shaped(&path, &answer);
        }
    }

    /// Nothing was compared, sent or ended, and everything still works.
    async fn untouched(self) {
        assert_eq!(compared_and_wrong(&self.app), 0);
        assert_eq!(self.app.mails().await.len(), self.mails);
        assert_eq!(self.app.events("failure"), Vec::<Value>::new());
        assert!(opens(&self.app, &self.access).await && is_active(&self.app, &self.session).await);
        self.app.portal().verify(&self.pending, "login", &self.of_pending.code).await.expect(200);
        self.person.token(&self.of_token.code).await.expect(200);
    }
}

/// The envelope of the API that a path belongs to, and nothing of a parser's own words.
#[track_caller]
fn shaped(path: &str, answer: &Answer) {
    assert!((400..500).contains(&answer.status.as_u16()), "{path}: {answer:?}");
    // The host's own say no charset.
    assert!(answer.header("content-type").starts_with("application/json"), "{path}: {answer:?}");
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let mut names: Vec<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    if path.starts_with("/reg") {
        assert_eq!(names, ["errors", "message", "status", "traceId"], "{path}: {body}");
        let name = answer.status.canonical_reason().expect("a name").to_uppercase().replace(' ', "_");
        assert_eq!(body["status"], name, "{path}");
        assert!(!text(&body, "message").is_empty() && body["errors"].is_array(), "{path}: {body}");
        assert_eq!(text(&body, "traceId"), answer.header("x-trace-id"), "{path}");
    } else {
        names.retain(|name| *name != "attempts_remaining");
        assert_eq!(names, ["code", "error", "success"], "{path}: {body}");
        assert_eq!(body["success"], false, "{path}");
        assert!(!text(&body, "error").is_empty() && !text(&body, "code").is_empty(), "{path}: {body}");
    }
    for word in ["line 1", "column", "expected", "serde", "panicked", "invalid type"] {
        assert!(!answer.text().contains(word), "{path}: {body}");
    }
}
