//! The account APIs: a world with somebody in it who is signed in, and what holds for every answer.
//!
//! What a refusal may change is not held against the store here, as it is for the other API: wrong passwords and codes are
//! counted.

use crate::request::Sent;
use serde_json::{Value, json};
use stepgate_gateway::testing::TestPorts;

const PASSWORD: &str = "Open-sesame-1";
const EMAIL: &str = "ann@example.com";
/// Right in the sandbox, while a code is outstanding.
const CODE: &str = "123456";

/// Routes with a body, or without; the first byte of an input says which.
pub const LOGIN_MFA: &[(&str, &str)] = &[
    ("POST", "/reg/v1/auth/token"),
    ("POST", "/reg/v1/signup"),
    ("POST", "/reg/v1/signup/confirm"),
    ("POST", "/reg/mfa/authorization/switch"),
    ("POST", "/reg/mfa/authorization/switch/confirm"),
    ("POST", "/reg/v1/password/change"),
    ("POST", "/reg/v1/password/change/confirm"),
    ("POST", "/reg/v2/password/reset"),
    ("POST", "/reg/v2/password/reset/confirm"),
    ("POST", "/reg/v2/password/reset/execute"),
    ("GET", "/reg/user/session"),
    ("DELETE", "/reg/user/device/x"),
];

/// The same of the other API.
pub const TWO_FACTOR_SESSIONS: &[(&str, &str)] = &[
    ("POST", "/auth/login"),
    ("POST", "/auth/register"),
    ("POST", "/auth/register/public"),
    ("POST", "/auth/register/verify"),
    ("POST", "/auth/two_factor/verify"),
    ("POST", "/auth/two_factor/toggle"),
    ("POST", "/auth/two_factor/email/setup"),
    ("POST", "/auth/two_factor/sms/setup"),
    ("POST", "/auth/two_factor/totp/setup"),
    ("POST", "/auth/two_factor/email/start"),
    ("POST", "/auth/bridge/validate"),
    ("DELETE", "/auth/two_factor/x"),
    ("POST", "/auth/logout"),
    ("GET", "/auth/me"),
];

struct People {
    ports: TestPorts,
    token: String,
    session: String,
}

thread_local! {
    static PEOPLE: People = People::new();
}

/// Sends an input: which route, with which credentials, and the body.
///
/// # Panics
/// If the answer is not as it must be.
pub fn run(routes: &[(&str, &str)], input: &[u8]) {
    let [route, who, body @ ..] = input else { return };
    PEOPLE.with(|people| {
        let (method, path) = routes[usize::from(*route) % routes.len()];
        let body = String::from_utf8_lossy(body);
        let body = body
            .replace("<EMAIL>", EMAIL)
            .replace("<PASSWORD>", PASSWORD)
            .replace("<SESSION>", &people.session);
        let mut sent =
            Sent::new(method, path).with("content-type", "application/json").with("partnerid", "7");
        sent = match who % 4 {
            0 => sent,
            1 => sent.with("granttype", "password_email"),
            2 => sent.with("granttype", "refresh_token").with("x-bridge-secret", "bridge"),
            _ => sent
                .with("authorization", format!("Bearer {}", people.token))
                .with("x-session-id", &people.session),
        };
        let Some(request) = sent.with_body(body.as_bytes()).request() else { return };
        check(path, &people.ports.fork(), request);
    });
}

fn check(path: &str, ports: &TestPorts, request: http::Request<Vec<u8>>) {
    let lines = ports.log_lines().len();
    let (head, body) = ports.exchange(request).into_parts();
    let status = head.status.as_u16();
    let text = String::from_utf8_lossy(&body);
    assert!(status < 500, "{path} was answered {status}: {text}");
    let body: Value = serde_json::from_str(&text).expect("every answer is JSON");
    if status >= 400 {
        let says = if path.starts_with("/reg") {
            ["status", "message", "traceId"]
        } else {
            ["success", "error", "code"]
        };
        assert!(says.iter().all(|name| !body[name].is_null()), "{path}: {text}");
        assert!(!text.contains(PASSWORD), "{path} repeats a password");
    }
    for line in ports.log_lines().split_off(lines) {
        assert!(!line.contains(PASSWORD) && !line.contains(EMAIL), "{line}");
    }
}

impl People {
    fn new() -> People {
        let ports = TestPorts::default();
        let secret = "c2VzYW1lIHNlc2FtZSBzZXNhbWUgc2VzYW1lIHNlc2E=";
        let partner = "aaaaaaaa-0d44-4b50-8888-8dd25736052a";
        ports.set("environment", "sandbox");
        ports.set("base_url", "https://2fa.example.com");
        ports.set("mac_keys", &json!([{ "id": "k1", "secret": secret }]).to_string());
        ports.set("account_keys", &json!([{ "id": "a1", "secret": secret }]).to_string());
        let seed = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        ports.set("token_keys", &json!([{ "id": "t1", "seed": seed }]).to_string());
        ports.set("sms_countries", "*");
        ports.set(
            "accounts",
            &json!([{ "partner": partner, "name": "Acme", "partner_id": 7, "mfa": "optional" }]).to_string(),
        );
        let mut people = People { ports, token: String::new(), session: String::new() };
        people.ask("/reg/v1/signup", &json!({ "email": EMAIL, "password": PASSWORD }));
        let confirmed = people.ask(
            "/reg/v1/signup/confirm",
            &json!({
                "email": EMAIL, "password": PASSWORD, "emailConfirmCode": CODE, "userType": "person",
                "termsAndConditionsConfirmed": true, "termsAndConditionsVersion": 1,
            }),
        );
        people.token = confirmed["access_token"].as_str().expect("a token").to_owned();
        let pending = people.ask("/auth/login", &json!({ "email": EMAIL, "password": PASSWORD }));
        people.session = pending["session_id"].as_str().expect("a session").to_owned();
        people
    }

    fn ask(&self, path: &str, body: &Value) -> Value {
        let sent = Sent::new("POST", path).with("content-type", "application/json").with("partnerid", "7");
        let request = sent.with_body(body.to_string().as_bytes()).request().expect("it is a request");
        serde_json::from_slice(self.ports.exchange(request).body()).expect("it is JSON")
    }
}
