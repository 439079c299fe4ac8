//! Bad input on every route of accounts (security.md): a clear answer in the API's own shape, no 5xx, no attempt spent.

use super::people::{Person, compared_and_wrong, is_active, opens, text};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use stepgate_tests::{Answer, App, BRIDGE_SECRET, Host, Mail, PARTNER_ID};

stepgate_tests::suite! {
    a_body_that_is_too_large_is_refused,
    text_that_is_no_json_object_is_refused,
    invalid_utf_8_is_refused,
    wrong_types_are_refused,
    numbers_of_ten_thousand_digits_are_refused,
    fields_that_come_twice_are_refused,
    nesting_without_end_is_refused,
    unknown_fields_change_nothing,
    missing_and_unfit_fields_are_refused,
    wrong_methods_and_paths_are_refused,
    ids_that_are_none_are_not_found,
    wrong_content_types_are_refused,
    headers_that_are_no_headers_are_refused,
    codes_that_only_look_like_codes_take_no_attempt,
}

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
/// Each field that any of them reads.
const FIELDS: [&str; 24] = [
    "email",
    "password",
    "mfaCode",
    "mfaMethod",
    "rememberDevice",
    "refreshToken",
    "grantType",
    "emailConfirmCode",
    "termsAndConditionsConfirmed",
    "termsAndConditionsVersion",
    "userType",
    "confirmCode",
    "newPassword",
    "oldPassword",
    "payload",
    "confirmationCode",
    "name",
    "phone",
    "identifier",
    "code",
    "method",
    "method_id",
    "action",
    "enabled",
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
    let body = answer.json();
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

/// security.md: bodies over 64 KiB.
async fn a_body_that_is_too_large_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    let body = |length: usize| format!("{{\"padding\":\"{}\"}}", "x".repeat(length - 14));
    for length in [64 * 1024 + 1, 100_000] {
        witness.refuse(body(length), 413).await;
    }
    // So large that the host itself refuses it, in a shape of its own.
    for (_, answer) in witness.everywhere(body(300_000)).await {
        assert_eq!(answer.status, 413);
    }
    witness.untouched().await;
}

async fn text_that_is_no_json_object_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for body in [
        "{",
        "}",
        "null",
        "[]",
        "\"\"",
        "1",
        "{}x",
        "{}{}",
        "{'a':1}",
        "{\"a\":1,}",
        "a=b",
        "\u{feff}{}",
        "NaN",
    ] {
        witness.refuse(body, 400).await;
    }
    witness.untouched().await;
}

/// security.md: invalid UTF-8.
async fn invalid_utf_8_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for bytes in [&b"\xff"[..], b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"] {
        let body = [b"{\"email\":\"ada@example.com\",\"password\":\"", bytes, b"\",\"code\":\"1\"}"].concat();
        witness.refuse(body, 400).await;
    }
    witness.untouched().await;
}

/// Every field of every route holds something that it cannot be.
async fn wrong_types_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    for value in [json!(7), json!(-1.5), json!([]), json!({ "a": 1 }), json!([["x"]])] {
        let fields = FIELDS.map(|name| (name.to_owned(), value.clone()));
        let body = Value::Object(fields.into_iter().collect());
        witness.refuse_with(body.to_string(), |_| 400).await;
    }
    witness.untouched().await;
}

/// security.md: 10,000-digit numbers.
async fn numbers_of_ten_thousand_digits_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let code = &witness.of_pending.code;
    for number in [
        "1".repeat(10_000),
        format!("{}{code}", "0".repeat(10_000)),
        format!("-{}", "9".repeat(10_000)),
        format!("1e{}", "9".repeat(10_000)),
    ] {
        let fields: Vec<_> = FIELDS.iter().map(|name| format!("\"{name}\":{number}")).take(4).collect();
        let more: Vec<_> = ["code", "confirmCode", "confirmationCode", "phone", "newPassword", "enabled"]
            .map(|name| format!("\"{name}\":10"))
            .into();
        witness.refuse(format!("{{{},{}}}", fields.join(","), more.join(",")), 400).await;
    }
    witness.untouched().await;
}

/// Two readers of one body must not see two different values.
async fn fields_that_come_twice_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    for name in ["email", "code", "password", "confirmCode", "enabled"] {
        let (first, last) = name.split_at(1);
        let escaped = format!("\\u{:04x}{last}", u32::from(first.as_bytes()[0]));
        for second in [name, &escaped] {
            witness.refuse(format!("{{\"{name}\":\"a\",\"{second}\":\"b\"}}"), 400).await;
        }
    }
    witness.untouched().await;
}

/// A parser that goes down with every bracket runs out of stack.
async fn nesting_without_end_is_refused(host: Host) {
    let witness = Witness::new(host).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 4_000] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            witness.refuse(nested.clone(), 400).await;
            witness.refuse(format!("{{\"email\":{nested},\"code\":{nested}}}"), 400).await;
        }
    }
    witness.untouched().await;
}

/// security.md: unknown fields.
async fn unknown_fields_change_nothing(host: Host) {
    let witness = Witness::new(host).await;
    let body = json!({
        "code": witness.of_pending.code, "method": "email", "action": "login", "__proto__": { "admin": true }, "": null,
        "session_id": witness.session, "two_factor": 0, "verified": true, "deep": [{ "a": [1, null] }],
    });
    let portal = witness.app.portal();
    portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await.expect(200);
    let more =
        json!({ "mfaCode": witness.of_token.code, "user_id": "usr:x", "scope": "everything", "admin": true });
    let tokens = portal.token(&witness.person.email, stepgate_tests::PASSWORD, more).await.expect(200).json();
    assert!(!text(&tokens, "scope").contains("everything"));
    assert_eq!(compared_and_wrong(&witness.app), 0);
}

/// Fields that are not there, empty, too long, or full of what ends up in logs, mails and headers.
async fn missing_and_unfit_fields_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let long = "a".repeat(2_000);
    // What names no method of the account is looked for and not found, and anything may be somebody's name.
    let unfit = |path: &str| match path {
        "/auth/two_factor/verify" | "/auth/two_factor/email/start" => 404,
        "/auth/login" => 401,
        _ => 400,
    };
    for text in ["", " ", "\u{0}", "a\r\nX: y", "\u{1b}[31m", "\u{202e}", "x", &long] {
        let fields = FIELDS.map(|name| (name.to_owned(), json!(text)));
        let mut body = Value::Object(fields.into_iter().collect());
        body["grantType"] = Value::Null;
        for (path, answer) in witness.everywhere(body.to_string()).await {
            assert!([400, unfit(&path)].contains(&answer.status.as_u16()), "{path}: {answer:?}");
            shaped(&path, &answer);
        }
    }
    // A new code for the sign-in that waits asks for nothing more; it is too soon for one.
    witness.refuse_with("{}", |path| if path.ends_with("/start") { 429 } else { 400 }).await;
    witness.untouched().await;
}

/// security.md: unknown methods and paths.
async fn wrong_methods_and_paths_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    for (path, allowed) in [
        ("/reg/v1/auth/token", "POST"),
        ("/reg/v1/signup", "POST"),
        ("/reg/mfa/authorization/switch", "POST"),
        ("/reg/v1/user/info", "GET, HEAD"),
        ("/reg/user/session", "GET, HEAD"),
        ("/reg/user/session/logout", "PUT"),
        ("/reg/user/session/logout/current", "DELETE"),
        ("/auth/login", "POST"),
        ("/auth/logout", "POST"),
        ("/auth/me", "GET, HEAD"),
        ("/auth/two_factor/system", "GET, HEAD"),
        ("/auth/two_factor/verify", "POST"),
        ("/auth/two_factor/devices", "GET, HEAD"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"] {
            if allowed.contains(method) {
                continue;
            }
            let verb = Method::from_bytes(method.as_bytes()).expect("a method's name");
            let answer =
                portal.send(verb, path, &[("x-session-id", &witness.session)], "{}").await.expect(405);
            // A path of two routes, one with a parameter, allows what either does.
            assert!(answer.header("allow").contains(allowed), "{method} {path}: {}", answer.header("allow"));
            shaped(path, &answer);
        }
    }
    for path in [
        "/reg",
        "/reg/",
        "/reg/v2/auth/token",
        "/reg/v1/auth/token/",
        "/reg//v1/auth/token",
        "/reg/v1/auth/%74oken",
        "/auth",
        "/auth/",
        "/auth//login",
        "/auth/login/",
        "/auth/two_factor",
        "/auth/two_factor/email/verify/x",
    ] {
        let headers = [("partnerId", PARTNER_ID), ("x-session-id", witness.session.as_str())];
        let answer = portal.send(Method::POST, path, &headers, "{}").await.expect(404);
        shaped(path, &answer);
    }
    witness.untouched().await;
}

/// What stands in a path is looked for as it is, and nothing else is reached by it.
async fn ids_that_are_none_are_not_found(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    let long = "a".repeat(4_000);
    for id in [
        "x",
        "%00",
        "%",
        "%zz",
        "%ff%fe",
        "%2e%2e%2f",
        "..%2Fdevices",
        "0194a5d0-7c1e-7b3a-9f52-0c6d1f3f9a11",
        &long,
    ] {
        let path = format!("/reg/user/device/{id}");
        let answer = portal.bearer(Method::DELETE, &path, &witness.access, Value::Null).await.expect(404);
        shaped(&path, &answer);
        for path in [format!("/auth/two_factor/{id}"), format!("/auth/two_factor/devices/{id}")] {
            let answer =
                portal.session(Method::DELETE, &path, &witness.session, Value::Null).await.expect(404);
            shaped(&path, &answer);
        }
        let path = format!("/auth/two_factor/{id}/start");
        let answer = portal.session(Method::POST, &path, &witness.pending, json!({})).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{path}: {answer:?}");
        shaped(&path, &answer);
    }
    witness.untouched().await;
}

async fn wrong_content_types_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let client = witness.app.visitor();
    let login = json!({ "email": witness.person.email, "password": stepgate_tests::PASSWORD }).to_string();
    let verify = json!({ "code": witness.of_pending.code, "method": "email", "action": "login" }).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "\\"]
    {
        let of_token = [("content-type", kind), ("partnerId", PARTNER_ID), ("grantType", "password_email")];
        let of_session = [("content-type", kind), ("x-session-id", witness.pending.as_str())];
        for (path, headers, body) in [
            ("/reg/v1/auth/token", &of_token[..], &login),
            ("/auth/login", &of_token[..1], &login),
            ("/auth/two_factor/verify", &of_session[..], &verify),
        ] {
            let answer = client.send(Method::POST, path, headers, body.clone()).await.expect(415);
            shaped(path, &answer);
        }
    }
    witness.untouched().await;
}

/// Headers that say who asks.
async fn headers_that_are_no_headers_are_refused(host: Host) {
    let witness = Witness::new(host).await;
    let (portal, client) = (witness.app.portal(), witness.app.visitor());
    let login = json!({ "email": witness.person.email, "password": stepgate_tests::PASSWORD }).to_string();
    let json_type = ("content-type", "application/json");
    let digits = "7".repeat(5_000);
    // contracts/login-mfa.md §1.
    for partner in ["", "x", "7x", "2147483648", "-1", "9", "7, 7", "0x7", &digits] {
        let headers = [("partnerId", partner), ("grantType", "password_email")];
        let answer =
            portal.send(Method::POST, "/reg/v1/auth/token", &headers, login.clone()).await.expect(400);
        shaped("/reg/v1/auth/token", &answer);
    }
    for headers in [
        vec![json_type, ("grantType", "password_email")],
        vec![
            json_type,
            ("partnerId", PARTNER_ID),
            ("partnerId", PARTNER_ID),
            ("grantType", "password_email"),
        ],
        vec![json_type, ("partnerId", PARTNER_ID)],
        vec![json_type, ("partnerId", PARTNER_ID), ("grantType", "")],
        vec![json_type, ("partnerId", PARTNER_ID), ("grantType", "password")],
        vec![json_type, ("partnerId", PARTNER_ID), ("grantType", &digits)],
        vec![
            json_type,
            ("partnerId", PARTNER_ID),
            ("grantType", "password_email"),
            ("grantType", "refresh_token"),
        ],
    ] {
        let answer =
            client.send(Method::POST, "/reg/v1/auth/token", &headers, login.clone()).await.expect(400);
        shaped("/reg/v1/auth/token", &answer);
    }
    let bearer = format!("Bearer {}", witness.access);
    for value in
        ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", &witness.access, &format!("{bearer}x"), &digits]
    {
        let headers = [("authorization", value)];
        let answer = portal.send(Method::GET, "/reg/v1/user/info", &headers, "").await.expect(401);
        shaped("/reg/v1/user/info", &answer);
    }
    let twice = [("authorization", bearer.as_str()), ("authorization", "Bearer x")];
    shaped("/reg/v1/user/info", &client.send(Method::GET, "/reg/v1/user/info", &twice, "").await.expect(401));
    let session = witness.session.as_str();
    for headers in [
        vec![],
        vec![("x-session-id", "")],
        vec![("x-session-id", "ses_")],
        vec![("x-session-id", &digits)],
        vec![("x-session-id", session), ("x-session-id", "ses_x")],
        vec![("x-session-id", "ses_x"), ("cookie", "session_id=ses_y")],
        vec![("cookie", "session_id")],
        vec![("cookie", "session_id=; session_id==;;=")],
    ] {
        let answer = client.send(Method::GET, "/auth/me", &headers, "").await.expect(401);
        shaped("/auth/me", &answer);
    }
    witness.untouched().await;
}

/// `contracts/login-mfa.md` §3, row 7; `contracts/two-factor-sessions.md` §6.
async fn codes_that_only_look_like_codes_take_no_attempt(host: Host) {
    let witness = Witness::new(host).await;
    let portal = witness.app.portal();
    let (right, of_token) = (&witness.of_pending.code, &witness.of_token.code);
    let fullwidth = |code: &str| -> String {
        code.chars().filter_map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10)).collect()
    };
    for shape in [
        |code: &str| format!(" {code}"),
        |code: &str| format!("{code}\n"),
        |code: &str| format!("0{code}"),
        |code: &str| format!("+{code}"),
        |code: &str| format!("{}.{}", &code[..3], &code[3..]),
        |code: &str| code[..5].to_owned(),
        |_: &str| "123 456".to_owned(),
        |_: &str| "abcdef".to_owned(),
    ] {
        let body = json!({ "code": shape(right), "method": "email", "action": "login" });
        let answer = portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await;
        assert_eq!(answer.expect(400).json()["code"], "VALIDATION_ERROR");
        witness.person.token(&shape(of_token)).await.expect(400);
    }
    let body = json!({ "code": fullwidth(right), "method": "email", "action": "login" });
    portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await.expect(400);
    witness.person.token(&fullwidth(of_token)).await.expect(400);
    let number: u32 = right.parse().expect("digits");
    let body = json!({ "code": number, "method": "email", "action": "login" });
    portal.session(Method::POST, "/auth/two_factor/verify", &witness.pending, body).await.expect(400);
    witness.untouched().await;
}
